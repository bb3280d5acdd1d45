//! What shells and `man` know of the command.

use crate::args::Cli;
use crate::printed::print;
use anyhow::Context;
use clap::{Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;
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
    let mut command = Cli::command().disable_help_subcommand(true);
    let Some(dir) = dir else { return Ok(print(&page(&Man::new(command))?)?) };
    // Tells each command below what stands above it.
    command.build();
    let fault = || format!("cannot write manual pages into {}", dir.display());
    std::fs::create_dir_all(dir).with_context(fault)?;
    write_pages(&command, dir).with_context(fault)
}

/// The page of a command, and those of the commands below it.
fn write_pages(command: &Command, dir: &Path) -> std::io::Result<()> {
    let man = Man::new(command.clone());
    std::fs::write(dir.join(man.get_filename()), page(&man)?)?;
    command.get_subcommands().try_for_each(|below| write_pages(below, dir))
}

fn page(man: &Man) -> std::io::Result<String> {
    let mut page = Vec::new();
    man.render(&mut page)?;
    // What follows the options are examples, which `man` has a section for.
    Ok(String::from_utf8_lossy(&page).replace(".SH EXTRA\nExamples:\n", ".SH EXAMPLES\n.nf\n"))
}
