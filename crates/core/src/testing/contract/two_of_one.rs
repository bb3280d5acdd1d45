//! Two machines of one protocol in one parent, through [`Lift`]: every answer finds who asked.

use super::common::{Note, note, told};
use super::{Script, Step, World, name};
use crate::{
    Bytes, Cell, CellsView, Effects, Fingerprint, Input, Lift, Message, Peer, Protocol, Slot,
    Target, Why,
};
use alloc::vec::Vec;
use core::time::Duration;

/// One of the two: sets a timer, keeps a cell and asks its like, all by its mark.
#[derive(Clone)]
struct Half {
    mark: u8,
    kept: Option<Bytes>,
}

#[derive(Clone, Debug, PartialEq)]
enum Told {
    Kept(Option<Bytes>),
    Persisted(u8),
    Fired(u8),
    Answer(u8, Result<u32, Why>),
}

const KEPT: Cell = Cell::new(1);

impl Half {
    fn start(&mut self, fx: &mut dyn Effects<Self>) {
        fx.emit(Told::Kept(self.kept.clone()));
        fx.persist(KEPT, Bytes::copy_from_slice(&[self.mark]), 1);
        fx.set_timer(Duration::from_millis(50 + u64::from(self.mark)), 2);
    }
}

impl Protocol for Half {
    type Message = Note;
    type Token = u8;
    type Command = ();
    type Event = Told;

    fn handle(&mut self, input: Input<Self>, fx: &mut dyn Effects<Self>) {
        match input {
            Input::Start => self.start(fx),
            Input::PeerUp(peer, _) => fx.request(peer, note(u32::from(self.mark)), 3),
            Input::Request(_, to, asked) => {
                fx.reply(to, Ok(note(asked.tag + 100 * u32::from(self.mark))));
            }
            Input::Response(token, answer) => {
                fx.emit(Told::Answer(token, answer.map(|note| note.tag)));
            }
            Input::Timer(token) => fx.emit(Told::Fired(token)),
            Input::Persisted(token, Ok(())) => fx.emit(Told::Persisted(token)),
            _ => {}
        }
    }

    fn fingerprint(&self, into: &mut Fingerprint) {
        into.number(u64::from(self.mark));
    }
}

/// Something of the one or of the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side<T> {
    A(T),
    B(T),
}

impl Message for Side<Note> {
    fn wire_len(&self) -> usize {
        match self {
            Side::A(note) | Side::B(note) => 1 + note.wire_len(),
        }
    }

    fn kind(&self) -> &'static str {
        "half"
    }
}

#[derive(Clone)]
struct Both {
    a: Half,
    b: Half,
}

const A: Slot<Half, Both> = Slot { message: Side::A, token: Side::A, cell: 1 };
const B: Slot<Half, Both> = Slot { message: Side::B, token: Side::B, cell: 2 };

const DIAL: Side<u8> = Side::A(0);

impl Both {
    fn new(cells: CellsView<'_>) -> Both {
        let half = |mark, slot| Half { mark, kept: cells.within(slot).get(KEPT).cloned() };
        Both { a: half(10, A.cell), b: half(20, B.cell) }
    }

    fn give(&mut self, side: Side<Input<Half>>, fx: &mut dyn Effects<Self>) {
        let mut events = Vec::new();
        match side {
            Side::A(input) => {
                self.a.handle(input, &mut Lift::new(fx, &A, |event| events.push(Side::A(event))));
            }
            Side::B(input) => {
                self.b.handle(input, &mut Lift::new(fx, &B, |event| events.push(Side::B(event))));
            }
        }
        events.into_iter().for_each(|event| fx.emit(event));
    }

    fn give_each(&mut self, input: fn() -> Input<Half>, fx: &mut dyn Effects<Self>) {
        self.give(Side::A(input()), fx);
        self.give(Side::B(input()), fx);
    }

    fn peer_up(&mut self, peer: Peer, link: &crate::Link, fx: &mut dyn Effects<Self>) {
        self.give(Side::A(Input::PeerUp(peer, link.clone())), fx);
        self.give(Side::B(Input::PeerUp(peer, link.clone())), fx);
    }
}

impl<T> Side<T> {
    fn input(self, make: impl FnOnce(T) -> Input<Half>) -> Side<Input<Half>> {
        match self {
            Side::A(thing) => Side::A(make(thing)),
            Side::B(thing) => Side::B(make(thing)),
        }
    }

    fn only_a(&self) -> Option<&T> {
        match self {
            Side::A(thing) => Some(thing),
            Side::B(_) => None,
        }
    }

    fn only_b(&self) -> Option<&T> {
        match self {
            Side::B(thing) => Some(thing),
            Side::A(_) => None,
        }
    }
}

/// The answer's side is the token's; the message's side must be the same.
fn response(token: Side<u8>, answer: Result<Side<Note>, Why>) -> Side<Input<Half>> {
    match (token, answer) {
        (Side::A(token), Ok(Side::A(note))) => Side::A(Input::Response(token, Ok(note))),
        (Side::B(token), Ok(Side::B(note))) => Side::B(Input::Response(token, Ok(note))),
        (_, Ok(_)) => panic!("an answer of the other's"),
        (token, Err(why)) => token.input(|token| Input::Response(token, Err(why))),
    }
}

impl Protocol for Both {
    type Message = Side<Note>;
    type Token = Side<u8>;
    type Command = ();
    type Event = Side<Told>;

    fn handle(&mut self, input: Input<Self>, fx: &mut dyn Effects<Self>) {
        match input {
            Input::Start => self.give_each(|| Input::Start, fx),
            Input::Command(()) => fx.dial(Target::Name(name(1)), DIAL),
            Input::LinkUp(_, peer, link, Some(DIAL)) => self.peer_up(peer, &link, fx),
            Input::Request(peer, to, note) => {
                self.give(note.input(|note| Input::Request(peer, to, note)), fx);
            }
            Input::Response(token, answer) => self.give(response(token, answer), fx),
            Input::Timer(token) => self.give(token.input(Input::Timer), fx),
            Input::Persisted(token, done) => {
                self.give(token.input(|token| Input::Persisted(token, done)), fx);
            }
            _ => {}
        }
    }

    fn fingerprint(&self, into: &mut Fingerprint) {
        self.a.fingerprint(into);
        self.b.fingerprint(into);
    }
}

fn one_life(mark: u8, kept: Option<u8>, answer: Option<u32>) -> Vec<Told> {
    let kept = kept.map(|byte| Bytes::copy_from_slice(&[byte]));
    let told = [Told::Kept(kept), Told::Persisted(1), Told::Fired(2)];
    let answer = answer.map(|answer| Told::Answer(3, Ok(answer + u32::from(mark))));
    told.into_iter().chain(answer).collect()
}

/// Timers, cells and answers of each; the cells over a restart as well.
pub fn two_of_one_protocol_keep_apart<W: World>(world: &W) {
    let script = Script::new(2, |_, cells| Both::new(cells))
        .at(120, Step::Command(0, ()))
        .at(180, Step::Crash(0))
        .at(220, Step::Restart(0));
    let log = world.run(script.until(400));
    let all = told(&log[0]);
    let a: Vec<Told> = all.iter().filter_map(Side::only_a).cloned().collect();
    let b: Vec<Told> = all.iter().filter_map(Side::only_b).cloned().collect();
    assert_eq!(a, [one_life(10, None, Some(1000)), one_life(10, Some(10), None)].concat());
    assert_eq!(b, [one_life(20, None, Some(2000)), one_life(20, Some(20), None)].concat());
}
