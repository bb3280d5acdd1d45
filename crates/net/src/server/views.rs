//! What operators look at.

use super::gossip::json;
use super::problem::Refusal;
use super::{Server, Shared};
use crate::driver::{DriverView, Traffic};
use crate::transport::http::port_of;
use axum::response::Response;
use rumormill_core::{Gone, Name, Time};
use rumormill_node::books::BOOK;
use rumormill_node::{AnyBroadcast, AnyNode, AnyState};
use rumormill_protocols::broadcast::flood::FloodMessage;
use rumormill_protocols::parts::acquaintance::{Acquaintance, Footing};
use rumormill_protocols::state::registers::{Entry, Registers};
use rumormill_protocols::{Life, Rumor, Subject};
use rumormill_wire::json::encode_message;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use tokio::time::timeout;

impl Server {
    /// Looks at the node between two inputs.
    pub(super) async fn look<R: Send + 'static>(
        &self,
        look: impl FnOnce(&AnyNode, &DriverView<'_, AnyNode>) -> R + Send + 'static,
    ) -> Result<R, Refusal> {
        let looked = timeout(self.node.config.answer_timeout, self.node.handle.inspect(look)).await;
        looked.ok().and_then(Result::ok).ok_or_else(Refusal::busy)
    }

    /// What this node is called.
    pub(super) fn own_name(&self) -> Name {
        Name::Number(self.own_port.into())
    }
}

/// `GET /state`
pub(super) async fn state(server: Shared) -> Result<Response, Refusal> {
    let entries = server.look(|node, driver| entries(node, driver.now())).await?;
    let mut origins: BTreeMap<u64, Map<String, Value>> = BTreeMap::new();
    for (entry, age_ms) in entries {
        let Some(port) = entry.rumor.origin.number() else { continue };
        describe(origins.entry(port).or_default(), &entry, age_ms);
    }
    let state: Map<String, Value> =
        origins.into_iter().map(|(port, about)| (port.to_string(), about.into())).collect();
    Ok(json(Value::from(state).to_string()))
}

/// Every register that says something, and its age in milliseconds.
pub(super) fn entries(node: &AnyNode, now: Time) -> Vec<(Entry, u64)> {
    entries_where(node, now, |_| true)
}

/// The books alone.
pub(super) fn books(node: &AnyNode, now: Time) -> Vec<(Entry, u64)> {
    entries_where(node, now, |entry| is_book(&entry.rumor))
}

/// Those that say something and are wanted.
pub(super) fn entries_where(
    node: &AnyNode,
    now: Time,
    wanted: impl Fn(&Entry) -> bool,
) -> Vec<(Entry, u64)> {
    let AnyState::Registers(registers) = node.state() else { return Vec::new() };
    let aged = |entry: &Entry| (entry.clone(), now.since(entry.at).as_millis() as u64);
    registers.table().entries().filter(|entry| wanted(entry)).map(aged).collect()
}

fn is_book(rumor: &Rumor) -> bool {
    matches!(&rumor.subject, Subject::Register(key) if **key == *BOOK)
}

/// Adds one register to what is said of its origin. Version and age are the book's; of an origin without
/// one the newest's.
fn describe(about: &mut Map<String, Value>, entry: &Entry, age_ms: u64) {
    let newest = about.get("version").and_then(Value::as_u64);
    let has_book = about.contains_key(BOOK);
    if let Ok(Value::Object(members)) = serde_json::from_slice(&entry.rumor.payload) {
        let ours = |name: &str| matches!(name, "version" | "age_ms" | "lasts_ms");
        about.extend(members.into_iter().filter(|(name, _)| !ours(name)));
    }
    let is_newest = newest.is_none_or(|newest| entry.rumor.version > newest);
    if is_book(&entry.rumor) || is_newest && !has_book {
        about.insert("version".into(), entry.rumor.version.into());
        about.insert("age_ms".into(), age_ms.into());
    }
}

/// `GET /messages`
pub(super) async fn messages(server: Shared) -> Result<Response, Refusal> {
    let recent = server.look(|node, _| recent(node)).await?;
    let mut out = vec![b'['];
    for (at, message) in recent.iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        out.extend_from_slice(&encode_message(message));
    }
    out.push(b']');
    Ok(json(out))
}

fn recent(node: &AnyNode) -> Vec<FloodMessage> {
    let AnyBroadcast::Flood(flood) = node.broadcast();
    flood.recent().cloned().collect()
}

