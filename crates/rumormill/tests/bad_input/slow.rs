//! Clients that are slow, or stop halfway.

use crate::client::{Connection, exchange, get, post, soon};
use crate::fixture::{View, builder, envelope, message, numbered, told, uuid};
use rumormill::{Node, ServerConfig};
use std::time::Duration;

/// How long the nodes of these tests wait for a client.
const LIMIT: Duration = Duration::from_millis(400);

/// How often a slow client sends a byte.
const PAUSE: Duration = Duration::from_millis(40);

async fn impatient(connections_max: usize) -> Node {
    let server = ServerConfig {
        connections_max,
        head_timeout: LIMIT,
        body_timeout: LIMIT,
        send_timeout: LIMIT,
        ..ServerConfig::default()
    };
    builder().server(server).spawn().await.expect("a node")
}

#[tokio::test]
async fn a_slow_head_is_timed_out_and_the_others_served() {
    let node = impatient(100).await;
    let mut slow = Connection::open(node.port()).await;
    let head = format!("GET /healthz HTTP/1.1\r\nslow: {}\r\n\r\n", "a".repeat(10_000));
    let others = async {
        for _ in 0..10 {
            assert_eq!(exchange(node.port(), &get("/healthz")).await.status, 200);
        }
    };
    tokio::join!(slow.trickle(head.as_bytes(), PAUSE), others);
}

#[tokio::test]
async fn a_slow_body_is_told_so_and_nothing_of_it_is_taken() {
    let node = impatient(100).await;
    let mut slow = Connection::open(node.port()).await;
    let request = post(numbered(1, 1, 1) + &" ".repeat(10_000));
    let (head, body) =
        request.split_at(request.windows(4).position(|w| w == b"\r\n\r\n").unwrap() + 4);
    slow.send(head).await;
    let told = String::from_utf8(slow.trickle(body, PAUSE).await).expect("text");
    assert!(told.starts_with("HTTP/1.1 408 "), "{told}");
    assert!(
        told.contains("application/problem+json") && told.contains(r#""field":"body""#),
        "{told}"
    );
    assert_eq!(
        View::of(node.port()).await.get("/messages").await.as_array().map(Vec::len),
        Some(0)
    );
}

#[tokio::test]
async fn an_idle_connection_is_closed() {
    let node = impatient(100).await;
    let mut silent = Connection::open(node.port()).await;
    let mut served = Connection::open(node.port()).await;
    assert_eq!(served.exchange(&get("/healthz")).await.status, 200);
    assert_eq!(silent.closed().await, b"");
    assert_eq!(served.closed().await, b"");
}

#[tokio::test]
async fn a_body_that_nobody_asked_for_and_that_never_comes_holds_nothing_up() {
    let node = impatient(100).await;
    let mut connection = Connection::open(node.port()).await;
    let request = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\ncontent-length: 1000000\r\n\r\n";
    assert_eq!(connection.exchange(request).await.status, 200);
    connection.closed().await;
}

/// Makes `GET /messages` long.
async fn fill(port: u16) {
    for at in 1..=15 {
        let book = format!(r#"{{"book":"{}"}}"#, "a".repeat(60_000));
        let (id, origin) = (uuid(at), at.to_string());
        told(port, envelope(&[message(&[("id", &id), ("origin", &origin), ("payload", &book)])]))
            .await;
    }
}

/// Asks for much, and never reads it.
async fn deaf(port: u16) -> Connection {
    let mut connection = Connection::open(port).await;
    assert!(connection.send(&get("/messages").repeat(100)).await);
    connection
}

#[tokio::test]
async fn who_never_reads_holds_up_nobody_and_loses_the_connection() {
    let node = impatient(3).await;
    fill(node.port()).await;
    let _deaf = [deaf(node.port()).await, deaf(node.port()).await];
    assert_eq!(exchange(node.port(), &get("/healthz")).await.status, 200);
    let _more = deaf(node.port()).await;
    soon("room", async { while exchange(node.port(), &get("/healthz")).await.status != 200 {} })
        .await;
}

/// With threads, the end may overtake the node's work on the request.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_said_all_is_still_answered() {
    let node = impatient(100).await;
    let requests = [get("/state"), get("/peers/"), post(r#"{"known":{}}"#), post("nonsense")];
    for request in requests.iter().cycle().take(80) {
        let mut connection = Connection::open(node.port()).await;
        connection.send(request).await;
        connection.half_close().await;
        assert!(connection.answer().await.is_some(), "{}", String::from_utf8_lossy(request));
        assert_eq!(connection.closed().await, b"");
    }
}

#[tokio::test]
async fn who_stops_in_the_middle_changes_nothing() {
    let node = impatient(100).await;
    let request = post(numbered(1, 1, 1));
    for cut in [1, 20, request.len() / 2, request.len() - 1] {
        let mut connection = Connection::open(node.port()).await;
        connection.send(&request[..cut]).await;
        connection.half_close().await;
        let status = connection.answer().await.map(|answer| answer.status);
        assert!(status.is_none_or(|status| status == 400), "{cut} bytes: {status:?}");
        drop(connection);
    }
    assert_eq!(
        View::of(node.port()).await.get("/messages").await.as_array().map(Vec::len),
        Some(0)
    );
}
