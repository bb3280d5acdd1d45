//! The simulator as the contract tests' world.

use rumormill_core::testing::contract::{self, Links, Log, Net, Script, Step, World};
use rumormill_core::{Duration, Protocol, Time};
use rumormill_sim::model::Latency;
use rumormill_sim::{Config, Dialling, Network, Places};

/// Runs scripts in virtual time, with this seed.
#[derive(Clone, Copy, Debug, Default)]
pub struct SimWorld {
    pub seed: u64,
}

impl World for SimWorld {
    fn run<P: Protocol>(&self, script: Script<P>) -> Log<P> {
        let make = script.make;
        let mut network = Network::new(config(self.seed, &script.net), make);
        let mut log: Log<P> = vec![Vec::new(); script.nodes];
        let mut seen = |node: usize, at: Time, event: &P::Event| {
            log[node].push((at.since(Time::ZERO), event.clone()));
        };
        for _ in 0..script.nodes {
            let node = network.add();
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
        places: Places {
            address: |number| contract::address(number as usize),
            number: |address| address.as_str().strip_prefix("node:")?.parse().ok(),
        },
        latency: Latency::Constant(net.latency),
        dialling: match net.links {
            Links::TwoWay => Dialling::TwoWay,
            Links::OneWay => Dialling::OneWay,
        },
        up_bytes_per_second: net.bytes_per_second,
        outbox: net.outbox,
        disk: net.disk,
        verify: net.verify,
        request_deadline: net.request_deadline,
        dial_deadline: net.request_deadline,
        ..Config::default()
    }
}
