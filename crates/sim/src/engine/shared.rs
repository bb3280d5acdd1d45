//! What all nodes share: the clock, the queue, the ways between them.

use super::betrayal::Betrayals;
use super::config::Config;
use super::counters::Counters;
use super::event::Event;
use super::twins::Twins;
use super::wheel::Wheel;
use crate::model::rules::Effect;
use crate::model::{Lost, Paths, Rule, RuleId, Rules};
use rumormill_core::{Duration, Protocol, Target, Time, Why};
use std::collections::BTreeMap;

/// The least time that anything takes: also a timer of zero, and the driver's own answers.
pub const FLOOR: Duration = Duration::from_micros(1);

pub(crate) struct Shared<P: Protocol> {
    pub config: Config,
    pub now: Time,
    pub queue: Wheel<Event<P>>,
    /// The least that anything takes from one node to another.
    pub lookahead: Duration,
    pub counters: Counters,
    pub codec: Option<Codec<P::Message>>,
    /// How many nodes there are.
    pub nodes: usize,
    /// How drivers of hostile nodes betray them.
    pub betrayals: Betrayals<P::Message>,
    /// Who has whose identity.
    pub twins: Twins,
    /// What holds between nodes now.
    pub rules: Rules,
    /// The rules that cut off pairs of nodes, the lower first.
    cuts: BTreeMap<(u32, u32), RuleId>,
}

/// Writes a message and reads it back.
pub(crate) type Codec<M> = Box<dyn Fn(&M) -> Result<M, Why> + Send>;

impl<P: Protocol> Shared<P> {
    pub fn new(config: Config) -> Shared<P> {
        let rules = config.rules();
        let lookahead = rules.least().max(FLOOR);
        Shared {
            rules,
            config,
            now: Time::ZERO,
            queue: Wheel::new(lookahead),
            lookahead,
            counters: Counters::default(),
            codec: None,
            nodes: 0,
            betrayals: Betrayals::default(),
            twins: Twins::default(),
            cuts: BTreeMap::new(),
        }
    }

    /// Who is meant: whose name or address that is.
    pub fn resolve(&self, target: &Target) -> Option<u32> {
        let number = match target {
            Target::Address(address) => (self.config.places.number)(address)?,
            Target::Name(name) => name.number()?,
        };
        let node = u32::try_from(number.checked_sub(self.config.base)?).ok()?;
        ((node as usize) < self.nodes).then_some(node)
    }

    pub fn cut(&mut self, one: u32, other: u32) {
        let pairs = [(one, other), (other, one)].into_iter().collect();
        let rules = &mut self.rules;
        let cut =
            || rules.add(Rule { paths: Paths::Pairs(pairs), effect: Effect::Cut(Lost::Partition) });
        self.cuts.entry((one.min(other), one.max(other))).or_insert_with(cut);
    }

    pub fn heal(&mut self, one: u32, other: u32) {
        if let Some(cut) = self.cuts.remove(&(one.min(other), one.max(other))) {
            self.rules.remove(cut);
        }
    }
}
