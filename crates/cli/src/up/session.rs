//! A network that runs and is watched: what the live table and the lines have in common.

use super::board::Board;
use super::cells::Cells;
use super::fleet::{Event, Fleet, Standing};
use super::http::Http;
use super::look::{Look, Looker};
use super::publish::{Published, Publisher};
use super::report::{Progress, Report};
use super::verdict::{Verdict, verdict};
use crate::args::UpArgs;
use anyhow::Context;
use rumormill_core::Rng;
use rumormill_net::driver::Settings;
use std::time::Duration;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep_until, timeout};

/// How often nodes are looked at when there is nothing to time.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How long the last look may take: each node is asked two things, and may be late with each.
const LAST_LOOK_TIMEOUT: Duration = Duration::from_secs(5);

/// A network of processes, and what is seen of it.
pub struct Session<'a> {
    args: &'a UpArgs,
    /// The processes.
    pub fleet: Fleet,
    looker: Looker,
    board: Board,
    publisher: Publisher,
    /// From the moment the last node listens.
    progress: Option<Progress>,
    rng: Rng,
    looks: Interval,
    kill_at: Option<Instant>,
    end_at: Option<Instant>,
    started_at: Instant,
}

/// What is new.
#[derive(Debug)]
pub enum Change {
    /// All nodes listen.
    AllListen,
    /// Every live node has known some book of every other, for the first time or once more after a
    /// kill.
    Agreed,
    /// Nodes were killed, as `--kill` asked.
    Killed(Vec<u16>),
    /// Something was seen.
    Seen,
    /// Something happened that a person may want to know.
    Notice(String),
    /// A node said something on stderr.
    Said(u16, String),
    /// The time is up.
    Over,
}

/// Why a session goes on.
enum Woken {
    Fleet(Event),
    Look(Look),
    Published(Published),
    LookAgain,
    Kill,
    Over,
}

