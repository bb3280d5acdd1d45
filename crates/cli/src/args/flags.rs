//! Flags that set what a file can set, too. They have no defaults here: a flag that is not given must
//! not override a file. What help says of defaults is what the settings say.

use super::{Usage, fault};
use clap::Args;
use clap::builder::PossibleValuesParser;
use rumormill_config::{Flag, Layers, Origin, known};
use rumormill_node::{BroadcastConfig, DiscoveryConfig, TransportConfig};
use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

/// The settings that one node has for itself; `up` chooses them for each of its nodes.
const OF_ONE_NODE: [&str; 5] =
    ["node.port", "node.bind", "node.advertise", "node.bootstrap", "node.data_dir"];

/// How a node behaves: the same for `node` and for all nodes of `up`.
#[derive(Args, Clone, Debug, Default)]
pub struct Flags {
    /// A TOML file whose `[node]` table has settings, or - for stdin: see `rumormill config print`.
    /// Variables such as RUMORMILL_NODE__NETWORK override it, and flags override those
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(TransportConfig::NAMES),
        help = described("How nodes talk", "node.transport"))]
    transport: Option<String>,
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(DiscoveryConfig::NAMES),
        help = described("How a node finds others", "node.discovery"))]
    discovery: Option<String>,
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(BroadcastConfig::NAMES),
        help = described("How a node spreads what is new", "node.broadcast"))]
    broadcast: Option<String>,
    #[arg(long, value_name = "DURATION|off",
        help = described("About how often the node likes another book, or `off`", "node.books.interval"))]
    interval: Option<String>,
    #[arg(long, value_name = "N|all",
        help = described("To how many neighbours a message is sent, drawn at random, or `all`", "node.broadcast.flood.fanout"))]
    fanout: Option<String>,
    #[arg(long, value_name = "HOPS",
        help = described("How many hops a message may take", "node.broadcast.flood.ttl"))]
    ttl: Option<String>,
    #[arg(long, value_name = "N",
        help = described("How many neighbours are used at a time", "node.discovery.peer-list.neighbours_max"))]
    max_peers: Option<String>,
    #[arg(long, value_name = "DURATION|off",
        help = described("How often a node compares what it knows with a neighbour's, or `off`", "node.state.registers.sync_interval"))]
    sync: Option<String>,
    /// Books to draw from, one `Title by Author` a line [default: a list of its own]
    #[arg(long, value_name = "FILE")]
    books: Option<String>,
    #[arg(long, value_name = "NAME",
        help = described("The network's name: nodes of others are refused", "node.network"))]
    network: Option<String>,
}

/// Where a node is.
#[derive(Args, Clone, Debug, Default)]
pub struct NodeFlags {
    /// The port to listen on, which is the node's name. Needed, here, in the file or in the environment
    #[arg(short, long)]
    port: Option<String>,
    /// A node to start from: a port of this host, or host:port. Repeatable; none, or only ourselves,
    /// starts a network
    #[arg(short, long, value_name = "PORT|HOST:PORT")]
    bootstrap: Vec<String>,
    #[arg(long, value_name = "ADDR", help = described("The address to listen on", "node.bind"))]
    bind: Option<String>,
    /// Where others reach this node, if not where it listens
    #[arg(long, value_name = "HOST:PORT")]
    advertise: Option<String>,
    /// Where what must outlive the process is kept
    /// [default: $XDG_STATE_HOME/rumormill/<port>]
    #[arg(long, value_name = "DIR")]
    data_dir: Option<String>,
}

/// A help text with the setting's default.
fn described(text: &str, path: &str) -> String {
    let default = known(path).and_then(|known| known.default()).unwrap_or_default();
    format!("{text} [default: {}]", default.trim_matches('"'))
}

fn flag(name: &'static str, path: &'static str, value: &Option<String>) -> Option<Flag> {
    value.as_ref().map(|value| Flag::new(name, path, value))
}

impl NodeFlags {
    /// Those that were given.
    pub fn given(&self) -> Vec<Flag> {
        let single = [
            flag("--port", "node.port", &self.port),
            flag("--bind", "node.bind", &self.bind),
            flag("--advertise", "node.advertise", &self.advertise),
            flag("--data-dir", "node.data_dir", &self.data_dir),
        ];
        let bootstrap = Flag::list("--bootstrap", "node.bootstrap", &self.bootstrap);
        let bootstrap = (!self.bootstrap.is_empty()).then_some(bootstrap);
        single.into_iter().chain([bootstrap]).flatten().collect()
    }
}

impl Flags {
    fn given(&self) -> Vec<Flag> {
        let all = [
            flag("--transport", "node.transport", &self.transport),
            flag("--discovery", "node.discovery", &self.discovery),
            flag("--broadcast", "node.broadcast", &self.broadcast),
            flag("--interval", "node.books.interval", &self.interval),
            flag("--fanout", "node.broadcast.*.fanout", &self.fanout),
            flag("--ttl", "node.broadcast.*.ttl", &self.ttl),
            flag("--max-peers", "node.discovery.*.neighbours_max", &self.max_peers),
            flag("--sync", "node.state.*.sync_interval", &self.sync),
            flag("--books", "node.books.file", &self.books),
            flag("--network", "node.network", &self.network),
        ];
        all.into_iter().flatten().collect()
    }

    /// The settings of file and environment, these flags and `others`.
    pub fn layers(&self, others: &[Flag]) -> anyhow::Result<Layers> {
        let flags = [self.given(), others.to_vec()].concat();
        let layers = below_flags(self.config.as_ref())?.flags(&flags).map_err(fault)?;
        match self.books.is_some() && layers.config().books.interval.is_none() {
            true => Err(unread_books(&layers).into()),
            false => Ok(layers),
        }
    }
}

/// Books to draw from, for a node that draws none.
fn unread_books(layers: &Layers) -> Usage {
    let off = match layers.origin("node.books.interval") {
        Some(Origin::Flag(_)) | None => "--interval off".into(),
        Some(elsewhere) => format!("interval = \"off\" ({elsewhere})"),
    };
    Usage(format!("--books and {off} contradict each other: leave one of them out"))
}

/// The settings of a file and the environment.
pub fn below_flags(file: Option<&PathBuf>) -> anyhow::Result<Layers> {
    let layers = Layers::default();
    let layers = match file {
        Some(file) => layers.read(file)?,
        None => layers,
    };
    Ok(layers.environment(std::env::vars_os())?)
}

/// How each node of `up` behaves.
#[derive(Clone, Debug)]
pub struct Behaviour {
    /// About how often a node likes another book; never: the longest span that there is.
    pub interval: Duration,
    /// Books to draw from, if not the list that comes with the program.
    pub books: Option<PathBuf>,
    settings: String,
}

impl Default for Behaviour {
    fn default() -> Self {
        Behaviour::of(&Layers::default())
    }
}

impl Behaviour {
    /// What of those settings is not one node's alone.
    pub fn of(layers: &Layers) -> Behaviour {
        let books = &layers.config().books;
        Behaviour {
            interval: books.interval.unwrap_or(Duration::MAX),
            books: books.file.as_ref().map(PathBuf::from),
            settings: layers.to_toml(&OF_ONE_NODE),
        }
    }

    /// The same as arguments, to hand to a child.
    pub fn to_args(&self) -> Vec<OsString> {
        vec!["--settings".into(), (&self.settings).into()]
    }
}
