//! A node's run as a hash.

use rumormill_core::{Fingerprint, Input, Message, Protocol, Time};

/// All that one node was told, in order, and how much it told, as 64 bits. What it is told is
/// described by time, kind, sender, and a message's kind and length; what that made of the machine is
/// seen by its fingerprint at the end.
///
/// Words are mixed by folded multiplication (as in wyhash, Wang Yi 2019): a few cycles each, and the
/// same on every platform.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Trace(u64);

const MIX: u64 = 0x9e37_79b9_7f4a_7c15;
const STEP: u64 = 0xd1b5_4a32_d192_ed03;

impl Trace {
    fn add(&mut self, word: u64) {
        let product = u128::from(self.0.wrapping_add(STEP) ^ word) * u128::from(MIX);
        self.0 = (product as u64) ^ (product >> 64) as u64;
    }

    /// Adds an input: when, from which node, what, and what tells messages apart.
    pub fn input<P: Protocol>(&mut self, (now, source): (Time, u32), input: &Input<P>, len: usize) {
        let (kind, message) = describe(input);
        self.add(now.as_nanos());
        self.add(kind << 32 | u64::from(source));
        if let Some(message) = message {
            self.add(word(message.kind()) ^ (len as u64) << 16);
        }
    }

    /// Adds that there was an event.
    pub fn event(&mut self) {
        self.add(MIX);
    }

    /// Adds the trace and the machine's last state to a run's hash.
    pub fn fold<P: Protocol>(&self, machine: &P, into: &mut Fingerprint) {
        let mut last = Fingerprint::new();
        machine.fingerprint(&mut last);
        let [high, low] = last.finish();
        into.number(self.0).number(high).number(low);
    }
}

/// A text's length, first and last byte: enough to tell kinds of messages apart.
fn word(text: &str) -> u64 {
    let bytes = text.as_bytes();
    let ends = [bytes.first(), bytes.last()].map(|byte| byte.copied().map_or(0, u64::from));
    (bytes.len() as u64) << 48 | ends[0] << 8 | ends[1]
}

/// A number for the kind of input, and the message in it.
fn describe<P: Protocol>(input: &Input<P>) -> (u64, Option<&P::Message>) {
    match input {
        Input::Start => (0, None),
        Input::LinkUp(..) => (1, None),
        Input::LinkDown(..) => (2, None),
        Input::DialFailed(..) => (3, None),
        Input::PeerUp(..) => (4, None),
        Input::PeerDown(..) => (5, None),
        Input::Path(..) => (6, None),
        Input::Message(_, message) => (7, Some(message)),
        Input::Request(_, _, message) => (8, Some(message)),
        Input::Response(_, answer) => (9, answer.as_ref().ok()),
        Input::Invalid(..) => (10, None),
        Input::Verified(..) => (11, None),
        Input::Timer(_) => (12, None),
        Input::Persisted(..) => (13, None),
        Input::Lost(..) => (14, None),
        Input::Command(_) => (15, None),
    }
}
