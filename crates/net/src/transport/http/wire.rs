//! One wire: a task that sends to one peer, from its dial to its end.

use super::{Client, Endpoint, port_of};
use crate::transport::{Arrival, Arrivals, WireId};
use rumormill_core::{Address, Direction, Duration, Gone, Link, LinkKind, Message as _, Why};
use rumormill_node::AnyNode;
use rumormill_protocols::broadcast::flood::FloodMessage;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, sleep, sleep_until, timeout};

/// How long a wire that closes in peace may take to finish what it is sending.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(3);

/// How long the last batch of a closing wire may take.
const LAST_TIMEOUT: Duration = Duration::from_secs(1);

/// The waits before a busy peer is tried again; after them its wire has failed.
const BUSY_WAITS: [Duration; 4] = [
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
];

/// The most bytes of messages in one envelope: a little less than the 1 MiB that a node takes.
const ENVELOPE_BYTES_MAX: usize = 1_000_000;

/// How long the answer to a dial stands for an answer to the first request for peers.
const GREETING_AGE: Duration = Duration::from_secs(1);

/// What a wire is told.
pub(super) enum Order {
    /// Send these, and say when they are out.
    Send(Vec<FloodMessage>),
    /// Send these, and end.
    Close(Gone, Vec<FloodMessage>),
}

/// The handle of a wire's task.
pub(super) struct Wire {
    orders: mpsc::UnboundedSender<Order>,
    /// Who is there, once it answered.
    peer: Arc<OnceLock<Arc<Peer>>>,
}

/// Who is at the other end.
pub(super) struct Peer {
    pub endpoint: Endpoint,
    pub ended: Arc<Ended>,
    greeting: Mutex<Option<(Instant, Vec<Address>)>>,
}

impl Peer {
    /// The peers that came with the dial, once, while they are fresh.
    pub fn take_greeting(&self) -> Option<Vec<Address>> {
        let mut greeting = self.greeting.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, peers) = greeting.take()?;
        (at.elapsed() < GREETING_AGE).then_some(peers)
    }
}

/// How a wire ended, told by whoever sees it first.
pub(super) struct Ended(watch::Sender<Option<Gone>>);

impl Ended {
    /// Ends the wire, unless it has ended.
    pub fn end(&self, gone: Gone) {
        self.0.send_if_modified(|ended| {
            let first = ended.is_none();
            ended.get_or_insert(gone);
            first
        });
    }
}

impl Wire {
    /// Dials, and then lives as long as the wire.
    pub fn dial(
        id: WireId,
        endpoint: Result<Endpoint, Why>,
        own: Address,
        client: Arc<Client>,
        arrivals: Arrivals<AnyNode>,
    ) -> Wire {
        // The driver has at most one batch under way and closes once: two orders never wait.
        let (orders, inbox) = mpsc::unbounded_channel();
        let peer = Arc::new(OnceLock::new());
        let known = peer.clone();
        tokio::spawn(async move {
            let started = Instant::now();
            let reached = match endpoint {
                Ok(endpoint) => greet(&client, endpoint, &own).await,
                Err(why) => Err(why),
            };
            let arrival = match reached {
                Ok((reached, link)) => {
                    let _ = known.set(reached.clone());
                    let round_trip = started.elapsed();
                    let _ = arrivals.send(Arrival::Up { wire: id, link }).await;
                    let _ = arrivals.send(Arrival::Path { wire: id, round_trip }).await;
                    let gone = Task { id, peer: reached, client, arrivals: arrivals.clone() }
                        .run(inbox)
                        .await;
                    Arrival::Down { wire: id, gone }
                }
                Err(why) => Arrival::DialFailed { wire: id, why },
            };
            let _ = arrivals.send(arrival).await;
        });
        Wire { orders, peer }
    }

    pub fn order(&self, order: Order) {
        // A wire that has ended has reported so; what it is told then is lost with it.
        let _ = self.orders.send(order);
    }

    /// Ends the wire: what failed is cut, whatever it is doing; else it finishes, and sends `last`, but a
    /// slow peer is not waited for without end.
    pub fn close(&self, gone: Gone, last: Vec<FloodMessage>) {
        match self.peer() {
            Some(peer) if matches!(gone, Gone::Failed(_)) => peer.ended.end(gone),
            peer => {
                self.order(Order::Close(gone, last));
                peer.map(|peer| {
                    tokio::spawn(async move {
                        sleep(CLOSE_TIMEOUT).await;
                        peer.ended.end(gone);
                    })
                });
            }
        }
    }

    pub fn peer(&self) -> Option<Arc<Peer>> {
        self.peer.get().cloned()
    }

    pub fn has_ended(&self) -> bool {
        self.orders.is_closed()
    }
}

