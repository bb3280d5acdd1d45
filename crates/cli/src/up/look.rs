//! Looking at nodes, as any operator could: over HTTP.

use super::http::Http;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::panic::resume_unwind;
use tokio::task::JoinSet;

/// One node at one look.
#[derive(Clone, Debug, Default)]
pub struct NodeView {
    /// Its port.
    pub port: u16,
    /// Whether its process runs.
    pub alive: bool,
    /// What it knows of each origin; nothing if it did not answer.
    pub state: Option<BTreeMap<u16, About>>,
    /// How it is.
    pub node: NodeDocument,
}

/// What a node says of an origin in `GET /state`.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct About {
    /// The favourite book.
    pub book: Option<String>,
    /// Its version.
    pub version: u64,
    /// How many milliseconds ago the node learned that version.
    #[serde(default)]
    pub age_ms: u64,
}

/// What a node says of itself in `GET /api/v1/node`.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct NodeDocument {
    /// How many rumors it sent, copies counted.
    pub sent: u64,
    /// How many it received, copies counted.
    pub received: u64,
    /// How many of those it knew already.
    pub duplicates: u64,
    /// How many were new.
    pub delivered: u64,
    /// How many bytes it sent, if it says.
    pub bytes_sent: Option<u64>,
    /// How many it received, if it says.
    pub bytes_received: Option<u64>,
    /// Its peers.
    pub peers: Peers,
}

/// How many peers stand how.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Peers {
    /// Used.
    pub neighbours: u64,
}

impl NodeView {
    /// What it likes itself.
    pub fn own(&self) -> Option<&About> {
        self.state.as_ref()?.get(&self.port)
    }

    /// Of how many others it knows a book.
    pub fn knows(&self) -> usize {
        let others = |state: &BTreeMap<u16, About>| {
            state.iter().filter(|(port, about)| **port != self.port && about.book.is_some()).count()
        };
        self.state.as_ref().map_or(0, others)
    }
}

/// What came of looking at a node: nothing if it did not answer.
#[derive(Debug)]
pub struct Look {
    /// Which node.
    pub port: u16,
    /// What it said.
    pub said: Option<(BTreeMap<u16, About>, NodeDocument)>,
}

/// Looks at nodes, each at its own pace: a silent one holds nobody up.
pub struct Looker {
    http: Http,
    asked: BTreeSet<u16>,
    looks: JoinSet<Look>,
}

impl Looker {
    /// By that client.
    pub fn new(http: Http) -> Looker {
        Looker { http, asked: BTreeSet::new(), looks: JoinSet::new() }
    }

    /// Looks at nodes, but not at those that it looks at already.
    pub fn look_at(&mut self, ports: impl IntoIterator<Item = u16>) {
        for port in ports {
            if self.asked.insert(port) {
                let http = self.http.clone();
                self.looks.spawn(async move { Look { port, said: look_at(http, port).await } });
            }
        }
    }

    /// Whether it looks at nobody.
    pub fn is_idle(&self) -> bool {
        self.looks.is_empty()
    }

    /// The next look that is done; never if there is none under way. No look is lost if the future
    /// is dropped.
    pub async fn next(&mut self) -> Look {
        let look = match self.looks.join_next().await {
            Some(Ok(look)) => look,
            Some(Err(error)) if error.is_panic() => resume_unwind(error.into_panic()),
            Some(Err(_)) | None => std::future::pending().await,
        };
        self.asked.remove(&look.port);
        look
    }
}

async fn look_at(http: Http, port: u16) -> Option<(BTreeMap<u16, About>, NodeDocument)> {
    let state = http.get(port, "/state").await?;
    let node = http.get(port, "/api/v1/node").await?;
    Some((state, node))
}
