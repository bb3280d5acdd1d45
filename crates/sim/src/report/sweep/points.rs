//! Runs that belong together.

use super::{Axes, Figures, Sweep};

/// The axis whose values are repetitions.
pub const SEED: &str = "seed";

/// A point of a sweep: a run, or all those that differ in their seed alone.
#[derive(Clone, Debug)]
pub struct Point {
    /// Which value each axis of the points has here.
    pub places: Vec<usize>,
    /// What came of it; of several runs [their medians](Figures::medians).
    pub figures: Figures,
    /// How many runs it is of.
    pub runs: usize,
}

/// The points of a sweep in the order of their grid, and the axes of that. Where nothing but the seed was
/// varied each seed is a point.
pub fn points(sweep: &Sweep) -> (Axes, Vec<Point>) {
    let is_kept = |axis: usize| sweep.axes.0[axis].path != SEED;
    let mut kept: Vec<usize> = (0..sweep.axes.0.len()).filter(|axis| is_kept(*axis)).collect();
    if kept.is_empty() {
        kept = (0..sweep.axes.0.len()).collect();
    }
    let axes = Axes(kept.iter().map(|axis| sweep.axes.0[*axis].clone()).collect());
    let mut runs: Vec<Vec<&Figures>> = vec![Vec::new(); axes.count().unwrap_or_default()];
    for (run, figures) in sweep.runs.iter().enumerate() {
        let places = sweep.axes.places(run);
        let number = kept
            .iter()
            .fold(0, |number, axis| number * sweep.axes.0[*axis].values.len() + places[*axis]);
        runs[number].push(figures);
    }
    let point = |(number, runs): (usize, Vec<&Figures>)| Point {
        places: axes.places(number),
        figures: Figures::medians(&runs),
        runs: runs.len(),
    };
    let points = runs.into_iter().enumerate().map(point).collect();
    (axes, points)
}

impl Point {
    /// The value of each axis.
    pub fn values<'a>(&self, axes: &'a Axes) -> Vec<&'a str> {
        axes.0.iter().zip(&self.places).map(|(axis, place)| axis.values[*place].as_str()).collect()
    }

    /// p99 latency and bytes per delivery, both of which cost.
    pub fn costs(&self) -> Option<(f64, f64)> {
        Some((self.figures.p99_ms?, self.figures.bytes_per_delivery?))
    }
}
