//! What nodes can rely on.

use crate::chatter::{Event, Node, Order, chatter, dial, expect, pair, start, until};
use rumormill_core::{Address, Bytes, Duration, Gone, Name, Why};
use rumormill_net::drive::DriveError;
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep};

const ONE: Name = Name::Number(1);
const TWO: Name = Name::Number(2);

#[tokio::test]
async fn two_nodes_tell_ask_and_part_in_peace() {
    let (mut one, mut two) = pair().await;
    one.command(Order::Say("hello")).await.unwrap();
    expect(&mut two, Event::Heard(ONE, "hello".into())).await;
    two.command(Order::Ask("who")).await.unwrap();
    expect(&mut two, Event::Answered(Ok("who?".into()))).await;
    one.command(Order::Leave).await.unwrap();
    expect(&mut two, Event::Down(ONE, Gone::Left)).await;
    expect(&mut one, Event::Down(TWO, Gone::Left)).await;
    one.shutdown().await;
    two.shutdown().await;
}

#[tokio::test]
async fn who_is_dialled_knows_where_to_dial_back() {
    let (mut one, mut two) = (start(1).await, start(2).await);
    dial(&one, &two).await;
    expect(&mut one, Event::Up(TWO, two.address())).await;
    expect(&mut two, Event::Up(ONE, one.address())).await;
}

#[tokio::test]
async fn what_is_queued_is_sent_before_a_node_ends() {
    let (one, mut two) = pair().await;
    for _ in 0..100 {
        one.command(Order::SayLong(2000)).await.unwrap();
    }
    one.command(Order::Say("last")).await.unwrap();
    one.shutdown().await;
    expect(&mut two, Event::Heard(ONE, "last".into())).await;
    expect(&mut two, Event::Down(ONE, Gone::Left)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_five_nodes_one_is_killed_and_comes_back_with_what_it_kept() {
    let dir = tempfile::tempdir().unwrap();
    let mut nodes = Vec::new();
    for name in 0..4 {
        nodes.push(start(name).await);
    }
    let fifth = || chatter(4).data_dir(dir.path());
    let mut last = fifth().start().await.unwrap();
    link_all(&mut last, &mut nodes).await;
    last.command(Order::Keep("a secret")).await.unwrap();
    expect(&mut last, Event::Kept(Ok(()))).await;
    let address = last.address().unwrap();
    last.kill().await;
    for node in &mut nodes {
        expect(node, Event::Down(Name::Number(4), Gone::Failed(Why::Closed))).await;
    }
    let mut last = fifth().listen(address.as_str()).start().await.expect("its port is free again");
    expect(&mut last, Event::Remembered(Bytes::from_static(b"a secret"))).await;
    link_all(&mut last, &mut nodes).await;
    last.command(Order::Say("back")).await.unwrap();
    for node in &mut nodes {
        expect(node, Event::Heard(Name::Number(4), "back".into())).await;
    }
}

async fn link_all(from: &mut Node, nodes: &mut [Node]) {
    for node in nodes {
        dial(from, node).await;
        until(from, |event| matches!(event, Event::Up(..))).await;
        until(node, |event| matches!(event, Event::Up(..))).await;
    }
}

#[tokio::test]
async fn a_dial_that_comes_to_nothing_says_why() {
    let (mut one, other) = (start(1).await, chatter(3).network("other").start().await.unwrap());
    let why = |why| Event::NotDialled(why);
    dial(&one, &other).await;
    expect(&mut one, why(Why::Unsupported)).await;
    let itself = one.address().unwrap();
    one.command(Order::Dial(itself)).await.unwrap();
    expect(&mut one, why(Why::Ourselves)).await;
    let namesake = start(1).await;
    dial(&one, &namesake).await;
    expect(&mut one, why(Why::Ourselves)).await;
    let gone = other.address().unwrap();
    other.shutdown().await;
    for (address, reason) in [(gone.as_str(), Why::Unreachable), ("nowhere", Why::Malformed)] {
        one.command(Order::Dial(Address::new(address))).await.unwrap();
        expect(&mut one, why(reason)).await;
    }
}

#[tokio::test]
async fn what_no_frame_can_hold_is_lost_and_said_so() {
    let (mut one, mut two) = pair().await;
    one.command(Order::SayLong(4096)).await.unwrap();
    expect(&mut one, Event::Lost).await;
    one.command(Order::SayLong(4087)).await.unwrap();
    until(&mut two, |event| matches!(event, Event::Heard(_, text) if text.len() == 4087)).await;
}

#[tokio::test]
async fn a_quiet_link_lives_and_its_round_trip_is_measured() {
    let (mut one, mut two) = pair().await;
    expect(&mut one, Event::Path).await;
    sleep(Duration::from_secs(1)).await;
    one.command(Order::Say("still here")).await.unwrap();
    expect(&mut two, Event::Heard(ONE, "still here".into())).await;
}

#[tokio::test]
async fn a_node_that_ends_leaves_no_task_and_no_socket() {
    let alive = || Handle::current().metrics().num_alive_tasks();
    let before = alive();
    for round in 0..4 {
        let (one, two) = pair().await;
        one.command(Order::Ask("later")).await.unwrap();
        let address = two.address().unwrap();
        if round % 2 == 0 {
            one.shutdown().await;
            two.shutdown().await;
        } else {
            one.kill().await;
            two.kill().await;
        }
        let again = chatter(9).listen(address.as_str()).start().await;
        again.expect("the port is free at once").shutdown().await;
    }
    let patience = Instant::now() + Duration::from_secs(2);
    while alive() > before && Instant::now() < patience {
        sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(alive(), before);
}

#[tokio::test]
async fn a_node_that_can_t_start_says_why() {
    let one = start(1).await;
    let taken = one.address().unwrap();
    let refused = chatter(2).listen(taken.as_str()).start().await.err();
    assert!(matches!(refused, Some(DriveError::Listen { .. })), "{refused:?}");
    let refused = chatter(2).network(&"n".repeat(256)).start().await.err();
    assert!(matches!(refused, Some(DriveError::Introduction(_))), "{refused:?}");
    let dir = tempfile::tempdir().unwrap();
    let _holds = chatter(3).data_dir(dir.path()).start().await.unwrap();
    let refused = chatter(3).data_dir(dir.path()).start().await.err();
    assert!(matches!(refused, Some(DriveError::Store(_))), "{refused:?}");
}
