//! iroh-gossip's simulator, driven as its own program `sim` drives it: all join one node, then one random
//! node after the other broadcasts. Settings are its defaults; latencies are those of its own
//! `simulations/all.toml`.

use super::child::{Figures, LATENCY_MS, PAYLOAD_BYTES, Task};
use super::spent::Stopwatch;
use iroh_gossip::TopicId;
use iroh_gossip::proto::sim::{
    BootstrapMode, LatencyConfig, NetworkConfig, Simulator, SimulatorConfig,
};

/// The topic that the simulator uses.
const TOPIC: TopicId = TopicId::from_bytes([0; 32]);

/// Runs a task.
pub fn run(task: Task) -> Figures {
    let mut watch = Stopwatch::start();
    let mut forming = simulator(task);
    forming.bootstrap(BootstrapMode::default());
    let bootstrap = watch.lap();
    for number in 0..task.warm_up {
        broadcast(&mut forming, number);
    }
    // Its statistics are of all rounds of a simulator: those that count need one of their own.
    let mut formed = simulator(task);
    formed.network = forming.network;
    watch.lap();
    let mut messages = 0;
    for number in 0..task.broadcasts {
        broadcast(&mut formed, task.warm_up + number);
        messages += received(&formed);
    }
    let broadcast = watch.lap().shared_by(task.broadcasts);
    let stats = formed.round_stats_average();
    Figures {
        bootstrap,
        broadcast,
        messages: messages as f64 / f64::from(task.broadcasts),
        delivered: 1.0 - f64::from(stats.mean.missed) / (task.nodes - 1) as f64,
        copies_per_delivery: 1.0 + f64::from(stats.mean.rmr),
        // It counts the nodes between the publisher and the one that is reached.
        hops_max: stats.max.ldh as u32 + 1,
    }
}

fn simulator(task: Task) -> Simulator {
    let config =
        SimulatorConfig { rng_seed: task.seed, peers: task.nodes, ..SimulatorConfig::default() };
    let (least, most) = LATENCY_MS;
    let latency = LatencyConfig::random_ms(least, most);
    Simulator::new(config, NetworkConfig { latency, ..NetworkConfig::default() })
}

/// One random node broadcasts. Ends when all have it, or after its timeout of 5 s.
fn broadcast(simulator: &mut Simulator, number: u32) {
    let mut payload = vec![0; PAYLOAD_BYTES];
    payload[..4].copy_from_slice(&number.to_le_bytes());
    let from = simulator.random_peer();
    simulator.gossip_round(vec![(from, payload.into())]);
}

/// Messages that nodes handled since the round began.
fn received(simulator: &Simulator) -> usize {
    let states = simulator.network.peer_states().filter_map(|peer| peer.state(&TOPIC));
    states.map(|state| state.stats().messages_received).sum()
}
