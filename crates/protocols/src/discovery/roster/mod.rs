//! A roster: a fixed list of peers, dialled and kept for ever.
//!
//! Source: the static peer lists that consensus networks and clusters are run with, such as
//! `persistent_peers` of CometBFT. Nobody is sought and nobody is forgotten: whoever runs the network
//! says who talks to whom. In a simulation that is a topology.
//!
//! ```text
//!   A's list: B, C                      B's list: A
//!
//!   A ──── dial ────► B       up at A; at B too, if the link carries both ways
//!   A ◄─── dial ───── B       two links that crossed: the one dialled by the smaller name stays
//!   A ──── dial ────► C ✗     again after a wait that doubles, or as soon as C gives a sign of life
//! ```
//!
//! - **A peer is up while there is a link to send over**, whoever made it. One that only sends to us
//!   is no peer until we have a way of our own; that it called is a sign of life.
//! - **One link a peer.** Of two that crossed, both ends keep the same; otherwise the newer one stays,
//!   since who dials again knows of no older link.
//! - **Guests**: who links to us without being on the list is used too, up to `guests_max`.
//! - **Two entries may lead to one node**: they share its link. Two nodes of one name may not: the
//!   second is refused, the clash told.
//! - **It answers** who asks whom it knows ([`PeersMessage`]): the addresses on the list that are up.
//!   It asks nobody.
//!
//! *Not promised:* that the network hangs together. That is up to whoever writes the lists; where
//! links carry one way, each end has to list the other to be told things unasked.

mod bounds;
mod config;
mod entry;
mod links;
#[cfg(test)]
mod tests;
mod view;
mod waiting;

pub use config::RosterConfig;

use crate::parts::peers::PeersMessage;
use crate::planes::{DiscoveryCommand, DiscoveryEvent};
use alloc::collections::BTreeSet;
use alloc::vec::Vec;
use core::time::Duration;
use entry::Entry;
use rumormill_core::{
    Address, Effects, Fingerprint, Gone, Input, Name, Protocol, ReplyTo, Target, Time, Why,
};
use waiting::{Wait, Waiting};

/// The most peers on a list.
pub const PEERS_MAX: usize = 65_536;

/// How long a peer that parted from us in good order is left in peace, a quarter more or less; never
/// longer than the longest wait of one that failed.
const REST_AFTER_LEFT: Duration = Duration::from_secs(10);

/// How soon after a failure a sign of life counts.
const RETRY_HEARD_AFTER: Duration = Duration::from_secs(1);

/// What an answer belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RosterToken {
    /// A dial of that place on the list.
    Dial(u32),
    /// Time to look who is due; only the newest counts.
    Wake(u32),
}

/// The discovery plane of one node. See the [module](self).
#[derive(Clone, Debug)]
pub struct Roster {
    /// Its peers have moved to `entries`.
    config: RosterConfig,
    own: Name,
    /// The list in its order, then the guests.
    entries: Vec<Entry>,
    /// How many of the entries are the list: a place on it is for ever.
    listed: u32,
    /// Where those are reached who say of themselves another address than the list does, by place.
    elsewhere: Vec<(u32, Address)>,
    waiting: Waiting,
    /// How many dials are under way.
    dialing: u32,
    /// When the newest wake-up is due, and how many there were.
    wake: Option<Time>,
    wakes: u32,
}

impl Roster {
    /// A node called `own`. Twice the same target, or our own name, counts for nothing.
    ///
    /// ```
    /// use rumormill_core::{Name, Target};
    /// use rumormill_protocols::discovery::roster::{Roster, RosterConfig};
    /// let peers = [7001, 7002, 7001, 7000].map(|port| Target::Name(Name::Number(port))).into();
    /// let roster = Roster::new(RosterConfig { peers, ..Default::default() }, Name::Number(7000));
    /// assert_eq!(roster.acquaintances().count(), 2);
    /// ```
    pub fn new(mut config: RosterConfig, own: Name) -> Roster {
        let peers = core::mem::take(&mut config.peers);
        let ourselves = Target::Name(own.clone());
        let mut seen = BTreeSet::from([&ourselves]);
        let new = peers.iter().filter(|target| seen.insert(target));
        let mut entries: Vec<Entry> = new.take(PEERS_MAX).map(Entry::new).collect();
        entries.shrink_to_fit();
        Roster {
            config,
            own,
            listed: entries.len() as u32,
            entries,
            elsewhere: Vec::new(),
            waiting: Waiting::default(),
            dialing: 0,
            wake: None,
            wakes: 0,
        }
    }

    fn on_start(&mut self, fx: Fx<'_>) {
        let now = fx.now();
        for entry in 0..self.listed {
            self.waiting.put(Wait { due: now, since: now, entry, gone: None });
        }
        self.advance(fx);
    }

    /// Dials whoever is due, and wakes up when the next one is.
    fn advance(&mut self, fx: Fx<'_>) {
        while (self.dialing as usize) < self.config.dials_max {
            let Some(at) = self.waiting.take_due(fx.now()) else {
                return self.wake_later(fx);
            };
            let entry = &mut self.entries[at as usize];
            entry.set_dialing(true);
            self.dialing += 1;
            fx.dial(entry.target(), RosterToken::Dial(at));
        }
        // Room comes with the end of a dial, which looks again.
    }

    /// One wake-up is enough: a later one that is already set is made stale by a newer number.
    fn wake_later(&mut self, fx: Fx<'_>) {
        let Some(due) = self.waiting.next() else { return };
        if self.wake.is_some_and(|set| set <= due && set > fx.now()) {
            return;
        }
        self.wakes = self.wakes.wrapping_add(1);
        self.wake = Some(due);
        fx.set_timer(due.since(fx.now()), RosterToken::Wake(self.wakes));
    }

