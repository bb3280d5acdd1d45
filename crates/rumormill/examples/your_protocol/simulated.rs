//! The tally in the simulator.

use crate::tally::{Add, CODEC, Tally, Total};
use rumormill::contract::{CellsView, Duration, Input, Rng, RngKey, Time};
use rumormill_sim::model::{Graph, Rule, topology};
use rumormill_sim::{At, Config, Network, Observer, run};

/// What came of a run.
#[derive(Debug, PartialEq)]
pub struct Outcome {
    /// What was counted, by whom it may.
    pub added: u64,
    /// The totals of the first and the last node when the partition ends.
    pub apart: (u64, u64),
    /// When all agreed for good.
    pub agreed: Option<Time>,
    /// The first broken promise.
    pub wrong: Option<String>,
    pub bytes: u64,
    pub hash: [u64; 2],
}

/// Checks that no total is above what was counted, and that none falls while its node lives; notes when
/// all agree.
pub struct Checker {
    added: u64,
    totals: Vec<u64>,
    agreed: Option<Time>,
    pub wrong: Option<String>,
}

impl Checker {
    pub fn new(nodes: usize) -> Checker {
        Checker { added: 0, totals: vec![0; nodes], agreed: None, wrong: None }
    }
}

impl Observer<Tally> for Checker {
    fn input(&mut self, at: &At, input: &Input<Tally>) {
        match input {
            Input::Start => self.totals[at.node] = 0,
            Input::Command(Add(more)) => self.added += u64::from(*more),
            _ => return,
        }
        self.agreed = None;
    }

    fn event(&mut self, at: &At, Total(total): &Total) {
        let (known, added) = (self.totals[at.node], self.added);
        if *total < known || *total > added {
            self.wrong = Some(format!("{at:?}: {total} after {known}, but {added} were counted"));
        }
        self.totals[at.node] = *total;
    }

    fn shown_until(&mut self, time: Time) {
        if self.agreed.is_none() && self.totals.iter().all(|total| *total == self.added) {
            self.agreed = Some(time);
        }
    }

    fn is_done(&self) -> bool {
        self.wrong.is_some()
    }
}

/// So many nodes, each linked to `degree` others at random, in two halves from the tenth second to the
/// twentieth. Every half second until the fifteenth one of them counts; the second that did is down from
/// the fifth to the seventh.
pub fn simulate(nodes: usize, degree: u32, seed: u64) -> Outcome {
    let config = Config { seed, ..Config::default() };
    let secs = Duration::from_secs;
    let voter = |vote: usize| vote * 7919 % nodes;
    let halves = (0..nodes).map(|node| u8::from(node < nodes / 2)).collect();
    let mut apart = (0, 0);
    let mut prepared = run::<Tally>(config.clone(), maker(config, nodes, degree))
        .nodes(nodes)
        .codec(CODEC)
        .at(secs(5), |network| network.crash(voter(1)))
        .at(secs(7), |network| network.restart(voter(1)))
        .during(secs(10)..secs(20), Rule::partition(halves))
        .at(secs(20), |network| apart = (total(network, 0), total(network, nodes - 1)));
    for vote in 0..30 {
        let at = Duration::from_millis(500) * vote as u32;
        prepared = prepared.command(at, voter(vote), Add(1));
    }
    let mut checker = Checker::new(nodes);
    let network = prepared.until(secs(60), &mut checker);
    let Checker { added, agreed, wrong, .. } = checker;
    let bytes = network.counters().total().bytes;
    Outcome { added, apart, agreed, wrong, bytes, hash: network.trace_hash() }
}

/// Makes the machine of each node, which knows its neighbours in a random graph.
fn maker(config: Config, nodes: usize, degree: u32) -> impl Fn(usize, CellsView<'_>) -> Tally {
    let graph = graph(nodes, degree, config.seed);
    move |node, cells| {
        // A link serves both ways: it is enough that one of both dials.
        let before = graph.neighbours(node as u32).iter().filter(|other| (**other as usize) < node);
        let known = before.map(|other| config.address_of(*other as usize)).collect();
        Tally::new(node as u64, known, cells)
    }
}

fn graph(nodes: usize, degree: u32, seed: u64) -> Graph {
    let mut rng = Rng::new(RngKey::of_node(seed, nodes as u64), 0);
    topology::random_regular(nodes as u32, degree, &mut rng).expect("so many can have that degree")
}

fn total(network: &Network<Tally>, node: usize) -> u64 {
    network.machine(node).total()
}
