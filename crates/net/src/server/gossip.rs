//! The network's own endpoints.

use super::problem::Refusal;
use super::{Remote, Server, Shared, body};
use crate::transport::http::{FROM, Introduced, Message, NETWORK, VERSION};
use crate::transport::{Arrival, From};
use axum::Extension;
use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use rumormill_core::Why;
use rumormill_node::{AnyBroadcastMessage, AnyDiscoveryMessage, AnyStateMessage, NodeEvent, Plane};
use rumormill_protocols::broadcast::flood::FloodMessage;
use rumormill_protocols::parts::digest::Digest;
use rumormill_protocols::parts::peers::PeersMessage;
use rumormill_protocols::planes::{BroadcastEvent, StateEvent};
use rumormill_protocols::state::registers::{Delta, RegistersMessage, VERSION_OF_EXCHANGES};
use rumormill_wire::json::{Answer, PeersDocument, Problem, decode_gossip};
use std::sync::Arc;
use tokio::sync::oneshot;
use tokio::time::timeout;

/// How many messages of an envelope are handled without a break.
const MESSAGES_AT_ONCE: usize = 256;

/// `GET /peers/`
pub(super) async fn peers(
    server: Shared,
    Extension(remote): Extension<Remote>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    server.check_network(&headers)?;
    let introduced = introduced(&headers, remote);
    let asker = introduced.as_ref().map(|node| node.address.clone());
    let ask = Plane::Discovery(AnyDiscoveryMessage::Peers(PeersMessage::Ask(asker)));
    let answer = server.ask(from(introduced), ask).await?;
    let Ok(Plane::Discovery(AnyDiscoveryMessage::Peers(PeersMessage::Peers(peers)))) = answer
    else {
        return Err(Refusal::busy());
    };
    let own = server.node.own.clone();
    let peers = peers.iter().filter(|peer| **peer != own).cloned().collect();
    let mut response = json(PeersDocument { own, peers }.encode());
    response.headers_mut().insert(VERSION, VERSION_OF_EXCHANGES.into());
    Ok(response)
}

/// `POST /gossip/`
pub(super) async fn gossip(
    server: Shared,
    Extension(remote): Extension<Remote>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    let taken = server.take(&headers, remote, body).await;
    if let Err(Refusal(StatusCode::BAD_REQUEST, _)) = &taken {
        // For the counters; if the node is busy, it has better to do than to hear of this.
        let from = from(introduced(&headers, remote));
        let _ = server.node.arrivals.try_send(Arrival::Invalid { from, why: Why::Malformed });
    }
    taken.map(|answer| json(answer.encode()))
}

impl Server {
    /// Members need not say which network they are of, but must not name another.
    fn check_network(&self, headers: &HeaderMap) -> Result<(), Refusal> {
        let ours = self.node.network.as_str();
        match headers.get(NETWORK).map(|said| String::from_utf8_lossy(said.as_bytes())) {
            Some(theirs) if theirs != ours => {
                let fault = format!("is `{theirs}`, but this node is of `{ours}`");
                Err(Refusal::new(StatusCode::FORBIDDEN, NETWORK, fault))
            }
            _ => Ok(()),
        }
    }

    /// Decodes the whole before anything of it is taken.
    async fn take(
        &self,
        headers: &HeaderMap,
        remote: Remote,
        body: Body,
    ) -> Result<Answer, Refusal> {
        let (from, gossip) = self.read(headers, remote, body, decode_gossip).await?;
        let mut answer = self.hand_in(&from, gossip.messages).await?;
        if let Some(known) = gossip.known {
            answer.messages = self.beyond(from, known).await?.news;
        }
        Ok(answer)
    }

    /// What a member of this network says, and who it is; discovery hears that it lives.
    pub(super) async fn read<T>(
        &self,
        headers: &HeaderMap,
        remote: Remote,
        body: Body,
        decode: impl FnOnce(&[u8], Option<u16>) -> Result<T, Problem>,
    ) -> Result<(From, T), Refusal> {
        let body = self.body_of(headers, body).await?;
        let said = decode(&body, Some(self.own_port))
            .map_err(|problem| Refusal(StatusCode::BAD_REQUEST, problem))?;
        let introduced = introduced(headers, remote);
        self.hear_of(introduced.as_ref());
        Ok((from(introduced), said))
    }

