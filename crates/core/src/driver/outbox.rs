//! What waits to be sent to one peer.

use crate::planted::{Bug, is_planted};
use crate::{Class, Message, Sent, Why};
use alloc::collections::VecDeque;
use alloc::vec::Vec;

/// How much may wait for one peer.
///
/// The bytes are shared out by class: control 1/8, own publishes 3/8, forwards 3/8, lazy gossip and
/// digests 1/16 each. What can't be evicted (control, own, digest) has exactly its share, and always
/// all of it; forwards and lazy gossip may also use what is free, and give it back when asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutboxLimits {
    /// The most bytes queued, all classes together. At least 1,024.
    pub bytes: usize,
}

impl OutboxLimits {
    /// The most bytes that one message of a class can have: a driver that queues nothing (a link
    /// without a speed) refuses the same messages as one that does.
    pub fn largest<T>(&self, class: &Class<T>) -> usize {
        let (bytes, lane) = (self.bytes.max(BYTES_MIN), lane_of(class));
        if is_firm(lane) { bytes / 16 * SHARES[lane] } else { bytes }
    }
}

impl Default for OutboxLimits {
    /// 4 MiB.
    fn default() -> Self {
        OutboxLimits { bytes: 4 << 20 }
    }
}

/// A message on its way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame<M, T> {
    /// How it queued.
    pub class: Class<T>,
    /// The message.
    pub message: M,
    /// Its size in bytes.
    pub len: usize,
}

/// What became of a push.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pushed {
    /// The receipt for the machine.
    pub sent: Sent,
    /// How many older frames gave way.
    pub evicted: u32,
    /// A control frame did not fit: the driver closes the link as [`Why::Slow`].
    pub slow: bool,
}

/// Messages queued towards one peer, by class, within [`OutboxLimits`].
///
/// Classes take turns in proportion to their shares (deficit round robin), control first: a stream
/// of own publishes can't starve forwards. Pure: the runtime has one a peer, the simulator one a
/// link of finite bandwidth while it is busy.
#[derive(Clone, Debug)]
pub struct Outbox<M, T> {
    limits: OutboxLimits,
    lanes: [Lane<M, T>; LANES],
    turn: usize,
}

/// Less could not hold one small message of each class.
const BYTES_MIN: usize = 1024;

const LANES: usize = 5;
const CONTROL: usize = 0;
const OWN: usize = 1;
const FORWARD: usize = 2;
const LAZY: usize = 3;
const DIGEST: usize = 4;

/// Sixteenths of the limit.
const SHARES: [usize; LANES] = [2, 6, 6, 1, 1];

/// What a lane earns a turn for each sixteenth of its share, in bytes.
const QUANTUM: usize = 256;

#[derive(Clone, Debug)]
struct Lane<M, T> {
    frames: VecDeque<Frame<M, T>>,
    bytes: usize,
    credit: usize,
}

fn lane_of<T>(class: &Class<T>) -> usize {
    match class {
        Class::Control => CONTROL,
        Class::Own(_) => OWN,
        Class::Forward => FORWARD,
        Class::Lazy => LAZY,
        Class::Digest(_) => DIGEST,
    }
}

/// Firm lanes are never evicted from, and have exactly their share.
fn is_firm(lane: usize) -> bool {
    !matches!(lane, FORWARD | LAZY)
}

impl<M: Message, T: Copy + Eq> Outbox<M, T> {
    /// An empty one.
    pub fn new(limits: OutboxLimits) -> Self {
        let limits = OutboxLimits { bytes: limits.bytes.max(BYTES_MIN) };
        let lanes = core::array::from_fn(|_| Lane::default());
        Outbox { limits, lanes, turn: OWN }
    }

    /// Queues a message, if its class has room or can make it.
    pub fn push(&mut self, class: Class<T>, message: M) -> Pushed {
        let frame = Frame { class, len: message.wire_len(), message };
        let lane = lane_of(&class);
        if frame.len > self.limits.largest(&class) {
            return self.refuse(&frame, Why::TooLarge);
        }
        if let Class::Digest(token) = class {
            self.lanes[DIGEST].withdraw(token);
        }
        if is_firm(lane) && self.lanes[lane].bytes + frame.len > self.share(lane) {
            return self.refuse(&frame, Why::Full);
        }
        match self.make_room(lane, frame.len) {
            Some(evicted) => {
                self.lanes[lane].append(frame);
                let sent = if evicted > 0 { Sent::Pressured } else { Sent::Queued };
                Pushed { sent, evicted, slow: false }
            }
            None => self.refuse(&frame, Why::Full),
        }
    }

    /// Takes the next frame to send.
    pub fn pop(&mut self) -> Option<Frame<M, T>> {
        if let Some(frame) = self.lanes[CONTROL].take() {
            return Some(frame);
        }
        if self.lanes.iter().all(|lane| lane.frames.is_empty()) {
            return None;
        }
        loop {
            let lane = &mut self.lanes[self.turn];
            match lane.frames.front() {
                Some(front) if front.len <= lane.credit => {
                    lane.credit -= front.len;
                    return lane.take();
                }
                Some(_) => self.pass_turn(),
                None => {
                    lane.credit = 0;
                    self.pass_turn();
                }
            }
        }
    }

