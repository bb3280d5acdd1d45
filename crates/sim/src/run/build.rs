//! From a scenario to its network.

use super::RunError;
use super::crowds::Crowds;
use crate::codec;
use crate::engine::{Config, Dialling, Network, Places};
use crate::model::{Graph, Latency, LogNormal, Loss, RegionMatrix, Regions, topology};
use crate::nodes::{Acquaintances, Nodes};
use crate::outcome::Links;
use crate::scenario::{
    AmnesiaConfig, Fault, Forgets, LatencyConfig, LinksConfig, LossConfig, Scenario, Topology, What,
};
use rumormill_core::{Address, Duration, LinkKind, Rng};
use rumormill_node::AnyNode;
use rumormill_node::TransportConfig;
use std::sync::Arc;

/// The first node's name, if all names can be ports.
const FIRST_PORT: u64 = 7000;

/// A network, ready to be started.
pub(super) struct Built {
    pub network: Network<AnyNode>,
    pub graph: Arc<Graph>,
    pub links: Links,
}

/// Makes the network of a scenario. Its nodes are not added yet.
pub(super) fn build(scenario: &Scenario, encode: bool) -> Result<Built, RunError> {
    let nodes = Crowds::of(scenario).nodes_in_the_end();
    let base = if names_fit(nodes) { FIRST_PORT } else { 1 };
    let (graph, regions) = graph(scenario)?;
    let graph = Arc::new(graph);
    let links = links(scenario);
    let config = Config { base, ..config(scenario, links, regions) };
    let knows = knows(scenario, &graph, links);
    let maker = Nodes { network: config.clone(), node: scenario.node.clone(), knows };
    let mut network = Network::new(config, move |node, cells| maker.make(node, cells));
    if encode {
        let most = (codec::NAME_MAX - FIRST_PORT) as usize + 1;
        if !names_fit(nodes) {
            return Err(RunError::TooManyToEncode { nodes, most });
        }
        network.recode(codec::recode);
    }
    network.reserve(nodes);
    Ok(Built { network, graph, links })
}

/// Whether all names can be ports.
fn names_fit(nodes: usize) -> bool {
    nodes as u64 + FIRST_PORT <= codec::NAME_MAX + 1
}

fn links(scenario: &Scenario) -> Links {
    match (scenario.network.links, &scenario.node.transport) {
        (Some(LinksConfig::Stream), _) => Links::Stream,
        (Some(LinksConfig::Datagram), _) => Links::Datagram,
        (None, TransportConfig::Http(_)) => Links::Http,
    }
}

fn config(scenario: &Scenario, links: Links, regions: Option<Vec<u8>>) -> Config {
    let network = &scenario.network;
    let bytes = |bits: Option<u64>| bits.map(|bits| (bits / 8).max(1));
    let later = Duration::from_millis(10);
    Config {
        seed: scenario.seed,
        places: Places { address, number },
        latency: latency(scenario, regions),
        kind: if links == Links::Datagram { LinkKind::Datagram } else { LinkKind::Stream },
        dialling: if links == Links::Http { Dialling::Http } else { Dialling::TwoWay },
        loss: loss(&network.loss),
        duplication: (network.duplication, later),
        reordering: (network.reordering.chance, network.reordering.most),
        retransmission: network.retransmission,
        up_bytes_per_second: bytes(network.bandwidth.up),
        down_bytes_per_second: bytes(network.bandwidth.down),
        disk: network.disk,
        forgettable_writes: forgettable_writes(scenario),
        dial_failure: network.dial_failure,
        ..Config::default()
    }
}

/// How many writes a fault may make a disk forget.
fn forgettable_writes(scenario: &Scenario) -> usize {
    let of = |fault: &Fault| match &fault.what {
        What::Amnesia(AmnesiaConfig { forgets: Forgets::Writes(most), .. }) => *most,
        _ => 0,
    };
    scenario.faults.iter().map(of).max().unwrap_or_default()
}

