//! What an embedding program meets beside success.

use rumormill::{Node, PublishError, SetError, StartError};
use std::time::Duration;

async fn node() -> Node {
    Node::builder().spawn().await.expect("a free port")
}

/// Why a node of these settings doesn't start.
async fn refused(builder: rumormill::Builder) -> StartError {
    builder.spawn().await.err().expect("it must not start")
}

#[tokio::test]
async fn what_cannot_start_says_why() {
    let taken = node().await;
    let cases = [
        (refused(Node::builder().listen("nonsense")).await, "is no address to listen on"),
        (refused(Node::builder().listen("0.0.0.0:0")).await, "is beyond loopback"),
        (refused(Node::builder().listen(taken.address())).await, "is in use on 127.0.0.1"),
        (refused(Node::builder().bootstrap(["a b"])).await, "is no address of a node"),
        (refused(Node::builder().network("a/b")).await, "is no name of a network"),
        (
            refused(Node::builder().sync_interval(Some(Duration::ZERO))).await,
            "node.state.registers.sync_interval is \"0 s\", but must be from 10 ms to 1 day",
        ),
    ];
    for (error, expected) in cases {
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[tokio::test]
async fn a_node_on_all_addresses_of_its_host_must_say_where_it_is_reached() {
    let dir = tempfile::tempdir().expect("a directory");
    let on = |address: &str| Node::builder().listen(address).data_dir(dir.path());
    for all in ["0.0.0.0:0", "[::]:0"] {
        let error = refused(on(all)).await.to_string();
        assert!(error.contains("advertise the one where they reach this node"), "{error}");
        let nowhere = refused(on("127.0.0.1:0").advertise(all.replace(":0", ":7000"))).await;
        assert!(nowhere.to_string().contains("is no address of a node"), "{nowhere}");
    }
    assert_eq!(std::fs::read_dir(dir.path()).expect("a directory").count(), 0, "nothing is left");
    let free = std::net::TcpListener::bind("0.0.0.0:0").expect("a port");
    let port = free.local_addr().expect("an address").port();
    drop(free);
    let open = on(&format!("0.0.0.0:{port}")).advertise(format!("localhost:{port}")).spawn().await;
    let open = open.expect("a free port");
    assert_eq!(open.address().as_str(), format!("localhost:{port}"));
}

#[tokio::test]
async fn a_register_that_others_would_refuse_is_not_set() {
    let state = node().await.state();
    for span in [Duration::ZERO, Duration::from_micros(999), Duration::MAX] {
        let refused = state.set_for("mood", 1, span).await;
        assert_eq!(refused, Err(SetError::BadLife(span)));
    }
    // Its milliseconds are 7 more than 64 bits hold.
    let wraps = Duration::from_millis(u64::MAX) + Duration::from_millis(8);
    assert_eq!(state.set_for("mood", 1, wraps).await, Err(SetError::BadLife(wraps)));
    let fault = state.set("book", 7).await.unwrap_err().to_string();
    assert!(fault.contains("payload.book must be a text"), "{fault}");
    let large = "x".repeat(1 << 20);
    assert!(matches!(state.set("book", large).await, Err(SetError::TooLarge { .. })));
    assert_eq!(state.all().await.unwrap(), []);
}

#[tokio::test]
async fn there_are_so_many_registers_of_our_own_and_no_more() {
    let state = node().await.state();
    for number in 0..256 {
        state.set(&format!("key{number}"), number).await.unwrap();
    }
    assert_eq!(state.set("one more", 1).await, Err(SetError::TooMany));
    state.set("key7", 8).await.unwrap();
}

#[tokio::test]
async fn several_registers_reach_a_newcomer() {
    let first = node().await;
    first.state().set("book", "Lucky Jim").await.unwrap();
    first.state().set("mood", 7).await.unwrap();
    let second = Node::builder().bootstrap([first.address()]).spawn().await.unwrap();
    let mut changes = second.state().watch();
    let mut keys = Vec::new();
    while keys.len() < 2 {
        let all = second.state().all().await.unwrap();
        keys = all.into_iter().map(|(change, _)| change.key).collect();
        if keys.len() < 2 {
            changes.next().await.expect("the node runs");
        }
    }
    assert_eq!(keys, ["book", "mood"]);
}

#[tokio::test]
async fn a_publish_that_can_never_be_sent_says_so_and_one_to_nobody_too() {
    let node = node().await;
    let large = vec![0; 1 << 20];
    let refused = node.publish("news", &large).await.unwrap_err();
    assert!(matches!(refused, PublishError::TooLarge { len: 1_048_576, .. }));
    let receipt = node.publish("news", b"hello").await.unwrap();
    assert_eq!((receipt.queued, receipt.dropped), (0, vec![]));
}

#[tokio::test]
async fn who_waits_for_peers_in_vain_is_told_how_it_stands() {
    let alone = Node::builder().bootstrap(["127.0.0.1:1"]).spawn().await.unwrap();
    let error = alone.wait_ready(1, Duration::from_millis(300)).await.unwrap_err();
    assert!(error.to_string().contains("0 of 1 peers are up"), "{error}");
}

#[tokio::test]
async fn after_the_end_everything_says_that_it_ended() {
    let node = node().await;
    node.shutdown().await;
    assert!(matches!(node.publish("news", b"hello").await, Err(PublishError::Ended(_))));
    assert!(matches!(node.state().set("book", "x").await, Err(SetError::Ended(_))));
    assert!(node.subscribe("news").next().await.is_none());
}
