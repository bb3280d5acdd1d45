//! What flows over wires, and what becomes of it when one goes.

use super::counters::Dropped;
use super::shell::Shell;
use super::wires::{Doom, InFlight, Wire};
use crate::transport::{ExchangeId, WireId};
use rumormill_core::driver::Frame;
use rumormill_core::{Class, Gone, Input, Peer, Protocol, Why};

impl<P: Protocol> Shell<P> {
    /// Hands idle wires what waits for them.
    pub fn flush(&mut self) {
        while let Some(peer) = self.dirty.pop_first() {
            let Some(id) = self.wires.route(&self.peers, peer) else { continue };
            let Some(wire) = self.wires.get(id).filter(|wire| !wire.busy) else { continue };
            debug_assert!(wire.in_flight.is_empty(), "an idle wire has nothing under way");
            self.hand_over(id, peer);
        }
    }

    fn hand_over(&mut self, id: WireId, peer: Peer) {
        let (batch, own) = self.next_batch(peer);
        if batch.is_empty() {
            return;
        }
        if let Some(wire) = self.wires.get_mut(id) {
            wire.busy = true;
            wire.in_flight = own;
        }
        self.transport.send(id, batch);
    }

    /// The next messages for a peer, and the places and tokens of our own among them.
    fn next_batch(&mut self, peer: Peer) -> (Vec<P::Message>, InFlight<P::Token>) {
        let (mut batch, mut own, mut bytes) = (Vec::new(), Vec::new(), 0);
        let Some(outbox) = self.outboxes.get_mut(peer) else { return (batch, own) };
        let limits = self.settings.batch;
        while batch.len() < limits.messages.max(1) && bytes < limits.bytes.max(1) {
            let Some(frame) = outbox.pop() else { break };
            bytes += frame.len;
            if let Class::Own(token) = frame.class {
                own.push((batch.len(), token));
            }
            self.counters.sent(&frame.message);
            batch.push(frame.message);
        }
        (batch, own)
    }

    /// The wire is idle again.
    pub fn written(&mut self, id: WireId) {
        let Some(wire) = self.wires.get_mut(id) else { return };
        wire.busy = false;
        wire.in_flight.clear();
        self.dirty.insert(wire.peer);
    }

    /// The next input that comes before anything else: from what is at hand, or by taking down the
    /// next doomed wire.
    pub fn next_prompt(&mut self) -> Option<Input<P>> {
        while self.prompt.is_empty() {
            let doom = self.wires.next_doom()?;
            self.take_down(doom);
        }
        self.prompt.pop_front()
    }

    /// Forgets a wire. The machine is told what died with it, then that it is down.
    fn take_down(&mut self, doom: Doom) {
        let Some(wire) = self.wires.remove(doom.wire) else { return };
        let Wire { link, peer, in_flight, .. } = wire;
        let Some((_, last)) = self.peers.link_down(link) else { return };
        self.prompt.extend(in_flight.into_iter().map(|(_, token)| Input::Lost(peer, token)));
        let farewell = match self.wires.route(&self.peers, peer) {
            Some(_) => Vec::new(),
            None => self.empty_outbox(peer, doom.gone),
        };
        self.dirty.insert(peer);
        self.end_exchanges(doom.wire);
        self.prompt.push_back(Input::LinkDown(link, peer, doom.gone));
        if last {
            self.forget(peer);
        }
        if doom.by_us {
            self.closing.insert(doom.wire);
            self.transport.close(doom.wire, doom.gone, farewell);
        }
    }

    fn forget(&mut self, peer: Peer) {
        self.outboxes.remove(peer);
        self.dirty.remove(&peer);
        self.verifying.forget(peer);
    }

    /// Nothing leads to the peer any more. Control messages are its farewell if we part in peace;
    /// own publishes are lost, and all else is dropped.
    fn empty_outbox(&mut self, peer: Peer, gone: Gone) -> Vec<P::Message> {
        let frames = self.outboxes.get_mut(peer).map(|outbox| outbox.drain()).unwrap_or_default();
        let in_peace = !matches!(gone, Gone::Failed(_));
        let mut farewell = Vec::new();
        for Frame { class, message, .. } in frames {
            match class {
                Class::Control if in_peace => {
                    self.counters.sent(&message);
                    farewell.push(message);
                    continue;
                }
                Class::Own(token) => self.prompt.push_back(Input::Lost(peer, token)),
                _ => {}
            }
            self.counters.dropped(Dropped::of_class(&class), Why::Closed);
        }
        farewell
    }

    fn end_exchanges(&mut self, wire: WireId) {
        for (number, exchange) in self.exchanges.take_where(|exchange| exchange.wire == wire) {
            self.transport.cancel(ExchangeId(number));
            self.counters.dropped(Dropped::Request, Why::Closed);
            self.prompt.push_back(Input::Response(exchange.token, Err(Why::Closed)));
        }
    }
}
