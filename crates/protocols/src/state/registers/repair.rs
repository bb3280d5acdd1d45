//! Comparing what we know with others: the exchanges of registers.

use super::delta::Budget;
use super::exchange::Step;
use super::message::{Delta, Exchange, News, RegistersMessage, Summary};
use super::{Fx, OWN_CLAIM_MAX, Registers, RegistersToken, Summed};
use crate::VERSION_MAX;
use crate::parts::digest::{Digest, Range};
use crate::planes::StateEvent;
use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::time::Duration;
use rumormill_core::{Name, Peer, ReplyTo, Why};

/// The most that is told unasked, in bytes: with a digest beside it, it must fit in what transports
/// take as a question. What is larger is asked for.
const PUSH_BYTES_MAX: usize = 512 << 10;

/// What an exchange came to.
struct Outcome {
    /// How many updates were new to us.
    learned: usize,
    /// Whether there is more where that came from.
    again: bool,
}

impl Registers {
    pub(super) fn on_peer_up(&mut self, peer: Peer, version: u16, fx: Fx<'_>) {
        self.exchanges.up(peer, version);
        self.meet(fx);
    }

    pub(super) fn on_tick(&mut self, fx: Fx<'_>) {
        let Some(interval) = self.config.sync_interval else { return };
        let next = fx.rng().jitter(interval, 0.1);
        fx.set_timer(next, RegistersToken::Tick);
        if !self.denied.is_empty() {
            self.remove_denied(fx);
        }
        let now = fx.now();
        if let Some(peer) = self.exchanges.choose(now, interval, fx.rng()) {
            self.start(peer, fx);
        }
    }

    /// Exchanges with who came up.
    fn meet(&mut self, fx: Fx<'_>) {
        let Some(interval) = self.config.sync_interval else { return };
        if let Some(peer) = self.exchanges.newcomer(fx.now(), interval) {
            self.start(peer, fx);
        }
    }

    /// Asks a peer what it has that we don't, or first whether there is anything.
    fn start(&mut self, peer: Peer, fx: Fx<'_>) {
        if !self.exchanges.knows_summaries(peer) {
            let digest = RegistersMessage::Digest(Arc::new(self.digest()));
            return self.ask(peer, Step::Plain, digest, fx);
        }
        let (hash, after) = (self.summary(), self.exchanges.after(peer));
        self.ask(peer, Step::Summary, RegistersMessage::Summary(Summary { hash, after }), fx);
    }

    fn ask(&mut self, peer: Peer, step: Step, message: RegistersMessage, fx: Fx<'_>) {
        let number = self.exchanges.begin(peer, step, fx.now());
        fx.request(peer, message, RegistersToken::Sync(number));
    }

    /// All that we know, in brief. Of ourselves it says what nobody needs to tell us.
    pub fn digest(&self) -> Digest {
        self.page(Range::default(), usize::MAX)
    }

    fn page(&self, range: Range, bytes_max: usize) -> Digest {
        self.table.digest(range, self.own_said(), bytes_max)
    }

    /// What we can teach: of ourselves what was published, and nothing of what is claimed.
    fn teachable(&self, range: Range, bytes_max: usize) -> Digest {
        let published = self.table.own_latest().map_or(0, |(version, _)| version);
        self.table.digest(range, published, bytes_max)
    }

    /// All that we know, in one number. It is asked for far more often than it changes.
    fn summary(&mut self) -> u64 {
        let change = self.table.changes();
        if self.summed.change != change {
            let hash = self.teachable(Range::default(), usize::MAX).hash();
            self.summed = Summed { change, hash };
        }
        self.summed.hash
    }

