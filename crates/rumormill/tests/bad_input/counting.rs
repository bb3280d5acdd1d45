//! What good gossip is answered.

use crate::client::{PATIENCE, exchange, get, post, request};
use crate::fixture::{View, builder, counts, envelope, message, node, numbered, told, uuid};
use serde_json::{Value, json};

#[tokio::test]
async fn each_message_counts_once_as_duplicate_else_stale_else_accepted() {
    let node = node().await;
    let cases = [
        ("new", numbered(10, 1, 5), [1, 0, 0]),
        ("the same again", numbered(10, 1, 5), [0, 1, 0]),
        ("its id with another content", numbered(10, 1, 6), [0, 1, 0]),
        ("older", numbered(11, 1, 4), [0, 0, 1]),
        ("the older again", numbered(11, 1, 4), [0, 1, 0]),
        ("same version, lesser id", numbered(9, 1, 5), [0, 0, 1]),
        ("same version, greater id", numbered(12, 1, 5), [1, 0, 0]),
        ("newer", numbered(13, 1, 6), [1, 0, 0]),
        ("another origin", numbered(14, 2, 1), [1, 0, 0]),
        ("version 0 of nobody known", numbered(15, 3, 0), [1, 0, 0]),
        ("the last version there is", numbered(16, 4, (1 << 53) - 1), [1, 0, 0]),
    ];
    for (name, body, expected) in cases {
        assert_eq!(counts(node.port(), body).await, expected, "{name}");
    }
}

#[tokio::test]
async fn an_envelope_counts_each_of_its_messages() {
    let node = node().await;
    let (first, stale) = (numbered(1, 1, 5), numbered(2, 1, 4));
    let body = envelope(&[first.clone(), first.clone(), stale, first, numbered(3, 2, 1)]);
    assert_eq!(counts(node.port(), &body).await, [2, 2, 1]);
    assert_eq!(counts(node.port(), body).await, [0, 5, 0]);
    assert_eq!(counts(node.port(), envelope(&[])).await, [0, 0, 0]);
}

#[tokio::test]
async fn what_is_said_of_the_node_itself_is_never_a_change_of_its_state() {
    let node = node().await;
    node.state().set("book", "Emma").await.expect("a node that runs");
    assert_eq!(counts(node.port(), numbered(1, node.port(), 9)).await, [1, 0, 0]);
    assert_eq!(counts(node.port(), numbered(2, node.port(), 8)).await, [0, 0, 1]);
    let state = View::of(node.port()).await.get("/state").await;
    assert_eq!(state[node.port().to_string()]["book"], "Emma");
}

/// The origins and versions of an answer's messages.
fn brief(told: &Value) -> Vec<(u64, u64)> {
    let messages = told["messages"].as_array().expect("messages");
    let number = |message: &Value, name: &str| message[name].as_u64().expect("a number");
    let of = |message| (number(message, "origin"), number(message, "version"));
    let mut brief: Vec<_> = messages.iter().map(of).collect();
    brief.sort_unstable();
    brief
}

