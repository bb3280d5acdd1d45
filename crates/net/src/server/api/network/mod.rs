//! The network as one node sees it, with the counters that the others tell of themselves.
//!
//! The others are asked on demand, over their own `GET /api/v1/node`, and one round of asking serves
//! everybody who wants to know within a second: viewers can't make a node flood others. Only addresses
//! that discovery reached are asked, a bounded number at a time, each for a second at most. A node
//! that is asked so looks at itself alone, so asking never spreads.

mod ask;
mod table;
mod verdict;

use crate::server::gossip::json;
use crate::server::problem::Refusal;
use crate::server::{Server, Shared};
use ask::Asker;
pub(in crate::server) use ask::Sums;
use axum::body::Bytes;
use axum::response::Response;
use rumormill_core::Duration;
use serde_json::json;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::watch;
use tokio::time::{Instant, timeout};

/// How long a document is good for.
const FRESH: Duration = Duration::from_secs(1);

/// `GET /api/v1/network`
pub(in crate::server) async fn network(server: Shared) -> Result<Response, Refusal> {
    let mut round = Round::of(&server);
    let made = async {
        match round.wait_for(Option::is_some).await.as_deref() {
            Ok(Some(document)) => document.clone().ok_or_else(Refusal::busy),
            // Its task ended without a word.
            _ => Err(Refusal::busy()),
        }
    };
    let made = timeout(server.node.config.answer_timeout, made).await;
    made.map_err(|_| Refusal::busy())?.map(json)
}

/// What is shared by all viewers.
#[derive(Default)]
pub(in crate::server) struct Network {
    latest: Mutex<Option<Round>>,
    asker: Asker,
}

impl Network {
    /// What came of all asking.
    pub fn sums(&self) -> Sums {
        self.asker.sums()
    }
}

/// Once it is made: the document, or nothing if the node was too busy.
type Made = Option<Option<Bytes>>;

/// A round of asking.
struct Round {
    began: Instant,
    made: watch::Receiver<Made>,
}

impl Round {
    /// The one that is under way or fresh, or else a new one. It runs on whether or not somebody
    /// still waits for it: else viewers that come and go could start one after the other.
    fn of(server: &Arc<Server>) -> watch::Receiver<Made> {
        let mut latest = server.network.latest.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(round) = latest.as_ref().filter(|round| round.is_good()) {
            return round.made.clone();
        }
        let (maker, made) = watch::channel(None);
        let asking = server.clone();
        tokio::spawn(async move {
            let document = asking.document().await.ok();
            maker.send_replace(Some(document));
        });
        *latest = Some(Round { began: Instant::now(), made: made.clone() });
        made
    }

    fn is_good(&self) -> bool {
        let is_running = self.made.borrow().is_none() && self.made.has_changed().is_ok();
        is_running || self.began.elapsed() < FRESH
    }
}

impl Server {
    async fn document(&self) -> Result<Bytes, Refusal> {
        let mut table = table::Table::of(self).await?;
        let answers = self.network.asker.ask(table.targets()).await;
        table.fill_in(&answers);
        let verdict = verdict::of(&table.rows, table.omitted);
        let nodes: Vec<_> = table.rows.iter().map(table::Row::document).collect();
        let document = json!({
            "self": self.own_port,
            "nodes": nodes,
            "omitted": table.omitted,
            "verdict": {"level": verdict.level.label(), "text": verdict.text},
        });
        Ok(Bytes::from(document.to_string()))
    }
}
