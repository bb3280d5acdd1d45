//! The settings of flooding.

use crate::parts::settings::{Bytes, Count, Form, Span};
use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;
use core::num::NonZeroU16;
use core::time::Duration;
use rumormill_core::bounded::Limits;
use serde_core::de::{Deserializer, Error, Unexpected, Visitor};

/// To how many peers a node sends what is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fanout {
    /// To all that are up.
    All,
    /// To so many, drawn anew for each rumor.
    Random(NonZeroU16),
}

crate::settings! {
    /// The settings of [`Flood`](super::Flood).
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub struct FloodConfig {
        /// To how many peers. A random few reaches most of a large network, not all: the chance to miss
        /// a node is about `e^-fanout`, and the state plane repairs it.
        fanout: Fanout as OneOrAll = Fanout::All, in "neighbours", from 1, to 65_535;
        /// Hops that a rumor of ours may take after the first, and the most that we grant to others'. 8
        /// are enough for a random network of a million nodes with 8 neighbours each, if all ways take as long.
        /// Where they don't, copies come over more hops that take less: then take twice as many.
        ttl: u8 as Count = 8, in "hops", from 0, to 255;
        /// How many ids the seen cache holds.
        seen_entries: usize as Count = 65_536, in "ids", from 1, to 100_000_000;
        /// How long. Longer than any rumor lives, else it may be delivered twice.
        seen_age: Duration as Span = Duration::from_secs(600),
            from Duration::from_secs(1), to Duration::from_secs(30 * 86_400);
        /// How many rumors are kept to be looked at.
        recent_entries: usize as Count = 1024, in "rumors", from 0, to 10_000_000;
        /// And how many bytes of them.
        recent_bytes: usize as Bytes = 1 << 20, from 0, to 1 << 36;
        /// How many rumors may wait for a verdict; at most 16 MiB, for 60 s.
        pending_entries: usize as Count = 4096, in "rumors", from 1, to 10_000_000;
        /// How long after a failed durable write it is tried again.
        retry_interval: Duration as Span = Duration::from_secs(1),
            from Duration::from_millis(10), to Duration::from_secs(86_400);
    }
}

impl FloodConfig {
    pub(super) fn seen_limits(&self) -> Limits {
        Limits { entries: self.seen_entries, bytes: usize::MAX, age: self.seen_age }
    }

    pub(super) fn recent_limits(&self) -> Limits {
        Limits { entries: self.recent_entries, bytes: self.recent_bytes, age: Duration::MAX }
    }

    pub(super) fn pending_limits(&self) -> Limits {
        Limits { entries: self.pending_entries, bytes: 16 << 20, age: Duration::from_secs(60) }
    }
}

/// How a [`Fanout`] is written: a number or `"all"`.
struct OneOrAll;

impl Form<Fanout> for OneOrAll {
    type Bound = u16;

    fn what() -> String {
        format!("{} or \"all\"", <Count as Form<u16>>::what())
    }

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Fanout, D::Error> {
        from.deserialize_any(OneOrAll)
    }

    fn write(value: &Fanout) -> Option<String> {
        Some(match value {
            Fanout::All => "\"all\"".into(),
            Fanout::Random(count) => count.to_string(),
        })
    }

    fn measure(value: &Fanout) -> Option<u16> {
        match value {
            Fanout::All => None,
            Fanout::Random(count) => Some(count.get()),
        }
    }

    fn write_bound(bound: &u16) -> String {
        bound.to_string()
    }
}

impl Visitor<'_> for OneOrAll {
    type Value = Fanout;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&OneOrAll::what())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Fanout, E> {
        let count = u16::try_from(number).ok().and_then(NonZeroU16::new);
        let wrong = || E::invalid_value(Unexpected::Signed(number), &self);
        count.map(Fanout::Random).ok_or_else(wrong)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Fanout, E> {
        self.visit_i64(i64::try_from(number).unwrap_or(i64::MAX))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Fanout, E> {
        match text {
            "all" => Ok(Fanout::All),
            text => Err(E::invalid_value(Unexpected::Str(text), &self)),
        }
    }
}
