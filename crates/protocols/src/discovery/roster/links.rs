//! Links that come and go: who is up, and over which.

use super::entry::{Entry, Way};
use super::{Fx, REST_AFTER_LEFT, Roster, RosterToken};
use crate::planes::DiscoveryEvent;
use alloc::vec::Vec;
use rumormill_core::{Address, Gone, Link, LinkId, Peer, Target, Why};

impl Roster {
    pub(super) fn on_link_up(
        &mut self,
        link: LinkId,
        peer: Peer,
        about: Link,
        token: Option<RosterToken>,
        fx: Fx<'_>,
    ) {
        let dialled = match token {
            Some(RosterToken::Dial(at)) => self.end_dial(at),
            Some(RosterToken::Wake(_)) | None => None,
        };
        match about.sends {
            false if dialled.is_none() => self.on_call(&about, fx),
            true if !self.is_another(dialled, &about) && !self.clashes(peer, &about, fx) => {
                self.admit(link, peer, about, dialled, fx);
            }
            _ => self.turn_away(link, dialled, fx),
        }
        self.advance(fx);
    }

    /// Somebody has a way to us, and we have none back: a sign of life.
    fn on_call(&mut self, about: &Link, fx: Fx<'_>) {
        let by_address = || self.place_of(&Target::Address(about.address.clone()?));
        let place = self.place_of(&Target::Name(about.name.clone())).or_else(by_address);
        self.hurry(place, fx);
    }

    /// Whether it isn't the one whose name the list says.
    fn is_another(&self, dialled: Option<u32>, about: &Link) -> bool {
        let wanted = dialled.and_then(|at| self.entries[at as usize].wanted());
        wanted.is_some_and(|wanted| *wanted != about.name)
    }

    /// Whether somebody else has that name already; then it is told.
    fn clashes(&self, peer: Peer, about: &Link, fx: Fx<'_>) -> bool {
        let holder = self.holder(peer).and_then(|at| self.address_of(at));
        let is_ours = about.name == self.own;
        let kept = if is_ours { fx.own_address() } else { holder };
        let clash = is_ours || differ(&kept, &about.address);
        if clash {
            let (name, refused) = (about.name.clone(), about.address.clone());
            fx.emit(DiscoveryEvent::Clash { name, kept, refused });
        }
        clash
    }

    fn turn_away(&mut self, link: LinkId, dialled: Option<u32>, fx: Fx<'_>) {
        fx.close(link, Gone::Failed(Why::NotThem));
        if let Some(at) = dialled.filter(|at| !self.entries[*at as usize].is_up()) {
            self.put_down(at, Why::NotThem, fx);
        }
    }

    /// A link that we may send over, of somebody on the list or of a guest.
    fn admit(&mut self, link: LinkId, peer: Peer, about: Link, dialled: Option<u32>, fx: Fx<'_>) {
        let holder = self.holder(peer);
        let place = dialled.or_else(|| self.place_of(&Target::Name(about.name.clone())));
        let place = place.filter(|at| self.is_free_for(*at, peer)).or(holder);
        let Some(at) = place.or_else(|| self.admit_guest(&about)) else {
            return fx.close(link, Gone::Evicted);
        };
        let old = holder.and_then(|holder| self.entries[holder as usize].way());
        let way = self.keep_one(old, Way::new(link, peer, &about), &about, fx);
        self.waiting.forget(at);
        self.share(at, way);
        if dialled == Some(at) {
            self.remember_address(at, &about);
        }
        if old.is_none() {
            fx.emit(DiscoveryEvent::Up(peer, about));
        }
    }

    /// Whether no other peer is up there: one may have taken the place while we dialled.
    fn is_free_for(&self, at: u32, peer: Peer) -> bool {
        self.entries[at as usize].way().is_none_or(|way| way.peer == peer)
    }

