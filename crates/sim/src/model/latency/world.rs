//! The figures of [`RegionMatrix::world`], whose doc names their sources.

use super::RegionMatrix;
use rumormill_core::Duration;

const REGIONS: usize = 11;

/// Regions and their share of all nodes, in thousandths.
const SHARES: [(&str, u32); REGIONS] = [
    ("Virginia", 200),
    ("Oregon", 130),
    ("São Paulo", 10),
    ("Ireland", 200),
    ("Frankfurt", 290),
    ("Cape Town", 10),
    ("Bahrain", 10),
    ("Mumbai", 35),
    ("Singapore", 70),
    ("Tokyo", 25),
    ("Sydney", 20),
];

/// Round trips in milliseconds, in the order above.
const ROUND_TRIPS: [[u64; REGIONS]; REGIONS] = [
    [12, 63, 113, 69, 91, 231, 160, 185, 212, 146, 198],
    [63, 12, 174, 119, 140, 273, 211, 217, 161, 97, 140],
    [113, 174, 12, 176, 204, 342, 272, 297, 322, 256, 311],
    [69, 119, 176, 12, 26, 158, 95, 120, 181, 201, 256],
    [91, 140, 204, 26, 12, 160, 86, 110, 157, 223, 249],
    [231, 273, 342, 158, 160, 12, 145, 158, 203, 355, 411],
    [160, 211, 272, 95, 86, 145, 12, 35, 86, 161, 177],
    [185, 217, 297, 120, 110, 158, 35, 12, 56, 124, 145],
    [212, 161, 322, 181, 157, 203, 86, 56, 12, 68, 93],
    [146, 97, 256, 201, 223, 355, 161, 124, 68, 12, 106],
    [198, 140, 311, 256, 249, 411, 177, 145, 93, 106, 12],
];

/// How much longer than the least one transmission may take.
const JITTER: f64 = 0.1;

pub(super) fn matrix() -> RegionMatrix {
    let (names, shares): (Vec<&str>, Vec<u32>) = SHARES.into_iter().unzip();
    let trips = ROUND_TRIPS.map(|row| row.map(Duration::from_millis).to_vec());
    RegionMatrix::new(&names, &shares, &trips, JITTER).expect("the table is whole")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_as_long_one_way_as_the_other() {
        for (row, trips) in ROUND_TRIPS.iter().enumerate() {
            for (column, trip) in trips.iter().enumerate() {
                assert_eq!(*trip, ROUND_TRIPS[column][row]);
                assert!(row == column || *trip > ROUND_TRIPS[row][row]);
            }
        }
    }

    #[test]
    fn shares_add_up_and_the_least_is_within_a_region() {
        assert_eq!(SHARES.iter().map(|(_, share)| share).sum::<u32>(), 1000);
        let world = matrix();
        assert_eq!((world.regions(), world.least()), (11, Duration::from_millis(6)));
        assert_eq!(world.one_way(0, 4), Duration::from_micros(45_500));
    }
}
