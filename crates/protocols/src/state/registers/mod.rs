//! Registers: each origin says what is true of itself, and the last version wins.
//!
//! An origin owns its registers (key → value) and one counter; each update takes the next version.
//! Updates travel by broadcast and are repaired here: every `sync_interval` a node compares what it
//! knows with one random peer's.
//!
//! ```text
//!   set ──► version + 1, durable ──► Publish ─(broadcast)─► Learn ──► newer: Accept, Learned
//!                                                                 └─► else:  Ignore, Stale
//!
//!   A ── Summary{hash} ───────────────────────► B      both know the same: Same, and that was it
//!   A ◄── Digest{7000: 5, 7001: 3} ──────────── B      else a page of what B knows
//!   A ── Exchange{Delta[7000 v6], Digest} ────► B      what B lacks, and what A knows
//!   A ◄── Delta[7001 v3] ────────────────────── B      what A lacks; and again, while there is more
//! ```
//!
//! A peer that doesn't know summaries is sent a digest and answers with a delta.
//!
//! - Updates compare by (version, id), so the order of arrival never matters: merging is commutative,
//!   associative and idempotent, and a register's version never goes back.
//! - The digest's number of an origin rises only through a broadcast update of exactly the next
//!   version, or a delta, as far as its sender vouches; else a newer key would hide an older one that
//!   was lost.
//! - Own registers and versions are durable before they are published ([`OwnVersion`]). A node that
//!   hears of a later version of itself (it restarted without its data) goes on above it, so a restart
//!   never leaves it mute; what it is said to have said, and doesn't say any more, it removes. Claims
//!   above 2⁵² are refused: they would leave no room to go on.
//! - What was removed, or is over, stays away: see [`Table`].
//! - No message is larger than its budget, and how much a peer is told at a time follows how fast it
//!   answers ([`Flow`](crate::parts::flow::Flow)).
//! - Whoever comes up is exchanged with once, at once: what was published before the two met is no news
//!   that broadcast would bring.
//! - With a bootstrap, a node syncs before its first publish, or waits `first_sync_wait` at most.
//!
//! *Not promised:* authenticity. On a network without signatures a stranger can forge any origin.

mod bounds;
mod config;
mod delta;
mod exchange;
mod message;
mod origin;
mod own;
mod publish;
mod repair;
mod table;
#[cfg(test)]
mod tests;

pub use config::{RegistersConfig, Removal};
pub use delta::Budget;
pub use exchange::VERSION_OF_EXCHANGES;
pub use message::{Delta, Exchange, News, RegistersMessage, Summary, Vouched};
pub use own::OWN_KEYS_MAX;
pub use table::{Entry, Swept, Table, TableBounds};

use crate::parts::own_version::OwnVersion;
use crate::planes::{StateCommand, StateEvent};
use crate::{Rumor, RumorId};
use alloc::collections::BTreeSet;
use alloc::sync::Arc;
use core::time::Duration;
use exchange::Exchanges;
use origin::Key;
use own::Own;
use rumormill_core::bounded::HashSeed;
use rumormill_core::{
    Bytes, Cell, CellsView, Effects, Fingerprint, Input, Name, Peer, Protocol, Time, Verdict, Why,
};

/// The durable cell of the version counter.
const VERSION: Cell = Cell::new(1);

/// A claim about our own version above this is refused: half of the room there is.
pub const OWN_CLAIM_MAX: u64 = 1 << 52;

/// How many registers that we are said to have set, and don't know, wait to be removed.
const DENIED_MAX: usize = 64;

/// How far ahead we look for what is over.
const WATCH_MAX: Duration = Duration::from_secs(60);

/// By how much a register may outlive its time.
const WATCH_STEP: Duration = Duration::from_millis(100);

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
    /// The write of one of our registers.
    Register(u8),
    /// A cell that is emptied.
    Clear(u8),
    /// Something is over; only the newest counts.
    Over(u32),
}

/// The state plane of one node. See the [module](self).
#[derive(Clone, Debug)]
pub struct Registers {
    config: RegistersConfig,
    name: Name,
    version: OwnVersion,
    /// The first version of this life.
    incarnation: u64,
    /// The highest version of ours that others knew and we did not.
    adopted: u64,
    own: Own,
    /// What others say that we said, and we don't: to be removed.
    denied: BTreeSet<Key>,
    table: Table,
    exchanges: Exchanges,
    /// Somebody holds a claim about us that we refuse. Our digest says that we know it, else it would
    /// be told again by every sync, and might take the place of all else.
    forged: bool,
    /// Whether we may publish: we know what the network knew of us, or have waited for it.
    ready: bool,
    alarm: Alarm,
    summed: Summed,
    counts: RegistersCounts,
}

