//! What we say ourselves: a wish becomes durable, then it is published. And what others say that we
//! said.

use super::origin::Key;
use super::own::{OWN_KEYS_MAX, Own, Write};
use super::{DENIED_MAX, Fx, OWN_CLAIM_MAX, Registers, RegistersToken, VERSION};
use crate::planes::StateEvent;
use crate::{Life, Rumor, RumorId, Subject};
use alloc::sync::Arc;
use alloc::vec::Vec;
use rumormill_core::{Bytes, Peer, Verdict, Why};

impl Registers {
    pub(super) fn on_set(&mut self, ticket: u64, key: Key, payload: Bytes, life: Life, fx: Fx<'_>) {
        if life == Life::Removed && !self.own.has(&key) {
            return fx.emit(StateEvent::Stored { ticket, version: self.version.last() });
        }
        if let Err(why) = self.take_wish(&key, payload, life, ticket) {
            return fx.emit(StateEvent::SetRefused { ticket, key, why });
        }
        self.publish(fx);
    }

    fn take_wish(&mut self, key: &Key, payload: Bytes, life: Life, ticket: u64) -> Result<(), Why> {
        let (id, subject) = (RumorId([0, 0]), Subject::Register(key.clone()));
        let (origin, version) = (self.name.clone(), 0);
        let whole = Rumor { id, origin, version, subject, payload: payload.clone(), life };
        if !self.table.fits(&Arc::new(whole)) {
            return Err(Why::TooLarge);
        }
        let others = self.table.ours().iter().filter(|(ours, _)| *ours != key);
        let kept: usize = others.map(|(_, entry)| entry.rumor.payload.len()).sum();
        if kept + self.own.waiting_bytes() + payload.len() > self.config.own_bytes_max {
            return Err(Why::Overloaded);
        }
        self.own.wish(key.clone(), payload, life, Some(ticket))
    }

    /// Writes what is wished, as far as versions are durable; what is written is published.
    pub(super) fn publish(&mut self, fx: Fx<'_>) {
        while self.ready
            && let Some(key) = self.own.next()
            && let Some(version) = self.version.take()
        {
            let id = RumorId::random(fx.rng());
            if let Some((slot, bytes)) = self.own.begin(&key, id, &self.name, version) {
                fx.persist(Own::cell(slot), bytes, RegistersToken::Register(slot));
            }
        }
        self.settle_own();
        self.reserve_versions(fx);
    }

    fn settle_own(&mut self) {
        self.table.settle_own(self.own.settled(self.version.last()));
    }

    pub(super) fn reserve_versions(&mut self, fx: Fx<'_>) {
        if let Some(bytes) = self.version.to_persist() {
            fx.persist(VERSION, bytes, RegistersToken::Version);
        }
    }

    pub(super) fn on_version_persisted(&mut self, done: Result<(), Why>, fx: Fx<'_>) {
        self.version.persisted(done.is_ok());
        match done {
            Ok(()) => self.publish(fx),
            Err(why) => {
                fx.emit(StateEvent::NotDurable(why));
                fx.set_timer(self.config.retry_interval, RegistersToken::Retry);
                self.refuse_wishes(why, fx);
            }
        }
    }

    /// Nothing can be made durable: who waits is told so, and nothing changes.
    fn refuse_wishes(&mut self, why: Why, fx: Fx<'_>) {
        for (key, wish) in self.own.withdraw() {
            let published = self.table.ours().contains_key(&key);
            self.own.forget_unless(&key, published);
            refuse(&key, wish.tickets, why, fx);
        }
        self.wish_again();
    }

    pub(super) fn on_register_persisted(&mut self, slot: u8, done: Result<(), Why>, fx: Fx<'_>) {
        let Some(write) = self.own.end(slot) else { return };
        let Subject::Register(key) = write.rumor.subject.clone() else { return };
        match done {
            Ok(()) => self.on_stored(write, fx),
            Err(why) => {
                let published = self.table.ours().contains_key(&key);
                self.own.forget_unless(&key, published);
                fx.emit(StateEvent::NotDurable(why));
                refuse(&key, write.tickets, why, fx);
                self.wish_again();
            }
        }
        self.publish(fx);
    }

    fn on_stored(&mut self, write: Write, fx: Fx<'_>) {
        let Write { rumor, tickets, .. } = write;
        let version = rumor.version;
        self.table.put_own(rumor.clone(), fx.now());
        fx.emit(StateEvent::Learned(rumor.clone(), Peer::STRANGER));
        fx.emit(StateEvent::Publish(rumor));
        tickets.into_iter().for_each(|ticket| fx.emit(StateEvent::Stored { ticket, version }));
        self.watch_time(fx);
        // While it was written we may have learned that others know a later version.
        self.wish_again();
    }

    /// What we published below a version that others know is published again, above it. What holds for a
    /// time only is not: it would hold for longer.
    fn wish_again(&mut self) {
        let again = self.table.ours().iter().filter(|(_, entry)| {
            entry.live && entry.rumor.life == Life::Lasting && entry.rumor.version <= self.adopted
        });
        for (key, entry) in again {
            if !self.own.is_wished(key) {
                let _ =
                    self.own.wish(key.clone(), entry.rumor.payload.clone(), Life::Lasting, None);
            }
        }
    }

    pub(super) fn on_ready(&mut self, fx: Fx<'_>) {
        self.ready = true;
        self.publish(fx);
    }

    /// Somebody tells us about ourselves: an echo, or a version that we forgot.
    pub(super) fn hear_of_ourselves(
        &mut self,
        rumor: &Arc<Rumor>,
        from: Peer,
        fx: Fx<'_>,
    ) -> Verdict {
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
            self.deny(rumor);
            return self.on_stale(id, from, fx);
        }
        self.version.adopt(version);
        (self.adopted, self.incarnation) = (version, self.version.last() + 1);
        self.deny(rumor);
        self.wish_again();
        fx.emit(StateEvent::Adopted { version, from });
        self.publish(fx);
        Verdict::Ignore
    }

    /// We are said to have said something. If we don't say it, it is removed at the next tick: until
    /// then whoever runs us may have said it again.
    fn deny(&mut self, rumor: &Rumor) {
        if let Subject::Register(key) = &rumor.subject
            && rumor.life != Life::Removed
            && !self.own.has(key)
            && self.denied.len() < DENIED_MAX
        {
            self.denied.insert(key.clone());
        }
    }

    /// Removes what we are said to have said and don't say.
    pub(super) fn remove_denied(&mut self, fx: Fx<'_>) {
        let Some(removal) = self.config.removal else { return };
        for key in core::mem::take(&mut self.denied) {
            let says = self.table.ours().get(&key).is_some_and(|entry| entry.live);
            let room = self.own.len() < OWN_KEYS_MAX / 2;
            if !says && !self.own.is_wished(&key) && room {
                fx.emit(StateEvent::Denied(key.clone()));
                let _ = self.own.wish(key.clone(), removal(&key), Life::Removed, None);
            }
        }
        self.publish(fx);
    }
}

fn refuse(key: &Key, tickets: Vec<u64>, why: Why, fx: Fx<'_>) {
    for ticket in tickets {
        fx.emit(StateEvent::SetRefused { ticket, key: key.clone(), why });
    }
}
