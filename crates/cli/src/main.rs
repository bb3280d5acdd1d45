//! The command `rumormill`.

mod api;
mod args;
mod completions;
mod config_command;
mod logs;
mod node;
mod printed;
mod publish;
mod rate_limit;
mod signals;
mod sim;
mod state;
mod up;

use args::{Cli, Command};
use clap::Parser;
use std::process::ExitCode;

/// Simulated nodes are many small pieces of memory: with this allocator `sim` takes a fifth less time.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match logged(cli) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {}", sentence(&error));
            ExitCode::from(if error.is::<args::Usage>() { 2 } else { 1 })
        }
    }
}

fn logged(cli: Cli) -> anyhow::Result<ExitCode> {
    let logs = logs::start(cli.verbosity(), cli.log_format)?;
    let done = run(cli.command);
    logs.finish();
    done
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    // One thread a node: a hundred of them share a machine's cores, and each fits in little memory.
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build();
    match command {
        Command::Node(args) => runtime()?.block_on(node::run(args)),
        Command::Up(args) => runtime()?.block_on(up::run(args.resolve()?)),
        Command::State(args) => state::run(args),
        Command::Publish(args) => publish::run(&args),
        Command::Sim(args) => sim::run(args),
        Command::Config(args) => config_command::run(args),
        Command::Completions { shell } => completions::completions(&shell).map(done),
        Command::Man { dir } => completions::man(dir.as_deref()).map(done),
    }
}

fn done(_: ()) -> ExitCode {
    ExitCode::SUCCESS
}

/// The error with its causes. Some say theirs themselves.
fn sentence(error: &anyhow::Error) -> String {
    let mut said = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if said.is_empty() {
            said = cause;
        } else if !said.contains(&cause) {
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
        let cause = std::io::Error::other("no room");
        let error = Err::<(), _>(cause).context("can't write: no room; make some");
        assert_eq!(sentence(&error.unwrap_err()), "can't write: no room; make some");
    }
}