    /// One link is enough. If both have dialled each other, the smaller name's stays: either end sees
    /// them come up in an order of its own, and if each kept the one that came first, both would go.
    fn keep_one(&self, old: Option<Way>, new: Way, about: &Link, fx: Fx<'_>) -> Way {
        let Some(old) = old else { return new };
        let crossed = about.receives && new.dialled != old.dialled;
        let stays = !crossed || new.dialled == (self.own < about.name);
        let (kept, other) = if stays { (new, old) } else { (old, new) };
        fx.close(other.link, Gone::Evicted);
        kept
    }

    /// All who lead to that peer have this way now. A guest who turned out to be on the list is none.
    fn share(&mut self, at: u32, way: Way) {
        let is_it = |entry: &Entry| entry.way().is_some_and(|old| old.peer == way.peer);
        self.entries[at as usize].set_way(way);
        let (list, guests) = self.entries.split_at_mut(self.listed as usize);
        list.iter_mut().filter(|entry| is_it(entry)).for_each(|entry| entry.set_way(way));
        let guest = guests.iter().position(is_it).map(|guest| list.len() + guest);
        if let Some(guest) = guest.filter(|_| at < self.listed) {
            self.entries.remove(guest);
        }
    }

    fn admit_guest(&mut self, about: &Link) -> Option<u32> {
        let guests = self.entries.len() - self.listed as usize;
        if guests >= self.config.guests_max {
            return None;
        }
        // Guests are few: doubling would waste more than it spares.
        self.entries.reserve_exact(1 + guests / 2);
        self.entries.push(Entry::new(&Target::Name(about.name.clone())));
        Some(self.entries.len() as u32 - 1)
    }

    pub(super) fn on_link_down(&mut self, link: LinkId, peer: Peer, gone: Gone, fx: Fx<'_>) {
        let is_lost = |entry: &Entry| entry.way().is_some_and(|way| way.link == link);
        let entries = self.entries.iter().zip(0..);
        let lost: Vec<u32> =
            entries.filter(|(entry, _)| is_lost(entry)).map(|(_, at)| at).collect();
        if lost.is_empty() {
            return;
        }
        fx.emit(DiscoveryEvent::Down(peer, gone));
        lost.into_iter().for_each(|at| self.lose(at, gone, fx));
        self.advance(fx);
    }

    /// An entry has no way any more. A guest is forgotten; a link has one at most, who comes last.
    fn lose(&mut self, at: u32, gone: Gone, fx: Fx<'_>) {
        if at >= self.listed {
            self.entries.remove(at as usize);
            return;
        }
        let entry = &mut self.entries[at as usize];
        entry.clear_way();
        if entry.is_dialing() || entry.is_ourselves() {
            return;
        }
        match gone {
            Gone::Failed(why) => self.put_down(at, why, fx),
            Gone::Left | Gone::Evicted => {
                let rest = fx.rng().jitter(REST_AFTER_LEFT, 0.25);
                let rest = rest.min(self.config.backoff.most);
                self.dial_after(at, rest, gone, fx.now());
            }
        }
    }

    /// The first entry that is up over a link to that peer.
    fn holder(&self, peer: Peer) -> Option<u32> {
        let is_it = |entry: &Entry| entry.way().is_some_and(|way| way.peer == peer);
        self.entries.iter().position(is_it).map(|at| at as u32)
    }

    /// Keeps where it says that it is reached, if the list says otherwise. Whom the list knows by name
    /// is dialled by name, and needs no address.
    fn remember_address(&mut self, at: u32, about: &Link) {
        let Some(address) = &about.address else { return };
        let entry = &self.entries[at as usize];
        let is_news =
            entry.wanted().is_none() && !entry.stands_for(&Target::Address(address.clone()));
        let place = self.elsewhere.binary_search_by_key(&at, |(entry, _)| *entry);
        match place {
            Ok(place) if is_news => self.elsewhere[place].1 = address.clone(),
            Err(place) if is_news => self.elsewhere.insert(place, (at, address.clone())),
            Ok(place) => drop(self.elsewhere.remove(place)),
            Err(_) => {}
        }
    }
}

fn differ(one: &Option<Address>, other: &Option<Address>) -> bool {
    matches!((one, other), (Some(one), Some(other)) if one != other)
}
