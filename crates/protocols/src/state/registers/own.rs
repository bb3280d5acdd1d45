//! Our own registers: asked for, made durable, then published; in that order.
//!
//! ```text
//!   set ──► wanted ──(a version that is durable)──► being written ──(durable)──► published
//!                                                        └─(failed)──► refused
//! ```
//!
//! Each register has a durable cell of its own, so that a restart has it back and nothing that was
//! acknowledged is lost. A newer wish for a key takes the place of an older one that waits.

use super::origin::Key;
use crate::{Life, Rumor, RumorId, Subject};
use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::time::Duration;
use rumormill_core::{Bytes, Cell, CellsView, Fingerprint, Name, Why};

/// Where the cells of registers are, within ours.
const CELLS: u8 = 2;

/// How many registers of our own there can be: one a cell.
pub const OWN_KEYS_MAX: usize = 256;

/// How many may wait for one register to be stored.
const TICKETS_MAX: usize = 64;

/// The first byte of a cell.
const FORMAT: u8 = 1;

/// What a register is to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    pub payload: Bytes,
    pub life: Life,
    /// Who is told when it is done.
    pub tickets: Vec<u64>,
}

/// A register on its way to its cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    pub slot: u8,
    pub rumor: Arc<Rumor>,
    pub tickets: Vec<u64>,
}

/// Our own registers, but for what was published: that is in the table.
#[derive(Clone, Debug, Default)]
pub struct Own {
    wishes: BTreeMap<Key, Wish>,
    writing: VecDeque<Write>,
    slots: BTreeMap<Key, u8>,
    /// Cells that are to be emptied, since what they held is dropped.
    to_clear: BTreeSet<u8>,
}

impl Own {
    /// What the cells left behind: the registers, and how many cells could not be read.
    pub fn restore(cells: CellsView<'_>, own: &Name) -> (Own, Vec<Arc<Rumor>>, usize) {
        let (mut restored, mut rumors, mut unreadable) = (Own::default(), Vec::new(), 0);
        for slot in 0..=u8::MAX {
            match cells.within(CELLS).get(Cell::new(slot)) {
                Some(bytes) if !bytes.is_empty() => match decode(bytes, own) {
                    Some((key, rumor)) => {
                        restored.slots.insert(key, slot);
                        rumors.push(Arc::new(rumor));
                    }
                    None => unreadable += 1,
                },
                _ => {}
            }
        }
        (restored, rumors, unreadable)
    }

    /// Notes a wish, if there is room for it.
    pub fn wish(
        &mut self,
        key: Key,
        payload: Bytes,
        life: Life,
        ticket: Option<u64>,
    ) -> Result<(), Why> {
        let waiting = self.wishes.get_mut(&key);
        if waiting.as_ref().is_some_and(|wish| wish.tickets.len() >= TICKETS_MAX) {
            return Err(Why::Overloaded);
        }
        if waiting.is_none() && !self.slots.contains_key(&key) {
            let slot = self.free_slot().ok_or(Why::Overloaded)?;
            self.slots.insert(key.clone(), slot);
        }
        let mut tickets = self.wishes.remove(&key).map(|wish| wish.tickets).unwrap_or_default();
        tickets.extend(ticket);
        self.wishes.insert(key, Wish { payload, life, tickets });
        Ok(())
    }

    fn free_slot(&self) -> Option<u8> {
        let used: BTreeSet<u8> = self.slots.values().chain(&self.to_clear).copied().collect();
        (0..=u8::MAX).find(|slot| !used.contains(slot))
    }

    /// Whether a key is ours, or is to be.
    pub fn has(&self, key: &str) -> bool {
        self.slots.contains_key(key)
    }

    /// Whether a key waits, or is being written.
    pub fn is_wished(&self, key: &str) -> bool {
        let slot = self.slots.get(key);
        self.wishes.contains_key(key) || self.writing.iter().any(|write| Some(&write.slot) == slot)
    }

