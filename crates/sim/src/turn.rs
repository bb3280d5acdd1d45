//! One node's turn: a batch of what is due for it, told to its machine, then settled.

use crate::config::Dialling;
use crate::context::Context;
use crate::event::{Connection, Event, Own, Wire};
use rumormill_core::{Gone, Input, LinkId, Peer, Protocol, ReplyTo, Time, Why};

pub(crate) struct Turn<'a, P: Protocol> {
    machine: &'a mut P,
    fx: Context<'a, P>,
    /// Who caused what is being told.
    source: u32,
    has_told: bool,
}

impl<'a, P: Protocol> Turn<'a, P> {
    pub fn new(machine: &'a mut P, fx: Context<'a, P>) -> Turn<'a, P> {
        Turn { machine, fx, source: 0, has_told: false }
    }

    /// Takes all that is due for the node at that time, then lets the machine settle.
    pub fn run(mut self, batch: (Time, u32)) {
        while let Some((key, event)) = self.fx.shared.queue.pop_of(batch) {
            self.take(key.source, event);
        }
        if self.has_told {
            self.fx.next_call();
            self.machine.settle(&mut self.fx);
        }
    }

    fn take(&mut self, source: u32, event: Event<P>) {
        self.source = source;
        let (is_up, life) = (self.fx.port.is_up, self.fx.port.life);
        match event {
            Event::Command(command) if is_up => self.tell(Input::Command(command)),
            Event::Own(owed_to, own) if is_up && owed_to == life => self.own(own),
            Event::Wire(_) if self.fx.port.is_deaf => self.fx.shared.counters.lost += 1,
            Event::Wire(wire) if is_up => self.wire(wire),
            Event::Wire(wire) => self.nobody_home(wire),
            Event::Command(_) | Event::Own(..) => {}
        }
    }

    fn tell(&mut self, input: Input<P>) {
        self.has_told = true;
        self.fx.shared.counters.inputs += 1;
        self.fx.port.trace.input(self.fx.shared.now, self.source, &input);
        self.fx.next_call();
        self.machine.handle(input, &mut self.fx);
    }

    fn own(&mut self, own: Own<P::Token>) {
        match own {
            Own::Start => self.tell(Input::Start),
            Own::Timer(token) => self.tell(Input::Timer(token)),
            Own::DialFailed(token, why) => self.tell(Input::DialFailed(token, why)),
            Own::DialDeadline(connection) => self.dial_failed(connection),
            Own::LinkDown(link, gone) => self.link_down(link, gone),
            Own::LineFree(link) => self.fx.line_free(link),
            Own::RequestFails(number, why) => self.response(number, Err(why)),
            Own::ReplyDeadline(number) => {
                self.fx.answer(ReplyTo(number), Err(Why::Refused));
            }
            Own::Verified(number) => {
                if let Some((token, verdict)) = self.fx.port.exchanges.judge(number) {
                    self.tell(Input::Verified(token, verdict));
                }
            }
            Own::Written => {
                if let Some(token) = self.fx.port.disk.written() {
                    self.tell(Input::Persisted(token, Ok(())));
                }
            }
        }
    }

    fn wire(&mut self, wire: Wire<P::Message>) {
        match wire {
            Wire::Dial(connection) => self.dialled(connection),
            Wire::Accept(connection) => self.accepted(connection),
            Wire::Decline(connection) => self.dial_failed(connection),
            Wire::Close(connection, gone) => {
                if let Some((link, _)) = self.fx.port.ends.find(connection) {
                    self.link_down(link, gone);
                }
            }
            Wire::Message(connection, message) => {
                if let Some(peer) = self.sender(connection) {
                    self.tell(Input::Message(peer, message));
                }
            }
            Wire::Request(connection, number, message) => {
                if let Some(peer) = self.sender(connection) {
                    let to = self.fx.asked(self.source, number);
                    self.tell(Input::Request(peer, to, message));
                }
            }
            Wire::Answer(number, answer) => self.response(number, answer),
        }
    }

    /// We are dead: what can be answered is answered by whoever keeps our address.
    fn nobody_home(&mut self, wire: Wire<P::Message>) {
        let is_http = self.fx.shared.config.dialling == Dialling::Http;
        let answer = match wire {
            Wire::Dial(connection) => Wire::Decline(connection),
            Wire::Accept(connection) if !is_http => {
                Wire::Close(connection, Gone::Failed(Why::Closed))
            }
            Wire::Message(connection, _) | Wire::Request(connection, ..) if is_http => {
                Wire::Close(connection, Gone::Failed(Why::Unreachable))
            }
            _ => return self.fx.shared.counters.stray += 1,
        };
        self.fx.surely(self.source, answer);
    }

    /// Somebody dials us.
    fn dialled(&mut self, connection: Connection) {
        if self.fx.shared.config.dialling == Dialling::Http {
            return self.fx.surely(self.source, Wire::Accept(connection));
        }
        match self.fx.open(connection, self.source) {
            Some((id, peer, link)) => {
                self.fx.accept(id, connection);
                self.tell(Input::LinkUp(id, peer, link, None));
            }
            None => self.fx.surely(self.source, Wire::Decline(connection)),
        }
    }

    /// Our dial is answered; perhaps we have given it up.
    fn accepted(&mut self, connection: Connection) {
        let is_http = self.fx.shared.config.dialling == Dialling::Http;
        let token = self.fx.port.dials.remove(&connection);
        let opened = token.and_then(|_| self.fx.open(connection, self.source));
        match (token, opened) {
            (token, Some((id, peer, link))) => self.tell(Input::LinkUp(id, peer, link, token)),
            (token, None) => {
                if !is_http {
                    self.fx.surely(self.source, Wire::Close(connection, Gone::Left));
                }
                if let Some(token) = token {
                    self.tell(Input::DialFailed(token, Why::Overloaded));
                }
            }
        }
    }

    fn dial_failed(&mut self, connection: Connection) {
        if let Some(token) = self.fx.port.dials.remove(&connection) {
            self.tell(Input::DialFailed(token, Why::Unreachable));
        }
    }

    /// Tells what dies with the link, then that it is down.
    fn link_down(&mut self, link: LinkId, gone: Gone) {
        let Some((peer, lost)) = self.fx.port.ends.wind_up(link) else { return };
        for token in lost {
            self.tell(Input::Lost(peer, token));
        }
        let why = if let Gone::Failed(why) = gone { why } else { Why::Closed };
        for token in self.fx.port.exchanges.close_over(link) {
            self.tell(Input::Response(token, Err(why)));
        }
        self.fx.port.ends.remove(link);
        self.fx.port.peers.link_down(link);
        self.tell(Input::LinkDown(link, peer, gone));
    }

    fn response(&mut self, number: u64, answer: Result<P::Message, Why>) {
        if let Some(token) = self.fx.port.exchanges.close(number) {
            self.tell(Input::Response(token, answer));
        }
    }

    /// Whom something comes from; nobody if its link is gone.
    fn sender(&mut self, connection: Connection) -> Option<Peer> {
        if self.fx.shared.config.dialling == Dialling::Http {
            let name = self.fx.shared.config.name_of(self.source as usize);
            return Some(self.fx.port.peers.find(&name).unwrap_or(Peer::STRANGER));
        }
        let peer = self.fx.port.ends.find(connection).map(|(_, peer)| peer);
        self.fx.shared.counters.stray += u64::from(peer.is_none());
        peer
    }
}
