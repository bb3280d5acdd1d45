//! Small networks of which everything is known.

mod figures;
mod hostile;
mod properties;
mod reasons;
mod registers;

use super::{Convergence, Measure, Measured, Plan};
use crate::engine::{Config, Network};
use crate::model::{Graph, Latency};
use rumormill_core::bounded::HashSeed;
use rumormill_core::{Bytes, CellsView, Duration, Name, Target, Time};
use rumormill_node::{
    AnyNode, BroadcastConfig, Config as NodeConfig, DiscoveryConfig, Identity, NodeCommand,
    StateConfig,
};
use rumormill_protocols::Life;
use rumormill_protocols::broadcast::flood::{Fanout, FloodConfig};
use rumormill_protocols::discovery::roster::RosterConfig;
use rumormill_protocols::state::registers::RegistersConfig;
use rumormill_wire::json::register_payload;
use std::sync::Arc;

/// How long anything takes.
const HOP: Duration = Duration::from_millis(20);

/// When everything is linked.
const READY: Time = Time::from_nanos(1_000_000_000);

const SECOND: Duration = Duration::from_secs(1);

/// What a network is like: nodes flood, and each dials its lower neighbours.
#[derive(Clone)]
struct Setup {
    engine: Config,
    graph: Graph,
    flood: FloodConfig,
    state: StateConfig,
    convergence: Convergence,
    /// Takes no large registers.
    narrow: Option<usize>,
    /// Whether nodes know each other's addresses alone.
    by_address: bool,
}

impl Setup {
    fn of(nodes: u32, edges: &[(u32, u32)]) -> Setup {
        Setup {
            engine: Config { base: 7000, latency: Latency::Constant(HOP), ..Config::default() },
            graph: Graph::from_edges(nodes, edges).unwrap(),
            flood: FloodConfig::default(),
            state: StateConfig::None,
            convergence: Convergence::Delivered,
            narrow: None,
            by_address: false,
        }
    }

    fn line(nodes: u32) -> Setup {
        let edges: Vec<_> = (1..nodes).map(|node| (node - 1, node)).collect();
        Setup::of(nodes, &edges)
    }

    fn mesh(nodes: u32) -> Setup {
        let lower = |node: u32| (0..node).map(move |other| (other, node));
        Setup::of(nodes, &(0..nodes).flat_map(lower).collect::<Vec<_>>())
    }

    fn fanout(mut self, count: u16) -> Setup {
        self.flood.fanout = Fanout::Random(count.try_into().unwrap());
        self
    }

    fn ttl(mut self, ttl: u8) -> Setup {
        self.flood.ttl = ttl;
        self
    }

    fn registers(mut self, sync_interval: Option<Duration>) -> Setup {
        let config = RegistersConfig { sync_interval, ..RegistersConfig::default() };
        self.state = StateConfig::Registers(config);
        self
    }

    fn plan(&self) -> Plan {
        Plan {
            nodes: self.graph.nodes() as usize,
            messages: 100,
            base: self.engine.base,
            seed: 5,
            protocol: "flood".into(),
            label: "of tests".into(),
            tells_all: self.flood.fanout == Fanout::All,
            convergence: self.convergence,
        }
    }

    fn make(&self, node: usize, cells: CellsView<'_>) -> AnyNode {
        let target = |node: u32| match self.by_address {
            true => Target::Address(self.engine.address_of(node as usize)),
            false => Target::Name(self.engine.name_of(node as usize)),
        };
        let lower = self.graph.neighbours(node as u32).iter().filter(|peer| **peer < node as u32);
        let roster =
            RosterConfig { peers: lower.map(|peer| target(*peer)).collect(), ..Default::default() };
        let config = NodeConfig {
            discovery: DiscoveryConfig::Roster(roster),
            broadcast: BroadcastConfig::Flood(self.flood),
            state: self.state_of(node),
            ..NodeConfig::default()
        };
        let name: Name = self.engine.name_of(node);
        config.build(&Identity { name, hash_seed: HashSeed(1) }, cells).unwrap()
    }

    fn state_of(&self, node: usize) -> StateConfig {
        let mut state = self.state.clone();
        if let StateConfig::Registers(registers) = &mut state
            && self.narrow == Some(node)
        {
            registers.delta_bytes_max = 1024;
        }
        state
    }

    /// With all nodes up and linked.
    fn start(self) -> World {
        let mut world = self.not_started();
        (0..world.network.len()).for_each(|node| world.network.start(node));
        world.run_until(READY);
        world
    }

    fn not_started(self) -> World {
        let measure = Measure::new(self.plan()).unwrap();
        let (graph, setup) = (self.graph.clone(), self.clone());
        let mut network = Network::new(self.engine, move |node, cells| setup.make(node, cells));
        (0..graph.nodes()).for_each(|_| _ = network.add());
        World { network, measure, graph }
    }
}

struct World {
    network: Network<AnyNode>,
    measure: Measure,
    graph: Graph,
}

impl World {
    fn run_until(&mut self, time: Time) {
        self.network.run_until(time, &mut self.measure);
    }

    fn pass(&mut self, span: Duration) {
        self.run_until(self.network.now() + span);
    }

    /// A node says something on a topic, now.
    fn publish(&mut self, node: usize) {
        let (topic, payload) = (Arc::from("news"), Bytes::from_static(b"\"extra\""));
        self.network.command(node, NodeCommand::Publish { topic, payload, ticket: 0 });
    }

    /// A node sets its register, now.
    fn set(&mut self, node: usize, book: &str) {
        let (key, payload) = (Arc::from("book"), register_payload("book", &book.into()));
        let set = NodeCommand::Set { ticket: 0, key, payload, life: Life::Lasting };
        self.network.command(node, set);
    }

    fn crash(&mut self, node: usize) {
        self.network.crash(node);
        self.measure.crashed(node);
    }

    fn finish(self) -> Measured {
        self.measure.finish(&self.network, Some(&self.graph))
    }
}

/// Counts by reason.
fn reasons(measured: &Measured) -> Vec<(&str, u64)> {
    let reasons = measured.missing.by_reason.iter();
    reasons.map(|(reason, count)| (reason.as_str(), *count)).collect()
}