    fn on_wake(&mut self, number: u32, fx: Fx<'_>) {
        if number == self.wakes && self.wake.take().is_some() {
            self.advance(fx);
        }
    }

    fn on_dial_failed(&mut self, at: u32, why: Why, fx: Fx<'_>) {
        let Some(at) = self.end_dial(at) else { return };
        let entry = &mut self.entries[at as usize];
        if why == Why::Ourselves {
            entry.set_ourselves();
        } else if !entry.is_up() {
            if entry.failures == 0 {
                fx.emit(DiscoveryEvent::Unreachable(entry.target(), why));
            }
            self.put_down(at, why, fx);
        }
        self.advance(fx);
    }

    /// A dial of that place is over, if there was one.
    fn end_dial(&mut self, at: u32) -> Option<u32> {
        let entry = self.entries.get_mut(at as usize).filter(|entry| entry.is_dialing())?;
        entry.set_dialing(false);
        self.dialing -= 1;
        Some(at)
    }

    /// It failed, and is dialled again after its wait.
    fn put_down(&mut self, at: u32, why: Why, fx: Fx<'_>) {
        let entry = &mut self.entries[at as usize];
        entry.failures = entry.failures.saturating_add(1);
        let wait = self.config.backoff.wait(entry.failures.into(), fx.rng());
        self.dial_after(at, wait, Gone::Failed(why), fx.now());
    }

    fn dial_after(&mut self, entry: u32, wait: Duration, gone: Gone, now: Time) {
        self.waiting.put(Wait { due: now + wait, since: now, entry, gone: Some(gone) });
    }

    fn on_ask(&mut self, reply: ReplyTo, asker: Option<Address>, fx: Fx<'_>) {
        fx.reply(reply, Ok(PeersMessage::Peers(self.listed_addresses().into())));
        asker.into_iter().for_each(|address| self.on_sign_of_life(address, fx));
    }

    /// A node is reached there and lives: if it is on the list and down, it need not wait.
    fn on_sign_of_life(&mut self, address: Address, fx: Fx<'_>) {
        let place = self.place_of(&Target::Address(address));
        self.hurry(place, fx);
    }

    fn hurry(&mut self, place: Option<u32>, fx: Fx<'_>) {
        if let Some(at) = place
            && self.waiting.hurry(at, RETRY_HEARD_AFTER, fx.now())
        {
            self.advance(fx);
        }
    }

    /// The place of a target on the list.
    fn place_of(&self, target: &Target) -> Option<u32> {
        let list = &self.entries[..self.listed as usize];
        list.iter().position(|entry| entry.stands_for(target)).map(|at| at as u32)
    }

    fn on_add(&mut self, target: &Target, fx: Fx<'_>) {
        let is_ourselves = matches!(target, Target::Name(name) if *name == self.own);
        if is_ourselves || self.listed as usize >= PEERS_MAX {
            return;
        }
        if let Some(at) = self.place_of(target) {
            return self.hurry(Some(at), fx);
        }
        let end = self.listed as usize;
        let guest = self.entries[end..].iter().position(|entry| entry.stands_for(target));
        self.listed += 1;
        match guest {
            Some(guest) => self.entries.swap(end, end + guest),
            None => {
                self.entries.insert(end, Entry::new(target));
                let (now, entry) = (fx.now(), end as u32);
                self.waiting.put(Wait { due: now, since: now, entry, gone: None });
                self.advance(fx);
            }
        }
    }

    fn on_command(&mut self, command: DiscoveryCommand, fx: Fx<'_>) {
        match command {
            DiscoveryCommand::Add(target) => self.on_add(&target, fx),
            DiscoveryCommand::Heard(..) => {}
        }
    }
}

type Fx<'a> = &'a mut dyn Effects<Roster>;

impl Protocol for Roster {
    type Message = PeersMessage;
    type Token = RosterToken;
    type Command = DiscoveryCommand;
    type Event = DiscoveryEvent;

    fn handle(&mut self, input: Input<Self>, fx: &mut dyn Effects<Self>) {
        match input {
            Input::Start => self.on_start(fx),
            Input::LinkUp(link, peer, about, token) => {
                self.on_link_up(link, peer, about, token, fx)
            }
            Input::LinkDown(link, peer, gone) => self.on_link_down(link, peer, gone, fx),
            Input::DialFailed(RosterToken::Dial(at), why) => self.on_dial_failed(at, why, fx),
            Input::Request(_, reply, PeersMessage::Ask(asker)) => self.on_ask(reply, asker, fx),
            Input::Request(_, reply, _) => fx.reply(reply, Err(Why::Malformed)),
            Input::Message(_, PeersMessage::Here(address)) => self.on_sign_of_life(address, fx),
            Input::Timer(RosterToken::Wake(number)) => self.on_wake(number, fx),
            Input::Command(command) => self.on_command(command, fx),
            Input::Message(..)
            | Input::Response(..)
            | Input::DialFailed(..)
            | Input::Timer(..)
            | Input::PeerUp(..)
            | Input::PeerDown(..)
            | Input::Path(..)
            | Input::Invalid(..)
            | Input::Verified(..)
            | Input::Persisted(..)
            | Input::Lost(..) => {}
        }
    }

    fn fingerprint(&self, into: &mut Fingerprint) {
        into.number(self.listed.into()).number(self.entries.len() as u64);
        self.entries.iter().for_each(|entry| entry.fingerprint(into));
        into.number(self.elsewhere.len() as u64);
        for (entry, address) in &self.elsewhere {
            into.number((*entry).into()).bytes(address.as_str().as_bytes());
        }
        self.waiting.fingerprint(into);
        into.number(self.wakes.into()).number(self.wake.map_or(0, |due| due.as_nanos() + 1));
    }
}
