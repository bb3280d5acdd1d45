//! Wires within one process: for tests of programs that embed a node, and of the driver itself.
//!
//! Nodes [join](Hub::join) a [`Hub`] under a name and an address, and dial each other by either.
//! What lies between them is a [`Wiring`]: latency, speed, one way or both. A dropped transport is a
//! dead node: its wires go down at the other ends. All waiting is tokio's, so under a paused clock a
//! whole network runs in no time.
//!
//! ```text
//!   send ─► line ─► writer (speed; then Written) ─► in flight ─► deliver (latency) ─► arrivals
//! ```
//!
//! One such line a direction; when the far inbox is full it fills from the right, and `Written`
//! stays out: that is the back-pressure.

use super::{Arrival, Arrivals, ExchangeId, From, Transport, WireId, WireIds};
use rumormill_core::{
    Address, AddressGroup, Direction, Duration, Gone, Link, LinkKind, Message, Name, Protocol,
    Target, Why,
};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{mpsc, oneshot};
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep, sleep_until};

/// What may be in a line besides requests: the batch under way, the last one, and the goodbye.
const RESERVED: usize = 3;

/// The most requests that wait in a line.
const REQUESTS: usize = 61;

/// The most parcels between two ends.
const IN_FLIGHT: usize = 1024;

/// What lies between two nodes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wiring {
    /// How long a message, an answer or the news of a wire takes.
    pub latency: Duration,
    /// Whether the end that was dialled can't send.
    pub one_way: bool,
    /// How fast a wire is, each way; nothing means at once.
    pub bytes_per_second: Option<u64>,
}

/// Where nodes find each other. Clones are the same hub.
pub struct Hub<P: Protocol> {
    wiring: Wiring,
    nodes: Arc<Mutex<BTreeMap<Address, Arc<Node<P>>>>>,
}

impl<P: Protocol> Clone for Hub<P> {
    fn clone(&self) -> Self {
        Hub { wiring: self.wiring, nodes: Arc::clone(&self.nodes) }
    }
}

/// That address, or that name, is somebody else's; nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a node of that name or address is there already")]
pub struct Taken;

/// A node's place in a hub: what its driver is made with.
pub struct Joined<P: Protocol> {
    /// For [`Parts::transport`](crate::driver::Parts::transport).
    pub transport: Memory<P>,
    /// For [`Parts::arrivals`](crate::driver::Parts::arrivals).
    pub arrivals: mpsc::Receiver<Arrival<P>>,
    /// For [`Parts::wires`](crate::driver::Parts::wires).
    pub wires: WireIds,
}

impl<P: Protocol> Hub<P> {
    /// A hub with nobody in it.
    pub fn new(wiring: Wiring) -> Self {
        Hub { wiring, nodes: Arc::default() }
    }

    /// Lets a node in, with room for `inbox` arrivals. It leaves when its transport is dropped.
    pub fn join(&self, name: Name, address: Address, inbox: usize) -> Result<Joined<P>, Taken> {
        let (sender, arrivals) = mpsc::channel(inbox.max(1));
        let mut nodes = lock(&self.nodes);
        if nodes.values().any(|node| node.name == name || node.address == address) {
            return Err(Taken);
        }
        let wires = WireIds::default();
        let node = Arc::new(Node {
            name,
            address: address.clone(),
            arrivals: sender,
            wires: wires.clone(),
            deaf: AtomicBool::new(false),
            dead: AtomicBool::new(false),
            ends: Mutex::default(),
        });
        nodes.insert(address, Arc::clone(&node));
        Ok(Joined { transport: Memory { hub: self.clone(), node }, arrivals, wires })
    }

    /// From now on nothing reaches that node, though its wires stay up. Says whether it is there.
    pub fn deafen(&self, address: &Address) -> bool {
        let node = lock(&self.nodes).get(address).cloned();
        node.iter().for_each(|node| node.deaf.store(true, Ordering::Relaxed));
        node.is_some()
    }

    fn find(&self, target: &Target) -> Option<Arc<Node<P>>> {
        let nodes = lock(&self.nodes);
        match target {
            Target::Address(address) => nodes.get(address).cloned(),
            Target::Name(name) => nodes.values().find(|node| node.name == *name).cloned(),
        }
    }
}

/// One node's transport in a [`Hub`].
pub struct Memory<P: Protocol> {
    hub: Hub<P>,
    node: Arc<Node<P>>,
}

impl<P: Protocol> Drop for Memory<P> {
    fn drop(&mut self) {
        lock(&self.hub.nodes).remove(&self.node.address);
        self.node.die();
    }
}

impl<P: Protocol> Transport<P> for Memory<P> {
    fn dial(&mut self, wire: WireId, target: Target) {
        let (hub, node) = (self.hub.clone(), Arc::clone(&self.node));
        tokio::spawn(async move {
            if let Err(why) = connect(&hub, &node, wire, &target).await {
                node.tell(Arrival::DialFailed { wire, why }).await;
            }
        });
    }

