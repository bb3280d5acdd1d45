//! One machine of any protocol on real sockets.
//!
//! ```text
//!   drive(name, codec, make) ─► Drive ── listen, network, data_dir ──► start() ─► Running
//!                                                                                   │
//!                   command, inspect, events, address ◄─────────────────────────────┤
//!                   shutdown: in good order   kill: as a crash would ◄──────────────┘
//! ```
//!
//! It puts together what is here: the [driver](crate::driver), [TCP](crate::transport::tcp), and cells in
//! memory or in a [file](crate::store::Disk). Who wants another transport or store makes
//! [`Parts`] by hand.

mod error;
mod running;

pub use error::DriveError;
pub use running::Running;

use crate::driver::{OwnAddress, Parts, Settings, drive as drive_parts};
use crate::store::{Disk, Memory, Store};
use crate::transport::WireIds;
use crate::transport::tcp::{Introduction, Tcp, TcpConfig, TcpParts};
use rumormill_core::{Address, Cells, CellsView, Codec, Name, Protocol};
use std::net::SocketAddr;
use std::path::PathBuf;
use tokio::net::{TcpListener, lookup_host};
use tokio::sync::mpsc;

type Make<P> = Box<dyn FnOnce(CellsView<'_>) -> P + Send>;

/// A node that is not started yet: see [`drive()`].
#[must_use = "nothing runs before `start`"]
pub struct Drive<P: Protocol> {
    me: Introduction,
    codec: Codec<P::Message>,
    make: Make<P>,
    listen: Option<String>,
    data_dir: Option<PathBuf>,
    settings: Settings,
    tcp: TcpConfig,
}

/// Runs a machine over TCP. `name` is what the node is called in its network, by no other; `make` makes the
/// machine from its durable cells.
///
/// ```
/// # use rumormill_core::{Bytes, Codec, Effects, Fingerprint, Input, Message, Name, Target, Why};
/// # use rumormill_core::{Address, Class, Protocol};
/// # use rumormill_net::driver::Told;
/// use rumormill_net::drive;
/// # #[derive(Clone, Debug)] struct Hello;
/// # impl Message for Hello {
/// #     fn wire_len(&self) -> usize { 5 }
/// #     fn kind(&self) -> &'static str { "hello" }
/// # }
/// # #[derive(Clone)] struct Greeter;
/// # impl Protocol for Greeter {
/// #     type Message = Hello; type Token = (); type Command = Target; type Event = &'static str;
/// #     fn handle(&mut self, input: Input<Self>, fx: &mut dyn Effects<Self>) {
/// #         match input {
/// #             Input::Command(target) => fx.dial(target, ()),
/// #             Input::LinkUp(_, peer, _, Some(())) => _ = fx.send(peer, Class::Forward, Hello),
/// #             Input::Message(..) => fx.emit("greeted"),
/// #             _ => {}
/// #         }
/// #     }
/// #     fn fingerprint(&self, _: &mut Fingerprint) {}
/// # }
/// # const CODEC: Codec<Hello> = Codec {
/// #     encode: |_| Bytes::from_static(b"hello"),
/// #     decode: |bytes| if bytes == "hello" { Ok(Hello) } else { Err(Why::Malformed) },
/// # };
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let node = |number| {
///     drive::<Greeter>(Name::Number(number), CODEC, |_cells| Greeter).listen("127.0.0.1:0").start()
/// };
/// let (one, mut other) = (node(1).await?, node(2).await?);
/// one.command(Target::Address(other.address().unwrap())).await?;
/// assert_eq!(other.events.next().await, Some(Told::Event("greeted")));
/// one.shutdown().await;
/// other.shutdown().await;
/// # Ok(()) }
/// ```
pub fn drive<P: Protocol>(
    name: Name,
    codec: Codec<P::Message>,
    make: impl FnOnce(CellsView<'_>) -> P + Send + 'static,
) -> Drive<P> {
    let make = Box::new(make);
    let me = Introduction { name, network: String::new() };
    let (settings, tcp) = (Settings::default(), TcpConfig::default());
    Drive { me, codec, make, listen: None, data_dir: None, settings, tcp }
}

impl<P: Protocol> Drive<P> {
    /// Where others come in: `host:port`; port 0 is any that is free. Default: nowhere, it only dials.
    pub fn listen(mut self, at: &str) -> Self {
        self.listen = Some(at.to_owned());
        self
    }

    /// The network's name, at most 255 bytes: nodes of another are refused. Default empty. Protocols that
    /// don't understand each other are two networks.
    pub fn network(mut self, name: &str) -> Self {
        name.clone_into(&mut self.me.network);
        self
    }

    /// Where cells are kept, which must belong to this node alone. Default: in memory, and forgotten.
    pub fn data_dir(mut self, path: impl Into<PathBuf>) -> Self {
        self.data_dir = Some(path.into());
        self
    }

    /// The driver's bounds and spans.
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// The transport's.
    pub fn tcp(mut self, config: TcpConfig) -> Self {
        self.tcp = config;
        self
    }

    /// Starts the node, on the tokio runtime that this is awaited on. If it fails nothing runs.
    pub async fn start(self) -> Result<Running<P>, DriveError> {
        let (store, cells) = self.store().await?;
        let listener = match &self.listen {
            Some(at) => Some(bind(at).await?),
            None => None,
        };
        let bound = listener.as_ref().and_then(|listener| listener.local_addr().ok());
        let key = Settings::entropy()?;
        let (arrivals, arriving) = mpsc::channel(self.settings.inbox.max(1));
        let wires = WireIds::default();
        let Drive { me, codec, make, settings, tcp: config, .. } = self;
        let parts = TcpParts { me, codec, config, arrivals, wires: wires.clone(), listener };
        let (tcp, closing) = Tcp::new(parts)?;
        let (handle, driver) = drive_parts(Parts {
            machine: make(cells.view()),
            transport: Box::new(tcp),
            arrivals: arriving,
            wires,
            store,
            settings,
            key,
            own_address: own_address(bound),
        });
        Ok(Running::new(handle, driver, closing, bound))
    }

    async fn store(&self) -> Result<(Box<dyn Store>, Cells), DriveError> {
        let Some(path) = self.data_dir.clone() else {
            return Ok((Box::new(Memory::default()), Cells::default()));
        };
        let (node, network) = (self.me.name.to_string(), self.me.network.clone());
        let open = move || Disk::open(&path, &[("node", &node), ("network", &network)]);
        let (disk, cells) =
            tokio::task::spawn_blocking(open).await.expect("opening doesn't panic")?;
        Ok((Box::new(disk), cells))
    }
}

async fn bind(at: &str) -> Result<TcpListener, DriveError> {
    let refused = |source| DriveError::Listen { at: at.to_owned(), source };
    let places: Vec<SocketAddr> = lookup_host(at).await.map_err(refused)?.collect();
    TcpListener::bind(&places[..]).await.map_err(refused)
}

/// Only where others can really reach it: they are told the port, and know the host.
fn own_address(bound: Option<SocketAddr>) -> OwnAddress {
    match bound.filter(|address| !address.ip().is_unspecified()) {
        Some(address) => OwnAddress::known(Address::new(&address.to_string())),
        None => OwnAddress::default(),
    }
}
