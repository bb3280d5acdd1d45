//! What shells and `man` know of the command.

use crate::args::Cli;
use crate::printed::print;
use anyhow::Context;
use clap::CommandFactory;
use clap_complete::Shell;
use std::path::Path;

/// Prints what completes commands and flags in that shell.
pub fn completions(shell: &str) -> anyhow::Result<()> {
    let shell: Shell = shell.parse().map_err(anyhow::Error::msg)?;
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "rumormill", &mut script);
    Ok(print(&String::from_utf8_lossy(&script))?)
}

/// Prints the manual page, or writes those of all commands into a directory.
pub fn man(dir: Option<&Path>) -> anyhow::Result<()> {
    let Some(dir) = dir else {
        let mut page = Vec::new();
        clap_mangen::Man::new(Cli::command()).render(&mut page)?;
        return Ok(print(&String::from_utf8_lossy(&page))?);
    };
    let fault = || format!("cannot write manual pages into {}", dir.display());
    std::fs::create_dir_all(dir).with_context(fault)?;
    clap_mangen::generate_to(Cli::command().disable_help_subcommand(true), dir).with_context(fault)
}
