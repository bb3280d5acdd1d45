//! HTTP and JSON: the favourite-books network (`docs/protocols/books-http.md`).
//!
//! HTTP has no connections between nodes, only requests; here is how they become wires:
//!
//! | the driver's | is |
//! |---|---|
//! | dial | `GET /peers/`: the node there must answer as itself, by its port |
//! | wire | the right to send there, from an answered dial until nobody is found there |
//! | batch | one `POST /gossip/`: a message, or an envelope of several |
//! | request for peers | `GET /peers/`; right after a dial, the answer that the dial brought |
//! | request with a digest | `POST /gossip/` with `known`; the answer's `messages` are the delta |
//! | other requests of registers | `POST /reconcile/`, to nodes that say [`VERSION`] 2 |
//!
//! So wires are one-way: who is dialled learns nothing of it but the name that a node says about
//! itself in the header [`FROM`], which spares it an echo and tells it of a newcomer. Keep-alive
//! connections are pooled beneath, and their loss is no event unless a new one can't be made.
//!
//! A wire sends at most one batch each `pace`: under load messages gather into envelopes, and a quiet
//! network doesn't wait. Members that take only single messages (they answer an envelope with 400)
//! get single ones.
//!
//! The other half, which answers such requests, is [`server`](crate::server).

mod address;
mod client;
mod wire;

pub use address::{Endpoint, FROM, Introduced, NETWORK, VERSION, guess, port_of};
pub use client::Client;
pub use rumormill_node::HttpConfig;

use super::{Arrival, Arrivals, ExchangeId, Transport, WireId};
use rumormill_core::{Address, Gone, Target, Why};
use rumormill_node::{AnyBroadcastMessage, AnyDiscoveryMessage, AnyNode, AnyStateMessage, Plane};
use rumormill_protocols::broadcast::flood::FloodMessage;
use rumormill_protocols::parts::peers::PeersMessage;
use rumormill_protocols::state::registers::RegistersMessage;
use std::collections::BTreeMap;
use std::sync::Arc;
use tokio::task::AbortHandle;
use wire::{Order, Wire};

/// What a composed node sends and gets.
pub type Message = <AnyNode as rumormill_core::Protocol>::Message;

/// The client side of the HTTP transport.
pub struct Http {
    own: Address,
    client: Arc<Client>,
    arrivals: Arrivals<AnyNode>,
    wires: BTreeMap<WireId, Wire>,
    /// Requests under way, so that they can be called off; those that ended are swept by the next.
    exchanges: BTreeMap<ExchangeId, AbortHandle>,
}

impl Http {
    /// A client of a node of that network that is reached at `own`, which reports to `arrivals`. To be
    /// made on the runtime that its driver runs on.
    pub fn new(
        own: Address,
        network: &str,
        config: HttpConfig,
        arrivals: Arrivals<AnyNode>,
    ) -> Http {
        let client = Arc::new(Client::new(&own, network, config));
        let (wires, exchanges) = (BTreeMap::new(), BTreeMap::new());
        Http { own, client, arrivals, wires, exchanges }
    }

    /// A wire task exists from its dial on, and forgets itself when it has ended.
    fn sweep(&mut self) {
        self.wires.retain(|_, wire| !wire.has_ended());
    }
}

impl Transport<AnyNode> for Http {
    fn dial(&mut self, wire: WireId, target: Target) {
        self.sweep();
        let endpoint = Endpoint::of(&target, &self.own).ok_or(Why::Malformed);
        let spawned = Wire::dial(
            wire,
            endpoint,
            self.own.clone(),
            self.client.clone(),
            self.arrivals.clone(),
        );
        self.wires.insert(wire, spawned);
    }

    fn send(&mut self, wire: WireId, batch: Vec<Message>) {
        let batch: Vec<FloodMessage> = batch.into_iter().filter_map(rumor_of).collect();
        if let Some(wire) = self.wires.get(&wire) {
            wire.order(Order::Send(batch));
        }
    }

    fn request(&mut self, wire: WireId, exchange: ExchangeId, message: Message) {
        let Some(peer) = self.wires.get(&wire).and_then(Wire::peer) else {
            return self.answer_now(exchange, Err(Why::NotLinked));
        };
        if let Plane::Discovery(_) = message
            && let Some(greeting) = peer.take_greeting()
        {
            return self.answer_now(exchange, Ok(peers_message(greeting)));
        }
        let (client, arrivals) = (self.client.clone(), self.arrivals.clone());
        let ended = peer.ended.clone();
        let task = tokio::spawn(async move {
            let result = ask(&client, &peer.endpoint, message).await;
            if let Err(why @ (Why::Unreachable | Why::Closed)) = result {
                ended.end(Gone::Failed(why));
            }
            let _ = arrivals.send(Arrival::Response { exchange, result }).await;
        });
        self.exchanges.retain(|_, task| !task.is_finished());
        self.exchanges.insert(exchange, task.abort_handle());
    }

    fn cancel(&mut self, exchange: ExchangeId) {
        if let Some(task) = self.exchanges.remove(&exchange) {
            task.abort();
        }
    }

    fn close(&mut self, wire: WireId, gone: Gone, last: Vec<Message>) {
        let last = last.into_iter().filter_map(rumor_of).collect();
        if let Some(wire) = self.wires.get(&wire) {
            wire.close(gone, last);
        }
        self.sweep();
    }
}

impl Http {
    fn answer_now(&self, exchange: ExchangeId, result: Result<Message, Why>) {
        let arrivals = self.arrivals.clone();
        tokio::spawn(async move {
            let _ = arrivals.send(Arrival::Response { exchange, result }).await;
        });
    }
}

impl Drop for Http {
    fn drop(&mut self) {
        self.exchanges.values().for_each(AbortHandle::abort);
    }
}

/// Only rumors travel unasked in this network.
fn rumor_of(message: Message) -> Option<FloodMessage> {
    match message {
        Plane::Broadcast(AnyBroadcastMessage::Flood(message)) => Some(message),
        Plane::Discovery(_) | Plane::State(_) => None,
    }
}

/// What is no address of this network is left out: nobody could dial it, and it may be long.
fn peers_message(peers: Vec<Address>) -> Message {
    let good = |address: &Address| Some(Endpoint::parse(address.as_str())?.address());
    let peers = PeersMessage::Peers(peers.iter().filter_map(good).collect());
    Plane::Discovery(AnyDiscoveryMessage::Peers(peers))
}

/// One request and its answer.
async fn ask(client: &Client, endpoint: &Endpoint, message: Message) -> Result<Message, Why> {
    match message {
        Plane::Discovery(AnyDiscoveryMessage::Peers(PeersMessage::Ask(_))) => {
            let document = client.peers(endpoint).await?;
            Ok(peers_message(document.peers))
        }
        Plane::State(AnyStateMessage::Registers(RegistersMessage::Digest(known))) => {
            let delta = RegistersMessage::Delta(Box::new(client.sync(endpoint, &known).await?));
            Ok(Plane::State(AnyStateMessage::Registers(delta)))
        }
        Plane::State(AnyStateMessage::Registers(question)) => {
            let answer = client.reconcile(endpoint, &question).await?;
            Ok(Plane::State(AnyStateMessage::Registers(answer)))
        }
        _ => Err(Why::Unsupported),
    }
}
