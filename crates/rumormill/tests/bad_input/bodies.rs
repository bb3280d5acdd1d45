//! Bodies that must be refused.

use crate::client::{post, request};
use crate::fixture::{envelope, message, numbered};
use crate::table::{Case, knowing, must_refuse};

/// A member of a message, a bad value for it (nothing: it is left out), and the field to be named.
const BAD_MEMBERS: &[(&str, &str, &str)] = &[
    ("id", "", "id"),
    ("id", "null", "id"),
    ("id", "7", "id"),
    ("id", "true", "id"),
    ("id", "[]", "id"),
    ("id", "{}", "id"),
    ("id", r#""""#, "id"),
    ("id", r#""nonsense""#, "id"),
    ("id", r#""00000000-0000-4000-8000-00000000001""#, "id"),
    ("id", r#""00000000-0000-4000-8000-00000000000g""#, "id"),
    ("origin", "", "origin"),
    ("origin", "null", "origin"),
    ("origin", "true", "origin"),
    ("origin", "[1]", "origin"),
    ("origin", "{}", "origin"),
    ("origin", r#""1""#, "origin"),
    ("origin", "0", "origin"),
    ("origin", "65536", "origin"),
    ("origin", "-1", "origin"),
    ("origin", "1.5", "origin"),
    ("origin", "1e400", "origin"),
    ("origin", "1000000000000000000000000000000", "origin"),
    ("version", "", "version"),
    ("version", "null", "version"),
    ("version", "false", "version"),
    ("version", "[]", "version"),
    ("version", "{}", "version"),
    ("version", r#""3""#, "version"),
    ("version", "-1", "version"),
    ("version", "3.5", "version"),
    ("version", "9007199254740992", "version"),
    ("version", "1e400", "version"),
    ("version", "1000000000000000000000000000000", "version"),
    ("ttl", "", "ttl"),
    ("ttl", "null", "ttl"),
    ("ttl", "true", "ttl"),
    ("ttl", "[]", "ttl"),
    ("ttl", "{}", "ttl"),
    ("ttl", r#""8""#, "ttl"),
    ("ttl", "-1", "ttl"),
    ("ttl", "256", "ttl"),
    ("ttl", "8.5", "ttl"),
    ("ttl", "1000000000000000000000000000000", "ttl"),
    ("payload", "", "payload"),
    ("payload", "null", "payload"),
    ("payload", "7", "payload"),
    ("payload", r#""Lucky Jim""#, "payload"),
    ("payload", "[]", "payload"),
    ("payload", "{}", "payload"),
    ("payload", r#"{"book":"\ud800"}"#, "payload"),
    ("payload", r#"{"book":7}"#, "payload.book"),
    ("payload", r#"{"book":null}"#, "payload.book"),
    ("payload", r#"{"book":["Lucky Jim"]}"#, "payload.book"),
    ("payload", r#"{"mood":"good","book":7}"#, "payload.book"),
    ("payload", r#"{"book":"Lucky Jim","book":7}"#, "payload.book"),
];

/// Bodies that are wrong as a whole, or as an envelope, and the field to be named. Where a good
/// message is in them, it is a new one.
const BAD_BODIES: &[(&str, &str)] = &[
    ("", "body"),
    ("nonsense", "body"),
    ("{", "body"),
    ("{}{}", "body"),
    ("\u{feff}{}", "body"),
    ("NaN", "body"),
    ("null", "body"),
    ("7", "body"),
    (r#""text""#, "body"),
    ("[]", "body"),
    ("{}", "id"),
    (r#"{"messages":null}"#, "messages"),
    (r#"{"messages":7}"#, "messages"),
    (r#"{"messages":"text"}"#, "messages"),
    (r#"{"messages":{}}"#, "messages"),
    (r#"{"messages":[7]}"#, "messages[0]"),
    (r#"{"messages":[null]}"#, "messages[0]"),
    (r#"{"messages":[[]]}"#, "messages[0]"),
    (r#"{"messages":[{}]}"#, "messages[0].id"),
    (r#"{"known":null}"#, "known"),
    (r#"{"known":7}"#, "known"),
    (r#"{"known":[]}"#, "known"),
    (r#"{"known":{"":1}}"#, "known."),
    (r#"{"known":{"book":1}}"#, "known.book"),
    (r#"{"known":{"0":1}}"#, "known.0"),
    (r#"{"known":{"-1":1}}"#, "known.-1"),
    (r#"{"known":{"+1":1}}"#, "known.+1"),
    (r#"{"known":{"01":1}}"#, "known.01"),
    (r#"{"known":{"1.0":1}}"#, "known.1.0"),
    (r#"{"known":{"65536":1}}"#, "known.65536"),
    (r#"{"known":{"1":null}}"#, "known.1"),
    (r#"{"known":{"1":"5"}}"#, "known.1"),
    (r#"{"known":{"1":-1}}"#, "known.1"),
    (r#"{"known":{"1":0.5}}"#, "known.1"),
    (r#"{"known":{"1":1e400}}"#, "known.1"),
    (r#"{"known":{"1":9007199254740992}}"#, "known.1"),
];

#[tokio::test]
async fn a_bad_member_is_named_alone_and_in_an_envelope_whose_good_ones_are_not_taken() {
    let (node, mut cases) = (knowing().await, Vec::new());
    for (member, value, field) in BAD_MEMBERS {
        let bad = message(&[("id", r#""00000000-0000-4000-8000-000000000009""#), (member, value)]);
        let (first, last) = (numbered(7, 2, 5), numbered(8, 3, 5));
        let among = envelope(&[first, bad.clone(), last]);
        cases.push(Case::new(format!("alone: {bad}"), post(&bad), 400, *field));
        cases.push(Case::new(&among, post(&among), 400, format!("messages[1].{field}")));
    }
    must_refuse(&node, cases).await;
}

#[tokio::test]
async fn a_bad_body_is_refused_as_a_whole() {
    let node = knowing().await;
    let mut cases: Vec<Case> =
        BAD_BODIES.iter().map(|(body, field)| Case::new(*body, post(body), 400, *field)).collect();
    let good = numbered(7, 2, 5);
    let beside = format!(r#"{{"messages":[{good}],"known":{{"1":-1}}}}"#);
    cases.push(Case::new("good messages beside a bad digest", post(beside), 400, "known.1"));
    cases.push(Case::new("not UTF-8", post(b"{\"id\":\"\xff\"}"), 400, "body"));
    cases.push(Case::new("gzip", post(b"\x1f\x8b\x08\x00\x00\x00\x00\x00"), 400, "body"));
    must_refuse(&node, cases).await;
}

/// A hundred thousand arrays in each other.
fn deep() -> String {
    format!("{}{}", "[".repeat(100_000), "]".repeat(100_000))
}

#[tokio::test]
async fn deep_nesting_is_refused_wherever_it_is() {
    let node = knowing().await;
    let deep = deep();
    let inside = format!(r#"{{"book":"Lucky Jim","more":{deep}}}"#);
    let with = |payload: &str| message(&[("payload", payload)]);
    let case = |name: &str, body: &str, field: &str| Case::new(name, post(body), 400, field);
    let cases = vec![
        case("body", &deep, "body"),
        case("body that never ends", &"[".repeat(100_000), "body"),
        case("objects that never end", &r#"{"id":"#.repeat(100_000), "body"),
        case("id", &message(&[("id", &deep)]), "id"),
        case("payload", &with(&deep), "payload"),
        case("inside a payload", &with(&inside), "payload"),
        case("messages", &format!(r#"{{"messages":{deep}}}"#), "messages[0]"),
        case("payload in an envelope", &envelope(&[with(&deep)]), "messages[0].payload"),
        case("inside one in an envelope", &envelope(&[with(&inside)]), "messages[0].payload"),
        case("known", &format!(r#"{{"known":{deep}}}"#), "known"),
        case("inside known", &format!(r#"{{"known":{{"1":{deep}}}}}"#), "known.1"),
    ];
    must_refuse(&node, cases).await;
}

#[tokio::test]
async fn a_body_over_1_mib_is_refused_however_it_is_sent() {
    let node = knowing().await;
    let padded = |len: usize| format!("{}{}", numbered(7, 2, 5), " ".repeat(len));
    let (slightly, ten) = (padded(1 << 20), padded(10 << 20));
    let head = "POST /gossip/ HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
    let announced = format!("{head}content-length: 10485760\r\nexpect: 100-continue\r\n\r\n");
    let case = |name: &str, request: Vec<u8>| Case::new(name, request, 413, "body");
    let cases = vec![
        case("slightly more", post(slightly)),
        case("10 MiB", post(&ten)),
        case("10 MiB in chunks", chunked(head, ten.as_bytes())),
        case("announced, and waiting to be told", announced.into_bytes()),
    ];
    must_refuse(&node, cases).await;
}

fn chunked(head: &str, body: &[u8]) -> Vec<u8> {
    let mut request = format!("{head}transfer-encoding: chunked\r\n\r\n").into_bytes();
    for chunk in body.chunks(64 << 10) {
        request.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        request.extend_from_slice(chunk);
        request.extend_from_slice(b"\r\n");
    }
    request.extend_from_slice(b"0\r\n\r\n");
    request
}

#[tokio::test]
async fn a_version_of_our_own_that_leaves_no_room_is_refused() {
    let node = knowing().await;
    let case = |name: &str, version: u64| {
        let claim = numbered(9, node.port(), version);
        [
            Case::new(name, post(&claim), 400, "version"),
            Case::new(name, post(envelope(&[claim])), 400, "messages[0].version"),
        ]
    };
    let cases = [case("the last there is", (1 << 53) - 1), case("over half", (1 << 52) + 1)];
    must_refuse(&node, cases.into_iter().flatten().collect()).await;
}

#[tokio::test]
async fn a_body_that_breaks_off_is_refused() {
    let node = knowing().await;
    let head = "POST /gossip/ HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
    let bad_chunk = format!("{head}transfer-encoding: chunked\r\n\r\nzz\r\n{{}}\r\n0\r\n\r\n");
    let cases = vec![
        Case::new("a bad chunk", bad_chunk.into_bytes(), 400, "body"),
        Case::new(
            "gossip without a body",
            request("POST", "/gossip/", &[("content-type", "application/json")], b""),
            400,
            "body",
        ),
    ];
    must_refuse(&node, cases).await;
}
