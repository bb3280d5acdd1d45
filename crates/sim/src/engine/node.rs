//! One node: its machine, and what its driver keeps for it.
//!
//! There may be a million, so what few nodes need lies behind one pointer.

use super::betrayal::BetrayalId;
use super::config::Config;
use super::counters::Load;
use super::disk::Disk;
use super::draws;
use super::event::EndId;
use super::exchange::Exchanges;
use super::links::Ends;
use super::peers::Peers;
use super::trace::Trace;
use super::uplink::Uplink;
use rumormill_core::driver::Calls;
use rumormill_core::{Duration, Protocol, Rng, RngKey, Time};

pub(crate) struct Node<P: Protocol> {
    pub port: Port<P>,
    pub machine: P,
}

/// All that a driver keeps for one node.
pub(crate) struct Port<P: Protocol> {
    pub node: u32,
    /// Rises with each crash, so that what was owed to the last life is not paid to the next.
    pub life: u32,
    pub is_up: bool,
    /// Nothing that it is sent reaches it.
    pub is_deaf: bool,
    /// Its driver does not do as the machine says: see [`super::betrayal`].
    pub betrays: bool,
    /// How many events it has caused.
    pub caused: u64,
    /// How often its machine was called.
    pub calls: u64,
    pub trace: Trace,
    pub load: Load,
    pub peers: Peers,
    pub ends: Ends<P>,
    /// Our dials under way.
    pub dials: Vec<(EndId, P::Token)>,
    /// How many connections it has dialled.
    pub dialled: u32,
    rare: Option<Box<Rare<P>>>,
}

/// What few nodes need.
pub(crate) struct Rare<P: Protocol> {
    pub disk: Disk<P::Token>,
    pub exchanges: Exchanges<P::Token>,
    pub uplink: Uplink<P>,
    /// When all that came is through the downlink.
    pub downlink_free: Time,
    pub pace: Pace,
    pub clock: Clock,
    /// How its driver betrays it, in the order in which that began.
    betrayals: Vec<BetrayalId>,
}

/// How slow a node is.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Pace {
    /// How long it takes over each input.
    pub by: Duration,
    /// Until when it is at it.
    pub busy_until: Time,
}

/// A node's clock: what it showed at some time, and how fast it goes since.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Clock {
    since: Time,
    showed: Time,
    /// How much it gains in 2³⁰ ns.
    drift: i32,
}

impl<P: Protocol> Default for Rare<P> {
    fn default() -> Self {
        Rare {
            disk: Disk::default(),
            exchanges: Exchanges::default(),
            uplink: Uplink::default(),
            downlink_free: Time::ZERO,
            pace: Pace::default(),
            clock: Clock::default(),
            betrayals: Vec::new(),
        }
    }
}

impl Clock {
    const UNIT_LOG: u32 = 30;
    pub const UNIT: u64 = 1 << Self::UNIT_LOG;

    /// What it shows.
    pub fn shows(&self, now: Time) -> Time {
        let passed = i128::try_from(now.since(self.since).as_nanos()).unwrap_or(i128::MAX >> 64);
        let moved = passed + ((passed * i128::from(self.drift)) >> Self::UNIT_LOG);
        self.showed + Duration::from_nanos(u64::try_from(moved).unwrap_or_default())
    }

    /// The same clock, put forward so far and going at another speed from now on. It never goes back.
    pub fn set(&self, now: Time, drift: i32, jump: Duration) -> Clock {
        Clock { since: now, showed: self.shows(now) + jump, drift }
    }

    /// How long it takes until it has moved on so far.
    pub fn takes(&self, span: Duration) -> Duration {
        let nanos = i128::try_from(span.as_nanos()).unwrap_or(i128::MAX >> Self::UNIT_LOG);
        let rate = (1i128 << Self::UNIT_LOG) + i128::from(self.drift);
        let takes = (nanos << Self::UNIT_LOG) / rate.max(1);
        Duration::from_nanos(u64::try_from(takes).unwrap_or(u64::MAX))
    }
}

