//! The command line.

use clap::{Args, Parser, Subcommand};
use rumormill::Fanout;
use std::ffi::OsString;
use std::num::NonZeroU16;
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
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    verbose: u8,
    /// Say only what is wrong
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
}

impl Cli {
    /// How much to log: 0 only what is wrong, 1 what a person wants to know, more for the curious.
    pub fn verbosity(&self) -> u8 {
        match (self.quiet, &self.command) {
            (true, _) => 0,
            // The table shows what goes on.
            (false, Command::Up(_)) => self.verbose,
            (false, Command::Node(_)) => self.verbose + 1,
        }
    }
}

#[derive(Subcommand, Debug)]
pub enum Command {
    /// Start a network of nodes on this machine and show who likes which book
    #[command(
        after_help = "Examples:\n  rumormill up -n 8\n  rumormill up -n 100 --base-port 9000 --for 30s --json"
    )]
    Up(UpArgs),
    /// Run one node in the foreground
    #[command(
        after_help = "Examples:\n  rumormill node -p 7000\n  rumormill node -p 7001 -b 7000 --interval 2s"
    )]
    Node(NodeArgs),
}

/// Arguments of `up`.
#[derive(Args, Debug)]
pub struct UpArgs {
    /// How many nodes
    #[arg(short = 'n', long = "nodes", default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub nodes: u16,
    /// The first node's port; the others follow it
    #[arg(long, default_value_t = 7000, value_parser = clap::value_parser!(u16).range(1..))]
    pub base_port: u16,
    /// Stop after so long; without it, on Ctrl-C
    #[arg(long = "for", value_name = "DURATION", value_parser = lasts)]
    pub lasts: Option<Duration>,
    /// Print a final report as one line of JSON on stdout, and everything else on stderr
    #[arg(long)]
    pub json: bool,
    /// How each node behaves
    #[command(flatten)]
    pub behaviour: Behaviour,
}

/// Arguments of `node`.
#[derive(Args, Debug)]
pub struct NodeArgs {
    /// The port to listen on, which is the node's name
    #[arg(short, long, value_parser = clap::value_parser!(u16).range(1..))]
    pub port: u16,
    /// A node to start from: a port of this host, or host:port. Repeatable; none, or only ourselves,
    /// starts a network
    #[arg(short, long, value_name = "PORT|HOST:PORT", value_parser = bootstrap)]
    pub bootstrap: Vec<String>,
    /// The address to listen on
    #[arg(long, default_value = "127.0.0.1", value_name = "ADDR")]
    pub bind: String,
    /// Where others reach this node, if not where it listens
    #[arg(long, value_name = "HOST:PORT")]
    pub advertise: Option<String>,
    /// Where what must outlive the process is kept
    /// [default: $XDG_STATE_HOME/rumormill/<port>]
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Print where the node listens as one line of JSON
    #[arg(long)]
    pub json: bool,
    /// How the node behaves
    #[command(flatten)]
    pub behaviour: Behaviour,
    /// End when stdin is closed: how `up` keeps no orphans
    #[arg(long, hide = true)]
    pub end_with_stdin: bool,
    /// Remove the data directory at the end: how `up` leaves nothing behind
    #[arg(long, hide = true, requires = "data_dir")]
    pub remove_data: bool,
}

/// How a node behaves: the same for `node` and for all nodes of `up`.
#[derive(Args, Clone, Debug)]
pub struct Behaviour {
    /// About how often the node likes another book
    #[arg(long, default_value = "10s", value_name = "DURATION", value_parser = interval)]
    pub interval: Duration,
    /// To how many neighbours a message is sent, drawn at random, or `all`
    #[arg(long, default_value = "all", value_name = "N|all", value_parser = fanout)]
    pub fanout: Fanout,
    /// How many hops a message may take
    #[arg(long, default_value_t = 8, value_name = "HOPS")]
    pub ttl: u8,
    /// How many neighbours are used at a time
    #[arg(long, default_value = "8", value_name = "N")]
    pub max_peers: NonZeroU16,
    /// How often a node compares what it knows with a neighbour's, or `off`
    #[arg(long, default_value = "5s", value_name = "DURATION|off", value_parser = sync)]
    pub sync: Sync,
    /// Books to draw from, one `Title by Author` a line [default: a list of its own]
    #[arg(long, value_name = "FILE")]
    pub books: Option<PathBuf>,
    /// The network's name: nodes of others are refused
    #[arg(long, default_value = "rumormill", value_name = "NAME")]
    pub network: String,
}

/// How often to sync.
#[derive(Clone, Copy, Debug)]
pub struct Sync(pub Option<Duration>);

