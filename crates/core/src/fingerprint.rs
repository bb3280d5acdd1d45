//! A canonical hash of a machine's state.

use core::hash::Hasher;
use siphasher::sip128::{Hasher128, SipHasher13};

/// Collects a machine's state into 128 bits that are the same on every platform.
///
/// Replay and exhaustive search compare states by it, so feed it everything that decides future
/// behaviour, in a fixed order, and nothing else (no capacities, no addresses in memory, no order
/// of a hash map). Integers go in little-endian; variable lengths go in before their bytes.
///
/// ```
/// use rumormill_core::Fingerprint;
/// let mut one = Fingerprint::new();
/// one.bytes(b"ab").bytes(b"c");
/// let mut other = Fingerprint::new();
/// other.bytes(b"a").bytes(b"bc");
/// assert_ne!(one.finish(), other.finish());
/// ```
#[derive(Clone, Debug, Default)]
pub struct Fingerprint(SipHasher13);

impl Fingerprint {
    /// An empty one.
    pub fn new() -> Fingerprint {
        Fingerprint(SipHasher13::new())
    }

    /// Adds a number.
    pub fn number(&mut self, number: u64) -> &mut Self {
        self.0.write(&number.to_le_bytes());
        self
    }

    /// Adds bytes and their length.
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.number(bytes.len() as u64);
        self.0.write(bytes);
        self
    }

    /// Adds a name.
    pub fn name(&mut self, name: &crate::Name) -> &mut Self {
        match name {
            crate::Name::Number(number) => self.number(0).number(*number),
            crate::Name::Bytes(bytes) => self.number(1).bytes(bytes),
        }
    }

    /// The 128 bits, as two words.
    pub fn finish(&self) -> [u64; 2] {
        let hash = self.0.finish128();
        [hash.h1, hash.h2]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_the_same_everywhere() {
        let mut print = Fingerprint::new();
        print.number(7).bytes(b"Lucky Jim").name(&crate::Name::Number(7001));
        assert_eq!(print.finish(), [3056455393967543179, 7188899426172982810]);
    }
}