    /// The whole body, of a member of this network, in JSON.
    async fn body_of(&self, headers: &HeaderMap, body: Body) -> Result<Bytes, Refusal> {
        let checked = self.check_network(headers).and_then(|()| body::check_type(headers));
        if let Err(refusal) = checked {
            body::discard(headers, body, &self.node.config).await;
            return Err(refusal);
        }
        body::whole(headers, body, &self.node.config).await
    }

    /// A node that asks lives, and may have come back while we had given it up: discovery hears of it. If
    /// the node is busy, it will ask again.
    fn hear_of(&self, introduced: Option<&Introduced>) {
        let Some(node) = introduced else { return };
        let here = AnyDiscoveryMessage::Peers(PeersMessage::Here(node.address.clone()));
        let messages = vec![Plane::Discovery(here)];
        let from = From::Name(node.name.clone());
        let _ = self.node.arrivals.try_send(Arrival::Messages { from, messages, observed: None });
    }

    /// Hands messages to the node, a few at a time so that others get their turn between, and counts
    /// what became of each.
    async fn hand_in(&self, from: &From, messages: Vec<FloodMessage>) -> Result<Answer, Refusal> {
        let mut answer = Answer::default();
        let mut messages = messages.into_iter().peekable();
        while messages.peek().is_some() {
            let few: Vec<FloodMessage> = messages.by_ref().take(MESSAGES_AT_ONCE).collect();
            let count = few.len() as u64;
            let wrap = |message| Plane::Broadcast(AnyBroadcastMessage::Flood(message));
            let messages = few.into_iter().map(wrap).collect();
            let (observer, observed) = oneshot::channel();
            let arrival =
                Arrival::Messages { from: from.clone(), messages, observed: Some(observer) };
            let events = self.arrive(arrival, observed).await?;
            count_events(&mut answer, count, &events);
        }
        Ok(answer)
    }

    /// What the node knows beyond that.
    async fn beyond(&self, from: From, known: Digest) -> Result<Delta, Refusal> {
        let digest = RegistersMessage::Digest(Arc::new(known));
        let digest = Plane::State(AnyStateMessage::Registers(digest));
        match self.ask(from, digest).await? {
            Ok(Plane::State(AnyStateMessage::Registers(RegistersMessage::Delta(delta)))) => {
                Ok(*delta)
            }
            // A node without a state plane knows nothing beyond.
            Err(Why::Unsupported) => Ok(Delta::default()),
            _ => Err(Refusal::busy()),
        }
    }

    pub(super) async fn ask(
        &self,
        from: From,
        message: Message,
    ) -> Result<Result<Message, Why>, Refusal> {
        let (answer, answered) = oneshot::channel();
        self.arrive(Arrival::Request { from, message, answer }, answered).await
    }

    /// Puts something into the node's inbox and waits for what comes of it.
    async fn arrive<T>(
        &self,
        arrival: Arrival<rumormill_node::AnyNode>,
        answered: oneshot::Receiver<T>,
    ) -> Result<T, Refusal> {
        let exchange = async {
            self.node.arrivals.send(arrival).await.map_err(|_| Refusal::busy())?;
            answered.await.map_err(|_| Refusal::busy())
        };
        timeout(self.node.config.answer_timeout, exchange).await.unwrap_or(Err(Refusal::busy()))
    }
}

fn introduced(headers: &HeaderMap, remote: Remote) -> Option<Introduced> {
    let said = headers.get(FROM).and_then(|said| said.to_str().ok());
    Introduced::read(said, remote.0)
}

fn from(introduced: Option<Introduced>) -> From {
    introduced.map_or(From::Stranger, |node| From::Name(node.name))
}

/// Each message counts once: as a duplicate, else as stale, else as accepted.
fn count_events(answer: &mut Answer, messages: u64, events: &[NodeEvent]) {
    let count = |wanted: fn(&NodeEvent) -> bool| events.iter().filter(|e| wanted(e)).count() as u64;
    let duplicate = count(|e| matches!(e, Plane::Broadcast(BroadcastEvent::Duplicate(..))));
    let stale = count(|e| matches!(e, Plane::State(StateEvent::Stale(..))));
    answer.duplicate += duplicate;
    answer.stale += stale;
    answer.accepted += messages.saturating_sub(duplicate + stale);
}

pub(super) fn json(body: impl Into<Body>) -> Response {
    ([(CONTENT_TYPE, "application/json")], body.into()).into_response()
}
