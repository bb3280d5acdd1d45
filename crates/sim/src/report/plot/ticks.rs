//! Round numbers along an axis.

/// Powers of ten as they are read, and so the same everywhere.
const POWERS: [f64; 22] = [
    1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10,
    1e11, 1e12, 1e13, 1e14, 1e15,
];

/// From 0 to `max` or a bit above it, in at most `most` steps of 1, 2 or 5 times a power of ten.
pub fn linear(max: f64, most: usize) -> Vec<f64> {
    let step = round_numbers().find(|step| max <= step * most as f64).unwrap_or(max);
    let steps = ((max / step).ceil() as usize).max(1);
    (0..=steps).map(|index| index as f64 * step).collect()
}

/// From the last round number below `min` to the first above `max`: 1, 2, 5, 10 …, or powers of ten
/// alone where these would be more than `most`.
pub fn logarithmic(min: f64, max: f64, most: usize) -> Vec<f64> {
    let all: Vec<f64> = round_numbers().collect();
    let below = all.iter().rposition(|number| *number <= min).unwrap_or(0);
    let above = all.iter().position(|number| *number >= max).unwrap_or(all.len() - 1);
    let fine = &all[below..=above.max(below + 1).min(all.len() - 1)];
    if fine.len() <= most { fine.to_vec() } else { coarse(fine) }
}

/// The first, the last, and the powers of ten between them.
fn coarse(fine: &[f64]) -> Vec<f64> {
    let last = fine.len() - 1;
    let is_kept = |at: &usize| *at == 0 || *at == last || POWERS.contains(&fine[*at]);
    (0..fine.len()).filter(is_kept).map(|at| fine[at]).collect()
}

fn round_numbers() -> impl Iterator<Item = f64> {
    POWERS.iter().flat_map(|power| [*power, 2.0 * power, 5.0 * power])
}

/// As short as tells them apart: all with the same digits after the point.
pub fn written(ticks: &[f64]) -> Vec<String> {
    let is_told = |digits: &usize| ticks.iter().all(|tick| is_whole(tick * POWERS[6 + digits]));
    let digits = (0..6).find(is_told).unwrap_or(6);
    ticks.iter().map(|tick| crate::outcome::fixed(*tick, digits)).collect()
}

/// Like [`written`], each for itself: for numbers of different sizes.
pub fn written_each(ticks: &[f64]) -> Vec<String> {
    ticks.iter().flat_map(|tick| written(&[*tick])).collect()
}

fn is_whole(value: f64) -> bool {
    (value - value.round()).abs() < 1e-6
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn steps_are_round() {
        assert_eq!(written(&linear(391.5, 6)), ["0", "100", "200", "300", "400"]);
        assert_eq!(written(&linear(0.31, 4)), ["0.0", "0.1", "0.2", "0.3", "0.4"]);
        assert_eq!(
            written_each(&logarithmic(15.0, 390.0, 8)),
            ["10", "20", "50", "100", "200", "500"]
        );
        assert_eq!(
            written_each(&logarithmic(0.3, 2e4, 6)),
            ["0.2", "1", "10", "100", "1,000", "10,000", "20,000"]
        );
    }

    proptest! {
        #[test]
        fn they_hold_what_they_are_for(max in 1e-3..1e12f64, min in 0.0..1.0f64, most in 3..10usize) {
            let ticks = linear(max, most);
            prop_assert!(ticks.len() <= most + 1 && ticks[0] == 0.0 && *ticks.last().unwrap() >= max);
            let min = (min * max).max(1e-4);
            let ticks = logarithmic(min, max, most);
            prop_assert!(ticks[0] <= min && *ticks.last().unwrap() >= max && ticks.is_sorted());
        }
    }
}
