//! A node, and what is said to it.

use crate::client::{Connection, exchange, get, post};
use rumormill::{Builder, Node};
use serde_json::Value;

/// Settings of nodes that keep to themselves, whoever else runs on this machine.
pub fn builder() -> Builder {
    Node::builder().network("bad-input")
}

/// A node with defaults.
pub async fn node() -> Node {
    builder().spawn().await.expect("a node")
}

/// The members of a good message, as they stand in JSON. Nobody lives at its origin.
const GOOD: [(&str, &str); 5] = [
    ("id", r#""00000000-0000-4000-8000-000000000001""#),
    ("origin", "1"),
    ("version", "3"),
    ("ttl", "8"),
    ("payload", r#"{"book":"Lucky Jim by Kingsley Amis"}"#),
];

/// A good message with some members changed (the last change counts), added, or (by an empty text) left
/// out.
pub fn message(changes: &[(&str, &str)]) -> String {
    let changed = |name: &str| changes.iter().rfind(|(other, _)| *other == name);
    let mut members: Vec<(&str, &str)> =
        GOOD.iter().map(|(name, value)| *changed(name).unwrap_or(&(name, value))).collect();
    members.extend(changes.iter().filter(|(name, _)| GOOD.iter().all(|(good, _)| good != name)));
    let texts = members.iter().filter(|(_, value)| !value.is_empty());
    let texts: Vec<String> = texts.map(|(name, value)| format!(r#""{name}":{value}"#)).collect();
    format!("{{{}}}", texts.join(","))
}

/// A good message whose id is that number.
pub fn numbered(id: u64, origin: u16, version: u64) -> String {
    let (id, origin) = (uuid(id), origin.to_string());
    message(&[("id", &id), ("origin", &origin), ("version", &version.to_string())])
}

/// A number as a UUID in JSON.
pub fn uuid(number: u64) -> String {
    format!(r#""00000000-0000-4000-8000-{number:012x}""#)
}

/// An envelope of messages.
pub fn envelope(messages: &[String]) -> String {
    format!(r#"{{"messages":[{}]}}"#, messages.join(","))
}

/// What a node knows, and that it is well, seen over a connection that stays open.
pub struct View(Connection);

impl View {
    pub async fn of(port: u16) -> View {
        View(Connection::open(port).await)
    }

    pub async fn get(&mut self, path: &str) -> Value {
        let answer = self.0.exchange(&get(path)).await;
        assert_eq!(answer.status, 200, "GET {path}: {answer:?}");
        answer.json()
    }

    /// State and messages; ages left out, because they only grow.
    pub async fn known(&mut self) -> [Value; 2] {
        let mut state = self.get("/state").await;
        for about in state.as_object_mut().expect("an object").values_mut() {
            about.as_object_mut().expect("an object").remove("age_ms");
        }
        [state, self.get("/messages").await]
    }
}

/// What a node answers to good gossip.
pub async fn told(port: u16, body: impl AsRef<[u8]>) -> Value {
    let answer = exchange(port, &post(body)).await;
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    answer.json()
}

/// How many were accepted, duplicate and stale.
pub async fn counts(port: u16, body: impl AsRef<[u8]>) -> [u64; 3] {
    let told = told(port, body).await;
    ["accepted", "duplicate", "stale"].map(|name| told[name].as_u64().expect("a count"))
}
