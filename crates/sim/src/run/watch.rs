//! Who watches a run: measurements, checkers and the log, each shown every transition.

use super::RunError;
use super::crowds::Crowds;
use crate::check::{Checks, Found, Settings};
use crate::engine::{At, Network, Observer};
use crate::lens::NodeMessage;
use crate::log::{FORMAT, Header, Log};
use crate::measure::{Convergence, Measure, Plan};
use crate::model::{Graph, Lost};
use crate::outcome::{BroadcastOutcome, Checked, Missing, Violation};
use crate::scenario::{ChecksConfig, Scenario, Workload};
use rumormill_core::{Input, Time, Why};
use rumormill_node::{AnyNode, BroadcastConfig, NodeEvent};
use rumormill_protocols::Rumor;
use rumormill_protocols::broadcast::flood::Fanout;
use rumormill_protocols::parts::settings::Chosen;
use std::collections::BTreeMap;
use std::io;

/// All that watch.
pub(super) struct Watch<'a> {
    measure: Measure,
    checks: Option<Checks>,
    log: Option<Log<'a>>,
    which: ChecksConfig,
}

/// What they have to know of a run before it begins.
pub(super) struct About<'a> {
    pub scenario: &'a Scenario,
    pub base: u64,
    pub label: &'a str,
    pub command: &'a str,
}

/// What they saw.
pub(super) struct Seen {
    pub broadcasts: Vec<BroadcastOutcome>,
    pub missing: Missing,
    pub checks: BTreeMap<String, Checked>,
    pub violations: Vec<Violation>,
}

impl<'a> Watch<'a> {
    pub fn new(about: &About<'_>, log: Option<&'a mut dyn io::Write>) -> Result<Self, RunError> {
        let measure =
            Measure::new(plan(about)).map_err(|error| RunError::TooLarge(error.to_string()))?;
        let checks = is_any_on(&about.scenario.checks).then(|| Checks::new(&settings(about)));
        let log = log.map(|log| Log::new(log, &header(about)));
        Ok(Watch { measure, checks, log, which: about.scenario.checks })
    }

    /// From now on a node is not honest.
    pub fn hostile(&mut self, node: usize, at: Time) {
        self.measure.hostile(node);
        self.told("hostile", node, at, |checks| checks.hostile(node));
    }

    pub fn crashed(&mut self, node: usize, at: Time) {
        self.measure.crashed(node);
        self.told("crash", node, at, |checks| checks.crashed(node));
    }

    pub fn restarted(&mut self, node: usize, at: Time) {
        self.told("restart", node, at, |checks| checks.restarted(node));
    }

    pub fn lost_cells(&mut self, node: usize, at: Time) {
        self.told("lost-cells", node, at, |checks| checks.cells_lost(node));
    }

    pub fn skewed(&mut self, node: usize, at: Time) {
        self.told("skew", node, at, |checks| checks.clock_skewed(node));
    }

    pub fn forged(&mut self, node: usize, at: Time, rumor: &Rumor) {
        self.told("forge", node, at, |checks| checks.forged(rumor.id));
    }

    /// Something that has no checker, and no node perhaps.
    pub fn noted(&mut self, kind: &str, node: Option<usize>, at: Time) {
        self.log.iter_mut().for_each(|log| log.fault(at, node, kind));
    }

    fn told(&mut self, kind: &str, node: usize, at: Time, tell: impl FnMut(&mut Checks)) {
        self.noted(kind, Some(node), at);
        self.checks.as_mut().into_iter().for_each(tell);
    }

    /// The run is over. `agreement_is_due` if nothing is cut off and there was time enough; and then only
    /// if nothing that is missing is still on its way, in the queue of a slow link for one.
    pub fn finish(
        self,
        network: &Network<AnyNode>,
        graph: Option<&Graph>,
        (agreement_is_due, replay): (bool, &str),
    ) -> Result<Seen, RunError> {
        let Watch { measure, checks, log, which } = self;
        let measured = measure.finish(network, graph);
        let is_asked = agreement_is_due && !measured.is_under_way();
        let violations = checks.map(|mut checks| {
            // What ended the run is enough; at its end nobody could agree.
            if !Observer::<AnyNode>::is_done(&checks) {
                checks.finish(network, is_asked);
            }
            checks.violations().iter().map(|found| violation(found, replay)).collect()
        });
        log.map(Log::finish).transpose().map_err(RunError::Log)?;
        if measured.unmeasured > 0 {
            let more = measured.unmeasured;
            return Err(RunError::TooLarge(format!(
                "{more} messages more than planned could not be measured; publish less"
            )));
        }
        let violations: Vec<Violation> = violations.unwrap_or_default();
        let checks = checked(&which, is_asked, &violations);
        let (broadcasts, missing) = (measured.broadcasts, measured.missing);
        Ok(Seen { broadcasts, missing, checks, violations })
    }
}

/// Shows something to all, the checkers first: measurements by a call that the compiler sees through,
/// since that is made for every event.
macro_rules! show {
    ($watch:ident.$hook:ident($($about:expr),*)) => {
        if let Some(checks) = &mut $watch.checks {
            checks.$hook($($about),*);
        }
        $watch.measure.$hook($($about),*);
        if let Some(log) = &mut $watch.log {
            log.$hook($($about),*);
        }
    };
}

