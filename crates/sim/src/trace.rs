//! A node's run as a hash.

use rumormill_core::{Fingerprint, Input, Message, Protocol, Time};
use std::fmt::{Debug, Write};

/// All that one node was told and has told, in order; nothing where it isn't wanted.
#[derive(Clone, Debug)]
pub(crate) struct Trace(Option<Fingerprint>);

impl Trace {
    pub fn new(wanted: bool) -> Trace {
        Trace(wanted.then(Fingerprint::new))
    }

    /// Adds an input: when, what, from which node, and what tells messages apart.
    pub fn input<P: Protocol>(&mut self, now: Time, source: u32, input: &Input<P>) {
        let Some(print) = &mut self.0 else { return };
        let (kind, message) = describe(input);
        print.number(now.as_nanos()).number(kind).number(u64::from(source));
        if let Some(message) = message {
            print.bytes(message.kind().as_bytes()).number(message.wire_len() as u64);
        }
    }

    /// Adds an event, as its `Debug` text.
    pub fn event(&mut self, event: &impl Debug) {
        let Some(print) = &mut self.0 else { return };
        // Writing into a hash never fails.
        let _ = write!(Text(print), "{event:?}");
    }

    /// Adds the trace and the machine's last state to a run's hash.
    pub fn fold<P: Protocol>(&self, machine: &P, into: &mut Fingerprint) {
        let mut last = Fingerprint::new();
        machine.fingerprint(&mut last);
        for print in self.0.iter().chain([&last]) {
            let [high, low] = print.finish();
            into.number(high).number(low);
        }
    }
}

struct Text<'a>(&'a mut Fingerprint);

impl Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        self.0.bytes(text.as_bytes());
        Ok(())
    }
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
