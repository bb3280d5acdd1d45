//! What a payload is about.

use super::Problem;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rumormill_core::Bytes;
use rumormill_protocols::{Life, Subject};
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;
use std::time::Duration;

/// The payload that sets the register `key` to `value`.
///
/// ```
/// let payload = rumormill_wire::json::register_payload("book", &"Lucky Jim".into());
/// assert_eq!(payload, r#"{"book":"Lucky Jim"}"#);
/// ```
pub fn register_payload(key: &str, value: &Value) -> Bytes {
    Bytes::from(format!("{{{}:{value}}}", Value::from(key)))
}

/// The payload that sets the register `key` to `value` for so long.
///
/// ```
/// use std::time::Duration;
/// let payload = rumormill_wire::json::expiring_payload("mood", &"good".into(), Duration::from_secs(9));
/// assert_eq!(payload, r#"{"mood":"good","lasts_ms":9000}"#);
/// ```
pub fn expiring_payload(key: &str, value: &Value, lasts: Duration) -> Bytes {
    let (key, lasts_ms) = (Value::from(key), lasts.as_millis());
    Bytes::from(format!(r#"{{{key}:{value},"{LASTS}":{lasts_ms}}}"#))
}

/// The payload that removes the register `key`.
///
/// ```
/// let payload = rumormill_wire::json::removal_payload("mood");
/// assert_eq!(payload, r#"{"removed":"mood"}"#);
/// ```
pub fn removal_payload(key: &str) -> Bytes {
    Bytes::from(format!(r#"{{"{REMOVED}":{}}}"#, Value::from(key)))
}

/// The member that names the register which a payload removes.
const REMOVED: &str = "removed";

/// The member that says for how many milliseconds a register holds.
const LASTS: &str = "lasts_ms";

/// Says what is wrong with a payload as an update of the register `key`: nodes would refuse it, and all
/// that comes with it.
///
/// ```
/// use rumormill_wire::json::{check_register, register_payload};
/// assert!(check_register("mood", &register_payload("mood", &7.into())).is_ok());
/// let problem = check_register("book", &register_payload("book", &7.into())).unwrap_err();
/// assert_eq!(problem.to_string(), "payload.book must be a text");
/// ```
pub fn check_register(key: &str, payload: &[u8]) -> Result<(), Problem> {
    let text = std::str::from_utf8(payload).map_err(|_| Problem::new("payload", "is not UTF-8"))?;
    match subject_of(text, "payload")?.0 {
        Subject::Register(named) if *named == *key => Ok(()),
        _ => Err(Problem::new("payload", format!("is not about the register {key}"))),
    }
}

/// The payload that carries `data` to a topic.
pub fn topic_payload(topic: &str, data: &[u8]) -> Bytes {
    let (topic, data) = (Value::from(topic), Value::from(STANDARD.encode(data)));
    Bytes::from(format!(r#"{{"topic":{topic},"data":{data}}}"#))
}

/// The data of a [`topic_payload`]; nothing if it is none.
///
/// ```
/// use rumormill_wire::json::{topic_data, topic_payload};
/// assert_eq!(topic_data(&topic_payload("news", b"\x00hi")).unwrap(), b"\x00hi"[..]);
/// ```
pub fn topic_data(payload: &[u8]) -> Option<Vec<u8>> {
    let members: serde_json::Map<String, Value> = serde_json::from_slice(payload).ok()?;
    STANDARD.decode(members.get("data")?.as_str()?).ok()
}

/// What a payload is about, and how long that holds; `path` is its name in the document.
pub(super) fn subject_of(payload: &str, path: &str) -> Result<(Subject, Life), Problem> {
    let members = members_of(payload)
        .map_err(|error| Problem::new(path, format!("must be a JSON object: {error}")))?;
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    match (members.get("book"), text("topic"), text("data")) {
        (Some(Value::String(_)), ..) => Ok((Subject::register("book"), members.life())),
        (Some(_), ..) => Err(Problem::new(format!("{path}.book"), "must be a text")),
        (None, Some(topic), Some(_)) => Ok((Subject::topic(topic), Life::Lasting)),
        (None, ..) => match &members.first {
            Some((key, Value::String(named))) if key == REMOVED => {
                Ok((Subject::register(named), Life::Removed))
            }
            Some((key, _)) => Ok((Subject::register(key), members.life())),
            None => Err(Problem::new(path, "must have at least one member, such as book")),
        },
    }
}

/// The members that say what a payload is about: the first, and those with a meaning.
#[derive(Default)]
struct Members {
    first: Option<(String, Value)>,
    others: Vec<(String, Value)>,
}

impl Members {
    fn get(&self, name: &str) -> Option<&Value> {
        let mut all = self.others.iter().rev().chain(&self.first);
        all.find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// What is no span of time that anybody could mean is a member like any other.
    fn life(&self) -> Life {
        let said = self.others.iter().rev().find(|(key, _)| key == LASTS);
        let lasts = said.and_then(|(_, value)| value.as_u64()).map(Duration::from_millis);
        match lasts.filter(|lasts| (Duration::from_millis(1)..=Life::MAX).contains(lasts)) {
            Some(lasts) => Life::For(lasts),
            None => Life::Lasting,
        }
    }
}

/// Reads every value whole, so that its nesting is bounded as the parser has it.
fn members_of(payload: &str) -> Result<Members, serde_json::Error> {
    let mut parser = serde_json::Deserializer::from_str(payload);
    let members = parser.deserialize_map(MembersVisitor)?;
    parser.end().map(|()| members)
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Members::default();
        while let Some((key, value)) = map.next_entry::<String, Value>()? {
            match members.first {
                None => members.first = Some((key, value)),
                Some(_) if matches!(key.as_str(), "book" | "topic" | "data" | LASTS) => {
                    members.others.push((key, value));
                }
                Some(_) => {}
            }
        }
        Ok(members)
    }
}
