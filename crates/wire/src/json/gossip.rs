//! Messages and envelopes.

use super::Problem;
use super::payload::subject_of;
use rumormill_core::{Bytes, Name};
use rumormill_protocols::broadcast::flood::FloodMessage;
use rumormill_protocols::parts::digest::Digest;
use rumormill_protocols::state::registers::{News, OWN_CLAIM_MAX};
use rumormill_protocols::{Rumor, RumorId, VERSION_MAX};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a `POST /gossip/` says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Gossip {
    /// Its messages.
    pub messages: Vec<FloodMessage>,
    /// What its sender knows, if it asks for more.
    pub known: Option<Digest>,
}

pub(super) type Fields<'a> = BTreeMap<String, &'a RawValue>;

/// Reads a message or an envelope, whole or not at all. `own` is the reader's port: a claim about
/// itself that would leave it no room to go on is refused.
///
/// ```
/// use rumormill_wire::json::decode_gossip;
/// let wrong = r#"{"messages":[{"id":"nonsense"}]}"#;
/// let problem = decode_gossip(wrong.as_bytes(), None).unwrap_err();
/// assert_eq!(problem.to_string(), "messages[0].id must be a UUID");
/// ```
pub fn decode_gossip(body: &[u8], own: Option<u16>) -> Result<Gossip, Problem> {
    let fields = fields_of(body)?;
    let messages = match fields.get("messages") {
        Some(list) => decode_messages(list, own)?.into_iter().map(|(message, _)| message).collect(),
        // Without messages, what is no question is a message, which may carry a question too.
        None if fields.contains_key("known") && !fields.contains_key("id") => Vec::new(),
        None => vec![message_of(&fields, "", own)?.0],
    };
    let known = fields.get("known").map(|raw| versions_of(raw, "known")).transpose()?;
    Ok(Gossip { messages, known: known.map(Digest::of) })
}

