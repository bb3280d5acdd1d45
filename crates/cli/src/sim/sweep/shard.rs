//! A part of a sweep, for one machine of several.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Every so manieth run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    /// Which, from 1.
    pub index: usize,
    /// Of how many.
    pub of: usize,
}

impl Shard {
    /// All of it.
    pub const WHOLE: Shard = Shard { index: 1, of: 1 };

    /// Reads `2/8`.
    pub fn parse(text: &str) -> Result<Shard, String> {
        let write = || "write it like 2/8: the second of eight, counted from 1".to_string();
        let (index, of) = text.split_once('/').ok_or_else(write)?;
        let number = |text: &str| text.parse::<usize>().map_err(|_| write());
        let shard = Shard { index: number(index)?, of: number(of)? };
        match (1..=shard.of).contains(&shard.index) {
            true => Ok(shard),
            false => Err(write()),
        }
    }

    /// Whether a run is its.
    pub fn has(self, run: usize) -> bool {
        run % self.of == self.index - 1
    }

    /// How many of so many runs are its.
    pub fn count(self, runs: usize) -> usize {
        (runs + self.of - self.index) / self.of
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_run_is_of_one_shard() {
        for (runs, of) in [(0, 3), (1, 3), (7, 3), (9, 3), (5, 1), (2, 8)] {
            let shards: Vec<Shard> = (1..=of).map(|index| Shard { index, of }).collect();
            for run in 0..runs {
                assert_eq!(shards.iter().filter(|shard| shard.has(run)).count(), 1);
            }
            for shard in &shards {
                let has = (0..runs).filter(|run| shard.has(*run)).count();
                assert_eq!(shard.count(runs), has, "{shard} of {runs}");
            }
        }
    }

    #[test]
    fn a_shard_is_counted_from_1() {
        assert_eq!(Shard::parse("2/8"), Ok(Shard { index: 2, of: 8 }));
        for wrong in ["0/8", "9/8", "1/0", "2", "a/b", "", "-1/2", "1/2/3"] {
            assert!(Shard::parse(wrong).unwrap_err().contains("like 2/8"), "{wrong}");
        }
    }
}
