//! A timer never overtakes what arrived before it was due, however long a handler took.

use super::common::{Note, note, told};
use super::{Net, Script, Step, World, name};
use crate::{Class, Effects, Fingerprint, Input, Peer, Protocol, Target};
use core::time::Duration;

/// Takes its time.
#[derive(Clone, Default)]
struct Busy {
    peer: Option<Peer>,
}

#[derive(Clone, Debug)]
enum Do {
    Dial,
    Send(u32),
    Wait(u64),
    Work(fn(Duration)),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Told {
    Waits(u64),
    Fired(u64),
    Got(u32),
}

const WORK: Duration = Duration::from_millis(120);

impl Busy {
    fn obey(&mut self, command: Do, fx: &mut dyn Effects<Self>) {
        match command {
            Do::Dial => fx.dial(Target::Name(name(1)), 0),
            Do::Send(tag) => _ = fx.send(self.peer.expect("linked"), Class::Own(0), note(tag)),
            Do::Wait(millis) => {
                fx.set_timer(Duration::from_millis(millis), millis);
                fx.emit(Told::Waits(millis));
            }
            Do::Work(busy) => busy(WORK),
        }
    }
}

impl Protocol for Busy {
    type Message = Note;
    type Token = u64;
    type Command = Do;
    type Event = Told;

    fn handle(&mut self, input: Input<Self>, fx: &mut dyn Effects<Self>) {
        match input {
            Input::Command(command) => self.obey(command, fx),
            Input::LinkUp(_, peer, ..) => self.peer = Some(peer),
            Input::Message(_, note) => fx.emit(Told::Got(note.tag)),
            Input::Timer(token) => fx.emit(Told::Fired(token)),
            _ => {}
        }
    }

    fn fingerprint(&self, _: &mut Fingerprint) {}
}

/// Node 1 works from 100 to 220 ms. Two messages arrive meanwhile, then its timers fall due.
pub fn a_timer_never_overtakes_an_arrival<W: World>(world: &W) {
    let net = Net { latency: Duration::from_millis(5), ..Net::default() };
    let script = Script::new(2, |_, _| Busy::default())
        .over(net)
        .at(10, Step::Command(0, Do::Dial))
        .at(60, Step::Command(1, Do::Wait(130)))
        .at(60, Step::Command(1, Do::Wait(120)))
        .at(100, Step::Command(1, Do::Work(world.busy())))
        .at(120, Step::Command(0, Do::Send(1)))
        .at(130, Step::Command(0, Do::Send(2)))
        .at(300, Step::Command(0, Do::Send(3)));
    let log = world.run(script.until(400));
    let expected = [
        Told::Waits(130),
        Told::Waits(120),
        Told::Got(1),
        Told::Got(2),
        Told::Fired(120),
        Told::Fired(130),
        Told::Got(3),
    ];
    assert_eq!(told(&log[1]), expected);
    for millis in [120, 130] {
        let when = |wanted| log[1].iter().find(|(_, told)| *told == wanted).map(|(at, _)| *at);
        let (set, fired) = (when(Told::Waits(millis)), when(Told::Fired(millis)));
        let waited = fired.zip(set).map(|(fired, set)| fired - set);
        assert!(waited >= Some(Duration::from_millis(millis)), "fired early: {waited:?}");
    }
}

/// A timer set in one life doesn't fire in the next.
pub fn a_crash_forgets_timers<W: World>(world: &W) {
    let script = Script::new(1, |_, _| Busy::default())
        .at(10, Step::Command(0, Do::Wait(100)))
        .at(40, Step::Crash(0))
        .at(60, Step::Restart(0));
    let log = world.run(script.until(250));
    assert_eq!(told(&log[0]), [Told::Waits(100)]);
}
