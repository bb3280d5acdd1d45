//! What is to be run: the scenario of each point of the grid.

use super::manifest::{FORMAT, Manifest, hash};
use super::shard::Shard;
use super::vary::RUNS_MAX;
use crate::args::Usage;
use crate::sim::command::Command;
use crate::sim::cores::{Turns, cores};
use crate::sim::given::{Given, named};
use crate::sim::progress::Whole;
use rumormill_config::{Flag, LoadError, name_of, read_text};
use rumormill_sim::report::sweep::{Axes, Axis, Figures, SEED};
use rumormill_sim::run::{self, Options};
use rumormill_sim::scenario::{Scenario, Source};
use std::collections::BTreeMap;
use std::io;
use std::sync::Mutex;
use std::thread;

/// The greatest seed that a scenario may have.
const SEED_MAX: u64 = (1 << 53) - 1;

/// The setting of `--nodes`.
const NODES: &str = "network.nodes";

/// A scenario and the grid that it is run over. It is sound: each point can be run.
pub struct Plan {
    given: Given,
    name: String,
    text: String,
    axes: Axes,
    runs: usize,
    files: Files,
}

/// The files that the scenario names, read once.
#[derive(Default)]
struct Files(Mutex<BTreeMap<String, String>>);

impl Files {
    fn read(&self, name: &str) -> io::Result<String> {
        let mut known = self.0.lock().expect("nobody panics while holding it");
        if let Some(text) = known.get(name) {
            return Ok(text.clone());
        }
        let text = named(name)?;
        known.insert(name.into(), text.clone());
        Ok(text)
    }
}

impl Plan {
    /// Reads the scenario and looks at each point, before any is run. What is wrong is wrong usage.
    pub fn new(given: &Given, vary: &[Axis], seeds: Option<usize>) -> anyhow::Result<Plan> {
        let usage = |error: LoadError| Usage(error.to_string());
        let text = read_text(&given.file).map_err(usage)?;
        let mut plan = Plan {
            given: given.clone(),
            name: name_of(&given.file),
            text,
            axes: Axes(vary.to_vec()),
            runs: 0,
            files: Files::default(),
        };
        plan.check_axes(seeds)?;
        plan.count()?;
        if let Some(seeds) = seeds {
            let first = plan.scenario(0).map_err(usage)?.seed;
            let values = (0..seeds as u64).map(|seed| (first + seed).to_string()).collect();
            plan.axes.0.push(Axis { path: SEED.into(), values });
            plan.count()?;
        }
        plan.check()?;
        Ok(plan)
    }

    /// Nothing may be said twice: one of both would count for nothing.
    fn check_axes(&self, seeds: Option<usize>) -> Result<(), Usage> {
        let Given { seed, nodes, set, .. } = &self.given;
        for (at, Axis { path, .. }) in self.axes.0.iter().enumerate() {
            let twice = self.axes.0[..at].iter().any(|axis| axis.path == *path);
            let is_set = set.iter().any(|(set, _)| set == path);
            let other = match path.as_str() {
                _ if twice => "another --vary",
                _ if is_set => "--set",
                SEED if seed.is_some() => "--seed",
                SEED if seeds.is_some() => "--seeds",
                NODES if nodes.is_some() => "--nodes",
                _ => continue,
            };
            return Err(Usage(format!(
                "--vary {path} and {other} contradict each other: leave one out"
            )));
        }
        Ok(())
    }

    fn count(&mut self) -> Result<(), Usage> {
        match self.axes.count() {
            Some(runs) if runs <= RUNS_MAX => {
                self.runs = runs;
                Ok(())
            }
            runs => {
                let runs = runs.map_or("too many".into(), |runs| runs.to_string());
                let most = format!("there may be {RUNS_MAX}: take fewer values or axes");
                Err(Usage(format!("the grid has {runs} points, but {most}")))
            }
        }
    }

