//! Requests, answers and verdicts under way.

use crate::context::Context;
use crate::event::{Own, Wire};
use rumormill_core::driver::Pending;
use rumormill_core::{
    Duration, LinkId, LinkKind, Message, Peer, Protocol, ReplyTo, Verdict, Verify, Why,
};

/// What a node has asked and been asked.
pub(crate) struct Exchanges<T> {
    /// Requests of ours, and the links they went over.
    ours: Pending<(T, Option<LinkId>)>,
    /// Requests to us: who asked, and under which number of theirs.
    theirs: Pending<(u32, u64)>,
    verdicts: Pending<(T, Verify)>,
}

impl<T> Default for Exchanges<T> {
    fn default() -> Self {
        let (ours, theirs, verdicts) = Default::default();
        Exchanges { ours, theirs, verdicts }
    }
}

impl<T: Copy + Eq> Exchanges<T> {
    /// Our request is answered, or comes to nothing; gives its token once.
    pub fn close(&mut self, number: u64) -> Option<T> {
        self.ours.take(number).map(|(token, _)| token)
    }

    /// The tokens of what was asked over a link, the oldest first.
    pub fn close_over(&mut self, link: LinkId) -> Vec<T> {
        let over = self.ours.take_where(|(_, over)| *over == Some(link));
        over.into_iter().map(|(_, (token, _))| token).collect()
    }

    /// The verdict on a job, unless it was cancelled: only now is it judged.
    pub fn judge(&mut self, number: u64) -> Option<(T, Verdict)> {
        self.verdicts
            .take(number)
            .map(|(token, job)| (token, rumormill_wire::verify::judge_one(&job)))
    }

    pub fn cancel(&mut self, token: T) {
        self.ours.take_where(|(other, _)| *other == token);
        self.verdicts.take_where(|(other, _)| *other == token);
    }

    /// Forgets all; numbers go on.
    pub fn forget(&mut self) {
        self.ours.take_where(|_| true);
        self.theirs.take_where(|_| true);
        self.verdicts.take_where(|_| true);
    }
}

impl<P: Protocol> Context<'_, P> {
    /// Asks. Exchanges go beside the link's queue: they take their time on the line but no turn.
    pub fn ask(&mut self, to: Peer, message: P::Message, token: P::Token) {
        let route = self.route(to);
        let number = self.port.exchanges.ours.put((token, route));
        let Some(end) = route.and_then(|link| self.port.ends.open(link)) else {
            return self.soon(Own::RequestFails(number, Why::NotLinked));
        };
        let (connection, remote) = (end.connection, end.remote);
        let least = end.opens_there_in(self.shared.now);
        let deadline = self.shared.config.request_deadline;
        self.later(deadline, Own::RequestFails(number, Why::TimedOut));
        self.beside(remote, least, Wire::Request(connection, number, message));
    }

    /// Takes a request of another node's; it is refused when the machine leaves it unanswered.
    pub fn asked(&mut self, asker: u32, number: u64) -> ReplyTo {
        let here = self.port.exchanges.theirs.put((asker, number));
        let deadline = self.shared.config.request_deadline / 2;
        self.later(deadline, Own::ReplyDeadline(here));
        ReplyTo(here)
    }

    /// Answers, unless it was answered before.
    pub fn answer(&mut self, to: ReplyTo, answer: Result<P::Message, Why>) {
        if let Some((asker, number)) = self.port.exchanges.theirs.take(to.0) {
            self.beside(asker, Duration::ZERO, Wire::Answer(number, answer));
        }
    }

    pub fn check(&mut self, job: Verify, token: P::Token) {
        let number = self.port.exchanges.verdicts.put((token, job));
        self.later(self.shared.config.verify, Own::Verified(number));
    }

    fn beside(&mut self, remote: u32, least: Duration, wire: Wire<P::Message>) {
        let mut takes = Default::default();
        if let Wire::Request(_, _, message) | Wire::Answer(_, Ok(message)) = &wire {
            takes = self.on_the_line(message.wire_len());
            self.shared.counters.count_sent(message.kind(), message.wire_len());
        }
        let delay = match self.shared.config.kind {
            LinkKind::Stream => Some(self.reliably(remote)),
            LinkKind::Datagram => self.at_risk(remote),
        };
        if let Some(delay) = delay {
            self.transmit(remote, (takes + delay).max(least), wire);
        }
    }
}
