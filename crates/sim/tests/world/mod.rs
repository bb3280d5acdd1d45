//! The simulator as the contract tests' world.

use rumormill_core::testing::contract::{self, Links, Log, Net, Script, Step, World};
use rumormill_core::{Duration, Protocol, Time};
use rumormill_sim::{Config, Dialling, Latency, Network};

/// Runs scripts in virtual time, with this seed.
#[derive(Clone, Copy, Debug, Default)]
pub struct SimWorld {
    pub seed: u64,
}

impl World for SimWorld {
    fn run<P: Protocol>(&self, script: Script<P>) -> Log<P> {
        let mut network = Network::new(config(self.seed, &script.net));
        let mut log: Log<P> = vec![Vec::new(); script.nodes];
        let mut seen = |node: usize, at: Time, event: &P::Event| {
            log[node].push((at.since(Time::ZERO), event.clone()));
        };
        for node in 0..script.nodes {
            network.add_node(move |cells| (script.make)(node, cells));
            network.start(node);
        }
        for (at, step) in script.steps {
            network.run_until(Time::ZERO + at, &mut seen);
            act(&mut network, step);
        }
        network.run_until(Time::ZERO + script.lasts, &mut seen);
        log
    }

    fn busy(&self) -> fn(Duration) {
        |_| {}
    }
}

fn act<P: Protocol>(network: &mut Network<P>, step: Step<P>) {
    match step {
        Step::Command(node, command) => network.command(node, command),
        Step::Crash(node) => network.crash(node),
        Step::Restart(node) => network.restart(node),
        Step::Deafen(node) => network.deafen(node),
    }
}

fn config(seed: u64, net: &Net) -> Config {
    Config {
        seed,
        address: |number| contract::address(number as usize),
        latency: Latency::Constant(net.latency),
        dialling: match net.links {
            Links::TwoWay => Dialling::TwoWay,
            Links::OneWay => Dialling::OneWay,
        },
        bytes_per_second: net.bytes_per_second,
        outbox: net.outbox,
        disk: net.disk,
        verify: net.verify,
        request_deadline: net.request_deadline,
        dial_deadline: net.request_deadline,
        ..Config::default()
    }
}
