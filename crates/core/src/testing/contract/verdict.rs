//! Signatures are judged beside the machine: rightly, and the verdict finds who asked however late.

use super::common::{Note, note, told};
use super::{Net, Script, Step, World, name};
use crate::{
    Bytes, Class, Effects, Fingerprint, Gone, Input, LinkId, Peer, Protocol, Target, Verdict,
    Verify,
};
use core::time::Duration;

/// Has whatever arrives checked.
#[derive(Clone, Default)]
struct Judge {
    link: Option<(LinkId, Peer)>,
}

#[derive(Clone, Debug)]
enum Do {
    Dial,
    Check(fn(Peer) -> Verify, u8),
    CheckNothing(u8),
    Send,
    Close,
}

#[derive(Clone, Debug, PartialEq)]
enum Told {
    Got,
    Down,
    Verdict(u8, Verdict),
}

impl Judge {
    fn obey(&mut self, command: Do, fx: &mut dyn Effects<Self>) {
        match (command, self.link) {
            (Do::Dial, _) => fx.dial(Target::Name(name(1)), 0),
            (Do::Check(job, token), _) => fx.verify(job(Peer::STRANGER), token),
            (Do::CheckNothing(token), _) => {
                fx.verify(good(Peer::STRANGER), token);
                fx.cancel(token);
            }
            (Do::Send, Some((_, peer))) => _ = fx.send(peer, Class::Forward, note(1)),
            (Do::Close, Some((link, _))) => fx.close(link, Gone::Left),
            (_, None) => panic!("not linked"),
        }
    }
}

impl Protocol for Judge {
    type Message = Note;
    type Token = u8;
    type Command = Do;
    type Event = Told;

    fn handle(&mut self, input: Input<Self>, fx: &mut dyn Effects<Self>) {
        match input {
            Input::Command(command) => self.obey(command, fx),
            Input::LinkUp(link, peer, ..) => self.link = Some((link, peer)),
            Input::Message(from, _) => {
                fx.emit(Told::Got);
                fx.verify(good(from), 1);
            }
            Input::LinkDown(..) => fx.emit(Told::Down),
            Input::Verified(token, verdict) => fx.emit(Told::Verdict(token, verdict)),
            _ => {}
        }
    }

    fn fingerprint(&self, _: &mut Fingerprint) {}
}

/// RFC 8032, section 7.1, test 2.
fn good(from: Peer) -> Verify {
    let key = hex(b"3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    let signature = hex(b"92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
          085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
    Verify { from, key, signature, message: Bytes::from_static(&[0x72]) }
}

fn other_message(from: Peer) -> Verify {
    Verify { message: Bytes::from_static(&[0x73]), ..good(from) }
}

fn other_signature(from: Peer) -> Verify {
    let mut job = good(from);
    job.signature[0] ^= 1;
    job
}

/// The neutral point as key and as nonce, with zero for the scalar: it solves the equation for every
/// message, so anybody could sign for it.
fn weak(from: Peer) -> Verify {
    let (mut key, mut signature) = ([0; 32], [0; 64]);
    (key[0], signature[0]) = (1, 1);
    Verify { key, signature, ..good(from) }
}

/// A key that is no point of the curve.
fn no_point(from: Peer) -> Verify {
    let mut job = good(from);
    job.key = [0; 32];
    job.key[0] = 2;
    job
}

fn hex<const N: usize>(digits: &[u8]) -> [u8; N] {
    let value = |digit: u8| (digit as char).to_digit(16).expect("a hex digit") as u8;
    core::array::from_fn(|at| value(digits[2 * at]) << 4 | value(digits[2 * at + 1]))
}

/// Good, forged and weak, and one that is cancelled.
pub fn signatures_are_judged_rightly<W: World>(world: &W) {
    let check = |job, token| Step::Command(0, Do::Check(job, token));
    let script = Script::new(1, |_, _| Judge::default())
        .at(10, check(good, 1))
        .at(60, check(other_message, 2))
        .at(110, check(other_signature, 3))
        .at(160, check(weak, 4))
        .at(210, check(no_point, 5))
        .at(260, Step::Command(0, Do::CheckNothing(6)))
        .at(310, check(good, 7));
    let log = world.run(script.until(400));
    let accept = |token| Told::Verdict(token, Verdict::Accept);
    let reject = |token| Told::Verdict(token, Verdict::Reject);
    assert_eq!(told(&log[0]), [accept(1), reject(2), reject(3), reject(4), reject(5), accept(7)]);
}

/// The check takes longer than its sender stays.
pub fn a_late_verdict_still_comes<W: World>(world: &W) {
    let net = Net { verify: Duration::from_millis(150), ..Net::default() };
    let script = Script::new(2, |_, _| Judge::default())
        .over(net)
        .at(10, Step::Command(0, Do::Dial))
        .at(50, Step::Command(1, Do::Send))
        .at(90, Step::Command(1, Do::Close));
    let log = world.run(script.until(400));
    assert_eq!(told(&log[0]), [Told::Got, Told::Down, Told::Verdict(1, Verdict::Accept)]);
    assert_eq!(told(&log[1]), [Told::Down]);
}
