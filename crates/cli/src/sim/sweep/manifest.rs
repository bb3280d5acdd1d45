//! What a directory of a sweep says of itself: all that decides its runs.

use super::shard::Shard;
use rumormill_core::Fingerprint;
use rumormill_sim::report::sweep::Axes;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Rises when a key changes its meaning.
pub const FORMAT: u32 = 1;

/// A sweep, as `sweep.json` has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The format.
    pub rumormill_sweep: u32,
    /// Of the program that does the runs.
    pub version: String,
    /// What the scenario calls itself.
    pub name: String,
    /// Its file, as it was given.
    pub file: String,
    /// Its text.
    pub scenario: String,
    /// The text's hash.
    pub scenario_hash: String,
    /// The hashes of the files that it names.
    pub files: BTreeMap<String, String>,
    /// What is varied.
    pub axes: Axes,
    /// The flags that are the same for all runs, a word each.
    pub flags: Vec<String>,
    /// How many runs the sweep has, with those of all shards.
    pub runs: usize,
    /// Which of them belong here; null: all.
    pub shard: Option<Shard>,
}

/// A hash of a text.
pub fn hash(text: &str) -> String {
    let mut print = Fingerprint::new();
    print.bytes(text.as_bytes());
    let [high, low] = print.finish();
    format!("{high:016x}{low:016x}")
}

impl Manifest {
    /// As it is written.
    pub fn text(&self) -> anyhow::Result<String> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// Which runs belong here.
    pub fn shard(&self) -> Shard {
        self.shard.unwrap_or(Shard::WHOLE)
    }

    /// The same for all shards.
    pub fn whole(&self) -> Manifest {
        Manifest { shard: None, ..self.clone() }
    }

    /// What makes it another sweep than that one, in a few words; nothing if it is the same, whichever
    /// shard it has.
    pub fn difference(&self, other: &Manifest) -> Option<String> {
        let ours = |what: &str, a: &str, b: &str| format!("{what} {a}, not {b}");
        if self.version != other.version {
            return Some(ours("its runs are of version", &self.version, &other.version));
        }
        if self.scenario_hash != other.scenario_hash {
            return Some("its scenario says something else".into());
        }
        if let Some(file) = other
            .files
            .keys()
            .chain(self.files.keys())
            .find(|file| self.files.get(*file) != other.files.get(*file))
        {
            return Some(format!("its {file} says something else"));
        }
        if self.axes != other.axes {
            return Some(ours("it varies", &varied(&self.axes), &varied(&other.axes)));
        }
        if self.flags != other.flags {
            return Some(ours("its flags are", &flags(&self.flags), &flags(&other.flags)));
        }
        None
    }
}

/// The axes as they are written, if that isn't long.
fn varied(axes: &Axes) -> String {
    let axis = |axis: &rumormill_sim::report::sweep::Axis| {
        let values = axis.values.join(",");
        match values.chars().count() {
            ..=40 => format!("{}={values}", axis.path),
            _ => format!("{}={}…", axis.path, values.chars().take(39).collect::<String>()),
        }
    };
    axes.0.iter().map(axis).collect::<Vec<_>>().join(" and ")
}

fn flags(words: &[String]) -> String {
    if words.is_empty() { "none".into() } else { words.join(" ") }
}
