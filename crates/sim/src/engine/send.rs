//! What leaves a node.

use super::betrayal::Outgoing;
use super::context::Context;
use super::event::{Event, Wire};
use crate::model::{Fate, LinkDraws, LossState, Lost, Transmission, Verdict};
use rumormill_core::driver::Frame;
use rumormill_core::{Class, Gone, LinkKind, Message, Peer, Protocol, Sent, Time, Why};

impl<P: Protocol> Context<'_, P> {
    /// Sends a message of that length.
    pub fn send_frame(&mut self, to: Peer, frame: Frame<P::Message, P::Token>) -> Sent {
        let Some(slot) = self.port.peers.route(to) else {
            return self.refuse(&frame.message, Why::NotLinked);
        };
        if self.port.betrays {
            // It is said to be queued, whatever becomes of it.
            let betrayed = self.betrayed_frame(slot, frame);
            return betrayed.map_or(Sent::Queued, |frame| self.send_over(slot, frame));
        }
        self.send_over(slot, frame)
    }

    #[cold]
    fn betrayed_frame(
        &mut self,
        slot: u32,
        frame: Frame<P::Message, P::Token>,
    ) -> Option<Frame<P::Message, P::Token>> {
        let Some(end) = self.port.ends.open(slot) else { return Some(frame) };
        let outgoing = Outgoing { to: end.remote, is_forward: frame.class == Class::Forward };
        let message = self.betrayed(outgoing, frame.message)?;
        Some(Frame { len: message.wire_len(), message, ..frame })
    }

    #[inline]
    fn send_over(&mut self, slot: u32, frame: Frame<P::Message, P::Token>) -> Sent {
        if self.shared.config.up_bytes_per_second.is_some() {
            return self.queue_up(slot, frame);
        }
        if frame.len > self.shared.config.outbox.largest(&frame.class) {
            return self.refuse_large(slot, &frame);
        }
        self.depart(slot, frame.message, frame.len);
        Sent::Queued
    }

    pub fn refuse(&mut self, message: &P::Message, why: Why) -> Sent {
        let at = self.at();
        self.seen.dropped(&at, message, why);
        Sent::Dropped(why)
    }

    pub fn refuse_large(&mut self, slot: u32, frame: &Frame<P::Message, P::Token>) -> Sent {
        if matches!(frame.class, Class::Control) {
            self.close_link(slot, Gone::Failed(Why::Slow));
            return self.refuse(&frame.message, Why::Slow);
        }
        self.refuse(&frame.message, Why::TooLarge)
    }

    /// A message leaves over a link: in order over a stream, on its own as a datagram.
    pub fn depart(&mut self, slot: u32, message: P::Message, len: usize) {
        let Some(end) = self.port.ends.open(slot) else { return };
        let (there, remote) = (end.there(), end.remote);
        self.count_sent(remote, &message, len);
        let wire = match self.recode(message) {
            Ok(message) => Wire::Message(there, message, u32::try_from(len).unwrap_or(u32::MAX)),
            Err(why) => Wire::Garbled(there, why),
        };
        match self.shared.config.kind {
            LinkKind::Stream => self.in_order(slot, wire, len),
            LinkKind::Datagram => self.as_datagram(slot, wire, len),
        }
    }

    pub fn count_sent(&mut self, to: u32, message: &P::Message, len: usize) {
        self.shared.counters.count_sent(message.kind(), len);
        self.port.load.sent.add(len);
        let at = self.at();
        self.seen.sent(&at, to as usize, message);
    }

    /// The message as it comes out of the codec, if one is switched on.
    pub fn recode(&self, message: P::Message) -> Result<P::Message, Why> {
        match &self.shared.codec {
            None => Ok(message),
            Some(codec) => codec(&message),
        }
    }

    pub fn is_lost(&mut self, to: u32, wire: &Wire<P::Message>, why: Lost) {
        self.shared.counters.count_lost(why);
        if let Some(message) = wire.message() {
            let (at, way) = (self.at(), (self.port.node as usize, to as usize));
            self.seen.lost(&at, way, message, why);
        }
    }

    /// Something for another node that sets up or ends: sent again until it arrives.
    pub fn surely(&mut self, to: u32, wire: Wire<P::Message>) {
        let verdict = self.judge_stream((to, 0), &mut LossState::default());
        match verdict.fate {
            Fate::Arrives => self.schedule(to, verdict.delay, Event::Wire(wire)),
            Fate::Lost(why) => self.is_lost(to, &wire, why),
        }
    }

    /// Transmits over a link so that it doesn't overtake what went before.
    pub fn in_order(&mut self, slot: u32, wire: Wire<P::Message>, len: usize) {
        let Some(end) = self.port.ends.open(slot) else { return };
        let (remote, last, mut state) = (end.remote, end.arrives, end.loss);
        let (delay, fate) = self.on_the_way((remote, len), &mut state);
        let arrives = last.max(delay);
        if let Some(end) = self.port.ends.open_mut(slot) {
            (end.arrives, end.loss) = (arrives, state);
        }
        match fate {
            Fate::Arrives => self.schedule_at(remote, arrives, Event::Wire(wire)),
            Fate::Lost(why) => self.is_lost(remote, &wire, why),
        }
    }

    /// When so many bytes arrive at a node over a stream, if they do.
    #[inline]
    fn on_the_way(&mut self, to: (u32, usize), state: &mut LossState) -> (Time, Fate) {
        let (what, mut draws) = self.transmission(to.0, to.1);
        if let Some(nanos) = self.shared.rules.plain_nanos(&mut draws) {
            let arrives = self.shared.now.as_nanos().saturating_add(nanos);
            return (Time::from_nanos(arrives), Fate::Arrives);
        }
        let verdict = self.over_stream(&what, &mut draws, state);
        (self.shared.now + verdict.delay, verdict.fate)
    }

    /// A datagram: lost, doubled, or just late.
    fn as_datagram(&mut self, slot: u32, wire: Wire<P::Message>, len: usize) {
        let Some(end) = self.port.ends.open(slot) else { return };
        let (to, mut state) = (end.remote, end.loss);
        let verdict = self.judge((to, len), &mut state);
        if let Some(end) = self.port.ends.open_mut(slot) {
            end.loss = state;
        }
        if let Fate::Lost(why) = verdict.fate {
            return self.is_lost(to, &wire, why);
        }
        if let (Some(later), Wire::Message(end, message, len)) = (verdict.copy, &wire) {
            self.shared.counters.doubled += 1;
            let copy = Wire::Message(*end, message.clone(), *len);
            self.schedule(to, verdict.delay + later, Event::Wire(copy));
        }
        self.schedule(to, verdict.delay, Event::Wire(wire));
    }

    /// What becomes of so many bytes for a node, over a stream.
    pub fn judge_stream(&mut self, (to, bytes): (u32, usize), state: &mut LossState) -> Verdict {
        let (what, mut draws) = self.transmission(to, bytes);
        self.over_stream(&what, &mut draws, state)
    }

    fn over_stream(
        &mut self,
        what: &Transmission,
        draws: &mut LinkDraws,
        state: &mut LossState,
    ) -> Verdict {
        let retransmission = self.shared.config.retransmission;
        let (verdict, lost) = self.shared.rules.over_stream(what, state, draws, retransmission);
        self.shared.counters.retransmitted += u64::from(lost);
        verdict
    }

    /// And as a datagram.
    pub fn judge(&mut self, (to, bytes): (u32, usize), state: &mut LossState) -> Verdict {
        let (what, mut draws) = self.transmission(to, bytes);
        self.shared.rules.judge(&what, state, &mut draws)
    }

    fn transmission(&mut self, to: u32, bytes: usize) -> (Transmission, LinkDraws) {
        self.port.caused += 1;
        let (from, now, seed) = (self.port.node, self.shared.now, self.shared.config.seed);
        let draws = LinkDraws::new(seed, from, to, self.port.caused);
        (Transmission { from, to, bytes, now }, draws)
    }
}
