//! What strangers may ask and claim at `POST /reconcile/`.

use crate::client::{Answer, Connection, exchange, get, post_to, request};
use crate::fixture::{View, message, node, numbered, told, uuid};
use crate::table::{Case, knowing, must_refuse};
use rumormill::Node;
use serde_json::{Map, Value, json};

/// The last version there is.
const LAST: u64 = (1 << 53) - 1;

/// The most that a question may say.
const BODY_MAX: usize = 1 << 20;

/// The most that an answer may say, without what HTTP adds.
const ANSWER_MAX: usize = (1 << 20) + (32 << 10);

fn question(body: impl AsRef<[u8]>) -> Vec<u8> {
    post_to("/reconcile/", body)
}

/// What a node answers to a good question.
async fn asked(node: &Node, body: &Value) -> Value {
    let answer = exchange(node.port(), &question(body.to_string())).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.body.len() <= ANSWER_MAX, "{} bytes", answer.body.len());
    answer.json()
}

/// So many origins, each claimed to have come to that version.
fn claims(origins: std::ops::RangeInclusive<u16>, version: u64) -> Value {
    let claim = |port: u16| (port.to_string(), version.into());
    Value::Object(origins.map(claim).collect::<Map<_, _>>())
}

/// An exchange that teaches nothing and asks with that digest.
fn asking(digest: Value) -> Value {
    json!({"messages": [], "digest": digest, "budget": 65_536})
}

/// How much a node keeps: its gauges, but for the memory that other tests use as well.
async fn kept(node: &Node) -> Vec<String> {
    let answer = exchange(node.port(), &get("/metrics")).await;
    let text = String::from_utf8(answer.body).expect("a text");
    let gauges = ["rumormill_registers_entries ", "rumormill_seen_entries ", "rumormill_peers{"];
    let is_kept = |line: &&str| gauges.iter().any(|gauge| line.starts_with(gauge));
    let kept: Vec<String> = text.lines().filter(is_kept).map(String::from).collect();
    assert_eq!(kept.len(), 5, "{kept:?}");
    kept
}