    fn send(&mut self, wire: WireId, batch: Vec<P::Message>) {
        self.node.post(wire, Parcel::Batch(batch));
    }

    fn request(&mut self, wire: WireId, exchange: ExchangeId, message: P::Message) {
        if !self.node.post_request(wire, exchange, message) {
            let result = Err(Why::Overloaded);
            self.node.tell_soon(Arrival::Response { exchange, result });
        }
    }

    /// The answer is simply ignored when it comes.
    fn cancel(&mut self, _: ExchangeId) {}

    fn close(&mut self, wire: WireId, gone: Gone, last: Vec<P::Message>) {
        let Some(end) = self.node.detach(wire) else { return };
        if matches!(gone, Gone::Failed(_)) {
            drop(end);
            self.node.tell_soon(Arrival::Down { wire, gone });
        } else {
            end.finish(gone, last);
        }
    }
}

/// What both its transport and the wires of others know of a node.
struct Node<P: Protocol> {
    name: Name,
    address: Address,
    arrivals: Arrivals<P>,
    wires: WireIds,
    deaf: AtomicBool,
    dead: AtomicBool,
    ends: Mutex<BTreeMap<WireId, End<P>>>,
}

/// Our end of a wire. Dropping it cuts the wire: what is in the line is lost, what is in flight is
/// delivered.
struct End<P: Protocol> {
    line: mpsc::Sender<Parcel<P>>,
    writer: Option<AbortHandle>,
}

enum Parcel<P: Protocol> {
    Batch(Vec<P::Message>),
    Request(ExchangeId, P::Message),
    Goodbye(Gone),
}

impl<P: Protocol> Parcel<P> {
    fn bytes(&self) -> usize {
        match self {
            Parcel::Batch(batch) => batch.iter().map(Message::wire_len).sum(),
            Parcel::Request(_, message) => message.wire_len(),
            Parcel::Goodbye(_) => 0,
        }
    }
}

impl<P: Protocol> End<P> {
    /// Lets the line empty itself, then says goodbye.
    fn finish(mut self, gone: Gone, last: Vec<P::Message>) {
        self.writer = None;
        // Their places are reserved.
        if !last.is_empty() {
            let _ = self.line.try_send(Parcel::Batch(last));
        }
        let _ = self.line.try_send(Parcel::Goodbye(gone));
    }
}

impl<P: Protocol> Drop for End<P> {
    fn drop(&mut self) {
        self.writer.iter().for_each(AbortHandle::abort);
    }
}

impl<P: Protocol> Node<P> {
    /// Puts an end; false if the node died meanwhile.
    fn attach(&self, wire: WireId, end: End<P>) -> bool {
        let mut ends = lock(&self.ends);
        if self.is_dead() {
            return false;
        }
        ends.insert(wire, end);
        true
    }

    fn detach(&self, wire: WireId) -> Option<End<P>> {
        lock(&self.ends).remove(&wire)
    }

    fn die(&self) {
        let mut ends = lock(&self.ends);
        self.dead.store(true, Ordering::Relaxed);
        ends.clear();
    }

    fn is_dead(&self) -> bool {
        self.dead.load(Ordering::Relaxed)
    }

    fn is_deaf(&self) -> bool {
        self.deaf.load(Ordering::Relaxed)
    }

    fn post(&self, wire: WireId, parcel: Parcel<P>) {
        if let Some(end) = lock(&self.ends).get(&wire) {
            // The driver sends one batch at a time, and its place is reserved.
            let _ = end.line.try_send(parcel);
        }
    }

    /// False if the line has too many already.
    fn post_request(&self, wire: WireId, exchange: ExchangeId, message: P::Message) -> bool {
        let ends = lock(&self.ends);
        // A wire that is gone takes its exchanges with it: the driver is told of that.
        let Some(end) = ends.get(&wire) else { return true };
        end.line.capacity() > RESERVED
            && end.line.try_send(Parcel::Request(exchange, message)).is_ok()
    }

    /// Waits for room; says whether somebody is there to read it.
    async fn tell(&self, arrival: Arrival<P>) -> bool {
        self.arrivals.send(arrival).await.is_ok()
    }

    fn tell_soon(self: &Arc<Self>, arrival: Arrival<P>) {
        let node = Arc::clone(self);
        tokio::spawn(async move { node.tell(arrival).await });
    }
}

