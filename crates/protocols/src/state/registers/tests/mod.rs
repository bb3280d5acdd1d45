//! Golden scripts of what one node does, and properties of several that meet.

mod exchanges;
mod merging;
mod own;
mod properties;
mod time;
mod world;

use super::*;
use crate::Life;
use alloc::vec::Vec;
use core::time::Duration;
use rumormill_core::bounded::Limits;
use rumormill_core::testing::{Effect, Recorder};
use rumormill_core::{Cells, Link};

pub(super) const OWN: Name = Name::Number(7000);

pub(super) const SECOND: Duration = Duration::from_secs(1);

pub(super) fn peer(number: u32) -> Peer {
    Peer::new(number, 0)
}

/// An update of an origin's `book`.
pub(super) fn update(origin: u64, version: u64, id: u64) -> Arc<Rumor> {
    keyed(origin, "book", version, id)
}

pub(super) fn keyed(origin: u64, key: &str, version: u64, id: u64) -> Arc<Rumor> {
    let (id, origin) = (RumorId([0, id]), Name::Number(origin));
    let (subject, payload) = (crate::Subject::register(key), Bytes::from_static(b"{}"));
    Arc::new(Rumor { id, origin, version, subject, payload, life: Life::Lasting })
}

pub(super) fn living(rumor: Arc<Rumor>, life: Life) -> Arc<Rumor> {
    Arc::new(Rumor { life, ..Arc::unwrap_or_clone(rumor) })
}

pub(super) fn removal(key: &str) -> Bytes {
    Bytes::from(alloc::format!("no {key}").into_bytes())
}

pub(super) fn node(config: RegistersConfig) -> Recorder<Registers> {
    node_with(config, &Cells::default())
}

pub(super) fn node_with(config: RegistersConfig, cells: &Cells) -> Recorder<Registers> {
    let config = RegistersConfig { removal: Some(removal), ..config };
    let registers = Registers::new(config, OWN, HashSeed::default(), cells.view());
    let mut node = Recorder::new(registers);
    node.give(Input::Start);
    node.give(Input::Persisted(RegistersToken::Version, Ok(())));
    node
}

/// Gives an input, and acknowledges what is persisted because of it.
pub(super) fn give(
    node: &mut Recorder<Registers>,
    input: Input<Registers>,
) -> Vec<Effect<Registers>> {
    let (mut all, mut inputs) = (Vec::new(), alloc::vec![input]);
    while let Some(input) = inputs.pop() {
        let did = node.give(input);
        for effect in &did {
            if let Effect::Persist(_, _, token) = effect {
                inputs.insert(0, Input::Persisted(*token, Ok(())));
            }
        }
        all.extend(did);
    }
    all
}

pub(super) fn events(effects: Vec<Effect<Registers>>) -> Vec<StateEvent> {
    let event = |effect| if let Effect::Emit(event) = effect { Some(event) } else { None };
    effects.into_iter().filter_map(event).collect()
}

pub(super) fn learn(node: &mut Recorder<Registers>, rumor: Arc<Rumor>) -> Vec<StateEvent> {
    events(give(node, Input::Command(StateCommand::Learn(rumor, peer(1)))))
}

pub(super) fn set_life(
    node: &mut Recorder<Registers>,
    key: &str,
    payload: &'static [u8],
    life: Life,
) -> Vec<StateEvent> {
    let (key, payload) = (Arc::from(key), Bytes::from_static(payload));
    let set = StateCommand::Set { ticket: 1, key, payload, life };
    events(give(node, Input::Command(set)))
}

pub(super) fn set(node: &mut Recorder<Registers>, payload: &'static [u8]) -> Vec<StateEvent> {
    set_life(node, "book", payload, Life::Lasting)
}

pub(super) fn published(events: &[StateEvent]) -> Vec<(u64, Bytes)> {
    let publish = |event: &StateEvent| match event {
        StateEvent::Publish(rumor) => Some((rumor.version, rumor.payload.clone())),
        _ => None,
    };
    events.iter().filter_map(publish).collect()
}

pub(super) fn up(
    node: &mut Recorder<Registers>,
    number: u32,
    version: u16,
) -> Vec<Effect<Registers>> {
    let link = Link { version, ..Link::outgoing(Name::Number(7000 + u64::from(number))) };
    give(node, Input::PeerUp(peer(number), link))
}

/// The last question of those effects.
pub(super) fn asked(
    effects: &[Effect<Registers>],
) -> Option<(Peer, RegistersMessage, RegistersToken)> {
    effects.iter().rev().find_map(|effect| match effect {
        Effect::Request(to, message, token) => Some((*to, message.clone(), *token)),
        _ => None,
    })
}

/// The answer to a question that arrived.
pub(super) fn answer(
    node: &mut Recorder<Registers>,
    from: Peer,
    message: RegistersMessage,
) -> RegistersMessage {
    let did = give(node, Input::Request(from, rumormill_core::ReplyTo(1), message));
    let reply = did.into_iter().find_map(|effect| match effect {
        Effect::Reply(_, answer) => Some(answer),
        _ => None,
    });
    reply.expect("it answers").expect("it doesn't refuse")
}

pub(super) fn table(entries: usize) -> Table {
    let others = Limits { entries, bytes: 1 << 20, age: Duration::MAX };
    let bounds = TableBounds { others, delta_bytes_max: 1 << 20, tombstone_ttl: SECOND * 60 };
    Table::new(OWN, bounds, HashSeed::default())
}

pub(super) fn contents(table: &Table) -> Vec<Arc<Rumor>> {
    let mut all: Vec<Arc<Rumor>> = table.entries().map(|entry| entry.rumor.clone()).collect();
    all.sort_by_key(|rumor| (rumor.origin.clone(), rumor.rank()));
    all
}