/// Asks who is there. It must be who is looked for: a node is its port.
async fn greet(
    client: &Client,
    endpoint: Endpoint,
    own: &Address,
) -> Result<(Arc<Peer>, Link), Why> {
    if endpoint.address() == *own {
        return Err(Why::Ourselves);
    }
    let (document, version) = client.greet(&endpoint).await?;
    if document.own == *own {
        return Err(Why::Ourselves);
    }
    if port_of(&document.own) != Some(endpoint.port) {
        return Err(Why::NotThem);
    }
    let link = Link {
        name: endpoint.name(),
        address: Some(canonical(&endpoint, &document.own)),
        direction: Direction::Out,
        sends: true,
        receives: false,
        kind: LinkKind::Stream,
        group: endpoint.group(),
        version,
    };
    let greeting = Mutex::new(Some((Instant::now(), document.peers)));
    let ended = Arc::new(Ended(watch::Sender::new(None)));
    Ok((Arc::new(Peer { endpoint, ended, greeting }), link))
}

/// Where the node is, in its own words if we dialled a host name: two of them may lead to one node.
/// An IP address that we dialled is proven, whatever the node says.
fn canonical(dialled: &Endpoint, said: &Address) -> Address {
    let said = Endpoint::parse(said.as_str()).filter(|_| dialled.ip().is_none());
    said.map_or_else(|| dialled.address(), |said| said.address())
}

struct Task {
    id: WireId,
    peer: Arc<Peer>,
    client: Arc<Client>,
    arrivals: Arrivals<AnyNode>,
}

impl Task {
    /// Sends until told to close, or until something fails: a batch, or a request beside it.
    async fn run(self, inbox: mpsc::UnboundedReceiver<Order>) -> Gone {
        let mut ended = self.peer.ended.0.subscribe();
        tokio::select! {
            gone = self.obey(inbox) => gone,
            failed = ended.wait_for(Option::is_some) => {
                failed.ok().and_then(|gone| *gone).unwrap_or(Gone::Left)
            }
        }
    }

    async fn obey(&self, mut inbox: mpsc::UnboundedReceiver<Order>) -> Gone {
        let mut single = false;
        while let Some(order) = inbox.recv().await {
            let started = Instant::now();
            match order {
                Order::Send(batch) => {
                    if let Err(why) = self.send(&batch, &mut single).await {
                        return Gone::Failed(why);
                    }
                    sleep_until(started + self.client.config().pace).await;
                    let _ = self.arrivals.send(Arrival::Written { wire: self.id }).await;
                }
                Order::Close(gone, last) => {
                    let _ = timeout(LAST_TIMEOUT, self.send(&last, &mut single)).await;
                    return gone;
                }
            }
        }
        Gone::Left
    }

    /// Sends a batch, in as few requests as the other side takes.
    async fn send(&self, batch: &[FloodMessage], single: &mut bool) -> Result<(), Why> {
        let mut place = 0;
        while place < batch.len() {
            let envelope = &batch[place..place + envelope_len(&batch[place..])];
            if envelope.len() > 1 && !*single {
                match self.patiently(|| self.client.post_all(&self.peer.endpoint, envelope)).await {
                    // One bad message refuses an envelope, or the other side knows no envelopes.
                    Err(Why::Malformed | Why::Unsupported | Why::TooLarge) => *single = true,
                    other => {
                        other?;
                        place += envelope.len();
                        continue;
                    }
                }
            }
            self.send_one(&batch[place], place).await?;
            place += 1;
        }
        Ok(())
    }

    /// Sends one message. What the other side finds faulty is that message's loss, not the wire's end.
    async fn send_one(&self, message: &FloodMessage, place: usize) -> Result<(), Why> {
        match self.patiently(|| self.client.post_one(&self.peer.endpoint, message)).await {
            Err(why @ (Why::Malformed | Why::TooLarge)) => {
                let _ = self.arrivals.send(Arrival::Refused { wire: self.id, place, why }).await;
                Ok(())
            }
            other => other,
        }
    }

    /// Tries again after a wait while the other side says that it is busy.
    async fn patiently<F: Future<Output = Result<(), Why>>>(
        &self,
        send: impl Fn() -> F,
    ) -> Result<(), Why> {
        for wait in BUSY_WAITS {
            match send().await {
                Err(Why::Overloaded) => sleep(wait).await,
                other => return other,
            }
        }
        send().await
    }
}

/// How many messages fit in one envelope: at least one.
fn envelope_len(batch: &[FloodMessage]) -> usize {
    let mut bytes = 0;
    let fits = batch.iter().take_while(|message| {
        bytes += message.wire_len() + 1;
        bytes <= ENVELOPE_BYTES_MAX
    });
    fits.count().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rumormill_core::{Bytes, Name};
    use rumormill_protocols::{Life, Rumor, RumorId, Subject};

    fn message(len: usize) -> FloodMessage {
        let rumor = Rumor {
            id: RumorId([0, 1]),
            origin: Name::Number(7001),
            version: 1,
            subject: Subject::register("book"),
            payload: Bytes::from(vec![b' '; len]),
            life: Life::Lasting,
        };
        FloodMessage { rumor: Arc::new(rumor), ttl: 1 }
    }

    #[test]
    fn an_envelope_is_no_larger_than_a_server_takes() {
        let batch = [message(500_000), message(400_000), message(300_000)];
        assert_eq!(envelope_len(&batch), 2);
        assert_eq!(envelope_len(&batch[1..]), 2);
        assert_eq!(
            envelope_len(&[message(2_000_000), message(1)]),
            1,
            "alone, to be refused alone"
        );
    }
}