    pub(super) fn on_request(
        &mut self,
        from: Peer,
        reply: ReplyTo,
        message: RegistersMessage,
        fx: Fx<'_>,
    ) {
        let answer = match message {
            RegistersMessage::Summary(summary) => Ok(self.compare(summary)),
            RegistersMessage::Digest(known) => return self.on_digest(from, reply, &known, fx),
            RegistersMessage::Exchange(exchange) => Ok(self.on_exchange(*exchange, from, fx)),
            RegistersMessage::Same | RegistersMessage::Delta(_) => Err(Why::Malformed),
        };
        fx.reply(reply, answer);
    }

    fn compare(&mut self, Summary { hash, after }: Summary) -> RegistersMessage {
        if hash == self.summary() {
            return RegistersMessage::Same;
        }
        let page = self.teachable(Range::after(after), self.config.digest_bytes_max);
        RegistersMessage::Digest(Arc::new(page))
    }

    /// What is beyond a digest, within what its owner wants and what we may.
    fn tell(&mut self, known: &Digest, wanted: usize, fx: Fx<'_>) -> RegistersMessage {
        let budget = Budget { wanted, most: self.config.delta_bytes_max };
        RegistersMessage::Delta(Box::new(self.table.delta(known, budget, fx.now())))
    }

    fn on_exchange(&mut self, exchange: Exchange, from: Peer, fx: Fx<'_>) -> RegistersMessage {
        match self.exchanges.is_up(from) {
            true => self.absorb(exchange.delta, from, fx),
            false => self.hear(exchange.delta, from, fx),
        };
        match &exchange.digest {
            Some(known) => self.tell(known, exchange.budget, fx),
            None => RegistersMessage::Delta(Box::default()),
        }
    }

    /// Tells who knows no summaries what is beyond its digest, and asks it back if it knows more.
    fn on_digest(&mut self, from: Peer, reply: ReplyTo, known: &Digest, fx: Fx<'_>) {
        let delta = self.tell(known, usize::MAX, fx);
        fx.reply(reply, Ok(delta));
        let Some(interval) = self.config.sync_interval else { return };
        if self.exchanges.is_up(from)
            // A digest is no proof: what is claimed above that is rather a lie than news.
            && self.is_behind(known, OWN_CLAIM_MAX)
            && self.exchanges.may_ask_back(fx.now(), interval)
        {
            self.start(from, fx);
        }
    }

    /// Whether the owner of that digest could teach us something, of what it claims up to a version.
    fn is_behind(&self, theirs: &Digest, claims_max: u64) -> bool {
        let origins = theirs.known.keys().chain(theirs.held.keys());
        let mut said = origins
            .filter(|origin| theirs.range.contains(origin) && theirs.latest(origin) <= claims_max);
        said.any(|origin| match self.standing(origin) {
            Some((complete, seen)) => {
                theirs.latest(origin) > seen || theirs.version(origin) > complete
            }
            None => true,
        })
    }

    /// Up to where nothing of an origin is missing to us, and the latest version that we hold; as our
    /// digest says it.
    fn standing(&self, origin: &Name) -> Option<(u64, u64)> {
        if *origin == self.name {
            return Some((self.own_said(), self.own_said()));
        }
        self.table.origins.get(origin).map(|origin| (origin.complete, origin.seen()))
    }

    /// What we say of ourselves, so that nobody tells us what we need not hear.
    fn own_said(&self) -> u64 {
        if self.forged { VERSION_MAX } else { self.version.last() }
    }

