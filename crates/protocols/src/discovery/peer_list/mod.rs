//! Peer lists: ask whom you know whom they know.
//!
//! Source: the favourite-books network (`docs/protocols/peer-list.md`). A node starts with one or
//! more bootstrap addresses, asks each for its list, then each address learned, until nothing is new.
//! It also probes the origins of rumors, so a newcomer is found by being heard.
//!
//! ```text
//!   B ──── dial ────► A         A answers as itself: B knows A
//!   B ─ Ask(B's address) ─► A   A hears of B, and probes it in turn
//!   B ◄── Peers[C, D] ──── A    B probes C and D, and asks them
//! ```
//!
//! - **An address is used only after it answered as itself.** Probes of what was merely heard are
//!   few, bounded by source and in rate, so invented origins make nobody knock on strangers' doors.
//! - **Neighbours are a random sample of those reached.** Up to `neighbours_max` are
//!   [up](DiscoveryEvent::Up) for the other planes, the rest in reserve. When a node reaches another
//!   while it has enough, the newcomer takes a random place with probability `max ÷ reached`
//!   (reservoir sampling), so early nodes don't cling to each other and leave late ones untold.
//! - **Who fails is tried again**, for ever if it was reached once or is a seed, with backoff and
//!   jitter; at once if it is heard. Its place goes to one in reserve.
//!
//! - **A name is one node's.** Who answers under a name that another address has is not used, and the
//!   clash is told.
//!
//! *Not promised:* that the list is true. Whoever answers at an address as its own name is believed.

mod book;
mod bounds;
mod config;
mod links;
#[cfg(test)]
mod tests;

pub use book::{Known, Standing};
pub use config::{Guess, PeerListConfig};

use crate::parts::acquaintance::Acquaintance;
use crate::parts::peers::PeersMessage;
use crate::parts::token_bucket::TokenBucket;
use crate::planes::{DiscoveryCommand, DiscoveryEvent};
use alloc::string::String;
use alloc::vec::Vec;
use book::{Book, Caps};
use core::time::Duration;
use rumormill_core::bounded::{HashSeed, Limits, Seen};
use rumormill_core::{
    Address, Bytes, Cell, CellsView, Effects, Fingerprint, Gone, Input, Name, Peer, Protocol,
    ReplyTo, Target, Time, Why,
};

/// The durable cell of the addresses that were reached, one a line.
const PEERS: Cell = Cell::new(1);

/// How long the book rests after a change before it is written.
const SAVE_AFTER: Duration = Duration::from_secs(2);

/// How soon somebody who was just tried may be tried again because it was heard.
const RETRY_HEARD_AFTER: Duration = Duration::from_secs(1);

/// How many addresses that did not answer are remembered.
const REFUSED_MAX: usize = 4096;

/// What an answer belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PeerListToken {
    /// A dial of that entry.
    Dial(u32),
    /// A question to that entry.
    Ask(u32),
    /// Time to look who is due; only the newest counts.
    Wake(u32),
    /// Time to ask somebody again.
    Refresh,
    /// Time to write the book.
    Save,
    /// The book was written.
    Saved,
}

/// The discovery plane of one node. See the [module](self).
#[derive(Clone, Debug)]
pub struct PeerList {
    config: PeerListConfig,
    own: Name,
    book: Book,
    /// Addresses that did not answer lately, or are our own.
    refused: Seen<Target>,
    probes: TokenBucket,
    /// When the newest wake-up is due, and its number.
    wake: Option<(Time, u32)>,
    wakes: u32,
    saving: bool,
}

impl PeerList {
    /// A node called `own`, with what it stored before.
    pub fn new(config: PeerListConfig, own: Name, seed: HashSeed, cells: CellsView<'_>) -> Self {
        let mut book = Book::new(Caps {
            known: config.known_max,
            unverified: config.unverified_max,
            unverified_per_source: config.unverified_per_source_max,
        });
        for address in &config.bootstrap {
            book.add(Target::Address(address.clone()), Peer::STRANGER, true);
        }
        let stored = cells.get(PEERS).map(|bytes| core::str::from_utf8(bytes).unwrap_or_default());
        for line in stored.unwrap_or_default().lines() {
            book.add_reached(Target::Address(Address::new(line)));
        }
        let refused = Limits { entries: REFUSED_MAX, bytes: usize::MAX, age: config.refused_age };
        PeerList {
            refused: Seen::new(refused, seed),
            probes: TokenBucket::new(config.probe_burst, config.probe_interval),
            config,
            own,
            book,
            wake: None,
            wakes: 0,
            saving: false,
        }
    }