/// A fault of whoever typed the command: exit code 2.
#[derive(Debug)]
pub struct Usage(pub String);

impl std::fmt::Display for Usage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

impl Behaviour {
    /// The same as arguments, to hand to a child.
    pub fn to_args(&self) -> Vec<OsString> {
        let fanout = match self.fanout {
            Fanout::All => "all".into(),
            Fanout::Random(count) => count.to_string(),
        };
        let text = |span: Duration| humantime::format_duration(span).to_string();
        let sync = self.sync.0.map_or("off".into(), text);
        let pairs = [
            ("--interval", text(self.interval)),
            ("--fanout", fanout),
            ("--ttl", self.ttl.to_string()),
            ("--max-peers", self.max_peers.to_string()),
            ("--sync", sync),
            ("--network", self.network.clone()),
        ];
        let mut args: Vec<OsString> =
            pairs.into_iter().flat_map(|(name, value)| [name.into(), value.into()]).collect();
        if let Some(books) = &self.books {
            args.extend(["--books".into(), books.into()]);
        }
        args
    }
}

fn span(text: &str) -> Result<Duration, String> {
    humantime::parse_duration(text)
        .map_err(|error| format!("{error}; write it like 500ms, 10s or 2m"))
}

fn span_from(text: &str, least: Duration) -> Result<Duration, String> {
    let span = span(text)?;
    if span < least || span > Duration::from_secs(86_400) {
        let least = humantime::format_duration(least);
        return Err(format!("must be from {least} to 1day"));
    }
    Ok(span)
}

fn lasts(text: &str) -> Result<Duration, String> {
    span_from(text, Duration::ZERO)
}

fn interval(text: &str) -> Result<Duration, String> {
    span_from(text, Duration::from_millis(10))
}

fn sync(text: &str) -> Result<Sync, String> {
    match text {
        "off" => Ok(Sync(None)),
        text => span_from(text, Duration::from_millis(50)).map(|span| Sync(Some(span))),
    }
}

fn fanout(text: &str) -> Result<Fanout, String> {
    match text {
        "all" => Ok(Fanout::All),
        text => match text.parse() {
            Ok(count) => Ok(Fanout::Random(count)),
            Err(_) => Err("must be a number from 1 to 65535, or all".into()),
        },
    }
}

fn bootstrap(text: &str) -> Result<String, String> {
    let address = match text.parse::<u16>() {
        Ok(port) => format!("127.0.0.1:{port}"),
        Err(_) => text.to_owned(),
    };
    match rumormill_net::transport::http::Endpoint::parse(&address) {
        Some(_) => Ok(address),
        None => Err("must be a port from 1 to 65535, or host:port".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn node(args: &[&str]) -> Result<NodeArgs, clap::Error> {
        let all = ["rumormill", "node"].into_iter().chain(args.iter().copied());
        match Cli::try_parse_from(all)?.command {
            Command::Node(args) => Ok(args),
            Command::Up(_) => unreachable!("the command is node"),
        }
    }

    #[test]
    fn the_definition_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn behaviour_survives_being_handed_to_a_child() {
        let typed = ["-p", "7001", "--interval", "1500ms", "--fanout", "3", "--sync", "off"];
        let args = node(&typed).unwrap();
        let again: Vec<String> =
            args.behaviour.to_args().into_iter().map(|arg| arg.into_string().unwrap()).collect();
        let mut typed = vec!["-p", "7001"];
        typed.extend(again.iter().map(String::as_str));
        assert_eq!(format!("{:?}", node(&typed).unwrap()), format!("{args:?}"));
    }

    #[test]
    fn a_bare_port_is_on_this_host() {
        let args = node(&["-p", "7001", "-b", "7000", "-b", "example.org:80"]).unwrap();
        assert_eq!(args.bootstrap, ["127.0.0.1:7000", "example.org:80"]);
    }

    #[test]
    fn spans_parse_with_and_without_a_space() {
        assert_eq!(span("10s"), span("10 s"));
        assert!(span("10").is_err());
    }

    #[test]
    fn what_is_out_of_bounds_is_refused() {
        for bad in [
            &["-p", "0"][..],
            &["-p", "65536"],
            &["-p", "7001", "-b", "0"],
            &["-p", "7001", "-b", "nonsense"],
            &["-p", "7001", "--fanout", "0"],
            &["-p", "7001", "--ttl", "256"],
            &["-p", "7001", "--max-peers", "0"],
            &["-p", "7001", "--interval", "0s"],
            &["-p", "7001", "--sync", "1ms"],
        ] {
            assert!(node(bad).is_err(), "{bad:?}");
        }
    }
}
