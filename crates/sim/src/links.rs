//! Links, as each node holds its end of them.

use crate::config::Dialling;
use crate::context::Context;
use crate::event::{Connection, Own, Wire};
use crate::shared::FLOOR;
use rumormill_core::driver::{Frame, Outbox};
use rumormill_core::{
    AddressGroup, Class, Direction, Duration, Gone, Link, LinkId, LinkKind, Message, Peer,
    Protocol, Sent, Time, Why,
};
use std::collections::BTreeMap;

/// A node's ends of its links.
pub(crate) struct Ends<P: Protocol> {
    by_link: BTreeMap<LinkId, End<P>>,
    by_connection: BTreeMap<Connection, LinkId>,
}

/// One end of a link.
pub(crate) struct End<P: Protocol> {
    pub connection: Connection,
    pub peer: Peer,
    pub remote: u32,
    /// May send, and is not closing.
    sends: bool,
    /// The machine will be told that it is down.
    closing: bool,
    /// When the last of what was sent in order arrives.
    arrives: Time,
    /// When the other end has the link too: nothing is asked there before.
    open_there: Time,
    /// What waits, while the link is busy.
    line: Option<Box<Line<P>>>,
}

struct Line<P: Protocol> {
    sending: Frame<P::Message, P::Token>,
    waiting: Outbox<P::Message, P::Token>,
}

impl<P: Protocol> End<P> {
    /// How long what is asked now has to be on its way at least, so that it doesn't overtake the
    /// acceptance of the link that it goes over.
    pub fn opens_there_in(&self, now: Time) -> Duration {
        self.open_there.since(now)
    }
}

impl<P: Protocol> Default for Ends<P> {
    fn default() -> Self {
        Ends { by_link: BTreeMap::new(), by_connection: BTreeMap::new() }
    }
}

impl<P: Protocol> Ends<P> {
    /// The open end of a connection.
    pub fn find(&self, connection: Connection) -> Option<(LinkId, Peer)> {
        let link = *self.by_connection.get(&connection)?;
        self.open(link).map(|end| (link, end.peer))
    }

    /// An end that is not closing.
    pub fn open(&self, link: LinkId) -> Option<&End<P>> {
        self.by_link.get(&link).filter(|end| !end.closing)
    }

    /// The open ends, the oldest first.
    pub fn all(&self) -> impl Iterator<Item = (LinkId, &End<P>)> {
        self.by_link.iter().map(|(link, end)| (*link, end)).filter(|(_, end)| !end.closing)
    }

    /// An end is going down: nothing more goes over it. Gives its peer, and the own publishes that
    /// die with it.
    pub fn wind_up(&mut self, link: LinkId) -> Option<(Peer, Vec<P::Token>)> {
        let end = self.by_link.get_mut(&link)?;
        (end.closing, end.sends) = (true, false);
        let mut lost = Vec::new();
        if let Some(mut line) = end.line.take() {
            let frames = [line.sending].into_iter().chain(line.waiting.drain());
            lost.extend(frames.filter_map(|frame| own(frame.class)));
        }
        Some((end.peer, lost))
    }

    pub fn remove(&mut self, link: LinkId) {
        if let Some(end) = self.by_link.remove(&link) {
            self.by_connection.remove(&end.connection);
        }
    }
}

fn own<T>(class: Class<T>) -> Option<T> {
    if let Class::Own(token) = class { Some(token) } else { None }
}