    /// Everybody we know.
    pub fn known(&self) -> impl Iterator<Item = &Known> + '_ {
        self.book.iter().map(|(_, known)| known)
    }

    /// Everybody we know, as operators are shown them.
    pub fn acquaintances(&self) -> impl Iterator<Item = Acquaintance> + '_ {
        self.known().map(Known::acquaintance)
    }

    /// The addresses that others are told: reached, and not failing now.
    pub fn listed(&self) -> Vec<Address> {
        let listed = self.known().filter(|known| known.is_listed());
        listed.filter_map(|known| known.address.clone()).collect()
    }

    fn on_start(&mut self, fx: Fx<'_>) {
        self.advance(fx);
        let refresh = fx.rng().jitter(self.config.refresh_interval, 0.5);
        fx.set_timer(refresh, PeerListToken::Refresh);
    }

    /// Dials whoever is due, and wakes up when the next one is.
    fn advance(&mut self, fx: Fx<'_>) {
        let dialing = |known: &Known| known.standing == Standing::Dialing;
        let mut room = self.config.dials_max.saturating_sub(self.book.ids_where(dialing).len());
        let mut next = None;
        for id in self.due_first(fx) {
            match self.wait_of(id, fx.now()) {
                Some(Duration::ZERO) if room > 0 => match self.admit_dial(id, fx.now()) {
                    Ok(()) => {
                        room -= 1;
                        self.dial(id, fx);
                    }
                    Err(wait) => next = sooner(next, wait),
                },
                // Room comes with the end of a dial, which looks again.
                Some(Duration::ZERO) | None => {}
                Some(wait) => next = sooner(next, wait),
            }
        }
        self.wake_after(next, fx);
    }

    /// Everybody in the order to be looked at: known ones by number, then, if neighbours are missing,
    /// those in reserve in random order.
    fn due_first(&mut self, fx: Fx<'_>) -> Vec<u32> {
        let mut due = self
            .book
            .ids_where(|known| matches!(known.standing, Standing::New | Standing::Down { .. }));
        let dialing = |known: &Known| known.standing == Standing::Dialing && known.is_verified();
        let coming = self.book.neighbours() + self.book.ids_where(dialing).len();
        let missing = usize::from(self.config.neighbours_max.get()).saturating_sub(coming);
        if missing > 0 {
            let mut spare = self.book.ids_where(|known| known.standing == Standing::Spare);
            due.extend(fx.rng().sample(&mut spare, missing).iter());
        }
        due
    }

    fn wait_of(&self, id: u32, now: Time) -> Option<Duration> {
        match self.book.get(id)?.standing {
            Standing::New => Some(Duration::ZERO),
            Standing::Spare => Some(self.book.get(id)?.rests_until.since(now)),
            Standing::Down { until, .. } => Some(until.since(now)),
            Standing::Dialing | Standing::Up { .. } => None,
        }
    }

    /// Whether a dial may be made now. Only those that were never reached count as probes.
    fn admit_dial(&mut self, id: u32, now: Time) -> Result<(), Duration> {
        match self.book.get(id) {
            Some(known) if !known.is_verified() && !known.seed => self.probes.take(now),
            _ => Ok(()),
        }
    }

    fn dial(&mut self, id: u32, fx: Fx<'_>) {
        let Some(known) = self.book.get_mut(id) else { return };
        known.standing = Standing::Dialing;
        known.tried_at = fx.now();
        fx.dial(known.target.clone(), PeerListToken::Dial(id));
    }

    /// One wake-up is enough: a later one that is already set is made stale by a newer number.
    fn wake_after(&mut self, wait: Option<Duration>, fx: Fx<'_>) {
        let Some(wait) = wait else { return };
        let due = fx.now() + wait;
        if self.wake.is_some_and(|(set, _)| set <= due && set > fx.now()) {
            return;
        }
        self.wakes = self.wakes.wrapping_add(1);
        self.wake = Some((due, self.wakes));
        fx.set_timer(wait, PeerListToken::Wake(self.wakes));
    }

    fn on_wake(&mut self, number: u32, fx: Fx<'_>) {
        if self.wake.is_some_and(|(_, newest)| newest == number) {
            self.wake = None;
            self.advance(fx);
        }
    }

    fn on_ask(&mut self, from: Peer, reply: ReplyTo, asker: Option<Address>, fx: Fx<'_>) {
        let listed = self.listed();
        fx.reply(reply, Ok(PeersMessage::Peers(listed.into())));
        if let Some(address) = asker {
            self.hear(Target::Address(address), from, fx);
            self.advance(fx);
        }
    }

    /// A node that asks others for something lives: it may have come back while we had given it up, or be
    /// new. Of one that is known and not down that is no news.
    fn on_here(&mut self, from: Peer, address: Address, fx: Fx<'_>) {
        let target = Target::Address(address);
        let known = self.book.by_target(&target).and_then(|id| self.book.get(id));
        if known.is_none_or(Known::is_down) {
            self.hear(target, from, fx);
            self.advance(fx);
        }
    }

    fn on_answer(&mut self, id: u32, answer: Result<PeersMessage, Why>, fx: Fx<'_>) {
        let source = match self.book.get(id).map(|known| known.standing) {
            Some(Standing::Up { peer, .. }) => peer,
            _ => Peer::STRANGER,
        };
        if let Ok(PeersMessage::Peers(peers)) = answer {
            let most = self.config.known_max;
            for address in peers.iter().take(most) {
                self.hear_of(Target::Address(address.clone()), source, fx.now());
            }
        }
        if let Some(Standing::Up { link, neighbour: false, .. }) =
            self.book.get(id).map(|known| known.standing)
        {
            fx.close(link, Gone::Evicted);
        }
        self.advance(fx);
    }

    fn on_heard(&mut self, from: Peer, name: Name, fx: Fx<'_>) {
        if name == self.own {
            return;
        }
        let target = match (self.book.by_name(&name), self.config.guess, fx.own_address()) {
            (Some(id), ..) => self.book.get(id).map(|known| known.target.clone()),
            (None, Some(guess), Some(own)) => guess(&name, &own).map(Target::Address),
            (None, ..) => Some(Target::Name(name)),
        };
        if let Some(target) = target
            && self.hear(target, from, fx)
        {
            self.advance(fx);
        }
    }

    /// Somebody gave a sign of life: if it was down it is tried now. Says whether something changed.
    fn hear(&mut self, target: Target, source: Peer, fx: Fx<'_>) -> bool {
        let Some(id) = self.book.by_target(&target) else {
            return self.hear_of(target, source, fx.now());
        };
        let now = fx.now();
        let Some(known) = self.book.get_mut(id) else { return false };
        let rested = now.since(known.tried_at) >= RETRY_HEARD_AFTER;
        match known.standing {
            Standing::Down { gone, .. } if rested => {
                known.standing = Standing::Down { until: now, gone };
                true
            }
            _ => false,
        }
    }

    /// Somebody is said to be there.
    fn hear_of(&mut self, target: Target, source: Peer, now: Time) -> bool {
        !self.refused.contains(&target, now) && self.book.add(target, source, false).is_some()
    }

    /// Asks one neighbour again, and tries one in reserve.
    fn on_refresh(&mut self, fx: Fx<'_>) {
        let next = fx.rng().jitter(self.config.refresh_interval, 0.25);
        fx.set_timer(next, PeerListToken::Refresh);
        let neighbours = self.book.ids_where(Known::is_neighbour);
        if let Some(id) = fx.rng().pick(&neighbours)
            && let Some(Standing::Up { peer, .. }) = self.book.get(*id).map(|known| known.standing)
        {
            fx.request(peer, PeersMessage::Ask(fx.own_address()), PeerListToken::Ask(*id));
        }
        let spare = self.book.ids_where(|known| known.standing == Standing::Spare);
        if let Some(id) = fx.rng().pick(&spare).copied() {
            if let Some(known) = self.book.get_mut(id) {
                known.asked = false;
            }
            self.dial(id, fx);
        }
    }

    fn save_later(&mut self, fx: Fx<'_>) {
        if !self.saving {
            self.saving = true;
            fx.set_timer(SAVE_AFTER, PeerListToken::Save);
        }
    }

    fn on_save(&mut self, fx: Fx<'_>) {
        self.saving = false;
        let reached = self.known().filter(|known| known.is_verified());
        let mut lines = String::new();
        for address in reached.filter_map(|known| known.address.as_ref()) {
            lines.push_str(address.as_str());
            lines.push('\n');
        }
        fx.persist(PEERS, Bytes::from(lines), PeerListToken::Saved);
    }

    fn on_command(&mut self, command: DiscoveryCommand, fx: Fx<'_>) {
        match command {
            DiscoveryCommand::Heard(from, name) => self.on_heard(from, name, fx),
            DiscoveryCommand::Add(target) => {
                self.book.add(target, Peer::STRANGER, true);
                self.advance(fx);
            }
        }
    }

    fn on_timer(&mut self, token: PeerListToken, fx: Fx<'_>) {
        match token {
            PeerListToken::Wake(number) => self.on_wake(number, fx),
            PeerListToken::Refresh => self.on_refresh(fx),
            PeerListToken::Save => self.on_save(fx),
            PeerListToken::Dial(_) | PeerListToken::Ask(_) | PeerListToken::Saved => {}
        }
    }
}

