//! What programs may get wrong, or try, at the control API.

use crate::client::{Answer, Connection, exchange, get, request};
use crate::fixture::{View, builder};
use crate::table::{Case, must_refuse};
use rumormill::Node;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A node with a token, and what must outlive it.
pub struct Guarded {
    pub node: Node,
    authorization: String,
    _dir: TempDir,
}

impl Guarded {
    pub async fn start() -> Guarded {
        let dir = tempfile::tempdir().expect("a directory");
        let node = builder().data_dir(dir.path()).spawn().await.expect("a node");
        let token = std::fs::read_to_string(dir.path().join("token")).expect("a token");
        Guarded { node, authorization: format!("Bearer {token}"), _dir: dir }
    }

    pub fn port(&self) -> u16 {
        self.node.port()
    }

    /// The bytes of a request that shows the token.
    fn order(&self, method: &str, path: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
        let authorization = self.authorization.as_str();
        let headers = [("authorization", authorization), ("content-type", "application/json")];
        request(method, path, &headers, body.as_ref())
    }

    pub async fn set(&self, key: &str, value: &Value) -> Answer {
        let body = json!({ "value": value }).to_string();
        exchange(self.port(), &self.order("PUT", &format!("/api/v1/state/{key}"), body)).await
    }

    fn put(&self, name: &str, body: &str, status: u16, field: &str) -> Case {
        Case::new(name, self.order("PUT", "/api/v1/state/mood", body), status, field)
    }

    fn publish(&self, name: &str, body: &str, status: u16, field: &str) -> Case {
        Case::new(name, self.order("POST", "/api/v1/publish", body), status, field)
    }
}

#[tokio::test]
async fn what_is_set_is_seen_and_what_is_removed_is_not() {
    let guarded = Guarded::start().await;
    let port = guarded.port();
    let set = guarded.set("mood", &json!({"is": ["good", 7, null]})).await;
    assert_eq!(set.status, 200, "{set:?}");
    let version = set.json()["version"].as_u64().expect("a version");
    assert_eq!(set.json(), json!({"origin": port, "key": "mood", "version": version}));
    let mut view = View::of(port).await;
    let mood = view.get("/api/v1/state/mood").await;
    assert_eq!(
        (&mood["value"], &mood["lasts_ms"]),
        (&json!({"is": ["good", 7, null]}), &json!(null))
    );
    let listed = view.get(&format!("/api/v1/state?origin={port}&key=mood")).await;
    assert_eq!(listed["registers"][0]["version"], version);
    for _ in 0..2 {
        let removed = guarded.order("DELETE", "/api/v1/state/mood", b"");
        assert_eq!(exchange(port, &removed).await.status, 200, "to remove it twice is no error");
    }
    assert_eq!(exchange(port, &get("/api/v1/state/mood")).await.status, 404);
    assert_eq!(view.get("/api/v1/state").await["registers"], json!([]));
}

#[tokio::test]
async fn keys_of_any_kind_can_be_set() {
    let guarded = Guarded::start().await;
    for key in ["a%20b", "%2F", "%C3%A9", "a.b", "%22", "%25", "value", "origin"] {
        let set = guarded.set(key, &json!("x")).await;
        assert_eq!(set.status, 200, "{key}: {set:?}");
        let read = exchange(guarded.port(), &get(&format!("/api/v1/state/{key}"))).await;
        assert_eq!((read.status, &read.json()["value"]), (200, &json!("x")), "{key}");
    }
}

#[tokio::test]
async fn an_order_without_the_token_is_refused_and_nothing_is_taken() {
    let guarded = Guarded::start().await;
    let json = ("content-type", "application/json");
    let cases = [
        ("PUT", "/api/v1/state/mood"),
        ("DELETE", "/api/v1/state/mood"),
        ("POST", "/api/v1/publish"),
    ]
    .into_iter()
    .flat_map(|(method, path)| {
        ["", "Bearer", "Bearer x", "Basic x", "Bearer \u{e9}"].map(|shown| {
            let headers = [json, ("authorization", shown)];
            let body = br#"{"value":"stolen","topic":"t","data":""}"#;
            let request = request(method, path, &headers, body);
            Case::new(format!("{method} {path} {shown}"), request, 401, "authorization")
        })
    });
    must_refuse(&guarded.node, cases.collect()).await;
}

