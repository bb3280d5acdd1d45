//! The composed node.
//!
//! ```text
//!                    links, dials                 messages, answers, timers by their plane
//!                         │                                    │
//!                   ┌─────▼─────┐   Up, Down   ┌───────────┐   │   ┌─────────┐
//!                   │ discovery ├─────────────►│ broadcast │◄──┴──►│  state  │
//!                   └─────▲─────┘              └──┬────▲───┘       └─┬────▲──┘
//!                         └────── Heard ──────────┤    │ Judge, Seen │    │
//!                                                 │    └─ Spread ────┘    │
//!                                                 └────── Learn ──────────┘
//! ```
//!
//! `handle` has two parts: it gives the input to the child whose it is, then drains the bus: each
//! event of a child goes to a sibling as a command, or up. Siblings never call each other.

use crate::any::{AnyBroadcast, AnyDiscovery, AnyState};
use crate::plane::Plane;
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use rumormill_core::planted::{Bug, is_planted};
use rumormill_core::{
    Bytes, Effects, Fingerprint, Input, Lift, Peer, Protocol, Slot, Target, Verdict,
};
use rumormill_protocols::parts::bounds::{Bound, Bounded};
use rumormill_protocols::planes::{
    Broadcast, BroadcastCommand, BroadcastEvent, Discovery, DiscoveryCommand, DiscoveryEvent,
    State, StateCommand, StateEvent,
};
use rumormill_protocols::{Life, Rumor, RumorId, Subject};

/// The node that configuration makes.
pub type AnyNode = Node<AnyDiscovery, AnyBroadcast, AnyState>;

/// What a node exchanges with its like.
pub type NodeMessage<D, B, S> =
    Plane<<D as Protocol>::Message, <B as Protocol>::Message, <S as Protocol>::Message>;

/// What an answer belongs to in a node.
pub type NodeToken<D, B, S> =
    Plane<<D as Protocol>::Token, <B as Protocol>::Token, <S as Protocol>::Token>;

/// What a node tells the layer above: the events of its planes, without what only siblings need.
pub type NodeEvent = Plane<DiscoveryEvent, BroadcastEvent, StateEvent>;

/// What a node is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NodeCommand {
    /// Set or remove a register of our own, to be spread to everybody; answered by
    /// [`StateEvent::Stored`] or [`StateEvent::SetRefused`].
    Set {
        /// The caller's own number for it.
        ticket: u64,
        /// Its key.
        key: Arc<str>,
        /// Its value, as it stands on the wire.
        payload: Bytes,
        /// How long it holds.
        life: Life,
    },
    /// Publish data on a topic; answered by [`BroadcastEvent::Published`].
    Publish {
        /// The topic.
        topic: Arc<str>,
        /// The data, as it stands on the wire.
        payload: Bytes,
        /// The caller's own number for it.
        ticket: u64,
    },
    /// The application's judgement on a rumor of a topic, where the node waits for one.
    Judge(RumorId, Verdict),
    /// Somebody to know.
    AddPeer(Target),
}

/// Three planes as one protocol: `handle` gives an input to the plane whose it is, then routes what the
/// planes tell each other until there is nothing more.
#[derive(Clone, Debug)]
pub struct Node<D, B, S> {
    discovery: D,
    broadcast: B,
    state: S,
    /// Whether rumors of topics wait for the application's judgement.
    validate: bool,
}

/// What children tell, in order. Mostly that is one thing, or nothing, and then nothing is allocated.
#[derive(Default)]
struct Bus {
    first: Option<NodeEvent>,
    rest: Option<VecDeque<NodeEvent>>,
}

impl Bus {
    fn push(&mut self, event: NodeEvent) {
        match &self.first {
            None if self.rest.is_none() => self.first = Some(event),
            _ if is_planted(Bug::BusLosesNews) => {}
            _ => self.rest.get_or_insert_default().push_back(event),
        }
    }

