//! Registers: each origin says what is true of itself, and the last version wins.
//!
//! An origin owns its registers (key → value) and one counter; each update takes the next version.
//! Updates travel by broadcast and are repaired here: every `sync_interval` a node sends one random
//! peer its [`Digest`] and is answered with what the other knows beyond it.
//!
//! ```text
//!   set ──► version + 1, durable ──► Publish ─(broadcast)─► Learn ──► newer: Accept, Learned
//!                                                                 └─► else:  Ignore, Stale
//!   A ── Digest{7000: 5, 7001: 3} ──► B
//!   A ◄────── Delta[7001 v4] ──────── B
//! ```
//!
//! - Updates compare by (version, id), so the order of arrival never matters: merging is commutative,
//!   associative and idempotent, and a register's version never goes back.
//! - The digest's number of an origin rises only through a broadcast update of exactly the next
//!   version, or a delta, as far as its sender vouches; else a newer key would hide an older one that
//!   was lost.
//! - Own versions are durable before they are used ([`OwnVersion`]). A node that hears of a later
//!   version of itself (it restarted without its data) goes on above it, so a restart never leaves it
//!   mute. Claims above 2⁵² are refused: they would leave no room to go on.
//! - Whoever comes up is synced with once, at once: what was published before the two met is no news
//!   that broadcast would bring.
//! - With a bootstrap, a node syncs before its first publish, or waits `first_sync_wait` at most.
//!
//! *Not promised:* authenticity. On a network without signatures a stranger can forge any origin.

mod config;
mod message;
mod table;
#[cfg(test)]
mod tests;

pub use config::RegistersConfig;
pub use message::{Delta, RegistersMessage};
pub use table::{Entry, Table};

use crate::parts::digest::Digest;
use crate::parts::own_version::OwnVersion;
use crate::planes::{StateCommand, StateEvent};
use crate::{Rumor, RumorId, Subject, VERSION_MAX};
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::sync::Arc;
use alloc::vec::Vec;
use rumormill_core::bounded::HashSeed;
use rumormill_core::{
    Bytes, Cell, CellsView, Effects, Fingerprint, Input, Name, Peer, PeerSet, Protocol, ReplyTo,
    Time, Verdict, Why,
};

/// The durable cell of the version counter.
const VERSION: Cell = Cell::new(1);

/// A claim about our own version above this is refused: half of the room there is.
pub const OWN_CLAIM_MAX: u64 = 1 << 52;

/// How many registers of our own there can be.
const OWN_KEYS_MAX: usize = 256;

/// What an answer belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegistersToken {
    /// The exchange of that number.
    Sync(u32),
    /// Time for the next exchange.
    Tick,
    /// The wait before the first publish is over.
    Ready,
    /// The write of the version counter.
    Version,
    /// The next try of that write.
    Retry,
}

/// The state plane of one node. See the [module](self).
#[derive(Clone, Debug)]
pub struct Registers {
    config: RegistersConfig,
    own: Name,
    version: OwnVersion,
    table: Table,
    /// What we want our registers to say; the table has what was published of it.
    wanted: BTreeMap<Arc<str>, Bytes>,
    /// Which of them are to be published as soon as that may be.
    dirty: BTreeSet<Arc<str>>,
    peers: Vec<Peer>,
    up: PeerSet,
    /// Who came up, and with whom we have not exchanged since.
    unmet: Vec<Peer>,
    /// Somebody holds a claim about us that we refuse. Our digest says that we know it, else it would
    /// be told again by every sync, and might take the place of all else.
    forged: bool,
    /// Whether we may publish: we know what the network knew of us, or have waited for it.
    ready: bool,
    /// The exchange under way.
    syncing: Option<Peer>,
    syncs: u32,
    /// When we last asked somebody because it had asked us.
    asked_back_at: Option<Time>,
    counts: RegistersCounts,
}

/// What a node's registers count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RegistersCounts {
    /// Updates that were not above what is known.
    pub stale: u64,
    /// Claims that can't be true.
    pub refused: u64,
    /// Updates that repair brought.
    pub repaired: u64,
    /// Exchanges that were answered.
    pub synced: u64,
    /// Exchanges that failed.
    pub sync_failures: u64,
}

