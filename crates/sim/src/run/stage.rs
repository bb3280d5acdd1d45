//! The network of a run, and all that acts on it goes through here, so that whoever watches is told.

mod hostile;
mod pace;

use super::RunError;
use super::agreement;
use super::build::{Built, build};
use super::watch::{About, Watch};
use crate::engine::{Counters, Network, Observer};
use crate::model::{Graph, Rule, RuleId};
use crate::outcome::{FaultOutcome, Links, Outcome};
use crate::scenario::{Healed, Scenario, Stored};
use rumormill_core::{Duration, LinkKind, Rng, Time};
use rumormill_node::{AnyNode, NodeCommand};
use rumormill_protocols::Life;
use rumormill_wire::json::{expiring_payload, register_payload, removal_payload, topic_payload};
use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

/// A network in its run.
pub(super) struct Stage<'a> {
    network: Network<AnyNode>,
    graph: Arc<Graph>,
    links: Links,
    watch: Watch<'a>,
    /// Who is honest.
    honest: Vec<bool>,
    /// Who started again since it was last asked.
    started: Vec<usize>,
    /// What cuts nodes off from each other now, but for what cuts off hostile ones.
    cuts: Vec<(Healed, RuleId)>,
    /// Who is slow now, and by how much for each reason.
    slow: BTreeMap<usize, Vec<Duration>>,
    /// Whose clock goes wrong, and by how much for each reason.
    skewed: BTreeMap<usize, Vec<f64>>,
    /// Who has a twin, and which.
    twins: Vec<(usize, usize)>,
    /// How wrong clocks may be at most, if nothing else is wrong with them.
    clock_skew: f64,
    /// When nodes last came or went or changed their pace, or a way was cut or healed.
    disturbed: Time,
    /// How many messages were published: no two have the same data.
    published: u64,
}

