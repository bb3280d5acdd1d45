//! All checkers of a run, as its observer.

use super::agree::Agree;
use super::bounds::Bounds;
use super::once::Once;
use super::published::Published;
use super::versions::Versions;
use super::{Broken, Checker, Deed, Held, NodeMessage};
use crate::engine::{At, Network, Observer};
use crate::scenario::ChecksConfig;
use rumormill_core::bounded::HashSeed;
use rumormill_core::{Duration, Time};
use rumormill_node::{AnyNode, NodeEvent};
use rumormill_protocols::RumorId;

/// What checkers have to know of a run.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Which are on.
    pub which: ChecksConfig,
    /// How many nodes there are at first; more may come.
    pub nodes: usize,
    /// Node `i` is called `Name::Number(base + i)`.
    pub base: u64,
    /// Of the checkers' hash maps. No finding depends on it.
    pub seed: u64,
    /// How long the seen cache of the broadcast that runs remembers an id, as its config says.
    pub seen_age: Duration,
}

/// An invariant that did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// Who found it, as it is called in a scenario.
    pub checker: &'static str,
    /// When.
    pub at: Time,
    /// Where, if it is of one node.
    pub node: Option<usize>,
    /// What was wrong, for people.
    pub detail: String,
}

/// The checkers that are on. An [`Observer`] that ends the run when it has found something.
///
/// Tell it what is done to the network, when it is done, and ask it to [`finish`](Checks::finish).
///
/// ```
/// use rumormill_core::{Duration, Time};
/// use rumormill_sim::books::{BooksConfig, BooksNetwork};
/// use rumormill_sim::check::{Checks, Settings};
/// use rumormill_sim::scenario::ChecksConfig;
/// let mut books = BooksNetwork::new(BooksConfig::default(), 8).unwrap();
/// let (which, seen_age) = (ChecksConfig::default(), Duration::from_secs(600));
/// let mut checks = Checks::new(&Settings { which, nodes: 8, base: 7000, seed: 0, seen_age });
/// let at = |seconds| Time::ZERO + Duration::from_secs(seconds);
/// books.run_until(at(20), &mut checks);
/// books.be_quiet();
/// books.run_until(at(40), &mut checks);
/// checks.finish(books.network(), true);
/// assert_eq!(checks.violations(), []);
/// ```
pub struct Checks {
    checkers: Vec<Box<dyn Checker>>,
    /// By node.
    hostile: Vec<bool>,
    found: Vec<Found>,
}

/// A batch may break something many times before it is over; so much of it is kept.
const FOUND_MAX: usize = 100;

impl Checks {
    /// Those that are on.
    pub fn new(settings: &Settings) -> Checks {
        let Settings { which, nodes, base, seed, seen_age } = *settings;
        let mut checks = Checks { checkers: Vec::new(), hostile: Vec::new(), found: Vec::new() };
        let seed = HashSeed(seed);
        if which.published {
            checks.add(Published::new(base, seed));
        }
        if which.once {
            checks.add(Once::new(nodes, seen_age, seed));
        }
        if which.versions {
            checks.add(Versions::new(nodes, base, seed));
        }
        if which.bounds {
            checks.add(Bounds::new(nodes));
        }
        if which.agree {
            checks.add(Agree::new(base));
        }
        checks
    }

    /// One more.
    pub fn add(&mut self, checker: impl Checker + 'static) {
        self.checkers.push(Box::new(checker));
    }

    /// A node crashes now.
    pub fn crashed(&mut self, node: usize) {
        self.done(&Deed::Crashed(node));
    }

    /// A crashed node is restarted now.
    pub fn restarted(&mut self, node: usize) {
        self.done(&Deed::Restarted(node));
    }

    /// A crashed node loses its cells.
    pub fn cells_lost(&mut self, node: usize) {
        self.done(&Deed::CellsLost(node));
    }

    /// A node's clock is not the network's any more.
    pub fn clock_skewed(&mut self, node: usize) {
        self.done(&Deed::ClockSkewed(node));
    }

    /// From now on nothing is demanded of that node.
    pub fn hostile(&mut self, node: usize) {
        if node >= self.hostile.len() {
            self.hostile.resize(node + 1, false);
        }
        self.hostile[node] = true;
        self.done(&Deed::Hostile(node));
    }

    /// A hostile node makes a rumor under that id, whoever is said to be its origin.
    pub fn forged(&mut self, id: RumorId) {
        self.done(&Deed::Forged(id));
    }

    /// The run is over. `agreement_is_due` if all that was cut is healed, and all that was published
    /// had the time to get around.
    pub fn finish(&mut self, network: &Network<AnyNode>, agreement_is_due: bool) {
        self.ask(network.now(), |checker| checker.finish(network, agreement_is_due));
    }

    /// What was found.
    pub fn violations(&self) -> &[Found] {
        &self.found
    }

    /// How often each let pass what it would else have found: deliveries of what was forged, registers
    /// that came again since a full table had forgotten them, nodes that disagree about a hostile one.
    pub fn excused(&self) -> impl Iterator<Item = (&'static str, u64)> + '_ {
        self.checkers.iter().map(|checker| (checker.name(), checker.excused()))
    }

    fn done(&mut self, deed: &Deed) {
        self.checkers.iter_mut().for_each(|checker| checker.done(deed));
    }

    #[inline(always)]
    fn ask(&mut self, at: Time, mut hook: impl FnMut(&mut dyn Checker) -> Held) {
        for checker in &mut self.checkers {
            if let Err(broken) = hook(&mut **checker) {
                note(&mut self.found, checker.name(), at, *broken);
            }
        }
    }

    fn is_hostile(&self, node: usize) -> bool {
        self.hostile.get(node).is_some_and(|is_hostile| *is_hostile)
    }
}

#[cold]
fn note(found: &mut Vec<Found>, checker: &'static str, at: Time, broken: Broken) {
    if found.len() < FOUND_MAX {
        let Broken { node, detail } = broken;
        found.push(Found { checker, at, node, detail });
    }
}

impl Observer<AnyNode> for Checks {
    fn event(&mut self, at: &At, event: &NodeEvent) {
        if !self.is_hostile(at.node) {
            self.ask(at.time, |checker| checker.event(at, event));
        }
    }

    fn settled(&mut self, at: &At, machine: &AnyNode) {
        if !self.is_hostile(at.node) {
            self.ask(at.time, |checker| checker.settled(at, machine));
        }
    }

    fn sent(&mut self, at: &At, _to: usize, message: &NodeMessage) {
        if !self.is_hostile(at.node) {
            self.ask(at.time, |checker| checker.sent(at, message));
        }
    }

    fn is_done(&self) -> bool {
        !self.found.is_empty()
    }
}
