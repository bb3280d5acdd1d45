//! The engine against theory: how long a rumor takes that everybody who knows it pushes to one other,
//! drawn anew in each round.
//!
//! Pittel ("On spreading a rumor", 1987) shows log₂n + ln n + O(1) rounds; the constant is about 1.1.

use rumormill_core::{
    CellsView, Class, Duration, Effects, Fingerprint, Gone, Input, Message, Name, Protocol, Target,
    Time,
};
use rumormill_sim::model::{Latency, theory};
use rumormill_sim::{Config, Dialling, Network};

const MS: Duration = Duration::from_millis(1);

/// Long enough for a dial, its answer and the rumor.
const ROUND: Duration = Duration::from_millis(10);

#[derive(Clone, Debug)]
struct Rumor;

impl Message for Rumor {
    fn wire_len(&self) -> usize {
        16
    }

    fn kind(&self) -> &'static str {
        "rumor"
    }
}

/// Knows everybody by number, and tells one of them a round.
#[derive(Clone, Debug)]
struct Pusher {
    own: u64,
    nodes: u64,
    knows: bool,
}

impl Pusher {
    fn learn(&mut self, fx: &mut dyn Effects<Self>) {
        if !self.knows {
            self.knows = true;
            fx.emit(());
            self.wait(fx);
        }
    }

    /// Until the next round begins.
    fn wait(&self, fx: &mut dyn Effects<Self>) {
        let round = ROUND.as_nanos() as u64;
        let into = fx.now().as_nanos() % round;
        fx.set_timer(Duration::from_nanos(round - into), ());
    }

    fn push(&mut self, fx: &mut dyn Effects<Self>) {
        let drawn = fx.rng().below(self.nodes - 1);
        let other = if drawn >= self.own { drawn + 1 } else { drawn };
        fx.dial(Target::Name(Name::Number(other)), ());
        self.wait(fx);
    }
}

impl Protocol for Pusher {
    type Message = Rumor;
    type Token = ();
    type Command = ();
    type Event = ();

    fn handle(&mut self, input: Input<Self>, fx: &mut dyn Effects<Self>) {
        match input {
            Input::Command(()) | Input::Message(..) => self.learn(fx),
            Input::Timer(()) => self.push(fx),
            Input::LinkUp(link, peer, _, Some(())) => {
                fx.send(peer, Class::Forward, Rumor);
                fx.close(link, Gone::Left);
            }
            _ => {}
        }
    }

    fn fingerprint(&self, into: &mut Fingerprint) {
        into.number(u64::from(self.knows));
    }
}

/// How many rounds it takes until all of so many know it.
fn rounds(seed: u64, nodes: u64) -> f64 {
    let config = Config {
        seed,
        latency: Latency::Constant(MS),
        dialling: Dialling::Http,
        ..Config::default()
    };
    let make = move |own: usize, _: CellsView<'_>| Pusher { own: own as u64, nodes, knows: false };
    let mut network = Network::new(config, make);
    (0..nodes).for_each(|_| _ = network.add());
    (0..nodes as usize).for_each(|node| network.start(node));
    network.command(0, ());
    let (mut left, mut last) = (nodes, Time::ZERO);
    let mut rounds = 0;
    while left > 0 {
        rounds += 1;
        last = last + ROUND;
        network.run_until(last, &mut |_: usize, _: Time, (): &()| left -= 1);
    }
    // In what was counted first nobody pushed yet.
    f64::from(rounds - 1)
}

fn close_to_theory(nodes: u64, runs: u64) {
    let mean = (0..runs).map(|seed| rounds(seed, nodes)).sum::<f64>() / runs as f64;
    let theory = theory::push_rounds(nodes as u32);
    assert!((mean / theory - 1.0).abs() < 0.05, "{nodes} nodes: {mean} rounds, {theory} in theory");
}

#[test]
fn push_takes_as_many_rounds_as_in_theory_at_a_thousand_nodes() {
    close_to_theory(1_000, 40);
}

#[test]
fn and_at_ten_thousand() {
    close_to_theory(10_000, 10);
}

#[test]
fn and_at_a_hundred_thousand() {
    close_to_theory(100_000, 3);
}
