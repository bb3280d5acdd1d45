//! Units that keep numbers short.

/// A unit, and how much of the base unit it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unit {
    /// As it is written.
    pub name: &'static str,
    /// Base units in one.
    pub size: f64,
}

impl Unit {
    /// For milliseconds up to `max`.
    pub fn of_millis(max: f64) -> Unit {
        match max {
            ..1e4 => Unit { name: "ms", size: 1.0 },
            _ => Unit { name: "s", size: 1e3 },
        }
    }

    /// For bytes up to `max`.
    pub fn of_bytes(max: f64) -> Unit {
        match max {
            ..2e3 => Unit { name: "bytes", size: 1.0 },
            ..2e6 => Unit { name: "kB", size: 1e3 },
            ..2e9 => Unit { name: "MB", size: 1e6 },
            _ => Unit { name: "GB", size: 1e9 },
        }
    }
}
