//! What a contract test asks of a driver.

use crate::driver::OutboxLimits;
use crate::{Address, CellsView, Name, Protocol};
use alloc::format;
use alloc::vec::Vec;
use core::time::Duration;

/// A driver under test.
pub trait World {
    /// Runs a script from time zero to its end and gives what each node emitted, in order.
    fn run<P: Protocol>(&self, script: Script<P>) -> Log<P>;

    /// Spends about this long inside a handler: really, under a real clock; not at all, where time is
    /// virtual and a handler takes none.
    fn busy(&self) -> fn(Duration);
}

/// A small network and what happens to it.
#[derive(Clone)]
pub struct Script<P: Protocol> {
    /// How many nodes. Node `i` is called [`name`]`(i)` and reached at [`address`]`(i)`.
    pub nodes: usize,
    /// Makes the machine of node `i` from its cells: at the start, and again at each restart.
    pub make: fn(usize, CellsView<'_>) -> P,
    /// What lies between them.
    pub net: Net,
    /// What happens when, in order of time.
    pub steps: Vec<(Duration, Step<P>)>,
    /// How long the run is.
    pub lasts: Duration,
}

impl<P: Protocol> Script<P> {
    /// A network to which nothing happens yet, of one second.
    pub fn new(nodes: usize, make: fn(usize, CellsView<'_>) -> P) -> Script<P> {
        let (net, lasts) = (Net::default(), Duration::from_secs(1));
        Script { nodes, make, net, steps: Vec::new(), lasts }
    }

    /// Lets something happen, this many milliseconds after the start and not before the last step.
    pub fn at(mut self, millis: u64, step: Step<P>) -> Script<P> {
        self.steps.push((Duration::from_millis(millis), step));
        self
    }

    /// Puts another net between the nodes.
    pub fn over(self, net: Net) -> Script<P> {
        Script { net, ..self }
    }

    /// Ends after this many milliseconds.
    pub fn until(self, millis: u64) -> Script<P> {
        Script { lasts: Duration::from_millis(millis), ..self }
    }
}

/// Something that happens to a script's network.
#[derive(Clone, Debug)]
pub enum Step<P: Protocol> {
    /// The layer above node `i` commands.
    Command(usize, P::Command),
    /// Node `i` stops dead. Its links die on the other side, as [`Why::Closed`](crate::Why::Closed);
    /// dialling it is [`Why::Unreachable`](crate::Why::Unreachable). Of the writes not yet
    /// acknowledged the driver may keep any.
    Crash(usize),
    /// Node `i`, crashed before, is made again from its cells, and started.
    Restart(usize),
    /// From now on nothing that node `i` is sent reaches it, though its links stay up.
    Deafen(usize),
}

/// What lies between nodes.
#[derive(Clone, Copy, Debug)]
pub struct Net {
    /// How long a message, or the news of a link, takes.
    pub latency: Duration,
    /// What a dial makes.
    pub links: Links,
    /// How fast a link is, each way; nothing means at once.
    pub bytes_per_second: Option<u64>,
    /// How much may wait for a peer.
    pub outbox: OutboxLimits,
    /// How long a durable write takes. Writes of a node follow each other.
    pub disk: Duration,
    /// How long a signature check takes at least.
    pub verify: Duration,
    /// How long a request may take. The asked end refuses what its machine leaves unanswered after
    /// half of it, so that the refusal comes in time.
    pub request_deadline: Duration,
}

impl Default for Net {
    fn default() -> Self {
        Net {
            latency: Duration::from_millis(1),
            links: Links::TwoWay,
            bytes_per_second: None,
            outbox: OutboxLimits::default(),
            disk: Duration::from_millis(5),
            verify: Duration::from_millis(5),
            request_deadline: Duration::from_millis(100),
        }
    }
}

/// What a dial makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Links {
    /// One link that both ends send over.
    TwoWay,
    /// The dialler's end only sends (and is answered); the other end only receives. Each end is told.
    OneWay,
}

/// What each node emitted, and when.
pub type Log<P> = Vec<Vec<Entry<P>>>;

/// An event and its time since the start of the script.
pub type Entry<P> = (Duration, <P as Protocol>::Event);

/// What node `i` is called.
pub fn name(node: usize) -> Name {
    Name::Number(node as u64)
}

/// Where node `i` is reached.
pub fn address(node: usize) -> Address {
    Address::new(&format!("node:{node}"))
}