impl Observer<AnyNode> for Watch<'_> {
    fn input(&mut self, at: &At, input: &Input<AnyNode>) {
        show!(self.input(at, input));
    }

    fn event(&mut self, at: &At, event: &NodeEvent) {
        show!(self.event(at, event));
    }

    fn settled(&mut self, at: &At, machine: &AnyNode) {
        // Only checkers look at machines.
        self.checks.as_mut().into_iter().for_each(|checks| checks.settled(at, machine));
    }

    fn sent(&mut self, at: &At, to: usize, message: &NodeMessage) {
        show!(self.sent(at, to, message));
    }

    fn lost(&mut self, at: &At, way: (usize, usize), message: &NodeMessage, why: Lost) {
        show!(self.lost(at, way, message, why));
    }

    fn dropped(&mut self, at: &At, message: &NodeMessage, why: Why) {
        show!(self.dropped(at, message, why));
    }

    fn shown_until(&mut self, time: Time) {
        if let Some(log) = &mut self.log {
            log.shown_until(time);
        }
    }

    fn is_done(&self) -> bool {
        let checks = self.checks.as_ref().is_some_and(Observer::<AnyNode>::is_done);
        checks || self.log.as_ref().is_some_and(Observer::<AnyNode>::is_done)
    }
}

fn is_any_on(checks: &ChecksConfig) -> bool {
    let ChecksConfig { published, once, versions, bounds, agree } = *checks;
    published || once || versions || bounds || agree
}

/// What each checker came to. The first that finds something ends the run, so the others then held till
/// there; agreement was not asked.
fn checked(
    which: &ChecksConfig,
    is_asked: bool,
    violations: &[Violation],
) -> BTreeMap<String, Checked> {
    let ChecksConfig { published, once, versions, bounds, agree } = *which;
    let checks = [
        ("published", published, true),
        ("once", once, true),
        ("versions", versions, true),
        ("bounds", bounds, true),
        ("agree", agree, is_asked),
    ];
    let came_to = |(name, is_on, is_asked): (&str, bool, bool)| {
        let found = violations.iter().any(|violation| violation.checker == name);
        let checked = match (is_on, found, is_asked) {
            (false, ..) => Checked::Off,
            (_, true, _) => Checked::Violated,
            (_, _, true) => Checked::Held,
            (..) => Checked::NotDue,
        };
        (name.to_owned(), checked)
    };
    checks.into_iter().map(came_to).collect()
}

fn plan(about: &About<'_>) -> Plan {
    let About { scenario, base, label, .. } = *about;
    let BroadcastConfig::Flood(flood) = &scenario.node.broadcast;
    let protocol = scenario.node.broadcast.name().to_owned();
    let is_books = scenario.workloads.iter().any(|of| matches!(of, Workload::Books(_)));
    Plan {
        nodes: Crowds::of(scenario).nodes_in_the_end(),
        messages: messages(scenario),
        base,
        seed: scenario.seed,
        label: if label.is_empty() { protocol.clone() } else { label.to_owned() },
        protocol,
        tells_all: flood.fanout == Fanout::All,
        convergence: if is_books { Convergence::Acquainted } else { Convergence::Delivered },
    }
}

/// About how many messages honest nodes will publish.
fn messages(scenario: &Scenario) -> usize {
    let nodes = scenario.network.nodes;
    let of = |workload: &Workload| match workload {
        Workload::Books(books) => {
            (nodes as f64 * (1.0 + books.lasts.as_secs_f64() / books.interval.as_secs_f64()))
                as usize
        }
        Workload::Publish(publish) => {
            let publishers = publish.publishers.count_of(nodes) as f64;
            (publishers * publish.rate * publish.lasts.as_secs_f64()) as usize
        }
        Workload::Registers(registers) => {
            let publishers = registers.publishers.count_of(nodes) as f64;
            (publishers * registers.rate * registers.lasts.as_secs_f64()) as usize
        }
        Workload::Once(once) => once.messages,
        Workload::Trace(trace) => trace.lines.len(),
    };
    scenario.workloads.iter().map(of).fold(0, usize::saturating_add)
}

fn settings(about: &About<'_>) -> Settings {
    let BroadcastConfig::Flood(flood) = &about.scenario.node.broadcast;
    Settings {
        which: about.scenario.checks,
        nodes: about.scenario.network.nodes,
        base: about.base,
        seed: about.scenario.seed,
        seen_age: flood.seen_age,
    }
}

fn header(about: &About<'_>) -> Header {
    Header {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION").into(),
        name: about.scenario.name.clone(),
        seed: about.scenario.seed,
        nodes: about.scenario.network.nodes,
        base: about.base,
        command: about.command.into(),
    }
}

fn violation(found: &Found, replay: &str) -> Violation {
    Violation {
        checker: found.checker.into(),
        at_ns: found.at.as_nanos(),
        node: found.node,
        detail: found.detail.clone(),
        replay: replay.into(),
    }
}
