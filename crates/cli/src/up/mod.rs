//! `rumormill up`: a network of real processes on this machine, and a table of who likes what.

mod fleet;
mod look;
mod report;
mod table;

use crate::args::{UpArgs, Usage};
use crate::signals::asked_to_stop;
use fleet::Fleet;
use look::{Looker, NodeView};
use report::{Progress, Report};
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;
use std::time::Duration;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep_until};

/// How often the table is printed.
const TABLE_EVERY: Duration = Duration::from_secs(1);

/// Starts the nodes, watches them, and stops them all before it returns.
pub async fn run(args: UpArgs) -> anyhow::Result<ExitCode> {
    let last_port = u32::from(args.base_port) + u32::from(args.nodes) - 1;
    if last_port > u32::from(u16::MAX) {
        let most = u32::from(u16::MAX) - u32::from(args.base_port) + 1;
        let fault = format!("from port {} on there is room for {most} nodes", args.base_port);
        return Err(Usage(fault).into());
    }
    let stop = asked_to_stop();
    let mut fleet = Fleet::new(&args.behaviour)?;
    let watched = watch(&mut fleet, &args, stop).await;
    fleet.stop().await;
    watched
}

async fn watch(
    fleet: &mut Fleet,
    args: &UpArgs,
    stop: impl Future<Output = ()>,
) -> anyhow::Result<ExitCode> {
    tokio::pin!(stop);
    for at in 0..args.nodes {
        tokio::select! {
            started = fleet.start(args.base_port + at) => started?,
            () = &mut stop => return Ok(Watching::new(args, at).finish(fleet).await),
        }
    }
    let mut watching = Watching::new(args, args.nodes);
    let end = args.lasts.map(|lasts| Instant::now() + lasts);
    let never = Instant::now() + Duration::from_secs(u32::MAX.into());
    let mut ticks = every(watching.pause(args.nodes));
    loop {
        tokio::select! {
            _ = ticks.tick() => {
                if watching.look(fleet).await {
                    // Agreed: from now on once a second is enough.
                    ticks = every(TABLE_EVERY);
                }
            }
            () = &mut stop => break,
            () = sleep_until(end.unwrap_or(never)) => break,
        }
        if watching.unheard {
            break;
        }
    }
    Ok(watching.finish(fleet).await)
}

/// Looks that take long are followed by a pause, not by others.
fn every(span: Duration) -> Interval {
    let mut ticks = interval(span);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}

/// What is seen of a running network.
struct Watching<'a> {
    args: &'a UpArgs,
    looker: Looker,
    progress: Progress,
    views: Vec<NodeView>,
    printed_at: Option<Instant>,
    /// Nobody reads any more what is printed, as in `up | head`.
    unheard: bool,
}

impl<'a> Watching<'a> {
    fn new(args: &'a UpArgs, nodes: u16) -> Self {
        let mut watching = Watching {
            args,
            looker: Looker::new(),
            progress: Progress::new(Instant::now()),
            views: Vec::new(),
            printed_at: None,
            unheard: false,
        };
        watching.say(&format!(
            "{} nodes listen; the first is http://127.0.0.1:{}/",
            nodes, args.base_port
        ));
        watching
    }

    /// Looks often enough to tell when they agree, and not so often that looking is the load.
    fn pause(&self, nodes: u16) -> Duration {
        Duration::from_millis(50 + 5 * u64::from(nodes))
    }

    /// Looks at every node once; says whether they have just come to agree.
    async fn look(&mut self, fleet: &mut Fleet) -> bool {
        self.views = self.looker.look(fleet).await;
        let converged = self.progress.note(&self.views, Instant::now());
        if self.printed_at.is_none_or(|at| at.elapsed() >= TABLE_EVERY) {
            self.printed_at = Some(Instant::now());
            self.print_table();
        }
        if let Some(took) = converged {
            self.say(&format!("converged: everybody knows a book of everybody after {took:.1?}"));
        }
        converged.is_some()
    }

    fn print_table(&mut self) {
        if self.args.json {
            return;
        }
        // On a terminal from the top of a cleared screen, so that rows stay where they are.
        let top = if io::stdout().is_terminal() { "\x1b[H\x1b[2J" } else { "" };
        let table = table::render(&self.views, &self.progress);
        self.print(io::stdout(), &format!("{top}{table}"));
    }

    /// With `--json` stdout is the report's alone.
    fn say(&mut self, line: &str) {
        match self.args.json {
            true => self.print(io::stderr(), line),
            false => self.print(io::stdout(), line),
        }
    }

    fn print(&mut self, mut to: impl Write, text: &str) {
        self.unheard |= writeln!(to, "{text}").is_err();
    }

    async fn finish(&mut self, fleet: &mut Fleet) -> ExitCode {
        self.look(fleet).await;
        let report = Report::of(&self.views, &self.progress);
        let text = match self.args.json {
            true => serde_json::to_string(&report).unwrap_or_default(),
            false => report.summary(),
        };
        self.print(io::stdout(), &text);
        if report.converged { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
