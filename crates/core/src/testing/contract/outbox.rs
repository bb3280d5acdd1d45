//! A link slower than its sender: what waits keeps to its share, and no receipt lies.
//!
//! Each test first plugs the line with one frame, then queues all at once behind it. So it doesn't
//! matter whether a driver counts the frame that is on the line.

use super::common::{Note, told};
use super::{Log, Net, Script, Step, World, name};
use crate::driver::OutboxLimits;
use crate::{Class, Effects, Fingerprint, Gone, Input, Peer, Protocol, Sent, Target, Why};
use alloc::vec;
use alloc::vec::Vec;

/// Sends bursts; tags rise by one a message.
#[derive(Clone, Default)]
struct Sender {
    peer: Option<Peer>,
    tag: u32,
}

#[derive(Clone, Debug)]
enum Do {
    Dial,
    /// In these classes, of these lengths in bytes.
    Send(Vec<(Class<u8>, usize)>),
}

#[derive(Clone, Debug, PartialEq)]
enum Told {
    Sent(Vec<Sent>),
    Got(u32),
    Lost(u8),
    Down(Gone),
}

impl Sender {
    fn obey(&mut self, command: Do, fx: &mut dyn Effects<Self>) {
        match command {
            Do::Dial => fx.dial(Target::Name(name(1)), 0),
            Do::Send(burst) => {
                let sent = burst.into_iter().map(|(class, len)| self.send(class, len, fx));
                let sent = sent.collect();
                fx.emit(Told::Sent(sent));
            }
        }
    }

    fn send(&mut self, class: Class<u8>, len: usize, fx: &mut dyn Effects<Self>) -> Sent {
        let tag = self.tag;
        self.tag += 1;
        fx.send(self.peer.expect("linked"), class, Note { tag, len })
    }
}

impl Protocol for Sender {
    type Message = Note;
    type Token = u8;
    type Command = Do;
    type Event = Told;

    fn handle(&mut self, input: Input<Self>, fx: &mut dyn Effects<Self>) {
        match input {
            Input::Command(command) => self.obey(command, fx),
            Input::LinkUp(_, peer, ..) => self.peer = Some(peer),
            Input::Message(_, note) => fx.emit(Told::Got(note.tag)),
            Input::Lost(peer, token) if Some(peer) == self.peer => fx.emit(Told::Lost(token)),
            Input::LinkDown(_, _, gone) => fx.emit(Told::Down(gone)),
            _ => {}
        }
    }

    fn fingerprint(&self, _: &mut Fingerprint) {}
}

/// 1,600 bytes may wait (own 600, control 200, digests 100); a byte takes 100 µs.
fn run<W: World>(world: &W, plug: Class<u8>, burst: Vec<(Class<u8>, usize)>) -> Log<Sender> {
    world.run(script(plug, burst).until(600))
}

fn script(plug: Class<u8>, burst: Vec<(Class<u8>, usize)>) -> Script<Sender> {
    let outbox = OutboxLimits { bytes: 1600 };
    let net = Net { outbox, bytes_per_second: Some(10_000), ..Net::default() };
    Script::new(2, |_, _| Sender::default())
        .over(net)
        .at(10, Step::Command(0, Do::Dial))
        .at(50, Step::Command(0, Do::Send(vec![(plug, PLUG)])))
        .at(90, Step::Command(0, Do::Send(burst)))
}

/// It takes 150 ms.
const PLUG: usize = 1500;

fn got(entries: &[(core::time::Duration, Told)]) -> Vec<u32> {
    let tag = |event| if let Told::Got(tag) = event { Some(tag) } else { None };
    told(entries).into_iter().filter_map(tag).collect()
}