#[tokio::test]
async fn known_is_answered_with_what_is_newer() {
    let node = node().await;
    let all = [(1, 5), (2, 3), (3, 0)];
    let messages = all.map(|(origin, version)| numbered(version, origin as u16, version));
    let answer = told(node.port(), envelope(&messages)).await;
    assert_eq!(answer["messages"], json!([]), "nobody asked");
    let cases: [(&str, &[(u64, u64)]); 7] = [
        ("{}", &all),
        (r#"{"1":5,"3":0}"#, &[(2, 3)]),
        (r#"{"1":4,"2":3,"3":1}"#, &[(1, 5)]),
        (r#"{"1":6,"2":9007199254740991}"#, &[(3, 0)]),
        (r#"{"1":5,"2":3,"3":0}"#, &[]),
        (r#"{"9":9}"#, &all),
        (r#"{"1":0,"2":0,"3":0}"#, &[(1, 5), (2, 3)]),
    ];
    for (known, expected) in cases {
        let answer = told(node.port(), format!(r#"{{"known":{known}}}"#)).await;
        assert_eq!(brief(&answer), expected, "{known}");
    }
}

#[tokio::test]
async fn messages_and_known_go_in_one_envelope() {
    let node = node().await;
    told(node.port(), numbered(1, 1, 5)).await;
    let body = format!(r#"{{"messages":[{}],"known":{{}}}}"#, numbered(2, 2, 7));
    let answer = told(node.port(), body).await;
    assert_eq!(answer["accepted"], 1);
    assert_eq!(brief(&answer), [(1, 5), (2, 7)]);
}

#[tokio::test]
async fn slashes_charsets_and_letter_case_make_no_difference() {
    let node = node().await;
    let kinds = [
        "application/json",
        "application/json; charset=utf-8",
        "application/json;charset=UTF-8",
        "Application/JSON",
    ];
    for (at, kind) in kinds.into_iter().enumerate() {
        for (half, path) in ["/gossip", "/gossip/"].into_iter().enumerate() {
            let body = numbered((2 * at + half) as u64, 1, (2 * at + half) as u64);
            let bytes = request("POST", path, &[("Content-Type", kind)], body.as_bytes());
            let answer = exchange(node.port(), &bytes).await;
            assert_eq!((answer.status, &answer.json()["accepted"]), (200, &json!(1)), "{kind}");
        }
    }
}

#[tokio::test]
async fn peers_are_listed_without_the_node_itself() {
    let first = node().await;
    let own = first.address().to_string();
    let second = builder().bootstrap([&own]).spawn().await.expect("a node");
    second.add_peer(second.address()).await.expect("a node that runs");
    second.wait_ready(1, PATIENCE).await.expect("a peer");
    for path in ["/peers", "/peers/"] {
        let answer = View::of(second.port()).await.get(path).await;
        assert_eq!(answer, json!({"self": second.address().to_string(), "peers": [own]}));
    }
}

#[tokio::test]
async fn any_uuid_is_taken_and_told_by_its_number() {
    let node = node().await;
    let ids = [
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "0123ABCD-89AB-4CDE-8011-223344556677",
        "0123abcd89ab4cde8011223344556678",
    ];
    for (version, id) in (1..).zip(ids) {
        let body = message(&[("id", &format!("{id:?}")), ("version", &format!("{version}"))]);
        assert_eq!(counts(node.port(), &body).await, [1, 0, 0], "{id}");
        let dashed = View::of(node.port()).await.get("/messages").await[0]["id"].clone();
        let again = message(&[("id", &dashed.to_string()), ("version", "9")]);
        assert_eq!(counts(node.port(), again).await, [0, 1, 0], "{id} is {dashed}");
    }
}

#[tokio::test]
async fn unknown_fields_are_ignored() {
    let node = node().await;
    let more = message(&[("more", r#"[{"deep":[null]}]"#), ("", "{}"), ("Id", "7")]);
    assert_eq!(counts(node.port(), &more).await, [1, 0, 0]);
    let beside = format!(r#"{{"sender":"me","messages":[{more}],"at":1.5}}"#);
    assert_eq!(counts(node.port(), beside).await, [0, 1, 0]);
}

#[tokio::test]
async fn a_payload_is_told_as_it_was_written() {
    let node = node().await;
    let payloads = [
        r#"{ "book" : "\u00e9t\u00E9 \/" , "n":[1.0,1E5,-0, 12345678901234567890123] }"#,
        r#"{"book":"a","x":1,"x":2}"#,
        "{\"book\":\"\u{1f4d6}\",\n\t\"none\" : null}",
        r#"{"mood":{"z":1,"a":[]}}"#,
    ];
    for (at, payload) in payloads.into_iter().enumerate() {
        let (id, origin) = (uuid(at as u64), (at + 1).to_string());
        told(node.port(), message(&[("id", &id), ("origin", &origin), ("payload", payload)])).await;
    }
    let synced = exchange(node.port(), &post(r#"{"known":{}}"#)).await.body;
    let listed = exchange(node.port(), &get("/messages")).await.body;
    for payload in payloads {
        let written = format!(r#""payload":{payload}}}"#);
        for body in [&synced, &listed] {
            let body = String::from_utf8_lossy(body);
            assert!(body.contains(&written), "{written} in {body}");
        }
    }
}

#[tokio::test]
async fn a_ttl_is_clamped_to_the_nodes_own() {
    let node = builder().ttl(4).spawn().await.expect("a node");
    for (version, ttl, expected) in [(1, "0", 0), (2, "3", 3), (3, "4", 4), (4, "255", 4)] {
        let (id, version) = (uuid(version), version.to_string());
        told(node.port(), message(&[("id", &id), ("version", &version), ("ttl", ttl)])).await;
        let newest = View::of(node.port()).await.get("/messages").await[0].clone();
        assert_eq!((&newest["version"].to_string(), &newest["ttl"]), (&version, &json!(expected)));
    }
}

#[tokio::test]
async fn messages_are_listed_with_the_newest_first() {
    let node = node().await;
    let messages: Vec<String> = (1..=5).map(|at| numbered(at, 1, at)).collect();
    told(node.port(), envelope(&messages[..3])).await;
    told(node.port(), &messages[3]).await;
    told(node.port(), &messages[4]).await;
    let listed = View::of(node.port()).await.get("/messages").await;
    let versions =
        listed.as_array().expect("an array").iter().map(|message| message["version"].as_u64());
    assert_eq!(versions.collect::<Vec<_>>(), [Some(5), Some(4), Some(3), Some(2), Some(1)]);
}

#[tokio::test]
async fn a_body_of_exactly_1_mib_is_taken() {
    let node = node().await;
    let good = numbered(1, 1, 5);
    let padding = " ".repeat((1 << 20) - good.len());
    assert_eq!(counts(node.port(), good + &padding).await, [1, 0, 0]);
}
