//! Sizes in bytes.

use super::form::Form;
use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;
use serde_core::de::{Deserializer, Error, Unexpected, Visitor};

/// A number of bytes, or a text such as `"256 KiB"`.
pub struct Bytes;

const UNITS: [(&str, u64); 7] = [
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("kB", 1000),
    ("B", 1),
];

/// Reads a size, whether or not there is a space before its unit.
///
/// ```
/// use rumormill_protocols::parts::settings::parse_size;
/// assert_eq!(parse_size("256 KiB"), Some(256 << 10));
/// assert_eq!(parse_size("1MB"), Some(1_000_000));
/// assert_eq!(parse_size("1 Mbit"), None);
/// ```
pub fn parse_size(text: &str) -> Option<u64> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let unit = unit.trim_start_matches(' ');
    let (_, scale) = UNITS.iter().find(|(name, _)| *name == unit)?;
    number.parse::<u64>().ok()?.checked_mul(*scale)
}

/// A size as it is written: in the largest binary unit of which it is a multiple.
pub fn size_text(bytes: u64) -> String {
    let fits = |unit: &&(&str, u64)| bytes != 0 && bytes.is_multiple_of(unit.1);
    match UNITS[..3].iter().find(fits) {
        Some((unit, scale)) => format!("\"{} {unit}\"", bytes / scale),
        None => bytes.to_string(),
    }
}

impl Form<usize> for Bytes {
    type Bound = u64;

    fn what() -> String {
        "a number of bytes or a text such as \"256 KiB\"".into()
    }

    fn read<'de, D: Deserializer<'de>>(from: D) -> Result<usize, D::Error> {
        from.deserialize_any(Size)
    }

    fn write(value: &usize) -> Option<String> {
        Some(size_text(*value as u64))
    }

    fn measure(value: &usize) -> Option<u64> {
        Some(*value as u64)
    }

    fn write_bound(bound: &u64) -> String {
        size_text(*bound).trim_matches('"').to_string()
    }
}

struct Size;

impl Visitor<'_> for Size {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&<Bytes as Form<usize>>::what())
    }

    fn visit_u64<E: Error>(self, bytes: u64) -> Result<usize, E> {
        let wrong = |_| E::invalid_value(Unexpected::Unsigned(bytes), &self);
        usize::try_from(bytes).map_err(wrong)
    }

    fn visit_i64<E: Error>(self, bytes: i64) -> Result<usize, E> {
        usize::try_from(bytes).map_err(|_| E::invalid_value(Unexpected::Signed(bytes), &self))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<usize, E> {
        let bytes = parse_size(text).and_then(|bytes| usize::try_from(bytes).ok());
        bytes.ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }
}
