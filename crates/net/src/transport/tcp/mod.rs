//! TCP for any protocol whose messages have a [`Codec`].
//!
//! ```text
//!   dialler                               who is dialled
//!      │ ── hello: network, name, port ──────► │   within hello_deadline, or the socket is closed
//!      │ ◄────────── hello ─────────────────── │   another network, or our own name: both say so
//!      │ ◄═══════ frames, both ways ══════════► │   messages, requests, answers, pings
//!      │ ── goodbye ─────────────────────────► │   without one it failed
//! ```
//!
//! A connection is one wire that both ends send over. A frame is four bytes of length, one of kind, and
//! what follows (`frame.rs`); all integers are big-endian. A batch of messages is written at once and then
//! asked for the next; a request is one frame, and its answer another.
//!
//! Whatever comes from a socket that is not as it should be closes that wire, with a reason, and harms no
//! other: a frame that is too long or unknown, a message that doesn't decode, a frame that isn't whole
//! within [`TcpConfig::frame_deadline`], a peer that says nothing at all, or reads nothing. What a stranger
//! can make grow has a bound in [`TcpConfig`].
//!
//! *Not promised:* secrecy, or that anybody is who it says. Who can reach a node can call itself by any
//! name: for networks whose hosts trust each other. A hello's port is believed, its host is where it came
//! from, so nobody can make us call on others.

mod frame;
mod hello;
mod listener;
mod shared;
mod wire;

pub use hello::{BadIntroduction, Introduction, TEXT_BYTES_MAX};

use super::{Arrival, Arrivals, ExchangeId, Transport, WireId, WireIds};
use hello::Hello;
use rumormill_core::{Address, AddressGroup, Codec, Duration, Gone, Protocol, Target, Why};
use shared::Shared;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::net::IpAddr;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::timeout;
use wire::Order;

/// Bounds and spans of the transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TcpConfig {
    /// The longest frame, taken or sent: a message and nine bytes. 1 MiB.
    pub frame_bytes: usize,
    /// The most connections that others opened; more are closed at once. Each may hold a frame that is on
    /// its way. 256.
    pub connections: usize,
    /// The most of them that have not said hello yet. 128.
    pub strangers: usize,
    /// How long a dial may take, and how long who connected may take to say hello. 5 s.
    pub hello_deadline: Duration,
    /// How long a frame may take from its first byte to its last, and a batch to be written. 20 s.
    pub frame_deadline: Duration,
    /// How often the other end is asked for a sign of life. After three such spans without any the wire
    /// has failed as timed out. 10 s.
    pub ping_interval: Duration,
    /// The most requests of one peer that wait for their answers; more are refused as overloaded. 256.
    pub answers: usize,
}

impl Default for TcpConfig {
    fn default() -> Self {
        TcpConfig {
            frame_bytes: 1 << 20,
            connections: 256,
            strangers: 128,
            hello_deadline: Duration::from_secs(5),
            frame_deadline: Duration::from_secs(20),
            ping_interval: Duration::from_secs(10),
            answers: 256,
        }
    }
}

/// What a transport is made of.
pub struct TcpParts<P: Protocol> {
    /// Who we are.
    pub me: Introduction,
    /// How messages become bytes.
    pub codec: Codec<P::Message>,
    /// Bounds and spans.
    pub config: TcpConfig,
    /// Where it reports: see [`Parts::arrivals`](crate::driver::Parts::arrivals).
    pub arrivals: Arrivals<P>,
    /// The numbers of wires: see [`Parts::wires`](crate::driver::Parts::wires).
    pub wires: WireIds,
    /// Where others come in; without one we only dial.
    pub listener: Option<TcpListener>,
}

/// A node's transport over TCP. Dropped, it closes its sockets, as a crash would.
pub struct Tcp<P: Protocol> {
    shared: Arc<Shared<P>>,
    tasks: JoinSet<()>,
}

/// Waits until a dropped transport's last task has ended, and its last socket is closed.
#[derive(Debug)]
pub struct Closing(mpsc::Receiver<()>);

