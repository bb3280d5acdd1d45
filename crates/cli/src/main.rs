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
            eprintln!("error: {error:#}");
            ExitCode::from(if error.is::<args::Usage>() { 2 } else { 1 })
        }
    }
}
