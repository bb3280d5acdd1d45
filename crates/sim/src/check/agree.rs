//! When all is healed and quiet, live nodes agree: each knows the newest version of each register.
//!
//! *Newest* is what a live origin says itself. An origin that restarted without its cells, and has not
//! published the register since, has forgotten it; then the highest of what the others know is the
//! newest, as it is where the origin is dead. Two contents under one version (a restart that forgot) are
//! told apart by their ids, and their origin goes on above both; one that is dead can't, so there the
//! version alone has to be the same.
//!
//! This is asked of those that can find each other: nodes of which nobody knows where one of the others
//! is, be it since those who did are dead, can't agree with them ([`groups`]).
//!
//! Let pass is what nobody promises: registers of hostile origins and what is known to be forged; nodes
//! whose table is too small for all that is known; and registers that hold for a time only and are over
//! soon, since that moment is not the same everywhere.

use super::groups::groups;
use super::{Broken, Checker, Deed, Held};
use crate::engine::Network;
use rumormill_core::{Duration, Name, Time};
use rumormill_node::{AnyNode, AnyState};
use rumormill_protocols::state::registers::{Entry, Table};
use rumormill_protocols::{Life, RumorId, Subject};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Registers whose time is over sooner than this are not compared.
const SOON: Duration = Duration::from_secs(10);

pub(super) struct Agree {
    base: u64,
    hostile: BTreeSet<usize>,
    forged: BTreeSet<RumorId>,
}

/// A register: whose, and its key.
type Place = (Name, Arc<str>);

/// What all should say of a register.
#[derive(Clone, Copy, Debug)]
struct Newest {
    rank: (u64, RumorId),
    /// Whether it still says something.
    live: bool,
    is_compared: bool,
}

/// A live, honest node that keeps registers, and has room for all of them.
struct Witness<'a> {
    node: usize,
    name: Name,
    table: &'a Table,
}

impl Agree {
    pub fn new(base: u64) -> Agree {
        Agree { base, hostile: BTreeSet::new(), forged: BTreeSet::new() }
    }

    /// Nodes of which something is demanded.
    fn honest(&self, network: &Network<AnyNode>) -> Vec<usize> {
        let is_asked = |node: &usize| network.is_up(*node) && !self.hostile.contains(node);
        (0..network.len()).filter(is_asked).collect()
    }

    fn witness<'a>(&self, network: &'a Network<AnyNode>, node: usize) -> Option<Witness<'a>> {
        match network.machine(node).state() {
            AnyState::Registers(registers) if registers.table().evicted() == 0 => {
                let name = Name::Number(self.base + node as u64);
                Some(Witness { node, name, table: registers.table() })
            }
            AnyState::Registers(_) | AnyState::NoState(_) => None,
        }
    }

    /// What all should say of each register, at that time.
    fn newest(&self, witnesses: &[Witness<'_>], now: Time) -> BTreeMap<Place, Newest> {
        let mut newest = BTreeMap::new();
        for entry in witnesses.iter().flat_map(|witness| witness.table.entries()) {
            self.hear(entry, now, &mut newest);
        }
        for Witness { name, table, .. } in witnesses {
            let ours = table.ours().iter();
            newest.extend(ours.map(|(key, ours)| ((name.clone(), key.clone()), said(ours, now))));
        }
        newest
    }

    /// Somebody says so: the highest counts.
    fn hear(&self, entry: &Entry, now: Time, newest: &mut BTreeMap<Place, Newest>) {
        let Subject::Register(key) = &entry.rumor.subject else { return };
        if self.is_hostile(&entry.rumor.origin) || self.forged.contains(&entry.rumor.id) {
            return;
        }
        let place = (entry.rumor.origin.clone(), key.clone());
        let said = said(entry, now);
        let highest = newest.entry(place).or_insert(said);
        if said.rank > highest.rank {
            *highest = said;
        }
    }

    fn is_hostile(&self, origin: &Name) -> bool {
        let node = origin.number().and_then(|number| number.checked_sub(self.base));
        node.is_some_and(|node| self.hostile.contains(&(node as usize)))
    }

    /// Whether nodes that know each other agree.
    fn ask(&self, network: &Network<AnyNode>, group: &[usize]) -> Held {
        let witnesses = group.iter().filter_map(|node| self.witness(network, *node));
        let (others, pairs) = self.compare(&witnesses.collect::<Vec<_>>(), network.now());
        let Some((node, first)) = others.first() else { return Ok(()) };
        let detail = format!("{first} (one of {} in {pairs})", others.len());
        Err(Broken::at(*node, detail))
    }

    /// Who says otherwise, and how many pairs of node and register there are in all.
    fn compare(&self, witnesses: &[Witness<'_>], now: Time) -> (Vec<(usize, String)>, usize) {
        let mut newest = self.newest(witnesses, now);
        newest.retain(|_, newest| newest.is_compared);
        let live: BTreeSet<&Name> = witnesses.iter().map(|witness| &witness.name).collect();
        let mut others = Vec::new();
        for witness in witnesses {
            for (place, newest) in &newest {
                let says = self.says_otherwise(witness, place, newest, live.contains(&place.0));
                others.extend(says.map(|says| (witness.node, says)));
            }
        }
        (others, witnesses.len() * newest.len())
    }

    /// What a node says of a register, if that is not what it should. The id has to be right where the
    /// origin lives.
    fn says_otherwise(
        &self,
        witness: &Witness<'_>,
        place: &Place,
        newest: &Newest,
        origin_lives: bool,
    ) -> Option<String> {
        let (origin, key) = place;
        let says = witness.table.get(origin, key).map(|entry| entry.rumor.rank());
        let right = newest.live.then_some(newest.rank);
        let is_right = match (says, right) {
            (Some((_, id)), _) if self.forged.contains(&id) => true,
            (Some(says), Some(right)) if !origin_lives => says.0 == right.0,
            (says, right) => says == right,
        };
        (!is_right).then(|| {
            let (says, right) = (in_words(says), in_words(right));
            format!("knows {says} of {key:?} of {origin}; the newest is {right}")
        })
    }
}

fn in_words(rank: Option<(u64, RumorId)>) -> String {
    rank.map_or("nothing".into(), |(version, id)| format!("version {version} ({id})"))
}

fn said(entry: &Entry, now: Time) -> Newest {
    let (rank, live) = (entry.rumor.rank(), entry.live);
    let is_compared = match entry.rumor.life {
        Life::Lasting | Life::Removed => true,
        Life::For(_) => live && entry.until.since(now) > SOON,
    };
    Newest { rank, live, is_compared }
}

impl Checker for Agree {
    fn name(&self) -> &'static str {
        "agree"
    }

    fn done(&mut self, deed: &Deed) {
        match deed {
            Deed::Hostile(node) => _ = self.hostile.insert(*node),
            Deed::Forged(id) => _ = self.forged.insert(*id),
            _ => {}
        }
    }

    fn finish(&mut self, network: &Network<AnyNode>, agreement_is_due: bool) -> Held {
        if !agreement_is_due {
            return Ok(());
        }
        let mut groups = groups(network, &self.honest(network)).into_iter();
        groups.try_for_each(|group| self.ask(network, &group))
    }
}
