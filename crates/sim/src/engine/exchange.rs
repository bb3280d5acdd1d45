//! Requests, answers and verdicts under way.

use super::betrayal::Outgoing;
use super::context::Context;
use super::event::{EndId, Event, Own, Wire};
use crate::model::{Fate, LossState};
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

/// Where an exchange goes.
#[derive(Clone, Copy)]
struct Path {
    to: u32,
    /// How long it is on its way at least, so that it doesn't overtake its link's acceptance.
    least: Duration,
}

impl<P: Protocol> Context<'_, P> {
    /// Asks. Exchanges go beside the link's queue: they take their time on the line but no turn.
    pub fn ask(&mut self, to: Peer, message: P::Message, token: P::Token) {
        let route = self.port.peers.route(to);
        let end = route.and_then(|slot| self.port.ends.open(slot));
        let found = end.map(|end| (end.link, end.there(), end.remote, end.open_there));
        let over = found.map(|(link, ..)| link);
        let number = self.port.needs().exchanges.ours.put((token, over));
        let Some((_, there, to, open_there)) = found else {
            return self.soon(Own::RequestFails(number, Why::NotLinked));
        };
        self.later(self.shared.config.request_deadline, Own::RequestFails(number, Why::TimedOut));
        let path = Path { to, least: open_there.since(self.shared.now) };
        self.send_request(path, (there, number), message);
    }

    fn send_request(&mut self, path: Path, (end, number): (EndId, u64), message: P::Message) {
        let Some(message) = self.honestly(path.to, message) else { return };
        let len = self.leaves(path.to, &message);
        match self.recode(message) {
            Ok(message) => self.beside(path, len, Wire::Request(end, number, message)),
            Err(why) => self.soon(Own::RequestFails(number, why)),
        }
    }

    /// Takes a request of another node's; it is refused when the machine leaves it unanswered.
    pub fn asked(&mut self, asker: u32, number: u64) -> ReplyTo {
        let here = self.port.needs().exchanges.theirs.put((asker, number));
        let deadline = self.shared.config.request_deadline / 2;
        self.later(deadline, Own::ReplyDeadline(here));
        ReplyTo(here)
    }

    /// Answers, unless it was answered before.
    pub fn answer(&mut self, to: ReplyTo, answer: Result<P::Message, Why>) {
        let Some((asker, number)) = self.port.needs().exchanges.theirs.take(to.0) else { return };
        let Some(answer) = self.honest_answer(asker, answer) else { return };
        let len = answer.as_ref().map_or(0, |message| self.leaves(asker, message));
        let answer = answer.and_then(|message| self.recode(message));
        let path = Path { to: asker, least: Duration::ZERO };
        self.beside(path, len, Wire::Answer(number, answer));
    }

    /// What is really asked or answered; nothing if a hostile node keeps it back. Then its machine waits
    /// until it is too late.
    fn honestly(&mut self, to: u32, message: P::Message) -> Option<P::Message> {
        match self.port.betrays {
            false => Some(message),
            true => self.betrayed(Outgoing { to, is_forward: false }, message),
        }
    }

    fn honest_answer(
        &mut self,
        asker: u32,
        answer: Result<P::Message, Why>,
    ) -> Option<Result<P::Message, Why>> {
        match answer {
            Ok(message) => self.honestly(asker, message).map(Ok),
            Err(_) if self.port.betrays && self.keeps_refusal(asker) => None,
            Err(why) => Some(Err(why)),
        }
    }

    pub fn check(&mut self, job: Verify, token: P::Token) {
        let number = self.port.needs().exchanges.verdicts.put((token, job));
        self.later(self.shared.config.verify, Own::Verified(number));
    }

    /// An exchange's message leaves us; gives its length.
    fn leaves(&mut self, to: u32, message: &P::Message) -> usize {
        let len = message.wire_len();
        self.count_sent(to, message, len);
        len
    }

    fn beside(&mut self, path: Path, len: usize, wire: Wire<P::Message>) {
        let takes = self.on_the_line(len);
        let mut state = LossState::default();
        let verdict = match self.shared.config.kind {
            LinkKind::Stream => self.judge_stream((path.to, len), &mut state),
            LinkKind::Datagram => self.judge((path.to, len), &mut state),
        };
        match verdict.fate {
            Fate::Arrives => {
                let delay = (takes + verdict.delay).max(path.least);
                self.schedule(path.to, delay, Event::Wire(wire));
            }
            Fate::Lost(why) => self.is_lost(path.to, &wire, why),
        }
    }
}
