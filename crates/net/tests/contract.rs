//! The contract tests of `rumormill-core`, run by this driver over the in-process transport: all of
//! them under tokio's paused clock, and those that are about time under the real one too.

use rumormill_core::testing::contract::{
    self, Entry, Links, Log, Script, Step, World, address, name,
};
use rumormill_core::{Duration, Protocol, RngKey};
use rumormill_net::driver::{
    Events, Handle, OwnAddress, Parts, Settings, Told, VerifyLimits, drive,
};
use rumormill_net::store::Memory;
use rumormill_net::transport::memory::{Hub, Wiring};
use std::sync::{Arc, Mutex};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until};

rumormill_core::contract_tests!(Tokio { paused: true });

#[test]
fn a_timer_never_overtakes_an_arrival_under_a_real_clock() {
    contract::a_timer_never_overtakes_an_arrival(&Tokio { paused: false });
}

#[test]
fn every_input_is_settled_under_a_real_clock() {
    contract::every_input_is_settled(&Tokio { paused: false });
}

struct Tokio {
    paused: bool,
}

impl Tokio {
    /// Under a real clock each node must be able to work while another is busy.
    fn runtime(&self) -> std::io::Result<Runtime> {
        if self.paused {
            Builder::new_current_thread().enable_time().start_paused(true).build()
        } else {
            Builder::new_multi_thread().worker_threads(4).enable_time().build()
        }
    }
}

impl World for Tokio {
    fn run<P: Protocol>(&self, script: Script<P>) -> Log<P> {
        self.runtime().expect("a runtime").block_on(play(script))
    }

    fn busy(&self) -> fn(Duration) {
        if self.paused { |_| () } else { std::thread::sleep }
    }
}

async fn play<P: Protocol>(script: Script<P>) -> Log<P> {
    let mut stage = Stage::new(&script);
    (0..script.nodes).for_each(|node| stage.start(node));
    let steps = script.steps.into_iter();
    for (at, step) in steps {
        sleep_until(stage.began + at).await;
        stage.play(step).await;
    }
    sleep_until(stage.began + script.lasts).await;
    stage.logs.iter().map(|log| log.lock().expect("no panic").clone()).collect()
}

type SharedLog<P> = Arc<Mutex<Vec<Entry<P>>>>;

struct Stage<P: Protocol> {
    began: Instant,
    make: fn(usize, rumormill_core::CellsView<'_>) -> P,
    settings: Settings,
    hub: Hub<P>,
    disks: Vec<Memory>,
    logs: Vec<SharedLog<P>>,
    running: Vec<Option<(Handle<P>, JoinHandle<()>)>>,
}

impl<P: Protocol> Stage<P> {
    fn new(script: &Script<P>) -> Self {
        let net = script.net;
        let one_way = net.links == Links::OneWay;
        let (latency, bytes_per_second) = (net.latency, net.bytes_per_second);
        Stage {
            began: Instant::now(),
            make: script.make,
            settings: Settings {
                outbox: net.outbox,
                request_deadline: net.request_deadline,
                verify: VerifyLimits { at_least: net.verify, ..VerifyLimits::default() },
                ..Settings::default()
            },
            hub: Hub::new(Wiring { latency, one_way, bytes_per_second }),
            disks: (0..script.nodes).map(|_| Memory::slow(net.disk)).collect(),
            logs: (0..script.nodes).map(|_| SharedLog::<P>::default()).collect(),
            running: (0..script.nodes).map(|_| None).collect(),
        }
    }

    async fn play(&mut self, step: Step<P>) {
        match step {
            Step::Command(node, command) => {
                let (handle, _) = self.running[node].as_ref().expect("it runs");
                handle.try_command(command).expect("room for a command");
            }
            Step::Crash(node) => self.crash(node).await,
            Step::Restart(node) => self.start(node),
            Step::Deafen(node) => assert!(self.hub.deafen(&address(node))),
        }
    }

    fn start(&mut self, node: usize) {
        let joined = self.hub.join(name(node), address(node), self.settings.inbox);
        let joined = joined.expect("its place is free");
        let (handle, driver) = drive(Parts {
            machine: (self.make)(node, self.disks[node].cells().view()),
            transport: Box::new(joined.transport),
            arrivals: joined.arrivals,
            wires: joined.wires,
            store: Box::new(self.disks[node].clone()),
            settings: self.settings,
            key: RngKey::of_node(0, node as u64),
            own_address: OwnAddress::known(address(node)),
        });
        tokio::spawn(listen(self.began, handle.events(), Arc::clone(&self.logs[node])));
        self.running[node] = Some((handle, tokio::spawn(driver)));
    }

    async fn crash(&mut self, node: usize) {
        let (_, task) = self.running[node].take().expect("it runs");
        task.abort();
        assert!(task.await.is_err_and(|ended| ended.is_cancelled()));
        self.disks[node].crash(|number| number.is_multiple_of(2));
    }
}

async fn listen<P: Protocol>(began: Instant, mut events: Events<P>, log: SharedLog<P>) {
    while let Some(told) = events.next().await {
        match told {
            Told::Event(event) => log.lock().expect("no panic").push((began.elapsed(), event)),
            Told::Gap(missed) => panic!("missed {missed} events"),
        }
    }
}
