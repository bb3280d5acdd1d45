//! `POST /reconcile/`: comparing registers with nodes that know summaries.

use super::gossip::{from, introduced, json};
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
        let body = self.body_of(headers, body).await?;
        let question = decode_question(&body, Some(self.own_port))
            .map_err(|problem| Refusal(StatusCode::BAD_REQUEST, problem))?;
        let introduced = introduced(headers, remote);
        self.hear_of(introduced.as_ref());
        let question = Plane::State(AnyStateMessage::Registers(question));
        match self.ask(from(introduced), question).await? {
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
