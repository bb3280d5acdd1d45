//! A scenario: a network, what is published in it, what goes wrong, and what is checked; from one TOML
//! file.
//!
//! ```text
//!   scenario.toml ──┬── [node] ───────► Layers ─────► Config: what `rumormill node` takes
//!                   └── the rest ─────► Sheet ──┐
//!   edge lists, traces, flags ─────────────────►┴──► Scenario, sound or not at all
//! ```
//!
//! The `[node]` table is the very one that a node takes, and a file with nothing else is a scenario
//! too: a hundred readers of books. Everything is checked before anything runs: each value for itself
//! (its bounds stand beside it, in [`settings!`](rumormill_protocols::settings)), then all together
//! (`sound`). An error says the file, the line and what to do.
//!
//! ```
//! use rumormill_sim::scenario::Scenario;
//! let text = "
//! name = \"a few\"
//! node.broadcast = { flood = { fanout = 4 } }
//! [network]
//! nodes = 20
//! latency = { uniform = { from = \"10 ms\", to = \"30 ms\" } }
//! [[workload]]
//! kind = \"once\"
//! messages = 3
//! [[fault]]
//! at = \"2 s\"
//! crash = { random = 2 }
//! ";
//! let scenario = Scenario::parse("few.toml", text).unwrap();
//! assert_eq!((scenario.network.nodes, scenario.end().as_secs()), (20, 3 + 15));
//! let wrong = Scenario::parse("few.toml", &text.replace("random = 2", "random = 21")).unwrap_err();
//! let sentence = "few.toml line 12: fault[0].crash.random is 21, but there are 20 nodes";
//! assert_eq!(wrong.to_string(), sentence);
//! ```

mod checks;
mod fault;
mod files;
mod network;
mod nodes;
mod sheet;
mod sound;
mod topology;
mod trace;
mod workload;

pub use checks::ChecksConfig;
pub use fault::{
    AmnesiaConfig, ChurnConfig, EquivocateConfig, Fault, Forgets, Healed, LiarConfig, Lie,
    OneWayConfig, Parts, RestartConfig, SilenceConfig, SkewConfig, SlowConfig, SpamConfig, Stored,
    SybilConfig, TwinsConfig, What,
};
pub use network::{
    BandwidthConfig, BurstyConfig, LatencyConfig, LinksConfig, LognormalConfig, LossConfig,
    NetworkConfig, RegionMap, ReorderingConfig, UniformConfig,
};
pub use nodes::NodeSet;
pub use topology::{
    DegreeConfig, EdgesConfig, RegionsConfig, RegularConfig, RingConfig, ScaleFreeConfig, Topology,
};
pub use trace::{BadTraceLine, TraceLine, parse_trace};
pub use workload::{
    BooksConfig, OnceConfig, PublishConfig, Publishers, RegistersWorkload, Sender, SizeConfig,
    SizesConfig, TraceConfig, Workload,
};

use rumormill_config::{Flag, Layers, LoadError, Sheet};
use rumormill_core::Duration;
use rumormill_node::{Config, DiscoveryConfig, StateConfig};
use sheet::SheetConfig;
use std::io;

/// The longest that anything in a scenario lasts.
const DAY: Duration = Duration::from_secs(86_400);

/// Below this many nodes all are linked to all by default: so few can't have 8 neighbours each.
const FEW_NODES: usize = 10;

/// How long the quiet at the end is if no state plane says it: three of its default intervals.
const DRAIN: Duration = Duration::from_secs(15);

/// What a scenario is made from.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// The file's name, for messages.
    pub name: &'a str,
    /// What stands in it.
    pub text: &'a str,
    /// Flags, which count more. Those whose path begins with `node.` are the node's.
    pub flags: &'a [Flag],
    /// Reads a file that the scenario names: an edge list, a trace.
    pub files: &'a dyn Fn(&str) -> io::Result<String>,
}

/// A scenario. It is sound: whatever stands in it can be run.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// What it is called; the file's name, if it has none.
    pub name: String,
    /// What all randomness grows from.
    pub seed: u64,
    /// What each node is made of.
    pub node: Config,
    /// The network.
    pub network: NetworkConfig,
    /// Who is linked to whom: the network's, or by default.
    pub topology: Topology,
    /// What is published; one at least.
    pub workloads: Vec<Workload>,
    /// What goes wrong, in the order of the file.
    pub faults: Vec<Fault>,
    /// What is checked.
    pub checks: ChecksConfig,
    /// How long nothing is published before the end.
    pub drain: Duration,
    /// The file's text.
    pub text: String,
    /// How long the quiet at the end was for other nodes, with whom these are compared.
    fixed_drain: Option<Duration>,
    layers: Layers,
    sheet: Sheet<SheetConfig>,
}