    fn pop(&mut self) -> Option<NodeEvent> {
        self.first.take().or_else(|| self.rest.as_mut()?.pop_front())
    }
}

/// How many events one input may cause. An input is bounded, and so is what it causes; a drain that
/// comes this far runs in circles.
const DRAIN_MAX: usize = 1 << 20;

impl<D: Discovery, B: Broadcast, S: State> Node<D, B, S> {
    const DISCOVERY: Slot<D, Self> =
        Slot { message: Plane::Discovery, token: Plane::Discovery, cell: 1 };
    const BROADCAST: Slot<B, Self> =
        Slot { message: Plane::Broadcast, token: Plane::Broadcast, cell: 2 };
    const STATE: Slot<S, Self> = Slot { message: Plane::State, token: Plane::State, cell: 3 };

    /// A node of these; each was made with its own view of the cells: see [`Node::views`].
    pub fn new(discovery: D, broadcast: B, state: S, validate: bool) -> Self {
        Node { discovery, broadcast, state, validate }
    }

    /// The views that the planes have of a node's cells.
    pub fn views(cells: rumormill_core::CellsView<'_>) -> [rumormill_core::CellsView<'_>; 3] {
        let slots = [Self::DISCOVERY.cell, Self::BROADCAST.cell, Self::STATE.cell];
        slots.map(|slot| cells.within(slot))
    }

    /// The discovery plane.
    pub fn discovery(&self) -> &D {
        &self.discovery
    }

    /// The broadcast plane.
    pub fn broadcast(&self) -> &B {
        &self.broadcast
    }

    /// The state plane.
    pub fn state(&self) -> &S {
        &self.state
    }

    #[inline(always)]
    fn tell_discovery(&mut self, input: Input<D>, bus: &mut Bus, fx: Fx<'_, Self>) {
        let events = |event| bus.push(Plane::Discovery(event));
        self.discovery.handle(input, &mut Lift::new(fx, &Self::DISCOVERY, events));
    }

    #[inline(always)]
    fn tell_broadcast(&mut self, input: Input<B>, bus: &mut Bus, fx: Fx<'_, Self>) {
        let events = |event| bus.push(Plane::Broadcast(event));
        self.broadcast.handle(input, &mut Lift::new(fx, &Self::BROADCAST, events));
    }

    #[inline(always)]
    fn tell_state(&mut self, input: Input<S>, bus: &mut Bus, fx: Fx<'_, Self>) {
        let events = |event| bus.push(Plane::State(event));
        self.state.handle(input, &mut Lift::new(fx, &Self::STATE, events));
    }

    /// Gives an input to the child whose it is.
    #[inline(always)]
    fn dispatch(&mut self, input: Input<Self>, bus: &mut Bus, fx: Fx<'_, Self>) {
        match owner(&input) {
            Owner::All => self.tell_all(input, bus, fx),
            Owner::Command => self.on_command(input, bus, fx),
            Owner::Child(Plane::Discovery(())) => {
                let input = input.narrow(Plane::discovery, Plane::discovery, |_| None);
                input.into_iter().for_each(|input| self.tell_discovery(input, bus, fx));
            }
            Owner::Child(Plane::Broadcast(())) => {
                let input = input.narrow(Plane::broadcast, Plane::broadcast, |_| None);
                input.into_iter().for_each(|input| self.tell_broadcast(input, bus, fx));
            }
            Owner::Child(Plane::State(())) => {
                let input = input.narrow(Plane::state, Plane::state, |_| None);
                input.into_iter().for_each(|input| self.tell_state(input, bus, fx));
            }
        }
    }