    /// How many keys are.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// How many bytes wait.
    pub fn waiting_bytes(&self) -> usize {
        let wishes = self.wishes.values().map(|wish| wish.payload.len());
        wishes.chain(self.writing.iter().map(|write| write.rumor.payload.len())).sum()
    }

    /// The next wish that may be written: each key one at a time.
    pub fn next(&self) -> Option<Key> {
        let busy = |key: &&Key| {
            let slot = self.slots.get(*key);
            self.writing.iter().any(|write| Some(&write.slot) == slot)
        };
        self.wishes.keys().find(|key| !busy(key)).cloned()
    }

    /// Begins to write a wish under a version; gives the cell and what to write.
    pub fn begin(
        &mut self,
        key: &Key,
        id: RumorId,
        own: &Name,
        version: u64,
    ) -> Option<(u8, Bytes)> {
        let Wish { payload, life, tickets } = self.wishes.remove(key)?;
        let slot = *self.slots.get(key)?;
        let (origin, subject) = (own.clone(), Subject::Register(key.clone()));
        let rumor = Arc::new(Rumor { id, origin, version, subject, payload, life });
        let bytes = encode(key, &rumor);
        self.writing.push_back(Write { slot, rumor, tickets });
        Some((slot, bytes))
    }

    /// A write came to an end.
    pub fn end(&mut self, slot: u8) -> Option<Write> {
        let at = self.writing.iter().position(|write| write.slot == slot)?;
        self.writing.remove(at)
    }

    /// A failed write, or a wish that could not be taken: a key that was never published is forgotten.
    pub fn forget_unless(&mut self, key: &Key, published: bool) {
        if !published && !self.wishes.contains_key(key) {
            self.slots.remove(key);
        }
    }

    /// Takes back every wish; gives who waits for them.
    pub fn withdraw(&mut self) -> Vec<(Key, Wish)> {
        core::mem::take(&mut self.wishes).into_iter().collect()
    }

    /// A key's register was dropped from the table: its cell is emptied, unless it is wanted again.
    pub fn drop_key(&mut self, key: &Key) -> Option<u8> {
        let busy = self.wishes.contains_key(key)
            || self.writing.iter().any(|write| self.slots.get(key) == Some(&write.slot));
        let slot = if busy { None } else { self.slots.remove(key) }?;
        self.to_clear.insert(slot);
        Some(slot)
    }

    /// A cell was emptied, or could not be: then it is overwritten by whoever has it next.
    pub fn cleared(&mut self, slot: u8) -> bool {
        self.to_clear.remove(&slot)
    }

    /// Versions below this are all published, or never will be.
    pub fn settled(&self, last: u64) -> u64 {
        self.writing.iter().map(|write| write.rumor.version - 1).min().unwrap_or(last)
    }

    /// The cell of a slot, as we name it.
    pub fn cell(slot: u8) -> Cell {
        Cell::new(slot).within(CELLS)
    }

    /// Adds all that decides what happens next.
    pub fn fingerprint(&self, into: &mut Fingerprint) {
        into.number(self.wishes.len() as u64).number(self.writing.len() as u64);
        for (key, wish) in &self.wishes {
            into.bytes(key.as_bytes()).bytes(&wish.payload).number(wish.tickets.len() as u64);
        }
        self.writing.iter().for_each(|write| write.rumor.fingerprint(into));
        self.slots
            .iter()
            .for_each(|(key, slot)| _ = into.bytes(key.as_bytes()).number((*slot).into()));
    }
}

/// `format, life's tag, its milliseconds, version, id, key's length, key, payload`, big-endian.
fn encode(key: &Key, rumor: &Rumor) -> Bytes {
    let (tag, millis) = match rumor.life {
        Life::Lasting => (0, 0),
        Life::For(span) => (1, span.as_millis() as u64),
        Life::Removed => (2, 0),
    };
    let mut out = Vec::with_capacity(48 + key.len() + rumor.payload.len());
    out.extend_from_slice(&[FORMAT, tag]);
    for number in [millis, rumor.version, rumor.id.0[0], rumor.id.0[1]] {
        out.extend_from_slice(&number.to_be_bytes());
    }
    out.extend_from_slice(&(key.len() as u32).to_be_bytes());
    out.extend_from_slice(key.as_bytes());
    out.extend_from_slice(&rumor.payload);
    Bytes::from(out)
}