    /// Takes everything: the link died. Own publishes among it are lost, and their machine is told.
    pub fn drain(&mut self) -> Vec<Frame<M, T>> {
        core::iter::from_fn(|| self.pop()).collect()
    }

    /// How many frames wait.
    pub fn len(&self) -> usize {
        self.lanes.iter().map(|lane| lane.frames.len()).sum()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many bytes wait.
    pub fn bytes(&self) -> usize {
        self.lanes.iter().map(|lane| lane.bytes).sum()
    }

    fn refuse(&self, frame: &Frame<M, T>, why: Why) -> Pushed {
        let slow = matches!(frame.class, Class::Control);
        let why = if slow { Why::Slow } else { why };
        Pushed { sent: Sent::Dropped(why), evicted: 0, slow }
    }

    fn share(&self, lane: usize) -> usize {
        self.limits.bytes / 16 * SHARES[lane]
    }

    /// Evicts lazy gossip, then forwards, the oldest first, until `len` more bytes fit; says how many
    /// went. Nothing, and nothing evicted, if that can't be.
    fn make_room(&mut self, lane: usize, len: usize) -> Option<u32> {
        let mut missing = len.saturating_sub(self.limits.bytes - self.bytes());
        let floors = self.floors(lane);
        let spare = |(lane, floor): (usize, usize)| self.lanes[lane].bytes.saturating_sub(floor);
        if missing > floors.into_iter().map(spare).sum() {
            return None;
        }
        let mut evicted = 0;
        for (lane, floor) in floors {
            while missing > 0 && self.lanes[lane].bytes > floor {
                let frame = self.lanes[lane].take();
                missing = missing.saturating_sub(frame.map_or(0, |frame| frame.len));
                evicted += 1;
            }
        }
        Some(evicted)
    }

    /// Down to how many bytes `lane` may evict the evictable: lazy gossip never drives out forwards,
    /// and keeps its own share against them (but for the last frame that crosses it).
    fn floors(&self, lane: usize) -> [(usize, usize); 2] {
        match lane {
            FORWARD => [(LAZY, self.share(LAZY)), (FORWARD, 0)],
            LAZY => [(LAZY, 0), (FORWARD, usize::MAX)],
            _ => [(LAZY, 0), (FORWARD, 0)],
        }
    }

    fn pass_turn(&mut self) {
        if is_planted(Bug::OutboxLoses) && self.lanes[self.turn].frames.len() > 1 {
            self.lanes[self.turn].take();
        }
        self.turn = if self.turn + 1 == LANES { OWN } else { self.turn + 1 };
        let lane = &mut self.lanes[self.turn];
        if !lane.frames.is_empty() {
            lane.credit += QUANTUM * SHARES[self.turn];
        }
    }
}

impl<M, T> Default for Lane<M, T> {
    fn default() -> Self {
        Lane { frames: VecDeque::new(), bytes: 0, credit: 0 }
    }
}

impl<M, T: Copy + Eq> Lane<M, T> {
    fn append(&mut self, frame: Frame<M, T>) {
        self.bytes += frame.len;
        self.frames.push_back(frame);
    }

    fn take(&mut self) -> Option<Frame<M, T>> {
        let frame = self.frames.pop_front()?;
        self.bytes -= frame.len;
        Some(frame)
    }

