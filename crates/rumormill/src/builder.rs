//! How a node is made.

use crate::node::{Inner, Node};
use crate::{Fanout, StartError};
use rumormill_core::bounded::HashSeed;
use rumormill_core::{Address, Cells, Name, RngKey, Target};
use rumormill_net::driver::{OwnAddress, Parts, Settings, drive};
use rumormill_net::server::{self, Answering, ServerConfig, Token};
use rumormill_net::store::{Disk, Memory, OpenError, Store};
use rumormill_net::transport::WireIds;
use rumormill_net::transport::http::{Endpoint, Http, guess, port_of};
use rumormill_node::config::{is_network_name, peer_address};
use rumormill_node::{
    AnyNode, AnyState, BroadcastConfig, Config, DiscoveryConfig, Identity, StateConfig,
    TransportConfig,
};
use rumormill_wire::json::removal_payload;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::num::NonZeroU16;
use std::path::{Path, PathBuf};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

/// Settings of a node to be. Everything has a default but for the bootstrap addresses, without which
/// a node waits for others to find it.
#[derive(Clone, Debug, Default)]
pub struct Builder {
    /// Nothing: what the configuration says.
    listen: Option<String>,
    data_dir: Option<PathBuf>,
    config: Config,
}

impl Builder {
    /// Starts from a configuration, such as the `[node]` table of a file holds; it replaces all that was
    /// set before. Without a port there the system chooses one, without a data directory nothing
    /// outlives the process. Its books are not for the library.
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let mut config = rumormill::Config::default();
    /// config.network = "choir".into();
    /// let node = rumormill::Node::builder().config(config).spawn().await?;
    /// # node.shutdown().await;
    /// # Ok(()) }
    /// ```
    pub fn config(self, config: Config) -> Self {
        let data_dir = config.data_dir.as_ref().map(PathBuf::from);
        Builder { listen: None, data_dir, config }
    }

    /// Where to listen, as `host:port`; the port is the node's name in its network. Port 0 lets the
    /// system choose. Default `127.0.0.1:0`.
    pub fn listen(mut self, address: impl ToString) -> Self {
        self.listen = Some(address.to_string());
        self
    }

    /// Where others reach the node, if not where it listens; a must where it listens on all of its
    /// host's addresses, such as `0.0.0.0`. The port must be the same.
    pub fn advertise(mut self, address: impl ToString) -> Self {
        self.config.advertise = Some(address.to_string());
        self
    }

    /// The network's name: nodes of others are refused. Default `rumormill`.
    pub fn network(mut self, name: impl ToString) -> Self {
        self.config.network = name.to_string();
        self
    }

    /// Nodes to start from: `host:port`, or a port of this host. They are never forgotten; our own
    /// address among them does no harm.
    pub fn bootstrap<A: ToString>(mut self, addresses: impl IntoIterator<Item = A>) -> Self {
        let addresses = addresses.into_iter().map(|address| address.to_string());
        self.config.bootstrap.extend(addresses);
        self
    }

    /// Where what must outlive the process is kept: for this node alone, whose port is its name, so
    /// the port has to be the same every time. Default nowhere: then a restarted node relies on its
    /// peers to remember how far it had come.
    pub fn data_dir(mut self, dir: impl AsRef<Path>) -> Self {
        self.data_dir = Some(dir.as_ref().to_owned());
        self
    }

    /// To how many neighbours a message is sent. Default all.
    pub fn fanout(mut self, fanout: Fanout) -> Self {
        let BroadcastConfig::Flood(flood) = &mut self.config.broadcast;
        flood.fanout = fanout;
        self
    }

    /// How many hops a message may take. Default 8.
    pub fn ttl(mut self, hops: u8) -> Self {
        let BroadcastConfig::Flood(flood) = &mut self.config.broadcast;
        flood.ttl = hops;
        self
    }

