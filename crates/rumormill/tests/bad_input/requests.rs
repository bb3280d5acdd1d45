//! Requests that must be refused whatever their body says.

use crate::client::{Connection, get, post, request};
use crate::fixture::{View, numbered};
use crate::table::{Case, knowing, must_refuse};

/// Every path, and what may be done there.
const ENDPOINTS: [(&str, &str); 11] = [
    ("/", "GET, HEAD"),
    ("/peers", "GET, HEAD"),
    ("/peers/", "GET, HEAD"),
    ("/gossip", "POST"),
    ("/gossip/", "POST"),
    ("/state", "GET, HEAD"),
    ("/messages", "GET, HEAD"),
    ("/healthz", "GET, HEAD"),
    ("/metrics", "GET, HEAD"),
    ("/api/v1/node", "GET, HEAD"),
    ("/api/v1/peers", "GET, HEAD"),
];

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let (node, mut cases) = (knowing().await, Vec::new());
    for (path, allow) in ENDPOINTS {
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"] {
            if !allow.contains(method) {
                let request = request(method, path, &[], b"");
                let case = Case::new(format!("{method} {path}"), request, 405, "method");
                cases.push(Case { allow: Some(allow), ..case });
            }
        }
    }
    must_refuse(&node, cases).await;
}

#[tokio::test]
async fn a_wrong_content_type_is_refused() {
    let node = knowing().await;
    let good = numbered(7, 2, 5);
    let with = |name: &str, headers: &[(&str, &str)]| {
        Case::new(name, request("POST", "/gossip/", headers, good.as_bytes()), 415, "content-type")
    };
    let mut cases = vec![with("none", &[])];
    for kind in
        ["", "text/plain", "application/jsonx", "application/problem+json", "json", "\u{e9}"]
    {
        cases.push(with(kind, &[("content-type", kind)]));
    }
    must_refuse(&node, cases).await;
}

#[tokio::test]
async fn an_unknown_path_is_refused() {
    let node = knowing().await;
    let paths =
        ["/nothing", "/peers/1", "/gossip//", "/State", "//", "/api/v1", "/../state", "/%ff"];
    let mut cases: Vec<Case> =
        paths.iter().map(|path| Case::new(*path, get(path), 404, "path")).collect();
    cases.push(Case::new("long", get(&format!("/{}", "a".repeat(30_000))), 404, "path"));
    must_refuse(&node, cases).await;
}

#[tokio::test]
async fn another_network_is_refused_by_name() {
    let node = knowing().await;
    let (headers, field) = ([("rumormill-network", "other")], "rumormill-network");
    let json = [("content-type", "application/json"), ("rumormill-network", "other")];
    let good = numbered(7, 2, 5);
    let cases = vec![
        Case::new("peers", request("GET", "/peers/", &headers, b""), 403, field),
        Case::new("gossip", request("POST", "/gossip/", &json, good.as_bytes()), 403, field),
    ];
    must_refuse(&node, cases).await;
}

#[tokio::test]
async fn a_refusal_is_heard_by_those_who_send_a_large_body_first() {
    let node = knowing().await;
    let body = vec![b' '; 4 << 20];
    let text = [("content-type", "text/plain")];
    let other = [("content-type", "application/json"), ("rumormill-network", "other")];
    let cases = vec![
        Case::new("type", request("POST", "/gossip/", &text, &body), 415, "content-type"),
        Case::new("network", request("POST", "/gossip/", &other, &body), 403, "rumormill-network"),
        Case::new("path", request("POST", "/nothing", &text, &body), 404, "path"),
        Case {
            allow: Some("GET, HEAD"),
            ..Case::new("method", request("POST", "/state", &text, &body), 405, "method")
        },
    ];
    must_refuse(&node, cases).await;
}

/// What is not even HTTP, and the statuses that may answer it: none, if it is closed without a word.
fn garbage() -> Vec<(&'static str, Vec<u8>, &'static [u16])> {
    let get = "GET /healthz HTTP/1.1\r\nhost: localhost\r\n";
    let large = format!("{get}large: {}\r\n\r\n", "a".repeat(200_000));
    let many = format!("{get}{}\r\n", "many: a\r\n".repeat(2_000));
    let post = "POST /gossip/ HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
    let lengths = format!("{post}content-length: 2\r\ncontent-length: 3\r\n\r\n{{}}");
    vec![
        ("a TLS greeting", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(), &[400]),
        ("noise", b"\x00\xff\x00\xff\r\n\r\n".to_vec(), &[400]),
        ("a word", b"HELLO\r\n\r\n".to_vec(), &[400]),
        ("JSON", b"{\"messages\":[]}\r\n\r\n".to_vec(), &[400]),
        ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), &[]),
        ("a newer HTTP", b"GET / HTTP/9.9\r\n\r\n".to_vec(), &[400, 505]),
        ("a large header", large.into_bytes(), &[431]),
        ("many headers", many.into_bytes(), &[431]),
        ("a long path", crate::client::get(&format!("/{}", "a".repeat(200_000))), &[414, 431]),
        ("a nameless header", format!("{get}: a\r\n\r\n").into_bytes(), &[400]),
        ("a length that is none", format!("{post}content-length: x\r\n\r\n").into_bytes(), &[400]),
        ("a negative length", format!("{post}content-length: -1\r\n\r\n").into_bytes(), &[400]),
        ("two lengths", lengths.into_bytes(), &[400]),
    ]
}

#[tokio::test]
async fn garbage_instead_of_http_is_refused_and_the_connection_closed() {
    let node = knowing().await;
    let mut view = View::of(node.port()).await;
    let before = view.known().await;
    for (name, bytes, allowed) in garbage() {
        let mut connection = Connection::open(node.port()).await;
        connection.send(&bytes).await;
        let answer = connection.answer().await;
        let status = answer.map(|answer| answer.status);
        let good = status.map_or(allowed.is_empty(), |status| allowed.contains(&status));
        assert!(good, "{name}: {status:?}");
        connection.closed().await;
        assert_eq!(view.known().await, before, "{name}");
    }
}

#[tokio::test]
async fn a_good_request_after_a_bad_one_is_served_on_the_same_connection() {
    let node = knowing().await;
    let mut connection = Connection::open(node.port()).await;
    for _ in 0..3 {
        assert_eq!(connection.exchange(&post("nonsense")).await.status, 400);
        assert_eq!(connection.exchange(&get("/nothing")).await.status, 404);
        assert_eq!(connection.exchange(&get("/healthz")).await.status, 200);
    }
}
