//! Links, as each node holds its end of them.

use super::config::Dialling;
use super::context::Context;
use super::event::{Connection, EndId, Own, Wire};
use super::shared::FLOOR;
use crate::model::LossState;
use rumormill_core::driver::Outbox;
use rumormill_core::{AddressGroup, Direction, Gone, Link, LinkId, Peer, Protocol, Time, Why};

/// A node's ends of its links. A link's end keeps its place as long as it is there, and a message says
/// at which place it is to be found: nothing is looked up when it comes.
pub(crate) struct Ends<P: Protocol> {
    slots: Vec<End<P>>,
    free: u32,
}

/// So many ends there is room for from the first: that's what most nodes have, and what a million nodes
/// outgrow is memory lost.
const FIRST: usize = 8;

/// One end of a link.
pub(crate) struct End<P: Protocol> {
    connection: Connection,
    /// Its place at the other end; over HTTP, where the other end has none, our own.
    there: u32,
    pub remote: u32,
    pub link: LinkId,
    /// When the last of what was sent in order arrives.
    pub arrives: Time,
    /// When the other end has the link too: nothing is asked there before.
    pub open_there: Time,
    /// What waits for its turn on the uplink.
    pub waiting: Option<Box<Outbox<P::Message, P::Token>>>,
    pub peer: Peer,
    /// Where bursty loss is, in our direction.
    pub loss: LossState,
    phase: Phase,
    sends: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Free,
    /// For a dial under way.
    Reserved,
    Open,
    /// The machine will be told that it is down.
    Closing,
}

/// Two nodes and a connection between them.
#[derive(Clone, Copy)]
pub(crate) struct Opening {
    pub connection: Connection,
    pub remote: u32,
    /// The place of the other end.
    pub there: u32,
}

impl<P: Protocol> Default for Ends<P> {
    fn default() -> Self {
        Ends { slots: Vec::new(), free: 0 }
    }
}

impl<P: Protocol> End<P> {
    fn reserved(connection: Connection) -> End<P> {
        End {
            connection,
            there: 0,
            remote: 0,
            link: LinkId(0),
            arrives: Time::ZERO,
            open_there: Time::ZERO,
            waiting: None,
            peer: Peer::STRANGER,
            loss: LossState::default(),
            phase: Phase::Reserved,
            sends: false,
        }
    }

    /// How the other end is addressed.
    pub fn there(&self) -> EndId {
        EndId { connection: self.connection, slot: self.there }
    }
}

impl<P: Protocol> Ends<P> {
    /// Reads a little of the first ones.
    pub fn touch(&self) -> u64 {
        self.slots.iter().take(8).fold(0, |sum, end| sum ^ end.link.0)
    }

    /// Keeps a place for a connection.
    pub fn reserve(&mut self, connection: Connection) -> u32 {
        let end = End::reserved(connection);
        let freed = (self.free > 0).then(|| self.slots.iter().position(End::is_free)).flatten();
        match freed {
            Some(at) => {
                self.free -= 1;
                self.slots[at] = end;
                at as u32
            }
            None => {
                if self.slots.is_empty() {
                    self.slots.reserve_exact(FIRST);
                }
                self.slots.push(end);
                self.slots.len() as u32 - 1
            }
        }
    }

    /// Frees a place; whatever still means it finds nothing.
    pub fn release(&mut self, slot: u32) {
        let end = &mut self.slots[slot as usize];
        end.phase = Phase::Free;
        end.waiting = None;
        self.free += 1;
    }

    /// The open end in a place.
    pub fn open(&self, slot: u32) -> Option<&End<P>> {
        self.slots.get(slot as usize).filter(|end| end.phase == Phase::Open)
    }

    pub fn open_mut(&mut self, slot: u32) -> Option<&mut End<P>> {
        self.slots.get_mut(slot as usize).filter(|end| end.phase == Phase::Open)
    }

    /// The open end that is meant.
    pub fn find(&self, id: EndId) -> Option<&End<P>> {
        self.open(id.slot).filter(|end| end.connection == id.connection)
    }

    /// The open end of a connection, wherever it is.
    pub fn of_connection(&self, connection: Connection) -> Option<(u32, LinkId)> {
        let found = self.all().find(|(_, end)| end.connection == connection);
        found.map(|(slot, end)| (slot, end.link))
    }

    /// The place of a link's open end.
    pub fn place(&self, link: LinkId) -> Option<u32> {
        self.all().find(|(_, end)| end.link == link).map(|(slot, _)| slot)
    }

    /// The open ends and their places.
    pub fn all(&self) -> impl Iterator<Item = (u32, &End<P>)> {
        let slots = self.slots.iter().enumerate();
        slots.map(|(slot, end)| (slot as u32, end)).filter(|(_, end)| end.phase == Phase::Open)
    }

