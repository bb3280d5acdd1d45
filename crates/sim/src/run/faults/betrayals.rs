//! Nodes whose drivers betray their machines: they keep back, or say something else.

use super::super::choose;
use super::hostile::corrupt;
use super::{Fault, Stage};
use crate::engine::{self, Betrayal, BetrayalId};
use crate::lens::{self, NodeMessage};
use crate::scenario::{EquivocateConfig, NodeSet, SilenceConfig};
use rumormill_core::Rng;
use rumormill_protocols::{Life, Rumor};
use std::sync::Arc;

/// Nodes that betray in one way.
pub(super) struct Traitors {
    how: How,
    /// Who they are, once it began, and what they do.
    doing: Option<(Vec<usize>, BetrayalId)>,
}

enum How {
    Censor(NodeSet),
    Silence(SilenceConfig),
    Equivocate(EquivocateConfig),
}

impl Traitors {
    /// They receive, but never forward.
    pub fn censors(who: NodeSet) -> Traitors {
        Traitors { how: How::Censor(who), doing: None }
    }

    /// They say nothing to some.
    pub fn silent(config: SilenceConfig) -> Traitors {
        Traitors { how: How::Silence(config), doing: None }
    }

    /// They tell each of the others something else of themselves.
    pub fn equivocators(config: EquivocateConfig) -> Traitors {
        Traitors { how: How::Equivocate(config), doing: None }
    }
}

impl How {
    fn who(&self) -> &NodeSet {
        match self {
            How::Censor(who) => who,
            How::Silence(config) => &config.who,
            How::Equivocate(config) => &config.who,
        }
    }

    fn betrayal(&self, stage: &Stage<'_>, rng: &mut Rng) -> Betrayal<NodeMessage> {
        match self {
            How::Censor(_) => Betrayal::Censor,
            How::Silence(config) => silence(config, stage, rng),
            How::Equivocate(config) => equivocation(config.stories, stage, rng),
        }
    }
}

fn silence(config: &SilenceConfig, stage: &Stage<'_>, rng: &mut Rng) -> Betrayal<NodeMessage> {
    let nodes = stage.network().len();
    let mut to = vec![false; nodes];
    for node in choose::some(&config.to, nodes, (0..nodes).collect(), rng) {
        to[node] = true;
    }
    Betrayal::Silence(engine::Silence { to, kinds: config.kinds.clone() })
}

/// What a node says of itself has another payload for each of those who hear another story. The first
/// story is the truth.
fn equivocation(stories: u32, stage: &Stage<'_>, rng: &mut Rng) -> Betrayal<NodeMessage> {
    let (base, seed) = (stage.network().config().base, rng.next_u64());
    Betrayal::Retell(Box::new(move |from, to, message| {
        let mut draws = Rng::new(engine::key(seed, from as u32, to as u64, *b"tale"), 0);
        let story = draws.below(u64::from(stories));
        lens::retold(message, |rumor| {
            let is_own = lens::node_of(base, &rumor.origin) == Some(from);
            (is_own && story > 0).then(|| told_otherwise(rumor, story))?
        })
    }))
}

/// The same id and version, and something else. What holds for a time, and removals, say so in their
/// payload: these go as they are.
fn told_otherwise(rumor: &Rumor, story: u64) -> Option<Arc<Rumor>> {
    let payload = lens::payload(&rumor.subject, &format!("story {story} of {}", rumor.id));
    (rumor.life == Life::Lasting).then(|| Arc::new(Rumor { payload, ..rumor.clone() }))
}

impl Fault for Traitors {
    fn begin(&mut self, stage: &mut Stage<'_>, rng: &mut Rng) {
        let traitors = corrupt(self.how.who(), stage, rng);
        let betrayal = self.how.betrayal(stage, rng);
        let betrayal = stage.betrayal(betrayal);
        traitors.iter().for_each(|node| stage.betray(*node, betrayal, true));
        self.doing = Some((traitors, betrayal));
    }

    fn end(&mut self, stage: &mut Stage<'_>) {
        let Some((traitors, betrayal)) = &self.doing else { return };
        traitors.iter().for_each(|node| stage.betray(*node, *betrayal, false));
    }

    fn fired(&self, stage: &Stage<'_>) -> (u64, String) {
        let Some((traitors, betrayal)) = &self.doing else { return (0, String::new()) };
        let (times, count) = (stage.network().betrayed(*betrayal), traitors.len());
        let detail = match self.how {
            How::Censor(_) => format!("{times} messages kept back by {count} censors"),
            How::Silence(_) => format!("{times} messages kept back by {count} silent nodes"),
            How::Equivocate(_) => format!("{times} messages changed by {count} equivocators"),
        };
        (times, detail)
    }
}