/// `GET /healthz`
pub(super) async fn healthz(server: Shared) -> Result<Response, Refusal> {
    server.look(|_, _| ()).await?;
    Ok(json(r#"{"status":"ok"}"#))
}

/// `GET /api/v1/node`
pub(super) async fn node(server: Shared) -> Result<Response, Refusal> {
    let name = server.own_name();
    let mut about = server.look(move |node, driver| about(node, driver, &name)).await?;
    about.insert("self".into(), server.node.own.as_str().into());
    about.insert("name".into(), server.own_port.into());
    about.insert("version".into(), env!("CARGO_PKG_VERSION").into());
    about.insert("pid".into(), std::process::id().into());
    about.insert("uptime_ms".into(), (server.started.elapsed().as_millis() as u64).into());
    let data_dir = server.node.data_dir.as_ref().map(|dir| dir.display().to_string());
    about.insert("data_dir".into(), data_dir.into());
    about.insert("network".into(), server.node.network.as_str().into());
    about.insert("network_view".into(), server.network.sums().document());
    Ok(json(Value::from(about).to_string()))
}

/// What `GET /api/v1/node` says of the node itself.
pub(super) fn about(
    node: &AnyNode,
    driver: &DriverView<'_, AnyNode>,
    own: &Name,
) -> Map<String, Value> {
    let counters = driver.counters();
    let messages = |traffic: &BTreeMap<&'static str, Traffic>| {
        traffic.get("rumor").copied().unwrap_or_default().messages
    };
    let AnyBroadcast::Flood(flood) = node.broadcast();
    let [up, spare, down] = standing(node);
    let mut about = Map::new();
    about.insert("peers".into(), json!({"neighbours": up, "reserve": spare, "down": down}));
    about.insert("sent".into(), messages(&counters.sent).into());
    about.insert("received".into(), messages(&counters.received).into());
    about.insert("duplicates".into(), flood.counts().duplicates.into());
    about.insert("delivered".into(), flood.counts().arrived.into());
    about.insert("bytes_sent".into(), bytes(&counters.sent).into());
    about.insert("bytes_received".into(), bytes(&counters.received).into());
    if let AnyState::Registers(registers) = node.state() {
        let counts = registers.counts();
        about.insert("incarnation".into(), registers.incarnation().into());
        about.insert("stale".into(), counts.stale.into());
        about.insert("repaired".into(), counts.repaired.into());
        about.insert("synced".into(), counts.synced.into());
        about.insert("knows".into(), known_books(registers, own).into());
    }
    about
}

/// Of all kinds of messages.
fn bytes(traffic: &BTreeMap<&'static str, Traffic>) -> u64 {
    traffic.values().map(|sum| sum.bytes).sum()
}

/// Of how many other nodes a book is known.
fn known_books(registers: &Registers, own: &Name) -> usize {
    let is_others = |entry: &&Entry| entry.rumor.origin != *own;
    let says = |entry: &&Entry| entry.rumor.life != Life::Removed && is_book(&entry.rumor);
    registers.table().entries().filter(is_others).filter(says).count()
}

/// A name, as it stands in JSON: a port is a number.
pub(super) fn called(name: &Name) -> Value {
    match name.number() {
        Some(number) => number.into(),
        None => name.to_string().into(),
    }
}

/// How many neighbours there are, how many in reserve, how many down.
pub(super) fn standing(node: &AnyNode) -> [usize; 3] {
    let mut counts = [0; 3];
    for known in node.discovery().acquaintances() {
        match known.footing {
            Footing::Neighbour => counts[0] += 1,
            Footing::Down { .. } => counts[2] += 1,
            _ if known.is_verified => counts[1] += 1,
            _ => {}
        }
    }
    counts
}

fn why_gone(gone: Gone) -> Option<&'static str> {
    match gone {
        Gone::Failed(why) => Some(why.label()),
        Gone::Left | Gone::Evicted => None,
    }
}

/// `GET /api/v1/peers`
pub(super) async fn peers(server: Shared) -> Result<Response, Refusal> {
    let peers = server.look(|node, driver| listing(node, driver.now())).await?;
    Ok(json(Value::from(peers).to_string()))
}

fn listing(node: &AnyNode, now: Time) -> Vec<Value> {
    let known = node.discovery().acquaintances();
    known.into_iter().map(|known| describe_peer(&known, now)).collect()
}

fn describe_peer(known: &Acquaintance, now: Time) -> Value {
    let (why, retry_ms) = match known.footing {
        Footing::Down { until, gone } => {
            (gone.and_then(why_gone), Some(until.since(now).as_millis() as u64))
        }
        _ => (None, None),
    };
    json!({
        "name": name_of(known).as_ref().and_then(Name::number),
        "address": known.address.as_ref().map(ToString::to_string),
        "standing": known.footing.label(),
        "seed": known.is_seed,
        "failures": known.failures,
        "why": why,
        "retry_ms": retry_ms,
    })
}

/// What a peer is called: who was reached at an address is called by its port.
fn name_of(known: &Acquaintance) -> Option<Name> {
    let address = known.address.as_ref().filter(|_| known.is_verified);
    let port = || address.and_then(port_of).map(|port| Name::Number(port.into()));
    known.name.clone().or_else(port)
}