#[tokio::test]
async fn the_token_is_judged_before_any_of_the_body_is_read() {
    let guarded = Guarded::start().await;
    let head = "PUT /api/v1/state/mood HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
                content-length: 1000000000\r\n\r\n";
    let mut connection = Connection::open(guarded.port()).await;
    assert!(connection.send(head.as_bytes()).await);
    let answer = connection.answer().await.expect("an answer, with no body sent");
    assert_eq!(answer.status, 401);
    assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"rumormill\""));
}

#[tokio::test]
async fn a_node_without_a_data_directory_has_no_token_and_says_so() {
    let node = builder().spawn().await.expect("a node");
    let headers = [("content-type", "application/json"), ("authorization", "Bearer anything")];
    let put = request("PUT", "/api/v1/state/mood", &headers, br#"{"value":1}"#);
    must_refuse(&node, vec![Case::new("no token", put, 403, "token")]).await;
}

#[tokio::test]
async fn what_is_wrong_with_a_register_is_named() {
    let guarded = Guarded::start().await;
    let deep = format!(r#"{{"value":{}1{}}}"#, "[".repeat(10_000), "]".repeat(10_000));
    let long = format!(r#"{{"value":"{}"}}"#, "a".repeat((1 << 20) - 100));
    let cases = vec![
        guarded.put("no body", "", 400, "body"),
        guarded.put("no JSON", "{", 400, "body"),
        guarded.put("no object", "[1]", 400, "body"),
        guarded.put("two documents", r#"{"value":1}{"value":2}"#, 400, "body"),
        guarded.put("no value", "{}", 400, "value"),
        guarded.put("no value, but a span", r#"{"lasts_ms":5}"#, 400, "value"),
        guarded.put("an unknown member", r#"{"value":1,"ttl":8}"#, 400, "ttl"),
        guarded.put("a span as text", r#"{"value":1,"lasts_ms":"60s"}"#, 400, "lasts_ms"),
        guarded.put("a negative span", r#"{"value":1,"lasts_ms":-1}"#, 400, "lasts_ms"),
        guarded.put("a broken span", r#"{"value":1,"lasts_ms":1.5}"#, 400, "lasts_ms"),
        guarded.put("no span at all", r#"{"value":1,"lasts_ms":0}"#, 400, "lasts_ms"),
        guarded.put("for ever", r#"{"value":1,"lasts_ms":18446744073709551615}"#, 400, "lasts_ms"),
        guarded.put("too deep", &deep, 400, "body"),
        guarded.put("too large to be sent", &long, 413, "value"),
        guarded.put("too large to be read", &" ".repeat((1 << 20) + 1), 413, "body"),
    ];
    must_refuse(&guarded.node, cases).await;
}

#[tokio::test]
async fn what_is_wrong_with_a_key_is_named() {
    let guarded = Guarded::start().await;
    let put = |key: &str, body: &str, field: &str| {
        let request = guarded.order("PUT", &format!("/api/v1/state/{key}"), body);
        Case::new(key, request, 400, field)
    };
    let long = "k".repeat(257);
    let mut cases: Vec<Case> = ["removed", "lasts_ms", "topic", "data", "%ff", &long]
        .map(|key| put(key, r#"{"value":1}"#, "key"))
        .into();
    cases.push(put("book", r#"{"value":1984}"#, "value"));
    cases.push(put("book", r#"{"value":null}"#, "value"));
    let nothing = guarded.order("PUT", "/api/v1/state/", r#"{"value":1}"#);
    cases.push(Case::new("an empty key", nothing, 404, "path"));
    cases.push(Case::new("a wrong key", get("/api/v1/state/unheard-of"), 404, "key"));
    must_refuse(&guarded.node, cases).await;
}

#[tokio::test]
async fn what_is_wrong_with_a_message_is_named() {
    let guarded = Guarded::start().await;
    let large = format!(r#"{{"topic":"t","data":"{}"}}"#, "AAAA".repeat(256_001));
    let long = format!(r#"{{"topic":"{}","data":""}}"#, "t".repeat(257));
    let cases = vec![
        guarded.publish("no topic", r#"{"data":""}"#, 400, "topic"),
        guarded.publish("no text", r#"{"topic":7,"data":""}"#, 400, "topic"),
        guarded.publish("an empty topic", r#"{"topic":"","data":""}"#, 400, "topic"),
        guarded.publish("a long topic", &long, 400, "topic"),
        guarded.publish("no data", r#"{"topic":"t"}"#, 400, "data"),
        guarded.publish("data as numbers", r#"{"topic":"t","data":[1]}"#, 400, "data"),
        guarded.publish("no base64", r#"{"topic":"t","data":"***"}"#, 400, "data"),
        guarded.publish("half base64", r#"{"topic":"t","data":"YQ"}"#, 400, "data"),
        guarded.publish("an unknown member", r#"{"topic":"t","data":"","to":1}"#, 400, "to"),
        guarded.publish("too large", &large, 413, "data"),
    ];
    must_refuse(&guarded.node, cases).await;
}

#[tokio::test]
async fn a_wrong_content_type_or_parameter_is_named() {
    let guarded = Guarded::start().await;
    let headers =
        [("authorization", guarded.authorization.as_str()), ("content-type", "text/plain")];
    let text = request("PUT", "/api/v1/state/mood", &headers, br#"{"value":1}"#);
    let query = |path: &str, field: &str| Case::new(path, get(path), 400, field);
    let cases = vec![
        Case::new("text", text, 415, "content-type"),
        query("/api/v1/state?origin=x", "origin"),
        query("/api/v1/state?origin=-1", "origin"),
        query("/api/v1/state?orgin=7000", "orgin"),
        query("/api/v1/state?key=a&key=b", "key"),
        query("/api/v1/events?only=books", "only"),
        query("/api/v1/events?only=", "only"),
        query("/api/v1/events?since=3", "since"),
    ];
    must_refuse(&guarded.node, cases).await;
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let guarded = Guarded::start().await;
    let paths = [
        ("/api/v1/state", "GET, HEAD"),
        ("/api/v1/state/mood", "GET, HEAD, PUT, DELETE"),
        ("/api/v1/publish", "POST"),
        ("/api/v1/events", "GET, HEAD"),
        ("/api/v1/network", "GET, HEAD"),
        ("/api/v1/openapi.json", "GET, HEAD"),
    ];
    let mut cases = Vec::new();
    for (path, allow) in paths {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"] {
            if !allow.contains(method) {
                let request = request(method, path, &[], b"");
                let case = Case::new(format!("{method} {path}"), request, 405, "method");
                cases.push(Case { allow: Some(allow), ..case });
            }
        }
    }
    must_refuse(&guarded.node, cases).await;
}

#[tokio::test]
async fn more_registers_than_there_is_room_for_are_refused_and_the_old_stay() {
    let guarded = Guarded::start().await;
    let mut connection = Connection::open(guarded.port()).await;
    let mut refused = None;
    for number in 0..300 {
        let path = format!("/api/v1/state/key-{number}");
        let answer = connection.exchange(&guarded.order("PUT", &path, r#"{"value":1}"#)).await;
        if answer.status != 200 {
            refused = Some((number, answer));
            break;
        }
    }
    let (number, answer) = refused.expect("a bound");
    assert_eq!((number, answer.status), (256, 429), "{answer:?}");
    assert_eq!(answer.json()["field"], "key");
    assert_eq!(guarded.set("key-7", &json!(2)).await.status, 200, "old keys can still be set");
    let mut view = View::of(guarded.port()).await;
    assert_eq!(view.get("/api/v1/state/key-7").await["value"], 2);
}
