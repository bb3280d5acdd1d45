//! Rates of links.

use super::form::Form;
use alloc::format;
use alloc::string::String;
use core::fmt;
use serde_core::de::{Deserializer, Error, Unexpected, Visitor};

/// Bits a second, as a text such as `"50 Mbit/s"`.
pub struct BitRate;

/// Bits a second of each unit; those that are written first, the largest first.
const UNITS: [(&str, u64); 7] = [
    ("Gbit/s", 1_000_000_000),
    ("Mbit/s", 1_000_000),
    ("kbit/s", 1000),
    ("bit/s", 1),
    ("MB/s", 8_000_000),
    ("kB/s", 8000),
    ("B/s", 8),
];

/// Reads a rate, whether or not there is a space before its unit. The prefixes are decimal, as they
/// are for links everywhere.
///
/// ```
/// use rumormill_protocols::parts::settings::parse_bit_rate;
/// assert_eq!(parse_bit_rate("50 Mbit/s"), Some(50_000_000));
/// assert_eq!(parse_bit_rate("2MB/s"), Some(16_000_000));
/// assert_eq!(parse_bit_rate("50 Mbit"), None);
/// ```
pub fn parse_bit_rate(text: &str) -> Option<u64> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let unit = unit.trim_start_matches(' ');
    let (_, scale) = UNITS.iter().find(|(name, _)| *name == unit)?;
    number.parse::<u64>().ok()?.checked_mul(*scale)
}

fn rate_text(bits: u64) -> String {
    let fits = |unit: &&(&str, u64)| bits != 0 && bits.is_multiple_of(unit.1);
    let (unit, scale) = UNITS[..4].iter().find(fits).unwrap_or(&("bit/s", 1));
    format!("{} {unit}", bits / scale)
}

impl Form<u64> for BitRate {
    type Bound = u64;

    fn what() -> String {
        "a rate such as \"50 Mbit/s\"".into()
    }

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
        from.deserialize_str(Rate)
    }

    fn write(value: &u64) -> Option<String> {
        Some(format!("\"{}\"", rate_text(*value)))
    }

    fn measure(value: &u64) -> Option<u64> {
        Some(*value)
    }

    fn write_bound(bound: &u64) -> String {
        rate_text(*bound)
    }
}

struct Rate;

impl Visitor<'_> for Rate {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&<BitRate as Form<u64>>::what())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<u64, E> {
        parse_bit_rate(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }
}
