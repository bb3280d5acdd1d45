//! Links: who becomes a neighbour, and what becomes of those that go.

use super::book::{Known, Standing};
use super::{Fx, PeerList, PeerListToken};
use crate::parts::peers::PeersMessage;
use crate::planes::DiscoveryEvent;
use core::time::Duration;
use rumormill_core::{Address, Direction, Gone, Link, LinkId, Peer, Target, Time, Why};

/// How long somebody in reserve rests after it closed on us.
pub(super) const REST_AFTER_LEFT: Duration = Duration::from_secs(10);

/// How often somebody who was only reached in an earlier life is tried in this one, some ten minutes
/// long: networks of the past should not be called on for ever.
pub(super) const FAILURES_FROM_BEFORE_MAX: u32 = 15;

impl PeerList {
    pub(super) fn on_link_up(
        &mut self,
        link: LinkId,
        peer: Peer,
        about: Link,
        id: Option<u32>,
        fx: Fx<'_>,
    ) {
        let id = id.filter(|id| self.book.get(*id).is_some());
        if self.clashes(&about, fx) {
            return self.turn_away(link, id, fx);
        }
        let id = match id {
            Some(id) => self.merge(id, &about, fx.now()),
            None if about.sends => self.meet(&about),
            // Somebody who only sends to us is welcome, but no neighbour.
            None => return,
        };
        let Some(id) = id else { return fx.close(link, Gone::Evicted) };
        if self.is_up(id) {
            return self.keep_one(id, link, &about, fx);
        }
        self.book.name(id, about.name.clone(), about.address.clone());
        self.book.link(id, link);
        let neighbour = self.choose(id, fx);
        let Some(known) = self.book.get_mut(id) else { return };
        known.failures = 0;
        known.dialled = about.direction == Direction::Out;
        known.standing = Standing::Up { peer, link, neighbour };
        if neighbour {
            fx.emit(DiscoveryEvent::Up(peer, about));
        }
        if neighbour || !known.asked {
            known.asked = true;
            fx.request(peer, PeersMessage::Ask(fx.own_address()), PeerListToken::Ask(id));
        } else {
            fx.close(link, Gone::Evicted);
        }
        self.save_later(fx);
        self.advance(fx);
    }

    /// A second link to a peer: one is enough. If both have dialled each other, the smaller name's
    /// link stays: either end sees them come up in an order of its own, and if each kept the one that
    /// came first, both would go, and be dialled again for ever.
    fn keep_one(&mut self, id: u32, link: LinkId, about: &Link, fx: Fx<'_>) {
        let Some(known) = self.book.get_mut(id) else { return };
        let Standing::Up { peer, link: old, neighbour } = known.standing else { return };
        let dialled = about.direction == Direction::Out;
        let crossed = about.sends && about.receives && dialled != known.dialled;
        if !crossed || dialled != (self.own < about.name) {
            return fx.close(link, Gone::Evicted);
        }
        known.dialled = dialled;
        known.standing = Standing::Up { peer, link, neighbour };
        self.book.unlink(old);
        self.book.link(id, link);
        fx.close(old, Gone::Evicted);
    }

    /// Whether somebody else has that name already; then it is told.
    fn clashes(&self, about: &Link, fx: Fx<'_>) -> bool {
        let holder = self.book.by_name(&about.name).filter(|id| self.is_up(*id));
        let kept = match holder.and_then(|id| self.book.get(id)) {
            _ if about.name == self.own => fx.own_address(),
            Some(known) => known.address.clone(),
            None => return false,
        };
        let clash = about.name == self.own || differ(&kept, &about.address);
        if clash {
            let (name, refused) = (about.name.clone(), about.address.clone());
            fx.emit(DiscoveryEvent::Clash { name, kept, refused });
        }
        clash
    }

    /// A second node of one name is left alone for a while, but a seed is tried again like any other.
    fn turn_away(&mut self, link: LinkId, id: Option<u32>, fx: Fx<'_>) {
        fx.close(link, Gone::Failed(Why::NotThem));
        if let Some(id) = id {
            self.give_up(id, Why::NotThem, fx);
        }
        self.advance(fx);
    }

    fn is_up(&self, id: u32) -> bool {
        self.book.get(id).is_some_and(|known| matches!(known.standing, Standing::Up { .. }))
    }

