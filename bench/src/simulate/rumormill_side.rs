//! Rumormill's simulator, running a scenario like `scenarios/flood-1k.toml`.

use super::child::{Figures, LATENCY_MS, PAYLOAD_BYTES, Task};
use super::spent::{Spent, Stopwatch};
use anyhow::{Context, ensure};
use rumormill_sim::outcome::{BroadcastOutcome, Outcome};
use rumormill_sim::run::{Options, Progress, run as run_scenario};
use rumormill_sim::scenario::Scenario;

/// When the first broadcast is, and how long after the one before each is: then all have it long since.
const APART_S: u32 = 1;

/// Runs a task, perhaps with all checkers, perhaps with every message written and read.
pub fn run(task: Task, is_checked: bool, encode: bool) -> anyhow::Result<Figures> {
    let mut laps = Laps::of(task);
    let scenario = Scenario::parse("simulate.toml", &text(task, is_checked))?;
    let mut progress = |progress: Progress| laps.look(progress);
    let options = Options { encode, progress: Some(&mut progress), ..Options::default() };
    let outcome = run_scenario(&scenario, options)?;
    ensure!(outcome.violations.is_empty(), "a checker found {:?}", outcome.violations);
    let [bootstrap, _, broadcasts] = laps.took[..] else { anyhow::bail!("the run ended early") };
    figures(task, &outcome, bootstrap, broadcasts.shared_by(task.broadcasts))
}

fn figures(
    task: Task,
    outcome: &Outcome,
    bootstrap: Spent,
    broadcast: Spent,
) -> anyhow::Result<Figures> {
    let of = outcome.broadcasts.first().context("one protocol ran")?;
    Ok(Figures {
        bootstrap,
        broadcast,
        messages: messages(of) as f64 / f64::from(task.warm_up + task.broadcasts),
        delivered: of.delivery_ratio.context("something was due")?,
        copies_per_delivery: of.copies_per_delivery.context("something was delivered")?,
        hops_max: of.hops.context("something was delivered")?.max,
    })
}

/// All that was sent. It arrives, and with a roster and without a state plane all of it is broadcast.
fn messages(of: &BroadcastOutcome) -> u64 {
    of.bytes_by_kind.values().map(|kind| kind.messages).sum()
}

fn text(task: Task, is_checked: bool) -> String {
    let Task { nodes, seed, warm_up, broadcasts } = task;
    let (least, most) = LATENCY_MS;
    let messages = warm_up + broadcasts;
    format!(
        "
        seed = {seed}
        drain = \"{APART_S} s\"
        [node]
        discovery = \"roster\"
        broadcast = {{ flood = {{ fanout = \"all\" }} }}
        state = \"none\"
        [network]
        nodes = {nodes}
        topology = {{ random-regular = {{ degree = 8 }} }}
        links = \"stream\"
        latency = {{ uniform = {{ from = \"{least} ms\", to = \"{most} ms\" }} }}
        [[workload]]
        kind = \"once\"
        at = \"{APART_S} s\"
        messages = {messages}
        apart = \"{APART_S} s\"
        size = \"{PAYLOAD_BYTES} B\"
        [check]
        published = {is_checked}
        once = {is_checked}
        versions = {is_checked}
        bounds = {is_checked}
        agree = {is_checked}
        "
    )
}

/// What the bootstrap, the warm-up and the measured broadcasts took.
struct Laps {
    watch: Stopwatch,
    /// When each ends, in seconds of the run: the run stops right before a broadcast.
    ends_s: [u32; 3],
    took: Vec<Spent>,
}

impl Laps {
    fn of(task: Task) -> Laps {
        let broadcasts = [0, task.warm_up, task.warm_up + task.broadcasts];
        let ends_s = broadcasts.map(|before| APART_S * (1 + before));
        Laps { watch: Stopwatch::start(), ends_s, took: Vec::new() }
    }

    fn look(&mut self, progress: Progress) {
        let now_s = progress.simulated.as_secs_f64();
        while self.ends_s.get(self.took.len()).is_some_and(|end| f64::from(*end) <= now_s) {
            self.took.push(self.watch.lap());
        }
    }
}
