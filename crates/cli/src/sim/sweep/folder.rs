//! Where a sweep keeps what it did.
//!
//! `runs.ndjson` has a line for each run that is done, written whole when the run ends. Of a line that was
//! being written when the machine failed there is a torn rest at most, which is dropped. A reserve on the
//! disk gives way when there is no room, so that runs that are done by then still find some.

use super::manifest::{FORMAT, Manifest};
use crate::args::Usage;
use crate::sim::place::Place;
use anyhow::{Context, anyhow};
use rumormill_sim::report::sweep::Figures;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// What the sweep is.
pub const MANIFEST: &str = "sweep.json";
/// What it did.
pub const RUNS: &str = "runs.ndjson";
/// What comes of it in the end.
pub const RESULTS: [&str; 2] = ["results.csv", "report.html"];
/// Gives way when the disk is full.
const RESERVE: &str = ".reserve";
/// How large it is: for the lines of some hundred runs.
const RESERVE_BYTES: usize = 64 << 10;

/// A line of what was done.
#[derive(Serialize, Deserialize)]
struct Line {
    index: usize,
    values: Vec<String>,
    #[serde(flatten)]
    figures: Figures,
}

/// The directory of a sweep, which is ours until this is dropped.
pub struct Folder {
    dir: PathBuf,
    manifest: Manifest,
    lines: File,
    /// How long the whole lines are.
    len: u64,
    done: BTreeMap<usize, Figures>,
}

impl Folder {
    /// Makes it, or goes on with it if it is of the same sweep and shard.
    pub fn claim(dir: &Path, manifest: Manifest) -> anyhow::Result<Folder> {
        let fault = || format!("the sweep cannot be written to {}", dir.display());
        if let Some(other) = foreign(dir, &manifest)? {
            return Err(Usage(other).into());
        }
        fs::create_dir_all(dir).with_context(fault)?;
        let path = dir.join(RUNS);
        let mut options = OpenOptions::new();
        let lines = options.create(true).read(true).append(true).open(&path).with_context(fault)?;
        lock(&lines, dir)?;
        let (done, len) = read(dir, &manifest)?;
        lines.set_len(len).with_context(fault)?;
        Place::new("sweep", &dir.join(MANIFEST))?.write(&manifest.text()?)?;
        let folder = Folder { dir: dir.into(), manifest, lines, len, done };
        fs::write(dir.join(RESERVE), [b' '; RESERVE_BYTES]).with_context(fault)?;
        Ok(folder)
    }

    /// What it is of.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// How many runs are done.
    pub fn done(&self) -> usize {
        self.done.len()
    }

    /// How many of them broke a promise or failed.
    pub fn bad(&self) -> usize {
        self.done.values().filter(|run| run.violations > 0 || run.error.is_some()).count()
    }

    /// The runs that belong here and are not done.
    pub fn todo(&self) -> Vec<usize> {
        let shard = self.manifest.shard();
        (0..self.manifest.runs)
            .filter(|run| shard.has(*run) && !self.done.contains_key(run))
            .collect()
    }

    /// How many are kept, for people.
    pub fn kept(&self) -> String {
        let all = self.manifest.shard().count(self.manifest.runs);
        format!("{} of {all} runs are kept in {}", self.done(), self.dir.display())
    }

    /// Keeps a run that is done. If that fails, those before it are still kept.
    pub fn keep(&mut self, index: usize, figures: Figures) -> anyhow::Result<()> {
        let text = line(&self.manifest, index, &figures)?;
        if let Err(error) = self.lines.write_all(text.as_bytes()) {
            self.lines.set_len(self.len)?;
            return Err(error).with_context(|| self.no_room());
        }
        self.len += text.len() as u64;
        self.done.insert(index, figures);
        Ok(())
    }

    /// What is said of a disk that is full.
    pub fn no_room(&self) -> String {
        let runs = self.dir.join(RUNS);
        format!(
            "what is done can't be written to {}: {}; make room, and the same command goes on with the rest",
            runs.display(),
            self.kept()
        )
    }

    /// Gives up the reserve; says whether there was one.
    pub fn make_room(&self) -> bool {
        fs::remove_file(self.dir.join(RESERVE)).is_ok()
    }

    /// What is to outlive a loss of power.
    pub fn sync(&self) -> anyhow::Result<()> {
        self.lines.sync_all().with_context(|| self.no_room())
    }

