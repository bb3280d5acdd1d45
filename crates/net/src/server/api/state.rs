//! The shared state: everybody's registers, and the node's own to set and remove.

use super::fields::{Fields, wrong};
use super::parameters::{Key, Parameters, key, named};
use crate::control::{self, Register, Says, SetError};
use crate::driver::DriverView;
use crate::server::access::Order;
use crate::server::gossip::json;
use crate::server::problem::Refusal;
use crate::server::{Server, Shared, body, views};
use axum::http::StatusCode;
use axum::response::Response;
use rumormill_core::{Duration, Name};
use rumormill_protocols::Subject;
use rumormill_protocols::state::registers::Entry;
use rumormill_wire::json::Problem;
use serde_json::{Value, json};
use tokio::time::timeout;

/// As it stands in a document.
fn document(register: Register<'_>, age_ms: u64) -> Value {
    json!({
        "origin": register.origin,
        "key": register.key,
        "value": register.value,
        "version": register.version,
        "age_ms": age_ms,
        "lasts_ms": register.lasts.map(|span| span.as_millis() as u64),
    })
}

/// `GET /api/v1/state`
pub(in crate::server) async fn all(
    server: Shared,
    parameters: Parameters,
) -> Result<Response, Refusal> {
    let [origin, key] = named(parameters, ["origin", "key"])?;
    let origin = origin.as_deref().map(whole).transpose()?;
    let registers = registers(&server, origin, key).await?;
    Ok(json(json!({ "registers": registers }).to_string()))
}

fn whole(text: &str) -> Result<u64, Refusal> {
    text.parse().map_err(|_| wrong("origin", "must be a whole number: a node's port"))
}

/// Those of that origin and key, or of all, by origin and key; what is removed is not among them.
async fn registers(
    server: &Server,
    origin: Option<u64>,
    key: Option<String>,
) -> Result<Vec<Value>, Refusal> {
    // Picked before it is read: a register may be large.
    let wanted = move |entry: &Entry| {
        let is_key = |wanted: &String| matches!(&entry.rumor.subject, Subject::Register(key) if **key == **wanted);
        origin.is_none_or(|origin| entry.rumor.origin == Name::Number(origin))
            && key.as_ref().is_none_or(is_key)
    };
    let look = move |node: &_, driver: &DriverView<'_, _>| {
        views::entries_where(node, driver.now(), wanted)
    };
    let entries = server.look(look).await?;
    let mut found: Vec<(Register<'_>, u64)> = entries
        .iter()
        .filter_map(|(entry, age_ms)| Some((Register::of(&entry.rumor)?, *age_ms)))
        .collect();
    found.sort_by_key(|(register, _)| (register.origin, register.key));
    Ok(found.into_iter().map(|(register, age_ms)| document(register, age_ms)).collect())
}

/// `GET /api/v1/state/{key}`
pub(in crate::server) async fn one(server: Shared, said: Key) -> Result<Response, Refusal> {
    let key = key(said)?;
    let own = Some(u64::from(server.own_port));
    match registers(&server, own, Some(key)).await?.pop() {
        Some(register) => Ok(json(register.to_string())),
        None => {
            let fault = "is no register of this node; ?key= at /api/v1/state finds others'";
            Err(Refusal::new(StatusCode::NOT_FOUND, "key", fault))
        }
    }
}

/// `PUT /api/v1/state/{key}`
pub(in crate::server) async fn set(
    server: Shared,
    said: Key,
    order: Order,
) -> Result<Response, Refusal> {
    let mut fields = Fields::read(order, &server).await?;
    let says = says(&mut fields).and_then(|says| fields.end().map(|()| says));
    server.change(said, says).await
}

fn says(fields: &mut Fields) -> Result<Says, Refusal> {
    let value = fields.value("value")?;
    Ok(match fields.millis("lasts_ms")? {
        None => Says::Value(value),
        Some(millis) => Says::For(value, Duration::from_millis(millis)),
    })
}

/// `DELETE /api/v1/state/{key}`
pub(in crate::server) async fn remove(
    server: Shared,
    said: Key,
    order: Order,
) -> Result<Response, Refusal> {
    body::discard(&order.headers, order.body, &server.node.config).await;
    server.change(said, Ok(Says::Nothing)).await
}

impl Server {
    async fn change(&self, said: Key, says: Result<Says, Refusal>) -> Result<Response, Refusal> {
        let (key, says) = (key(said)?, says?);
        let set = control::set(&self.node.handle, &key, says);
        let done = timeout(self.node.config.answer_timeout, set).await;
        let version = done.map_err(|_| not_yet())?.map_err(refusal)?;
        let changed = json!({"origin": self.own_port, "key": key, "version": version});
        Ok(json(changed.to_string()))
    }
}

fn not_yet() -> Refusal {
    let fault = "did not make the change durable in time; it may still come: look, or try again";
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "node", fault)
}

/// What was refused, in terms of the request.
fn refusal(error: SetError) -> Refusal {
    let (status, field) = match &error {
        SetError::TooLarge { .. } | SetError::OverBudget => {
            (StatusCode::PAYLOAD_TOO_LARGE, "value")
        }
        SetError::BadKey(_) => (StatusCode::BAD_REQUEST, "key"),
        SetError::BadLife(_) => (StatusCode::BAD_REQUEST, "lasts_ms"),
        SetError::Malformed(_) => (StatusCode::BAD_REQUEST, "value"),
        SetError::TooMany => (StatusCode::TOO_MANY_REQUESTS, "key"),
        SetError::NotDurable(_) => (StatusCode::INSUFFICIENT_STORAGE, "data_dir"),
        SetError::NoState => (StatusCode::NOT_IMPLEMENTED, "node"),
        SetError::Missed | SetError::Ended(_) => (StatusCode::SERVICE_UNAVAILABLE, "node"),
    };
    let fault = match &error {
        SetError::TooLarge { len, max } => {
            format!("makes a register of {len} bytes, and a message carries {max}")
        }
        SetError::OverBudget => "is more than this node may tell at once: say less, or raise \
             node.state.registers.delta_bytes_max"
            .into(),
        SetError::BadKey(_) => {
            "must have 1 to 256 bytes, and not be removed, lasts_ms, topic or data".into()
        }
        SetError::BadLife(_) => "must be from 1 to 315360000000: ten years".into(),
        SetError::Malformed(Problem { fault, .. }) => fault.clone(),
        SetError::TooMany => format!("is one too many: {error}"),
        SetError::NotDurable(why) => format!(
            "can't be written ({why}): nothing changed; make room on the disk and set it again"
        ),
        SetError::NoState => "keeps no state".into(),
        SetError::Missed => "was too busy to say whether it is set: look".into(),
        SetError::Ended(_) => "has ended".into(),
    };
    Refusal::new(status, field, fault)
}
