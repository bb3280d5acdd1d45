//! A handle outlives its peer, and its index is given away: what is done with it hits nobody.

use super::common::{Note, note, told};
use super::{Script, Step, World, name};
use crate::{Class, Effects, Fingerprint, Input, Peer, Protocol, Sent, Target, Why};
use alloc::vec::Vec;

/// Keeps all handles, and uses the first for ever.
#[derive(Clone, Default)]
struct Faithful {
    peers: Vec<Peer>,
}

#[derive(Clone, Debug)]
enum Do {
    Dial(usize),
    UseTheFirst,
    SendToTheLast,
}

#[derive(Clone, Debug, PartialEq)]
enum Told {
    /// Whether the new peer sits where the first one sat, under another generation.
    TookOver(bool),
    Down,
    Sent(Sent),
    Answer(Result<u32, Why>),
    Got(u32),
}

impl Faithful {
    fn meet(&mut self, peer: Peer) -> bool {
        self.peers.push(peer);
        peer.index() == self.peers[0].index() && peer != self.peers[0]
    }

    fn obey(&mut self, command: Do, fx: &mut dyn Effects<Self>) {
        match command {
            Do::Dial(node) => fx.dial(Target::Name(name(node)), ()),
            Do::UseTheFirst => {
                let sent = fx.send(self.peers[0], Class::Control, note(1));
                fx.emit(Told::Sent(sent));
                fx.request(self.peers[0], note(2), ());
                fx.disconnect(self.peers[0], Why::Unwanted);
            }
            Do::SendToTheLast => {
                let sent = fx.send(self.peers[self.peers.len() - 1], Class::Control, note(3));
                fx.emit(Told::Sent(sent));
            }
        }
    }
}

impl Protocol for Faithful {
    type Message = Note;
    type Token = ();
    type Command = Do;
    type Event = Told;

    fn handle(&mut self, input: Input<Self>, fx: &mut dyn Effects<Self>) {
        match input {
            Input::Command(command) => self.obey(command, fx),
            Input::LinkUp(_, peer, ..) => fx.emit(Told::TookOver(self.meet(peer))),
            Input::LinkDown(..) => fx.emit(Told::Down),
            Input::Message(_, note) | Input::Request(_, _, note) => fx.emit(Told::Got(note.tag)),
            Input::Response(_, answer) => fx.emit(Told::Answer(answer.map(|note| note.tag))),
            _ => {}
        }
    }

    fn fingerprint(&self, _: &mut Fingerprint) {}
}

/// The first peer dies, the second gets its index; the old handle neither sends, asks nor closes.
pub fn a_late_handle_never_hits_the_newer_peer<W: World>(world: &W) {
    let script = Script::new(3, |_, _| Faithful::default())
        .at(10, Step::Command(0, Do::Dial(1)))
        .at(50, Step::Crash(1))
        .at(90, Step::Command(0, Do::Dial(2)))
        .at(130, Step::Command(0, Do::UseTheFirst))
        .at(170, Step::Command(0, Do::SendToTheLast));
    let log = world.run(script.until(300));
    let expected = [
        Told::TookOver(false),
        Told::Down,
        Told::TookOver(true),
        Told::Sent(Sent::Dropped(Why::NotLinked)),
        Told::Answer(Err(Why::NotLinked)),
        Told::Sent(Sent::Queued),
    ];
    assert_eq!(told(&log[0]), expected);
    assert_eq!(told(&log[2]), [Told::TookOver(false), Told::Got(3)]);
}
