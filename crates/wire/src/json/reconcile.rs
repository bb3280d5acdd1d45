//! What nodes that know summaries tell each other (`docs/protocols/registers.md`).
//!
//! ```text
//!  questions   {"summary":"<16 hex digits>","after":"7000"}
//!              {"messages":[…],"complete":{"7001":[0,3]},"digest":{…},"budget":65536}
//!  answers     {"same":true}
//!              {"known":{"7000":5},"held":{"7001":9},"anew":{},"upto":"7031"}
//!              {"messages":[…],"complete":{"7001":[0,3]},"anew":{},"more":true}
//! ```
//!
//! What is empty, false or without a bound is left out.

use super::Problem;
use super::gossip::{
    Fields, decode_messages, fields_of, integer_of, name_of, object, versions_of, write_list,
    write_news, write_versions,
};
use rumormill_core::Name;
use rumormill_protocols::VERSION_MAX;
use rumormill_protocols::parts::digest::{Digest, Range};
use rumormill_protocols::state::registers::{
    Delta, Exchange, News, RegistersMessage, Summary, Vouched,
};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Writes a question or an answer.
pub fn encode_reconcile(message: &RegistersMessage) -> Vec<u8> {
    let mut out = Vec::with_capacity(64);
    match message {
        RegistersMessage::Summary(summary) => write_summary(&mut out, summary),
        RegistersMessage::Same => out.extend_from_slice(br#"{"same":true"#),
        RegistersMessage::Digest(digest) => write_digest(&mut out, digest),
        RegistersMessage::Delta(delta) => write_delta(&mut out, delta),
        RegistersMessage::Exchange(exchange) => {
            write_delta(&mut out, &exchange.delta);
            if let Some(digest) = &exchange.digest {
                out.extend_from_slice(br#","digest":"#);
                write_digest(&mut out, digest);
                out.push(b'}');
            }
            out.extend_from_slice(format!(r#","budget":{}"#, exchange.budget).as_bytes());
        }
    }
    out.push(b'}');
    out
}

fn write_summary(out: &mut Vec<u8>, Summary { hash, after }: &Summary) {
    out.extend_from_slice(format!(r#"{{"summary":"{hash:016x}""#).as_bytes());
    write_name(out, "after", after.as_ref());
}

/// All but the brace that closes it, like what follows.
fn write_digest(out: &mut Vec<u8>, digest: &Digest) {
    out.extend_from_slice(br#"{"known":"#);
    write_versions(out, &digest.known);
    for (name, versions) in [("held", &digest.held), ("anew", &digest.anew)] {
        write_member(out, name, versions);
    }
    write_name(out, "after", digest.range.after.as_ref());
    write_name(out, "upto", digest.range.upto.as_ref());
}

fn write_delta(out: &mut Vec<u8>, delta: &Delta) {
    out.extend_from_slice(br#"{"messages":"#);
    write_list(out, &delta.news, write_news);
    if let Some(complete) = &delta.complete {
        let spans = complete
            .iter()
            .map(|(origin, Vouched { from, upto })| format!(r#""{origin}":[{from},{upto}]"#));
        let spans: Vec<String> = spans.collect();
        out.extend_from_slice(format!(r#","complete":{{{}}}"#, spans.join(",")).as_bytes());
    }
    write_member(out, "anew", &delta.anew);
    if delta.more {
        out.extend_from_slice(br#","more":true"#);
    }
}

fn write_member(out: &mut Vec<u8>, name: &str, versions: &BTreeMap<Name, u64>) {
    if !versions.is_empty() {
        out.extend_from_slice(format!(r#","{name}":"#).as_bytes());
        write_versions(out, versions);
    }
}

fn write_name(out: &mut Vec<u8>, field: &str, name: Option<&Name>) {
    if let Some(name) = name {
        out.extend_from_slice(format!(r#","{field}":"{name}""#).as_bytes());
    }
}

/// Reads a question: a summary, or an exchange. `own` is the reader's port: a claim about itself that
/// would leave it no room to go on is refused.
pub fn decode_question(body: &[u8], own: Option<u16>) -> Result<RegistersMessage, Problem> {
    let fields = fields_of(body)?;
    if let Some(summary) = fields.get("summary") {
        let (hash, after) = (hash_of(summary)?, name_in(&fields, "after")?);
        return Ok(RegistersMessage::Summary(Summary { hash, after }));
    }
    let delta = delta_of(&fields, own)?;
    let digest = match fields.get("digest") {
        Some(digest) => Some(digest_of(&object(digest, "digest")?)?),
        None => None,
    };
    let budget = match fields.get("budget") {
        Some(budget) => integer_of((budget, "budget".into()), 0, VERSION_MAX)? as usize,
        None => usize::MAX,
    };
    Ok(RegistersMessage::Exchange(Box::new(Exchange { delta, digest, budget })))
}

/// Reads an answer.
pub fn decode_answer(body: &[u8]) -> Result<RegistersMessage, Problem> {
    let fields = fields_of(body)?;
    if fields.contains_key("same") {
        return Ok(RegistersMessage::Same);
    }
    if fields.contains_key("known") {
        return Ok(RegistersMessage::Digest(Arc::new(digest_of(&fields)?)));
    }
    Ok(RegistersMessage::Delta(Box::new(delta_of(&fields, None)?)))
}

fn hash_of(raw: &RawValue) -> Result<u64, Problem> {
    let text: Option<String> = serde_json::from_str(raw.get()).ok();
    let hash = text.filter(|text| text.len() == 16 && text.bytes().all(|b| b.is_ascii_hexdigit()));
    hash.and_then(|hash| u64::from_str_radix(&hash, 16).ok())
        .ok_or_else(|| Problem::new("summary", "must be 16 hexadecimal digits"))
}

fn name_in(fields: &Fields<'_>, field: &str) -> Result<Option<Name>, Problem> {
    let Some(raw) = fields.get(field) else { return Ok(None) };
    let text: Option<String> = serde_json::from_str(raw.get()).ok();
    match text.as_deref().and_then(name_of) {
        Some(name) => Ok(Some(name)),
        None => Err(Problem::new(field, "must be a port from 1 to 65535, as a text")),
    }
}

fn versions_in(fields: &Fields<'_>, field: &str) -> Result<BTreeMap<Name, u64>, Problem> {
    fields.get(field).map_or(Ok(BTreeMap::new()), |raw| versions_of(raw, field))
}

fn digest_of(fields: &Fields<'_>) -> Result<Digest, Problem> {
    let range = Range { after: name_in(fields, "after")?, upto: name_in(fields, "upto")? };
    let [known, held, anew] = ["known", "held", "anew"].map(|field| versions_in(fields, field));
    Ok(Digest { known: known?, held: held?, anew: anew?, range })
}

fn delta_of(fields: &Fields<'_>, own: Option<u16>) -> Result<Delta, Problem> {
    let Some(messages) = fields.get("messages") else {
        return Err(Problem::new("messages", "is missing"));
    };
    let news = decode_messages(messages, own)?
        .into_iter()
        .map(|(message, age_ms)| News { rumor: message.rumor, age: Duration::from_millis(age_ms) })
        .collect();
    let complete = fields.get("complete").map(|raw| vouched_of(raw)).transpose()?;
    let more = fields.get("more").is_some_and(|raw| raw.get() == "true");
    Ok(Delta { news, complete, anew: versions_in(fields, "anew")?, more })
}

fn vouched_of(raw: &RawValue) -> Result<BTreeMap<Name, Vouched>, Problem> {
    let spans = object(raw, "complete")?;
    let span = |(origin, raw): (&String, &&RawValue)| {
        let path = format!("complete.{origin}");
        let name = name_of(origin)
            .ok_or_else(|| Problem::new(path.clone(), "must be named by a port from 1 to 65535"))?;
        let ends: Option<[u64; 2]> = serde_json::from_str(raw.get()).ok();
        match ends.filter(|[from, upto]| from <= upto && *upto <= VERSION_MAX) {
            Some([from, upto]) => Ok((name, Vouched { from, upto })),
            None => Err(Problem::new(path, "must be two versions, the lower first")),
        }
    };
    spans.iter().map(span).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rumormill_core::{Bytes, Message};
    use rumormill_protocols::{Life, Rumor, RumorId, Subject};

    fn name(port: u16) -> Name {
        Name::Number(port.into())
    }

    fn any_versions() -> impl Strategy<Value = BTreeMap<Name, u64>> {
        prop::collection::btree_map((1u16..).prop_map(name), 0..=VERSION_MAX, 0..5)
    }

    fn any_news() -> impl Strategy<Value = News> {
        (any::<[u64; 2]>(), 1u16.., 0..=VERSION_MAX, 0u64..1 << 40).prop_map(
            |(id, port, version, age)| {
                let payload =
                    if age % 2 == 0 { r#"{"removed":"mood"}"# } else { r#"{"mood":"good"}"# };
                let life = if age % 2 == 0 { Life::Removed } else { Life::Lasting };
                let rumor = Rumor {
                    id: RumorId(id),
                    origin: name(port),
                    version,
                    subject: Subject::register("mood"),
                    payload: Bytes::from(payload),
                    life,
                };
                News { rumor: Arc::new(rumor), age: Duration::from_millis(age) }
            },
        )
    }

    fn any_range() -> impl Strategy<Value = Range> {
        let end = || prop::option::of((1u16..).prop_map(name));
        (end(), end()).prop_map(|(after, upto)| Range { after, upto })
    }

    fn any_digest() -> impl Strategy<Value = Digest> {
        (any_versions(), any_versions(), any_versions(), any_range())
            .prop_map(|(known, held, anew, range)| Digest { known, held, anew, range })
    }

    fn any_delta() -> impl Strategy<Value = Delta> {
        let complete = any_versions().prop_map(|versions| {
            let vouch = |(name, upto)| (name, Vouched { from: upto / 2, upto });
            versions.into_iter().map(vouch).collect()
        });
        let news = prop::collection::vec(any_news(), 0..4);
        (news, prop::option::of(complete), any_versions(), any::<bool>())
            .prop_map(|(news, complete, anew, more)| Delta { news, complete, anew, more })
    }

    fn any_question() -> impl Strategy<Value = RegistersMessage> {
        let after = prop::option::of((1u16..).prop_map(name));
        let exchange = (any_delta(), prop::option::of(any_digest()), 0usize..1 << 40);
        prop_oneof![
            (any::<u64>(), after)
                .prop_map(|(hash, after)| RegistersMessage::Summary(Summary { hash, after })),
            exchange.prop_map(|(delta, digest, budget)| {
                RegistersMessage::Exchange(Box::new(Exchange { delta, digest, budget }))
            }),
        ]
    }

    fn any_answer() -> impl Strategy<Value = RegistersMessage> {
        prop_oneof![
            Just(RegistersMessage::Same),
            any_digest().prop_map(|digest| RegistersMessage::Digest(Arc::new(digest))),
            any_delta().prop_map(|delta| RegistersMessage::Delta(Box::new(delta))),
        ]
    }

    proptest! {
        #[test]
        fn a_question_comes_out_as_it_went_in(question in any_question()) {
            let bytes = encode_reconcile(&question);
            prop_assert!(bytes.len() <= question.wire_len(), "the stated size is a bound");
            prop_assert_eq!(decode_question(&bytes, None).unwrap(), question);
        }

        #[test]
        fn an_answer_comes_out_as_it_went_in(answer in any_answer()) {
            let bytes = encode_reconcile(&answer);
            prop_assert!(bytes.len() <= answer.wire_len(), "the stated size is a bound");
            prop_assert_eq!(decode_answer(&bytes).unwrap(), answer);
        }

        #[test]
        fn no_bytes_make_it_panic(body in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode_question(&body, Some(7000));
            let _ = decode_answer(&body);
        }

        #[test]
        fn no_mutation_makes_it_panic(question in any_question(), at: usize, byte: u8) {
            let mut body = encode_reconcile(&question);
            let place = at % body.len();
            body[place] = byte;
            let _ = decode_question(&body, Some(7000));
        }
    }

    #[test]
    fn faults_name_their_field() {
        let fault = |body: &str| decode_question(body.as_bytes(), None).unwrap_err().to_string();
        for (body, expected) in [
            (r#"{"summary":7}"#, "summary must be 16 hexadecimal digits"),
            (r#"{"summary":"+123456789abcdef"}"#, "summary must be 16 hexadecimal digits"),
            (r#"{"summary":"0123456789abcdef","after":7}"#, "after must be a port"),
            ("{}", "messages is missing"),
            (r#"{"messages":[],"complete":{"7001":[5,3]}}"#, "complete.7001 must be two versions"),
            (r#"{"messages":[],"complete":{"x":[0,3]}}"#, "complete.x must be named by a port"),
            (r#"{"messages":[],"anew":{"7001":-1}}"#, "anew.7001 must be an integer"),
            (
                r#"{"messages":[],"digest":{"known":{"7001":1e99}}}"#,
                "known.7001 must be an integer",
            ),
            (r#"{"messages":[],"budget":-1}"#, "budget must be an integer"),
        ] {
            assert!(fault(body).starts_with(expected), "{body}: {}", fault(body));
        }
    }
}