    /// The open ends of a peer's links, by age.
    pub fn of(&self, peer: Peer) -> Vec<(u32, LinkId)> {
        let all = self.all().filter(|(_, end)| end.peer == peer);
        let mut links: Vec<_> = all.map(|(slot, end)| (slot, end.link)).collect();
        links.sort_unstable_by_key(|(_, link)| *link);
        links
    }

    /// The place of the newest end of a peer that may send.
    fn route(&self, peer: Peer) -> Option<u32> {
        let may_send = |slot: &u32| self.open(*slot).is_some_and(|end| end.sends);
        self.of(peer).into_iter().rev().map(|(slot, _)| slot).find(may_send)
    }

    fn end(&mut self, slot: u32, link: LinkId) -> Option<&mut End<P>> {
        let end = self.slots.get_mut(slot as usize);
        end.filter(|end| end.link == link && end.phase != Phase::Free)
    }
}

impl<P: Protocol> End<P> {
    fn is_free(&self) -> bool {
        self.phase == Phase::Free
    }
}

impl<P: Protocol> Context<'_, P> {
    /// Opens the end that is reserved for a connection; nothing if no more peers can be numbered.
    pub fn open(&mut self, slot: u32, opening: Opening) -> Option<(LinkId, Peer, Link)> {
        let Opening { connection, remote, there } = opening;
        let face = self.shared.twins.face(remote);
        let about = self.link_to(face, connection.dialler == self.port.node);
        let Some((link, peer)) = self.port.peers.link_up(face, slot, about.sends) else {
            self.port.ends.release(slot);
            return None;
        };
        let now = self.shared.now;
        self.port.ends.slots[slot as usize] = End {
            there,
            remote,
            link,
            arrives: now,
            open_there: now,
            peer,
            phase: Phase::Open,
            sends: about.sends,
            ..End::reserved(connection)
        };
        Some((link, peer, about))
    }

    /// Tells the dialler that its connection is open.
    pub fn accept(&mut self, slot: u32, dialler: EndId) {
        self.in_order(slot, Wire::Accept(dialler, slot), 0);
        if let Some(end) = self.port.ends.open_mut(slot) {
            end.open_there = end.arrives;
        }
    }

    /// What a machine is told of a link to that peer.
    fn link_to(&self, remote: u32, dialled: bool) -> Link {
        let config = &self.shared.config;
        let two_way = config.dialling == Dialling::TwoWay;
        Link {
            name: config.name_of(remote as usize),
            address: dialled.then(|| config.address_of(remote as usize)),
            direction: if dialled { Direction::Out } else { Direction::In },
            sends: dialled || two_way,
            receives: !dialled || two_way,
            kind: config.kind,
            group: AddressGroup(u64::from(remote)),
            // Nodes of one simulation are of one version: the newest.
            version: u16::MAX,
        }
    }

    /// Closes a link: nothing more goes over it, and the machine is told in a moment.
    pub fn close_link(&mut self, slot: u32, gone: Gone) {
        let Some(end) = self.port.ends.open(slot) else { return };
        let (close, link, peer) = (Wire::Close(end.there(), Gone::Left), end.link, end.peer);
        if self.shared.config.dialling != Dialling::Http {
            self.in_order(slot, close, 0);
        }
        self.port.ends.slots[slot as usize].phase = Phase::Closing;
        let route = self.port.ends.route(peer);
        self.port.peers.reroute(peer, route);
        self.later(FLOOR, Own::LinkDown(slot, link, gone));
    }

    /// A link is down: gives its peer and the own publishes that die with it.
    pub fn wind_up(&mut self, slot: u32, link: LinkId) -> Option<(Peer, Vec<P::Token>)> {
        let end = self.port.ends.end(slot, link)?;
        (end.phase, end.sends) = (Phase::Closing, false);
        let (peer, remote, waiting) = (end.peer, end.remote, end.waiting.take());
        let route = self.port.ends.route(peer);
        self.port.peers.reroute(peer, route);
        Some((peer, self.never_left((link, remote), waiting)))
    }

    /// Forgets a link that was wound up.
    pub fn forget_link(&mut self, slot: u32, peer: Peer) {
        self.port.ends.release(slot);
        let route = self.port.ends.route(peer);
        self.port.peers.link_down(peer, route);
    }

    /// Links to those nodes die at our end. Says how many.
    pub fn sever(&mut self, from: impl Fn(u32) -> bool) -> usize {
        let all = self.port.ends.all().filter(|(_, end)| from(end.remote));
        let severed: Vec<_> = all.map(|(slot, end)| (slot, end.link)).collect();
        let count = severed.len();
        for (slot, link) in severed {
            self.later(FLOOR, Own::LinkDown(slot, link, Gone::Failed(Why::Unreachable)));
        }
        count
    }
}
