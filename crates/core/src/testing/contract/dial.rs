//! A dial is answered under its token: by the link it made, or by why it made none.

use super::common::{Note, told};
use super::{Script, Step, World, address, name};
use crate::{Direction, Effects, Fingerprint, Input, Name, Protocol, Target, Why};

#[derive(Clone)]
struct Dialler;

#[derive(Clone, Debug, PartialEq)]
enum Told {
    Up(Name, Direction, Option<u8>),
    Failed(u8, Why),
}

impl Protocol for Dialler {
    type Message = Note;
    type Token = u8;
    type Command = (Target, u8);
    type Event = Told;

    fn handle(&mut self, input: Input<Self>, fx: &mut dyn Effects<Self>) {
        match input {
            Input::Command((target, token)) => fx.dial(target, token),
            Input::LinkUp(_, _, link, token) => fx.emit(Told::Up(link.name, link.direction, token)),
            Input::DialFailed(token, why) => fx.emit(Told::Failed(token, why)),
            _ => {}
        }
    }

    fn fingerprint(&self, _: &mut Fingerprint) {}
}

/// Dials by name and by address, of a peer, of nobody, of ourselves and of a peer that has died.
pub fn a_dial_is_matched_or_fails_under_its_token<W: World>(world: &W) {
    let dial = |target, token| Step::Command(0, (target, token));
    let script = Script::new(3, |_, _| Dialler)
        .at(10, dial(Target::Name(name(1)), 1))
        .at(50, dial(Target::Address(address(2)), 2))
        .at(90, dial(Target::Name(name(9)), 3))
        .at(130, dial(Target::Address(address(9)), 4))
        .at(170, dial(Target::Name(name(0)), 5))
        .at(210, dial(Target::Address(address(0)), 6))
        .at(230, Step::Crash(2))
        .at(250, dial(Target::Name(name(2)), 7));
    let log = world.run(script.until(400));
    let expected = [
        Told::Up(name(1), Direction::Out, Some(1)),
        Told::Up(name(2), Direction::Out, Some(2)),
        Told::Failed(3, Why::Unreachable),
        Told::Failed(4, Why::Unreachable),
        Told::Failed(5, Why::Ourselves),
        Told::Failed(6, Why::Ourselves),
        Told::Failed(7, Why::Unreachable),
    ];
    assert_eq!(told(&log[0]), expected);
    assert_eq!(told(&log[1]), [Told::Up(name(0), Direction::In, None)]);
    assert_eq!(told(&log[2]), [Told::Up(name(0), Direction::In, None)]);
}
