//! Links as rules that compose.
//!
//! Each rule says what it does to the transmissions over some paths: slow them down, lose them,
//! double them, cut them off. A transmission is judged by all rules in the order they were added, and
//! what they come to is its [`Verdict`]. A fault is a rule that is added while a run goes, and healing
//! removes it.
//!
//! ```text
//!                     latency 20 ms   loss 1 %    slow ×3      partition
//!   Transmission ────────►──────────────►───────────►──────────────►───── Verdict
//!   from, to, now       +20 ms        lost?       60 ms        lost!      60 ms, lost: partition
//! ```
//!
//! The idea is netem's (Hemminger, "Network Emulation with NetEm", 2005), and that of the simulated
//! networks of turmoil and str0m.
//!
//! Over a datagram link a verdict is what happens. Over a stream nothing is lost by chance:
//! [`Rules::over_stream`] makes delay of it.

mod paths;
mod rule;
mod verdict;

pub use paths::{NodeSet, PairSet, Paths};
pub use rule::{Effect, Rule};
pub use verdict::{Fate, Lost, Transmission, Verdict};

use super::{Latency, LinkDraws, LossState};
use rumormill_core::Duration;

/// A rule that was added. Ids only rise, so a late removal never hits a newer rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(u64);

/// A stream gives up no attempt, but 2⁶⁰ times the first delay is for ever.
const ATTEMPTS_MAX: u32 = 60;

/// The rules that hold now, in the order they were added.
///
/// ```
/// use rumormill_core::{Duration, Time};
/// use rumormill_sim::model::{Fate, Latency, LinkDraws, Lost, LossState, Rule, Rules, Transmission};
/// let mut rules = Rules::default();
/// rules.add(Rule::latency(Latency::Constant(Duration::from_millis(20))));
/// let fault = rules.add(Rule::partition(vec![0, 0, 1]));
///
/// let what = Transmission { from: 0, to: 2, bytes: 100, now: Time::ZERO };
/// let judge = |rules: &Rules| {
///     rules.judge(&what, &mut LossState::default(), &mut LinkDraws::new(7, 0, 2, 0))
/// };
/// assert_eq!(judge(&rules).fate, Fate::Lost(Lost::Partition));
/// rules.remove(fault);
/// assert_eq!(judge(&rules).fate, Fate::Arrives);
/// assert_eq!(judge(&rules).delay, Duration::from_millis(20));
/// ```
#[derive(Clone, Debug, Default)]
pub struct Rules {
    rules: Vec<(RuleId, Rule)>,
    next: u64,
    /// Whether any of them loses by chance.
    lossy: bool,
    /// The only one, if it is a plain latency.
    plain: Option<Plain>,
}

/// A latency that is the same for all paths, in nanoseconds: any span below `width` more than `least`,
/// or none more, if that is zero.
#[derive(Clone, Copy, Debug)]
struct Plain {
    least: u64,
    width: u64,
}

impl Rules {
    /// Adds a rule behind all others.
    pub fn add(&mut self, rule: Rule) -> RuleId {
        let id = RuleId(self.next);
        self.next += 1;
        self.rules.push((id, rule));
        self.count();
        id
    }

    /// Takes a rule away; nothing if it is gone already.
    pub fn remove(&mut self, id: RuleId) -> Option<Rule> {
        let at = self.rules.iter().position(|&(other, _)| other == id)?;
        let (_, rule) = self.rules.remove(at);
        self.count();
        Some(rule)
    }

    /// The rules that hold, in the order they were added.
    pub fn iter(&self) -> impl Iterator<Item = (RuleId, &Rule)> {
        self.rules.iter().map(|(id, rule)| (*id, rule))
    }

    /// The least that any transmission takes under these rules: within this span nobody can hear of
    /// anything that others do now.
    pub fn least(&self) -> Duration {
        self.rules.iter().fold(Duration::ZERO, |least, (_, rule)| rule.least(least))
    }

    /// The nanoseconds that one transmission takes, if there is nothing else to be said of any: there is
    /// but one rule, and that is a latency drawn evenly for all paths alike. It is the same as
    /// [`judge`](Rules::judge) would say, found sooner; most networks are like that.
    #[inline]
    pub fn plain_nanos(&self, draws: &mut LinkDraws) -> Option<u64> {
        let Plain { least, width } = self.plain?;
        Some(if width == 0 { least } else { least + draws.below(width) })
    }

    /// What becomes of one datagram. `state` is that of the link in this direction, for bursty loss;
    /// bursty rules that hold for the same link share it.
    #[inline]
    pub fn judge(
        &self,
        what: &Transmission,
        state: &mut LossState,
        draws: &mut LinkDraws,
    ) -> Verdict {
        let mut verdict = Verdict::default();
        for (_, rule) in &self.rules {
            rule.judge(what, &mut verdict, state, draws);
        }
        verdict
    }

    /// What becomes of one transmission over a stream, and how many attempts were lost before one
    /// arrived.
    ///
    /// Loss is delay: the first lost attempt costs `retransmission`, each further one twice the one
    /// before, and after 60 it arrives in any case. Nothing is doubled or reordered. What is cut off
    /// (by a partition, for one) is lost as over a datagram link: whether the stream breaks or waits is
    /// for the caller to say.
    #[inline]
    pub fn over_stream(
        &self,
        what: &Transmission,
        state: &mut LossState,
        draws: &mut LinkDraws,
        retransmission: Duration,
    ) -> (Verdict, u32) {
        let mut verdict = Verdict::default();
        for (_, rule) in &self.rules {
            rule.judge_stream(what, &mut verdict, draws);
        }
        let (mut wait, mut lost) = (retransmission, 0);
        while self.lossy && lost < ATTEMPTS_MAX && self.loses(what, state, draws) {
            verdict.delay = verdict.delay.saturating_add(wait);
            wait = wait.saturating_mul(2);
            lost += 1;
        }
        (verdict, lost)
    }

    /// Whether one attempt is lost by chance.
    fn loses(&self, what: &Transmission, state: &mut LossState, draws: &mut LinkDraws) -> bool {
        self.rules.iter().any(|(_, rule)| rule.loses(what, state, draws))
    }

    fn count(&mut self) {
        self.lossy = self.rules.iter().any(|(_, rule)| matches!(rule.effect, Effect::Loss(_)));
        self.plain = match &self.rules[..] {
            [(_, Rule { paths: Paths::All, effect: Effect::Latency(latency) })] => plain(latency),
            _ => None,
        };
    }
}

fn plain(latency: &Latency) -> Option<Plain> {
    let nanos = |span: Duration| u64::try_from(span.as_nanos()).unwrap_or(u64::MAX);
    match latency {
        Latency::Constant(always) => Some(Plain { least: nanos(*always), width: 0 }),
        Latency::Uniform(from, below) => {
            Some(Plain { least: nanos(*from), width: nanos(below.saturating_sub(*from)) })
        }
        Latency::LogNormal(_) | Latency::Regions(_) => None,
    }
}

#[cfg(test)]
mod tests;
