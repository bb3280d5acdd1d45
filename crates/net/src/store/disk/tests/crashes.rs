//! Whatever a crash leaves, what was acknowledged is there.

use super::*;
use rumormill_core::Why;
use std::io::ErrorKind;

/// Lives and deaths of one file.
struct Lives {
    rng: Rng,
    /// What is acknowledged.
    acked: BTreeMap<u32, Bytes>,
    /// What was asked for since the last acknowledgement.
    asked: Vec<Order>,
}

impl Lives {
    fn of(seed: u64) -> Lives {
        Lives { rng: rng(seed), acked: BTreeMap::new(), asked: Vec::new() }
    }

    /// Writes until the platter fails, or a while.
    fn write(&mut self, keeper: &mut Keeper) {
        for _ in 0..10 {
            let orders = batch(&mut self.rng);
            let done = keeper.keep(&orders);
            let both = orders.into_iter();
            match done {
                Ok(()) => {
                    self.acked.extend(both.map(|order| (order.cell.path(), order.bytes)));
                    self.asked.clear();
                }
                Err(_) => return self.asked.extend(both),
            }
        }
    }

    /// Each cell has what was acknowledged, or what was asked for later; and no other is there.
    fn check(&mut self, cells: &Cells, seed: u64) {
        for (path, bytes) in &self.acked {
            let has = cells.view().get(Cell::from_path(*path));
            let later = self.asked.iter().filter(|order| order.cell.path() == *path);
            let mut may = std::iter::once(bytes).chain(later.map(|order| &order.bytes));
            assert!(may.any(|may| Some(may) == has), "seed {seed}: cell {path} is lost");
        }
        for (cell, bytes) in cells.iter() {
            let asked = self.asked.iter().any(|order| order.cell == cell && order.bytes == *bytes);
            let acked = self.acked.get(&cell.path()) == Some(bytes);
            assert!(asked || acked, "seed {seed}: nobody asked for what {} has", cell.path());
        }
        // What was found is what holds from now on.
        self.acked = cells.iter().map(|(cell, bytes)| (cell.path(), bytes.clone())).collect();
        self.asked.clear();
    }
}

#[test]
fn a_loss_of_power_at_any_instant_loses_nothing_acknowledged() {
    for seed in 0..150 {
        let mut lives = Lives::of(seed);
        let mut platter = Platter::default();
        drop(keeper_on(&platter));
        for _ in 0..4 {
            let found = found_in(Arc::new(platter.after_death()));
            let found = found.unwrap_or_else(|error| panic!("seed {seed}: {error}"));
            lives.check(&found.cells, seed);
            // While it opens the file, too.
            platter.fail_after(lives.rng.below(60) as usize, ErrorKind::Other);
            if let Ok(mut keeper) = Keeper::open(Opener::OnPlatter(platter.clone()), &found) {
                lives.write(&mut keeper);
                platter.fail_after(0, ErrorKind::Other);
            }
            platter = Platter::of(platter.after_power_loss(&mut lives.rng));
        }
    }
}

#[test]
fn after_a_full_disk_it_goes_on_with_what_was_acknowledged_and_nothing_else() {
    for seed in 0..100 {
        let mut lives = Lives::of(seed);
        let platter = Platter::default();
        let mut keeper = keeper_on(&platter);
        for _ in 0..3 {
            lives.write(&mut keeper);
            platter.fail_after(lives.rng.below(60) as usize, ErrorKind::StorageFull);
            lives.write(&mut keeper);
            let full = std::iter::from_fn(|| keeper.keep(&[order(99, b"refused")]).err()).next();
            assert_eq!(full.map(|error| error.why()), Some(Why::Full), "seed {seed}");
            platter.mend();
            keeper.keep(&[order(7, b"taken")]).unwrap();
            lives.acked.insert(7, Bytes::from_static(b"taken"));
            lives.asked.clear();
            let left = found_in(Arc::new(platter.after_power_loss(&mut lives.rng)));
            lives.check(&left.unwrap().cells, seed);
        }
    }
}

#[test]
fn a_death_while_the_disk_is_full_loses_nothing_acknowledged() {
    for seed in 0..100 {
        let mut lives = Lives::of(seed);
        let platter = Platter::default();
        let mut keeper = keeper_on(&platter);
        lives.write(&mut keeper);
        platter.fail_after(lives.rng.below(60) as usize, ErrorKind::StorageFull);
        (0..3).for_each(|_| lives.write(&mut keeper));
        let left = found_in(Arc::new(platter.after_death()));
        lives.check(&left.unwrap_or_else(|error| panic!("seed {seed}: {error}")).cells, seed);
    }
}