    /// How many peers are used at a time. Default 8. A roster uses all on its list, whatever is set here.
    pub fn neighbours_max(mut self, count: NonZeroU16) -> Self {
        if let DiscoveryConfig::PeerList(peers) = &mut self.config.discovery {
            peers.neighbours_max = count;
        }
        self
    }

    /// How often a node compares what it knows with a neighbour's; nothing: never. Default 5 s.
    pub fn sync_interval(mut self, interval: Option<Duration>) -> Self {
        if let StateConfig::Registers(registers) = &mut self.config.state {
            registers.sync_interval = interval;
        }
        self
    }

    /// Whether messages of topics wait for [`Node::judge`] before they are forwarded. Default no.
    pub fn validate(mut self, validate: bool) -> Self {
        self.config.validate = validate;
        self
    }

    /// The bounds of the HTTP server: how many connections, how long and how much of each.
    pub fn server(mut self, bounds: ServerConfig) -> Self {
        let TransportConfig::Http(http) = &mut self.config.transport;
        http.server = bounds;
        self
    }

    /// Starts the node on the current tokio runtime.
    pub async fn spawn(mut self) -> Result<Node, StartError> {
        let bootstrap = self.check()?;
        // The port first: two nodes on one port are told so, not that a file is locked.
        let listener = self.bind().await?;
        let own = self.own_address(&listener)?;
        self.configure(&own, &bootstrap);
        let (store, cells) = self.open_store(&own)?;
        let token = self.open_token()?;
        self.assemble(listener, own, (store, &cells), token)
    }

    /// Checks all settings before anything is done; gives the bootstrap addresses.
    fn check(&self) -> Result<Vec<Address>, StartError> {
        if !is_network_name(&self.config.network) {
            return Err(StartError::BadNetwork(self.config.network.clone()));
        }
        let parse = |text: &String| match peer_address(text) {
            Some(address) => Ok(Address::new(&address)),
            None => Err(StartError::BadAddress(text.clone())),
        };
        let bootstrap = self.config.bootstrap.iter().map(parse).collect::<Result<_, _>>()?;
        let is_somewhere =
            |endpoint: &Endpoint| !endpoint.ip().is_some_and(|ip| ip.is_unspecified());
        if let Some(text) = self.config.advertise.as_ref()
            && !Endpoint::parse(text).as_ref().is_some_and(is_somewhere)
        {
            return Err(StartError::BadAddress(text.clone()));
        }
        self.config.check()?;
        Ok(bootstrap)
    }

    fn listen_address(&self) -> String {
        let bind = &self.config.bind;
        let host = if bind.contains(':') { format!("[{bind}]") } else { bind.clone() };
        let configured = || format!("{host}:{}", self.config.port.unwrap_or(0));
        self.listen.clone().unwrap_or_else(configured)
    }

    async fn bind(&self) -> Result<TcpListener, StartError> {
        let listen = self.listen_address();
        let bad = || StartError::BadListen(listen.clone());
        let mut found = listen.to_socket_addrs().map_err(|_| bad())?;
        let address: SocketAddr = found.next().ok_or_else(bad)?;
        if !address.ip().to_canonical().is_loopback() && self.data_dir.is_none() {
            return Err(StartError::BeyondLoopback(address));
        }
        if address.ip().is_unspecified() && self.config.advertise.is_none() {
            return Err(StartError::Unadvertised(address));
        }
        TcpListener::bind(address).await.map_err(|source| match source.kind() {
            io::ErrorKind::AddrInUse => {
                StartError::PortInUse { host: address.ip().to_string(), port: address.port() }
            }
            _ => StartError::Listen { address, source },
        })
    }

    fn own_address(&self, listener: &TcpListener) -> Result<Address, StartError> {
        let bad = |text: &str| StartError::BadAddress(text.to_owned());
        let bound = listener.local_addr().map_err(|_| bad(&self.listen_address()))?;
        match &self.config.advertise {
            None => Ok(Address::new(&bound.to_string())),
            Some(text) => match Endpoint::parse(text) {
                Some(endpoint) if endpoint.port == bound.port() => Ok(endpoint.address()),
                _ => Err(bad(text)),
            },
        }
    }

