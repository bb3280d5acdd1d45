//! Several links to one peer: it stays until the last one goes, and a send takes one that may send.

use super::common::{Note, note, told};
use super::{Links, Log, Net, Script, Step, World, name};
use crate::{Class, Effects, Fingerprint, Gone, Input, LinkId, Peer, Protocol, Sent, Target, Why};
use alloc::vec::Vec;

/// Keeps every link it was told of, the oldest first, so that the tests can name them by place.
#[derive(Clone, Default)]
struct Linked {
    links: Vec<(LinkId, Peer)>,
}

#[derive(Clone, Debug)]
enum Do {
    Dial(usize),
    Close(usize, Gone),
    Send(u32),
    CloseAndSend(usize, u32),
}

#[derive(Clone, Debug, PartialEq)]
enum Told {
    /// Which link; whether its id is above all before it; whether it is the same peer.
    Up {
        at: usize,
        rises: bool,
        same: bool,
        sends: bool,
        receives: bool,
    },
    Down(usize, Gone),
    Sent(u32, Sent),
    Got(u32),
}

impl Linked {
    fn up(&mut self, link: LinkId, peer: Peer) -> (bool, bool) {
        let rises = self.links.iter().all(|(older, _)| *older < link);
        let same = self.links.iter().all(|(_, other)| *other == peer);
        self.links.push((link, peer));
        (rises, same)
    }

    fn place(&self, link: LinkId) -> usize {
        self.links.iter().position(|(other, _)| *other == link).expect("a link that came up")
    }

    fn obey(&mut self, command: Do, fx: &mut dyn Effects<Self>) {
        match command {
            Do::Dial(node) => fx.dial(Target::Name(name(node)), ()),
            Do::Close(at, gone) => fx.close(self.links[at].0, gone),
            Do::CloseAndSend(at, tag) => {
                self.obey(Do::Close(at, Gone::Left), fx);
                self.obey(Do::Send(tag), fx);
            }
            Do::Send(tag) => {
                let sent = fx.send(self.links[0].1, Class::Forward, note(tag));
                fx.emit(Told::Sent(tag, sent));
            }
        }
    }
}

impl Protocol for Linked {
    type Message = Note;
    type Token = ();
    type Command = Do;
    type Event = Told;

    fn handle(&mut self, input: Input<Self>, fx: &mut dyn Effects<Self>) {
        match input {
            Input::Command(command) => self.obey(command, fx),
            Input::LinkUp(id, peer, link, _) => {
                let (at, (rises, same)) = (self.links.len(), self.up(id, peer));
                let (sends, receives) = (link.sends, link.receives);
                fx.emit(Told::Up { at, rises, same, sends, receives });
            }
            Input::LinkDown(link, _, gone) => fx.emit(Told::Down(self.place(link), gone)),
            Input::Message(_, note) => fx.emit(Told::Got(note.tag)),
            _ => {}
        }
    }

    fn fingerprint(&self, _: &mut Fingerprint) {}
}

fn run<W: World>(world: &W, links: Links, steps: &[(usize, Do)]) -> Log<Linked> {
    let net = Net { links, ..Net::default() };
    let mut script = Script::new(2, |_, _| Linked::default()).over(net);
    for (at, (node, command)) in steps.iter().enumerate() {
        script = script.at(10 + 40 * at as u64, Step::Command(*node, command.clone()));
    }
    world.run(script.until(80 + 40 * steps.len() as u64))
}

fn up(at: usize, sends: bool, receives: bool) -> Told {
    Told::Up { at, rises: true, same: true, sends, receives }
}

/// Both ends dial; the older link closes late, then the newer. Whoever closes is told what it said,
/// the other end that it was left.
pub fn a_peer_stays_until_its_last_link_goes<W: World>(world: &W) {
    let older = (0, Do::Close(0, Gone::Evicted));
    let again = (0, Do::Close(0, Gone::Left));
    let newer = (1, Do::Close(1, Gone::Failed(Why::Unwanted)));
    let steps = [
        (0, Do::Dial(1)),
        (1, Do::Dial(0)),
        (0, Do::Send(1)),
        older,
        again,
        (0, Do::Send(2)),
        (1, Do::Send(3)),
        newer,
        (0, Do::Send(4)),
        (1, Do::Send(5)),
    ];
    let log = run(world, Links::TwoWay, &steps);
    let unlinked = Sent::Dropped(Why::NotLinked);
    let at_first = [
        up(0, true, true),
        up(1, true, true),
        Told::Sent(1, Sent::Queued),
        Told::Down(0, Gone::Evicted),
        Told::Sent(2, Sent::Queued),
        Told::Got(3),
        Told::Down(1, Gone::Left),
        Told::Sent(4, unlinked),
    ];
    let at_second = [
        up(0, true, true),
        up(1, true, true),
        Told::Got(1),
        Told::Down(0, Gone::Left),
        Told::Got(2),
        Told::Sent(3, Sent::Queued),
        Told::Down(1, Gone::Failed(Why::Unwanted)),
        Told::Sent(5, unlinked),
    ];
    assert_eq!(told(&log[0]), at_first);
    assert_eq!(told(&log[1]), at_second);
}

/// A link that its own end has just closed sends nothing more, though its `LinkDown` is still to come:
/// a send in the same handler goes over the older one, and over none once that is closed too.
pub fn a_closed_link_sends_nothing_more<W: World>(world: &W) {
    let steps = [
        (0, Do::Dial(1)),
        (0, Do::Dial(1)),
        (0, Do::CloseAndSend(1, 1)),
        (0, Do::CloseAndSend(0, 2)),
    ];
    let log = run(world, Links::TwoWay, &steps);
    let at_first = [
        up(0, true, true),
        up(1, true, true),
        Told::Sent(1, Sent::Queued),
        Told::Down(1, Gone::Left),
        Told::Sent(2, Sent::Dropped(Why::NotLinked)),
        Told::Down(0, Gone::Left),
    ];
    assert_eq!(told(&log[0]), at_first);
    let second = told(&log[1]);
    assert!(second.contains(&Told::Got(1)) && !second.contains(&Told::Got(2)), "{second:?}");
}

/// One-way links: the accepting end can't send over one, and a newer one that can't send is passed
/// over for an older one that can.
pub fn a_send_goes_over_a_link_that_may_send<W: World>(world: &W) {
    let steps = [
        (0, Do::Dial(1)),
        (0, Do::Send(1)),
        (1, Do::Send(2)),
        (1, Do::Dial(0)),
        (0, Do::Send(3)),
        (1, Do::Send(4)),
        (1, Do::Close(0, Gone::Left)),
        (0, Do::Send(5)),
        (1, Do::Send(6)),
    ];
    let log = run(world, Links::OneWay, &steps);
    let unlinked = Sent::Dropped(Why::NotLinked);
    let at_first = [
        up(0, true, false),
        Told::Sent(1, Sent::Queued),
        up(1, false, true),
        Told::Sent(3, Sent::Queued),
        Told::Got(4),
        Told::Down(0, Gone::Left),
        Told::Sent(5, unlinked),
        Told::Got(6),
    ];
    let at_second = [
        up(0, false, true),
        Told::Got(1),
        Told::Sent(2, unlinked),
        up(1, true, false),
        Told::Got(3),
        Told::Sent(4, Sent::Queued),
        Told::Down(0, Gone::Left),
        Told::Sent(6, Sent::Queued),
    ];
    assert_eq!(told(&log[0]), at_first);
    assert_eq!(told(&log[1]), at_second);
}
