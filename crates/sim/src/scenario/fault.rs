//! What goes wrong in a scenario.

use super::DAY;
use super::nodes::NodeSet;
use super::workload::SizeConfig;
use crate::lens;
use rumormill_core::Duration;
use rumormill_protocols::parts::settings::{
    Among, Count, List, Maybe, MaybeAmong, Number, OneOf, Span, Switch, Texts,
};

rumormill_protocols::settings! {
    /// One `[[fault]]` of a scenario: when, and what.
    #[derive(Clone, Debug)]
    pub struct Fault {
        /// When it begins.
        at: Duration as Span = Duration::ZERO, from Duration::ZERO, to DAY;
        /// After how long it is undone: who crashed starts again with what it stored, who was cut off is
        /// healed, who was hostile is honest. Without, never.
        lasts called "for": Option<Duration> as Maybe<Span> = None,
            from Duration::from_millis(1), to DAY;
        /// What happens.
        what: What as Among = What::Heal(Healed::All);
    }
}

rumormill_protocols::choice! {
    /// What happens.
    #[derive(Clone, Debug)]
    pub enum What {
        /// Nodes end without a word, and what they had not stored is lost.
        "crash" => Crash: NodeSet as OneOf = NodeSet::Random(1),
        /// Nodes that are down start again.
        "restart" => Restart(RestartConfig),
        /// Nodes crash and start again all the time.
        "churn" => Churn(ChurnConfig),
        /// The network falls into parts.
        "partition" => Partition: Parts as OneOf = Parts::Groups(2),
        /// What was cut is whole again.
        "heal" => Heal: Healed as OneOf = Healed::All,
        /// What some send to some others is lost; not what these answer.
        "one-way" => OneWay(OneWayConfig),
        /// Nodes need long for everything.
        "slow" => Slow(SlowConfig),
        /// Clocks go wrong.
        "skew" => Skew(SkewConfig),
        /// Nodes receive, but never forward.
        "censor" => Censor: NodeSet as OneOf = NodeSet::Share(0.1),
        /// Nodes publish what nobody wants.
        "spam" => Spam(SpamConfig),
        /// Nodes tell what isn't so.
        "liar" => Liar(LiarConfig),
        /// One attacker comes as many nodes.
        "sybil" => Sybil(SybilConfig),
        /// Several nodes have one identity.
        "twins" => Twins(TwinsConfig),
        /// Nodes tell each of the others something else.
        "equivocate" => Equivocate(EquivocateConfig),
        /// Nodes say nothing to some.
        "silence" => Silence(SilenceConfig),
        /// Nodes start again and have forgotten what they had stored.
        "amnesia" => Amnesia(AmnesiaConfig),
    }
}

rumormill_protocols::choice! {
    /// What a node has when it starts again.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Stored {
        /// What it had stored.
        "kept" => Kept,
        /// Nothing.
        "lost" => Lost,
    }
}

rumormill_protocols::settings! {
    /// Nodes that start again.
    #[derive(Clone, Debug)]
    pub struct RestartConfig {
        /// Which of those that are down. Without, all.
        who: Option<NodeSet> as MaybeAmong = None;
        /// What they have of before.
        state: Stored as OneOf = Stored::Kept;
    }
}

rumormill_protocols::settings! {
    /// Nodes that come and go.
    #[derive(Clone, Debug)]
    pub struct ChurnConfig {
        /// How many crash on average, of all together.
        rate: f64 as Number = 6.0, in "crashes a minute", from 0.001, to 10_000_000.0;
        /// After how long each starts again.
        down: Duration as Span = Duration::from_secs(10), from Duration::from_millis(1), to DAY;
        /// What it has of before.
        state: Stored as OneOf = Stored::Kept;
    }
}

rumormill_protocols::choice! {
    /// The parts that a network falls into.
    #[derive(Clone, Debug, PartialEq)]
    pub enum Parts, bare "nodes" {
        /// So many, of the same size, drawn from the seed.
        "groups" => Groups: u32 as Count = 2, from 2, to 256,
        /// So many nodes, drawn from the seed, and the rest.
        "random" => Random: usize as Count = 1, from 1, to 4_000_000,
        /// So large a share of the nodes, drawn from the seed, and the rest.
        "share" => Share: f64 as Number = 0.5, being |share| *share > 0.0 && *share < 1.0
            => "a number above 0 and below 1",
        /// These nodes, and the rest.
        "nodes" => Nodes: Vec<usize> as List<Count> = Vec::new(),
            being |nodes| !nodes.is_empty() => "a list of at least one node's number",
    }
}

impl Parts {
    /// The nodes of the first part, if it is only said which these are.
    pub fn first(&self) -> Option<NodeSet> {
        match self {
            Parts::Groups(_) => None,
            Parts::Random(count) => Some(NodeSet::Random(*count)),
            Parts::Share(share) => Some(NodeSet::Share(*share)),
            Parts::Nodes(nodes) => Some(NodeSet::Nodes(nodes.clone())),
        }
    }
}

rumormill_protocols::choice! {
    /// What is healed.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Healed {
        /// Everything that was cut.
        "all" => All,
        /// Partitions.
        "partition" => Partition,
        /// Links that went one way.
        "one-way" => OneWay,
    }
}

