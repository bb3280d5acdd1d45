//! What the broadcast plane spreads.

use alloc::sync::Arc;
use core::fmt;
use core::time::Duration;
use rumormill_core::{Bytes, Fingerprint, Name, Rng};

/// The highest version: 2⁵³ − 1, the largest integer that JSON carries safely.
pub const VERSION_MAX: u64 = (1 << 53) - 1;

/// Names one rumor for ever: 128 bits, a UUID on the wire. Two words, since a `u128` would align
/// everything that holds it to 16 bytes. Ordered as the number it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RumorId(pub [u64; 2]);

impl RumorId {
    /// A new one: a random UUID, version 4 of RFC 9562.
    pub fn random(rng: &mut Rng) -> RumorId {
        let (high, low) = (rng.next_u64(), rng.next_u64());
        RumorId([high & !0xf000 | 0x4000, low & (u64::MAX >> 2) | 1 << 63])
    }

    /// From a 128-bit number.
    pub fn from_u128(id: u128) -> RumorId {
        RumorId([(id >> 64) as u64, id as u64])
    }

    /// As a 128-bit number.
    pub fn as_u128(self) -> u128 {
        u128::from(self.0[0]) << 64 | u128::from(self.0[1])
    }
}

impl fmt::Display for RumorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [high, low] = self.0;
        let (a, b, c) = (high >> 32, high >> 16 & 0xffff, high & 0xffff);
        write!(f, "{a:08x}-{b:04x}-{c:04x}-{:04x}-{:012x}", low >> 48, low & 0xffff_ffff_ffff)
    }
}

impl fmt::Debug for RumorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// What a rumor is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// An update of the origin's register of this key: the state plane judges it by its version.
    Register(Arc<str>),
    /// Data for the subscribers of this topic.
    Topic(Arc<str>),
}

impl Subject {
    /// The register `key`.
    pub fn register(key: &str) -> Subject {
        Subject::Register(Arc::from(key))
    }

    /// The topic `topic`.
    pub fn topic(topic: &str) -> Subject {
        Subject::Topic(Arc::from(topic))
    }

    fn text(&self) -> &str {
        match self {
            Subject::Register(text) | Subject::Topic(text) => text,
        }
    }
}

/// How long what a rumor says holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Life {
    /// Until something newer is said.
    #[default]
    Lasting,
    /// For so long after it was said; whole milliseconds.
    For(Duration),
    /// Not at all: the register is removed. Kept for a while, so that nobody revives it.
    Removed,
}

impl Life {
    /// The longest time a register may be set for: ten years.
    pub const MAX: Duration = Duration::from_secs(10 * 365 * 86_400);

    /// Adds it.
    fn fingerprint(self, into: &mut Fingerprint) {
        match self {
            Life::Lasting => into.number(0),
            Life::For(span) => into.number(1).number(span.as_millis() as u64),
            Life::Removed => into.number(2),
        };
    }
}

/// A message as its origin made it. It never changes on its way, so all that hold it share it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rumor {
    /// Its id.
    pub id: RumorId,
    /// Who made it.
    pub origin: Name,
    /// The origin's own counter, 0…[`VERSION_MAX`].
    pub version: u64,
    /// What it is about.
    pub subject: Subject,
    /// What it says, as it stands on the wire; forwarded unchanged.
    pub payload: Bytes,
    /// How long that holds: said in the payload, read from it by whoever decodes it.
    pub life: Life,
}

impl Rumor {
    /// Its rank among the updates of one register: the higher version, and for two contents under
    /// one version (a restart that forgot) the greater id.
    pub fn rank(&self) -> (u64, RumorId) {
        (self.version, self.id)
    }

    /// Its size on the wire in bytes, about: an id in text, four short fields, the payload.
    pub fn wire_len(&self) -> usize {
        92 + self.payload.len()
    }

    /// What it costs to keep, in bytes.
    pub fn kept_len(&self) -> usize {
        96 + self.subject.text().len() + self.payload.len()
    }

    /// Adds what tells it from any other.
    pub fn fingerprint(&self, into: &mut Fingerprint) {
        into.number(self.id.0[0]).number(self.id.0[1]).name(&self.origin).number(self.version);
        into.bytes(self.subject.text().as_bytes()).bytes(&self.payload);
        self.life.fingerprint(into);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use rumormill_core::RngKey;

    #[test]
    fn a_random_id_is_a_uuid_of_version_4() {
        let id = RumorId::random(&mut Rng::new(RngKey::of_node(1, 1), 1)).to_string();
        assert_eq!((id.len(), &id[14..15]), (36, "4"));
        assert!("89ab".contains(&id[19..20]), "{id}");
    }

    #[test]
    fn an_id_is_written_as_its_number() {
        let id = RumorId::from_u128(0x0123_4567_89ab_cdef_0011_2233_4455_6677);
        assert_eq!(id.to_string(), "01234567-89ab-cdef-0011-223344556677");
        assert_eq!(RumorId::from_u128(id.as_u128()), id);
    }
}
