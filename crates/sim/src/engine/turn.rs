//! One node's turn: a batch of what is due for it, told to its machine, then settled.

use super::config::Dialling;
use super::context::Context;
use super::event::{EndId, Event, Own, Wire};
use super::links::Opening;
use super::uplink::span;
use super::wheel::Key;
use crate::model::Lost;
use rumormill_core::{Gone, Input, LinkId, Peer, Protocol, ReplyTo, Time, Why};

pub(crate) struct Turn<'a, P: Protocol> {
    machine: &'a mut P,
    fx: Context<'a, P>,
    /// How many inputs it has told.
    told: u32,
    /// How long the message is that is being told.
    len: usize,
}

impl<'a, P: Protocol> Turn<'a, P> {
    pub fn new(machine: &'a mut P, fx: Context<'a, P>) -> Turn<'a, P> {
        Turn { machine, fx, told: 0, len: 0 }
    }

    /// Takes all that is due for the node at that time, then lets the machine settle.
    pub fn run(mut self, batch: (Time, u32)) {
        if let Some(until) = self.is_busy_until() {
            return self.postpone(batch, until);
        }
        while let Some((key, event)) = self.fx.shared.queue.pop_of(batch) {
            self.take(key, event);
        }
        if self.told > 0 {
            self.fx.next_call();
            self.machine.settle(&mut self.fx);
            let at = self.fx.at();
            self.fx.seen.settled(&at, self.machine);
            self.take_time();
        }
    }

    fn take(&mut self, key: Key, event: Event<P>) {
        self.fx.source = key.source.number();
        let (is_up, life) = (self.fx.port.is_up, self.fx.port.life);
        match event {
            Event::Command(command) if is_up => self.tell(Input::Command(*command)),
            Event::Own(owed_to, own) if is_up && owed_to == life => self.own(own),
            Event::Wire(wire) | Event::Received(wire) if self.fx.port.is_deaf => {
                self.not_heard(&wire, Lost::Deaf);
            }
            Event::Wire(wire) if is_up => self.receive(key, wire),
            Event::Received(wire) if is_up => self.wire(wire),
            Event::Wire(wire) | Event::Received(wire) => self.nobody_home(wire),
            Event::Command(_) | Event::Own(..) => {}
        }
    }

    fn tell(&mut self, input: Input<P>) {
        self.told += 1;
        self.fx.shared.counters.inputs += 1;
        self.fx.port.trace.input((self.fx.shared.now, self.fx.source), &input, self.len);
        let at = self.fx.at();
        self.fx.seen.input(&at, &input);
        self.fx.next_call();
        self.machine.handle(input, &mut self.fx);
    }

    fn own(&mut self, own: Own<P::Token>) {
        match own {
            Own::Start => self.tell(Input::Start),
            Own::Timer(token) => self.tell(Input::Timer(token)),
            Own::DialFailed(token, why) => self.tell(Input::DialFailed(token, why)),
            Own::DialDeadline(end) => self.dial_failed(end),
            Own::LinkDown(slot, link, gone) => self.link_down(slot, link, gone),
            Own::UplinkFree => self.fx.uplink_free(),
            Own::RequestFails(number, why) => self.response(number, Err(why)),
            Own::ReplyDeadline(number) => self.fx.answer(ReplyTo(number), Err(Why::Refused)),
            Own::Verified(number) => {
                if let Some((token, verdict)) = self.fx.port.needs().exchanges.judge(number) {
                    self.tell(Input::Verified(token, verdict));
                }
            }
            Own::Written => {
                if let Some(token) = self.fx.written() {
                    self.tell(Input::Persisted(token, Ok(())));
                }
            }
        }
    }

    /// Lets it through the downlink, if that has a speed: one after the other, as they come.
    fn receive(&mut self, key: Key, wire: Wire<P::Message>) {
        let Some(speed) = self.fx.shared.config.down_bytes_per_second else {
            return self.wire(wire);
        };
        let len = wire.len();
        let free = &mut self.fx.port.needs().downlink_free;
        *free = (*free).max(key.time) + span(len, Some(speed));
        match *free > key.time {
            false => self.wire(wire),
            true => {
                let key = Key { time: *free, ..key };
                self.fx.shared.queue.push(key, Event::Received(wire));
            }
        }
    }

    fn wire(&mut self, wire: Wire<P::Message>) {
        self.len = wire.len();
        if self.len > 0 {
            self.fx.port.load.received.add(self.len);
        }
        match wire {
            Wire::Dial(end) => self.dialled(end),
            Wire::Accept(end, there) => self.accepted(end, there),
            Wire::Decline(end) => self.dial_failed(end),
            Wire::Close(end, gone) => {
                if let Some(link) = self.fx.port.ends.find(end).map(|end| end.link) {
                    self.link_down(end.slot, link, gone);
                }
            }
            Wire::Message(end, message, len) => match self.sender(end) {
                Some(peer) => self.tell(Input::Message(peer, message)),
                None => self.no_such_end(end, &Wire::Message(end, message, len)),
            },
            Wire::Reset(connection) => {
                if let Some((slot, link)) = self.fx.port.ends.of_connection(connection) {
                    self.link_down(slot, link, Gone::Failed(Why::Closed));
                }
            }
            Wire::Garbled(end, why) => {
                let peer = self.sender(end);
                peer.into_iter().for_each(|peer| self.tell(Input::Invalid(peer, why)));
            }
            Wire::Request(end, number, message) => match self.sender(end) {
                Some(peer) => {
                    let to = self.fx.asked(self.fx.source, number);
                    self.tell(Input::Request(peer, to, message));
                }
                None => self.no_such_end(end, &Wire::Request(end, number, message)),
            },
            Wire::Answer(number, answer) => self.response(number, answer),
        }
    }

    /// What came over a link that is closed here is lost, and who still has the other end is told: it may
    /// not have heard that the link was closed.
    fn no_such_end(&mut self, end: EndId, wire: &Wire<P::Message>) {
        self.not_heard(wire, Lost::Closed);
        // Or it is not open here yet: the acceptance of our dial may be overtaken.
        if !self.fx.port.dials.iter().any(|(dial, _)| dial.connection == end.connection) {
            self.fx.surely(self.fx.source, Wire::Reset(end.connection));
        }
    }

    fn not_heard(&mut self, wire: &Wire<P::Message>, why: Lost) {
        self.fx.shared.counters.count_lost(why);
        if let Some(message) = wire.message() {
            let (at, way) = (self.fx.at(), (self.fx.source as usize, self.fx.port.node as usize));
            self.fx.seen.lost(&at, way, message, why);
        }
    }

    /// We are dead: what can be answered is answered by whoever keeps our address.
    fn nobody_home(&mut self, wire: Wire<P::Message>) {
        let is_http = self.fx.shared.config.dialling == Dialling::Http;
        if wire.message().is_some() {
            self.not_heard(&wire, Lost::Down);
        }
        let answer = match wire {
            Wire::Dial(end) => Wire::Decline(end),
            Wire::Accept(EndId { connection, .. }, slot) if !is_http => {
                Wire::Close(EndId { connection, slot }, Gone::Failed(Why::Closed))
            }
            Wire::Message(end, ..) | Wire::Request(end, ..) | Wire::Garbled(end, _) if is_http => {
                Wire::Close(end, Gone::Failed(Why::Unreachable))
            }
            Wire::Message(end, ..) | Wire::Request(end, ..) => Wire::Reset(end.connection),
            _ => return self.fx.shared.counters.stray += 1,
        };
        self.fx.surely(self.fx.source, answer);
    }

    /// Somebody dials us.
    fn dialled(&mut self, dialler: EndId) {
        if self.fx.shared.config.dialling == Dialling::Http {
            // The other end has no place: the dialler finds its own by this.
            return self.fx.surely(self.fx.source, Wire::Accept(dialler, dialler.slot));
        }
        let (connection, there, remote) = (dialler.connection, dialler.slot, self.fx.source);
        let slot = self.fx.port.ends.reserve(connection);
        match self.fx.open(slot, Opening { connection, remote, there }) {
            Some((id, peer, link)) => {
                self.fx.accept(slot, dialler);
                self.tell(Input::LinkUp(id, peer, link, None));
            }
            None => self.fx.surely(self.fx.source, Wire::Decline(dialler)),
        }
    }

    /// Our dial is answered; perhaps we have given it up.
    fn accepted(&mut self, end: EndId, there: u32) {
        let (connection, remote) = (end.connection, self.fx.source);
        let token = self.fx.port.end_dial(end);
        let opening = Opening { connection, remote, there };
        let opened = token.and_then(|_| self.fx.open(end.slot, opening));
        match (token, opened) {
            (token, Some((id, peer, link))) => self.tell(Input::LinkUp(id, peer, link, token)),
            (token, None) => {
                if self.fx.shared.config.dialling != Dialling::Http {
                    let other = EndId { connection, slot: there };
                    self.fx.surely(remote, Wire::Close(other, Gone::Left));
                }
                if let Some(token) = token {
                    self.tell(Input::DialFailed(token, Why::Overloaded));
                }
            }
        }
    }

    fn dial_failed(&mut self, end: EndId) {
        if let Some(token) = self.fx.port.end_dial(end) {
            self.fx.port.ends.release(end.slot);
            self.tell(Input::DialFailed(token, Why::Unreachable));
        }
    }

    /// Tells what dies with the link, then that it is down.
    fn link_down(&mut self, slot: u32, link: LinkId, gone: Gone) {
        let Some((peer, lost)) = self.fx.wind_up(slot, link) else { return };
        for token in lost {
            self.tell(Input::Lost(peer, token));
        }
        let why = if let Gone::Failed(why) = gone { why } else { Why::Closed };
        let asked = self.fx.port.rare_mut().map(|rare| rare.exchanges.close_over(link));
        for token in asked.unwrap_or_default() {
            self.tell(Input::Response(token, Err(why)));
        }
        self.fx.forget_link(slot, peer);
        self.tell(Input::LinkDown(link, peer, gone));
    }

    fn response(&mut self, number: u64, answer: Result<P::Message, Why>) {
        match self.fx.port.needs().exchanges.close(number) {
            Some(token) => self.tell(Input::Response(token, answer)),
            // Nobody waits for it any more.
            None if answer.is_ok() => self.not_heard(&Wire::Answer(number, answer), Lost::Closed),
            None => {}
        }
    }

    /// Whom something comes from; nobody if its link is gone.
    fn sender(&mut self, end: EndId) -> Option<Peer> {
        if self.fx.shared.config.dialling == Dialling::Http {
            let peers = &self.fx.port.peers;
            // Under its own number a twin is nobody's peer.
            let as_twin = || peers.find(self.fx.shared.twins.face(self.fx.source));
            return Some(peers.find(self.fx.source).or_else(as_twin).unwrap_or(Peer::STRANGER));
        }
        self.fx.port.ends.find(end).map(|end| end.peer)
    }

    /// Until when a slow node is at what it took before, if it is.
    fn is_busy_until(&self) -> Option<Time> {
        let pace = self.fx.port.rare()?.pace;
        (pace.busy_until > self.fx.shared.now && self.fx.port.is_up).then_some(pace.busy_until)
    }

    /// What comes meanwhile waits; what came from one sender stays in its order.
    fn postpone(&mut self, batch: (Time, u32), until: Time) {
        while let Some((key, event)) = self.fx.shared.queue.pop_of(batch) {
            self.fx.shared.counters.postponed += 1;
            self.fx.shared.queue.push(Key { time: until, ..key }, event);
        }
    }

    fn take_time(&mut self) {
        let (now, told) = (self.fx.shared.now, self.told);
        if let Some(rare) = self.fx.port.rare_mut().filter(|rare| !rare.pace.by.is_zero()) {
            rare.pace.busy_until = now + rare.pace.by * told;
        }
    }
}
