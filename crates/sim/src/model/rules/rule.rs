//! One rule: what it does, and to which transmissions.

use super::{Lost, NodeSet, PairSet, Paths, Transmission, Verdict};
use crate::model::{Latency, LinkDraws, Loss, LossState};
use rumormill_core::Duration;

/// What a rule does.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// It takes this much longer.
    Latency(Latency),
    /// It is lost by chance.
    Loss(Loss),
    /// It arrives twice.
    Duplication {
        /// How likely.
        probability: f64,
        /// How much later the second copy arrives at most; each span up to it is as likely.
        later: Duration,
    },
    /// It is held back, so that what was sent after it may overtake it.
    Reordering {
        /// How likely.
        probability: f64,
        /// For how long at most; each span up to it is as likely.
        longer: Duration,
    },
    /// It takes this many times as long as the rules before came to; the factor is 1 or more.
    Slow(f64),
    /// It never arrives, because of this.
    Cut(Lost),
}

/// What happens to transmissions over some paths.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// To which.
    pub paths: Paths,
    /// What.
    pub effect: Effect,
}

impl Rule {
    /// All take this long. Two of these add up.
    pub fn latency(latency: Latency) -> Rule {
        Rule { paths: Paths::All, effect: Effect::Latency(latency) }
    }

    /// Some are lost by chance.
    pub fn loss(loss: Loss) -> Rule {
        Rule { paths: Paths::All, effect: Effect::Loss(loss) }
    }

    /// Some arrive twice, the second up to `later` after the first.
    pub fn duplication(probability: f64, later: Duration) -> Rule {
        Rule { paths: Paths::All, effect: Effect::Duplication { probability, later } }
    }

    /// Some are held back, for up to `longer`.
    pub fn reordering(probability: f64, longer: Duration) -> Rule {
        Rule { paths: Paths::All, effect: Effect::Reordering { probability, longer } }
    }

    /// Nothing passes between nodes of different groups; each node's group, by its number.
    pub fn partition(group_of: Vec<u8>) -> Rule {
        Rule { paths: Paths::Apart(group_of), effect: Effect::Cut(Lost::Partition) }
    }

    /// Nothing passes from the first of each pair to the second.
    pub fn one_way(pairs: PairSet) -> Rule {
        Rule { paths: Paths::Pairs(pairs), effect: Effect::Cut(Lost::OneWay) }
    }

    /// These nodes hear nobody.
    pub fn deaf(nodes: NodeSet) -> Rule {
        Rule { paths: Paths::To(nodes), effect: Effect::Cut(Lost::Deaf) }
    }

    /// Nobody hears these nodes.
    pub fn mute(nodes: NodeSet) -> Rule {
        Rule { paths: Paths::From(nodes), effect: Effect::Cut(Lost::Mute) }
    }

    /// These paths are `factor` times as slow.
    pub fn slow(factor: f64, paths: Paths) -> Rule {
        Rule { paths, effect: Effect::Slow(factor) }
    }

    /// The same over these paths alone.
    ///
    /// ```
    /// use rumormill_sim::model::rules::{Paths, Rule};
    /// use rumormill_sim::model::Loss;
    /// let rule = Rule::loss(Loss::Uniform(0.2)).over(Paths::From([3].into_iter().collect()));
    /// assert!(rule.paths.contain(3, 0) && !rule.paths.contain(0, 3));
    /// ```
    pub fn over(self, paths: Paths) -> Rule {
        Rule { paths, ..self }
    }

    /// Changes the verdict on one datagram.
    #[inline]
    pub(super) fn judge(
        &self,
        what: &Transmission,
        verdict: &mut Verdict,
        state: &mut LossState,
        draws: &mut LinkDraws,
    ) {
        if !self.paths.contain(what.from, what.to) {
            return;
        }
        match &self.effect {
            Effect::Loss(loss) => {
                if loss.draw(state, draws) {
                    verdict.lose(Lost::Loss);
                }
            }
            Effect::Duplication { probability, later } => {
                if draws.chance(*probability) {
                    verdict.copy = Some(up_to(*later, draws));
                }
            }
            Effect::Reordering { probability, longer } => {
                if draws.chance(*probability) {
                    verdict.delay = verdict.delay.saturating_add(up_to(*longer, draws));
                }
            }
            orderly => orderly.judge(what, verdict, draws),
        }
    }

    /// Changes the verdict on a transmission over a stream, but for loss.
    #[inline]
    pub(super) fn judge_stream(
        &self,
        what: &Transmission,
        verdict: &mut Verdict,
        draws: &mut LinkDraws,
    ) {
        if self.paths.contain(what.from, what.to) {
            self.effect.judge(what, verdict, draws);
        }
    }

    /// Whether one attempt over a stream is lost by chance.
    pub(super) fn loses(
        &self,
        what: &Transmission,
        state: &mut LossState,
        draws: &mut LinkDraws,
    ) -> bool {
        match &self.effect {
            Effect::Loss(loss) if self.paths.contain(what.from, what.to) => loss.draw(state, draws),
            _ => false,
        }
    }

    /// The least delay, if it was `least` before.
    pub(super) fn least(&self, least: Duration) -> Duration {
        match &self.effect {
            Effect::Latency(latency) if self.paths == Paths::All => least + latency.least(),
            Effect::Slow(factor) => least.min(times(least, *factor)),
            _ => least,
        }
    }
}

impl Effect {
    /// What happens over streams, too.
    #[inline]
    fn judge(&self, what: &Transmission, verdict: &mut Verdict, draws: &mut LinkDraws) {
        match self {
            Effect::Latency(latency) => {
                let longer = latency.draw(what.from, what.to, draws);
                verdict.delay = verdict.delay.saturating_add(longer);
            }
            Effect::Slow(factor) => verdict.delay = times(verdict.delay, *factor),
            Effect::Cut(why) => verdict.lose(*why),
            Effect::Loss(_) | Effect::Duplication { .. } | Effect::Reordering { .. } => {}
        }
    }
}

/// A span up to this one, itself included.
fn up_to(most: Duration, draws: &mut LinkDraws) -> Duration {
    let nanos = u64::try_from(most.as_nanos()).unwrap_or(u64::MAX);
    Duration::from_nanos(draws.below(nanos.saturating_add(1)))
}

/// As many times as long; a factor that is none counts as zero.
fn times(span: Duration, factor: f64) -> Duration {
    Duration::from_nanos((span.as_nanos() as f64 * factor) as u64)
}
