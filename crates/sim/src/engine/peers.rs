//! Who is linked, under which handle: core's table of peers, made dense.
//!
//! In a simulation a peer's name is the number of its node, so no names are kept.

use rumormill_core::driver::Handles;
use rumormill_core::{LinkId, Peer};

/// No place in the table of ends.
const NOWHERE: u32 = u32::MAX;

/// A node's peers. A node has a handle here as long as it has a link.
#[derive(Debug, Default)]
pub(crate) struct Peers {
    handles: Handles,
    /// By index of the handle.
    slots: Vec<Slot>,
    /// Node and index, by node.
    by_node: Vec<(u32, u32)>,
    links: u64,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    node: u32,
    links: u32,
    /// Where the end is of the newest link that may send.
    route: u32,
}

impl Peers {
    /// A link to a node came up, and its end is in that place; nothing if the table is full.
    pub fn link_up(&mut self, node: u32, end: u32, sends: bool) -> Option<(LinkId, Peer)> {
        let peer = match self.find(node) {
            Some(peer) => peer,
            None => self.admit(node)?,
        };
        let slot = &mut self.slots[peer.index()];
        slot.links += 1;
        if sends {
            slot.route = end;
        }
        self.links += 1;
        Some((LinkId(self.links), peer))
    }

    /// A link went down; the newest of those left that may send has its end at `route`.
    pub fn link_down(&mut self, peer: Peer, route: Option<u32>) {
        let slot = &mut self.slots[peer.index()];
        slot.links -= 1;
        slot.route = route.unwrap_or(NOWHERE);
        if slot.links == 0 {
            let node = slot.node;
            if let Ok(at) = self.place(node) {
                self.by_node.remove(at);
            }
            self.handles.take_back(peer);
        }
    }

    /// A link that may send no longer does.
    pub fn reroute(&mut self, peer: Peer, route: Option<u32>) {
        self.slots[peer.index()].route = route.unwrap_or(NOWHERE);
    }

    /// Where the end is of the newest link to a peer that may send.
    pub fn route(&self, peer: Peer) -> Option<u32> {
        let slot = self.slots.get(peer.index()).filter(|_| self.handles.is_given(peer))?;
        (slot.route != NOWHERE).then_some(slot.route)
    }

    /// The handle of a node, if it is linked.
    pub fn find(&self, node: u32) -> Option<Peer> {
        let (_, index) = self.by_node[self.place(node).ok()?];
        self.handles.current(index)
    }

    /// Reads a little of it.
    pub fn touch(&self) -> u32 {
        self.slots.last().map_or(0, |slot| slot.route)
    }

    fn place(&self, node: u32) -> Result<usize, usize> {
        self.by_node.binary_search_by_key(&node, |(node, _)| *node)
    }

    fn admit(&mut self, node: u32) -> Option<Peer> {
        let peer = self.handles.give()?;
        let slot = Slot { node, links: 0, route: NOWHERE };
        if peer.index() >= self.slots.len() {
            self.slots.resize(peer.index() + 1, slot);
        }
        self.slots[peer.index()] = slot;
        let at = self.place(node).unwrap_or_else(|at| at);
        self.by_node.insert(at, (node, peer.index() as u32));
        Some(peer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rumormill_core::bounded::HashSeed;
    use rumormill_core::{Name, driver};

    proptest! {
        /// Links come and go; both tables give the same handles and routes.
        #[test]
        fn it_answers_as_the_runtime_s_table(steps in prop::collection::vec((0u32..4, any::<bool>(), any::<bool>()), 0..60)) {
            let (mut dense, mut other) = (Peers::default(), driver::Peers::new(HashSeed::default()));
            let mut open: Vec<(LinkId, Peer, bool)> = Vec::new();
            for (node, sends, closes) in steps {
                if closes && !open.is_empty() {
                    let (link, peer, _) = open.remove(node as usize % open.len());
                    other.link_down(link);
                    let left = open.iter().rev().find(|(_, of, sends)| *of == peer && *sends);
                    dense.link_down(peer, left.map(|(link, ..)| link.0 as u32));
                } else {
                    let next = open.iter().map(|(link, ..)| link.0).max();
                    let up = other.link_up(&Name::Number(u64::from(node)), sends).unwrap();
                    prop_assert!(next < Some(up.0.0));
                    prop_assert_eq!(dense.link_up(node, up.0.0 as u32, sends), Some(up));
                    open.push((up.0, up.1, sends));
                }
                for node in 0..4 {
                    let peer = other.find(&Name::Number(u64::from(node)));
                    prop_assert_eq!(dense.find(node), peer);
                    let route = peer.and_then(|peer| other.route(peer)).map(|link| link.0 as u32);
                    prop_assert_eq!(peer.and_then(|peer| dense.route(peer)), route);
                }
            }
        }
    }
}
