//! Looking at nodes, as any operator could: over HTTP.

use super::fleet::Fleet;
use bytes::Bytes;
use http_body_util::{BodyExt, Empty, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// How long a node may take to answer before it counts as silent.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);

/// The most that is read of an answer.
const ANSWER_BYTES_MAX: usize = 16 << 20;

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

/// Asks nodes.
pub struct Looker {
    http: Client<HttpConnector, Empty<Bytes>>,
}

impl Looker {
    /// With a pool of connections of its own.
    pub fn new() -> Looker {
        let http = Client::builder(TokioExecutor::new())
            .pool_idle_timeout(Duration::from_secs(20))
            .pool_max_idle_per_host(1)
            .pool_timer(TokioTimer::new())
            .build_http();
        Looker { http }
    }

    /// Looks at all nodes at once. One that does not answer is seen as it was told to be: by its
    /// process.
    pub async fn look(&self, fleet: &mut Fleet) -> Vec<NodeView> {
        let mut looks = JoinSet::new();
        let mut views = BTreeMap::new();
        for node in fleet.nodes() {
            let (port, alive) = (node.port, node.is_alive());
            views.insert(port, NodeView { port, alive, ..NodeView::default() });
            if alive {
                looks.spawn(look_at(self.http.clone(), port));
            }
        }
        while let Some(looked) = looks.join_next().await {
            if let Ok(Some(view)) = looked {
                views.insert(view.port, view);
            }
        }
        views.into_values().collect()
    }
}

async fn look_at(http: Client<HttpConnector, Empty<Bytes>>, port: u16) -> Option<NodeView> {
    let state = get(&http, port, "/state").await?;
    let node = get(&http, port, "/api/v1/node").await?;
    Some(NodeView { port, alive: true, state: Some(state), node })
}

async fn get<T: DeserializeOwned>(
    http: &Client<HttpConnector, Empty<Bytes>>,
    port: u16,
    path: &str,
) -> Option<T> {
    let uri = format!("http://127.0.0.1:{port}{path}").parse().ok()?;
    let answer = async {
        let response = http.get(uri).await.ok()?;
        let body = Limited::new(response.into_body(), ANSWER_BYTES_MAX).collect().await.ok()?;
        serde_json::from_slice(&body.to_bytes()).ok()
    };
    timeout(ANSWER_TIMEOUT, answer).await.ok()?
}
