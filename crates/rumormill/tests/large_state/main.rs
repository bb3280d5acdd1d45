//! A large state reaches a newcomer over real HTTP, in bodies within their budgets.
//!
//! Both nodes say that they are reached at 127.0.0.2, where a proxy listens and passes on to 127.0.0.1;
//! so it sees all that they say to each other. Only Linux has that address without being told.
#![cfg(target_os = "linux")]

mod proxy;

use proxy::{Exchange, Proxy};
use rumormill::{Builder, Node};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::timeout;

/// How many registers, and of how many bytes each: 10 MB in all.
const REGISTERS: usize = 200;
const REGISTER_BYTES: usize = 50 << 10;

/// The most that a node takes as a question.
const QUESTION_MAX: usize = 1 << 20;

/// The most of a digest, and what JSON adds to what it is reckoned at.
const DIGEST_MAX: usize = (64 << 10) + 1024;

/// What a message has beside its payload, at most.
const MESSAGE_EXTRA: usize = 1024;

/// How long all of it may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// A node that is reached through a proxy.
async fn behind(proxy: &Proxy, builder: Builder) -> Node {
    let builder = builder.network("large-state").sync_interval(Some(Duration::from_millis(50)));
    let listen = format!("127.0.0.1:{}", proxy.port());
    builder.listen(listen).advertise(proxy.address()).spawn().await.expect("a node")
}

/// Sets the registers of a large state.
async fn fill(node: &Node) {
    for number in 0..REGISTERS {
        let value = format!("{number} {}", "x".repeat(REGISTER_BYTES));
        node.state().set(&format!("key-{number}"), value).await.expect("room for it");
    }
}

/// Waits until a node knows all registers of that origin.
async fn learns_all(node: &Node, origin: u64) {
    let mut changes = node.state().watch();
    let all = async {
        loop {
            let known = node.state().all().await.expect("a node that runs");
            if known.iter().filter(|(change, _)| change.origin == origin).count() == REGISTERS {
                return;
            }
            changes.next().await.expect("a node that runs");
        }
    };
    timeout(PATIENCE, all).await.expect("all registers in time");
}

/// How many bytes an answer may have, by what was asked.
fn answer_max(exchange: &Exchange) -> usize {
    if exchange.path != "/reconcile/" {
        return DIGEST_MAX;
    }
    let question: Value = serde_json::from_slice(&exchange.question).expect("JSON");
    match question["budget"].as_u64() {
        // The first message may be larger than what is wanted.
        Some(budget) => (budget as usize).max(REGISTER_BYTES + MESSAGE_EXTRA),
        None => DIGEST_MAX,
    }
}

/// Every body that went over the wire was within its budget; gives how many bytes of registers came.
fn check(exchanges: &[Exchange]) -> usize {
    let mut learned = 0;
    for exchange in exchanges {
        let (asked, told) = (exchange.question.len(), exchange.answer_len);
        assert!(asked <= QUESTION_MAX, "{}: a question of {asked} bytes", exchange.path);
        let most = answer_max(exchange);
        assert!(told <= most, "{}: {told} bytes answer where {most} may", exchange.path);
        if exchange.path == "/reconcile/" {
            learned += told;
        }
    }
    learned
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_megabytes_reach_a_newcomer_and_no_body_is_over_its_budget() {
    let seen = Arc::default();
    let (first, second) = (Proxy::start(&seen).await, Proxy::start(&seen).await);
    let full = behind(&first, Node::builder()).await;
    fill(&full).await;
    let newcomer = behind(&second, Node::builder().bootstrap([full.address()])).await;
    learns_all(&newcomer, full.port().into()).await;
    let exchanges = std::mem::take(&mut *seen.lock().expect("no panic"));
    let learned = check(&exchanges);
    let whole = REGISTERS * REGISTER_BYTES;
    assert!((whole..whole * 3 / 2).contains(&learned), "{learned} bytes for {whole}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newcomer_that_knows_much_teaches_it_within_the_same_budgets() {
    let seen = Arc::default();
    let (first, second) = (Proxy::start(&seen).await, Proxy::start(&seen).await);
    let empty = behind(&first, Node::builder()).await;
    let dir = tempfile::tempdir().expect("a directory");
    let full = behind(&second, Node::builder().data_dir(dir.path())).await;
    fill(&full).await;
    full.add_peer(empty.address()).await.expect("a node that runs");
    learns_all(&empty, full.port().into()).await;
    check(&seen.lock().expect("no panic"));
}