    fn tell_all(&mut self, input: Input<Self>, bus: &mut Bus, fx: Fx<'_, Self>) {
        if let Some(input) = input.clone().narrow(Plane::discovery, Plane::discovery, |_| None) {
            self.tell_discovery(input, bus, fx);
        }
        if let Some(input) = input.clone().narrow(Plane::broadcast, Plane::broadcast, |_| None) {
            self.tell_broadcast(input, bus, fx);
        }
        if let Some(input) = input.narrow(Plane::state, Plane::state, |_| None) {
            self.tell_state(input, bus, fx);
        }
    }

    fn on_command(&mut self, input: Input<Self>, bus: &mut Bus, fx: Fx<'_, Self>) {
        let Input::Command(command) = input else { return };
        match command {
            NodeCommand::Set { ticket, key, payload, life } => {
                let set = StateCommand::Set { ticket, key, payload, life };
                self.tell_state(Input::Command(set), bus, fx);
            }
            NodeCommand::Publish { topic, payload, ticket } => {
                let publish = BroadcastCommand::Publish { topic, payload, ticket };
                self.tell_broadcast(Input::Command(publish), bus, fx);
            }
            NodeCommand::Judge(id, verdict) => self.judge(id, verdict, bus, fx),
            NodeCommand::AddPeer(target) => {
                self.tell_discovery(Input::Command(DiscoveryCommand::Add(target)), bus, fx);
            }
        }
    }

    /// Routes what children told, and what that makes them tell, until there is nothing more.
    #[inline(always)]
    fn drain(&mut self, mut bus: Bus, fx: Fx<'_, Self>) {
        for _ in 0..DRAIN_MAX {
            match bus.pop() {
                None => return,
                Some(Plane::Discovery(event)) => self.on_discovery(event, &mut bus, fx),
                Some(Plane::Broadcast(event)) => self.on_broadcast(event, &mut bus, fx),
                Some(Plane::State(event)) => self.on_state(event, &mut bus, fx),
            }
        }
        unreachable!("the planes of a node told each other {DRAIN_MAX} things about one input");
    }

    fn on_discovery(&mut self, event: DiscoveryEvent, bus: &mut Bus, fx: Fx<'_, Self>) {
        match &event {
            DiscoveryEvent::Up(peer, link) => {
                self.tell_broadcast(Input::PeerUp(*peer, link.clone()), bus, fx);
                self.tell_state(Input::PeerUp(*peer, link.clone()), bus, fx);
            }
            DiscoveryEvent::Down(peer, gone) => {
                self.tell_broadcast(Input::PeerDown(*peer, *gone), bus, fx);
                self.tell_state(Input::PeerDown(*peer, *gone), bus, fx);
            }
            DiscoveryEvent::Unreachable(..) | DiscoveryEvent::Clash { .. } => {}
        }
        fx.emit(Plane::Discovery(event));
    }

    fn on_broadcast(&mut self, event: BroadcastEvent, bus: &mut Bus, fx: Fx<'_, Self>) {
        match event {
            BroadcastEvent::Arrived(rumor, from) => self.on_arrived(rumor, from, bus, fx),
            event => fx.emit(Plane::Broadcast(event)),
        }
    }

    /// News: its origin lives; an update goes to the state plane, which judges it, the rest up.
    fn on_arrived(&mut self, rumor: Arc<Rumor>, from: Peer, bus: &mut Bus, fx: Fx<'_, Self>) {
        let heard = DiscoveryCommand::Heard(from, rumor.origin.clone());
        self.tell_discovery(Input::Command(heard), bus, fx);
        if let Subject::Register(_) = rumor.subject {
            return self.tell_state(Input::Command(StateCommand::Learn(rumor, from)), bus, fx);
        }
        let id = rumor.id;
        fx.emit(Plane::Broadcast(BroadcastEvent::Arrived(rumor, from)));
        if !self.validate {
            self.judge(id, Verdict::Accept, bus, fx);
        }
    }

    fn judge(&mut self, id: RumorId, verdict: Verdict, bus: &mut Bus, fx: Fx<'_, Self>) {
        self.tell_broadcast(Input::Command(BroadcastCommand::Judge(id, verdict)), bus, fx);
    }

