//! Who is asked when, and what was asked of whom.
//!
//! At most one exchange a peer, a few at once, and a new one only while the others are slow: so a peer
//! that doesn't answer holds up nobody, and the same is not fetched from two.

use crate::parts::digest::Range;
use crate::parts::flow::Flow;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::time::Duration;
use rumormill_core::{Fingerprint, Name, Peer, PeerMap, Rng, Time};

/// The version of a link over which summaries and exchanges may be sent; below it, digests alone.
pub const VERSION_OF_EXCHANGES: u16 = 2;

/// The most exchanges under way.
pub const OPEN_MAX: usize = 4;

/// So many with one peer may follow on each other; then others have their turn, at the next tick. A peer
/// that always has something more can't keep us busy.
const CHAIN_MAX: u32 = 256;

/// What was asked last in an exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// For a delta, with all we know.
    Plain,
    /// Whether it knows the same.
    Summary,
    /// For a delta, with what it lacks.
    Exchange {
        /// Whether it was asked for what it claims beyond us.
        asked: bool,
        /// The hash of what it said it knows, to see later whether this helped.
        theirs: u64,
        /// The last origin of the page; none is the end.
        upto: Option<Name>,
        /// Whether more was to be told than fitted.
        more: bool,
    },
}

/// An exchange under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Open {
    /// With whom.
    pub peer: Peer,
    /// What was asked.
    pub step: Step,
    /// When.
    pub at: Time,
}

/// How it stands with one peer.
#[derive(Clone, Debug)]
struct Partner {
    version: u16,
    flow: Flow,
    /// Nothing was exchanged since it came up.
    unmet: bool,
    /// The page of the digest that comes next.
    after: Option<Name>,
    /// How many exchanges followed on each other.
    chain: u32,
    /// What the last exchange compared, as a number: the same again, and nothing came of it.
    compared: Option<u64>,
}

/// All exchanges.
#[derive(Clone, Debug, Default)]
pub struct Exchanges {
    partners: PeerMap<Partner>,
    open: BTreeMap<u32, Open>,
    last: u32,
    asked_back_at: Option<Time>,
}

impl Exchanges {
    /// A peer may be used.
    pub fn up(&mut self, peer: Peer, version: u16) {
        let partner = Partner {
            version,
            flow: Flow::default(),
            unmet: true,
            after: None,
            chain: 0,
            compared: None,
        };
        if !self.partners.contains(peer) {
            self.partners.insert(peer, partner);
        }
    }

    /// A peer may no longer be used. What it was asked is answered all the same, by a failure.
    pub fn down(&mut self, peer: Peer) {
        self.partners.remove(peer);
    }

    /// Whether a peer may be used.
    pub fn is_up(&self, peer: Peer) -> bool {
        self.partners.contains(peer)
    }

    /// Whether a peer knows summaries.
    pub fn knows_summaries(&self, peer: Peer) -> bool {
        self.partners.get(peer).is_some_and(|partner| partner.version >= VERSION_OF_EXCHANGES)
    }

    /// It turned out not to.
    pub fn downgrade(&mut self, peer: Peer) {
        self.partners.get_mut(peer).into_iter().for_each(|partner| partner.version = 1);
    }

    /// How many bytes to exchange with a peer at a time.
    pub fn budget(&self, peer: Peer) -> usize {
        self.partners.get(peer).map_or(Flow::default(), |partner| partner.flow).budget()
    }

    /// The page that comes next with a peer.
    pub fn after(&self, peer: Peer) -> Option<Name> {
        self.partners.get(peer)?.after.clone()
    }

    /// The next page is the one after that origin; none is the first.
    pub fn turn_page(&mut self, peer: Peer, after: Option<Name>) {
        self.partners.get_mut(peer).into_iter().for_each(|partner| partner.after = after.clone());
    }

    /// Whether that is the page that was asked for: it begins there, and doesn't end before.
    pub fn is_next(&self, peer: Peer, page: &Range) -> bool {
        let after = self.after(peer);
        let goes_on = match (&page.after, &page.upto) {
            (Some(after), Some(upto)) => upto > after,
            _ => true,
        };
        page.after == after && goes_on
    }