    pub(super) fn on_response(
        &mut self,
        number: u32,
        answer: Result<RegistersMessage, Why>,
        fx: Fx<'_>,
    ) {
        let Some(open) = self.exchanges.take(number) else { return };
        let now = fx.now();
        if answer.is_ok() {
            let patience = self.patience();
            self.exchanges.answered(&open, now, patience, self.config.delta_bytes_max);
        }
        match (open.step, answer) {
            (Step::Summary, Ok(RegistersMessage::Same)) => {
                self.exchanges.turn_page(open.peer, None);
                self.counts.same += 1;
                self.finish(open.peer, Outcome { learned: 0, again: false }, fx);
            }
            (Step::Summary, Ok(RegistersMessage::Digest(theirs))) => {
                match self.exchanges.is_next(open.peer, &theirs.range) {
                    true => self.on_page(open.peer, &theirs, fx),
                    false => self.fail(open.peer, Why::Malformed, fx),
                }
            }
            (Step::Summary, Err(Why::Unsupported)) => {
                self.exchanges.downgrade(open.peer);
                self.start(open.peer, fx);
            }
            (Step::Exchange { asked, theirs, upto, more }, Ok(RegistersMessage::Delta(delta))) => {
                self.counts.unproved += u64::from(asked && delta.is_empty());
                self.on_exchanged(open.peer, (theirs, upto, more), *delta, fx);
            }
            (Step::Plain, Ok(RegistersMessage::Delta(delta))) => {
                let (learned, keeps) = self.absorb_all(*delta, open.peer, fx);
                self.finish(open.peer, Outcome { learned, again: keeps && learned > 0 }, fx);
            }
            (_, Ok(_)) => self.fail(open.peer, Why::Malformed, fx),
            (_, Err(why)) => self.fail(open.peer, why, fx),
        }
    }

    /// How long a peer may take to count as fast.
    fn patience(&self) -> Duration {
        self.config.sync_interval.unwrap_or_default().max(Duration::from_millis(100))
    }

    /// A page of what the other knows: tells what it lacks of that, and asks for what we lack.
    fn on_page(&mut self, peer: Peer, theirs: &Digest, fx: Fx<'_>) {
        let wanted = self.exchanges.budget(peer);
        let most = PUSH_BYTES_MAX.min(self.config.delta_bytes_max);
        let delta = self.table.delta(theirs, Budget { wanted, most }, fx.now());
        let behind = self.is_behind(theirs, VERSION_MAX);
        if delta.is_empty() && !behind {
            return self.on_same_page(peer, theirs, fx);
        }
        let ours = behind.then(|| self.page(theirs.range.clone(), self.config.digest_bytes_max));
        let step = Step::Exchange {
            asked: behind,
            theirs: theirs.hash(),
            upto: least(&theirs.range, ours.as_ref().map(|ours| &ours.range)),
            more: delta.more,
        };
        let exchange = Exchange { delta, digest: ours, budget: wanted };
        self.ask(peer, step, RegistersMessage::Exchange(Box::new(exchange)), fx);
    }

    /// Nothing can be told either way about this page: on to the next one, if there is one.
    fn on_same_page(&mut self, peer: Peer, theirs: &Digest, fx: Fx<'_>) {
        let next = theirs.range.upto.clone();
        let again = next.is_some();
        self.exchanges.turn_page(peer, next);
        self.finish(peer, Outcome { learned: 0, again }, fx);
    }

    /// Goes on with the same page while there is more of it and that helps, then with the next one.
    fn on_exchanged(
        &mut self,
        peer: Peer,
        (theirs, upto, told_more): (u64, Option<Name>, bool),
        delta: Delta,
        fx: Fx<'_>,
    ) {
        let more = told_more || delta.more;
        let (learned, keeps) = self.absorb_all(delta, peer, fx);
        let compared = theirs ^ self.summary();
        let helped = self.exchanges.is_other(peer, compared);
        let again = keeps && helped && (more || upto.is_some());
        if !(more && helped) {
            self.exchanges.turn_page(peer, upto);
        }
        self.finish(peer, Outcome { learned, again }, fx);
    }

    /// As [`absorb`](Self::absorb); says too whether the table keeps what it learns: one that overflows
    /// would learn the same for ever.
    fn absorb_all(&mut self, delta: Delta, from: Peer, fx: Fx<'_>) -> (usize, bool) {
        let evicted = self.table.evicted();
        let learned = self.absorb(delta, from, fx);
        (learned, self.table.evicted() == evicted)
    }