/// Questions that are none, and the field to be named.
const BAD: &[(&str, &str)] = &[
    ("", "body"),
    ("nonsense", "body"),
    ("[]", "body"),
    ("{}", "messages"),
    (r#"{"same":true}"#, "messages"),
    (r#"{"known":{}}"#, "messages"),
    (r#"{"summary":null}"#, "summary"),
    (r#"{"summary":"0123456789abcdefg"}"#, "summary"),
    (r#"{"summary":"0123456789abcdef","after":"0"}"#, "after"),
    (r#"{"messages":{}}"#, "messages"),
    (r#"{"messages":[{}]}"#, "messages[0].id"),
    (r#"{"messages":[],"digest":7}"#, "digest"),
    (r#"{"messages":[],"digest":{"known":[]}}"#, "known"),
    (r#"{"messages":[],"digest":{"known":{"1":9007199254740992}}}"#, "known.1"),
    (r#"{"messages":[],"digest":{"held":{"70000":1}}}"#, "held.70000"),
    (r#"{"messages":[],"digest":{"known":{},"upto":7000}}"#, "upto"),
    (r#"{"messages":[],"complete":{"1":[0]}}"#, "complete.1"),
    (r#"{"messages":[],"complete":{"1":[0,9007199254740992]}}"#, "complete.1"),
    (r#"{"messages":[],"complete":{"1":[3,2]}}"#, "complete.1"),
    (r#"{"messages":[],"anew":{"1":1.5}}"#, "anew.1"),
    (r#"{"messages":[],"budget":"all"}"#, "budget"),
    (r#"{"messages":[],"budget":9007199254740992}"#, "budget"),
];

#[tokio::test]
async fn what_is_wrong_with_a_question_is_named() {
    let node = knowing().await;
    let mut cases: Vec<Case> =
        BAD.iter().map(|(body, field)| Case::new(*body, question(body), 400, *field)).collect();
    let good = numbered(7, 2, 5);
    let bad = message(&[("version", "-1")]);
    let half = format!(r#"{{"messages":[{good},{bad}],"complete":{{"2":[0,5]}}}}"#);
    cases.push(Case::new("half good", question(half), 400, "messages[1].version"));
    must_refuse(&node, cases).await;
}

#[tokio::test]
async fn a_question_in_a_wrong_wrapping_is_refused() {
    let node = knowing().await;
    let body = json!({"messages": [], "digest": {"known": {}}}).to_string();
    let json = ("content-type", "application/json");
    let other = [json, ("rumormill-network", "other")];
    let wrapped = |headers| request("POST", "/reconcile/", headers, body.as_bytes());
    let large = format!(r#"{{"messages":[]{}}}"#, " ".repeat(BODY_MAX));
    let mut cases = vec![
        Case::new("another network", wrapped(&other), 403, "rumormill-network"),
        Case::new("text", wrapped(&[("content-type", "text/plain")]), 415, "content-type"),
        Case::new("too large", question(large), 413, "body"),
    ];
    for method in ["GET", "PUT", "DELETE", "OPTIONS"] {
        let case = Case::new(method, request(method, "/reconcile/", &[], b""), 405, "method");
        cases.push(Case { allow: Some("POST"), ..case });
    }
    must_refuse(&node, cases).await;
}

#[tokio::test]
async fn a_stranger_is_answered_like_anybody() {
    let node = knowing().await;
    let digest = asked(&node, &json!({"summary": "0123456789abcdef"})).await;
    assert_eq!(digest["known"].as_object().map(Map::len), Some(1), "{digest}");
    let delta = asked(&node, &asking(json!({"known": {}}))).await;
    assert_eq!(delta["messages"][0]["payload"]["book"], "Lucky Jim by Kingsley Amis");
}

#[tokio::test]
async fn forged_digests_of_thousands_of_origins_teach_nothing_and_cost_nothing() {
    let node = knowing().await;
    let mut view = View::of(node.port()).await;
    let (before, kept) = (view.known().await, kept(&node).await);
    let most = |version| claims(1..=30_000, version);
    for round in 0..20 {
        for digest in [
            json!({"known": most(LAST)}),
            json!({"known": most(0), "upto": "1"}),
            json!({"known": claims(1..=9_000, LAST), "held": claims(1..=9_000, LAST)}),
            json!({"known": {}, "held": claims(1..=9_000, 1), "anew": claims(1..=9_000, LAST)}),
        ] {
            let delta = asked(&node, &asking(digest)).await;
            let told = delta["messages"].as_array().expect("messages").len();
            assert!(told <= 1, "{round}: {told} messages of the one there is");
        }
        assert_eq!(view.known().await, before, "{round}");
    }
    assert_eq!(self::kept(&node).await, kept);
}

#[tokio::test]
async fn crossed_ranges_are_empty() {
    let node = knowing().await;
    for (after, upto) in [("2", "1"), ("1", "1"), ("65535", "1")] {
        let digest = json!({"known": {}, "after": after, "upto": upto});
        let delta = asked(&node, &asking(digest)).await;
        assert_eq!(delta["messages"], json!([]), "{after} to {upto}");
    }
    let whole = asked(&node, &asking(json!({"known": {}, "after": "65535"}))).await;
    assert_eq!(whole["messages"], json!([]));
    let page = asked(&node, &json!({"summary": "0123456789abcdef", "after": "65535"})).await;
    assert_eq!(page["known"], json!({}), "{page}");
}

#[tokio::test]
async fn what_is_vouched_for_up_to_the_last_version_hides_nothing() {
    let node = node().await;
    let everything = |origins| {
        let vouched = claims(origins, 0);
        let spans = vouched.as_object().expect("an object").keys();
        spans.map(|origin| (origin.clone(), json!([0, LAST]))).collect::<Map<_, _>>()
    };
    let lie = json!({"messages": [], "complete": everything(1..=12_000), "anew": claims(1..=12_000, LAST)});
    asked(&node, &lie).await;
    told(node.port(), numbered(1, 2, 5)).await;
    let delta = asked(&node, &asking(json!({"known": {}}))).await;
    assert_eq!(delta["messages"].as_array().map(Vec::len), Some(1), "{delta}");
    // Nor of the node itself: it goes on.
    let own = json!({"messages": [], "complete": {node.port().to_string(): [0, LAST]}});
    asked(&node, &own).await;
    let version = node.state().set("book", "Emma").await.expect("a node that runs");
    assert!(version < 1 << 20, "{version}");
}

#[tokio::test]
async fn a_question_of_exactly_a_mebibyte_is_answered_and_its_messages_are_taken() {
    let node = node().await;
    let of = |filling: usize| {
        let payload = format!(r#"{{"book":"{}"}}"#, "a".repeat(filling));
        let last = LAST.to_string();
        let said = message(&[("id", &uuid(1)), ("version", &last), ("payload", &payload)]);
        format!(r#"{{"messages":[{said}],"digest":{{"known":{{}}}}}}"#)
    };
    let body = of(BODY_MAX - of(0).len());
    assert_eq!(body.len(), BODY_MAX);
    let answer = exchange(node.port(), &question(body)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert!(answer.body.len() <= ANSWER_MAX, "{} bytes", answer.body.len());
    let known = asked(&node, &json!({"summary": "0123456789abcdef"})).await;
    assert_eq!(known["held"]["1"].as_u64().or(known["known"]["1"].as_u64()), Some(LAST), "{known}");
}

#[tokio::test]
async fn who_asks_without_end_is_told_no_more_than_it_wants_and_holds_up_nobody() {
    let node = node().await;
    for origin in 1..=40 {
        let payload = format!(r#"{{"book":"{}"}}"#, "a".repeat(20_000));
        let (id, origin) = (uuid(origin), origin.to_string());
        told(node.port(), message(&[("id", &id), ("origin", &origin), ("payload", &payload)]))
            .await;
    }
    let mut busy = Connection::open(node.port()).await;
    for budget in [0, 1, 30_000, 100_000, 9_007_199_254_740_991_u64] {
        let body = json!({"messages": [], "digest": {"known": {}}, "budget": budget});
        let answer: Answer = busy.exchange(&question(body.to_string())).await;
        // The first update may be larger than what is wanted.
        let most =
            usize::try_from(budget).map_or(ANSWER_MAX, |budget| budget.clamp(21_000, ANSWER_MAX));
        assert!(answer.body.len() <= most, "{budget}: {} bytes", answer.body.len());
        assert_eq!(
            answer.json()["messages"].as_array().map(Vec::is_empty),
            Some(false),
            "{budget}"
        );
        assert_eq!(View::of(node.port()).await.get("/healthz").await["status"], "ok");
    }
}