/// Writes an envelope.
pub fn encode_gossip(messages: &[FloodMessage], known: Option<&Digest>) -> Vec<u8> {
    let mut out = br#"{"messages":"#.to_vec();
    write_list(&mut out, messages, |out, message| out.extend_from_slice(&encode_message(message)));
    if let Some(known) = known {
        out.extend_from_slice(br#","known":"#);
        write_versions(&mut out, &known.known);
    }
    out.push(b'}');
    out
}

pub(super) fn write_versions(out: &mut Vec<u8>, known: &BTreeMap<Name, u64>) {
    out.push(b'{');
    for (at, (origin, version)) in known.iter().enumerate() {
        let comma = if at > 0 { "," } else { "" };
        out.extend_from_slice(format!(r#"{comma}"{origin}":{version}"#).as_bytes());
    }
    out.push(b'}');
}

/// Writes one message.
pub fn encode_message(message: &FloodMessage) -> Vec<u8> {
    encode_rumor(&message.rumor, message.ttl)
}

/// Writes one rumor as a message with so many hops left.
pub fn encode_rumor(rumor: &Rumor, ttl: u8) -> Vec<u8> {
    let Rumor { id, origin, version, payload, .. } = rumor;
    let mut out =
        format!(r#"{{"id":"{id}","origin":{origin},"version":{version},"ttl":{ttl},"payload":"#)
            .into_bytes();
    out.extend_from_slice(payload);
    out.push(b'}');
    out
}

/// Writes an update for its asker alone, with a time to live of 0; and how old it is, if that matters.
pub(super) fn write_news(out: &mut Vec<u8>, news: &News) {
    out.extend_from_slice(&encode_rumor(&news.rumor, 0));
    if !news.age.is_zero() {
        // Into the message, before the brace that closes it.
        out.pop();
        out.extend_from_slice(format!(r#","age_ms":{}}}"#, news.age.as_millis()).as_bytes());
    }
}

/// Writes an array.
pub(super) fn write_list<T>(
    out: &mut Vec<u8>,
    items: impl IntoIterator<Item = T>,
    mut write: impl FnMut(&mut Vec<u8>, T),
) {
    out.push(b'[');
    for (at, item) in items.into_iter().enumerate() {
        if at > 0 {
            out.push(b',');
        }
        write(out, item);
    }
    out.push(b']');
}

/// The members of the body, unread.
pub(super) fn fields_of(body: &[u8]) -> Result<Fields<'_>, Problem> {
    let text = std::str::from_utf8(body).map_err(|_| Problem::new("body", "is not UTF-8"))?;
    // Read once without looking inside, to tell what is no JSON from what is no object.
    let raw: &RawValue = serde_json::from_str(text)
        .map_err(|error| Problem::new("body", format!("is not JSON: {error}")))?;
    object(raw, "body")
}

pub(super) fn field_of<'a>(
    fields: &Fields<'a>,
    name: &str,
    path: &str,
) -> Result<&'a RawValue, Problem> {
    fields.get(name).copied().ok_or_else(|| Problem::new(path, "is missing"))
}

/// The messages of an array, each with its age in milliseconds.
pub(super) fn decode_messages(
    list: &RawValue,
    own: Option<u16>,
) -> Result<Vec<(FloodMessage, u64)>, Problem> {
    let list: Vec<&RawValue> = serde_json::from_str(list.get())
        .map_err(|_| Problem::new("messages", "must be an array of messages"))?;
    let message = |(at, raw): (usize, &&RawValue)| {
        let path = format!("messages[{at}]");
        message_of(&object(raw, &path)?, &format!("{path}."), own)
    };
    list.iter().enumerate().map(message).collect()
}

pub(super) fn object<'a>(raw: &'a RawValue, path: &str) -> Result<Fields<'a>, Problem> {
    serde_json::from_str(raw.get()).map_err(|_| Problem::new(path, "must be a JSON object"))
}

fn message_of(
    fields: &Fields<'_>,
    at: &str,
    own: Option<u16>,
) -> Result<(FloodMessage, u64), Problem> {
    let field = |name: &str| {
        let path = format!("{at}{name}");
        field_of(fields, name, &path).map(|raw| (raw, path))
    };
    let id = id_of(field("id")?)?;
    let origin = integer_of(field("origin")?, 1, u64::from(u16::MAX))?;
    let version = integer_of(field("version")?, 0, version_max(origin, own))?;
    let ttl = integer_of(field("ttl")?, 0, u64::from(u8::MAX))? as u8;
    let (payload, path) = field("payload")?;
    let (subject, life) = subject_of(payload.get(), &path)?;
    let payload = Bytes::copy_from_slice(payload.get().as_bytes());
    let rumor = Rumor { id, origin: Name::Number(origin), version, subject, payload, life };
    // Said by nodes that pass on what holds for a time only; whatever else it is, it is nothing to us.
    let age = fields.get("age_ms").and_then(|raw| serde_json::from_str(raw.get()).ok());
    Ok((FloodMessage { rumor: Arc::new(rumor), ttl }, age.unwrap_or(0)))
}

/// Of ourselves we believe half of the range: above it nobody could go on.
fn version_max(origin: u64, own: Option<u16>) -> u64 {
    if own.is_some_and(|own| u64::from(own) == origin) { OWN_CLAIM_MAX } else { VERSION_MAX }
}

fn id_of((raw, path): (&RawValue, String)) -> Result<RumorId, Problem> {
    let text: Option<String> = serde_json::from_str(raw.get()).ok();
    let id = text.and_then(|text| uuid::Uuid::try_parse(&text).ok());
    id.map(|id| RumorId::from_u128(id.as_u128()))
        .ok_or_else(|| Problem::new(path, "must be a UUID"))
}

pub(super) fn integer_of(
    (raw, path): (&RawValue, String),
    least: u64,
    most: u64,
) -> Result<u64, Problem> {
    let number: Option<u64> = serde_json::from_str(raw.get()).ok();
    number
        .filter(|number| (least..=most).contains(number))
        .ok_or_else(|| Problem::new(path, format!("must be an integer from {least} to {most}")))
}

pub(super) fn versions_of(raw: &RawValue, name: &str) -> Result<BTreeMap<Name, u64>, Problem> {
    let known = object(raw, name)?;
    let entry = |(origin, version): (&String, &&RawValue)| {
        let path = format!("{name}.{origin}");
        let name = name_of(origin)
            .ok_or_else(|| Problem::new(path.clone(), "must be named by a port from 1 to 65535"))?;
        Ok((name, integer_of((version, path), 0, VERSION_MAX)?))
    };
    known.iter().map(entry).collect()
}

/// The node that a port names. It has one name: no sign, no zero in front.
pub(super) fn name_of(text: &str) -> Option<Name> {
    let port = text.parse::<u16>().ok();
    port.filter(|port| *port > 0 && port.to_string() == text).map(|port| Name::Number(port.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Answer;
    use proptest::prelude::*;

    const GOOD: &str = r#"{"id":"01234567-89ab-4def-8011-223344556677","origin":7001,"version":3,"ttl":8,"payload":{"book":"Lucky Jim"}}"#;

    fn fault(body: &str) -> String {
        decode_gossip(body.as_bytes(), Some(7000)).unwrap_err().to_string()
    }

    #[test]
    fn a_message_comes_out_as_it_went_in() {
        let gossip = decode_gossip(GOOD.as_bytes(), None).unwrap();
        assert_eq!(encode_message(&gossip.messages[0]), GOOD.as_bytes());
        let message = &gossip.messages[0];
        assert_eq!((message.rumor.version, message.ttl, gossip.known), (3, 8, None));
    }

    #[test]
    fn a_payload_is_kept_to_the_letter() {
        let payload = r#"{ "book" : "\u00e9", "extra": [1, 2.50, {"deep": null}] }"#;
        let body = GOOD.replace(r#"{"book":"Lucky Jim"}"#, payload);
        let gossip = decode_gossip(body.as_bytes(), None).unwrap();
        assert_eq!(gossip.messages[0].rumor.payload, payload);
    }

    #[test]
    fn an_envelope_comes_out_as_it_went_in() {
        let body = format!(r#"{{"messages":[{GOOD},{GOOD}],"known":{{"7000":5,"7001":3}}}}"#);
        let gossip = decode_gossip(body.as_bytes(), None).unwrap();
        assert_eq!(gossip.known.as_ref().unwrap().version(&Name::Number(7000)), 5);
        let again = encode_gossip(&gossip.messages, gossip.known.as_ref());
        assert_eq!(String::from_utf8(again).unwrap(), body);
    }

    #[test]
    fn any_uuid_and_unknown_fields_are_taken() {
        for id in ["00000000-0000-0000-0000-000000000000", "0123456789abcdef0123456789abcdef"] {
            let body = GOOD.replace("01234567-89ab-4def-8011-223344556677", id);
            decode_gossip(body.replace("{\"id", "{\"more\":[],\"id").as_bytes(), None).unwrap();
        }
    }

    #[test]
    fn a_message_may_carry_a_question() {
        let body = GOOD.replace("{\"id", "{\"known\":{\"7000\":5},\"id");
        let gossip = decode_gossip(body.as_bytes(), None).unwrap();
        assert_eq!((gossip.messages.len(), gossip.known.is_some()), (1, true));
        assert_eq!(decode_gossip(br#"{"known":{}}"#, None).unwrap().messages, []);
    }

    #[test]
    fn subjects() {
        let subject = |payload: &str| {
            let body = GOOD.replace(r#"{"book":"Lucky Jim"}"#, payload);
            decode_gossip(body.as_bytes(), None).unwrap().messages[0].rumor.subject.clone()
        };
        use rumormill_protocols::Subject;
        assert_eq!(subject(r#"{"mood":"good","book":"x"}"#), Subject::register("book"));
        assert_eq!(subject(r#"{"mood":"good","topic":1}"#), Subject::register("mood"));
        assert_eq!(subject(r#"{"topic":"news","data":"aGk="}"#), Subject::topic("news"));
        assert_eq!(subject(r#"{"removed":"mood"}"#), Subject::register("mood"));
    }

    #[test]
    fn faults_name_their_field() {
        let with = |from: &str, to: &str| fault(&GOOD.replace(from, to));
        let cases = [
            (fault(""), "body is not JSON"),
            (fault("[]"), "body must be a JSON object"),
            (fault("{}"), "id is missing"),
            (with("01234567", "x"), "id must be a UUID"),
            (with("7001", "0"), "origin must be an integer from 1 to 65535"),
            (with("7001", "65536"), "origin must be an integer from 1 to 65535"),
            (with("7001", "\"7001\""), "origin must be an integer from 1 to 65535"),
            (with(":3", ":-1"), "version must be an integer from 0 to 9007199254740991"),
            (with(":3", ":9007199254740992"), "version must be an integer"),
            (with(":3", ":1e99"), "version must be an integer"),
            (with(":3", ":3.0"), "version must be an integer"),
            (with(":8", ":256"), "ttl must be an integer from 0 to 255"),
            (with(":8", ":null"), "ttl must be an integer"),
            (with("{\"book\":\"Lucky Jim\"}", "7"), "payload must be a JSON object"),
            (with("{\"book\":\"Lucky Jim\"}", "{}"), "payload must have at least one member"),
            (with("\"Lucky Jim\"", "7"), "payload.book must be a text"),
            (with("{\"book\"", &"[".repeat(100_000)), "body is not JSON"),
            (fault(r#"{"messages":{}}"#), "messages must be an array"),
            (fault(r#"{"messages":[7]}"#), "messages[0] must be a JSON object"),
            (fault(r#"{"known":[]}"#), "known must be a JSON object"),
            (fault(r#"{"known":{"x":1}}"#), "known.x must be named by a port"),
            (fault(r#"{"known":{"7000":-1}}"#), "known.7000 must be an integer"),
        ];
        for (fault, expected) in cases {
            assert!(fault.starts_with(expected), "{fault:?} should start with {expected:?}");
        }
    }

    #[test]
    fn one_bad_message_refuses_the_envelope_and_is_named() {
        let bad = GOOD.replace(":8", ":999");
        let body = format!(r#"{{"messages":[{GOOD},{bad}]}}"#);
        assert_eq!(fault(&body), "messages[1].ttl must be an integer from 0 to 255");
    }

    #[test]
    fn deep_nesting_is_refused() {
        let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
        let body = GOOD.replace("\"Lucky Jim\"", &deep);
        assert!(fault(&body).starts_with("payload must be a JSON object: recursion"));
    }

    #[test]
    fn of_ourselves_only_half_the_versions_are_believed() {
        let body = GOOD.replace("7001", "7000").replace(":3", ":4503599627370497");
        assert_eq!(fault(&body), "version must be an integer from 0 to 4503599627370496");
        assert!(decode_gossip(body.as_bytes(), Some(7001)).is_ok());
    }

    #[test]
    fn not_utf8_is_said() {
        let problem = decode_gossip(b"{\"id\":\"\xff\"}", None).unwrap_err();
        assert_eq!(problem.to_string(), "body is not UTF-8");
    }

    #[test]
    fn an_answer_is_read_back() {
        let rumor = decode_gossip(GOOD.as_bytes(), None).unwrap().messages[0].rumor.clone();
        let news = vec![rumor.into()];
        let answer = Answer { accepted: 1, messages: news.clone(), ..Answer::default() };
        let delta = Answer::decode_delta(&answer.encode()).unwrap();
        assert_eq!((delta.news, delta.complete), (news, None));
        assert_eq!(Answer::decode_delta(br#"{"accepted":1}"#).unwrap().news, []);
    }

    #[test]
    fn an_answer_says_how_old_it_is_and_leaves_out_what_is_over() {
        use std::time::Duration;
        let body = GOOD.replace("Jim\"}", "Jim\",\"lasts_ms\":5000}");
        let rumor = decode_gossip(body.as_bytes(), None).unwrap().messages[0].rumor.clone();
        let aged = |millis| News { rumor: rumor.clone(), age: Duration::from_millis(millis) };
        let answer = Answer { messages: vec![aged(4000), aged(5000)], ..Answer::default() };
        assert_eq!(Answer::decode_delta(&answer.encode()).unwrap().news, [aged(4000)]);
    }

    #[test]
    fn the_stated_size_is_near_the_truth() {
        use rumormill_core::Message;
        let message = decode_gossip(GOOD.as_bytes(), None).unwrap().messages.remove(0);
        let (stated, real) = (message.wire_len(), encode_message(&message).len());
        assert!(stated.abs_diff(real) <= 8, "{stated} stated, {real} bytes");
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode_gossip(&body, Some(7000));
            let _ = Answer::decode_delta(&body);
        }

        #[test]
        fn no_mutation_makes_it_panic(at in 0usize..GOOD.len(), byte in any::<u8>()) {
            let mut body = GOOD.as_bytes().to_vec();
            body[at] = byte;
            let _ = decode_gossip(&body, Some(7000));
        }
    }
}
