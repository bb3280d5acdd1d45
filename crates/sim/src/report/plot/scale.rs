//! From values to places.

use super::ticks;
use crate::model::arithmetic::log10;

/// An axis: values, and the places between which they lie.
#[derive(Clone, Debug)]
pub struct Scale {
    ticks: Vec<f64>,
    is_logarithmic: bool,
    start: f64,
    end: f64,
}

impl Scale {
    /// From 0 to a round number at or above `max`.
    pub fn linear(max: f64, most: usize, places: (f64, f64)) -> Scale {
        let ticks = ticks::linear(if max > 0.0 { max } else { 1.0 }, most);
        Scale { ticks, is_logarithmic: false, start: places.0, end: places.1 }
    }

    /// Between round numbers around `min` and `max`, by their logarithms. Values below are put at the
    /// start.
    pub fn logarithmic(min: f64, max: f64, most: usize, places: (f64, f64)) -> Scale {
        let ticks = ticks::logarithmic(min, max, most);
        Scale { ticks, is_logarithmic: true, start: places.0, end: places.1 }
    }

    /// Where a value stands; what is outside stands at the nearest end.
    pub fn place(&self, value: f64) -> f64 {
        let (first, last) = (self.measure(self.ticks[0]), self.measure(self.last()));
        let share = ((self.measure(value) - first) / (last - first)).clamp(0.0, 1.0);
        self.start + share * (self.end - self.start)
    }

    /// Places and names of its ticks.
    pub fn ticks(&self) -> Vec<(f64, String)> {
        let names = match self.is_logarithmic {
            true => ticks::written_each(&self.ticks),
            false => ticks::written(&self.ticks),
        };
        self.ticks.iter().map(|tick| self.place(*tick)).zip(names).collect()
    }

    /// Where it begins and ends.
    pub fn places(&self) -> (f64, f64) {
        (self.start, self.end)
    }

    /// Whether equal ways are equal factors.
    pub fn is_logarithmic(&self) -> bool {
        self.is_logarithmic
    }

    fn last(&self) -> f64 {
        self.ticks[self.ticks.len() - 1]
    }

    fn measure(&self, value: f64) -> f64 {
        if self.is_logarithmic { log10(value.max(1e-6)) } else { value }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn places_are_within_and_in_order(
            values in prop::collection::vec(0.0..1e9f64, 2..20),
            is_logarithmic: bool,
        ) {
            let max = values.iter().copied().fold(1e-3, f64::max);
            let scale = match is_logarithmic {
                true => Scale::logarithmic(max / 1e4, max, 6, (50.0, 450.0)),
                false => Scale::linear(max, 6, (50.0, 450.0)),
            };
            let mut values = values;
            values.sort_by(f64::total_cmp);
            let places: Vec<f64> = values.iter().map(|value| scale.place(*value)).collect();
            prop_assert!(places.is_sorted() && places.iter().all(|place| (50.0..=450.0).contains(place)));
        }
    }
}
