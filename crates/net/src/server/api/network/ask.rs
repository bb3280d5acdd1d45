//! Asking other nodes how they are.

use super::table::{Report, Target};
use axum::body::Bytes;
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use rumormill_core::{Address, Duration};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout, timeout_at};

/// The most nodes that are asked in a round.
const NODES_MAX: usize = 256;

/// How many are asked at a time.
const AT_ONCE: usize = 16;

/// How long one may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(1);

/// How long a round may take: less than a viewer waits. Who was not asked by then is not judged.
const ROUND_TIMEOUT: Duration = Duration::from_secs(3);

/// The most of an answer that is read, in bytes.
const ANSWER_MAX: usize = 16 << 10;

/// How long a node may owe an answer before it is taken for dead: one that is busy is not.
const GRACE: Duration = Duration::from_secs(5);

/// What is made of a node that was to be asked.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Heard {
    /// Whether it lives; nothing if that can't be said.
    pub alive: Option<bool>,
    /// How long ago it last answered, if it ever did.
    pub ago: Option<Duration>,
    /// What it said then.
    pub report: Report,
}

/// What came of asking.
#[derive(Clone, Debug, PartialEq)]
enum Answer {
    /// It answered as itself; what it doesn't say is left out.
    Report(Report),
    /// It did not in time.
    Late,
    /// Nobody is there, or somebody else.
    Nobody,
}

/// What came of all asking since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::server) struct Sums {
    /// Rounds of asking.
    pub rounds: u64,
    /// Who answered.
    pub answered: u64,
    /// Who did not in time.
    pub late: u64,
    /// Where nobody was, or somebody else.
    pub silent: u64,
    /// Whom there was no time or room to ask.
    pub skipped: u64,
}

impl Sums {
    fn add(&mut self, asked: usize, answers: &BTreeMap<Address, Answer>) {
        self.rounds += 1;
        self.skipped += asked.saturating_sub(answers.len()) as u64;
        for answer in answers.values() {
            *match answer {
                Answer::Report(_) => &mut self.answered,
                Answer::Late => &mut self.late,
                Answer::Nobody => &mut self.silent,
            } += 1;
        }
    }

    /// As they stand in a document.
    pub fn document(self) -> Value {
        let Sums { rounds, answered, late, silent, skipped } = self;
        json!({"rounds": rounds, "answered": answered, "late": late, "silent": silent,
               "skipped": skipped})
    }
}

/// Who answered, when, and what.
type Last = BTreeMap<Address, (Instant, Report)>;

/// Asks, and remembers who answered.
pub(super) struct Asker {
    http: Http,
    last: Mutex<Last>,
    sums: Mutex<Sums>,
}

impl Default for Asker {
    fn default() -> Self {
        let mut connector = HttpConnector::new();
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(ANSWER_TIMEOUT));
        // Idle connections to hundreds of nodes would take the descriptors that clients need.
        let http = Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build(connector);
        Asker { http, last: Mutex::default(), sums: Mutex::default() }
    }
}

impl Asker {
    /// Asks those nodes, the first of them if they are too many. Whoever was silent before comes last,
    /// so that the dead don't take the time of the living.
    pub async fn ask(&self, mut targets: Vec<Target>) -> BTreeMap<Address, Heard> {
        let wanted = targets.len();
        targets.truncate(NODES_MAX);
        let mut last = std::mem::take(&mut *locked(&self.last));
        targets.sort_by_key(|target| !last.contains_key(&target.address));
        let mut answers = self.round(targets.clone()).await;
        locked(&self.sums).add(wanted, &answers);
        let now = Instant::now();
        let mut kept = Last::new();
        let mut heard = BTreeMap::new();
        for Target { address, .. } in targets {
            let answer = answers.remove(&address);
            let before = last.remove(&address);
            let latest = match &answer {
                Some(Answer::Report(report)) => Some((now, report.clone())),
                _ => before,
            };
            heard.insert(address.clone(), judge(answer.as_ref(), latest.as_ref(), now));
            kept.extend(latest.map(|latest| (address, latest)));
        }
        *locked(&self.last) = kept;
        heard
    }

    /// What came of all asking since the start.
    pub fn sums(&self) -> Sums {
        *locked(&self.sums)
    }

