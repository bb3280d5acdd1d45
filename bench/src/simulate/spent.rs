//! Time that passed, and time that was worked.

use rumormill_bench::process;
use serde::{Deserialize, Serialize};
use std::time::Instant;

/// What something took.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Spent {
    /// Seconds that passed.
    pub wall_s: f64,
    /// Seconds of processor time.
    pub cpu_s: f64,
}

impl Spent {
    /// The same, as one part of so many.
    pub fn shared_by(self, parts: u32) -> Spent {
        let parts = f64::from(parts);
        Spent { wall_s: self.wall_s / parts, cpu_s: self.cpu_s / parts }
    }
}

/// Says what each lap took.
pub struct Stopwatch {
    wall: Instant,
    cpu_s: f64,
}

impl Stopwatch {
    /// The first lap begins.
    pub fn start() -> Stopwatch {
        Stopwatch { wall: Instant::now(), cpu_s: process::cpu_seconds() }
    }

    /// A lap ends, and the next begins.
    pub fn lap(&mut self) -> Spent {
        let before = std::mem::replace(self, Stopwatch::start());
        let wall_s = self.wall.duration_since(before.wall).as_secs_f64();
        Spent { wall_s, cpu_s: self.cpu_s - before.cpu_s }
    }
}