impl<P: Protocol> Context<'_, P> {
    /// Makes our end of a connection; nothing if no more peers can be numbered.
    pub fn open(&mut self, connection: Connection, remote: u32) -> Option<(LinkId, Peer, Link)> {
        let link = self.link_to(remote, connection.dialler == self.port.node);
        let (id, peer) = self.port.peers.link_up(&link.name, link.sends)?;
        let (sends, now, line) = (link.sends, self.shared.now, None);
        let (closing, arrives, open_there) = (false, now, now);
        let end = End { connection, peer, remote, sends, closing, arrives, open_there, line };
        self.port.ends.by_link.insert(id, end);
        self.port.ends.by_connection.insert(connection, id);
        Some((id, peer, link))
    }

    /// Tells the dialler that its connection is open.
    pub fn accept(&mut self, link: LinkId, connection: Connection) {
        self.in_order(link, Wire::Accept(connection));
        if let Some(end) = self.port.ends.by_link.get_mut(&link) {
            end.open_there = end.arrives;
        }
    }

    fn link_to(&self, remote: u32, dialled: bool) -> Link {
        let config = &self.shared.config;
        let two_way = config.dialling == Dialling::TwoWay;
        Link {
            name: config.name_of(remote as usize),
            address: dialled.then(|| config.address_of(remote as usize)),
            direction: if dialled { Direction::Out } else { Direction::In },
            sends: dialled || two_way,
            receives: !dialled || two_way,
            kind: config.kind,
            group: AddressGroup(u64::from(remote)),
            // Nodes of one simulation are of one version: the newest.
            version: u16::MAX,
        }
    }

    /// The newest link to a peer that may send.
    pub fn route(&self, to: Peer) -> Option<LinkId> {
        let may_send = |link: &LinkId| self.port.ends.open(*link).is_some_and(|end| end.sends);
        let newest = self.port.peers.route(to)?;
        if may_send(&newest) {
            return Some(newest);
        }
        self.port.peers.links(to).into_iter().rev().find(may_send)
    }

    /// Sends over a link of no speed limit.
    pub fn send_at_once(
        &mut self,
        link: LinkId,
        class: Class<P::Token>,
        message: P::Message,
    ) -> Sent {
        if message.wire_len() > self.shared.config.outbox.largest(&class) {
            return self.refuse_large(link, &class);
        }
        self.depart(link, message);
        Sent::Queued
    }

    fn refuse_large(&mut self, link: LinkId, class: &Class<P::Token>) -> Sent {
        if matches!(class, Class::Control) {
            self.close_link(link, Gone::Failed(Why::Slow));
            return Sent::Dropped(Why::Slow);
        }
        Sent::Dropped(Why::TooLarge)
    }

    /// Queues for a link of finite speed. An idle one sends at once.
    pub fn queue_up(&mut self, link: LinkId, class: Class<P::Token>, message: P::Message) -> Sent {
        let limits = self.shared.config.outbox;
        let Some(end) = self.port.ends.by_link.get_mut(&link) else {
            return Sent::Dropped(Why::NotLinked);
        };
        if let Some(line) = &mut end.line {
            let pushed = line.waiting.push(class, message);
            self.shared.counters.evicted += u64::from(pushed.evicted);
            if pushed.slow {
                self.close_link(link, Gone::Failed(Why::Slow));
            }
            return pushed.sent;
        }
        let len = message.wire_len();
        if len > limits.largest(&class) {
            return self.refuse_large(link, &class);
        }
        let (sending, waiting) = (Frame { class, message, len }, Outbox::new(limits));
        end.line = Some(Box::new(Line { sending, waiting }));
        self.occupy(link, len);
        Sent::Queued
    }

    /// The frame on the line has left; the next one takes its place. On a link that is closing it has
    /// not left, and dies with what waits behind it.
    pub fn line_free(&mut self, link: LinkId) {
        let end = self.port.ends.by_link.get_mut(&link).filter(|end| !end.closing);
        let Some(end) = end else { return };
        let Some(mut line) = end.line.take() else { return };
        let Some(next) = line.waiting.pop() else {
            return self.depart(link, line.sending.message);
        };
        let next_len = next.len;
        let left = std::mem::replace(&mut line.sending, next);
        end.line = Some(line);
        self.depart(link, left.message);
        self.occupy(link, next_len);
    }

    fn occupy(&mut self, link: LinkId, len: usize) {
        let takes = self.on_the_line(len);
        self.later(takes, Own::LineFree(link));
    }

    /// How long so many bytes take to leave.
    pub fn on_the_line(&self, len: usize) -> Duration {
        let Some(speed) = self.shared.config.bytes_per_second else { return Duration::ZERO };
        let nanos = len as u128 * 1_000_000_000 / u128::from(speed.max(1));
        Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
    }

    /// A message leaves over a link: in order over a stream, on its own as a datagram.
    fn depart(&mut self, link: LinkId, message: P::Message) {
        self.shared.counters.count_sent(message.kind(), message.wire_len());
        let Some(end) = self.port.ends.by_link.get(&link) else { return };
        let (connection, remote) = (end.connection, end.remote);
        match self.shared.config.kind {
            LinkKind::Stream => self.in_order(link, Wire::Message(connection, message)),
            LinkKind::Datagram => self.as_datagram(remote, Wire::Message(connection, message)),
        }
    }

    /// Transmits over a link so that it doesn't overtake what went before.
    pub fn in_order(&mut self, link: LinkId, wire: Wire<P::Message>) {
        let Some(end) = self.port.ends.by_link.get(&link) else { return };
        let (remote, last) = (end.remote, end.arrives);
        let arrives = last.max(self.shared.now + self.reliably(remote));
        if let Some(end) = self.port.ends.by_link.get_mut(&link) {
            end.arrives = arrives;
        }
        self.transmit(remote, arrives.since(self.shared.now), wire);
    }

    /// Closes a link: nothing more goes over it, and the machine is told in a moment.
    pub fn close_link(&mut self, link: LinkId, gone: Gone) {
        let Some(end) = self.port.ends.open(link) else { return };
        let close = Wire::Close(end.connection, Gone::Left);
        if self.shared.config.dialling != Dialling::Http {
            self.in_order(link, close);
        }
        if let Some(end) = self.port.ends.by_link.get_mut(&link) {
            (end.closing, end.sends) = (true, false);
        }
        self.later(FLOOR, Own::LinkDown(link, gone));
    }
}