impl Registers {
    /// A node called `own`, with what it stored before.
    pub fn new(config: RegistersConfig, own: Name, seed: HashSeed, cells: CellsView<'_>) -> Self {
        Registers {
            version: OwnVersion::restore(cells, VERSION),
            table: Table::new(own.clone(), config.table_limits(), seed),
            wanted: BTreeMap::new(),
            dirty: BTreeSet::new(),
            peers: Vec::new(),
            up: PeerSet::default(),
            unmet: Vec::new(),
            forged: false,
            ready: config.sync_interval.is_none() || !config.await_first_sync,
            syncing: None,
            syncs: 0,
            asked_back_at: None,
            counts: RegistersCounts::default(),
            config,
            own,
        }
    }

    /// What is known.
    pub fn table(&self) -> &Table {
        &self.table
    }

    /// What it counted since it was made.
    pub fn counts(&self) -> RegistersCounts {
        self.counts
    }

    fn on_start(&mut self, fx: Fx<'_>) {
        self.reserve_versions(fx);
        if let Some(interval) = self.config.sync_interval {
            let first = fx.rng().jitter(interval, 0.5);
            fx.set_timer(first, RegistersToken::Tick);
        }
        if !self.ready {
            fx.set_timer(self.config.first_sync_wait, RegistersToken::Ready);
        }
    }

    fn on_peer_up(&mut self, peer: Peer, fx: Fx<'_>) {
        if self.up.insert(peer) {
            self.peers.push(peer);
            self.unmet.push(peer);
        }
        self.meet(fx);
    }

    /// Exchanges with who came up, one after the other: what was published before is no news that
    /// broadcast would bring.
    fn meet(&mut self, fx: Fx<'_>) {
        if self.syncing.is_none()
            && let Some(peer) = self.unmet.pop()
        {
            self.sync_with(peer, fx);
        }
    }

    fn on_peer_down(&mut self, peer: Peer) {
        self.up.remove(peer);
        self.peers.retain(|other| *other != peer);
        self.unmet.retain(|other| *other != peer);
    }

    fn on_set(&mut self, key: Arc<str>, payload: Bytes, fx: Fx<'_>) {
        if !self.wanted.contains_key(&key) && self.wanted.len() == OWN_KEYS_MAX {
            return fx.emit(StateEvent::SetRefused { key, why: Why::Overloaded });
        }
        self.wanted.insert(key.clone(), payload);
        self.dirty.insert(key);
        self.publish_dirty(fx);
    }

    /// Publishes what is to be published, as far as versions are durable.
    fn publish_dirty(&mut self, fx: Fx<'_>) {
        while self.ready
            && let Some(key) = self.dirty.first().cloned()
            && let Some(version) = self.version.take()
        {
            self.dirty.remove(&key);
            let payload = self.wanted.get(&key).cloned().unwrap_or_default();
            let (id, origin) = (RumorId::random(fx.rng()), self.own.clone());
            let subject = Subject::Register(key);
            let rumor = Arc::new(Rumor { id, origin, version, subject, payload });
            self.table.put_own(rumor.clone(), fx.now());
            fx.emit(StateEvent::Learned(rumor.clone(), Peer::STRANGER));
            fx.emit(StateEvent::Publish(rumor));
        }
        self.reserve_versions(fx);
    }

    fn reserve_versions(&mut self, fx: Fx<'_>) {
        if let Some(bytes) = self.version.to_persist() {
            fx.persist(VERSION, bytes, RegistersToken::Version);
        }
    }

    fn on_persisted(&mut self, done: Result<(), Why>, fx: Fx<'_>) {
        self.version.persisted(done.is_ok());
        match done {
            Ok(()) => self.publish_dirty(fx),
            Err(why) => {
                fx.emit(StateEvent::NotDurable(why));
                fx.set_timer(self.config.retry_interval, RegistersToken::Retry);
            }
        }
    }

    fn on_ready(&mut self, fx: Fx<'_>) {
        self.ready = true;
        self.publish_dirty(fx);
    }

    fn on_learn(&mut self, rumor: Arc<Rumor>, from: Peer, fx: Fx<'_>) {
        let id = rumor.id;
        let verdict = self.judge(rumor, from, fx);
        fx.emit(StateEvent::Judged(id, verdict));
    }