impl Closing {
    /// Waits.
    pub async fn done(mut self) {
        // Nothing is ever sent; the senders go with the tasks.
        let _ = self.0.recv().await;
    }
}

impl<P: Protocol> Tcp<P> {
    /// Starts to listen, if there is a listener. To be made on the runtime that its driver runs on.
    pub fn new(parts: TcpParts<P>) -> Result<(Tcp<P>, Closing), BadIntroduction> {
        let TcpParts { me, codec, config, arrivals, wires, listener } = parts;
        let bound = listener.as_ref().and_then(|listener| listener.local_addr().ok());
        let hello = Hello::new(me, bound.map_or(0, |address| address.port()))?;
        let (alive, closing) = mpsc::channel(1);
        let shared = Arc::new(Shared::new(hello, codec, config, arrivals, wires, alive));
        let mut tasks = JoinSet::new();
        if let Some(listener) = listener {
            tasks.spawn(listener::accept(shared.clone(), listener));
        }
        Ok((Tcp { shared, tasks }, Closing(closing)))
    }

    fn tell_soon(&mut self, arrival: Arrival<P>) {
        let shared = self.shared.clone();
        self.spawn(async move { shared.tell(arrival).await });
    }

    /// Forgets those that have ended, and starts another.
    fn spawn(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        while self.tasks.try_join_next().is_some() {}
        self.tasks.spawn(task);
    }
}

impl<P: Protocol> Transport<P> for Tcp<P> {
    fn dial(&mut self, wire: WireId, target: Target) {
        self.spawn(dial(self.shared.clone(), wire, target));
    }

    fn send(&mut self, wire: WireId, batch: Vec<P::Message>) {
        self.shared.order(wire, Order::Batch(batch));
    }

    fn request(&mut self, wire: WireId, exchange: ExchangeId, message: P::Message) {
        if !self.shared.ask(wire, exchange, message) {
            self.tell_soon(Arrival::Response { exchange, result: Err(Why::Overloaded) });
        }
    }

    fn cancel(&mut self, exchange: ExchangeId) {
        self.shared.forget(exchange);
    }

    fn close(&mut self, wire: WireId, gone: Gone, last: Vec<P::Message>) {
        let Some(end) = self.shared.detach(wire) else { return };
        end.close(gone, last);
    }
}

/// A dial, and then the life of its wire.
async fn dial<P: Protocol>(shared: Arc<Shared<P>>, id: WireId, target: Target) {
    let greeted = timeout(shared.config.hello_deadline, greet(&shared, &target)).await;
    match greeted.unwrap_or(Err(Why::TimedOut)) {
        Ok((stream, address, hello)) => {
            let link = hello.link_out(address, group(stream.peer_addr().ok().map(|at| at.ip())));
            wire::live(shared, id, stream, link).await;
        }
        Err(why) => shared.tell(Arrival::DialFailed { wire: id, why }).await,
    }
}

async fn greet<P: Protocol>(
    shared: &Shared<P>,
    target: &Target,
) -> Result<(TcpStream, Address, Hello), Why> {
    // Names are not looked up: who is met says its address, and whoever dials again has kept it.
    let Target::Address(address) = target else { return Err(Why::Unreachable) };
    let mut stream = TcpStream::connect(address.as_str()).await.map_err(|error| why(&error))?;
    // Small frames shall not wait for each other.
    let _ = stream.set_nodelay(true);
    shared.hello.write(&mut stream).await?;
    let theirs = Hello::read(&mut stream).await?;
    if let Err(why) = shared.hello.accepts(&theirs) {
        tracing::warn!(%address, ours = %shared.hello, theirs = %theirs, %why, "not one of us");
        return Err(why);
    }
    Ok((stream, address.clone(), theirs))
}

fn why(error: &std::io::Error) -> Why {
    match error.kind() {
        std::io::ErrorKind::InvalidInput => Why::Malformed,
        _ => Why::Unreachable,
    }
}

/// Addresses of one host are one group.
fn group(ip: Option<IpAddr>) -> AddressGroup {
    let mut hasher = DefaultHasher::new();
    ip.map(|ip| ip.to_canonical()).hash(&mut hasher);
    AddressGroup(hasher.finish())
}
