//! The command `rumormill`.

mod args;
mod logs;
mod node;
mod signals;
mod up;

use args::{Cli, Command};
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    logs::start(cli.verbosity());
    // One thread a node: a hundred of them share a machine's cores, and each fits in little memory.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let done = runtime.map_err(anyhow::Error::from).and_then(|runtime| match cli.command {
        Command::Node(args) => runtime.block_on(node::run(args)),
        Command::Up(args) => runtime.block_on(up::run(args)),
    });
    match done {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {}", sentence(&error));
            ExitCode::from(if error.is::<args::Usage>() { 2 } else { 1 })
        }
    }
}

/// The error with its causes. Some say theirs themselves.
fn sentence(error: &anyhow::Error) -> String {
    let mut said = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if said.is_empty() {
            said = cause;
        } else if !said.ends_with(&cause) {
            said = format!("{said}: {cause}");
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context;

    #[test]
    fn an_error_says_each_cause_once() {
        let cause = std::io::Error::other("no room");
        let error = Err::<(), _>(cause).context("can't write: no room").context("can't start");
        assert_eq!(sentence(&error.unwrap_err()), "can't start: can't write: no room");
    }
}