    async fn round(&self, targets: Vec<Target>) -> BTreeMap<Address, Answer> {
        let (mut waiting, mut asking) = (targets.into_iter(), JoinSet::new());
        let mut answers = BTreeMap::new();
        let all = async {
            loop {
                while asking.len() < AT_ONCE
                    && let Some(target) = waiting.next()
                {
                    asking.spawn(exchange(self.http.clone(), target));
                }
                match asking.join_next().await {
                    Some(Ok((address, answer))) => drop(answers.insert(address, answer)),
                    Some(Err(_)) => {}
                    None => return,
                }
            }
        };
        // What is not answered by then is left out.
        let _ = timeout_at(Instant::now() + ROUND_TIMEOUT, all).await;
        answers
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A node that was late, or that there was no time to ask, is what it was a moment ago.
fn judge(answer: Option<&Answer>, latest: Option<&(Instant, Report)>, now: Instant) -> Heard {
    let ago = latest.map(|(at, _)| now - *at);
    let is_recent = ago.is_some_and(|ago| ago < GRACE);
    let alive = match answer {
        Some(Answer::Report(_)) => Some(true),
        Some(Answer::Nobody) => Some(false),
        Some(Answer::Late) => Some(is_recent),
        None => is_recent.then_some(true),
    };
    let report = latest.map(|(_, report)| report.clone()).unwrap_or_default();
    Heard { alive, ago, report }
}

type Http = Client<HttpConnector, Full<Bytes>>;

async fn exchange(http: Http, target: Target) -> (Address, Answer) {
    let answer = timeout(ANSWER_TIMEOUT, answer(http, &target)).await;
    (target.address, answer.unwrap_or(Answer::Late))
}

async fn answer(http: Http, target: &Target) -> Answer {
    let uri = format!("http://{}/api/v1/node", target.address);
    let Ok(request) = Request::get(uri).body(Full::default()) else { return Answer::Nobody };
    let response = match http.request(request).await {
        Ok(response) => response,
        Err(error) if error.is_connect() => return Answer::Nobody,
        Err(_) => return Answer::Late,
    };
    if response.status() != StatusCode::OK {
        // A member in another language, or one that tells strangers nothing: it lives.
        return Answer::Report(Report::default());
    }
    let Ok(body) = Limited::new(response.into_body(), ANSWER_MAX).collect().await else {
        return Answer::Late;
    };
    let about: Map<String, Value> = serde_json::from_slice(&body.to_bytes()).unwrap_or_default();
    match about.get("name").is_some_and(|name| *name != target.name) {
        true => Answer::Nobody,
        false => Answer::Report(Report::of(&about)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_who_was_to_be_asked_is_counted() {
        let at = |port: u16| Address::new(&format!("127.0.0.1:{port}"));
        let report = Answer::Report(Report::default());
        let answers = [(at(1), report), (at(2), Answer::Late), (at(3), Answer::Nobody)];
        let mut sums = Sums::default();
        sums.add(7, &answers.into());
        sums.add(0, &BTreeMap::new());
        let said = json!({"rounds": 2, "answered": 1, "late": 1, "silent": 1, "skipped": 4});
        assert_eq!(sums.document(), said);
    }

    #[test]
    fn who_is_late_lives_for_a_while_but_who_is_gone_does_not() {
        let now = Instant::now() + GRACE * 4;
        let report = Report { knows: Some(7), ..Report::default() };
        let ago = |span: Duration| Some((now - span, report.clone()));
        let (recent, old) = (ago(GRACE / 2), ago(GRACE * 2));
        let alive = |answer: Option<&Answer>, latest: &Option<(Instant, Report)>| {
            judge(answer, latest.as_ref(), now).alive
        };
        let (late, nobody) = (Some(&Answer::Late), Some(&Answer::Nobody));
        assert_eq!([alive(late, &recent), alive(late, &old)], [Some(true), Some(false)]);
        assert_eq!([alive(nobody, &recent), alive(late, &None)], [Some(false), Some(false)]);
        assert_eq!([alive(None, &recent), alive(None, &old)], [Some(true), None]);
        assert_eq!(judge(late, old.as_ref(), now).report, report, "what it said last stays");
    }
}