/// The newest timer for what is over.
#[derive(Clone, Copy, Debug, Default)]
struct Alarm {
    /// When it fires, if one is set.
    at: Option<Time>,
    number: u32,
}

/// What all that we know comes to, as of a change of the table.
#[derive(Clone, Copy, Debug)]
struct Summed {
    change: u64,
    hash: u64,
}

/// What a node's registers count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RegistersCounts {
    /// Updates that were not above what is known.
    pub stale: u64,
    /// Claims that can't be true.
    pub refused: u64,
    /// Updates too large to be told on.
    pub too_large: u64,
    /// Updates that repair brought.
    pub repaired: u64,
    /// Exchanges that were answered.
    pub synced: u64,
    /// Of them, those that found nothing to tell.
    pub same: u64,
    /// Exchanges in which a peer claimed to know more, and told nothing.
    pub unproved: u64,
    /// Exchanges that failed.
    pub sync_failures: u64,
    /// Registers whose time was over.
    pub expired: u64,
    /// Cells of ours that could not be read back.
    pub unreadable: u64,
}

impl Registers {
    /// A node called `own`, with what it stored before.
    pub fn new(config: RegistersConfig, own: Name, seed: HashSeed, cells: CellsView<'_>) -> Self {
        let version = OwnVersion::restore(cells, VERSION);
        let (restored, rumors, unreadable) = Own::restore(cells, &own);
        let bounds = TableBounds {
            others: config.table_limits(),
            delta_bytes_max: config.delta_bytes_max,
            tombstone_ttl: config.tombstone_ttl,
        };
        let mut table = Table::new(own.clone(), bounds, seed);
        rumors.into_iter().for_each(|rumor| table.put_own(rumor, Time::ZERO));
        table.settle_own(version.last());
        table.forgot_own();
        Registers {
            incarnation: version.last() + 1,
            version,
            adopted: 0,
            own: restored,
            denied: BTreeSet::new(),
            table,
            exchanges: Exchanges::default(),
            forged: false,
            ready: config.sync_interval.is_none() || !config.await_first_sync,
            alarm: Alarm::default(),
            summed: Summed { change: u64::MAX, hash: 0 },
            counts: RegistersCounts { unreadable: unreadable as u64, ..Default::default() },
            config,
            name: own,
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

    /// The first version of this life: it rises with every restart, and when we hear that we forgot one.
    pub fn incarnation(&self) -> u64 {
        self.incarnation
    }

    fn on_start(&mut self, fx: Fx<'_>) {
        self.reserve_versions(fx);
        if self.counts.unreadable > 0 {
            fx.emit(StateEvent::Unreadable(self.counts.unreadable));
        }
        if let Some(interval) = self.config.sync_interval {
            let first = fx.rng().jitter(interval, 0.5);
            fx.set_timer(first, RegistersToken::Tick);
        }
        if !self.ready {
            fx.set_timer(self.config.first_sync_wait, RegistersToken::Ready);
        }
        self.watch_time(fx);
    }

    fn on_learn(&mut self, rumor: Arc<Rumor>, from: Peer, fx: Fx<'_>) {
        let id = rumor.id;
        let verdict = self.judge(rumor, from, fx);
        fx.emit(StateEvent::Judged(id, verdict));
    }

    /// Judges what broadcast brought.
    fn judge(&mut self, rumor: Arc<Rumor>, from: Peer, fx: Fx<'_>) -> Verdict {
        if rumor.origin == self.name {
            return self.hear_of_ourselves(&rumor, from, fx);
        }
        let (id, origin, version) = (rumor.id, rumor.origin.clone(), rumor.version);
        if !self.table.fits(&rumor) {
            self.counts.too_large += 1;
            fx.emit(StateEvent::Refused(id, from, Why::TooLarge));
            return Verdict::Reject;
        }
        if !self.table.put(rumor.clone().into(), from, fx.now()) {
            return self.on_stale(id, from, fx);
        }
        let gone = self.table.follows(&origin, version);
        self.tell_expired(gone, fx);
        fx.emit(StateEvent::Learned(rumor, from));
        self.watch_time(fx);
        Verdict::Accept
    }

    fn on_stale(&mut self, id: RumorId, from: Peer, fx: Fx<'_>) -> Verdict {
        self.counts.stale += 1;
        fx.emit(StateEvent::Stale(id, from));
        Verdict::Ignore
    }

    /// What is over by now is no longer shown, and is forgotten in the end.
    fn on_over(&mut self, number: u32, fx: Fx<'_>) {
        if number != self.alarm.number {
            return;
        }
        self.alarm.at = None;
        let Swept { expired, own_keys } = self.table.sweep(fx.now());
        self.tell_expired(expired, fx);
        for key in own_keys {
            if let Some(slot) = self.own.drop_key(&key) {
                fx.persist(Own::cell(slot), Bytes::new(), RegistersToken::Clear(slot));
            }
        }
        self.watch_time(fx);
    }

    fn tell_expired(&mut self, expired: impl IntoIterator<Item = Arc<Rumor>>, fx: Fx<'_>) {
        for rumor in expired {
            self.counts.expired += 1;
            fx.emit(StateEvent::Expired(rumor));
        }
    }

    /// Sets a timer for what is over next, unless one fires before that, or a little later. Timers can't be
    /// cancelled; none is set far ahead, so that few of them wait in vain whatever strangers tell us.
    fn watch_time(&mut self, fx: Fx<'_>) {
        let Some(next) = self.table.next_deadline() else { return };
        let at = next.min(fx.now() + WATCH_MAX);
        if self.alarm.at.is_none_or(|armed| at + WATCH_STEP < armed) {
            self.alarm = Alarm { at: Some(at), number: self.alarm.number.wrapping_add(1) };
            fx.set_timer(at.since(fx.now()), RegistersToken::Over(self.alarm.number));
        }
    }

    fn on_command(&mut self, command: StateCommand, fx: Fx<'_>) {
        match command {
            StateCommand::Learn(rumor, from) => self.on_learn(rumor, from, fx),
            StateCommand::Set { ticket, key, payload, life } => {
                self.on_set(ticket, key, payload, life, fx);
            }
        }
    }

    fn on_timer(&mut self, token: RegistersToken, fx: Fx<'_>) {
        match token {
            RegistersToken::Tick => self.on_tick(fx),
            RegistersToken::Ready => self.on_ready(fx),
            RegistersToken::Retry => self.reserve_versions(fx),
            RegistersToken::Over(number) => self.on_over(number, fx),
            RegistersToken::Sync(_)
            | RegistersToken::Version
            | RegistersToken::Register(_)
            | RegistersToken::Clear(_) => {}
        }
    }

    fn on_persisted(&mut self, token: RegistersToken, done: Result<(), Why>, fx: Fx<'_>) {
        match token {
            RegistersToken::Version => self.on_version_persisted(done, fx),
            RegistersToken::Register(slot) => self.on_register_persisted(slot, done, fx),
            RegistersToken::Clear(slot) => _ = self.own.cleared(slot),
            _ => {}
        }
    }
}

type Fx<'a> = &'a mut dyn Effects<Registers>;

impl Protocol for Registers {
    type Message = RegistersMessage;
    type Token = RegistersToken;
    type Command = StateCommand;
    type Event = StateEvent;

    fn handle(&mut self, input: Input<Self>, fx: Fx<'_>) {
        match input {
            Input::Start => self.on_start(fx),
            Input::PeerUp(peer, link) => self.on_peer_up(peer, link.version, fx),
            Input::PeerDown(peer, _) => self.exchanges.down(peer),
            Input::Request(from, reply, message) => self.on_request(from, reply, message, fx),
            Input::Response(RegistersToken::Sync(number), answer) => {
                self.on_response(number, answer, fx);
            }
            Input::Timer(token) => self.on_timer(token, fx),
            Input::Persisted(token, done) => self.on_persisted(token, done, fx),
            Input::Command(command) => self.on_command(command, fx),
            // Links are discovery's; what is asked comes as a request.
            _ => {}
        }
    }

    fn fingerprint(&self, into: &mut Fingerprint) {
        into.number(self.version.last()).number(self.ready.into()).number(self.adopted);
        into.number(self.forged.into()).number(self.alarm.at.map_or(0, Time::as_nanos));
        self.denied.iter().for_each(|key| _ = into.bytes(key.as_bytes()));
        self.table.fingerprint(into);
        self.own.fingerprint(into);
        self.exchanges.fingerprint(into);
    }
}
