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

use crate::config::Config;
use crate::fate;
use crate::network::{Network, Observer};
use rumormill_core::bounded::HashSeed;
use rumormill_core::{Address, Duration, Name, Rng, Time};
use rumormill_node::books::{BOOK, Books, next_draw};
use rumormill_node::{AnyNode, AnyState, DiscoveryConfig, Identity, NodeCommand, StateConfig};
use rumormill_protocols::state::registers::Table;
use rumormill_protocols::{ConfigError, Life, Rumor, RumorId};
use rumormill_wire::json::{register_payload, removal_payload};
use std::collections::BTreeSet;
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
    node: rumormill_node::Config,
    interval: Duration,
    books: Books,
    readers: Vec<Reader>,
    /// Who draws next, and when.
    due: BTreeSet<(Time, usize)>,
    is_quiet: bool,
}

/// Who sits before a node.
#[derive(Clone, Debug, Default)]
struct Reader {
    /// How many books it has drawn: each draw has a stream of its own.
    drawn: u64,
    last: Option<String>,
}

/// How often [`BooksNetwork::run_until_it`] looks.
const LOOK_EVERY: Duration = Duration::from_millis(100);

impl BooksNetwork {
    /// So many nodes, all started at time zero. Fails on a setting that no node could work with.
    pub fn new(config: BooksConfig, nodes: usize) -> Result<BooksNetwork, ConfigError> {
        config.node.check()?;
        let mut books = BooksNetwork {
            network: Network::new(config.network),
            node: config.node,
            interval: config.interval,
            books: Books::embedded(),
            readers: Vec::new(),
            due: BTreeSet::new(),
            is_quiet: false,
        };
        for _ in 0..nodes {
            books.add();
        }
        Ok(books)
    }

    /// One more node, bootstrapped from the last; it starts now.
    pub fn add(&mut self) -> usize {
        let config = self.config_of(self.network.len());
        let identity = Identity {
            name: self.network.config().name_of(self.network.len()),
            hash_seed: HashSeed(self.network.config().seed),
        };
        let node = self.network.add_node(move |cells| {
            config.build(&identity, cells).expect("checked before the network was made")
        });
        self.readers.push(Reader::default());
        self.network.start(node);
        self.due.insert((self.network.now(), node));
        node
    }

    fn config_of(&self, node: usize) -> rumormill_node::Config {
        let mut config = self.node.clone();
        match &mut config.discovery {
            DiscoveryConfig::PeerList(list) => {
                let before = node.checked_sub(1);
                list.bootstrap =
                    before.map(|node| self.network.config().address_of(node)).into_iter().collect();
                list.guess = Some(guess);
            }
        }
        match &mut config.state {
            StateConfig::Registers(registers) => {
                registers.await_first_sync = node > 0;
                registers.removal = Some(removal_payload);
            }
            StateConfig::None => {}
        }
        config
    }

    /// From now on nobody draws a book by itself.
    pub fn be_quiet(&mut self) {
        self.is_quiet = true;
    }

    /// A node likes another book now; gives it.
    pub fn draw(&mut self, node: usize) -> &str {
        let mut rng = self.rng(node);
        self.draw_with(node, &mut rng);
        self.readers[node].last.as_deref().unwrap_or_default()
    }

    fn draw_with(&mut self, node: usize, rng: &mut Rng) {
        let reader = &mut self.readers[node];
        let book = self.books.draw(reader.last.as_deref(), rng).to_owned();
        self.network.command(
            node,
            NodeCommand::Set {
                ticket: 0,
                key: Arc::from(BOOK),
                payload: register_payload(BOOK, &book.as_str().into()),
                life: Life::Lasting,
            },
        );
        reader.drawn += 1;
        reader.last = Some(book);
    }

    fn rng(&self, node: usize) -> Rng {
        let key = fate::key(self.network.config().seed, node as u32, 0, *b"book");
        Rng::new(key, self.readers[node].drawn)
    }

    /// Crashes a node: see [`Network::crash`].
    pub fn crash(&mut self, node: usize) {
        self.network.crash(node);
    }

    /// Restarts a crashed node, which draws a book as at its first start: see [`Network::restart`].
    pub fn restart(&mut self, node: usize) {
        self.network.restart(node);
        self.due.retain(|(_, other)| *other != node);
        self.due.insert((self.network.now(), node));
    }

    /// Runs until that time, and all that is due by then.
    pub fn run_until(&mut self, until: Time, seen: Observer<'_, AnyNode>) {
        while let Some((time, node)) = self.due.first().copied().filter(|(time, _)| *time <= until)
        {
            self.due.pop_first();
            self.network.run_until(time, seen);
            if !self.is_quiet {
                self.draw_and_go_on(node);
            }
        }
        self.network.run_until(until, seen);
    }

    /// A dead node's reader waits for its return.
    fn draw_and_go_on(&mut self, node: usize) {
        if self.network.is_up(node) {
            let mut rng = self.rng(node);
            self.draw_with(node, &mut rng);
            self.due.insert((self.network.now() + next_draw(self.interval, &mut rng), node));
        }
    }

    /// Lets so much time pass.
    pub fn pass(&mut self, span: Duration) {
        self.run_until(self.network.now() + span, &mut |_, _, _| {});
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

/// A name is a port, and all nodes share a host.
fn guess(name: &Name, _own: &Address) -> Option<Address> {
    name.number().map(|port| Address::new(&format!("127.0.0.1:{port}")))
}