    /// Two targets may lead to one peer: it keeps the older entry, with the newer one's good parts.
    fn merge(&mut self, id: u32, about: &Link, now: Time) -> Option<u32> {
        let Some(older) = self.book.by_name(&about.name).filter(|older| *older != id) else {
            return Some(id);
        };
        let known = self.book.get(older)?;
        if !self.is_up(older) && differ(&known.address, &about.address) {
            // It moved: the old address is only of use if it was given by configuration.
            if !known.seed {
                self.book.remove(older);
            }
            return Some(id);
        }
        let newer = self.book.get(id)?;
        let seed = newer.seed;
        // Lists may go on telling of the other way to it.
        self.refused.insert(newer.source, newer.target.clone(), now);
        self.book.remove(id);
        self.book.get_mut(older)?.seed |= seed;
        Some(older)
    }

    /// Somebody who dialled us, over a link that we may use too.
    fn meet(&mut self, about: &Link) -> Option<u32> {
        let target = match &about.address {
            Some(address) => Target::Address(address.clone()),
            None => Target::Name(about.name.clone()),
        };
        let known = self.book.by_name(&about.name).or_else(|| self.book.by_target(&target));
        known.or_else(|| self.book.add(target, Peer::STRANGER, false))
    }

    /// Whether this one becomes a neighbour; it may take the place of another.
    fn choose(&mut self, id: u32, fx: Fx<'_>) -> bool {
        let most = usize::from(self.config.neighbours_max.get());
        if self.book.neighbours() < most {
            return true;
        }
        let reached = self.book.ids_where(|known| known.is_listed() || known.name.is_some()).len();
        if self.book.get(id).is_some_and(|known| known.asked)
            || fx.rng().below(reached.max(1) as u64) >= most as u64
        {
            return false;
        }
        let neighbours = self.book.ids_where(Known::is_neighbour);
        if let Some(victim) = fx.rng().pick(&neighbours) {
            self.retire(*victim, fx);
        }
        true
    }

    /// A neighbour goes into reserve.
    fn retire(&mut self, id: u32, fx: Fx<'_>) {
        let Some(known) = self.book.get_mut(id) else { return };
        if let Standing::Up { peer, link, neighbour: true } = known.standing {
            known.standing = Standing::Up { peer, link, neighbour: false };
            fx.emit(DiscoveryEvent::Down(peer, Gone::Evicted));
            fx.close(link, Gone::Evicted);
        }
    }

    pub(super) fn on_link_down(&mut self, link: LinkId, gone: Gone, fx: Fx<'_>) {
        let Some(id) = self.book.unlink(link) else { return };
        let Some(known) = self.book.get_mut(id) else { return };
        if let Standing::Up { peer, neighbour: true, .. } = known.standing {
            fx.emit(DiscoveryEvent::Down(peer, gone));
        }
        match gone {
            Gone::Evicted => known.standing = Standing::Spare,
            Gone::Left => {
                // It has no room for us now: asking at once again would be for nothing.
                known.rests_until = fx.now() + REST_AFTER_LEFT;
                known.standing = Standing::Spare;
            }
            Gone::Failed(why) => self.put_down(id, why, fx),
        }
        self.advance(fx);
    }

    pub(super) fn on_dial_failed(&mut self, id: u32, why: Why, fx: Fx<'_>) {
        let Some(known) = self.book.get(id) else { return };
        // It dialled us meanwhile, and that link serves as well.
        if self.is_up(id) {
            return;
        }
        // Of those that were only heard of, many may be invented.
        let counted_on = known.seed || known.is_verified();
        if counted_on && known.failures == 0 && why != Why::Ourselves {
            fx.emit(DiscoveryEvent::Unreachable(known.target.clone(), why));
        }
        self.give_up(id, why, fx);
        self.advance(fx);
    }

    /// Forgets who never answered as itself; a seed, and who once did, is tried again.
    fn give_up(&mut self, id: u32, why: Why, fx: Fx<'_>) {
        let Some(known) = self.book.get(id) else { return };
        let from_before = known.name.is_none() && known.failures >= FAILURES_FROM_BEFORE_MAX;
        let kept = known.seed || (known.is_verified() && !from_before);
        if why == Why::Ourselves || !kept {
            self.refused.insert(known.source, known.target.clone(), fx.now());
            self.book.remove(id);
        } else {
            self.put_down(id, why, fx);
        }
    }

    fn put_down(&mut self, id: u32, why: Why, fx: Fx<'_>) {
        let Some(known) = self.book.get_mut(id) else { return };
        known.failures = known.failures.saturating_add(1);
        // When it is back it is a newcomer, with a newcomer's chance of a place.
        known.asked = false;
        let until = fx.now() + self.config.backoff.wait(known.failures, fx.rng());
        known.standing = Standing::Down { until, gone: Gone::Failed(why) };
    }
}

fn differ(one: &Option<Address>, other: &Option<Address>) -> bool {
    matches!((one, other), (Some(one), Some(other)) if one != other)
}
