//! A network without a screen: lines that can be kept, searched and piped.
//!
//! A line for what changes and nothing for what stays; the table only when all agree and at the end.

use super::fleet::pass_on;
use super::session::{Change, Session};
use super::table;
use super::verdict::Verdict;
use crate::printed::plain;
use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;
use tokio::time::Instant;

/// A verdict that holds for so long is told: what mends itself before is no news.
const HOLDS: Duration = Duration::from_secs(1);

/// A network that has not agreed by then is told of.
const PATIENCE: Duration = Duration::from_secs(10);

/// Watches until it is asked to stop or the time is up, and reports.
pub async fn run(
    session: &mut Session<'_>,
    is_json: bool,
    stop: impl Future<Output = ()>,
) -> anyhow::Result<ExitCode> {
    tokio::pin!(stop);
    let mut lines = Lines::new(is_json);
    while !lines.is_unheard {
        tokio::select! {
            change = session.next() => {
                if lines.tell(session, change?) {
                    break;
                }
            }
            () = &mut stop => break,
        }
    }
    if session.last_look().await {
        lines.say_agreed(session);
    }
    Ok(lines.report(session))
}

/// What was told so far.
struct Lines {
    is_json: bool,
    /// Nobody reads any more what is printed, as in `up | head`.
    is_unheard: bool,
    has_agreed: bool,
    /// The verdict that was told last.
    said: Option<Verdict>,
    /// The verdict now, and since when it is that.
    seen: Option<(Verdict, Instant)>,
}

impl Lines {
    fn new(is_json: bool) -> Lines {
        Lines { is_json, is_unheard: false, has_agreed: false, said: None, seen: None }
    }

    /// Tells of a change; says whether it is over.
    fn tell(&mut self, session: &Session<'_>, change: Change) -> bool {
        match change {
            Change::AllListen => {
                let (nodes, address) = (session.fleet.nodes().len(), session.address());
                self.say(&format!("{nodes} nodes listen; the first is {address}"));
            }
            Change::Agreed => {
                self.say_agreed(session);
                self.print_table(session);
            }
            Change::Killed(ports) => {
                let ports: Vec<String> = ports.iter().map(u16::to_string).collect();
                self.say(&format!("killed {}", ports.join(", ")));
            }
            Change::Seen => self.tell_verdict(session),
            Change::Said(port, line) => pass_on(port, &line),
            Change::Notice(notice) => self.say(&plain(&notice)),
            Change::Over => return true,
        }
        false
    }

    fn say_agreed(&mut self, session: &Session<'_>) {
        let verdict = session.verdict();
        if self.has_agreed {
            self.say(&format!("converged again: {}", verdict.text));
        } else {
            let took = session.converged().unwrap_or_default();
            self.say(&format!("converged: everybody knows a book of everybody after {took:.1?}"));
        }
        self.has_agreed = true;
        self.said = Some(verdict);
    }

    fn tell_verdict(&mut self, session: &Session<'_>) {
        if !self.has_agreed && session.elapsed() < PATIENCE {
            return;
        }
        let (verdict, now) = (session.verdict(), Instant::now());
        let since = match &self.seen {
            Some((seen, since)) if !verdict.differs_from(seen) => *since,
            _ => now,
        };
        let is_new = self.said.as_ref().is_none_or(|said| verdict.differs_from(said));
        if is_new && now.saturating_duration_since(since) >= HOLDS {
            self.say(&format!("after {} s: {}", session.elapsed().as_secs(), verdict.text));
            self.said = Some(verdict.clone());
        }
        self.seen = Some((verdict, since));
    }

    fn print_table(&mut self, session: &Session<'_>) {
        if !self.is_json {
            self.print(io::stdout(), &table::render(&session.rows()));
        }
    }

    /// With `--json` stdout is the report's alone.
    fn say(&mut self, line: &str) {
        match self.is_json {
            true => self.print(io::stderr(), line),
            false => self.print(io::stdout(), line),
        }
    }

    fn print(&mut self, mut to: impl Write, text: &str) {
        self.is_unheard |= writeln!(to, "{text}").is_err();
    }

    fn report(mut self, session: &Session<'_>) -> ExitCode {
        self.print_table(session);
        let report = session.report();
        let text = match self.is_json {
            true => serde_json::to_string(&report).unwrap_or_default(),
            false => report.summary(),
        };
        self.print(io::stdout(), &text);
        report.exit_code()
    }
}
