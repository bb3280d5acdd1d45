//! A file that is cut off, damaged, in use, another's, or on a full disk.

mod crashes;
mod damage;
mod files;
mod platter;

pub(in crate::store::disk) use platter::Platter;

use super::directory::read_over;
use super::keeper::{Keeper, Opener};
use super::overlay::Overlay;
use super::tables::Contents;
use super::*;
use rumormill_core::{Rng, RngKey};
use std::sync::Arc;

/// What that case draws from.
fn rng(seed: u64) -> Rng {
    Rng::new(RngKey::of_node(seed, 0), 0)
}

/// A write.
fn order(cell: u32, bytes: &[u8]) -> Order {
    Order { number: 1, cell: Cell::from_path(cell), bytes: Bytes::copy_from_slice(bytes) }
}

/// What is found in a file of those bytes.
fn found_in(bytes: Arc<Vec<u8>>) -> Result<Contents, super::error::Failure> {
    read_over(Overlay::of(bytes))
}

/// A keeper on a new platter.
fn keeper_on(platter: &Platter) -> Keeper {
    tables::begin(&platter.open().unwrap(), platter.labels()).unwrap();
    Keeper::open(Opener::OnPlatter(platter.clone()), &Contents::default()).unwrap()
}

/// Some writes of random cells: few cells, so that they are written again and again; most small, some
/// of several pages.
fn batch(rng: &mut Rng) -> Vec<Order> {
    let count = 1 + rng.below(4);
    let write = |rng: &mut Rng| {
        let (cell, filled) = (rng.below(12) as u32, rng.next_u64());
        let len = if rng.chance(0.1) { rng.below(20_000) } else { 8 + rng.below(100) };
        let bytes: Vec<u8> = filled.to_le_bytes().into_iter().cycle().take(len as usize).collect();
        order(cell, &bytes)
    };
    (0..count).map(|_| write(rng)).collect()
}