/// Forwards fill it; own publishes drive out the oldest of them up to their share, lazy gossip none.
pub fn a_full_outbox_keeps_shares<W: World>(world: &W) {
    let mut burst = vec![(Class::Forward, 100); 16];
    burst.extend((0..7).map(|token| (Class::Own(token), 100)));
    burst.push((Class::Lazy, 100));
    let log = run(world, Class::Forward, burst);
    let mut sent = vec![Sent::Queued; 16];
    sent.extend([Sent::Pressured; 6]);
    sent.extend([Sent::Dropped(Why::Full); 2]);
    assert_eq!(told(&log[0]), [Told::Sent(vec![Sent::Queued]), Told::Sent(sent)]);
    let mut arrived = got(&log[1]);
    assert_eq!(arrived.first(), Some(&0), "the plug");
    arrived.sort_unstable();
    let expected: Vec<u32> = [0].into_iter().chain(7..23).collect();
    assert_eq!(arrived, expected, "the plug, the ten newest forwards, six own publishes");
}

/// Larger than a class may ever hold, over an idle line with a speed and over one without.
pub fn what_can_never_fit_is_too_large<W: World>(world: &W) {
    for bytes_per_second in [Some(1_000_000), None] {
        let large = vec![
            (Class::Own(1), 601),
            (Class::Forward, 1601),
            (Class::Lazy, 1601),
            (Class::Digest(2), 101),
            (Class::Own(3), 600),
            (Class::Control, 201),
        ];
        let script = script(Class::Forward, large);
        let net = Net { bytes_per_second, ..script.net };
        let log = world.run(script.over(net).until(200));
        let mut sent = vec![Sent::Dropped(Why::TooLarge); 4];
        sent.extend([Sent::Queued, Sent::Dropped(Why::Slow)]);
        assert_eq!(told(&log[0])[..2], [Told::Sent(vec![Sent::Queued]), Told::Sent(sent)]);
        assert_eq!(told(&log[0]).last(), Some(&Told::Down(Gone::Failed(Why::Slow))));
    }
}

/// Three digests, two of the same token.
pub fn a_newer_digest_replaces_the_queued_one<W: World>(world: &W) {
    let burst = [1, 2, 1].map(|token| (Class::Digest(token), 40)).to_vec();
    let log = run(world, Class::Forward, burst);
    let sent = [1, 3].map(|count| Told::Sent(vec![Sent::Queued; count]));
    assert_eq!(told(&log[0]), sent);
    assert_eq!(got(&log[1]), [0, 2, 3]);
}

/// Control has a fixed share; beyond it the peer is too slow, and what was queued of our own is lost.
pub fn a_peer_too_slow_for_control_is_closed<W: World>(world: &W) {
    let control = Class::Control;
    let burst = vec![(Class::Own(7), 50), (control, 200), (control, 1), (Class::Forward, 1)];
    let log = run(world, Class::Forward, burst);
    let (slow, unlinked) = (Sent::Dropped(Why::Slow), Sent::Dropped(Why::NotLinked));
    let expected = [
        Told::Sent(vec![Sent::Queued]),
        Told::Sent(vec![Sent::Queued, Sent::Queued, slow, unlinked]),
        Told::Lost(7),
        Told::Down(Gone::Failed(Why::Slow)),
    ];
    assert_eq!(told(&log[0]), expected);
    assert_eq!(told(&log[1]), [Told::Down(Gone::Left)]);
}

/// The peer dies while own publishes wait; the machine is told of each before it is told that the
/// link is down.
pub fn own_publishes_that_die_queued_are_lost<W: World>(world: &W) {
    let own = |token| (Class::Own(token), 10);
    let burst = vec![own(1), (Class::Forward, 10), own(2), own(3)];
    let log = world.run(script(Class::Forward, burst).at(130, Step::Crash(1)).until(400));
    let mut told_first = told(&log[0]);
    assert_eq!(told_first.pop(), Some(Told::Down(Gone::Failed(Why::Closed))));
    let sent = [1, 4].map(|count| Told::Sent(vec![Sent::Queued; count]));
    let expected: Vec<Told> = sent.into_iter().chain([1, 2, 3].map(Told::Lost)).collect();
    assert_eq!(told_first, expected);
}