impl Scenario {
    /// Reads a scenario that names no other files.
    pub fn parse(name: &str, text: &str) -> Result<Scenario, LoadError> {
        let files = |_: &str| Err(io::Error::other("there are no other files here"));
        Scenario::read(&Source { name, text, flags: &[], files: &files })
    }

    /// Reads a scenario.
    pub fn read(source: &Source<'_>) -> Result<Scenario, LoadError> {
        let (of_node, others): (Vec<Flag>, Vec<Flag>) =
            source.flags.iter().cloned().partition(|flag| flag.path().starts_with("node."));
        let sheet = Sheet::<SheetConfig>::file(source.name, source.text)?.flags(&others)?;
        let layers = Layers::default().file(source.name, source.text)?.flags(&of_node)?;
        let mut scenario = Scenario::of(source, sheet, layers);
        scenario.load(source.files)?;
        scenario.complete()
    }

    /// What the file says, with what was left open still open.
    fn of(source: &Source<'_>, sheet: Sheet<SheetConfig>, layers: Layers) -> Scenario {
        let settings = sheet.settings().clone();
        let books = || vec![Workload::Books(BooksConfig::default())];
        Scenario {
            name: if settings.name.is_empty() { source.name.into() } else { settings.name },
            seed: settings.seed,
            node: layers.config().clone(),
            topology: Topology::Full,
            network: settings.network,
            workloads: if settings.workload.is_empty() { books() } else { settings.workload },
            faults: settings.fault,
            checks: settings.check,
            drain: DRAIN,
            text: source.text.into(),
            fixed_drain: None,
            layers,
            sheet,
        }
    }

    /// The same with other nodes: their layers are changed.
    ///
    /// ```
    /// use rumormill_config::Flag;
    /// use rumormill_node::StateConfig;
    /// use rumormill_sim::scenario::Scenario;
    /// let scenario = Scenario::parse("any.toml", "").unwrap();
    /// let none = [Flag::new("--with", "node.state", "none")];
    /// let other = scenario.with_node(|layers| layers.flags(&none)).unwrap();
    /// assert!(matches!(other.node.state, StateConfig::None));
    /// ```
    pub fn with_node(
        mut self,
        change: impl FnOnce(Layers) -> Result<Layers, LoadError>,
    ) -> Result<Scenario, LoadError> {
        // The same network: what followed from the nodes as they were still holds.
        self.network.topology = Some(self.topology.clone());
        self.fixed_drain = Some(self.drain);
        self.layers = change(self.layers)?;
        self.node = self.layers.config().clone();
        self.complete()
    }

    /// When the last is published.
    pub fn published_until(&self) -> Duration {
        self.workloads.iter().map(Workload::end).max().unwrap_or_default()
    }

    /// When the run ends.
    pub fn end(&self) -> Duration {
        self.published_until() + self.drain
    }

    /// Whether nodes find each other, and are not told.
    pub fn is_discovering(&self) -> bool {
        matches!(self.node.discovery, DiscoveryConfig::PeerList(_))
    }

    /// Says what was left open, and checks all of it.
    fn complete(mut self) -> Result<Scenario, LoadError> {
        self.topology = self.network.topology.clone().unwrap_or_else(|| self.usual_topology());
        let said = self.fixed_drain.or(self.sheet.settings().drain);
        self.drain = said.unwrap_or_else(|| self.usual_drain());
        let sound = sound::check(&self);
        sound.map_err(|unsound| self.sheet.unsound(&unsound.path, unsound.why))?;
        Ok(self)
    }

    fn usual_topology(&self) -> Topology {
        if self.is_discovering() {
            return Topology::BootstrapChain;
        }
        match self.network.nodes {
            0..FEW_NODES => Topology::Full,
            _ => Topology::RandomRegular(RegularConfig::default()),
        }
    }

    /// Three times in which everybody compares what it knows.
    fn usual_drain(&self) -> Duration {
        let StateConfig::Registers(registers) = &self.node.state else { return DRAIN };
        registers.sync_interval.map_or(DRAIN, |interval| interval.saturating_mul(3).min(DAY))
    }
}

#[cfg(test)]
mod tests;
