//! Publishing data on a topic.

use super::fields::{Fields, wrong};
use crate::control::{self, PublishError, Receipt};
use crate::server::access::Order;
use crate::server::gossip::json;
use crate::server::problem::Refusal;
use crate::server::{Server, Shared};
use axum::http::StatusCode;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tokio::time::timeout;

/// The longest name of a topic, in bytes.
const TOPIC_MAX: usize = 256;

/// `POST /api/v1/publish`
pub(in crate::server) async fn publish(server: Shared, order: Order) -> Result<Response, Refusal> {
    let fields = Fields::read(order, &server).await?;
    let receipt = server.publish(fields).await?;
    Ok(json(document(&receipt).to_string()))
}

impl Server {
    async fn publish(&self, mut fields: Fields) -> Result<Receipt, Refusal> {
        let (topic, data) = (fields.text("topic")?, fields.text("data")?);
        fields.end()?;
        if !(1..=TOPIC_MAX).contains(&topic.len()) {
            return Err(wrong("topic", format!("must have 1 to {TOPIC_MAX} bytes")));
        }
        let data = STANDARD
            .decode(data)
            .map_err(|error| wrong("data", format!("must be base64 (RFC 4648): {error}")))?;
        let publish = control::publish(&self.node.handle, &topic, &data);
        let done = timeout(self.node.config.answer_timeout, publish).await;
        done.map_err(|_| Refusal::busy())?.map_err(refusal)
    }
}

fn refusal(error: PublishError) -> Refusal {
    match error {
        PublishError::TooLarge { len, max } => {
            let fault = format!("has {len} bytes, and a message carries {max}");
            Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "data", fault)
        }
        PublishError::TooMany => {
            let fault = "has too many publishes that wait for the disk; try again later";
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "node", fault)
        }
        PublishError::Missed => {
            let fault = "published it, but was too busy to say what came of it";
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "node", fault)
        }
        PublishError::Ended(_) => {
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "node", "has ended")
        }
    }
}

fn document(receipt: &Receipt) -> Value {
    let dropped: Vec<Value> =
        receipt.dropped.iter().map(|why| json!({ "reason": why.label() })).collect();
    json!({"id": receipt.id.to_string(), "queued": receipt.queued, "dropped": dropped})
}
