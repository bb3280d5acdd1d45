//! What is known of one origin, but for the registers themselves.

use crate::parts::digest::Digest;
use alloc::collections::BTreeSet;
use alloc::sync::Arc;
use rumormill_core::{Fingerprint, Name};

/// A register's key.
pub type Key = Arc<str>;

/// The versions of one origin.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// Its registers by version, live and dead.
    pub versions: BTreeSet<(u64, Key)>,
    /// Up to here nothing of it is missing.
    pub complete: u64,
    /// Up to here removals were forgotten: who knows less must be told all of it anew.
    pub gone: u64,
    /// It is being told anew to us, since the teller's `gone` is this; 0 if not.
    pub anew: u64,
    /// Registers that were known before that, and not confirmed since.
    pub doubted: BTreeSet<Key>,
    /// Some of it gave way to others, so that nothing can be vouched for.
    pub lossy: bool,
}

impl Origin {
    /// The highest version that is held.
    pub fn latest(&self) -> u64 {
        self.versions.last().map_or(0, |(version, _)| *version)
    }

    /// Whether a register of that version is held.
    pub fn has(&self, version: u64) -> bool {
        let from = (version, Key::from(""));
        self.versions.range(from..).next().is_some_and(|(held, _)| *held == version)
    }

    /// Whether that version came, and is the next one; while all is told anew, none is.
    pub fn is_next(&self, version: u64) -> bool {
        version == self.complete + 1 && self.anew == 0 && self.has(version)
    }

    /// Whether an update of a key that we don't hold is of the past: we were told all up to there, so
    /// it was removed since. Version 0 was never counted.
    pub fn is_past(&self, version: u64) -> bool {
        version > 0 && (version <= self.gone || version <= self.complete && !self.lossy)
    }

    /// How far others may rely on us.
    pub fn vouched(&self) -> u64 {
        if self.lossy { 0 } else { self.complete }
    }

    /// The latest version that counts: while it is told anew, what is held is to be confirmed.
    pub fn seen(&self) -> u64 {
        if self.anew == 0 { self.latest().max(self.complete) } else { self.complete }
    }

    /// Adds what is known of it to a digest.
    pub fn say(&self, name: &Name, digest: &mut Digest) {
        digest.known.insert(name.clone(), self.complete);
        if self.seen() > self.complete {
            digest.held.insert(name.clone(), self.seen());
        }
        if self.anew > 0 {
            digest.anew.insert(name.clone(), self.anew);
        }
    }

    /// Adds it.
    pub fn fingerprint(&self, into: &mut Fingerprint) {
        into.number(self.complete).number(self.gone).number(self.anew).number(self.lossy.into());
        into.number(self.doubted.len() as u64);
        self.doubted.iter().for_each(|key| _ = into.bytes(key.as_bytes()));
    }
}
