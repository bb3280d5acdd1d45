//! The in-process transport, by itself: what it holds back, and who finds whom.

use rumormill_core::{
    Address, Duration, Effects, Fingerprint, Gone, Input, Message, Name, Protocol, Target, Why,
};
use rumormill_net::transport::memory::{Hub, Joined, Taken, Wiring};
use rumormill_net::transport::{Arrival, Transport, WireId};
use tokio::time::Instant;

#[derive(Clone, Debug)]
struct Idle;

#[derive(Clone, Debug)]
struct Word;

impl Message for Word {
    fn wire_len(&self) -> usize {
        1000
    }
    fn kind(&self) -> &'static str {
        "word"
    }
}

impl Protocol for Idle {
    type Message = Word;
    type Token = ();
    type Command = ();
    type Event = ();
    fn handle(&mut self, _: Input<Self>, _: &mut dyn Effects<Self>) {}
    fn fingerprint(&self, _: &mut Fingerprint) {}
}

fn join(hub: &Hub<Idle>, node: u64, inbox: usize) -> Joined<Idle> {
    let address = Address::new(&format!("node:{node}"));
    hub.join(Name::Number(node), address, inbox).expect("its place is free")
}

/// Two nodes, the first linked to the second; gives the wire of each.
async fn pair(wiring: Wiring, inbox: usize) -> [(Joined<Idle>, WireId); 2] {
    let hub = Hub::new(wiring);
    let [mut dialler, mut dialled] = [0, 1].map(|node| join(&hub, node, inbox));
    let wire = dialler.wires.next();
    dialler.transport.dial(wire, Target::Name(Name::Number(1)));
    let Some(Arrival::Up { wire: incoming, .. }) = dialled.arrivals.recv().await else {
        panic!("the dialled end is told first");
    };
    assert!(
        matches!(dialler.arrivals.recv().await, Some(Arrival::Up { wire: up, .. }) if up == wire)
    );
    [(dialler, wire), (dialled, incoming)]
}

#[tokio::test(start_paused = true)]
async fn a_message_takes_its_time_on_the_line_and_on_the_way() {
    let wiring = Wiring {
        latency: Duration::from_millis(50),
        bytes_per_second: Some(10_000),
        one_way: false,
    };
    let [(mut from, wire), (mut to, _)] = pair(wiring, 8).await;
    let sent = Instant::now();
    from.transport.send(wire, vec![Word, Word]);
    assert!(matches!(from.arrivals.recv().await, Some(Arrival::Written { .. })));
    assert_eq!(sent.elapsed().as_millis(), 200, "2,000 bytes at 10,000 a second");
    let Some(Arrival::Messages { messages, .. }) = to.arrivals.recv().await else {
        panic!("messages");
    };
    assert_eq!((messages.len(), sent.elapsed().as_millis()), (2, 250));
}

#[tokio::test(start_paused = true)]
async fn what_is_not_read_holds_the_sender_back() {
    let [(mut from, wire), (mut to, _)] = pair(Wiring::default(), 1).await;
    let mut written = 0;
    loop {
        from.transport.send(wire, vec![Word]);
        let patience = Duration::from_secs(1);
        match tokio::time::timeout(patience, from.arrivals.recv()).await {
            Ok(arrival) => assert!(matches!(arrival, Some(Arrival::Written { .. }))),
            Err(_) => break,
        }
        written += 1;
    }
    assert!((1..2000).contains(&written), "bounded: {written}");
    for _ in 0..=written {
        assert!(matches!(to.arrivals.recv().await, Some(Arrival::Messages { .. })), "none is lost");
    }
}

#[tokio::test(start_paused = true)]
async fn a_dropped_transport_is_a_dead_node() {
    let [(from, _), (mut to, incoming)] = pair(Wiring::default(), 8).await;
    drop(from);
    let Some(Arrival::Down { wire, gone }) = to.arrivals.recv().await else {
        panic!("the other end is told");
    };
    assert_eq!((wire, gone), (incoming, Gone::Failed(Why::Closed)));
    to.transport.dial(WireId(99), Target::Name(Name::Number(0)));
    let Some(Arrival::DialFailed { why, .. }) = to.arrivals.recv().await else {
        panic!("nobody is there");
    };
    assert_eq!(why, Why::Unreachable);
}

#[tokio::test]
async fn a_place_is_free_again_when_its_node_has_left() {
    let hub = Hub::new(Wiring::default());
    let first = join(&hub, 0, 1);
    let again = hub.join(Name::Number(0), Address::new("elsewhere"), 1);
    assert!(matches!(again, Err(Taken)));
    drop(first);
    join(&hub, 0, 1);
}
