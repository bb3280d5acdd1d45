//! A protocol of your own, simulated in one call.
//!
//! ```text
//!   run(config, make) ─► Run ── nodes, codec, command, at, during ──► until(end, observer) ─► Network
//!                                                                          │
//!                     what the machines do is shown to the observer ◄──────┘
//! ```
//!
//! [`run()`] puts nodes into a [`Network`] and lets it run; what shall happen to it is said beforehand,
//! each at its time. It gives the network back, with all that can be asked of it: [machines](Network::machine),
//! [counters](Network::counters), [the hash of the run](Network::trace_hash). Who wants to decide on the way
//! steps a [`Network`] by hand.

use crate::engine::{Config, Network, Observer};
use crate::model::rules::Effect;
use crate::model::{Rule, RuleId};
use rumormill_core::{CellsView, Codec, Duration, LinkKind, Protocol, Time};
use std::cell::Cell;
use std::ops::Range;
use std::rc::Rc;

/// Something done to a network.
type Act<'a, P> = Box<dyn FnOnce(&mut Network<P>) + 'a>;

/// A run that has not begun: see [`run()`].
#[must_use = "nothing runs before `until`"]
pub struct Run<'a, P: Protocol> {
    network: Network<P>,
    acts: Vec<(Time, Act<'a, P>)>,
}

/// Prepares a run of machines of one protocol. `config` says what lies between them; `make` makes a node's
/// machine from its number, counted from zero, and its durable cells.
///
/// Who dials whom is the machines' own matter: tell each in `make` what it needs to know of the others.
/// Node `i` is called [`Config::name_of`] `i` and reached at [`Config::address_of`] `i`;
/// [`topology`](crate::model::topology) has graphs.
///
/// ```
/// # use rumormill_core::{Class, Effects, Fingerprint, Input, Message, Protocol, Target, Name};
/// use rumormill_core::Duration;
/// use rumormill_sim::{Config, run};
/// # #[derive(Clone, Debug)] struct Hello;
/// # impl Message for Hello {
/// #     fn wire_len(&self) -> usize { 5 }
/// #     fn kind(&self) -> &'static str { "hello" }
/// # }
/// # #[derive(Clone)] struct Greeter;
/// # impl Protocol for Greeter {
/// #     type Message = Hello; type Token = (); type Command = Target; type Event = &'static str;
/// #     fn handle(&mut self, input: Input<Self>, fx: &mut dyn Effects<Self>) {
/// #         match input {
/// #             Input::Command(target) => fx.dial(target, ()),
/// #             Input::LinkUp(_, peer, _, Some(())) => _ = fx.send(peer, Class::Forward, Hello),
/// #             Input::Message(..) => fx.emit("greeted"),
/// #             _ => {}
/// #         }
/// #     }
/// #     fn fingerprint(&self, _: &mut Fingerprint) {}
/// # }
/// let mut greeted = Vec::new();
/// let mut seen = |node, _, event: &&'static str| greeted.push((node, *event));
/// let network = run::<Greeter>(Config { seed: 7, ..Config::default() }, |_node, _cells| Greeter)
///     .nodes(3)
///     .command(Duration::from_secs(1), 0, Target::Name(Name::Number(2)))
///     .at(Duration::from_secs(2), |network| network.crash(1))
///     .until(Duration::from_secs(3), &mut seen);
/// assert_eq!(network.counters().total().messages, 1);
/// assert!(!network.is_up(1));
/// assert_eq!(greeted, [(2, "greeted")]);
/// ```
pub fn run<'a, P: Protocol>(
    config: Config,
    make: impl Fn(usize, CellsView<'_>) -> P + Send + 'static,
) -> Run<'a, P> {
    Run { network: Network::new(config, make), acts: Vec::new() }
}

impl<'a, P: Protocol> Run<'a, P> {
    /// So many more nodes, that start at time zero.
    pub fn nodes(mut self, nodes: usize) -> Self {
        self.network.reserve(nodes);
        for _ in 0..nodes {
            let node = self.network.add();
            self.network.start(node);
        }
        self
    }

    /// Every message is really written and read back. One that can't be read arrives as
    /// [`Invalid`](rumormill_core::Input::Invalid). It changes nothing else.
    pub fn codec(mut self, codec: Codec<P::Message>) -> Self {
        self.network.recode(move |message| codec.recode(message));
        self
    }

    /// The layer above a node commands, so long after the start.
    pub fn command(mut self, at: Duration, node: usize, command: P::Command) -> Self {
        self.network.command_at(Time::ZERO + at, node, command);
        self
    }

    /// Something is done to the network, so long after the start and after all that is due by then: a
    /// crash, a restart, a node that joins. Of several at one time, in the order in which they were said.
    pub fn at(mut self, at: Duration, act: impl FnOnce(&mut Network<P>) + 'a) -> Self {
        self.acts.push((Time::ZERO + at, Box::new(act)));
        self
    }

    /// A rule holds between nodes from one time to another: a partition, loss, slowness. Streams that it
    /// cuts off in both directions break, at both ends.
    ///
    /// ```
    /// # use rumormill_core::{Duration, Protocol};
    /// # use rumormill_sim::model::{Loss, Rule};
    /// # use rumormill_sim::own::Run;
    /// # fn example<P: Protocol>(run: Run<'_, P>) -> Run<'_, P> {
    /// let halves = (0..10).map(|node| u8::from(node < 5)).collect();
    /// let secs = Duration::from_secs;
    /// run.during(secs(5)..secs(10), Rule::partition(halves))
    ///     .during(secs(7)..secs(8), Rule::loss(Loss::Uniform(0.2)))
    /// # }
    /// ```
    pub fn during(self, span: Range<Duration>, rule: Rule) -> Self {
        let added = Rc::new(Cell::new(None));
        let held = added.clone();
        self.at(span.start, move |network| held.set(Some(impose(network, rule)))).at(
            span.end,
            move |network| {
                let rule = added.take();
                rule.into_iter().for_each(|rule| _ = network.rules_mut().remove(rule));
            },
        )
    }

    /// Runs for so long, or until the observer has seen enough, and gives the network as it is then.
    pub fn until(mut self, end: Duration, seen: &mut dyn Observer<P>) -> Network<P> {
        // Stable: at one time the first that was said comes first.
        self.acts.sort_by_key(|(time, _)| *time);
        let end = Time::ZERO + end;
        for (time, act) in self.acts.into_iter().take_while(|(time, _)| *time <= end) {
            self.network.run_until(time, seen);
            if seen.is_done() {
                return self.network;
            }
            act(&mut self.network);
        }
        self.network.run_until(end, seen);
        self.network
    }
}

/// Adds a rule, and breaks the streams that nothing passes over any more.
fn impose<P: Protocol>(network: &mut Network<P>, rule: Rule) -> RuleId {
    if network.config().kind == LinkKind::Stream && matches!(rule.effect, Effect::Cut(_)) {
        for node in 0..network.len() {
            network.sever(node, |other| {
                let (here, there) = (node as u32, other as u32);
                rule.paths.contain(here, there) && rule.paths.contain(there, here)
            });
        }
    }
    network.rules_mut().add(rule)
}

#[cfg(test)]
mod tests;
