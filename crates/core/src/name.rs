//! What peers are called, and where they can be reached.

use alloc::sync::Arc;
use core::fmt;

/// What a peer is called in the network: it travels inside messages and outlives any handle.
///
/// The books network calls nodes by port ([`Name::Number`]); networks of keys or socket addresses
/// use [`Name::Bytes`]. Two words in memory either way; a clone is at most a reference count.
///
/// ```
/// use rumormill_core::Name;
/// assert_eq!(Name::Number(7001).to_string(), "7001");
/// assert_eq!(Name::bytes(&[0xca, 0xfe]).to_string(), "cafe");
/// assert_eq!(core::mem::size_of::<Name>(), 16);
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Name {
    /// A small number: a port, or a node of a simulation.
    Number(u64),
    /// Anything else, in its canonical bytes: a public key, a socket address.
    Bytes(Arc<[u8]>),
}

impl Name {
    /// A name of bytes.
    pub fn bytes(bytes: &[u8]) -> Name {
        Name::Bytes(Arc::from(bytes))
    }

    /// The number, if the name is one.
    pub fn number(&self) -> Option<u64> {
        match self {
            Name::Number(number) => Some(*number),
            Name::Bytes(_) => None,
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Name::Number(number) => write!(f, "{number}"),
            Name::Bytes(bytes) => bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}")),
        }
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Where something can be dialled, in its transport's canonical text: `127.0.0.1:7001`, a multiaddr.
///
/// The transport reads it; machines only compare, keep and pass it on.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address(Arc<str>);

impl Address {
    /// An address from its canonical text.
    pub fn new(text: &str) -> Address {
        Address(Arc::from(text))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whom to dial.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// Whoever answers there.
    Address(Address),
    /// That peer, wherever the transport knows or guesses it to be.
    Name(Name),
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::Address(address) => address.fmt(f),
            Target::Name(name) => name.fmt(f),
        }
    }
}
