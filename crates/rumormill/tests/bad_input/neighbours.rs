//! Neighbours that answer wrongly when they are asked how they are, and viewers that ask too often.

use crate::client::{exchange, get, soon};
use crate::fixture::{builder, numbered, told};
use rumormill::Node;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A member that counts how often it is asked how it is, and says whatever a test wants.
struct Member {
    port: u16,
    asked: Arc<AtomicUsize>,
}

impl Member {
    async fn start(says: impl Into<String>) -> Member {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (asked, says) = (Arc::new(AtomicUsize::new(0)), says.into());
        let counter = asked.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, port, counter.clone(), says.clone()));
            }
        });
        Member { port, asked }
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

async fn serve(mut stream: TcpStream, port: u16, asked: Arc<AtomicUsize>, says: String) {
    let mut head = Vec::new();
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        if !matches!(stream.read_buf(&mut head).await, Ok(1..)) {
            return;
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let answer = match head.split(' ').nth(1) {
        Some("/peers/") => format!(r#"{{"self":"127.0.0.1:{port}","peers":[]}}"#),
        Some("/api/v1/node") => {
            asked.fetch_add(1, Ordering::SeqCst);
            says
        }
        _ => "{}".to_owned(),
    };
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\
         content-length: {}\r\n\r\n",
        answer.len()
    );
    let _ = stream.write_all(format!("{head}{answer}").as_bytes()).await;
}

/// A node whose only neighbour that is.
async fn beside(member: &Member) -> Node {
    let node = builder().bootstrap([format!("127.0.0.1:{}", member.port)]).spawn().await;
    let node = node.expect("a node");
    node.wait_ready(1, crate::client::PATIENCE).await.expect("it is a neighbour");
    node
}

async fn network(node: &Node) -> Value {
    let answer = exchange(node.port(), &get("/api/v1/network")).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

/// The row of that port.
fn row(network: &Value, port: u16) -> &Value {
    let nodes = network["nodes"].as_array().expect("rows");
    nodes.iter().find(|node| node["name"] == port).expect("the row")
}

#[tokio::test]
async fn many_viewers_ask_a_neighbour_once() {
    let member = Member::start(r#"{"knows":3,"peers":{"neighbours":2},"sent":9}"#).await;
    let node = beside(&member).await;
    let viewers: Vec<_> = (0..50)
        .map(|_| {
            let port = node.port();
            tokio::spawn(async move { exchange(port, &get("/api/v1/network")).await })
        })
        .collect();
    for viewer in viewers {
        let answer = soon("an answer", viewer).await.expect("no panic");
        let row = row(&answer.json(), member.port).clone();
        assert_eq!(
            [&row["knows"], &row["sent"], &row["alive"]],
            [&json!(3), &json!(9), &json!(true)]
        );
    }
    // On a slow machine the first answer may be a second old when the last viewer comes.
    assert!((1..=4).contains(&member.asked()), "asked {} times", member.asked());
}

#[tokio::test]
async fn what_a_neighbour_says_is_believed_only_as_far_as_it_makes_sense() {
    let large = format!(r#"{{"knows":"{}"}}"#, "7".repeat(1 << 20));
    for (says, alive) in [
        ("nonsense", true),
        (r#"{"knows":-1,"peers":7,"sent":[],"received":1e999}"#, true),
        (r#"{"name":1,"knows":3}"#, false),
        (large.as_str(), false),
    ] {
        let member = Member::start(says).await;
        let node = beside(&member).await;
        let network = network(&node).await;
        let row = row(&network, member.port);
        assert_eq!(row["alive"], alive, "{}", &says[..20.min(says.len())]);
        assert_eq!([&row["knows"], &row["sent"]], [&json!(null), &json!(null)]);
    }
}

#[tokio::test]
async fn who_was_only_heard_of_is_shown_and_not_asked() {
    let node = builder().spawn().await.expect("a node");
    // Nobody listens there.
    told(node.port(), numbered(1, 9, 1)).await;
    let network = network(&node).await;
    let row = row(&network, 9);
    assert_eq!([&row["standing"], &row["alive"]], [&json!("unknown"), &json!(null)]);
    assert_eq!(network["verdict"]["level"], "warn");
}