    /// Whether one exchange with a peer may follow on another.
    pub fn may_go_on(&mut self, peer: Peer, wanted: bool) -> bool {
        let Some(partner) = self.partners.get_mut(peer) else { return false };
        let may = wanted && partner.chain < CHAIN_MAX;
        partner.chain = if may { partner.chain + 1 } else { 0 };
        may
    }

    /// Whether that is not what was compared with this peer the last time.
    pub fn is_other(&mut self, peer: Peer, compared: u64) -> bool {
        let Some(partner) = self.partners.get_mut(peer) else { return false };
        partner.compared.replace(compared) != Some(compared)
    }

    /// How many are under way.
    pub fn open_len(&self) -> usize {
        self.open.len()
    }

    /// Whether one more may begin.
    fn has_room(&self, now: Time, interval: Duration) -> bool {
        self.open.len() < OPEN_MAX && self.open.values().all(|open| now.since(open.at) >= interval)
    }

    fn is_free(&self, peer: Peer) -> bool {
        self.open.values().all(|open| open.peer != peer)
    }

    /// Whom to exchange with now: who came up and was not met, else anybody, at random.
    pub fn choose(&self, now: Time, interval: Duration, rng: &mut Rng) -> Option<Peer> {
        if !self.has_room(now, interval) {
            return None;
        }
        let may = |partner: &Partner, peer| partner.flow.is_rested(now) && self.is_free(peer);
        let able: Vec<Peer> = (self.partners.iter())
            .filter_map(|(peer, partner)| may(partner, peer).then_some(peer))
            .collect();
        self.unmet().find(|peer| able.contains(peer)).or_else(|| rng.pick(&able).copied())
    }

    /// A newcomer that may be met now.
    pub fn newcomer(&self, now: Time, interval: Duration) -> Option<Peer> {
        let room = self.has_room(now, interval);
        self.unmet().find(|peer| room && self.is_free(*peer))
    }

    fn unmet(&self) -> impl Iterator<Item = Peer> + '_ {
        self.partners.iter().filter(|(_, partner)| partner.unmet).map(|(peer, _)| peer)
    }

    /// Begins an exchange, or goes on with one; gives its number.
    pub fn begin(&mut self, peer: Peer, step: Step, now: Time) -> u32 {
        self.last = self.last.wrapping_add(1);
        self.open.insert(self.last, Open { peer, step, at: now });
        self.partners.get_mut(peer).into_iter().for_each(|partner| partner.unmet = false);
        self.last
    }

    /// The answer to that came: the exchange ends, unless it goes on.
    pub fn take(&mut self, number: u32) -> Option<Open> {
        self.open.remove(&number)
    }

    /// It was answered.
    pub fn answered(&mut self, open: &Open, now: Time, patience: Duration, budget_max: usize) {
        let partner = self.partners.get_mut(open.peer);
        partner.into_iter().for_each(|partner| {
            partner.flow.answered(now.since(open.at), patience, budget_max);
        });
    }

    /// It failed.
    pub fn failed(&mut self, peer: Peer, now: Time, interval: Duration, rng: &mut Rng) {
        let partner = self.partners.get_mut(peer);
        partner.into_iter().for_each(|partner| partner.flow.failed(now, interval, rng));
    }

    /// Whether somebody who asked may be asked back. Not more often than we ask by ourselves: if what is
    /// claimed can't be taught, two nodes would ask each other without end.
    pub fn may_ask_back(&mut self, now: Time, interval: Duration) -> bool {
        let rested = self.asked_back_at.is_none_or(|at| now.since(at) >= interval);
        let may = rested && self.has_room(now, interval);
        self.asked_back_at = if may { Some(now) } else { self.asked_back_at };
        may
    }

    /// Adds all that decides what happens next.
    pub fn fingerprint(&self, into: &mut Fingerprint) {
        into.number(self.last.into()).number(self.open.len() as u64);
        for (number, open) in &self.open {
            into.number((*number).into()).number(open.peer.index() as u64);
            into.number(open.at.as_nanos());
        }
        for (peer, partner) in self.partners.iter() {
            into.number(peer.index() as u64).number(partner.version.into());
            into.number(partner.unmet.into()).number(partner.flow.budget() as u64);
            into.number(partner.compared.unwrap_or_default());
        }
    }
}
