//! A request is answered once, or says why not, unless it is cancelled.

use super::common::{Note, note, told};
use super::{Script, Step, World, name};
use crate::{Effects, Fingerprint, Input, Peer, Protocol, ReplyTo, Target, Why};
use alloc::vec::Vec;
use core::time::Duration;

/// Asks, and answers as the tag of the question wants it.
#[derive(Clone, Default)]
struct Asker {
    peers: Vec<Peer>,
    late: Option<ReplyTo>,
}

const PLAIN: u32 = 1;
const REFUSE: u32 = 2;
const SILENT: u32 = 3;
const TWICE: u32 = 4;
const LATE: u32 = 5;

const ANSWER_LATE: u8 = 0;

#[derive(Clone, Debug)]
enum Do {
    Dial(usize),
    /// Asks the peer at a place among those met, with a tag, under a token.
    Ask(usize, u32, u8),
    Cancel(u8),
}

type Told = (u8, Result<u32, Why>);

impl Asker {
    fn obey(&mut self, command: Do, fx: &mut dyn Effects<Self>) {
        match command {
            Do::Dial(node) => fx.dial(Target::Name(name(node)), u8::MAX),
            Do::Ask(at, tag, token) => {
                fx.request(
                    self.peers.get(at).copied().unwrap_or(Peer::new(99, 0)),
                    note(tag),
                    token,
                );
            }
            Do::Cancel(token) => fx.cancel(token),
        }
    }

    fn answer(&mut self, to: ReplyTo, tag: u32, fx: &mut dyn Effects<Self>) {
        match tag {
            REFUSE => fx.reply(to, Err(Why::Refused)),
            SILENT => {}
            LATE => {
                self.late = Some(to);
                fx.set_timer(Duration::from_millis(20), ANSWER_LATE);
            }
            TWICE => {
                fx.reply(to, Ok(note(100 + TWICE)));
                fx.reply(to, Ok(note(200 + TWICE)));
                fx.reply(to, Err(Why::Refused));
            }
            tag => fx.reply(to, Ok(note(100 + tag))),
        }
    }
}

impl Protocol for Asker {
    type Message = Note;
    type Token = u8;
    type Command = Do;
    type Event = Told;

    fn handle(&mut self, input: Input<Self>, fx: &mut dyn Effects<Self>) {
        match input {
            Input::Command(command) => self.obey(command, fx),
            Input::LinkUp(_, peer, ..) => self.peers.push(peer),
            Input::Request(_, to, note) => self.answer(to, note.tag, fx),
            Input::Timer(_) => {
                let to = self.late.take().expect("asked before");
                fx.reply(to, Ok(note(100 + LATE)));
            }
            Input::Response(token, answer) => fx.emit((token, answer.map(|note| note.tag))),
            _ => {}
        }
    }

    fn fingerprint(&self, _: &mut Fingerprint) {}
}

/// Answered at once and late, refused in words and by silence, timed out at a deaf peer, cancelled,
/// answered twice, and asked of nobody.
pub fn a_request_is_answered_once_or_says_why_not<W: World>(world: &W) {
    let ask = |peer, tag, token| Step::Command(0, Do::Ask(peer, tag, token));
    let script = Script::new(3, |_, _| Asker::default())
        .at(10, Step::Command(0, Do::Dial(1)))
        .at(30, Step::Command(0, Do::Dial(2)))
        .at(50, Step::Deafen(2))
        .at(60, ask(0, PLAIN, 1))
        .at(100, ask(0, REFUSE, 2))
        .at(140, ask(0, TWICE, 3))
        .at(180, ask(0, LATE, 4))
        .at(260, ask(0, LATE, 5))
        .at(261, Step::Command(0, Do::Cancel(5)))
        .at(340, ask(0, SILENT, 6))
        .at(460, ask(1, PLAIN, 7))
        .at(480, ask(1, PLAIN, 8))
        .at(500, Step::Command(0, Do::Cancel(8)))
        .at(620, ask(2, PLAIN, 9))
        .at(660, ask(0, PLAIN, 10));
    let log = world.run(script.until(740));
    let expected: [Told; 8] = [
        (1, Ok(101)),
        (2, Err(Why::Refused)),
        (3, Ok(104)),
        (4, Ok(105)),
        (6, Err(Why::Refused)),
        (7, Err(Why::TimedOut)),
        (9, Err(Why::NotLinked)),
        (10, Ok(101)),
    ];
    assert_eq!(told(&log[0]), expected);
    assert!(log[1].is_empty() && log[2].is_empty(), "who was asked is told of no answer");
}
