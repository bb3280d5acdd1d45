//! Whatever was done to a file, it is read as it was or refused with a reason.

use super::*;

/// A file that was written to for a while, as it is when its process dies, and what it holds.
fn written(seed: u64) -> (Vec<u8>, Cells) {
    let (mut rng, platter) = (rng(seed), Platter::default());
    let mut keeper = keeper_on(&platter);
    (0..12).for_each(|_| keeper.keep(&batch(&mut rng)).unwrap());
    let bytes = platter.after_death();
    let cells = found_in(Arc::new(bytes.clone())).unwrap().cells;
    (bytes, cells)
}

/// The same file, closed in good order.
fn closed(bytes: Vec<u8>) -> Vec<u8> {
    let platter = Platter::of(bytes);
    platter.open().unwrap().close().unwrap();
    platter.after_death()
}

/// It has all that it had, or says why not; gives whether it was read.
fn is_right_or_refused(bytes: Vec<u8>, cells: &Cells, what: &str) -> bool {
    match found_in(Arc::new(bytes)) {
        Ok(found) => {
            let same = found.cells.iter().eq(cells.iter());
            assert!(same, "{what}: other cells than there were");
            true
        }
        Err(error) => {
            assert!(!error.to_string().is_empty(), "{what}");
            false
        }
    }
}

/// Where there is anything in the file.
fn places(bytes: &[u8]) -> Vec<usize> {
    (0..bytes.len()).filter(|at| bytes[*at] != 0).collect()
}

#[test]
fn flipped_bytes_are_found_or_do_no_harm() {
    let (mut read, mut refused) = (0, 0);
    for seed in 0..4 {
        let (bytes, cells) = written(seed);
        let mut rng = rng(1000 + seed);
        for bytes in [closed(bytes.clone()), bytes] {
            let places = places(&bytes);
            for _ in 0..150 {
                let at = *rng.pick(&places).unwrap();
                let flip = [1 << rng.below(8), 0xff, bytes[at]][rng.below(3) as usize];
                let mut bytes = bytes.clone();
                bytes[at] ^= flip;
                let what = format!("seed {seed}, byte {at} ^ {flip}");
                let ok = is_right_or_refused(bytes, &cells, &what);
                (read, refused) = (read + usize::from(ok), refused + usize::from(!ok));
            }
        }
    }
    assert!(read > 50 && refused > 50, "{read} read, {refused} refused");
}

/// What redb decides by: every bit of it.
#[test]
fn every_flipped_bit_of_the_header_is_found_or_does_no_harm() {
    let (bytes, cells) = written(7);
    for bytes in [closed(bytes.clone()), bytes] {
        for bit in 0..320 * 8 {
            let mut bytes = bytes.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            is_right_or_refused(bytes, &cells, &format!("bit {bit}"));
        }
    }
}

#[test]
fn lost_and_foreign_blocks_are_found_or_do_no_harm() {
    for seed in 0..100 {
        let (bytes, cells) = written(seed % 5);
        let mut rng = rng(seed);
        let mut bytes = if rng.chance(0.5) { closed(bytes) } else { bytes };
        let blocks = places(&bytes);
        let at = rng.pick(&blocks).unwrap() / 512 * 512;
        let other = rng.pick(&blocks).unwrap() / 512 * 512;
        let foreign = match rng.below(3) {
            0 => vec![0; 512],
            1 => bytes[other..other + 512].to_vec(),
            _ => (0..512).map(|_| rng.next_u64() as u8).collect(),
        };
        bytes[at..at + 512].copy_from_slice(&foreign);
        is_right_or_refused(bytes, &cells, &format!("seed {seed}, block at {at}"));
    }
}

#[test]
fn a_file_that_is_cut_off_or_goes_on_is_found_or_does_no_harm() {
    for seed in 0..80 {
        let (bytes, cells) = written(seed % 3);
        let mut rng = rng(seed);
        let mut bytes = if rng.chance(0.5) { closed(bytes) } else { bytes };
        let len = [rng.below(bytes.len() as u64), rng.below(400), rng.below(256) * 4096];
        let len = len[rng.below(3) as usize] as usize;
        bytes.resize(if rng.chance(0.9) { len } else { bytes.len() + len }, 0);
        is_right_or_refused(bytes, &cells, &format!("seed {seed}, {len} bytes"));
    }
    assert!(!is_right_or_refused(Vec::new(), &Cells::default(), "nothing"));
}