    /// Judges what broadcast brought.
    fn judge(&mut self, rumor: Arc<Rumor>, from: Peer, fx: Fx<'_>) -> Verdict {
        if rumor.origin == self.own {
            return self.hear_of_ourselves(&rumor, from, fx);
        }
        let (id, origin, version) = (rumor.id, rumor.origin.clone(), rumor.version);
        if !self.table.put(rumor.clone(), from, fx.now()) {
            return self.on_stale(id, from, fx);
        }
        self.table.follows(&origin, version);
        fx.emit(StateEvent::Learned(rumor, from));
        Verdict::Accept
    }

    /// Somebody tells us about ourselves: an echo, or a version that we forgot.
    fn hear_of_ourselves(&mut self, rumor: &Arc<Rumor>, from: Peer, fx: Fx<'_>) -> Verdict {
        let (id, version) = (rumor.id, rumor.version);
        if version > OWN_CLAIM_MAX {
            self.counts.refused += 1;
            self.forged = true;
            fx.emit(StateEvent::Refused(id, from, Why::Malformed));
            return Verdict::Reject;
        }
        // A version that we gave out is ours whatever its id, but for another content that claims
        // the very latest: two of them under one version would never be told apart.
        let latest = self.table.own_latest();
        let split = latest.is_some_and(|ours| ours.0 == version && ours.1 < id);
        if version <= self.version.last() && !split {
            return self.on_stale(id, from, fx);
        }
        self.version.adopt(version);
        self.dirty.extend(self.wanted.keys().cloned());
        fx.emit(StateEvent::Adopted { version, from });
        self.publish_dirty(fx);
        Verdict::Ignore
    }

    fn on_stale(&mut self, id: RumorId, from: Peer, fx: Fx<'_>) -> Verdict {
        self.counts.stale += 1;
        fx.emit(StateEvent::Stale(id, from));
        Verdict::Ignore
    }

    fn on_tick(&mut self, fx: Fx<'_>) {
        let Some(interval) = self.config.sync_interval else { return };
        let next = fx.rng().jitter(interval, 0.1);
        fx.set_timer(next, RegistersToken::Tick);
        if let Some(peer) = fx.rng().pick(&self.peers).copied() {
            self.sync_with(peer, fx);
        }
    }

    /// Starts an exchange, unless one is under way: a slow peer is not asked twice.
    fn sync_with(&mut self, peer: Peer, fx: Fx<'_>) {
        if self.config.sync_interval.is_none() || self.syncing.is_some() {
            return;
        }
        self.syncs = self.syncs.wrapping_add(1);
        self.syncing = Some(peer);
        let digest = RegistersMessage::Digest(Arc::new(self.digest()));
        fx.request(peer, digest, RegistersToken::Sync(self.syncs));
    }

    /// What we know, in brief.
    pub fn digest(&self) -> Digest {
        self.table.digest(if self.forged { VERSION_MAX } else { self.version.last() })
    }

    fn on_request(&mut self, from: Peer, reply: ReplyTo, message: RegistersMessage, fx: Fx<'_>) {
        let RegistersMessage::Digest(known) = message else {
            return fx.reply(reply, Err(Why::Malformed));
        };
        let news = self.table.beyond(&known, self.config.delta_bytes_max);
        // Not our `digest`: what we say of ourselves there may be a stranger's claim.
        let ours = self.table.digest(self.version.last());
        let complete = Some(self.table.completes(&known, &news, &ours));
        fx.reply(reply, Ok(RegistersMessage::Delta(Box::new(Delta { news, complete }))));
        if self.up.contains(from) && self.is_behind(&known, &ours) {
            self.ask_back(from, fx);
        }
    }

    /// Whether the owner of that digest could teach us something of others. What is claimed above
    /// [`OWN_CLAIM_MAX`] is nothing that can be taught: see [`digest`](Registers::digest).
    fn is_behind(&self, known: &Digest, ours: &Digest) -> bool {
        let mut others = known.known.keys().filter(|origin| **origin != self.own);
        others
            .any(|origin| (ours.latest(origin) + 1..=OWN_CLAIM_MAX).contains(&known.latest(origin)))
    }