fn decode(bytes: &Bytes, own: &Name) -> Option<(Key, Rumor)> {
    let ([format, tag], rest) = bytes.split_first_chunk::<2>()?;
    let ([millis, version, high, low], rest) = numbers(rest)?;
    let (len, rest) = rest.split_first_chunk::<4>()?;
    let (key, payload) = rest.split_at_checked(u32::from_be_bytes(*len) as usize)?;
    let key: Key = Arc::from(core::str::from_utf8(key).ok()?);
    let life = match (*format, *tag) {
        (FORMAT, 0) => Life::Lasting,
        (FORMAT, 1) => Life::For(Duration::from_millis(millis)),
        (FORMAT, 2) => Life::Removed,
        _ => return None,
    };
    let (id, origin) = (RumorId([high, low]), own.clone());
    let (subject, payload) = (Subject::Register(key.clone()), bytes.slice_ref(payload));
    Some((key, Rumor { id, origin, version, subject, payload, life }))
}

fn numbers(mut bytes: &[u8]) -> Option<([u64; 4], &[u8])> {
    let mut found = [0; 4];
    for number in &mut found {
        let (head, rest) = bytes.split_first_chunk::<8>()?;
        (*number, bytes) = (u64::from_be_bytes(*head), rest);
    }
    Some((found, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_cell_gives_back_what_it_was_given(
            key in ".{0,40}", payload: Vec<u8>, numbers: [u64; 3], life in 0u8..3, lasts: u64,
        ) {
            let own = Name::Number(7000);
            let life = match life {
                0 => Life::Lasting,
                1 => Life::For(Duration::from_millis(lasts)),
                _ => Life::Removed,
            };
            let key: Key = Arc::from(key.as_str());
            let rumor = Rumor {
                id: RumorId([numbers[0], numbers[1]]),
                origin: own.clone(),
                version: numbers[2],
                subject: Subject::Register(key.clone()),
                payload: Bytes::from(payload),
                life,
            };
            prop_assert_eq!(decode(&encode(&key, &rumor), &own), Some((key, rumor)));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes: Vec<u8>) {
            let _ = decode(&Bytes::from(bytes), &Name::Number(7000));
        }
    }

    #[test]
    fn a_newer_wish_takes_the_place_of_one_that_waits() {
        let mut own = Own::default();
        let key: Key = Arc::from("book");
        for ticket in 1..=2 {
            own.wish(
                key.clone(),
                Bytes::from(alloc::vec![ticket]),
                Life::Lasting,
                Some(ticket.into()),
            )
            .unwrap();
        }
        let (slot, _) = own.begin(&key, RumorId([0, 1]), &Name::Number(1), 7).unwrap();
        own.wish(key.clone(), Bytes::new(), Life::Lasting, Some(3)).unwrap();
        assert_eq!((own.next(), own.settled(7)), (None, 6), "one at a time");
        let write = own.end(slot).unwrap();
        assert_eq!((write.tickets, &write.rumor.payload[..]), (alloc::vec![1, 2], &[2][..]));
        assert_eq!((own.next(), own.settled(7)), (Some(key), 7));
    }

    #[test]
    fn keys_and_those_who_wait_are_bounded() {
        let mut own = Own::default();
        let mut wish = |key: usize| {
            let key = Arc::from(alloc::format!("k{key}"));
            own.wish(key, Bytes::new(), Life::Lasting, Some(1))
        };
        assert_eq!((0..300).filter(|key| wish(*key).is_ok()).count(), OWN_KEYS_MAX);
        assert_eq!((0..100).filter(|_| wish(7).is_ok()).count(), TICKETS_MAX - 1);
    }
}
