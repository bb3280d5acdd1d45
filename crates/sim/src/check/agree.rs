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
//! Let pass is what nobody promises: registers of hostile origins, who may tell each node something else
//! under one id and version, and what is known to be forged; nodes
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
    /// Nodes and registers of hostile origins on which they differ.
    excused: u64,
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
        Agree { base, hostile: BTreeSet::new(), forged: BTreeSet::new(), excused: 0 }
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
    fn ask(&mut self, network: &Network<AnyNode>, group: &[usize]) -> Held {
        let witnesses = group.iter().filter_map(|node| self.witness(network, *node));
        let witnesses: Vec<_> = witnesses.collect();
        self.excused += self.excuses(&witnesses);
        let (others, pairs) = self.compare(&witnesses, network.now());
        let Some((node, first)) = others.first() else { return Ok(()) };
        let detail = format!("{first} (one of {} in {pairs})", others.len());
        Err(Broken::at(*node, detail))
    }

    /// How often a node doesn't say of a hostile origin's register what the highest says that any does:
    /// with the same content, since a hostile origin may tell each another.
    fn excuses(&self, witnesses: &[Witness<'_>]) -> u64 {
        let mut highest: BTreeMap<(&Name, &Arc<str>), Claim<'_>> = BTreeMap::new();
        for entry in witnesses.iter().flat_map(|witness| witness.table.entries()) {
            if let Subject::Register(key) = &entry.rumor.subject
                && entry.live
                && self.is_hostile(&entry.rumor.origin)
            {
                let claims = highest.entry((&entry.rumor.origin, key)).or_insert(claim(entry));
                *claims = (*claims).max(claim(entry));
            }
        }
        let differs = |((origin, key), highest): (&(&Name, &Arc<str>), &Claim<'_>)| {
            let others = witnesses.iter().filter(|witness| {
                witness.table.get(origin, key).is_none_or(|entry| claim(entry) != *highest)
            });
            others.count() as u64
        };
        highest.iter().map(differs).sum()
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

/// What a node says of a register, with its content.
type Claim<'a> = ((u64, RumorId), &'a [u8]);

fn claim(entry: &Entry) -> Claim<'_> {
    (entry.rumor.rank(), &entry.rumor.payload)
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

    fn excused(&self) -> u64 {
        self.excused
    }

    fn finish(&mut self, network: &Network<AnyNode>, agreement_is_due: bool) -> Held {
        if !agreement_is_due {
            return Ok(());
        }
        let groups = groups(network, &self.honest(network));
        groups.iter().try_for_each(|group| self.ask(network, group))
    }
}