impl<'a> Stage<'a> {
    /// The network of a scenario, its nodes started at time zero.
    pub fn new(
        scenario: &Scenario,
        encode: bool,
        log: Option<&'a mut dyn io::Write>,
        (label, command): (&str, &str),
    ) -> Result<Stage<'a>, RunError> {
        let Built { network, graph, links } = build(scenario, encode)?;
        let base = network.config().base;
        let watch = Watch::new(&About { scenario, base, label, command }, log)?;
        let mut stage = Stage {
            network,
            graph,
            links,
            watch,
            honest: Vec::new(),
            started: Vec::new(),
            cuts: Vec::new(),
            slow: BTreeMap::new(),
            skewed: BTreeMap::new(),
            twins: Vec::new(),
            clock_skew: scenario.network.clock_skew,
            disturbed: Time::ZERO,
            published: 0,
        };
        for _ in 0..scenario.network.nodes {
            let node = stage.add(true);
            if stage.clock_skew > 0.0 {
                stage.set_clock(node, Duration::ZERO);
            }
        }
        Ok(stage)
    }

    /// Adds a node, which starts now.
    pub fn add(&mut self, is_honest: bool) -> usize {
        self.disturb();
        let node = self.network.add();
        self.honest.push(is_honest);
        if !is_honest {
            self.watch.hostile(node, self.network.now());
        }
        self.network.start(node);
        node
    }

    fn disturb(&mut self) {
        self.disturbed = self.network.now();
    }

    /// Whether all nodes should know the same by now: nothing is cut off or slow, and since the last time
    /// that something was, and since the last was published, there was time enough.
    fn is_agreement_due(&self, scenario: &Scenario) -> bool {
        let quiet = self.network.now().since(self.disturbed);
        let Some(needs) = agreement::needs(scenario, &self.graph) else { return false };
        let had_to_meet = needs.meets_late || self.disturbed > Time::ZERO;
        let has_met = !had_to_meet || quiet >= needs.to_meet.saturating_add(needs.to_tell);
        let is_hurt = !self.cuts.is_empty() || !self.slow.is_empty();
        !is_hurt && scenario.drain >= needs.to_tell && has_met
    }

    pub fn now(&self) -> Time {
        self.network.now()
    }

    /// See [`Network::step`].
    pub fn step(&mut self, until: Time) -> bool {
        self.network.step(until, &mut self.watch)
    }

    /// Whether somebody has seen enough.
    pub fn is_done(&self) -> bool {
        Observer::<AnyNode>::is_done(&self.watch)
    }

    pub fn events(&self) -> u64 {
        self.network.counters().inputs
    }

    pub fn counters(&self) -> &Counters {
        self.network.counters()
    }

    pub fn network(&self) -> &Network<AnyNode> {
        &self.network
    }

    pub fn is_up(&self, node: usize) -> bool {
        self.network.is_up(node)
    }

    /// The nodes for which that is so.
    pub fn nodes(&self, is_so: impl Fn(&Self, usize) -> bool) -> Vec<usize> {
        (0..self.network.len()).filter(|node| is_so(self, *node)).collect()
    }

    pub fn is_honest(&self, node: usize) -> bool {
        self.honest[node]
    }

    /// A node that is up and honest, if there is one.
    pub fn any_honest(&self, rng: &mut Rng) -> Option<usize> {
        let may = |node: usize| self.is_up(node) && self.honest[node];
        // Mostly the first will do. Only if few are left is it worth to list them.
        let drawn =
            (0..16).map(|_| rng.below(self.honest.len() as u64) as usize).find(|node| may(*node));
        drawn.or_else(|| rng.pick(&self.nodes(|_, node| may(node))).copied())
    }

    pub fn command(&mut self, node: usize, command: NodeCommand) {
        self.network.command(node, command);
    }

    /// A node publishes so many bytes on a topic. Says whether it is up to do it.
    pub fn publish(&mut self, node: usize, topic: u32, size: usize) -> bool {
        for twin in self.twins_of(node) {
            self.publish(twin, topic, size);
        }
        if !self.is_up(node) {
            return false;
        }
        let topic = format!("topic-{topic}");
        let payload = topic_payload(&topic, &self.data(size));
        let publish = NodeCommand::Publish { topic: topic.into(), payload, ticket: 0 };
        self.command(node, publish);
        true
    }

    /// A node sets one of its registers to a text of so many bytes, for a while perhaps, or removes it. Says
    /// whether it is up to do it.
    pub fn set(&mut self, node: usize, key: u32, life: Life, size: usize) -> bool {
        for twin in self.twins_of(node) {
            self.set(twin, key, life, size);
        }
        if !self.is_up(node) {
            return false;
        }
        self.published += 1;
        let key = format!("key-{key}");
        let value = format!("{:0>size$}", self.published).into();
        let payload = match life {
            Life::Lasting => register_payload(&key, &value),
            Life::For(span) => expiring_payload(&key, &value, span),
            Life::Removed => removal_payload(&key),
        };
        self.command(node, NodeCommand::Set { ticket: 0, key: key.into(), payload, life });
        true
    }

    /// So many bytes, no two alike if they have room for it.
    fn data(&mut self, size: usize) -> Vec<u8> {
        self.published += 1;
        let mut data = vec![0; size];
        let number = self.published.to_le_bytes();
        let room = size.min(number.len());
        data[..room].copy_from_slice(&number[..room]);
        data
    }

    pub fn crash(&mut self, node: usize) {
        self.disturb();
        self.watch.crashed(node, self.network.now());
        self.network.crash(node);
    }

    pub fn restart(&mut self, node: usize, stored: Stored) {
        self.disturb();
        let now = self.network.now();
        if stored == Stored::Lost {
            self.network.lose_cells(node);
            self.watch.lost_cells(node, now);
        }
        self.watch.restarted(node, now);
        self.network.restart(node);
        self.started.push(node);
    }

    /// Who started again since this was last asked.
    pub fn take_started(&mut self) -> Vec<usize> {
        std::mem::take(&mut self.started)
    }

    /// Parts of the network can't reach each other from now on: each node's part, by its number.
    /// Streams between them end. Gives the cut, and how many ends that were.
    pub fn part(&mut self, group_of: Vec<u8>) -> (RuleId, usize) {
        let group = |node: usize| group_of.get(node).copied().unwrap_or(0);
        let mut severed = 0;
        if self.network.config().kind == LinkKind::Stream {
            for node in 0..self.network.len() {
                severed += self.network.sever(node, |other| group(other) != group(node));
            }
        }
        self.disturb();
        self.watch.noted("partition", None, self.network.now());
        let rule = self.network.rules_mut().add(Rule::partition(group_of));
        self.cuts.push((Healed::Partition, rule));
        (rule, severed)
    }

    /// A rule of that kind holds from now on: the cut.
    pub fn cut(&mut self, kind: Healed, rule: Rule) -> RuleId {
        self.disturb();
        self.watch.noted("one-way", None, self.network.now());
        let rule = self.network.rules_mut().add(rule);
        self.cuts.push((kind, rule));
        rule
    }

    /// What was cut is whole again. Says how many cuts that were.
    pub fn heal(&mut self, what: Healed) -> usize {
        self.mend(|kind, _| what == Healed::All || what == kind)
    }

    /// One cut is whole again, if nothing has healed it before; others may still be there.
    pub fn heal_one(&mut self, cut: RuleId) {
        if self.cuts.iter().any(|(_, rule)| *rule == cut) {
            self.mend(|_, rule| rule == cut);
        }
    }

    fn mend(&mut self, is_healed: impl Fn(Healed, RuleId) -> bool) -> usize {
        let rules = self.network.rules_mut();
        let before = self.cuts.len();
        self.cuts.retain(|&(kind, rule)| {
            let is_healed = is_healed(kind, rule);
            if is_healed {
                rules.remove(rule);
            }
            !is_healed
        });
        self.disturb();
        self.watch.noted("heal", None, self.network.now());
        before - self.cuts.len()
    }

    /// What came of it all.
    pub fn finish(
        self,
        scenario: &Scenario,
        faults: Vec<FaultOutcome>,
        wall: Duration,
        replay: &str,
    ) -> Result<Outcome, RunError> {
        let is_agreement_due = self.is_agreement_due(scenario);
        let Stage { network, graph, links, watch, .. } = self;
        let end = network.now();
        let hash = network.trace_hash();
        // Where nodes discover each other, the graph is but whom they know at first.
        let graph = (!scenario.is_discovering()).then_some(&*graph);
        let seen = watch.finish(&network, graph, (is_agreement_due, replay))?;
        Ok(Outcome {
            name: scenario.name.clone(),
            seed: scenario.seed,
            nodes: network.len(),
            version: env!("CARGO_PKG_VERSION").into(),
            links,
            events: network.counters().inputs,
            simulated_seconds: end.since(Time::ZERO).as_secs_f64(),
            wall_seconds: wall.as_secs_f64(),
            peak_rss_bytes: None,
            hash: format!("{:016x}{:016x}", hash[0], hash[1]),
            broadcasts: seen.broadcasts,
            faults,
            checks: seen.checks,
            violations: seen.violations,
            missing: seen.missing,
            scenario: scenario.text.clone(),
        })
    }
}
