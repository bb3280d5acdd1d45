//! What arrives, turned into inputs.

use super::counters::Dropped;
use super::shell::Answer;
use super::turn::Driver;
use super::wires::{Doom, Wire};
use crate::store::Ack;
use crate::transport::{Arrival, ExchangeId, From, WireId};
use rumormill_core::{Duration, Gone, Input, Link, Peer, Protocol, ReplyTo, Why};
use tokio::sync::oneshot;

impl<P: Protocol> Driver<P> {
    pub(super) fn arrive(&mut self, arrival: Arrival<P>) {
        match arrival {
            Arrival::Up { wire, link } => self.on_up(wire, link),
            Arrival::Down { wire, gone } => self.on_down(wire, gone),
            Arrival::DialFailed { wire, why } => self.on_dial_failed(wire, why),
            Arrival::Written { wire } => self.shell.written(wire),
            Arrival::Refused { wire, place, why } => self.on_refused(wire, place, why),
            Arrival::Messages { from, messages, observed } => {
                self.on_messages(&from, messages, observed);
            }
            Arrival::Request { from, message, answer } => self.on_request(&from, message, answer),
            Arrival::Response { exchange, result } => self.on_response(exchange, result),
            Arrival::Invalid { from, why } => self.on_invalid(&from, why),
            Arrival::Path { wire, round_trip } => self.on_path(wire, round_trip),
        }
    }

    fn on_up(&mut self, id: WireId, about: Link) {
        let shell = &mut self.shell;
        let token = shell.wires.take_dial(id);
        let Some((link, peer)) = shell.peers.link_up(&about.name, about.sends) else {
            shell.counters.dropped(Dropped::Link, Why::Overloaded);
            shell.closing.insert(id);
            shell.transport.close(id, Gone::Failed(Why::Overloaded), Vec::new());
            token.into_iter().for_each(|token| {
                self.give(Input::DialFailed(token, Why::Overloaded));
            });
            return;
        };
        shell.wires.insert(id, Wire::new(link, peer, about.clone(), shell.read_clock()));
        // A peer that could not be sent to may have become one that can.
        shell.dirty.insert(peer);
        self.give(Input::LinkUp(link, peer, about, token));
    }

    fn on_down(&mut self, wire: WireId, gone: Gone) {
        self.shell.closing.remove(&wire);
        if self.shell.wires.get(wire).is_none() {
            // A dial that was given up before it was up.
            return self.on_dial_failed(wire, Why::Closed);
        }
        self.shell.wires.doom(Doom { wire, gone, by_us: false });
        self.give_prompt();
    }

    /// A publish of our own is lost, and said so; of others' it is only counted.
    fn on_refused(&mut self, id: WireId, place: usize, why: Why) {
        let Some(wire) = self.shell.wires.get_mut(id) else { return };
        let peer = wire.peer;
        let own = wire.in_flight.iter().position(|(at, _)| *at == place);
        let token = own.map(|at| wire.in_flight.swap_remove(at).1);
        let what = if token.is_some() { Dropped::Own } else { Dropped::Forward };
        self.shell.counters.dropped(what, why);
        token.into_iter().for_each(|token| self.give(Input::Lost(peer, token)));
    }

    fn on_dial_failed(&mut self, wire: WireId, why: Why) {
        if let Some(token) = self.shell.wires.take_dial(wire) {
            self.shell.counters.dropped(Dropped::Dial, why);
            self.give(Input::DialFailed(token, why));
        }
    }

    fn on_messages(
        &mut self,
        from: &From,
        messages: Vec<P::Message>,
        observed: Option<oneshot::Sender<Vec<P::Event>>>,
    ) {
        if observed.is_some() {
            self.shell.observed = Some(Vec::new());
        }
        messages.into_iter().for_each(|message| self.on_message(from, message));
        if let Some(observed) = observed {
            // Whoever wanted to know may be gone.
            let _ = observed.send(self.shell.observed.take().unwrap_or_default());
        }
    }

    fn on_message(&mut self, from: &From, message: P::Message) {
        match self.sender(from) {
            Some(peer) => {
                self.shell.counters.received(&message);
                self.give(Input::Message(peer, message));
            }
            None => self.shell.counters.dropped(Dropped::Arrived, Why::NotLinked),
        }
    }

    fn on_request(&mut self, from: &From, message: P::Message, answer: Answer<P>) {
        let Some(peer) = self.sender(from) else {
            self.shell.counters.dropped(Dropped::Arrived, Why::NotLinked);
            return;
        };
        let due = self.shell.read_clock() + self.shell.settings.request_deadline / 2;
        match self.shell.replies.put(due, answer) {
            Ok(number) => {
                self.shell.counters.received(&message);
                self.give(Input::Request(peer, ReplyTo(number), message));
            }
            Err(answer) => {
                self.shell.counters.dropped(Dropped::Arrived, Why::Overloaded);
                // Whoever asked may be gone.
                let _ = answer.send(Err(Why::Overloaded));
            }
        }
    }

    fn on_response(&mut self, exchange: ExchangeId, result: Result<P::Message, Why>) {
        let Some(asked) = self.shell.exchanges.take(exchange.0) else {
            // It came too late, or was cancelled.
            self.shell.counters.dropped(Dropped::Arrived, Why::Cancelled);
            return;
        };
        match &result {
            Ok(message) => self.shell.counters.received(message),
            Err(why) => self.shell.counters.dropped(Dropped::Request, *why),
        }
        self.give(Input::Response(asked.token, result));
    }

    fn on_invalid(&mut self, from: &From, why: Why) {
        self.shell.counters.dropped(Dropped::Arrived, why);
        if let Some(peer) = self.sender(from) {
            self.give(Input::Invalid(peer, why));
        }
    }

    fn on_path(&mut self, id: WireId, round_trip: Duration) {
        let Some(wire) = self.shell.wires.get_mut(id) else { return };
        let peer = wire.peer;
        if let Some(ring) = wire.measured(round_trip) {
            self.give(Input::Path(peer, ring));
        }
    }

    /// Nothing if it came over a wire that is gone.
    fn sender(&self, from: &From) -> Option<Peer> {
        match from {
            From::Wire(wire) => self.shell.wires.get(*wire).map(|wire| wire.peer),
            From::Name(name) => Some(self.shell.peers.find(name).unwrap_or(Peer::STRANGER)),
            From::Stranger => Some(Peer::STRANGER),
        }
    }

    /// Each write is answered by itself, in order.
    pub(super) fn on_ack(&mut self, ack: Ack) {
        while let Some((_, token)) =
            self.shell.writes.pop_front_if(|(number, _)| *number <= ack.up_to)
        {
            if let Err(why) = ack.result {
                self.shell.counters.dropped(Dropped::Write, why);
            }
            self.give(Input::Persisted(token, ack.result));
        }
    }
}
