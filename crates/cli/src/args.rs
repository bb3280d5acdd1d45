//! The command line.

mod flags;
#[cfg(test)]
mod tests;
pub mod values;

pub use flags::{Behaviour, Flags, NodeFlags, below_flags};

use crate::config_command::ConfigArgs;
use crate::publish::PublishArgs;
use crate::sim::SimArgs;
use crate::state::StateArgs;
use clap::{Args, Parser, Subcommand, ValueEnum};
use rumormill_config::{Layers, LoadError};
use std::path::PathBuf;
use std::time::Duration;

/// Gossip: find peers, spread messages, keep shared state.
#[derive(Parser, Debug)]
#[command(
    name = "rumormill",
    version,
    after_help = "Examples:\n  rumormill up\n  rumormill node -p 7001 -b 7000"
)]
pub struct Cli {
    /// What to do
    #[command(subcommand)]
    pub command: Command,
    /// Say more: -v what happens inside, -vv everything. RUST_LOG overrides it
    #[arg(short, long, global = true, help_heading = "What is logged", action = clap::ArgAction::Count)]
    verbose: u8,
    /// Say only what is wrong
    #[arg(short, long, global = true, help_heading = "What is logged", conflicts_with = "verbose")]
    quiet: bool,
    /// How the log on stderr is written: lines for people, or a JSON object a line
    #[arg(
        long,
        global = true,
        help_heading = "What is logged",
        value_name = "FORMAT",
        default_value = "text"
    )]
    pub log_format: LogFormat,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    Text,
    Json,
}

impl Cli {
    /// How much to log: 0 only what is wrong, 1 what a person wants to know, more for the curious.
    pub fn verbosity(&self) -> u8 {
        match (self.quiet, &self.command) {
            (true, _) => 0,
            (false, Command::Node(_)) => self.verbose + 1,
            // The table shows what goes on; the others say it.
            (false, _) => self.verbose,
        }
    }
}

#[derive(Subcommand, Debug)]
pub enum Command {
    /// Start a network of nodes on this machine and show who likes which book
    #[command(
        after_help = "Examples:\n  rumormill up -n 8\n  rumormill up -n 100 --base-port 9000 --for 30s --json\n  \
                      rumormill up --for 20s --kill 3"
    )]
    Up(UpArgs),
    /// Run one node in the foreground
    #[command(
        after_help = "Examples:\n  rumormill node -p 7000\n  rumormill node -p 7001 -b 7000 --interval 2s\n  \
                      rumormill node --config node.toml"
    )]
    Node(NodeArgs),
    /// Read, change and watch the shared state of a running node's network
    #[command(
        after_help = "Examples:\n  rumormill state get\n  rumormill state set book \"Emma by Jane Austen\""
    )]
    State(StateArgs),
    /// Publish a message on a topic, through a running node
    #[command(
        after_help = "Examples:\n  rumormill publish news \"the mill is open\"\n  rumormill publish news - < file"
    )]
    Publish(PublishArgs),
    /// Run networks of any size in virtual time: same seed, same run
    #[command(
        after_help = "Examples:\n  rumormill sim run scenarios/books-100.toml --report books.html\n  \
                      rumormill sim compare scenarios/flood-1k.toml --with flood,scenarios/fanout-1k.toml"
    )]
    Sim(SimArgs),
    /// Show all settings, or check files of them
    #[command(
        after_help = "Examples:\n  rumormill config print > node.toml\n  rumormill config check node.toml"
    )]
    Config(ConfigArgs),
    /// Print a script that completes commands and flags
    #[command(
        after_help = "Examples:\n  rumormill completions bash > ~/.local/share/bash-completion/completions/rumormill\n  \
                      rumormill completions fish > ~/.config/fish/completions/rumormill.fish"
    )]
    Completions {
        /// For which shell
        #[arg(value_parser = clap::builder::PossibleValuesParser::new(["bash", "zsh", "fish"]))]
        shell: String,
    },
    /// Print the manual page, or write one a command into a directory
    #[command(
        after_help = "Examples:\n  rumormill man | man -l -\n  rumormill man --dir ~/.local/share/man/man1"
    )]
    Man {
        /// Write the pages of all commands there
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
    },
}

/// The longest `--for` of `up`.
const LASTS_MAX: Duration = Duration::from_secs(86_400);

/// Arguments of `up`.
#[derive(Args, Debug)]
pub struct UpArgs {
    /// How many nodes
    #[arg(short = 'n', long = "nodes", value_name = "N", default_value_t = 8,
        value_parser = |text: &str| values::whole(text, 1..=1000))]
    pub nodes: u16,
    /// The first node's port; the others follow it
    #[arg(long, value_name = "PORT", default_value_t = 7000,
        value_parser = |text: &str| values::whole(text, 1..=u16::MAX))]
    pub base_port: u16,
    /// Stop after so long; without it, on Ctrl-C
    #[arg(long = "for", value_name = "DURATION",
        value_parser = |text: &str| values::span(text, LASTS_MAX))]
    pub lasts: Option<Duration>,
    /// Kill so many random nodes half-way through --for, as a crash would; the others must still agree
    #[arg(long, value_name = "N", requires = "lasts",
        value_parser = |text: &str| values::whole(text, 1..=999))]
    pub kill: Option<u16>,
    /// Print a final report as one line of JSON on stdout, and everything else on stderr
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub flags: Flags,
    /// How each node behaves, after flags, environment and file: [`UpArgs::resolve`] sets it.
    #[arg(skip)]
    pub behaviour: Behaviour,
}

impl UpArgs {
    /// Settles how each node behaves.
    pub fn resolve(mut self) -> anyhow::Result<UpArgs> {
        self.behaviour = Behaviour::of(&self.flags.layers(&[])?);
        Ok(self)
    }
}

/// Arguments of `node`.
#[derive(Args, Debug)]
pub struct NodeArgs {
    #[command(flatten)]
    pub own: NodeFlags,
    /// Print where the node listens as one line of JSON
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub flags: Flags,
    /// Settings as TOML, instead of a file and the environment: how `up` tells its nodes
    #[arg(long, hide = true, conflicts_with = "config")]
    pub settings: Option<String>,
    /// End when stdin is closed: how `up` keeps no orphans
    #[arg(long, hide = true)]
    pub end_with_stdin: bool,
    /// Remove the data directory at the end: how `up` leaves nothing behind
    #[arg(long, hide = true, requires = "data_dir")]
    pub remove_data: bool,
}

impl NodeArgs {
    /// All settings of the node.
    pub fn layers(&self) -> anyhow::Result<Layers> {
        let own = self.own.given();
        match &self.settings {
            None => self.flags.layers(&own),
            Some(text) => {
                let layers = Layers::default().file("--settings", text).map_err(fault)?;
                layers.flags(&own).map_err(fault)
            }
        }
    }
}

/// A fault of whoever typed the command: exit code 2.
#[derive(Debug)]
pub struct Usage(pub String);

impl std::fmt::Display for Usage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

/// A wrong flag is wrong usage, a wrong file or variable a failure.
pub fn fault(error: LoadError) -> anyhow::Error {
    match error.is_of_flags() {
        true => Usage(error.to_string()).into(),
        false => error.into(),
    }
}
