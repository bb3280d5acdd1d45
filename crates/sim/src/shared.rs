//! What all nodes share: the clock, the queue, the ways between them.

use crate::config::Config;
use crate::counters::Counters;
use crate::event::Event;
use crate::queue::Queue;
use rumormill_core::{Address, Duration, Protocol, Target, Time};
use std::collections::{BTreeMap, BTreeSet};

/// The least time that anything takes: also a timer of zero, and the driver's own answers.
pub const FLOOR: Duration = Duration::from_micros(1);

pub(crate) struct Shared<P: Protocol> {
    pub config: Config,
    pub now: Time,
    pub queue: Queue<Event<P>>,
    pub counters: Counters,
    /// Pairs that can't reach each other, the lower first.
    cuts: BTreeSet<(u32, u32)>,
    addresses: BTreeMap<Address, u32>,
}

impl<P: Protocol> Shared<P> {
    pub fn new(config: Config) -> Shared<P> {
        Shared {
            config,
            now: Time::ZERO,
            queue: Queue::default(),
            counters: Counters::default(),
            cuts: BTreeSet::new(),
            addresses: BTreeMap::new(),
        }
    }

    pub fn add(&mut self, node: u32) {
        let taken = self.addresses.insert(self.config.address_of(node as usize), node);
        assert!(taken.is_none(), "nodes don't share an address");
    }

    /// Who is meant.
    pub fn resolve(&self, target: &Target) -> Option<u32> {
        match target {
            Target::Address(address) => self.addresses.get(address).copied(),
            Target::Name(name) => {
                let node = name.number()?.checked_sub(self.config.base)?;
                u32::try_from(node).ok().filter(|node| (*node as usize) < self.addresses.len())
            }
        }
    }

    pub fn cut(&mut self, one: u32, other: u32) {
        self.cuts.insert((one.min(other), one.max(other)));
    }

    pub fn heal(&mut self, one: u32, other: u32) {
        self.cuts.remove(&(one.min(other), one.max(other)));
    }

    pub fn is_cut(&self, one: u32, other: u32) -> bool {
        !self.cuts.is_empty() && self.cuts.contains(&(one.min(other), one.max(other)))
    }
}
