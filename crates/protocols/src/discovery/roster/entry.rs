//! One peer of the list, or a guest.

use rumormill_core::{Address, Direction, Fingerprint, Link, LinkId, Name, Peer, Target};

/// The way to a peer that is up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Way {
    pub link: LinkId,
    pub peer: Peer,
    /// Whether it was we who dialled.
    pub dialled: bool,
}

impl Way {
    pub fn new(link: LinkId, peer: Peer, about: &Link) -> Way {
        Way { link, peer, dialled: about.direction == Direction::Out }
    }
}

/// A peer in 32 bytes: a simulation of a million nodes with eight peers each holds eight million. So an
/// address is kept as its text's bytes, in the same field as a name.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    who: Name,
    link: LinkId,
    peer: Peer,
    /// In a row.
    pub failures: u8,
    flags: u8,
}

/// `who` is an address, not a name.
const IS_PLACE: u8 = 1;
const DIALING: u8 = 1 << 1;
/// `link` and `peer` hold.
const UP: u8 = 1 << 2;
/// We dialled that link.
const DIALLED: u8 = 1 << 3;
/// It was up once.
const REACHED: u8 = 1 << 4;
/// It is our own address: it stays on the list, and is never dialled again.
const OURSELVES: u8 = 1 << 5;

impl Entry {
    pub fn new(target: &Target) -> Entry {
        let (who, flags) = key(target);
        Entry { who, link: LinkId(0), peer: Peer::STRANGER, failures: 0, flags }
    }

    pub fn target(&self) -> Target {
        match &self.who {
            Name::Bytes(bytes) if self.is(IS_PLACE) => {
                let text = core::str::from_utf8(bytes).unwrap_or_default();
                Target::Address(Address::new(text))
            }
            name => Target::Name(name.clone()),
        }
    }

    /// Whether it stands for that target.
    pub fn stands_for(&self, target: &Target) -> bool {
        match (target, &self.who) {
            (Target::Address(address), Name::Bytes(bytes)) => {
                self.is(IS_PLACE) && **bytes == *address.as_str().as_bytes()
            }
            (Target::Address(_), Name::Number(_)) => false,
            (Target::Name(name), who) => !self.is(IS_PLACE) && name == who,
        }
    }

    /// Whom we look for, if the list says a name.
    pub fn wanted(&self) -> Option<&Name> {
        (!self.is(IS_PLACE)).then_some(&self.who)
    }

    pub fn way(&self) -> Option<Way> {
        let way = Way { link: self.link, peer: self.peer, dialled: self.is(DIALLED) };
        self.is_up().then_some(way)
    }

    pub fn is_up(&self) -> bool {
        self.is(UP)
    }

    pub fn is_dialing(&self) -> bool {
        self.is(DIALING)
    }

    pub fn is_ourselves(&self) -> bool {
        self.is(OURSELVES)
    }

    pub fn is_reached(&self) -> bool {
        self.is(REACHED)
    }

    pub fn set_dialing(&mut self, dialing: bool) {
        self.set(DIALING, dialing);
    }

    pub fn set_ourselves(&mut self) {
        self.set(OURSELVES, true);
    }

    /// It is up over that link.
    pub fn set_way(&mut self, way: Way) {
        (self.link, self.peer, self.failures) = (way.link, way.peer, 0);
        self.set(UP | REACHED, true);
        self.set(DIALLED, way.dialled);
    }

    pub fn clear_way(&mut self) {
        (self.link, self.peer) = (LinkId(0), Peer::STRANGER);
        self.set(UP | DIALLED, false);
    }

    pub fn fingerprint(&self, into: &mut Fingerprint) {
        into.name(&self.who).number(self.link.0);
        into.number(self.peer.index() as u64).number(self.peer.generation().into());
        into.number(self.failures.into()).number(self.flags.into());
    }

    fn is(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    fn set(&mut self, flags: u8, on: bool) {
        self.flags = if on { self.flags | flags } else { self.flags & !flags };
    }
}

fn key(target: &Target) -> (Name, u8) {
    match target {
        Target::Address(address) => (Name::bytes(address.as_str().as_bytes()), IS_PLACE),
        Target::Name(name) => (name.clone(), 0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_takes_32_bytes() {
        assert_eq!(core::mem::size_of::<Entry>(), 32);
    }

    #[test]
    fn a_target_is_kept_as_it_was_given() {
        let address = Target::Address(Address::new("127.0.0.1:7001"));
        let name = Target::Name(Name::bytes(b"127.0.0.1:7001"));
        for (target, other) in [(&address, &name), (&name, &address)] {
            let entry = Entry::new(target);
            assert_eq!(entry.target(), *target);
            assert!(entry.stands_for(target) && !entry.stands_for(other));
        }
    }
}
