//! Who is linked, under which handle.

use super::Handles;
use crate::bounded::HashSeed;
use crate::{LinkId, Name, Peer};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use hashbrown::HashMap;

/// Gives handles to names and keeps their links. A name has a handle as long as it has a link.
///
/// ```
/// use rumormill_core::driver::Peers;
/// use rumormill_core::{bounded::HashSeed, Name};
/// let mut peers = Peers::new(HashSeed::default());
/// let (old, peer) = peers.link_up(&Name::Number(7001), true).unwrap();
/// let (new, same) = peers.link_up(&Name::Number(7001), true).unwrap();
/// assert_eq!((same, peers.route(peer)), (peer, Some(new)), "the newest that may send");
/// peers.link_down(new);
/// assert_eq!(peers.route(peer), Some(old));
/// peers.link_down(old);
/// assert_eq!(peers.find(&Name::Number(7001)), None);
/// ```
#[derive(Clone, Debug)]
pub struct Peers {
    handles: Handles,
    slots: Vec<Slot>,
    names: HashMap<Name, Peer, HashSeed>,
    owners: BTreeMap<LinkId, Peer>,
    next_link: u64,
}

#[derive(Clone, Debug, Default)]
struct Slot {
    name: Option<Name>,
    links: Vec<(LinkId, bool)>,
}

impl Peers {
    /// An empty table; index 0 is the stranger's.
    pub fn new(seed: HashSeed) -> Peers {
        Peers {
            handles: Handles::default(),
            slots: Vec::from([Slot::default()]),
            names: HashMap::with_hasher(seed),
            owners: BTreeMap::new(),
            next_link: 1,
        }
    }

    /// A link to `name` came up; nothing if the table is full.
    pub fn link_up(&mut self, name: &Name, sends: bool) -> Option<(LinkId, Peer)> {
        let peer = match self.names.get(name) {
            Some(peer) => *peer,
            None => self.admit(name)?,
        };
        let link = LinkId(self.next_link);
        self.next_link += 1;
        self.slots[peer.index()].links.push((link, sends));
        self.owners.insert(link, peer);
        Some((link, peer))
    }

    /// A link went down: gives its peer, and whether that was its last link (then its handle is free).
    pub fn link_down(&mut self, link: LinkId) -> Option<(Peer, bool)> {
        let peer = self.owners.remove(&link)?;
        let slot = &mut self.slots[peer.index()];
        slot.links.retain(|(other, _)| *other != link);
        let last = slot.links.is_empty();
        if last {
            self.release(peer);
        }
        Some((peer, last))
    }

    /// The newest link to a peer that may send.
    pub fn route(&self, peer: Peer) -> Option<LinkId> {
        let links = &self.slot(peer)?.links;
        links.iter().rev().find(|(_, sends)| *sends).map(|(link, _)| *link)
    }

    /// All links to a peer, the oldest first.
    pub fn links(&self, peer: Peer) -> Vec<LinkId> {
        let links = self.slot(peer).map(|slot| slot.links.as_slice()).unwrap_or_default();
        links.iter().map(|(link, _)| *link).collect()
    }

    /// What a peer is called.
    pub fn name(&self, peer: Peer) -> Option<&Name> {
        self.slot(peer)?.name.as_ref()
    }

    /// The handle of a name, if it is linked.
    pub fn find(&self, name: &Name) -> Option<Peer> {
        self.names.get(name).copied()
    }

    fn slot(&self, peer: Peer) -> Option<&Slot> {
        self.slots.get(peer.index()).filter(|_| self.handles.is_given(peer))
    }

    fn admit(&mut self, name: &Name) -> Option<Peer> {
        let peer = self.handles.give()?;
        if peer.index() == self.slots.len() {
            self.slots.push(Slot::default());
        }
        self.slots[peer.index()].name = Some(name.clone());
        self.names.insert(name.clone(), peer);
        Some(peer)
    }

    fn release(&mut self, peer: Peer) {
        if let Some(name) = self.slots[peer.index()].name.take() {
            self.names.remove(&name);
        }
        self.handles.take_back(peer);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn up(peers: &mut Peers, name: u64, sends: bool) -> (LinkId, Peer) {
        peers.link_up(&Name::Number(name), sends).unwrap()
    }

    #[test]
    fn a_freed_index_gets_another_generation() {
        let mut peers = Peers::new(HashSeed::default());
        let (link, old) = up(&mut peers, 1, true);
        assert_eq!(peers.link_down(link), Some((old, true)));
        let (_, new) = up(&mut peers, 2, true);
        assert_eq!((new.index(), new.generation()), (old.index(), old.generation() + 1));
        assert_eq!((peers.route(old), peers.name(old)), (None, None));
        assert_eq!(peers.link_down(link), None, "a link goes down once");
    }

    #[test]
    fn a_receive_only_link_is_no_route() {
        let mut peers = Peers::new(HashSeed::default());
        let (incoming, peer) = up(&mut peers, 1, false);
        assert_eq!(peers.route(peer), None);
        let (outgoing, _) = up(&mut peers, 1, true);
        assert_eq!(peers.route(peer), Some(outgoing));
        assert_eq!(peers.links(peer), [incoming, outgoing]);
        assert_eq!(peers.link_down(outgoing), Some((peer, false)));
        assert_eq!(peers.route(peer), None);
    }

    #[test]
    fn the_stranger_has_no_route() {
        let peers = Peers::new(HashSeed::default());
        assert_eq!((peers.route(Peer::STRANGER), peers.name(Peer::STRANGER)), (None, None));
    }
}
