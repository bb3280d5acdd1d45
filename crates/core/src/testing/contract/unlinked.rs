//! A send to a peer that is not up is dropped, and the receipt says so.

use super::common::{Note, note, told};
use super::{Script, Step, World};
use crate::{Class, Effects, Fingerprint, Input, Peer, Protocol, Sent, Tally, Why};
use alloc::vec;

#[derive(Clone)]
struct Lonely;

#[derive(Clone, Debug, PartialEq)]
enum Told {
    Sent(Sent),
    Tally(Tally),
    Answer(u8, Result<u32, Why>),
    Other,
}

const NOBODY: [Peer; 2] = [Peer::STRANGER, Peer::new(7, 3)];

impl Protocol for Lonely {
    type Message = Note;
    type Token = u8;
    type Command = ();
    type Event = Told;

    fn handle(&mut self, input: Input<Self>, fx: &mut dyn Effects<Self>) {
        match input {
            Input::Command(()) => {
                for class in [Class::Control, Class::Own(1), Class::Digest(2), Class::Lazy] {
                    for peer in NOBODY {
                        let sent = fx.send(peer, class, note(1));
                        fx.emit(Told::Sent(sent));
                    }
                }
                let tally = fx.send_all(&NOBODY, Class::Forward, note(2));
                fx.emit(Told::Tally(tally));
                fx.request(NOBODY[0], note(3), 3);
                fx.request(NOBODY[1], note(4), 4);
            }
            Input::Response(token, answer) => {
                fx.emit(Told::Answer(token, answer.map(|note| note.tag)));
            }
            Input::Start => {}
            _ => fx.emit(Told::Other),
        }
    }

    fn fingerprint(&self, _: &mut Fingerprint) {}
}

/// To a stranger and to a handle that was never given, in every class and as a request.
pub fn nothing_is_sent_to_who_is_not_linked<W: World>(world: &W) {
    let script = Script::new(2, |_, _| Lonely).at(10, Step::Command(0, ()));
    let log = world.run(script.until(200));
    let mut expected = vec![Told::Sent(Sent::Dropped(Why::NotLinked)); 8];
    let dropped = NOBODY.map(|peer| (peer, Why::NotLinked)).to_vec();
    expected.push(Told::Tally(Tally { queued: 0, pressured: 0, dropped }));
    expected.push(Told::Answer(3, Err(Why::NotLinked)));
    expected.push(Told::Answer(4, Err(Why::NotLinked)));
    assert_eq!(told(&log[0]), expected);
    assert_eq!(told(&log[1]), []);
}
