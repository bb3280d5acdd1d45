//! Numbers with as many digits as mean something: fewer to read, and the same on every machine.

use serde::{Serialize, Serializer};

/// Three digits after the point: milliseconds to the microsecond.
pub fn milli<S: Serializer>(value: &f64, to: S) -> Result<S::Ok, S::Error> {
    rounded(*value, 1e3).serialize(to)
}

/// Six digits after the point: seconds to the microsecond.
pub fn micro<S: Serializer>(value: &f64, to: S) -> Result<S::Ok, S::Error> {
    rounded(*value, 1e6).serialize(to)
}

/// Two digits after the point.
pub fn centi<S: Serializer>(value: &f64, to: S) -> Result<S::Ok, S::Error> {
    rounded(*value, 1e2).serialize(to)
}

/// Like [`milli`].
pub fn maybe_milli<S: Serializer>(value: &Option<f64>, to: S) -> Result<S::Ok, S::Error> {
    value.map(|value| rounded(value, 1e3)).serialize(to)
}

/// Like [`centi`].
pub fn maybe_centi<S: Serializer>(value: &Option<f64>, to: S) -> Result<S::Ok, S::Error> {
    value.map(|value| rounded(value, 1e2)).serialize(to)
}

/// Four digits after the point, and 1 only for what is 1: a delivery that is missing must show.
pub fn maybe_ratio<S: Serializer>(value: &Option<f64>, to: S) -> Result<S::Ok, S::Error> {
    value.map(ratio).serialize(to)
}

/// Points of milliseconds and shares.
pub fn curve<S: Serializer>(points: &[(f64, f64)], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(points.iter().map(|&(ms, share)| (rounded(ms, 1e3), ratio(share))))
}

/// Points of shares and bytes.
pub fn load<S: Serializer>(points: &[(f64, u64)], to: S) -> Result<S::Ok, S::Error> {
    to.collect_seq(points.iter().map(|&(share, bytes)| (ratio(share), bytes)))
}

/// The same as a number.
pub fn ratio(value: f64) -> f64 {
    if value < 1.0 { rounded(value, 1e4).min(0.9999) } else { rounded(value, 1e4) }
}

/// To so many parts of one.
pub fn rounded(value: f64, parts: f64) -> f64 {
    (value * parts).round() / parts
}
