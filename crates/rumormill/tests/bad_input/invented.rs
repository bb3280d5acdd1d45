//! Origins that don't exist.

use crate::client::{Connection, PATIENCE, request};
use crate::fixture::{View, builder, counts, envelope, message, node, uuid};
use rumormill::Node;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;
use tokio::net::TcpListener;

/// How many registers of others a node keeps.
const REGISTERS_MAX: usize = 16_384;

/// How much all of this may cost, in bytes.
const GROWTH_MAX: usize = 64 << 20;

/// Strangers' doors, at ports that the system chose: whoever knocks is counted and sent away.
struct Doors {
    ports: Vec<u16>,
    knocks: Arc<AtomicUsize>,
}

impl Doors {
    async fn open(count: usize) -> Doors {
        let (mut ports, knocks) = (Vec::new(), Arc::new(AtomicUsize::new(0)));
        for _ in 0..count {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            ports.push(listener.local_addr().expect("bound").port());
            let knocks = knocks.clone();
            tokio::spawn(async move {
                while listener.accept().await.is_ok() {
                    knocks.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        Doors { ports, knocks }
    }
}

/// Ten thousand ports: first the doors, then others of the upper half, where nodes don't live.
fn invented(doors: &Doors, not: [u16; 2]) -> Vec<u16> {
    let others = (1..=u16::MAX).rev();
    let others = others.filter(|port| !doors.ports.contains(port) && !not.contains(port));
    doors.ports.iter().copied().chain(others).take(10_000).collect()
}

/// Gossips of every origin, a thousand in an envelope; gives how many were accepted.
async fn gossip(to: &Node, origins: &[u16], register: &str, first_id: u64) -> u64 {
    let mut accepted = 0;
    for (at, chunk) in origins.chunks(1_000).enumerate() {
        let ids = first_id + 1_000 * at as u64..;
        let bodies: Vec<String> =
            chunk.iter().zip(ids).map(|(port, id)| lie(*port, register, id)).collect();
        let [taken, duplicate, stale] = counts(to.port(), envelope(&bodies)).await;
        assert_eq!((duplicate, stale), (0, 0));
        accepted += taken;
    }
    accepted
}

fn lie(origin: u16, register: &str, id: u64) -> String {
    let payload = format!(r#"{{"{register}":"invented"}}"#);
    message(&[("id", &uuid(id)), ("origin", &origin.to_string()), ("payload", &payload)])
}

/// This process's memory in bytes, where the system tells.
fn memory() -> Option<usize> {
    let statm = std::fs::read_to_string("/proc/self/statm").ok()?;
    statm.split_whitespace().nth(1)?.parse::<usize>().ok().map(|pages| pages * 4096)
}

/// A node, and a linked one that has told it its book.
async fn friends() -> [Node; 2] {
    let node = node().await;
    let friend = builder().bootstrap([node.address()]).spawn().await.expect("a node");
    node.wait_ready(1, PATIENCE).await.expect("a friend");
    friend.wait_ready(1, PATIENCE).await.expect("a friend");
    let mut changes = node.state().watch();
    friend.state().set("book", "Persuasion").await.expect("a node that runs");
    let change = changes.next().await.expect("a node that runs");
    assert_eq!(change.origin, u64::from(friend.port()));
    [node, friend]
}

#[tokio::test]
async fn twenty_thousand_invented_registers_push_out_no_friends_and_little_memory() {
    let [node, friend] = friends().await;
    let doors = Doors::open(200).await;
    let origins = invented(&doors, [node.port(), friend.port()]);
    let (before, started) = (memory(), Instant::now());
    assert_eq!(gossip(&node, &origins, "book", 0).await, 10_000);
    assert_eq!(gossip(&node, &origins, "mood", 10_000).await, 10_000);
    let known = node.state().all().await.expect("a node that runs");
    assert!((10_000..=REGISTERS_MAX).contains(&known.len()), "{} registers", known.len());
    let kept = node.state().get(friend.port().into(), "book").await.expect("a node that runs");
    assert_eq!(kept.and_then(|(change, _)| change.value), Some("Persuasion".into()));
    if let (Some(before), Some(after)) = (before, memory()) {
        let growth = after.saturating_sub(before);
        assert!(growth < GROWTH_MAX, "{} MiB more", growth >> 20);
    }
    // The friend hears of them too.
    let allowed = 2 * (16 + 8 * (started.elapsed().as_secs() as usize + 1));
    let knocks = doors.knocks.load(Ordering::Relaxed);
    assert!((1..=allowed).contains(&knocks), "{knocks} knocks, {allowed} allowed");
    let peers = View::of(node.port()).await.get("/peers/").await;
    assert_eq!(peers["peers"], serde_json::json!([friend.address().to_string()]));
}

#[tokio::test]
async fn who_introduces_itself_under_a_thousand_names_makes_the_node_knock_on_few_doors() {
    let node = node().await;
    let doors = Doors::open(200).await;
    let (mut connection, started) = (Connection::open(node.port()).await, Instant::now());
    for (at, port) in (0..5).flat_map(|_| &doors.ports).enumerate() {
        let (path, body) =
            [("/gossip/", r#"{"messages":[]}"#), ("/reconcile/", r#"{"messages":[]}"#)][at % 2];
        let from = format!("127.0.0.1:{port}");
        let headers = [("content-type", "application/json"), ("rumormill-from", from.as_str())];
        let answer = connection.exchange(&request("POST", path, &headers, body.as_bytes())).await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
    }
    assert_eq!(View::of(node.port()).await.get("/healthz").await["status"], "ok");
    let allowed = 16 + 8 * (started.elapsed().as_secs() as usize + 1);
    let knocks = doors.knocks.load(Ordering::Relaxed);
    assert!((1..=allowed).contains(&knocks), "{knocks} knocks, {allowed} allowed");
}
