//! Flooding: whoever hears something new tells everybody it knows.
//!
//! Source: the favourite-books network (`docs/protocols/flood.md`). A rumor carries a time to live
//! (hops left) and an id; a node forwards what it hears for the first time, to all its peers or to a
//! few random ones, except to those that it had it from and to the origin.
//!
//! ```text
//!      publish             first copy            second copy
//!   A ─────────► B   B ─────────► C, D     C ─────────► D
//!    ttl 8             ttl 7                 ttl 6, D: duplicate, stop
//! ```
//!
//! Flood knows ids, not versions: two rumors of one origin that arrive out of order are both
//! delivered. A first copy waits in `pending` while the layer above judges it
//! ([`Arrived`](BroadcastEvent::Arrived) → [`Judge`](BroadcastCommand::Judge)); only the verdict puts
//! its id into the seen cache, so what was rejected doesn't stand in the way of a good copy. Peers
//! that send a copy meanwhile need none from us.
//!
//! Each rumor costs every node about as many copies as it has peers, which is quadratic in a full
//! mesh: bound the neighbours in discovery, or choose [`Fanout::Random`].
//!
//! *Not promised:* delivery. A lost message, or an unlucky draw of random peers, leaves holes, which
//! the state plane repairs for registers. And no authenticity: whoever can reach a node can forge.

mod bounds;
mod config;
mod message;
#[cfg(test)]
mod tests;

pub use config::{Fanout, FloodConfig};
pub use message::FloodMessage;

use crate::parts::own_version::OwnVersion;
use crate::planes::{BroadcastCommand, BroadcastEvent};
use crate::{Life, Rumor, RumorId, Subject};
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;
use rumormill_core::bounded::{FairMap, FairQueue, HashSeed, Seen};
use rumormill_core::planted::{Bug, is_planted};
use rumormill_core::{
    Bytes, Cell, CellsView, Class, Effects, Fingerprint, Input, Name, Peer, PeerMap, Protocol,
    Tally, Time, Verdict, Why,
};

/// The durable cell of the version counter.
const VERSION: Cell = Cell::new(1);

/// What an answer belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FloodToken {
    /// A queued publish: by its number among our own.
    Own(u32),
    /// The write of the version counter.
    Version,
    /// The next try of that write.
    Retry,
}

/// A flooding node. See the [module](self).
#[derive(Clone, Debug)]
pub struct Flood {
    config: FloodConfig,
    own: Name,
    version: OwnVersion,
    /// Who is up, under what name: an origin is not told its own rumor.
    peers: PeerMap<Name>,
    seen: Seen<RumorId>,
    /// The latest arrival, which is mostly judged before anything else happens. What isn't by the end
    /// of the batch goes to `pending`, whose tables are not needed till then.
    fresh: Option<Pending>,
    pending: FairMap<RumorId, Pending>,
    recent: FairQueue<FloodMessage>,
    counts: FloodCounts,
    /// Publishes of topics that wait for a durable version.
    waiting: VecDeque<(u64, Arc<str>, Bytes)>,
    /// Our latest publishes, by number: what a `Lost` is about.
    published: VecDeque<(u32, RumorId)>,
    publishes: u32,
}

/// A rumor that waits for its verdict.
#[derive(Clone, Debug)]
struct Pending {
    rumor: Arc<Rumor>,
    ttl: u8,
    /// Who sent the first copy.
    from: Peer,
    /// Who sent others; they need none either.
    others: Vec<Peer>,
}

impl Pending {
    fn is_from(&self, peer: Peer) -> bool {
        self.from == peer || self.others.contains(&peer)
    }
}

/// What a flooding node counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FloodCounts {
    /// Rumors heard for the first time.
    pub arrived: u64,
    /// Copies of known ones.
    pub duplicates: u64,
}

/// How many publishes may wait for a durable version.
const WAITING_MAX: usize = 64;

/// How many of our own publishes are remembered by number.
const PUBLISHED_MAX: usize = 1024;

/// How many senders of one pending rumor are remembered.
const SENDERS_MAX: usize = 64;

impl Flood {
    /// A node called `own`, with what it stored before.
    pub fn new(config: FloodConfig, own: Name, seed: HashSeed, cells: CellsView<'_>) -> Flood {
        Flood {
            version: OwnVersion::restore(cells, VERSION),
            seen: Seen::new(config.seen_limits(), seed),
            fresh: None,
            pending: FairMap::new(config.pending_limits(), seed),
            recent: FairQueue::new(config.recent_limits()),
            peers: PeerMap::default(),
            counts: FloodCounts::default(),
            waiting: VecDeque::new(),
            published: VecDeque::new(),
            publishes: 0,
            config,
            own,
        }
    }

