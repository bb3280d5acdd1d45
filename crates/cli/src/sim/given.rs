//! The scenario that a command line means.

use super::command::Command;
use crate::args::Usage;
use clap::Args;
use rumormill_config::{Flag, LoadError, name_of, read_text};
use rumormill_sim::scenario::{Scenario, Source};
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

/// The largest file that a scenario may name: an edge list, a trace.
const NAMED_BYTES_MAX: u64 = 1 << 30;

/// What `--no-checks` switches off.
const CHECKS: [&str; 5] =
    ["check.published", "check.once", "check.versions", "check.bounds", "check.agree"];

/// Which scenario, and what is to be different in it.
#[derive(Args, Clone, Debug)]
pub struct Given {
    /// The scenario, a TOML file; - is stdin. Files that it names are looked for where the command is
    /// run
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Draw from another seed than the scenario's
    #[arg(long, value_name = "N")]
    pub seed: Option<String>,
    /// Run so many nodes instead of the scenario's
    #[arg(long, value_name = "N")]
    pub nodes: Option<String>,
    /// Set anything that stands in the scenario; fault[0].at is in the first item of a list. Repeatable;
    /// what comes later counts more
    #[arg(long, value_name = "PATH=VALUE", value_parser = assignment)]
    pub set: Vec<(String, String)>,
    /// Really write and read back every message, as a network would
    #[arg(long)]
    pub encode: bool,
    /// Check no promises, and so never end early
    #[arg(long)]
    no_checks: bool,
}

/// A path and what is to stand there.
pub fn assignment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((path, value)) if !path.trim().is_empty() => {
            Ok((path.trim().into(), value.trim().into()))
        }
        _ => Err("write it like network.loss=0.01".into()),
    }
}

impl Given {
    /// Reads it. What is wrong with it is wrong usage.
    pub fn scenario(&self) -> anyhow::Result<Scenario> {
        self.read().map_err(|error| Usage(error.to_string()).into())
    }

    fn read(&self) -> Result<Scenario, LoadError> {
        let (name, text) = (name_of(&self.file), read_text(&self.file)?);
        let flags = self.flags();
        Scenario::read(&Source { name: &name, text: &text, flags: &flags, files: &named })
    }

    /// What is set by flags, of the node or beside it. Those that have a name of their own count most.
    pub fn flags(&self) -> Vec<Flag> {
        let set = self.set.iter().map(|(path, value)| Flag::new("--set", path.clone(), value));
        let named = [("--seed", "seed", &self.seed), ("--nodes", "network.nodes", &self.nodes)];
        let named = named
            .into_iter()
            .filter_map(|(name, path, value)| Some(Flag::new(name, path, value.as_ref()?)));
        let checks = CHECKS.iter().filter(|_| self.no_checks);
        let checks = checks.map(|path| Flag::new("--no-checks", *path, "false"));
        set.chain(named).chain(checks).collect()
    }

    /// Those of the node.
    pub fn flags_of_node(&self) -> Vec<Flag> {
        let flags = self.flags().into_iter();
        flags.filter(|flag| flag.path().starts_with("node.")).collect()
    }

    /// A command that is about the same scenario, with the same seed and all that is different.
    pub fn command(&self, what: &str, scenario: &Scenario) -> Command {
        let mut command = Command::new(["rumormill", "sim", what]);
        command.path(&self.file).word("--seed").word(&scenario.seed.to_string());
        self.differences().iter().for_each(|word| _ = command.word(word));
        command
    }

    /// The words of all that is different but the seed.
    pub fn differences(&self) -> Vec<String> {
        let nodes = self.nodes.iter().flat_map(|nodes| ["--nodes".into(), nodes.clone()]);
        let set = |(path, value): &(String, String)| ["--set".into(), format!("{path}={value}")];
        let switches = [("--encode", self.encode), ("--no-checks", self.no_checks)];
        let switches = switches.into_iter().filter(|(_, is_given)| *is_given);
        let switches = switches.map(|(flag, _)| flag.to_string());
        nodes.chain(self.set.iter().flat_map(set)).chain(switches).collect()
    }
}

/// A file that the scenario names.
pub fn named(file: &str) -> io::Result<String> {
    let mut bytes = Vec::new();
    File::open(file)?.take(NAMED_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > NAMED_BYTES_MAX {
        return Err(io::Error::other("it is larger than 1 GiB"));
    }
    String::from_utf8(bytes).map_err(|_| io::Error::other("it is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(set: &[(&str, &str)]) -> Given {
        let set = set.iter().map(|(path, value)| ((*path).into(), (*value).into())).collect();
        let (seed, nodes) = (Some("9".into()), Some("12".into()));
        let file = "it's here.toml".into();
        Given { file, seed, nodes, set, encode: true, no_checks: true }
    }

    fn scenario(given: &Given) -> Result<Scenario, LoadError> {
        let flags = given.flags();
        let source = Source { name: "a.toml", text: "", flags: &flags, files: &named };
        Scenario::read(&source)
    }

    #[test]
    fn flags_change_the_scenario() {
        let given = given(&[("network.loss", "0.25"), ("node.broadcast.flood.fanout", "3")]);
        let scenario = scenario(&given).unwrap();
        assert_eq!((scenario.seed, scenario.network.nodes), (9, 12));
        assert!(!scenario.checks.once && !scenario.checks.agree);
        assert_eq!(format!("{:?}", scenario.network.loss), "Uniform(0.25)");
        assert!(format!("{:?}", scenario.node.broadcast).contains("Random(3)"));
    }

    #[test]
    fn every_check_can_be_switched_off() {
        let off = scenario(&given(&[])).unwrap().checks;
        let on: Vec<String> = format!("{off:?}")
            .split(", ")
            .filter(|it| it.contains("true"))
            .map(Into::into)
            .collect();
        assert!(on.is_empty(), "--no-checks leaves {on:?} on: add it to CHECKS");
    }

    #[test]
    fn wrong_flags_are_explained() {
        let said = |path, value| scenario(&given(&[(path, value)])).unwrap_err().to_string();
        for (path, meant) in [
            ("node.fanout", "node.broadcast.flood.fanout"),
            ("network.los", "network.loss"),
            ("sed", "seed"),
        ] {
            let hint = format!("--set: {path} is no setting; did you mean `{meant}`?");
            assert_eq!(said(path, "3"), hint);
        }
        assert_eq!(
            said("network.loss", "2"),
            "--set: network.loss is 2, but must be a number, at least 0 and below 1"
        );
        assert!(assignment("network.loss").is_err() && assignment("=3").is_err());
        assert_eq!(assignment("a.b = c=d"), Ok(("a.b".into(), "c=d".into())));
    }

    #[test]
    fn a_command_says_all_that_is_different() {
        let given = given(&[("network.loss", "{ uniform = 0.1 }")]);
        let command = given.command("run", &scenario(&given).unwrap()).to_string();
        assert_eq!(
            command,
            "rumormill sim run 'it'\\''s here.toml' --seed 9 --nodes 12 --set \
             'network.loss={ uniform = 0.1 }' --encode --no-checks"
        );
    }
}
