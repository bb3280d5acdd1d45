//! Many connections, and many requests on one.

use crate::client::{Connection, exchange, get, post, soon};
use crate::fixture::{builder, node, numbered};
use rumormill::ServerConfig;

/// How many connections are a crowd.
const CROWD: usize = 500;

/// This process holds both ends of each connection, and other tests run beside.
fn make_room_for_a_crowd() {
    let needed = 2 * CROWD as u64 + 150;
    let files = rlimit::increase_nofile_limit(u64::MAX).unwrap_or(0);
    assert!(files >= needed, "{files} open files are allowed, {needed} needed: raise `ulimit -Hn`");
}

#[tokio::test]
async fn five_hundred_idle_connections_hold_up_nobody() {
    make_room_for_a_crowd();
    let node = node().await;
    let mut crowd: Vec<Connection> = {
        let opening: Vec<_> =
            (0..CROWD).map(|_| tokio::spawn(Connection::open(node.port()))).collect();
        let mut opened = Vec::new();
        for connection in opening {
            opened.push(connection.await.expect("a connection"));
        }
        opened
    };
    assert_eq!(exchange(node.port(), &post(numbered(1, 1, 1))).await.status, 200);
    for connection in &mut crowd {
        assert_eq!(connection.exchange(&get("/healthz")).await.status, 200);
    }
}

#[tokio::test]
async fn a_connection_too_many_is_told_so_until_there_is_room() {
    let server = ServerConfig { connections_max: 3, ..ServerConfig::default() };
    let node = builder().server(server).spawn().await.expect("a node");
    let mut held = Vec::new();
    for _ in 0..3 {
        let mut connection = Connection::open(node.port()).await;
        assert_eq!(connection.exchange(&get("/healthz")).await.status, 200);
        held.push(connection);
    }
    let refused = exchange(node.port(), &get("/healthz")).await;
    assert_eq!(
        (refused.status, refused.header("content-type")),
        (503, Some("application/problem+json"))
    );
    assert_eq!(
        (&refused.json()["status"], refused.header("retry-after")),
        (&503.into(), Some("1"))
    );
    held.pop();
    soon("room", async { while exchange(node.port(), &get("/healthz")).await.status != 200 {} })
        .await;
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order() {
    let node = node().await;
    let mut connection = Connection::open(node.port()).await;
    let requests = [post(numbered(1, 1, 1)), post("nonsense"), get("/nothing"), get("/messages")];
    connection.send(&requests.concat()).await;
    let mut statuses = Vec::new();
    for _ in 0..3 {
        statuses.push(connection.answer().await.expect("an answer").status);
    }
    assert_eq!(statuses, [200, 400, 404]);
    let messages = connection.answer().await.expect("an answer").json();
    assert_eq!(messages.as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn who_leaves_without_the_answer_does_no_harm() {
    let node = node().await;
    for at in 0..100 {
        let mut connection = Connection::open(node.port()).await;
        connection.send(&post(numbered(at, 1, at))).await;
    }
    assert_eq!(exchange(node.port(), &get("/healthz")).await.status, 200);
}
