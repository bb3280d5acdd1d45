//! The favourite-books network: every node likes a book, another one every so often, and hears what
//! the others like.
//!
//! ```text
//!   7000 ◄─── 7001 ◄─── 7002 ◄─── …     each node is bootstrapped from the one before
//! ```
//!
//! The workload stands above the nodes as the daemon does: it draws books and sets registers, and
//! looks at what each node knows. What is drawn when is decided by the seed alone, whatever becomes
//! of the network.

use crate::engine::Config;
use crate::engine::{Network, Observer, Unseen};
use crate::nodes::{Nodes, chain};
use crate::readers::Readers;
use rumormill_core::{Duration, Time};
use rumormill_node::books::BOOK;
use rumormill_node::{AnyNode, AnyState};
use rumormill_protocols::state::registers::Table;
use rumormill_protocols::{ConfigError, Rumor, RumorId};
use std::sync::Arc;

/// What decides a run of the books network.
#[derive(Clone, Debug)]
pub struct BooksConfig {
    /// What the network is like. Default: [`Config`]'s, with nodes called 7000 and up.
    pub network: Config,
    /// What every node is made of. Its bootstrap, its guess where an origin is reached, and whether it
    /// waits for a first sync are set for each node.
    pub node: rumormill_node::Config,
    /// About how often a node draws another book; the first one it draws when it starts. Default 10 s.
    pub interval: Duration,
}

impl Default for BooksConfig {
    fn default() -> Self {
        BooksConfig {
            network: Config { base: 7000, ..Config::default() },
            node: rumormill_node::Config::default(),
            interval: Duration::from_secs(10),
        }
    }
}

/// A simulated network of nodes that like books. A node is meant by its number, counted from zero.
///
/// ```
/// use rumormill_core::Duration;
/// use rumormill_sim::books::{BooksConfig, BooksNetwork};
/// let mut books = BooksNetwork::new(BooksConfig::default(), 8).unwrap();
/// let took = books.run_until_it(Duration::from_secs(20), BooksNetwork::converged);
/// assert!(took.is_some());
/// assert_eq!(books.knows(3), 7);
/// ```
pub struct BooksNetwork {
    network: Network<AnyNode>,
    readers: Readers,
    is_quiet: bool,
}

/// How often [`BooksNetwork::run_until_it`] looks.
const LOOK_EVERY: Duration = Duration::from_millis(100);

impl BooksNetwork {
    /// So many nodes, all started at time zero. Fails on a setting that no node could work with.
    pub fn new(config: BooksConfig, nodes: usize) -> Result<BooksNetwork, ConfigError> {
        config.node.check()?;
        let network = config.network.clone();
        let readers = Readers::new(network.seed, config.interval);
        let maker = Nodes { network, node: config.node, knows: chain() };
        let mut books = BooksNetwork {
            network: Network::new(config.network, move |node, cells| maker.make(node, cells)),
            readers,
            is_quiet: false,
        };
        for _ in 0..nodes {
            books.add();
        }
        Ok(books)
    }

    /// One more node, bootstrapped from the last; it starts now.
    pub fn add(&mut self) -> usize {
        let node = self.network.add();
        self.network.start(node);
        self.readers.sit_down(node, self.network.now());
        node
    }

    /// From now on nobody draws a book by itself.
    pub fn be_quiet(&mut self) {
        self.is_quiet = true;
    }

    /// A node likes another book now; gives it.
    pub fn draw(&mut self, node: usize) -> &str {
        let command = self.readers.draw(node);
        self.network.command(node, command);
        self.readers.last(node)
    }

    /// Crashes a node: see [`Network::crash`].
    pub fn crash(&mut self, node: usize) {
        self.network.crash(node);
    }

    /// Restarts a crashed node, which draws a book as at its first start: see [`Network::restart`].
    pub fn restart(&mut self, node: usize) {
        self.network.restart(node);
        self.readers.sit_down(node, self.network.now());
    }

    /// Runs until that time, and all that is due by then.
    pub fn run_until(&mut self, until: Time, seen: &mut dyn Observer<AnyNode>) {
        while let Some(time) = self.readers.next().filter(|time| *time <= until) {
            self.network.run_until(time, seen);
            self.draw_due();
        }
        self.network.run_until(until, seen);
    }

    fn draw_due(&mut self) {
        let network = &self.network;
        let drawn = self.readers.draw_due(|node| network.is_up(node) && !self.is_quiet);
        if let Some((node, command)) = drawn {
            self.network.command(node, command);
        }
    }

    /// Lets so much time pass.
    pub fn pass(&mut self, span: Duration) {
        self.run_until(self.network.now() + span, &mut Unseen);
    }

    /// Runs until that is so, which is looked at ten times a second, but no longer than `most`. Says
    /// how long it took; nothing if it did not come so far.
    pub fn run_until_it(
        &mut self,
        most: Duration,
        is_so: impl Fn(&Self) -> bool,
    ) -> Option<Duration> {
        let start = self.network.now();
        while !is_so(self) {
            if self.network.now().since(start) >= most {
                return None;
            }
            self.pass(LOOK_EVERY);
        }
        Some(self.network.now().since(start))
    }

    /// How many other nodes' books a node knows, those of the dead included.
    pub fn knows(&self, node: usize) -> usize {
        let origins = 0..self.network.len();
        origins.filter(|origin| *origin != node && self.book(node, *origin).is_some()).count()
    }

    /// What a node knows of another's book, or of its own.
    pub fn book(&self, node: usize, origin: usize) -> Option<&Arc<Rumor>> {
        let entry = self.table(node)?.get(&self.network.config().name_of(origin), BOOK)?;
        Some(&entry.rumor)
    }

    /// Whether every live node knows some book of every other live node.
    pub fn converged(&self) -> bool {
        self.everybody_about_everybody(|node, origin| self.book(node, origin).is_some())
    }

    /// Whether every live node has the newest book of every other live node: the very same update. A
    /// node that restarted and has published nothing since has forgotten it; then the others count.
    pub fn agreed(&self) -> bool {
        let newest: Vec<_> = (0..self.network.len()).map(|origin| self.newest(origin)).collect();
        self.everybody_about_everybody(|node, origin| self.rank(node, origin) == newest[origin])
    }

    fn newest(&self, origin: usize) -> Option<(u64, RumorId)> {
        let of_others = || self.live().filter_map(|node| self.rank(node, origin)).max();
        self.rank(origin, origin).or_else(of_others)
    }

    fn rank(&self, node: usize, origin: usize) -> Option<(u64, RumorId)> {
        self.book(node, origin).map(|rumor| rumor.rank())
    }

    fn everybody_about_everybody(&self, is_so: impl Fn(usize, usize) -> bool) -> bool {
        let pairs = self.live().flat_map(|node| self.live().map(move |origin| (node, origin)));
        pairs.filter(|(node, origin)| node != origin).all(|(node, origin)| is_so(node, origin))
    }

    /// The network, to look at.
    pub fn network(&self) -> &Network<AnyNode> {
        &self.network
    }

    /// The network, to do things to: cuts, deaf nodes, lost cells.
    pub fn network_mut(&mut self) -> &mut Network<AnyNode> {
        &mut self.network
    }

    fn live(&self) -> impl Iterator<Item = usize> {
        (0..self.network.len()).filter(|node| self.network.is_up(*node))
    }

    fn table(&self, node: usize) -> Option<&Table> {
        match self.network.machine(node).state() {
            AnyState::Registers(registers) => Some(registers.table()),
            AnyState::NoState(_) => None,
        }
    }
}