/// As short as an address can be: a node keeps those of its neighbours.
fn address(number: u64) -> Address {
    Address::new(&format!("127.0.0.1:{number}"))
}

fn number(address: &Address) -> Option<u64> {
    address.as_str().strip_prefix("127.0.0.1:")?.parse().ok()
}

fn latency(scenario: &Scenario, regions: Option<Vec<u8>>) -> Latency {
    match &scenario.network.latency {
        LatencyConfig::Constant(span) => Latency::Constant(*span),
        LatencyConfig::Uniform(uniform) if uniform.from == uniform.to => {
            Latency::Constant(uniform.from)
        }
        LatencyConfig::Uniform(uniform) => Latency::Uniform(uniform.from, uniform.to),
        LatencyConfig::Lognormal(shape) => {
            let lognormal = LogNormal::new(shape.median, shape.sigma);
            Latency::LogNormal(lognormal.at_most(shape.most.unwrap_or(Duration::MAX)))
        }
        LatencyConfig::Regions(_) => Latency::Regions(world(scenario, regions)),
    }
}

/// Where nodes live: the topology's regions are regions of the world, if it has no more of them.
fn world(scenario: &Scenario, regions: Option<Vec<u8>>) -> Regions {
    let (nodes, seed) = (scenario.network.nodes as u32, scenario.seed);
    let placed = regions.and_then(|of| Regions::new(RegionMatrix::world(), seed, of).ok());
    placed.unwrap_or_else(|| Regions::by_population(RegionMatrix::world(), seed, nodes))
}

/// How transmissions are lost.
pub(super) fn loss(loss: &LossConfig) -> Loss {
    match loss {
        LossConfig::Uniform(share) if *share > 0.0 => Loss::Uniform(*share),
        LossConfig::Uniform(_) => Loss::None,
        LossConfig::Bursty(bursty) => Loss::Bursty {
            good_to_bad: bursty.good_to_bad,
            bad_to_good: bursty.bad_to_good,
            loss_good: bursty.loss_good,
            loss_bad: bursty.loss_bad,
        },
    }
}

/// Who is linked to whom, and each node's region if the topology has regions.
pub(super) fn graph(scenario: &Scenario) -> Result<(Graph, Option<Vec<u8>>), RunError> {
    let nodes = scenario.network.nodes as u32;
    let mut rng = Rng::new(crate::engine::key(scenario.seed, u32::MAX, 0, *b"topo"), 0);
    let graph = match &scenario.topology {
        Topology::BootstrapChain => topology::bootstrap_chain(nodes)?,
        Topology::Full => topology::full(nodes)?,
        Topology::Ring(ring) => topology::ring(nodes, ring.each_side)?,
        Topology::RandomRegular(regular) => {
            topology::random_regular(nodes, regular.degree, &mut rng)?
        }
        Topology::Random(random) => topology::random(nodes, random.degree, &mut rng)?,
        Topology::ScaleFree(free) => topology::scale_free(nodes, free.links, &mut rng)?,
        Topology::Regions(of) => {
            let regional = topology::regions(nodes, of.regions, of.inside, of.across, &mut rng)?;
            return Ok((regional.graph, Some(regional.region_of)));
        }
        Topology::Edges(edges) => topology::edges(&edges.text, nodes)
            .expect("the list was checked when the scenario was read"),
    };
    Ok((graph, None))
}

/// Whom a node knows at its start. Where a link serves both ways, it is enough that one of both dials.
/// A node that joins later, and is not in the graph, knows some of the others.
fn knows(scenario: &Scenario, graph: &Arc<Graph>, links: Links) -> Acquaintances {
    let both_dial = links == Links::Http && !scenario.is_discovering();
    let (graph, crowds) = (graph.clone(), Crowds::of(scenario));
    Box::new(move |node| {
        if node >= graph.nodes() as usize {
            return crowds.known_to(node);
        }
        let all = graph.neighbours(node as u32).iter().map(|other| *other as usize);
        all.filter(|other| both_dial || *other < node).collect()
    })
}