    /// The latest messages as they were heard or published, the newest first.
    pub fn recent(&self) -> impl Iterator<Item = &FloodMessage> + '_ {
        self.recent.oldest_first().rev()
    }

    /// What it counted since it was made.
    pub fn counts(&self) -> FloodCounts {
        self.counts
    }

    /// How many ids the seen cache holds.
    pub fn seen_len(&self) -> usize {
        self.seen.len()
    }

    fn on_publish(&mut self, topic: Arc<str>, payload: Bytes, ticket: u64, fx: Fx<'_>) {
        if self.waiting.len() == WAITING_MAX {
            return fx.emit(BroadcastEvent::PublishRefused { ticket, why: Why::Overloaded });
        }
        self.waiting.push_back((ticket, topic, payload));
        self.publish_waiting(fx);
    }

    fn publish_waiting(&mut self, fx: Fx<'_>) {
        self.reserve_versions(fx);
        while !self.waiting.is_empty()
            && let Some(version) = self.version.take()
            && let Some((ticket, topic, payload)) = self.waiting.pop_front()
        {
            let (id, origin) = (RumorId::random(fx.rng()), self.own.clone());
            let subject = Subject::Topic(topic);
            let rumor =
                Arc::new(Rumor { id, origin, version, subject, payload, life: Life::Lasting });
            let tally = self.spread(rumor, fx);
            fx.emit(BroadcastEvent::Published { ticket, id, tally });
        }
    }

    /// Durable versions are only needed by those who publish topics.
    fn reserve_versions(&mut self, fx: Fx<'_>) {
        if !self.waiting.is_empty()
            && let Some(bytes) = self.version.to_persist()
        {
            fx.persist(VERSION, bytes, FloodToken::Version);
        }
    }

    /// Sends a rumor of our own on its way.
    fn spread(&mut self, rumor: Arc<Rumor>, fx: Fx<'_>) -> Tally {
        self.publishes = self.publishes.wrapping_add(1);
        if self.published.len() == PUBLISHED_MAX {
            self.published.pop_front();
        }
        self.published.push_back((self.publishes, rumor.id));
        self.seen.insert(Peer::STRANGER, rumor.id, fx.now());
        let targets = self.targets(&rumor, |_| false, fx);
        let message = FloodMessage { rumor, ttl: self.config.ttl };
        self.remember(&message, Peer::STRANGER, fx);
        fx.send_all(&targets, Class::Own(FloodToken::Own(self.publishes)), message)
    }

    fn on_message(&mut self, from: Peer, message: FloodMessage, fx: Fx<'_>) {
        let FloodMessage { rumor, ttl } = message;
        if self.seen.contains(&rumor.id, fx.now()) {
            return self.on_duplicate(rumor.id, from, fx);
        }
        if let Some(pending) = self.waiting_for(rumor.id) {
            if pending.others.len() < SENDERS_MAX && !pending.is_from(from) {
                pending.others.push(from);
            }
            return self.on_duplicate(rumor.id, from, fx);
        }
        if rumor.kept_len() > self.config.pending_limits().bytes {
            return;
        }
        self.lay_by(fx.now());
        let ttl = ttl.min(self.config.ttl);
        self.fresh = Some(Pending { rumor: rumor.clone(), ttl, from, others: Vec::new() });
        self.counts.arrived += 1;
        fx.emit(BroadcastEvent::Arrived(rumor, from));
    }

    /// The rumor of that id that waits for its verdict.
    fn waiting_for(&mut self, id: RumorId) -> Option<&mut Pending> {
        match &mut self.fresh {
            Some(fresh) if fresh.rumor.id == id => self.fresh.as_mut(),
            _ => self.pending.get_mut(&id),
        }
    }

    /// The latest arrival was not judged at once: it waits with the others.
    fn lay_by(&mut self, now: Time) {
        if let Some(fresh) = self.fresh.take() {
            let (from, bytes) = (fresh.from, fresh.rumor.kept_len());
            self.pending.insert(from, (fresh.rumor.id, fresh), bytes, now, |_, _| ());
        }
    }

    fn take_waiting(&mut self, id: RumorId) -> Option<Pending> {
        let fresh = self.fresh.take_if(|fresh| fresh.rumor.id == id);
        fresh.or_else(|| self.pending.remove(&id))
    }

    fn on_duplicate(&mut self, id: RumorId, from: Peer, fx: Fx<'_>) {
        self.counts.duplicates += 1;
        fx.emit(BroadcastEvent::Duplicate(id, from));
    }

    fn on_judge(&mut self, id: RumorId, verdict: Verdict, fx: Fx<'_>) {
        let Some(waited) = self.take_waiting(id) else { return };
        if verdict == Verdict::Reject {
            return;
        }
        if !(is_planted(Bug::SeenForgets) && waited.others.is_empty()) {
            self.seen.insert(waited.from, id, fx.now());
        }
        let Pending { rumor, ttl, from, .. } = &waited;
        self.remember(&FloodMessage { rumor: rumor.clone(), ttl: *ttl }, *from, fx);
        if verdict == Verdict::Accept && *ttl > 0 {
            let targets = self.targets(rumor, |peer| waited.is_from(peer), fx);
            let left = if is_planted(Bug::TtlStays) { *ttl } else { ttl - 1 };
            let message = FloodMessage { rumor: rumor.clone(), ttl: left };
            fx.send_all(&targets, Class::Forward, message);
        }
    }

    /// Repair brought it: it is remembered like any other, but spreads by repair, not by us.
    fn on_seen(&mut self, rumor: Arc<Rumor>, from: Peer, fx: Fx<'_>) {
        self.take_waiting(rumor.id);
        if self.seen.insert(from, rumor.id, fx.now()) {
            self.remember(&FloodMessage { rumor, ttl: 0 }, from, fx);
        }
    }

    fn remember(&mut self, message: &FloodMessage, from: Peer, fx: Fx<'_>) {
        self.recent.push(from, message.clone(), message.rumor.kept_len(), fx.now(), drop);
    }

    /// Whom to tell: all, or some at random, but not the origin and not who told us.
    fn targets(&self, rumor: &Rumor, knows: impl Fn(Peer) -> bool, fx: Fx<'_>) -> Vec<Peer> {
        let wanted =
            |(peer, name): (Peer, &Name)| (*name != rumor.origin && !knows(peer)).then_some(peer);
        let mut targets = Vec::with_capacity(self.peers.len());
        targets.extend(self.peers.iter().filter_map(wanted));
        if is_planted(Bug::LastTargetForgotten) && targets.len() > 1 {
            targets.pop();
        }
        if let Fanout::Random(count) = self.config.fanout {
            let count = count.get() as usize;
            if targets.len() > count {
                fx.rng().sample(&mut targets, count);
                targets.truncate(count);
            }
        }
        targets
    }

    fn on_lost(&mut self, peer: Peer, number: u32, fx: Fx<'_>) {
        if let Some((_, id)) = self.published.iter().find(|(own, _)| *own == number) {
            fx.emit(BroadcastEvent::Lost(*id, peer));
        }
    }

    fn on_persisted(&mut self, done: bool, fx: Fx<'_>) {
        self.version.persisted(done);
        if done {
            self.publish_waiting(fx);
        } else {
            fx.set_timer(self.config.retry_interval, FloodToken::Retry);
        }
    }

    fn on_command(&mut self, command: BroadcastCommand, fx: Fx<'_>) {
        match command {
            BroadcastCommand::Publish { topic, payload, ticket } => {
                self.on_publish(topic, payload, ticket, fx);
            }
            BroadcastCommand::Spread(rumor) => drop(self.spread(rumor, fx)),
            BroadcastCommand::Judge(id, verdict) => self.on_judge(id, verdict, fx),
            BroadcastCommand::Seen(rumor, from) => self.on_seen(rumor, from, fx),
        }
    }
}

