//! Spans of time.

use super::form::{Form, ReadText};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;
use serde_core::de::{Deserializer, Error, Unexpected, Visitor};

/// A span of time such as `"10 s"`.
pub struct Span;

const SECOND: u128 = 1_000_000_000;

/// Nanoseconds of each unit that is written, the largest first.
const UNITS: [(&str, u128); 8] = [
    ("days", 86_400 * SECOND),
    ("h", 3600 * SECOND),
    ("min", 60 * SECOND),
    ("s", SECOND),
    ("ms", 1_000_000),
    ("us", 1000),
    ("ns", 1),
    // One only.
    ("day", 86_400 * SECOND),
];

/// How else people write them.
const OTHER_UNITS: [(&str, u128); 17] = [
    ("weeks", 7 * 86_400 * SECOND),
    ("week", 7 * 86_400 * SECOND),
    ("w", 7 * 86_400 * SECOND),
    ("d", 86_400 * SECOND),
    ("hours", 3600 * SECOND),
    ("hour", 3600 * SECOND),
    ("hr", 3600 * SECOND),
    ("minutes", 60 * SECOND),
    ("minute", 60 * SECOND),
    ("mins", 60 * SECOND),
    ("m", 60 * SECOND),
    ("seconds", SECOND),
    ("second", SECOND),
    ("secs", SECOND),
    ("sec", SECOND),
    ("µs", 1000),
    ("msec", 1_000_000),
];

/// Reads a span: whole numbers, each with a unit, with or without a space between.
///
/// ```
/// use core::time::Duration;
/// use rumormill_protocols::parts::settings::parse_span;
/// assert_eq!(parse_span("10s"), Some(Duration::from_secs(10)));
/// assert_eq!(parse_span("1 min 30 s"), Some(Duration::from_secs(90)));
/// assert_eq!(parse_span("1 hour"), Some(Duration::from_secs(3600)));
/// assert_eq!(parse_span("10"), None);
/// ```
pub fn parse_span(text: &str) -> Option<Duration> {
    let mut rest = text.trim();
    let mut nanos: u128 = 0;
    loop {
        let (number, after) = split(rest, |c| c.is_ascii_digit());
        let (unit, after) = split(after.trim_start(), char::is_alphabetic);
        let (_, scale) = UNITS.iter().chain(&OTHER_UNITS).find(|(name, _)| *name == unit)?;
        // A u64 times a day's nanoseconds stays far below the end of u128.
        nanos = nanos.checked_add(u128::from(number.parse::<u64>().ok()?) * scale)?;
        rest = after.trim_start();
        if rest.is_empty() {
            break;
        }
    }
    let seconds = u64::try_from(nanos / SECOND).ok()?;
    Some(Duration::new(seconds, u32::try_from(nanos % SECOND).ok()?))
}

fn split(text: &str, belongs: fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !belongs(c)).unwrap_or(text.len()))
}

/// A span as it is written, without quotes: `1 min 30 s`.
pub fn span_text(span: Duration) -> String {
    let mut rest = span.as_nanos();
    let mut parts = Vec::new();
    for (unit, scale) in UNITS.into_iter().take(7) {
        let count = rest / scale;
        if count > 0 {
            let unit = if (unit, count) == ("days", 1) { "day" } else { unit };
            parts.push(format!("{count} {unit}"));
            rest %= scale;
        }
    }
    if parts.is_empty() { "0 s".into() } else { parts.join(" ") }
}

impl Form<Duration> for Span {
    type Bound = Duration;

    fn what() -> String {
        "a span of time such as \"10 s\"".into()
    }

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        from.deserialize_str(SpanText)
    }

    fn write(value: &Duration) -> Option<String> {
        Some(format!("\"{}\"", span_text(*value)))
    }

    fn measure(value: &Duration) -> Option<Duration> {
        Some(*value)
    }

    fn write_bound(bound: &Duration) -> String {
        span_text(*bound)
    }
}

impl ReadText<Duration> for Span {
    fn read_text(text: &str) -> Option<Duration> {
        parse_span(text)
    }
}

struct SpanText;

impl Visitor<'_> for SpanText {
    type Value = Duration;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Span::what())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Duration, E> {
        parse_span(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }
}