    /// Makes each point's scenario, on all cores; says what is wrong with the first that there is none of.
    fn check(&self) -> Result<(), Usage> {
        let (turns, bar) = (Turns::new(self.runs), Whole::new(self.runs, "checking"));
        let wrong: Mutex<BTreeMap<usize, LoadError>> = Mutex::default();
        let look = || {
            while let Some(run) = turns.take() {
                if self.is_told_apart(run)
                    && let Err(error) = self.scenario(run)
                {
                    wrong.lock().expect("nobody panics while holding it").insert(run, error);
                    return;
                }
                bar.advance();
            }
        };
        thread::scope(|scope| {
            for _ in 0..cores().min(self.runs) {
                scope.spawn(look);
            }
        });
        drop(bar);
        let wrong = wrong.into_inner().expect("nobody panics while holding it");
        match wrong.into_iter().next() {
            None => Ok(()),
            Some((run, error)) => Err(self.unsound(run, &error)),
        }
    }

    /// Whether a point is sound may depend on anything but which seed it has, as long as that is one.
    fn is_told_apart(&self, run: usize) -> bool {
        let is_seed = |value: &str| value.parse::<u64>().is_ok_and(|seed| seed <= SEED_MAX);
        let mut places = self.axes.0.iter().zip(self.axes.places(run));
        places.all(|(axis, place)| axis.path != SEED || place == 0 || !is_seed(&axis.values[place]))
    }

    fn unsound(&self, run: usize, error: &LoadError) -> Usage {
        let said = error.to_string();
        // What is said of one value needs no others.
        let names_it = said.starts_with("--vary") && self.axes.0.len() == 1;
        let point = || {
            let values = self.axes.0.iter().zip(self.axes.values(run));
            let values = values.map(|(axis, value)| format!("{}={value}", axis.path));
            values.collect::<Vec<_>>().join(" ")
        };
        Usage(if names_it { said } else { format!("{said} (with {})", point()) })
    }

    /// The scenario of a point.
    fn scenario(&self, run: usize) -> Result<Scenario, LoadError> {
        let varied = self.axes.0.iter().zip(self.axes.values(run));
        let varied = varied.map(|(axis, value)| Flag::new("--vary", axis.path.clone(), value));
        let flags: Vec<Flag> = self.given.flags().into_iter().chain(varied).collect();
        let files = |name: &str| self.files.read(name);
        Scenario::read(&Source { name: &self.name, text: &self.text, flags: &flags, files: &files })
    }

    /// Runs a point.
    pub fn run(&self, run: usize) -> Figures {
        let scenario = match self.scenario(run) {
            Ok(scenario) => scenario,
            Err(error) => return Figures::failed(error.to_string()),
        };
        let options = Options { encode: self.given.encode, ..Options::default() };
        match run::run(&scenario, options) {
            Ok(outcome) => Figures::of(&outcome),
            Err(error) => Figures::failed(error.to_string()),
        }
    }

    /// All that decides the runs.
    pub fn manifest(&self, shard: Option<Shard>) -> anyhow::Result<Manifest> {
        let scenario = self.scenario(0).map_err(|error| Usage(error.to_string()))?;
        let files = self.files.0.lock().expect("nobody panics while holding it");
        let seed = self.given.seed.iter().flat_map(|seed| ["--seed".into(), seed.clone()]);
        Ok(Manifest {
            rumormill_sweep: FORMAT,
            version: env!("CARGO_PKG_VERSION").into(),
            name: scenario.name,
            file: self.given.file.display().to_string(),
            scenario: self.text.clone(),
            scenario_hash: hash(&self.text),
            files: files.iter().map(|(name, text)| (name.clone(), hash(text))).collect(),
            axes: self.axes.clone(),
            flags: seed.chain(self.given.differences()).collect(),
            runs: self.runs,
            shard: shard.filter(|shard| shard.of > 1),
        })
    }
}

/// The command that runs one run of a sweep again, with its log.
pub fn replay(manifest: &Manifest, run: usize) -> String {
    let mut command = Command::new(["rumormill", "sim", "run"]);
    command.path(manifest.file.as_ref());
    manifest.flags.iter().for_each(|word| _ = command.word(word));
    for (axis, value) in manifest.axes.0.iter().zip(manifest.axes.values(run)) {
        match axis.path.as_str() {
            SEED => command.word("--seed").word(value),
            NODES => command.word("--nodes").word(value),
            path => command.word("--set").word(&format!("{path}={value}")),
        };
    }
    command.word("--log").word("run.ndjson").to_string()
}