    fn finish(&mut self, peer: Peer, Outcome { learned, again }: Outcome, fx: Fx<'_>) {
        fx.emit(StateEvent::Synced(peer, Ok(learned)));
        self.counts.synced += 1;
        if !self.ready {
            self.on_ready(fx);
        }
        match self.exchanges.may_go_on(peer, again) && self.config.sync_interval.is_some() {
            true => self.start(peer, fx),
            false => self.meet(fx),
        }
    }

    fn fail(&mut self, peer: Peer, why: Why, fx: Fx<'_>) {
        let (now, interval) = (fx.now(), self.config.sync_interval.unwrap_or_default());
        self.exchanges.failed(peer, now, interval, fx.rng());
        self.counts.sync_failures += 1;
        fx.emit(StateEvent::Synced(peer, Err(why)));
        // The next one may know what this one could not say.
        self.meet(fx);
    }

    /// Whether a delta may be relied on for an origin: not while that is told anew by others.
    fn tells_anew(&self, origin: &Name, anew: &BTreeMap<Name, u64>) -> bool {
        anew.get(origin).copied().unwrap_or(0) >= self.table.told_anew(origin)
    }

    fn put(&mut self, news: News, anew: &BTreeMap<Name, u64>, from: Peer, fx: Fx<'_>) -> bool {
        if !self.tells_anew(&news.rumor.origin, anew) {
            return self.table.put(news, from, fx.now());
        }
        self.table.confirm(&news.rumor);
        self.table.put_anew(news, from, fx.now())
    }

    /// What somebody tells unasked whom we would not ask is taken like a broadcast, update by update: it
    /// vouches for nothing, and nothing is gone because it is not told.
    fn hear(&mut self, delta: Delta, from: Peer, fx: Fx<'_>) -> usize {
        let complete = Some(BTreeMap::new());
        let all: Vec<(Name, u64)> = (delta.news.iter())
            .map(|news| (news.rumor.origin.clone(), news.rumor.version))
            .collect();
        let learned =
            self.absorb(Delta { news: delta.news, complete, ..Delta::default() }, from, fx);
        for (origin, version) in all {
            let gone = self.table.follows(&origin, version);
            self.tell_expired(gone, fx);
        }
        learned
    }

    /// Takes a delta in; says how much of it was new.
    fn absorb(&mut self, delta: Delta, from: Peer, fx: Fx<'_>) -> usize {
        let mut learned = 0;
        delta.anew.iter().for_each(|(origin, upto)| self.table.doubt(origin, *upto));
        let all = delta.complete.is_none();
        let mut vouched = delta.complete.unwrap_or_default();
        for news in delta.news {
            let rumor = news.rumor.clone();
            if rumor.origin == self.name {
                self.hear_of_ourselves(&rumor, from, fx);
                continue;
            }
            if all {
                let upto = vouched.entry(rumor.origin.clone()).or_default();
                upto.upto = rumor.version.max(upto.upto);
            }
            if self.put(news, &delta.anew, from, fx) {
                learned += 1;
                self.counts.repaired += 1;
                fx.emit(StateEvent::Reconciled(rumor.clone(), from));
                fx.emit(StateEvent::Learned(rumor, from));
            }
        }
        delta.anew.keys().for_each(|origin| self.table.drop_if_empty(origin));
        for (origin, upto) in vouched {
            if !self.tells_anew(&origin, &delta.anew) {
                continue;
            }
            let gone = self.table.complete_to(&origin, upto);
            self.tell_expired(gone, fx);
        }
        self.watch_time(fx);
        learned
    }
}

/// The last origin of a page that both digests speak of; none is the end.
fn least(theirs: &Range, ours: Option<&Range>) -> Option<Name> {
    let upto = |range: Option<&Range>| range.and_then(|range| range.upto.clone());
    match (upto(Some(theirs)), upto(ours)) {
        (Some(theirs), Some(ours)) => Some(theirs.min(ours)),
        (theirs, ours) => theirs.or(ours),
    }
}