impl<P: Protocol> Port<P> {
    pub fn new(node: u32) -> Port<P> {
        Port {
            node,
            life: 0,
            is_up: false,
            is_deaf: false,
            betrays: false,
            caused: 0,
            calls: 0,
            trace: Trace::default(),
            load: Load::default(),
            peers: Peers::default(),
            ends: Ends::default(),
            dials: Vec::new(),
            dialled: 0,
            rare: None,
        }
    }

    /// What few nodes need, if this one ever did.
    pub fn rare(&self) -> Option<&Rare<P>> {
        self.rare.as_deref()
    }

    pub fn rare_mut(&mut self) -> Option<&mut Rare<P>> {
        self.rare.as_deref_mut()
    }

    /// What few nodes need; this one does from now on.
    pub fn needs(&mut self) -> &mut Rare<P> {
        self.rare.get_or_insert_default()
    }

    /// How its driver betrays it.
    pub fn betrayals(&self) -> &[BetrayalId] {
        self.rare().map_or(&[], |rare| &rare.betrayals)
    }

    /// It betrays it in that way too, or no longer.
    pub fn betray(&mut self, how: BetrayalId, is_on: bool) {
        let betrayals = &mut self.needs().betrayals;
        betrayals.retain(|other| *other != how);
        betrayals.extend(is_on.then_some(how));
        self.betrays = !betrayals.is_empty();
    }

    /// Reads what every turn needs, so that it is at hand then.
    pub fn touch(&self) -> u64 {
        let own = self.calls ^ self.load.sent.bytes ^ self.load.received.bytes;
        let rare = (self.dials.len() ^ usize::from(self.rare.is_some())) as u64;
        own ^ rare ^ u64::from(self.peers.touch()) ^ self.ends.touch()
    }

    /// This call's random numbers.
    pub fn rng(&self, seed: u64) -> Rng {
        Calls::after(RngKey::of_node(seed, u64::from(self.node)), self.calls).rng()
    }

    /// Our dial, if it is still under way: its token.
    pub fn end_dial(&mut self, end: EndId) -> Option<P::Token> {
        let at = self.dials.iter().position(|(other, _)| *other == end)?;
        let (_, token) = self.dials.swap_remove(at);
        if self.dials.is_empty() {
            self.dials = Vec::new();
        }
        Some(token)
    }

    /// Forgets all that is not durable. Counts go on, so that nothing is named or drawn twice.
    pub fn crash(&mut self, now: Time, config: &Config) {
        let key = draws::key(config.seed, self.node, 0, *b"disk");
        let life = u64::from(self.life);
        if let Some(rare) = self.rare_mut() {
            rare.disk.crash(now, config.forgettable_writes, Rng::new(key, life));
            rare.exchanges.forget();
            rare.uplink = Uplink::default();
            rare.downlink_free = now;
            rare.pace.busy_until = now;
        }
        self.is_up = false;
        self.life += 1;
        self.peers = Peers::default();
        self.ends = Ends::default();
        self.dials = Vec::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fast_clock_is_ahead_and_its_spans_take_less() {
        let (unit, gain) = (Duration::from_nanos(1 << 30), Duration::from_nanos(1 << 20));
        let at = |units: u32| Time::ZERO + unit * units;
        let fast = Clock::default().set(at(1), 1 << 20, Duration::from_secs(1));
        assert_eq!(fast.shows(at(2)), at(2) + gain + Duration::from_secs(1));
        assert!(fast.takes(unit) < unit && fast.takes(unit) + gain >= unit);
        let right = fast.set(at(2), 0, Duration::ZERO);
        assert_eq!(right.shows(at(3)), fast.shows(at(2)) + unit, "it is not put back");
        assert_eq!(right.takes(unit), unit);
    }
}