type Fx<'a> = &'a mut dyn Effects<Flood>;

impl Protocol for Flood {
    type Message = FloodMessage;
    type Token = FloodToken;
    type Command = BroadcastCommand;
    type Event = BroadcastEvent;

    fn handle(&mut self, input: Input<Self>, fx: &mut dyn Effects<Self>) {
        match input {
            Input::PeerUp(peer, link) => drop(self.peers.insert(peer, link.name)),
            Input::PeerDown(peer, _) => drop(self.peers.remove(peer)),
            Input::Message(from, message) => self.on_message(from, message, fx),
            Input::Request(_, reply, _) => fx.reply(reply, Err(Why::Unsupported)),
            Input::Command(command) => self.on_command(command, fx),
            Input::Lost(peer, FloodToken::Own(number)) => self.on_lost(peer, number, fx),
            Input::Persisted(_, done) => self.on_persisted(done.is_ok(), fx),
            Input::Timer(_) => self.publish_waiting(fx),
            // Flooding dials nobody, asks nothing and checks no signatures.
            Input::Start
            | Input::Lost(..)
            | Input::Path(..)
            | Input::Invalid(..)
            | Input::Response(..)
            | Input::Verified(..)
            | Input::LinkUp(..)
            | Input::LinkDown(..)
            | Input::DialFailed(..) => {}
        }
    }

    fn settle(&mut self, fx: &mut dyn Effects<Self>) {
        self.lay_by(fx.now());
    }

    fn foresee(&self, message: &FloodMessage) -> u64 {
        // What every copy needs, and what the first one needs beside it.
        let first = match self.seen.holds(&message.rumor.id) {
            true => 0,
            false => self.peers.iter().map(|(peer, _)| peer.index()).sum(),
        };
        let recent = self.recent.len() ^ self.waiting.len() ^ self.pending.len();
        self.counts.duplicates ^ (first ^ recent) as u64
    }

    fn fingerprint(&self, into: &mut Fingerprint) {
        into.number(self.version.last()).number(self.peers.len() as u64);
        self.peers.iter().for_each(|(_, name)| _ = into.name(name));
        into.number(self.seen.len() as u64);
        self.seen.oldest_first().for_each(|id| _ = into.number(id.0[0]).number(id.0[1]));
        let pending = || self.pending.oldest_first().map(|(_, pending)| pending).chain(&self.fresh);
        into.number(pending().count() as u64);
        for pending in pending() {
            pending.rumor.fingerprint(into);
            into.number(pending.ttl.into()).number(pending.others.len() as u64);
        }
        into.number(self.waiting.len() as u64).number(self.publishes.into());
    }
}
