//! What a node tells another that knows less, within a budget.

use super::message::{Delta, News, Vouched};
use super::origin::Origin;
use super::table::Table;
use crate::parts::digest::{Digest, VERSION_LEN};
use alloc::vec::Vec;
use rumormill_core::planted::{Bug, is_planted};
use rumormill_core::{Name, Time};

/// How much may be told at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// So many bytes, but for a first update that is larger …
    pub wanted: usize,
    /// … and never more than this.
    pub most: usize,
}

/// An origin of which the asker lacks something.
struct Behind<'a> {
    name: &'a Name,
    origin: &'a Origin,
    /// What it knows of it: nothing at all, if all is to be told.
    known: Option<u64>,
    /// It is told anew, since removals up to this version were forgotten; 0 if not.
    anew: u64,
    gap: u64,
}

impl Table {
    /// What we know beyond a digest, of the origins that it speaks of: where the asker is most behind
    /// first, and each origin's updates in rising order. Once one of an origin doesn't fit, no later one
    /// of it goes, so that what was cut off never hides behind what was sent.
    pub fn delta(&self, asker: &Digest, budget: Budget, now: Time) -> Delta {
        let lacking = |(name, origin)| behind(name, origin, asker);
        let mut behind: Vec<Behind<'_>> =
            asker.range.of(&self.origins).filter_map(lacking).collect();
        behind.sort_by(|a, b| b.gap.cmp(&a.gap).then_with(|| a.name.cmp(b.name)));
        let mut filling = Filling::new(budget);
        for one in behind {
            self.tell(&one, asker, now, &mut filling);
        }
        filling.delta
    }

    fn tell(&self, of: &Behind<'_>, asker: &Digest, now: Time, filling: &mut Filling) {
        let held = asker.held.get(of.name).filter(|_| of.anew == 0);
        let beyond = |version: u64| of.known.is_none_or(|known| version > known);
        let mut vouched = of.origin.vouched();
        let overhead = VERSION_LEN * (2 + usize::from(of.anew > 0));
        if !filling.opens(overhead) {
            return;
        }
        let mut told = false;
        for (version, key) in of.origin.versions.iter().filter(|(version, _)| beyond(*version)) {
            let Some(entry) = self.find(of.name, key) else { continue };
            if is_planted(Bug::DigestHides) && *version < of.origin.latest() {
                continue;
            }
            if held == Some(version) || of.origin.doubted.contains(key) {
                continue;
            }
            let news = News { rumor: entry.rumor.clone(), age: self.age(entry, now) };
            if !filling.take(news, if told { 0 } else { overhead }) {
                if !is_planted(Bug::CutOffHides) {
                    vouched = vouched.min(version.saturating_sub(1));
                }
                break;
            }
            told = true;
        }
        filling.close(of, vouched, told, overhead);
    }
}

/// Whether the asker lacks something of an origin.
fn behind<'a>(name: &'a Name, origin: &'a Origin, asker: &Digest) -> Option<Behind<'a>> {
    let told_anew = asker.anew.get(name).copied().unwrap_or(0);
    let anew = anew(origin, asker.version(name), told_anew);
    // Who is being told anew by others needs to hear it from one that knows at least as much.
    if told_anew > 0 && anew == 0 {
        return None;
    }
    // Where it was begun, it goes on; also one that knew nothing is told so, since it may have learned
    // something meanwhile.
    let known = asker.known.get(name).copied().filter(|_| anew <= told_anew);
    let news = known.is_none_or(|known| origin.latest() > known);
    let gap = origin.latest().saturating_sub(known.unwrap_or(0));
    // Where something is held above a gap, or doubted, our word alone may help.
    let waits = asker.held.contains_key(name) || anew > 0;
    (news || waits && origin.vouched() > known.unwrap_or(0)).then_some(Behind {
        name,
        origin,
        known,
        anew,
        gap,
    })
}

/// Up to which version we have forgotten removals that the asker may not know of, or somebody else had
/// who began to tell it anew.
fn anew(origin: &Origin, known: u64, told_anew: u64) -> u64 {
    let level = origin.gone.max(told_anew);
    if known < level && origin.vouched() >= level { level } else { 0 }
}

/// A delta that is being filled.
struct Filling {
    delta: Delta,
    budget: Budget,
    spent: usize,
}

impl Filling {
    fn new(budget: Budget) -> Filling {
        let delta = Delta { complete: Some(Default::default()), ..Delta::default() };
        Filling { delta, budget, spent: Delta::EMPTY_LEN }
    }

    /// Whether an origin can be told of at all.
    fn opens(&mut self, overhead: usize) -> bool {
        let fits = self.spent + overhead <= self.budget.most;
        self.delta.more |= !fits;
        fits
    }

    /// Takes an update, if it fits; the first of all may be larger than what is wanted.
    fn take(&mut self, news: News, overhead: usize) -> bool {
        let after = self.spent + news.wire_len() + overhead;
        let limit = match self.delta.news.is_empty() {
            true => self.budget.most,
            false => self.budget.wanted.min(self.budget.most),
        };
        if after > limit {
            self.delta.more = true;
            return false;
        }
        self.spent += news.wire_len();
        if overhead > 0 {
            self.spent += overhead;
        }
        self.delta.news.push(news);
        true
    }

    /// Says how far that brings the asker.
    fn close(&mut self, of: &Behind<'_>, vouched: u64, told: bool, overhead: usize) {
        let helps = vouched > of.known.unwrap_or(0);
        if !told {
            if !helps || self.spent + overhead > self.budget.most {
                return;
            }
            self.spent += overhead;
        }
        if of.anew > 0 {
            self.delta.anew.insert(of.name.clone(), of.anew);
        }
        if helps {
            let vouched = Vouched { from: of.known.unwrap_or(0), upto: vouched };
            self.delta.complete.get_or_insert_default().insert(of.name.clone(), vouched);
        }
    }
}
