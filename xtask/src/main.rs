//! Chores of this repository that cargo has no command for. `cargo xtask` lists them.

mod tidy;

use anyhow::Result;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo xtask <command>

commands:
  tidy             check the house rules: who imports whom, nondeterminism, sizes, marks
  tidy --ratchet   the same, and lower the record of sizes in xtask/tidy.toml to what is measured

Exit code: 0 ok, 1 findings, 2 wrong usage. Example: cargo xtask tidy";

/// What the command line asks for.
#[derive(Debug, PartialEq)]
enum Task {
    Help,
    Tidy { lower_record: bool },
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match parse(&arguments) {
        Ok(task) => finish(perform(task)),
        Err(complaint) => {
            eprintln!("{complaint}\n\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn parse(arguments: &[String]) -> Result<Task, String> {
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words[..] {
        [] => Err("say which command to run".into()),
        ["help" | "-h" | "--help"] | [_, "-h" | "--help"] => Ok(Task::Help),
        ["tidy"] => Ok(Task::Tidy { lower_record: false }),
        ["tidy", "--ratchet"] => Ok(Task::Tidy { lower_record: true }),
        ["tidy", ..] => Err(format!("`tidy` does not take `{}`", words[1..].join(" "))),
        [other, ..] => Err(format!("there is no command `{other}`")),
    }
}

/// Runs a task; true if it found nothing to complain of.
fn perform(task: Task) -> Result<bool> {
    match task {
        Task::Help => println!("{USAGE}"),
        Task::Tidy { lower_record } => {
            let report = tidy::run(&root(), lower_record)?;
            print!("{report}");
            return Ok(report.is_clean());
        }
    }
    Ok(true)
}

fn finish(outcome: Result<bool>) -> ExitCode {
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The repository: cargo says where this crate is, also when called from a folder below.
fn root() -> PathBuf {
    let crate_folder = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    crate_folder.as_deref().and_then(Path::parent).unwrap_or(Path::new(".")).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Task, String> {
        let arguments: Vec<String> = line.split_whitespace().map(String::from).collect();
        parse(&arguments)
    }

    #[test]
    fn commands() {
        assert_eq!(parsed("tidy"), Ok(Task::Tidy { lower_record: false }));
        assert_eq!(parsed("tidy --ratchet"), Ok(Task::Tidy { lower_record: true }));
        assert_eq!(parsed("--help"), Ok(Task::Help));
        assert_eq!(parsed("tidy --help"), Ok(Task::Help));
    }

    #[test]
    fn wrong_usage_is_named() {
        assert_eq!(parsed(""), Err("say which command to run".into()));
        assert_eq!(parsed("tydi"), Err("there is no command `tydi`".into()));
        assert_eq!(parsed("tidy --fix"), Err("`tidy` does not take `--fix`".into()));
    }
}
