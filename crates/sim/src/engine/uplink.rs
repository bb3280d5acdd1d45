//! A node's uplink, where it has a speed: its links take turns, frame by frame.

use super::context::Context;
use super::event::Own;
use crate::model::Lost;
use rumormill_core::driver::{Frame, Outbox};
use rumormill_core::{Class, Duration, Gone, LinkId, Protocol, Sent, Why};
use std::collections::VecDeque;

/// What is on the line, and who waits for it.
pub(crate) struct Uplink<P: Protocol> {
    is_busy: bool,
    /// What is on the line, and over which link; nothing if that link went down meanwhile.
    sending: Option<OnTheLine<P>>,
    /// The ends for which something waits, in turn.
    turns: VecDeque<u32>,
}

/// The place of a link's end, the link, and what it sends.
type OnTheLine<P> = (u32, LinkId, Frame<<P as Protocol>::Message, <P as Protocol>::Token>);

impl<P: Protocol> Default for Uplink<P> {
    fn default() -> Self {
        Uplink { is_busy: false, sending: None, turns: VecDeque::new() }
    }
}

/// A frame's own token.
fn own<M, T>(frame: Frame<M, T>) -> Option<T> {
    if let Class::Own(token) = frame.class { Some(token) } else { None }
}

impl<P: Protocol> Context<'_, P> {
    /// Queues for a link. An idle uplink sends at once.
    pub fn queue_up(&mut self, slot: u32, frame: Frame<P::Message, P::Token>) -> Sent {
        if self.port.needs().uplink.is_busy {
            return self.wait(slot, frame);
        }
        if frame.len > self.shared.config.outbox.largest(&frame.class) {
            return self.refuse_large(slot, &frame);
        }
        self.occupy(slot, frame);
        Sent::Queued
    }

    fn wait(&mut self, slot: u32, frame: Frame<P::Message, P::Token>) -> Sent {
        let limits = self.shared.config.outbox;
        let Some(end) = self.port.ends.open_mut(slot) else { return Sent::Dropped(Why::NotLinked) };
        let (is_first, message) = (end.waiting.is_none(), frame.message.clone());
        let waiting = end.waiting.get_or_insert_with(|| Box::new(Outbox::new(limits)));
        let pushed = waiting.push(frame.class, frame.message);
        if is_first {
            self.port.needs().uplink.turns.push_back(slot);
        }
        self.shared.counters.evicted += u64::from(pushed.evicted);
        if pushed.slow {
            self.close_link(slot, Gone::Failed(Why::Slow));
        }
        match pushed.sent {
            Sent::Dropped(why) => self.refuse(&message, why),
            sent => sent,
        }
    }

    /// The frame on the line has left; the next one takes its place.
    pub fn uplink_free(&mut self) {
        let uplink = &mut self.port.needs().uplink;
        uplink.is_busy = false;
        if let Some((slot, link, frame)) = uplink.sending.take()
            && self.port.ends.open(slot).is_some_and(|end| end.link == link)
        {
            self.depart(slot, frame.message, frame.len);
        }
        while let Some(slot) = self.port.needs().uplink.turns.pop_front() {
            let Some(end) = self.port.ends.open_mut(slot) else { continue };
            let Some(mut waiting) = end.waiting.take() else { continue };
            let Some(next) = waiting.pop() else { continue };
            if !waiting.is_empty() {
                end.waiting = Some(waiting);
                self.port.needs().uplink.turns.push_back(slot);
            }
            return self.occupy(slot, next);
        }
    }

    fn occupy(&mut self, slot: u32, frame: Frame<P::Message, P::Token>) {
        let Some(link) = self.port.ends.open(slot).map(|end| end.link) else { return };
        let takes = self.on_the_line(frame.len);
        let uplink = &mut self.port.needs().uplink;
        (uplink.is_busy, uplink.sending) = (true, Some((slot, link, frame)));
        self.later(takes, Own::UplinkFree);
    }

    /// How long so many bytes take to leave.
    pub fn on_the_line(&self, len: usize) -> Duration {
        span(len, self.shared.config.up_bytes_per_second)
    }

    /// What a link takes with it, on the line and waiting, is lost. Gives our own publishes among it.
    pub fn never_left(
        &mut self,
        (link, remote): (LinkId, u32),
        waiting: Option<Box<Outbox<P::Message, P::Token>>>,
    ) -> Vec<P::Token> {
        let sending = self.port.rare_mut().map(|rare| &mut rare.uplink.sending);
        let on_the_line = sending.and_then(|sending| sending.take_if(|(_, over, _)| *over == link));
        let mut frames: Vec<_> = on_the_line.into_iter().map(|(_, _, frame)| frame).collect();
        frames.extend(waiting.into_iter().flat_map(|mut waiting| waiting.drain()));
        for frame in &frames {
            let (at, way) = (self.at(), (self.port.node as usize, remote as usize));
            self.shared.counters.count_lost(Lost::Closed);
            self.seen.lost(&at, way, &frame.message, Lost::Closed);
        }
        frames.into_iter().filter_map(own).collect()
    }
}

/// How long so many bytes take at a speed.
pub(crate) fn span(len: usize, bytes_per_second: Option<u64>) -> Duration {
    let Some(speed) = bytes_per_second else { return Duration::ZERO };
    let nanos = len as u128 * 1_000_000_000 / u128::from(speed.max(1));
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}
