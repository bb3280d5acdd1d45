//! What programs ask of a node: its state, its network, and to change and to publish
//! (`docs/guide/api.md`).

pub(super) mod events;
pub(super) mod network;
pub(super) mod publish;
pub(super) mod state;

mod fields;
mod parameters;

use super::gossip::json;
use axum::response::Response;

/// The description of every path here, for programs.
pub(super) const OPENAPI: &str = include_str!("openapi.json");

/// `GET /api/v1/openapi.json`
pub(super) async fn openapi() -> Response {
    json(OPENAPI)
}