    /// Asks who has just asked us. Not more often than we ask by ourselves: if what is claimed can't be
    /// taught, two nodes would ask each other without end.
    fn ask_back(&mut self, peer: Peer, fx: Fx<'_>) {
        let Some(interval) = self.config.sync_interval else { return };
        let rested = self.asked_back_at.is_none_or(|at| fx.now().since(at) >= interval);
        if rested && self.syncing.is_none() {
            self.asked_back_at = Some(fx.now());
            self.sync_with(peer, fx);
        }
    }

    fn on_response(&mut self, number: u32, answer: Result<RegistersMessage, Why>, fx: Fx<'_>) {
        if number != self.syncs {
            return;
        }
        let peer = self.syncing.take().unwrap_or(Peer::STRANGER);
        let result = match answer {
            Ok(RegistersMessage::Delta(delta)) => Ok(self.absorb(*delta, peer, fx)),
            Ok(RegistersMessage::Digest(_)) => Err(Why::Malformed),
            Err(why) => Err(why),
        };
        fx.emit(StateEvent::Synced(peer, result));
        if result.is_ok() {
            self.counts.synced += 1;
            self.on_ready(fx);
        } else {
            self.counts.sync_failures += 1;
        }
        // The next one may know what this one could not say.
        self.meet(fx);
    }

    /// Takes a delta in; says how much of it was new.
    fn absorb(&mut self, delta: Delta, from: Peer, fx: Fx<'_>) -> usize {
        let mut learned = 0;
        for rumor in delta.news {
            if rumor.origin == self.own {
                self.hear_of_ourselves(&rumor, from, fx);
                continue;
            }
            let (origin, version) = (rumor.origin.clone(), rumor.version);
            if self.table.put(rumor.clone(), from, fx.now()) {
                learned += 1;
                self.counts.repaired += 1;
                fx.emit(StateEvent::Reconciled(rumor.clone(), from));
                fx.emit(StateEvent::Learned(rumor, from));
            }
            if delta.complete.is_none() {
                self.table.complete_to(&origin, version);
            }
        }
        for (origin, upto) in delta.complete.iter().flat_map(|complete| &complete.known) {
            self.table.complete_to(origin, *upto);
        }
        learned
    }

    fn on_command(&mut self, command: StateCommand, fx: Fx<'_>) {
        match command {
            StateCommand::Learn(rumor, from) => self.on_learn(rumor, from, fx),
            StateCommand::Set { key, payload } => self.on_set(key, payload, fx),
        }
    }
}

type Fx<'a> = &'a mut dyn Effects<Registers>;

impl Protocol for Registers {
    type Message = RegistersMessage;
    type Token = RegistersToken;
    type Command = StateCommand;
    type Event = StateEvent;

    fn handle(&mut self, input: Input<Self>, fx: &mut dyn Effects<Self>) {
        match input {
            Input::Start => self.on_start(fx),
            Input::PeerUp(peer, _) => self.on_peer_up(peer, fx),
            Input::PeerDown(peer, _) => self.on_peer_down(peer),
            Input::Command(command) => self.on_command(command, fx),
            Input::Request(from, reply, message) => self.on_request(from, reply, message, fx),
            Input::Response(RegistersToken::Sync(number), answer) => {
                self.on_response(number, answer, fx);
            }
            Input::Timer(RegistersToken::Tick) => self.on_tick(fx),
            Input::Timer(RegistersToken::Ready) => self.on_ready(fx),
            Input::Timer(_) => self.publish_dirty(fx),
            Input::Persisted(_, done) => self.on_persisted(done, fx),
            // An exchange is a request; what comes unasked, or about links, is not for us.
            Input::Message(..)
            | Input::Response(..)
            | Input::Path(..)
            | Input::Invalid(..)
            | Input::Verified(..)
            | Input::Lost(..)
            | Input::LinkUp(..)
            | Input::LinkDown(..)
            | Input::DialFailed(..) => {}
        }
    }

    fn fingerprint(&self, into: &mut Fingerprint) {
        into.number(self.version.last()).number(self.ready.into()).number(self.syncs.into());
        into.number(self.forged.into()).number(self.unmet.len() as u64);
        into.number(self.syncing.is_some().into()).number(self.peers.len() as u64);
        self.table.fingerprint(into);
        into.number(self.dirty.len() as u64);
        for (key, payload) in &self.wanted {
            into.bytes(key.as_bytes()).bytes(payload);
        }
    }
}