    /// What the configuration needs to know of the transport.
    fn configure(&mut self, own: &Address, bootstrap: &[Address]) {
        let others: Vec<Address> = bootstrap.iter().filter(|seed| *seed != own).cloned().collect();
        if let StateConfig::Registers(registers) = &mut self.config.state {
            registers.await_first_sync = !others.is_empty();
            registers.removal = Some(removal_payload);
        }
        match &mut self.config.discovery {
            DiscoveryConfig::PeerList(peers) => {
                peers.bootstrap = others;
                peers.guess = Some(guess);
            }
            DiscoveryConfig::Roster(roster) => {
                roster.peers = others.into_iter().map(Target::Address).collect();
            }
        }
    }

    /// The store of this node of this network: two nodes' versions must never mix.
    fn open_store(&self, own: &Address) -> Result<(Box<dyn Store>, Cells), StartError> {
        let Some(dir) = &self.data_dir else {
            return Ok((Box::new(Memory::default()), Cells::default()));
        };
        let node = port_of(own).unwrap_or_default().to_string();
        let network = &self.config.network;
        match Disk::open(dir, &[("node", &node), ("network", network)]) {
            Ok((disk, cells)) => Ok((Box::new(disk), cells)),
            Err(OpenError::NotOurs { found, .. }) => {
                let says = |name: &str| found.get(name).cloned().unwrap_or_else(|| "?".into());
                Err(StartError::OthersData {
                    dir: dir.clone(),
                    theirs: (says("node"), says("network")),
                    ours: (node, network.clone()),
                })
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The store must be open: only its owner may make a token.
    fn open_token(&self) -> Result<Option<Token>, StartError> {
        let Some(dir) = &self.data_dir else { return Ok(None) };
        Ok(Some(Token::open(dir, Settings::entropy()?.0)?))
    }

    fn assemble(
        self,
        listener: TcpListener,
        own: Address,
        (store, cells): (Box<dyn Store>, &Cells),
        token: Option<Token>,
    ) -> Result<Node, StartError> {
        let (settings, key) = (Settings::default(), Settings::entropy()?);
        let (arrivals, arrived) = mpsc::channel(settings.inbox);
        let TransportConfig::Http(transport) = self.config.transport;
        let http = Http::new(own.clone(), &self.config.network, transport, arrivals.clone());
        let machine = self.config.build(&identity(&own, key), cells.view())?;
        tell_unreadable(&machine);
        let parts = Parts {
            machine,
            transport: Box::new(http),
            arrivals: arrived,
            wires: WireIds::default(),
            store,
            settings,
            key,
            own_address: OwnAddress::known(own.clone()),
        };
        let (handle, driver) = drive::<AnyNode>(parts);
        tokio::spawn(driver);
        let answering = Answering {
            handle: handle.clone(),
            arrivals,
            own: own.clone(),
            network: self.config.network,
            data_dir: self.data_dir,
            token,
            config: transport.server,
        };
        let server = tokio::spawn(server::serve(listener, answering)).abort_handle();
        Ok(Node::new(Inner { handle, own, server }))
    }
}

/// Here, since nobody listens to events yet.
fn tell_unreadable(node: &AnyNode) {
    if let AnyState::Registers(registers) = node.state()
        && registers.counts().unreadable > 0
    {
        let count = registers.counts().unreadable;
        tracing::error!(
            "{count} of this node's registers could not be read back from its data directory and \
             are no longer said: set them again"
        );
    }
}

fn identity(own: &Address, key: RngKey) -> Identity {
    let [a, b, c, d, e, f, g, h, ..] = key.0;
    // The key's own stream is drawn elsewhere; a seed of hash maps is no secret worth more.
    let hash_seed = HashSeed(u64::from_le_bytes([h, g, f, e, d, c, b, a]));
    Identity { name: Name::Number(port_of(own).unwrap_or_default().into()), hash_seed }
}
