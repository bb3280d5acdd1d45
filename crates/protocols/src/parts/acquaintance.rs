//! Whom a node knows, as those who operate it are shown: the same for every discovery protocol.

use rumormill_core::{Address, Gone, Name, Time};

/// Somebody that a node knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acquaintance {
    /// What it calls itself; nothing if that is not known.
    pub name: Option<Name>,
    /// Where it is reached; nothing if that is not known.
    pub address: Option<Address>,
    /// How it stands with it.
    pub footing: Footing,
    /// Given by configuration: never forgotten.
    pub is_seed: bool,
    /// Whether it ever answered as itself.
    pub is_verified: bool,
    /// Failures in a row.
    pub failures: u32,
}

/// How it stands with an acquaintance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Footing {
    /// The other planes use it.
    Neighbour,
    /// Reached, and could be used.
    Reserve,
    /// Failed, or gone.
    Down {
        /// When it is tried again.
        until: Time,
        /// How it went, where that is remembered.
        gone: Option<Gone>,
    },
    /// A dial is under way.
    Dialing,
    /// Never reached, and to be dialled.
    Unverified,
}

impl Footing {
    /// As a label: one word, stable, fit for metrics and JSON.
    ///
    /// ```
    /// use rumormill_protocols::parts::acquaintance::Footing;
    /// assert_eq!(Footing::Neighbour.label(), "neighbour");
    /// ```
    pub const fn label(self) -> &'static str {
        match self {
            Footing::Neighbour => "neighbour",
            Footing::Reserve => "reserve",
            Footing::Down { .. } => "down",
            Footing::Dialing => "dialing",
            Footing::Unverified => "unverified",
        }
    }
}