async fn connect<P: Protocol>(
    hub: &Hub<P>,
    from: &Arc<Node<P>>,
    wire: WireId,
    target: &Target,
) -> Result<(), Why> {
    sleep(hub.wiring.latency).await;
    let to = hub.find(target).ok_or(Why::Unreachable)?;
    if Arc::ptr_eq(from, &to) {
        return Err(Why::Ourselves);
    }
    let there = (Arc::clone(&to), to.wires.next());
    let here = (Arc::clone(from), wire);
    let (out, deliver_out) = lay(hub.wiring, &here, &there);
    let (back, deliver_back) = lay(hub.wiring, &there, &here);
    if !from.attach(wire, out) || !to.attach(there.1, back) {
        from.detach(wire);
        return Err(Why::Unreachable);
    }
    let incoming = about(from, Direction::In, !hub.wiring.one_way, true);
    if !to.tell(Arrival::Up { wire: there.1, link: incoming }).await {
        from.detach(wire);
        return Err(Why::Unreachable);
    }
    let outgoing = about(&to, Direction::Out, true, !hub.wiring.one_way);
    from.tell(Arrival::Up { wire, link: outgoing }).await;
    tokio::spawn(deliver_out);
    tokio::spawn(deliver_back);
    Ok(())
}

fn about<P: Protocol>(other: &Node<P>, direction: Direction, sends: bool, receives: bool) -> Link {
    Link {
        name: other.name.clone(),
        address: Some(other.address.clone()),
        direction,
        sends,
        receives,
        kind: LinkKind::Stream,
        group: AddressGroup::default(),
        version: 1,
    }
}

/// One direction of a wire: its end, already writing, and what will deliver.
fn lay<P: Protocol>(
    wiring: Wiring,
    from: &(Arc<Node<P>>, WireId),
    to: &(Arc<Node<P>>, WireId),
) -> (End<P>, impl Future<Output = ()> + Send + use<P>) {
    let (line, parcels) = mpsc::channel(RESERVED + REQUESTS);
    let (out, in_flight) = mpsc::channel(IN_FLIGHT);
    let (from, to) = (from.clone(), to.clone());
    let writer = tokio::spawn(write(wiring, from.clone(), parcels, out)).abort_handle();
    let end = End { line, writer: Some(writer) };
    (end, deliver(wiring, from.0, to, in_flight))
}

async fn write<P: Protocol>(
    wiring: Wiring,
    (node, wire): (Arc<Node<P>>, WireId),
    mut line: mpsc::Receiver<Parcel<P>>,
    out: mpsc::Sender<(Instant, Parcel<P>)>,
) {
    while let Some(parcel) = line.recv().await {
        if let Some(rate) = wiring.bytes_per_second {
            sleep(Duration::from_secs_f64(parcel.bytes() as f64 / rate.max(1) as f64)).await;
        }
        let answer = match &parcel {
            Parcel::Batch(_) => Some(Arrival::Written { wire }),
            Parcel::Request(..) => None,
            Parcel::Goodbye(gone) => Some(Arrival::Down { wire, gone: *gone }),
        };
        let last = matches!(parcel, Parcel::Goodbye(_));
        if out.send((Instant::now() + wiring.latency, parcel)).await.is_err() {
            return;
        }
        if let Some(answer) = answer {
            node.tell(answer).await;
        }
        if last {
            return;
        }
    }
}

async fn deliver<P: Protocol>(
    wiring: Wiring,
    from: Arc<Node<P>>,
    (to, wire): (Arc<Node<P>>, WireId),
    mut in_flight: mpsc::Receiver<(Instant, Parcel<P>)>,
) {
    while let Some((at, parcel)) = in_flight.recv().await {
        sleep_until(at).await;
        if to.is_deaf() {
            continue;
        }
        let arrival = match parcel {
            Parcel::Batch(messages) => {
                Arrival::Messages { from: From::Wire(wire), messages, observed: None }
            }
            Parcel::Request(exchange, message) => {
                let (answer, answered) = oneshot::channel();
                tokio::spawn(bring_back(wiring, [to.clone(), from.clone()], exchange, answered));
                Arrival::Request { from: From::Wire(wire), message, answer }
            }
            Parcel::Goodbye(_) => return end(&to, wire, Gone::Left).await,
        };
        if !to.tell(arrival).await {
            return;
        }
    }
    let gone = if from.is_dead() { Gone::Failed(Why::Closed) } else { Gone::Left };
    sleep(wiring.latency).await;
    end(&to, wire, gone).await;
}

/// The other end has gone.
async fn end<P: Protocol>(node: &Arc<Node<P>>, wire: WireId, gone: Gone) {
    if !node.is_deaf() && node.detach(wire).is_some() {
        node.tell(Arrival::Down { wire, gone }).await;
    }
}

/// Carries an answer. One that was never given is a refusal, unless whoever owed it is dead.
async fn bring_back<P: Protocol>(
    wiring: Wiring,
    [asked, asker]: [Arc<Node<P>>; 2],
    exchange: ExchangeId,
    answered: oneshot::Receiver<Result<P::Message, Why>>,
) {
    let result = answered.await.unwrap_or(Err(Why::Refused));
    sleep(wiring.latency).await;
    if !asked.is_dead() && !asker.is_deaf() {
        asker.tell(Arrival::Response { exchange, result }).await;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
