//! Listeners to events: many, slow, and gone.

use crate::api::Guarded;
use crate::client::{get, soon};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A stream of events as it comes in.
struct Listener {
    stream: TcpStream,
    heard: Vec<u8>,
}

impl Listener {
    async fn open(port: u16, path: &str) -> Listener {
        let stream = TcpStream::connect(("127.0.0.1", port)).await.expect("the node listens");
        let mut listener = Listener { stream, heard: Vec::new() };
        listener.stream.write_all(&get(path)).await.expect("it takes a request");
        listener
    }

    /// Reads until it has heard that.
    async fn hears(&mut self, text: &str) {
        let reading = async {
            while !String::from_utf8_lossy(&self.heard).contains(text) {
                let read = self.stream.read_buf(&mut self.heard).await;
                assert!(matches!(read, Ok(1..)), "it ended: {}", self.said());
            }
        };
        soon(text, reading).await;
    }

    fn said(&self) -> String {
        String::from_utf8_lossy(&self.heard).into_owned()
    }
}

const EVENTS: &str = "/api/v1/events";

#[tokio::test]
async fn a_listener_hears_what_is_set_and_removed() {
    let guarded = Guarded::start().await;
    let mut listener = Listener::open(guarded.port(), EVENTS).await;
    let mut peers_only = Listener::open(guarded.port(), "/api/v1/events?only=peer").await;
    listener.hears(": listening").await;
    peers_only.hears(": listening").await;
    assert!(listener.said().to_lowercase().contains("content-type: text/event-stream"));
    guarded.set("mood", &json!("two\nlines")).await;
    listener.hears(r#""key":"mood""#).await;
    assert!(listener.said().contains(r#""value":"two\nlines""#), "{}", listener.said());
    guarded.node.state().remove("mood").await.expect("it is removed");
    listener.hears(r#""value":null"#).await;
    // A comment comes when nothing else does.
    peers_only.hears(": nothing new").await;
    assert!(!peers_only.said().contains("mood"), "{}", peers_only.said());
}

#[tokio::test]
async fn listeners_are_bounded_and_a_place_is_free_again_once_one_has_gone() {
    let guarded = Guarded::start().await;
    let mut listeners = Vec::new();
    for _ in 0..64 {
        let mut listener = Listener::open(guarded.port(), EVENTS).await;
        listener.hears(": listening").await;
        listeners.push(listener);
    }
    let mut refused = Listener::open(guarded.port(), EVENTS).await;
    refused.hears(r#""field":"streams""#).await;
    assert!(refused.said().starts_with("HTTP/1.1 503 "), "{}", refused.said());
    listeners.truncate(60);
    // The node notices when it next has something to say.
    let freed = async {
        loop {
            let mut listener = Listener::open(guarded.port(), EVENTS).await;
            let mut status = [0; 12];
            listener.stream.read_exact(&mut status).await.expect("an answer");
            if status == *b"HTTP/1.1 200" {
                return;
            }
            guarded.set("probe", &json!(1)).await;
        }
    };
    soon("a free place", freed).await;
}

#[tokio::test]
async fn a_stream_ends_with_its_node() {
    let guarded = Guarded::start().await;
    let mut listener = Listener::open(guarded.port(), EVENTS).await;
    listener.hears(": listening").await;
    guarded.node.shutdown().await;
    let ended =
        async { while let Ok(1..) = listener.stream.read_buf(&mut listener.heard).await {} };
    soon("the end of the stream", ended).await;
}

#[tokio::test]
async fn a_listener_that_reads_nothing_has_a_gap_and_costs_others_nothing() {
    let guarded = Guarded::start().await;
    let mut slow = Listener::open(guarded.port(), EVENTS).await;
    slow.hears(": listening").await;
    let mut quick = Listener::open(guarded.port(), EVENTS).await;
    quick.hears(": listening").await;
    let large = "x".repeat(200_000);
    // Far more than its socket and its queue hold.
    for number in 0..150 {
        let set = guarded.set("large", &json!(format!("{large}{number}"))).await;
        assert_eq!(set.status, 200, "{number}: {set:?}");
        quick.hears(&format!("x{number}\"")).await;
        quick.heard.clear();
    }
    slow.hears("event: gap").await;
}
