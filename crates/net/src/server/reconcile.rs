//! `POST /reconcile/`: comparing registers with nodes that know summaries.

use super::gossip::json;
use super::problem::Refusal;
use super::{Remote, Server, Shared};
use axum::Extension;
use axum::body::Body;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use rumormill_core::Why;
use rumormill_node::{AnyStateMessage, Plane};
use rumormill_wire::json::{decode_question, encode_reconcile};

/// `POST /reconcile/`
pub(super) async fn reconcile(
    server: Shared,
    Extension(remote): Extension<Remote>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Refusal> {
    server.reconcile(&headers, remote, body).await
}

impl Server {
    async fn reconcile(
        &self,
        headers: &HeaderMap,
        remote: Remote,
        body: Body,
    ) -> Result<Response, Refusal> {
        let (from, question) = self.read(headers, remote, body, decode_question).await?;
        let question = Plane::State(AnyStateMessage::Registers(question));
        match self.ask(from, question).await? {
            Ok(Plane::State(AnyStateMessage::Registers(answer))) => {
                Ok(json(encode_reconcile(&answer)))
            }
            Err(Why::Unsupported) => {
                let fault = "is not answered: this node keeps no state";
                Err(Refusal::new(StatusCode::NOT_FOUND, "/reconcile/", fault))
            }
            _ => Err(Refusal::busy()),
        }
    }
}