    /// All that was done, if that is all that belongs here.
    pub fn finished(&self) -> (Manifest, Vec<Figures>) {
        (self.manifest.clone(), self.done.values().cloned().collect())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        self.make_room();
    }
}

/// The line of a run that is done, with its end.
pub fn line(manifest: &Manifest, index: usize, figures: &Figures) -> anyhow::Result<String> {
    let values = manifest.axes.values(index).into_iter().map(String::from).collect();
    let line = Line { index, values, figures: figures.clone() };
    Ok(serde_json::to_string(&line)? + "\n")
}

/// On file systems that know no locks nobody is kept out.
fn lock(lines: &File, dir: &Path) -> anyhow::Result<()> {
    match lines.try_lock() {
        Ok(()) => Ok(()),
        Err(TryLockError::WouldBlock) => {
            Err(anyhow!("another process runs the sweep in {}: wait for it", dir.display()))
        }
        Err(TryLockError::Error(error)) if error.kind() == ErrorKind::Unsupported => Ok(()),
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("{} cannot be locked", dir.display()))
        }
    }
}

/// Why a directory must not be written to: it holds something else. Nothing if all is well.
pub fn foreign(dir: &Path, manifest: &Manifest) -> anyhow::Result<Option<String>> {
    let name = dir.display();
    if dir.join(MANIFEST).symlink_metadata().is_err() {
        let theirs = [RUNS].into_iter().chain(RESULTS).find(|it| dir.join(it).exists());
        return Ok(theirs.map(|it| {
            format!("{name} has a {it} that is of no sweep: name another directory for --out")
        }));
    }
    let there = load(dir)?;
    let why = there.difference(manifest).or_else(|| {
        let part = |of: &Manifest| of.shard.map_or("all of it".into(), |it| format!("shard {it}"));
        let (a, b) = (part(&there), part(manifest));
        (a != b).then(|| format!("it has {a}, not {b}"))
    });
    Ok(why.map(|why| {
        format!(
            "{name} has another sweep: {why}; name another directory for --out, or remove that one"
        )
    }))
}

/// What a directory says of itself.
pub fn load(dir: &Path) -> anyhow::Result<Manifest> {
    let path = dir.join(MANIFEST);
    let text = fs::read_to_string(&path).with_context(|| {
        format!("{} is no directory of a sweep: {}", dir.display(), path.display())
    })?;
    let none = || format!("{} is no manifest of a sweep", path.display());
    let value: serde_json::Value = serde_json::from_str(&text).with_context(none)?;
    match value["rumormill_sweep"].as_u64() {
        Some(format) if format == u64::from(FORMAT) => {}
        Some(format) => {
            let ours = format!("this program reads format {FORMAT}");
            return Err(anyhow!("{} has the format {format}, but {ours}", path.display()));
        }
        None => return Err(anyhow!(none())),
    }
    let manifest: Manifest = serde_json::from_value(value).with_context(none)?;
    match manifest.axes.count() == Some(manifest.runs) {
        true => Ok(manifest),
        false => Err(anyhow!("{}: it has not as many runs as its grid", none())),
    }
}

/// The runs that are kept there, and how long their lines are.
pub fn read(dir: &Path, manifest: &Manifest) -> anyhow::Result<(BTreeMap<usize, Figures>, u64)> {
    let path = dir.join(RUNS);
    let bytes = match fs::read(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Vec::new(),
        bytes => bytes.with_context(|| format!("{} cannot be read", path.display()))?,
    };
    let len = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
    let mut done = BTreeMap::new();
    for (at, line) in bytes[..len].split_inclusive(|byte| *byte == b'\n').enumerate() {
        let wrong = || {
            format!("{} line {} is no run of this sweep: remove that line", path.display(), at + 1)
        };
        let line: Line = serde_json::from_slice(line).with_context(wrong)?;
        if !belongs(&line, manifest) || done.insert(line.index, line.figures).is_some() {
            return Err(anyhow!(wrong()));
        }
    }
    Ok((done, len as u64))
}

fn belongs(line: &Line, manifest: &Manifest) -> bool {
    line.index < manifest.runs
        && manifest.shard().has(line.index)
        && manifest.axes.values(line.index) == line.values
}

#[cfg(test)]
mod tests;
