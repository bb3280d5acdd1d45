//! Every input is settled, after the last of its batch; and what is done in `settle` is done.

use super::common::{Note, note, told};
use super::{Script, Step, World, name};
use crate::{Bytes, Cell, Class, Effects, Fingerprint, Input, Peer, Protocol, Target};
use alloc::vec::Vec;
use core::time::Duration;

/// Counts what it is told, and sends one message a batch instead of one an order.
#[derive(Clone, Default)]
struct Settler {
    peer: Option<Peer>,
    inputs: u32,
    orders: u32,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Told {
    Input,
    Settled(u32),
    /// How many orders its sender had coalesced.
    Got(u32),
}

#[derive(Clone, Copy, Debug)]
enum Do {
    Dial,
    /// One more to send at the next settling.
    Order,
    /// A timer and a write: the driver's own answers are settled too.
    Ask,
}

impl Protocol for Settler {
    type Message = Note;
    type Token = ();
    type Command = Do;
    type Event = Told;

    fn handle(&mut self, input: Input<Self>, fx: &mut dyn Effects<Self>) {
        self.inputs += 1;
        fx.emit(Told::Input);
        match input {
            Input::LinkUp(_, peer, ..) => self.peer = Some(peer),
            Input::Message(_, note) => fx.emit(Told::Got(note.tag)),
            Input::Command(Do::Dial) => fx.dial(Target::Name(name(1)), ()),
            Input::Command(Do::Order) => self.orders += 1,
            Input::Command(Do::Ask) => {
                fx.set_timer(Duration::from_millis(20), ());
                fx.persist(Cell::new(1), Bytes::new(), ());
            }
            _ => {}
        }
    }

    fn settle(&mut self, fx: &mut dyn Effects<Self>) {
        let (inputs, orders) =
            (core::mem::take(&mut self.inputs), core::mem::take(&mut self.orders));
        fx.emit(Told::Settled(inputs));
        if let Some(peer) = self.peer.filter(|_| orders > 0) {
            fx.send(peer, Class::Forward, note(orders));
        }
    }

    fn fingerprint(&self, _: &mut Fingerprint) {}
}

/// Checks that batches are whole: inputs, then their number; gives how many inputs there were.
fn settled(log: &[Told]) -> u32 {
    let (mut open, mut inputs) = (0, 0);
    for event in log {
        match event {
            Told::Input => open += 1,
            Told::Got(_) => {}
            Told::Settled(count) => {
                assert_eq!(*count, open, "settled what was not the batch: {log:?}");
                assert!(open > 0, "settled nothing: {log:?}");
                inputs += core::mem::take(&mut open);
            }
        }
    }
    assert_eq!(open, 0, "not settled: {log:?}");
    inputs
}

/// Start, commands, links, messages, timers and acknowledged writes.
pub fn every_input_is_settled<W: World>(world: &W) {
    let script = Script::new(2, |_, _| Settler::default())
        .at(10, Step::Command(0, Do::Dial))
        .at(50, Step::Command(0, Do::Order))
        .at(50, Step::Command(0, Do::Order))
        .at(50, Step::Command(0, Do::Order))
        .at(100, Step::Command(0, Do::Ask));
    let log = world.run(script.until(250));
    let (first, second) = (told(&log[0]), told(&log[1]));
    assert_eq!(settled(&first), 1 + 1 + 1 + 3 + 1 + 2, "{first:?}");
    let got = |event: &Told| if let Told::Got(orders) = event { Some(*orders) } else { None };
    let orders: Vec<u32> = second.iter().filter_map(got).collect();
    assert_eq!(orders.iter().sum::<u32>(), 3, "nothing that settle sent is missing");
    assert_eq!(settled(&second), 1 + 1 + orders.len() as u32, "{second:?}");
}