rumormill_protocols::settings! {
    /// Links that go one way.
    #[derive(Clone, Debug)]
    pub struct OneWayConfig {
        /// Whose messages are lost.
        from: NodeSet as OneOf = NodeSet::Random(1);
        /// On their way to whom.
        to: NodeSet as OneOf = NodeSet::Share(1.0);
    }
}

rumormill_protocols::settings! {
    /// Slow nodes.
    #[derive(Clone, Debug)]
    pub struct SlowConfig {
        /// Which.
        who: NodeSet as Among = NodeSet::Random(1);
        /// How long each input takes them.
        by: Duration as Span = Duration::from_millis(50),
            from Duration::from_micros(1), to Duration::from_secs(60);
    }
}

rumormill_protocols::settings! {
    /// Clocks that go wrong.
    #[derive(Clone, Debug)]
    pub struct SkewConfig {
        /// Whose.
        who: NodeSet as Among = NodeSet::Random(1);
        /// By how much they run too fast: 0.01 is a hundredth; below 0, too slow.
        drift: f64 as Number = 0.0, from -0.5, to 1.0;
        /// How far they jump ahead when it begins.
        jump: Duration as Span = Duration::ZERO, from Duration::ZERO, to DAY;
    }
}

rumormill_protocols::settings! {
    /// Spammers.
    #[derive(Clone, Debug)]
    pub struct SpamConfig {
        /// Who.
        who: NodeSet as Among = NodeSet::Random(1);
        /// How often each publishes on average.
        rate: f64 as Number = 100.0, in "messages a second", from 0.001, to 1_000_000.0;
        /// How large it is.
        size: SizeConfig as OneOf = SizeConfig::Always(512);
    }
}

rumormill_protocols::choice! {
    /// What a liar tells.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Lie {
        /// Old versions, as if they were news.
        "stale" => Stale,
        /// Versions of others that they never made.
        "forged" => Forged,
    }
}

rumormill_protocols::settings! {
    /// Liars.
    #[derive(Clone, Debug)]
    pub struct LiarConfig {
        /// Who.
        who: NodeSet as Among = NodeSet::Random(1);
        /// What they tell.
        kind: Lie as OneOf = Lie::Stale;
        /// How often each does on average.
        rate: f64 as Number = 1.0, in "messages a second", from 0.001, to 1_000_000.0;
    }
}

rumormill_protocols::settings! {
    /// A crowd of one attacker. Its nodes are numbered after the honest ones; they receive, but never
    /// forward.
    #[derive(Clone, Debug)]
    pub struct SybilConfig {
        /// How many it comes as.
        nodes: usize as Count = 50, in "nodes", from 1, to 1_000_000;
        /// With how many honest nodes each is linked.
        links: usize as Count = 8, in "links", from 1, to 65_535;
    }
}

rumormill_protocols::settings! {
    /// Nodes of which there are two. The second is numbered after all others.
    #[derive(Clone, Debug)]
    pub struct TwinsConfig {
        /// Which have a twin from now on.
        who: NodeSet as Among = NodeSet::Random(1);
        /// What a twin has of what the other had stored by then.
        state: Stored as OneOf = Stored::Kept;
        /// Whether each reaches only those of the others who reach it.
        apart: bool as Switch = false;
    }
}

rumormill_protocols::settings! {
    /// Nodes that tell each of the others something else of themselves, under one id and version.
    #[derive(Clone, Debug)]
    pub struct EquivocateConfig {
        /// Who.
        who: NodeSet as Among = NodeSet::Random(1);
        /// How many different things each says. Who hears which is drawn from the seed.
        stories: u32 as Count = 2, from 2, to 1_000_000;
    }
}

rumormill_protocols::settings! {
    /// Nodes that say nothing to some, and go on hearing them.
    #[derive(Clone, Debug)]
    pub struct SilenceConfig {
        /// Who.
        who: NodeSet as Among = NodeSet::Random(1);
        /// To whom; all who are silent to the same.
        to: NodeSet as OneOf = NodeSet::Share(0.5);
        /// Of which kinds of messages; none means all.
        kinds: Vec<String> as Texts = Vec::new(), being are_kinds
            => "a list of \"ask\", \"peers\", \"here\", \"rumor\", \"summary\", \"same\", \"digest\", \"exchange\", \"delta\"";
    }
}

#[allow(clippy::ptr_arg, reason = "a rule is given the value as it is")]
fn are_kinds(kinds: &Vec<String>) -> bool {
    kinds.iter().all(|kind| lens::KINDS.contains(&kind.as_str()))
}

rumormill_protocols::settings! {
    /// Nodes that end without a word, and start again without what they had stored.
    #[derive(Clone, Debug)]
    pub struct AmnesiaConfig {
        /// Who.
        who: NodeSet as Among = NodeSet::Random(1);
        /// What of it.
        forgets: Forgets as OneOf = Forgets::All;
        /// After how long they start again.
        down: Duration as Span = Duration::from_secs(1), from Duration::from_millis(1), to DAY;
    }
}

rumormill_protocols::choice! {
    /// What is forgotten of what was stored.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Forgets, bare "writes" {
        /// All of it.
        "all" => All,
        /// The end of the latest so many writes, from a random one on: a disk that said too early that
        /// they were durable.
        "writes" => Writes: usize as Count = 8, from 1, to 1000,
    }
}