    /// Removes the queued digest of the same token.
    fn withdraw(&mut self, token: T) {
        let same = |frame: &Frame<M, T>| matches!(frame.class, Class::Digest(t) if t == token);
        if let Some(at) = self.frames.iter().position(same) {
            let old = self.frames.remove(at);
            self.bytes -= old.map_or(0, |frame| frame.len);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[derive(Clone, Debug, PartialEq)]
    struct Sized(usize);

    impl Message for Sized {
        fn wire_len(&self) -> usize {
            self.0
        }
        fn kind(&self) -> &'static str {
            "sized"
        }
    }

    fn outbox() -> Outbox<Sized, u8> {
        Outbox::new(OutboxLimits { bytes: 1600 })
    }

    fn classes(outbox: &mut Outbox<Sized, u8>) -> Vec<Class<u8>> {
        outbox.drain().into_iter().map(|frame| frame.class).collect()
    }

    #[test]
    fn own_publishes_keep_to_their_share_and_drive_out_forwards() {
        let mut outbox = outbox();
        (0..16)
            .for_each(|_| assert_eq!(outbox.push(Class::Forward, Sized(100)).sent, Sent::Queued));
        let own: Vec<Sent> = (0..7).map(|n| outbox.push(Class::Own(n), Sized(100)).sent).collect();
        assert_eq!(own[..6], [Sent::Pressured; 6]);
        assert_eq!(own[6], Sent::Dropped(Why::Full));
        assert_eq!((outbox.len(), outbox.bytes()), (16, 1600));
    }

    #[test]
    fn forwards_evict_lazy_gossip_above_its_share_then_older_forwards() {
        let mut outbox = outbox();
        (0..3).for_each(|_| _ = outbox.push(Class::Lazy, Sized(100)));
        (0..13).for_each(|_| _ = outbox.push(Class::Forward, Sized(100)));
        let pushed: Vec<u32> =
            (0..4).map(|_| outbox.push(Class::Forward, Sized(100)).evicted).collect();
        assert_eq!(pushed, [1; 4]);
        let left = classes(&mut outbox);
        assert_eq!(left.iter().filter(|class| **class == Class::Lazy).count(), 1);
    }

    #[test]
    fn lazy_gossip_never_evicts_a_forward() {
        let mut outbox = outbox();
        (0..16).for_each(|_| _ = outbox.push(Class::Forward, Sized(100)));
        assert_eq!(outbox.push(Class::Lazy, Sized(1)).sent, Sent::Dropped(Why::Full));
        assert_eq!(outbox.len(), 16);
    }

    #[test]
    fn a_newer_digest_replaces_the_queued_one_of_its_token() {
        let mut outbox = outbox();
        for (token, len) in [(1, 40), (2, 50), (1, 30)] {
            assert_eq!(outbox.push(Class::Digest(token), Sized(len)).sent, Sent::Queued);
        }
        assert_eq!((outbox.len(), outbox.bytes()), (2, 80));
    }

    #[test]
    fn control_that_does_not_fit_says_slow() {
        let mut outbox = outbox();
        assert!(!outbox.push(Class::Control, Sized(200)).slow);
        let refused = outbox.push(Class::Control, Sized(1));
        assert_eq!((refused.sent, refused.slow), (Sent::Dropped(Why::Slow), true));
    }

    #[test]
    fn what_can_never_fit_is_too_large() {
        let mut outbox = outbox();
        let sent = |outbox: &mut Outbox<_, _>, class, len| outbox.push(class, Sized(len)).sent;
        assert_eq!(sent(&mut outbox, Class::Own(1), 601), Sent::Dropped(Why::TooLarge));
        assert_eq!(sent(&mut outbox, Class::Forward, 1601), Sent::Dropped(Why::TooLarge));
        assert!(outbox.is_empty());
    }

    #[test]
    fn classes_take_turns_by_share() {
        let mut outbox = Outbox::new(OutboxLimits { bytes: 1 << 20 });
        for n in 0..600 {
            outbox.push(Class::Own(0u8), Sized(100));
            outbox.push(Class::Forward, Sized(100));
            outbox.push(Class::Lazy, Sized(if n < 100 { 100 } else { 0 }));
        }
        let first: Vec<_> = core::iter::from_fn(|| outbox.pop()).take(260).collect();
        let share = |class| first.iter().filter(|frame| frame.class == class).count();
        let (own, forward) = (share(Class::Own(0)), share(Class::Forward));
        assert!(own.abs_diff(forward) <= 16, "one turn apart: {own} {forward}");
        assert!((16..=24).contains(&share(Class::Lazy)), "a sixth of theirs");
    }

    #[test]
    fn control_goes_first() {
        let mut outbox = outbox();
        outbox.push(Class::Own(1), Sized(10));
        outbox.push(Class::Control, Sized(10));
        assert_eq!(classes(&mut outbox), [Class::Control, Class::Own(1)]);
    }

    fn any_class() -> impl Strategy<Value = Class<u8>> {
        prop_oneof![
            Just(Class::Control),
            (0u8..9).prop_map(Class::Own),
            Just(Class::Forward),
            Just(Class::Lazy),
            (0u8..3).prop_map(Class::Digest),
        ]
    }

    proptest! {
        #[test]
        fn bounds_hold_and_what_was_queued_firmly_comes_out(
            pushes in prop::collection::vec((any_class(), 0usize..400, any::<bool>()), 0..200),
        ) {
            let mut outbox = outbox();
            let (mut own_in, mut own_out) = (0, 0);
            let own = |frame: &Frame<_, _>| matches!(frame.class, Class::Own(_)) as u32;
            for (class, len, pop) in pushes {
                let before = outbox.len();
                let pushed = outbox.push(class, Sized(len));
                prop_assert!(outbox.bytes() <= 1600);
                if matches!(pushed.sent, Sent::Dropped(_)) && !matches!(class, Class::Digest(_)) {
                    prop_assert_eq!(outbox.len(), before);
                } else if matches!(class, Class::Own(_)) {
                    own_in += 1;
                }
                if pop {
                    own_out += outbox.pop().map_or(0, |frame| own(&frame));
                }
            }
            own_out += outbox.drain().iter().map(own).sum::<u32>();
            prop_assert_eq!((own_in, outbox.bytes()), (own_out, 0));
        }
    }
}
