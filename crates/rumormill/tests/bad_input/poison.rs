//! Good gossip that is meant to keep others from hearing the rest.

use crate::client::soon;
use crate::fixture::{builder, counts, message, node, numbered, told, uuid};
use rumormill::Node;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// The last version there is: what claims it seems to be what others lack most.
const LAST: &str = "9007199254740991";

/// A message of that origin with the last version and so many bytes.
fn large(origin: u16, bytes: usize) -> String {
    let payload = format!(r#"{{"book":"{}"}}"#, "a".repeat(bytes));
    let (id, origin) = (uuid(1), origin.to_string());
    let changes =
        [("id", id.as_str()), ("origin", &origin), ("version", LAST), ("payload", &payload)];
    message(&[&changes[..], &[("ttl", "0")]].concat())
}

/// The origins that a node tells to who asks, and asks again with what it was told.
async fn told_in_turn(port: u16, asks: usize) -> BTreeSet<u64> {
    let mut known = BTreeMap::new();
    for _ in 0..asks {
        let answer = told(port, json!({ "known": known }).to_string()).await;
        for message in answer["messages"].as_array().expect("messages") {
            known.insert(message["origin"].to_string(), message["version"].clone());
        }
    }
    known.keys().map(|origin| origin.parse().expect("a port")).collect()
}

#[tokio::test]
async fn a_register_too_large_to_sync_hides_no_others() {
    let node = node().await;
    assert_eq!(counts(node.port(), large(1, 500_000)).await, [1, 0, 0]);
    told(node.port(), numbered(2, 2, 5)).await;
    assert_eq!(told_in_turn(node.port(), 2).await, BTreeSet::from([1, 2]));
}

/// A node, and one that syncs with it all the time.
async fn pair() -> [Node; 2] {
    let node = node().await;
    let interval = Some(Duration::from_millis(50));
    let eager = builder().bootstrap([node.address()]).sync_interval(interval);
    [node, eager.spawn().await.expect("a node")]
}

#[tokio::test]
async fn what_is_claimed_of_a_node_hides_nothing_else_from_it() {
    let [node, eager] = pair().await;
    let mut changes = eager.state().watch();
    // It leaves no room in the 256 KiB of an answer.
    assert_eq!(counts(node.port(), large(eager.port(), 262_000)).await, [1, 0, 0]);
    // With a time to live of 0 only a sync brings it.
    let other = message(&[("id", &uuid(2)), ("origin", "2"), ("ttl", "0")]);
    assert_eq!(counts(node.port(), other).await, [1, 0, 0]);
    let learned = soon("the other register", changes.next()).await;
    assert_eq!(learned.map(|change| change.origin), Some(2));
}

#[tokio::test]
async fn the_largest_message_that_is_taken_is_synced() {
    let [node, eager] = pair().await;
    let mut changes = eager.state().watch();
    let room = (1 << 20) - large(1, 0).len();
    assert_eq!(counts(node.port(), large(1, room)).await, [1, 0, 0]);
    let learned = soon("the register", changes.next()).await;
    assert_eq!(learned.map(|change| change.origin), Some(1));
}
