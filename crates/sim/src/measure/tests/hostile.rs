//! What hostile nodes publish is no message, nor what they forge.

use super::*;
use crate::engine::{At, Observer};
use crate::model::Lost;
use rumormill_core::{Input, Peer};
use rumormill_node::{AnyBroadcastMessage, Plane};
use rumormill_protocols::broadcast::flood::FloodMessage;
use rumormill_protocols::planes::BroadcastEvent;
use rumormill_protocols::{Rumor, RumorId, Subject};

#[test]
fn spam_is_no_message() {
    let mut world = Setup::line(3).start();
    world.measure.hostile(0);
    (0..50).for_each(|_| world.publish(0));
    world.publish(2);
    world.pass(SECOND);
    let of = &world.finish().broadcasts[0];
    assert_eq!((of.messages, of.due, of.delivered), (1, 1, 1));
    assert_eq!(of.floors.payloads, 1, "one honest node has to be told");
}

#[test]
fn who_turns_hostile_was_never_honest() {
    let mut world = Setup::line(3).start();
    world.publish(0);
    world.publish(1);
    world.pass(SECOND);
    world.measure.hostile(0);
    let of = &world.finish().broadcasts[0];
    assert_eq!((of.messages, of.due, of.delivered), (1, 1, 1));
}

/// Somebody sends node 1 a rumor in its own name; it tells it on like any other.
#[test]
fn what_is_forged_in_a_nodes_name_is_no_message_of_its() {
    let mut measure = Measure::new(Setup::line(3).plan()).unwrap();
    let rumor = Arc::new(Rumor {
        id: RumorId([7, 7]),
        origin: Name::Number(7001),
        version: 1,
        subject: Subject::topic("news"),
        payload: Bytes::from_static(b"1"),
        life: Life::Lasting,
    });
    let flood = FloodMessage { rumor: rumor.clone(), ttl: 3 };
    let message = Plane::Broadcast(AnyBroadcastMessage::Flood(flood));
    let at = At { time: READY, node: 1, source: 0 };
    measure.input(&at, &Input::Message(Peer::new(1, 0), message.clone()));
    measure.event(&at, &Plane::Broadcast(BroadcastEvent::Arrived(rumor, Peer::new(1, 0))));
    measure.lost(&at, (1, 2), &message, Lost::Loss);
    assert!(measure.board.columns().is_empty());
    // The node's own may be lost before they are said to be published.
    let mut own = message.clone();
    if let Plane::Broadcast(AnyBroadcastMessage::Flood(flood)) = &mut own {
        Arc::make_mut(&mut flood.rumor).id = RumorId([8, 8]);
    }
    measure.lost(&at, (1, 2), &own, Lost::Loss);
    assert_eq!(measure.board.columns().len(), 1);
    assert!(measure.board.pair(0, 2).has_lost());
}
