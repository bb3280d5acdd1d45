//! `rumormill sim compare`: one scenario with several broadcasts.

use super::cores::{Turns, cores};
use super::given::Given;
use super::merge::merged;
use super::progress::Bars;
use super::run::Contender;
use super::told::Told;
use crate::args::Usage;
use clap::Args;
use rumormill_config::{Flag, Layers, LoadError};
use rumormill_node::BroadcastConfig;
use rumormill_sim::outcome::Outcome;
use rumormill_sim::run::RunError;
use rumormill_sim::scenario::Scenario;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Mutex;
use std::thread;

/// Arguments of `sim compare`.
#[derive(Args, Debug)]
pub struct CompareArgs {
    #[command(flatten)]
    given: Given,
    #[command(flatten)]
    told: Told,
    /// The broadcasts: names, with their defaults or what the scenario says of them, and files whose
    /// [node] takes the place of the scenario's. Repeatable
    #[arg(long, value_name = "NAME|FILE,…", value_delimiter = ',', required = true)]
    with: Vec<String>,
}

/// Runs all, on all cores.
pub fn run(args: &CompareArgs) -> anyhow::Result<ExitCode> {
    let scenario = args.given.scenario()?;
    let with: Result<Vec<Scenario>, _> =
        args.with.iter().map(|with| args.scenario_with(&scenario, with)).collect();
    let with = with?;
    let report = args.told.place(&[("scenario", Some(&args.given.file))])?;
    let contender = |((scenario, label), with): ((_, String), &String)| Contender {
        scenario,
        encode: args.given.encode,
        label,
        replay: args.given.command("compare", scenario).word("--with").word(with).to_string(),
    };
    let all = with.iter().zip(labels(&args.with)).zip(&args.with).map(contender);
    let outcomes = run_all(&all.collect::<Vec<_>>())?;
    args.told.tell(merged(outcomes), report)
}

impl CompareArgs {
    /// The scenario with that broadcast, or with the node of that file.
    fn scenario_with(&self, scenario: &Scenario, with: &str) -> anyhow::Result<Scenario> {
        let changed = match BroadcastConfig::NAMES.contains(&with) {
            true => {
                let flag = [Flag::new("--with", "node.broadcast", with)];
                // By its name alone it has its defaults, whatever the scenario says of it.
                let changed = |layers: Layers| layers.without("node.broadcast")?.flags(&flag);
                scenario.clone().with_node(changed)
            }
            false if !Path::new(with).exists() => return Err(nothing(with)),
            false => scenario.clone().with_node(|_| self.node_of(with)),
        };
        changed.map_err(|error| Usage(error.to_string()).into())
    }

    fn node_of(&self, file: &str) -> Result<Layers, LoadError> {
        Layers::default().read(Path::new(file))?.flags(&self.given.flags_of_node())
    }
}

fn nothing(with: &str) -> anyhow::Error {
    let names = BroadcastConfig::NAMES.join(", ");
    Usage(format!("--with: `{with}` is neither a broadcast ({names}) nor a file")).into()
}

/// What each is called: as it was named, a file without its directory; with a number if several would
/// be called so.
fn labels(with: &[String]) -> Vec<String> {
    let named = |with: &String| Path::new(with).file_name().map(|it| it.to_string_lossy().into());
    let names: Vec<String> =
        with.iter().map(|with| named(with).unwrap_or_else(|| with.clone())).collect();
    let numbered = |at: usize| {
        let same = |until: usize| names[..until].iter().filter(|it| **it == names[at]).count();
        match same(names.len()) {
            1 => names[at].clone(),
            _ => format!("{} #{}", names[at], same(at) + 1),
        }
    };
    (0..names.len()).map(numbered).collect()
}

/// Runs them beside each other; their outcomes are in their order. If one can't be run, none counts.
fn run_all(contenders: &[Contender<'_>]) -> Result<Vec<Outcome>, RunError> {
    let (turns, bars) = (Turns::new(contenders.len()), Bars::new());
    let done = Mutex::new(Vec::new());
    let work = || {
        while let Some(at) = turns.take() {
            let outcome = contenders[at].run(None, &bars);
            done.lock().expect("nobody panics while holding it").push((at, outcome));
        }
    };
    thread::scope(|scope| {
        for _ in 0..cores().min(contenders.len()) {
            scope.spawn(work);
        }
    });
    let mut done = done.into_inner().expect("nobody panics while holding it");
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, outcome)| outcome).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_named_twice_gets_a_number() {
        let with = ["flood", "x/a.toml", "flood", "b.toml", "y/b.toml"].map(String::from);
        let labels = labels(&with);
        assert_eq!(labels, ["flood #1", "a.toml", "flood #2", "b.toml #1", "b.toml #2"]);
    }
}
