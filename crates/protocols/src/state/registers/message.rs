//! What registers tell each other.

use crate::parts::digest::{Digest, VERSION_LEN};
use crate::{Life, Rumor};
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::time::Duration;
use rumormill_core::{Message, Name};

/// Questions and their answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RegistersMessage {
    /// Do you know the same? A request, answered by [`Same`](Self::Same) or a [`Digest`](Self::Digest).
    Summary(Summary),
    /// We know the same. A response.
    Same,
    /// What I know. As a response to a summary: compare. As a request: tell me what is beyond it.
    Digest(Arc<Digest>),
    /// What you lack, and what I know. A request, answered by a [`Delta`](Self::Delta).
    Exchange(Box<Exchange>),
    /// What is beyond a digest. A response.
    Delta(Box<Delta>),
}

/// All that a node knows, in one number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// [`Digest::hash`] of all origins.
    pub hash: u64,
    /// If yours differs, show me the page after this origin.
    pub after: Option<Name>,
}

/// Both directions at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exchange {
    /// What the other lacks.
    pub delta: Delta,
    /// What the sender knows, if it wants to hear what is beyond.
    pub digest: Option<Digest>,
    /// How many bytes of that it wants at a time.
    pub budget: usize,
}

/// What is beyond a digest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delta {
    /// The updates, of each origin in rising order of version.
    pub news: Vec<News>,
    /// How far that makes who gets it complete, for each origin that the sender can vouch for. Who
    /// answers without it (a member that keeps one register an origin) vouches for all.
    pub complete: Option<BTreeMap<Name, Vouched>>,
    /// Origins that are told from their beginning, or told on so, since removals up to this version were
    /// forgotten: what is not told of them up to there is gone.
    pub anew: BTreeMap<Name, u64>,
    /// There is more than fitted.
    pub more: bool,
}

/// Nothing is missing of an origin up to a version, for whoever misses nothing up to an earlier one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Vouched {
    /// What was known already: below it nothing was told.
    pub from: u64,
    /// The version up to which all was told.
    pub upto: u64,
}

/// An update, and how long ago it was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct News {
    /// The update.
    pub rumor: Arc<Rumor>,
    /// Since when it runs, where it holds for a time only or is a removal; else zero.
    pub age: Duration,
}

impl News {
    /// Whether it held for a time that has passed.
    pub fn is_over(&self) -> bool {
        matches!(self.rumor.life, Life::For(span) if self.age >= span)
    }

    /// Its size on the wire in bytes, at most, as JSON.
    pub fn wire_len(&self) -> usize {
        self.rumor.wire_len() + 44
    }
}

impl From<Arc<Rumor>> for News {
    /// Said just now.
    fn from(rumor: Arc<Rumor>) -> News {
        News { rumor, age: Duration::ZERO }
    }
}

impl Delta {
    /// What an empty one costs.
    pub const EMPTY_LEN: usize = 96;

    /// Whether it tells nothing.
    pub fn is_empty(&self) -> bool {
        self.news.is_empty()
            && self.anew.is_empty()
            && self.complete.as_ref().is_none_or(BTreeMap::is_empty)
    }

    /// Its size on the wire in bytes, about.
    pub fn wire_len(&self) -> usize {
        let news: usize = self.news.iter().map(News::wire_len).sum();
        let vouched = 2 * self.complete.as_ref().map_or(0, BTreeMap::len) + self.anew.len();
        Delta::EMPTY_LEN + news + VERSION_LEN * vouched
    }
}

impl Message for RegistersMessage {
    fn wire_len(&self) -> usize {
        match self {
            RegistersMessage::Summary(_) => 48,
            RegistersMessage::Same => 16,
            RegistersMessage::Digest(digest) => digest.wire_len(),
            RegistersMessage::Exchange(exchange) => {
                let digest = exchange.digest.as_ref().map_or(0, Digest::wire_len);
                48 + exchange.delta.wire_len() + digest
            }
            RegistersMessage::Delta(delta) => delta.wire_len(),
        }
    }

    fn kind(&self) -> &'static str {
        match self {
            RegistersMessage::Summary(_) => "summary",
            RegistersMessage::Same => "same",
            RegistersMessage::Digest(_) => "digest",
            RegistersMessage::Exchange(_) => "exchange",
            RegistersMessage::Delta(_) => "delta",
        }
    }
}