    fn on_state(&mut self, event: StateEvent, bus: &mut Bus, fx: Fx<'_, Self>) {
        let command = match event {
            StateEvent::Publish(rumor) => BroadcastCommand::Spread(rumor),
            StateEvent::Judged(id, verdict) => BroadcastCommand::Judge(id, verdict),
            StateEvent::Reconciled(rumor, from) => BroadcastCommand::Seen(rumor, from),
            event => return fx.emit(Plane::State(event)),
        };
        self.tell_broadcast(Input::Command(command), bus, fx);
    }
}

type Fx<'a, P> = &'a mut dyn Effects<P>;

/// Whose an input is.
enum Owner {
    Child(Plane<(), (), ()>),
    All,
    Command,
}

#[inline(always)]
fn owner<D: Discovery, B: Broadcast, S: State>(input: &Input<Node<D, B, S>>) -> Owner {
    match input {
        Input::Start | Input::Path(..) | Input::PeerUp(..) | Input::PeerDown(..) => Owner::All,
        Input::Command(_) => Owner::Command,
        Input::LinkUp(..) | Input::LinkDown(..) | Input::DialFailed(..) => {
            Owner::Child(Plane::Discovery(()))
        }
        Input::Message(_, message) | Input::Request(_, _, message) => Owner::Child(plane(message)),
        Input::Response(token, _)
        | Input::Verified(token, _)
        | Input::Timer(token)
        | Input::Persisted(token, _)
        | Input::Lost(_, token) => Owner::Child(plane(token)),
        // A frame that did not decode came over the gossip path of its transport.
        Input::Invalid(..) => Owner::Child(Plane::Broadcast(())),
    }
}

fn plane<D, B, S>(of: &Plane<D, B, S>) -> Plane<(), (), ()> {
    match of {
        Plane::Discovery(_) => Plane::Discovery(()),
        Plane::Broadcast(_) => Plane::Broadcast(()),
        Plane::State(_) => Plane::State(()),
    }
}

impl<D: Discovery, B: Broadcast, S: State> Protocol for Node<D, B, S> {
    type Message = NodeMessage<D, B, S>;
    type Token = NodeToken<D, B, S>;
    type Command = NodeCommand;
    type Event = NodeEvent;

    fn handle(&mut self, input: Input<Self>, fx: &mut dyn Effects<Self>) {
        let mut bus = Bus::default();
        self.dispatch(input, &mut bus, fx);
        self.drain(bus, fx);
    }

    fn settle(&mut self, fx: &mut dyn Effects<Self>) {
        let mut bus = Bus::default();
        let events = |event| bus.push(Plane::Discovery(event));
        self.discovery.settle(&mut Lift::new(fx, &Self::DISCOVERY, events));
        let events = |event| bus.push(Plane::Broadcast(event));
        self.broadcast.settle(&mut Lift::new(fx, &Self::BROADCAST, events));
        let events = |event| bus.push(Plane::State(event));
        self.state.settle(&mut Lift::new(fx, &Self::STATE, events));
        self.drain(bus, fx);
    }

    fn foresee(&self, message: &Self::Message) -> u64 {
        match message {
            Plane::Discovery(message) => self.discovery.foresee(message),
            Plane::Broadcast(message) => self.broadcast.foresee(message),
            Plane::State(message) => self.state.foresee(message),
        }
    }

    fn fingerprint(&self, into: &mut Fingerprint) {
        self.discovery.fingerprint(into);
        self.broadcast.fingerprint(into);
        self.state.fingerprint(into);
    }
}

impl<D: Bounded, B: Bounded, S: Bounded> Bounded for Node<D, B, S> {
    fn bounds(&self, look: &mut dyn FnMut(Bound)) {
        self.discovery.bounds(look);
        self.broadcast.bounds(look);
        self.state.bounds(look);
    }
}
