//! Curves in figures.

use super::heads;
use crate::outcome::Outcome;
use crate::report::grid::Grid;

/// Shares at which curves are read.
const SHARES: [f64; 10] = [0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1.0];

/// A row for each share that some curve comes to: the value at which each of them does. `curves` are
/// points of a value and a share, one list a broadcast.
pub fn table(
    outcome: &Outcome,
    what: &str,
    curves: &[Vec<(f64, f64)>],
    write: impl Fn(f64) -> String,
) -> Grid {
    let mut grid = Grid::new(heads(outcome, what));
    for share in SHARES {
        let values: Vec<_> = curves.iter().map(|curve| at(curve, share)).collect();
        if values.iter().any(Option::is_some) {
            let cells = values.into_iter().map(|value| value.map_or("–".into(), &write));
            grid.row(std::iter::once(share_name(share)).chain(cells));
        }
    }
    grid
}

fn share_name(share: f64) -> String {
    let digits = if share > 0.99 && share < 1.0 { 1 } else { 0 };
    format!("{:.digits$} %", share * 100.0)
}

/// The first value that has that share.
fn at(curve: &[(f64, f64)], share: f64) -> Option<f64> {
    curve.iter().find(|point| point.1 >= share - 1e-9).map(|point| point.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_is_read_at_the_first_point_that_is_high_enough() {
        let curve = [(10.0, 0.2), (20.0, 0.5), (30.0, 0.9)];
        assert_eq!(
            [0.1, 0.5, 0.9, 1.0].map(|share| at(&curve, share)),
            [Some(10.0), Some(20.0), Some(30.0), None]
        );
    }
}
