//! Who watches a run.

use crate::model::Lost;
use rumormill_core::{Input, Protocol, Time, Why};

/// Where and when something happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At {
    /// When.
    pub time: Time,
    /// To which node, counted from zero.
    pub node: usize,
    /// Which node caused it: who sent what is being handled. Of commands, [`At::OUTSIDE`].
    pub source: usize,
}

impl At {
    /// The source of what no node caused.
    pub const OUTSIDE: usize = super::wheel::Source::OUTSIDE.number() as usize;
}

/// Is shown every transition of every node. It can't change anything, but it can end the run.
///
/// What one node does is shown in order of time, and nothing before what brought it about. But of nodes
/// that could not hear of each other meanwhile, one may be shown further on than another. That ends,
/// again and again, when all is [`shown_until`](Observer::shown_until) some time.
///
/// A closure over (node, time, event) is one that looks at events alone.
///
/// ```
/// # use rumormill_core::{Input, Protocol};
/// use rumormill_sim::{At, Observer};
/// struct Timers(u64);
/// impl<P: Protocol> Observer<P> for Timers {
///     fn input(&mut self, _: &At, input: &Input<P>) {
///         self.0 += u64::from(matches!(input, Input::Timer(_)));
///     }
/// }
/// ```
pub trait Observer<P: Protocol> {
    /// A machine is about to take an input.
    fn input(&mut self, at: &At, input: &Input<P>) {
        let _ = (at, input);
    }

    /// It tells the layer above.
    fn event(&mut self, at: &At, event: &P::Event) {
        let _ = (at, event);
    }

    /// It has taken a batch and settled.
    fn settled(&mut self, at: &At, machine: &P) {
        let _ = (at, machine);
    }

    /// A message leaves the node for another: a send, a request or an answer.
    fn sent(&mut self, at: &At, to: usize, message: &P::Message) {
        let _ = (at, to, message);
    }

    /// A message did not arrive, or found its link or its receiver gone. Told where it was noticed;
    /// it was on its way from `from` to `to`.
    fn lost(&mut self, at: &At, way: (usize, usize), message: &P::Message, why: Lost) {
        let _ = (at, way, message, why);
    }

    /// A message was not sent at all: the machine was told so.
    fn dropped(&mut self, at: &At, message: &P::Message, why: Why) {
        let _ = (at, message, why);
    }

    /// All up to that time was shown, of all nodes.
    fn shown_until(&mut self, time: Time) {
        let _ = time;
    }

    /// Whether it has seen enough. Asked after each batch.
    fn is_done(&self) -> bool {
        false
    }
}

/// Watches nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unseen;

impl<P: Protocol> Observer<P> for Unseen {}

impl<P: Protocol, F: FnMut(usize, Time, &P::Event)> Observer<P> for F {
    fn event(&mut self, at: &At, event: &P::Event) {
        self(at.node, at.time, event);
    }
}