fn sooner(next: Option<Duration>, wait: Duration) -> Option<Duration> {
    Some(next.map_or(wait, |next| next.min(wait)))
}

type Fx<'a> = &'a mut dyn Effects<PeerList>;

impl Protocol for PeerList {
    type Message = PeersMessage;
    type Token = PeerListToken;
    type Command = DiscoveryCommand;
    type Event = DiscoveryEvent;

    fn handle(&mut self, input: Input<Self>, fx: &mut dyn Effects<Self>) {
        match input {
            Input::Start => self.on_start(fx),
            Input::LinkUp(link, peer, about, Some(PeerListToken::Dial(id))) => {
                self.on_link_up(link, peer, about, Some(id), fx);
            }
            Input::LinkUp(link, peer, about, _) => self.on_link_up(link, peer, about, None, fx),
            Input::LinkDown(link, _, gone) => self.on_link_down(link, gone, fx),
            Input::DialFailed(PeerListToken::Dial(id), why) => self.on_dial_failed(id, why, fx),
            Input::Request(from, reply, PeersMessage::Ask(asker)) => {
                self.on_ask(from, reply, asker, fx);
            }
            Input::Request(_, reply, _) => fx.reply(reply, Err(Why::Malformed)),
            Input::Message(from, PeersMessage::Here(address)) => self.on_here(from, address, fx),
            Input::Response(PeerListToken::Ask(id), answer) => self.on_answer(id, answer, fx),
            Input::Timer(token) => self.on_timer(token, fx),
            Input::Command(command) => self.on_command(command, fx),
            // A list that could not be written is written again with the next change.
            Input::Persisted(..) => {}
            Input::Message(..)
            | Input::Response(..)
            | Input::DialFailed(..)
            | Input::PeerUp(..)
            | Input::PeerDown(..)
            | Input::Path(..)
            | Input::Invalid(..)
            | Input::Verified(..)
            | Input::Lost(..) => {}
        }
    }

    fn fingerprint(&self, into: &mut Fingerprint) {
        into.number(self.wakes.into()).number(self.saving.into());
        for (id, known) in self.book.iter() {
            let standing = match known.standing {
                Standing::New => 0,
                Standing::Dialing => 1,
                Standing::Up { neighbour: false, .. } => 2,
                Standing::Up { neighbour: true, .. } => 3,
                Standing::Spare => 4,
                Standing::Down { until, .. } => 5 + until.as_nanos(),
            };
            into.number(id.into()).number(standing).number(known.failures.into());
            into.number(known.asked.into()).number(known.seed.into());
        }
    }
}