impl<'a> Session<'a> {
    /// Starts the first node; the others follow.
    pub fn start(args: &'a UpArgs) -> anyhow::Result<Session<'a>> {
        let mut fleet = Fleet::new(&args.behaviour)?;
        let http = Http::new();
        let key = Settings::entropy().context("no random numbers from the system")?;
        fleet.start((0..args.nodes).map(|at| args.base_port + at))?;
        let mut session = Session {
            args,
            fleet,
            looker: Looker::new(http.clone()),
            board: Board::default(),
            publisher: Publisher::new(http, &args.behaviour)?,
            progress: None,
            rng: Rng::new(key, 0),
            looks: every(LOOK_EVERY),
            kill_at: None,
            end_at: None,
            started_at: Instant::now(),
        };
        session.note_standings();
        Ok(session)
    }

    /// What is new. An error: a node could not be started, so there is no such network.
    ///
    /// Nothing is lost if the future is dropped.
    pub async fn next(&mut self) -> anyhow::Result<Change> {
        loop {
            let woken = tokio::select! {
                event = self.fleet.next() => Woken::Fleet(event),
                look = self.looker.next() => Woken::Look(look),
                published = self.publisher.next() => Woken::Published(published),
                _ = self.looks.tick() => Woken::LookAgain,
                () = until(self.kill_at) => Woken::Kill,
                () = until(self.end_at) => Woken::Over,
            };
            if let Some(change) = self.on_woken(woken)? {
                return Ok(change);
            }
        }
    }

    /// Looks once more at each node that runs; says whether they have just come to agree.
    pub async fn last_look(&mut self) -> bool {
        let look = async {
            for _ in 0..2 {
                while !self.looker.is_idle() {
                    let look = self.looker.next().await;
                    self.heed_look(look);
                }
                self.look_again();
            }
        };
        let _ = timeout(LAST_LOOK_TIMEOUT, look).await;
        self.judge()
    }

    /// The report, as far as it was seen.
    pub fn report(&self) -> Report {
        let now = Instant::now();
        let views = self.board.views(now);
        match &self.progress {
            Some(progress) => Report::of(&views, progress, self.args.nodes),
            None => Report::of(&views, &Progress::new(now), self.args.nodes),
        }
    }

    /// How the network does.
    pub fn verdict(&self) -> Verdict {
        verdict(&self.board.facts(Instant::now()))
    }

    /// A row a node.
    pub fn rows(&self) -> Vec<Cells> {
        let (now, interval) = (Instant::now(), self.args.behaviour.interval);
        self.board.rows().map(|row| Cells::of(row, &self.board, interval, now)).collect()
    }

    /// How long it took to converge, if it did.
    pub fn converged(&self) -> Option<Duration> {
        self.progress.as_ref()?.converged
    }

    /// How many nodes were asked for.
    pub fn nodes_asked_for(&self) -> u16 {
        self.args.nodes
    }

    /// For how long it has been running.
    pub fn elapsed(&self) -> Duration {
        self.started_at.elapsed()
    }

    /// Where the first node is reached.
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}/", self.args.base_port)
    }

    /// Starts one more node, on the port after the last.
    pub fn add_node(&mut self) -> Result<String, String> {
        let last = self.fleet.nodes().iter().map(|node| node.port).max();
        let port = last.unwrap_or(self.args.base_port).checked_add(1);
        let port = port.ok_or("there is no port above 65535")?;
        self.fleet.start([port]).map_err(|error| format!("{error:#}"))?;
        self.note_standings();
        Ok(format!("{port} is started"))
    }

    /// Lets a node like another book. What comes of it is told as a change.
    pub fn like_another(&mut self, port: u16) -> Result<String, String> {
        let row = self.board.row(port).filter(|row| row.standing == Standing::Up);
        let row = row.ok_or_else(|| format!("{port} does not run: it can't be asked"))?;
        let book = row.view.own().and_then(|own| own.book.as_deref());
        self.publisher.like_another(port, book, self.fleet.data_dir(port), &mut self.rng);
        Ok(format!("{port} is told to like another book"))
    }

    /// Takes in how the processes are, after they were told to be otherwise.
    pub fn note_standings(&mut self) {
        let nodes = self.fleet.nodes().iter().map(|node| (node.port, node.standing));
        self.board.stand(nodes, Instant::now());
    }

    fn on_woken(&mut self, woken: Woken) -> anyhow::Result<Option<Change>> {
        Ok(match woken {
            Woken::Fleet(event) => self.on_event(event)?,
            Woken::Look(look) => {
                self.heed_look(look);
                // A round is over.
                if self.looker.is_idle() { Some(self.seen()) } else { None }
            }
            Woken::Published(published) => {
                self.looker.look_at([published.port]);
                Some(Change::Notice(published.told()))
            }
            Woken::LookAgain => {
                self.look_again();
                // Nodes that are silent delay the end of the round.
                Some(self.seen())
            }
            Woken::Kill => self.kill_some(),
            Woken::Over => Some(Change::Over),
        })
    }

    fn on_event(&mut self, event: Event) -> anyhow::Result<Option<Change>> {
        self.note_standings();
        let notice = match event {
            Event::Said(port, line) => return Ok(Some(Change::Said(port, line))),
            Event::Failed(error) if self.progress.is_none() => return Err(error),
            Event::Failed(error) => Some(format!("{error:#}")),
            Event::Ended => None,
            Event::Died(port, None) => Some(format!("{port} is gone")),
            Event::Died(port, Some(words)) => Some(format!("{port} is gone; it said: {words}")),
            Event::Listens(port) => self.progress.is_some().then(|| format!("{port} listens")),
        };
        self.looker.look_at(self.live());
        if self.progress.is_none() && !self.fleet.is_starting() {
            self.on_all_listen();
            return Ok(Some(Change::AllListen));
        }
        Ok(notice.map(Change::Notice))
    }

    fn on_all_listen(&mut self) {
        let now = Instant::now();
        self.progress = Some(Progress::new(now));
        self.end_at = self.args.lasts.map(|lasts| now + lasts);
        self.kill_at = self.args.kill.and(self.args.lasts).map(|lasts| now + lasts / 2);
        self.looks = every(self.pace());
    }

    fn heed_look(&mut self, look: Look) {
        let port = look.port;
        let is_answer = look.said.is_some();
        self.board.heard(look, Instant::now());
        if let (true, Some(row), Some(progress)) =
            (is_answer, self.board.row(port), &mut self.progress)
        {
            progress.learn(&row.view);
        }
    }

    fn look_again(&mut self) {
        self.looker.look_at(self.live());
    }

    fn seen(&mut self) -> Change {
        if self.judge() { Change::Agreed } else { Change::Seen }
    }

    fn judge(&mut self) -> bool {
        let nodes = self.fleet.nodes().iter();
        let live: Vec<u16> =
            nodes.filter(|node| node.standing != Standing::Down).map(|node| node.port).collect();
        let progress = self.progress.as_mut();
        let is_agreed = progress.is_some_and(|progress| progress.judge(&live, Instant::now()));
        if is_agreed {
            self.looks = every(self.pace());
        }
        is_agreed
    }

    fn kill_some(&mut self) -> Option<Change> {
        self.kill_at = None;
        let mut live = self.live();
        // Somebody has to be left, whatever was killed by hand before.
        let count = usize::from(self.args.kill?).min(live.len().saturating_sub(1));
        let mut killed = self.rng.sample(&mut live, count).to_vec();
        killed.sort_unstable();
        if let Some(progress) = &mut self.progress {
            progress.start_over(self.board.rows().map(|row| &row.view));
        }
        killed.iter().for_each(|port| drop(self.fleet.kill(*port)));
        self.looks = every(self.pace());
        Some(Change::Killed(killed))
    }

    /// The nodes that can be asked.
    fn live(&self) -> Vec<u16> {
        let nodes = self.fleet.nodes().iter();
        nodes.filter(|node| node.standing == Standing::Up).map(|node| node.port).collect()
    }

    /// While agreement is awaited, often enough to tell when it comes, and not so often that looking
    /// is the load.
    fn pace(&self) -> Duration {
        let nodes = self.fleet.nodes().len() as u64;
        let is_awaited = self.progress.as_ref().is_some_and(|progress| !progress.is_agreed());
        let least = if is_awaited { Duration::from_millis(50) } else { LOOK_EVERY };
        least + Duration::from_millis(5 * nodes)
    }
}

/// Looks that take long are followed by a pause, not by others.
fn every(span: Duration) -> Interval {
    let mut ticks = interval(span);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

async fn until(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => std::future::pending().await,
    }
}
