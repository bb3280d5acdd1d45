//! Points in figures.

use super::{Axes, Figures, Point};
use crate::outcome::{bytes, count, fixed, millis, percent};
use crate::report::grid::Grid;

/// So many points, at most, stand in a table.
pub const ROWS: usize = 200;

const HEADS: [&str; 9] =
    ["delivered", "p50", "p90", "p99", "max", "hops", "copies", "bytes", "broken"];

/// A row for each of these points.
pub fn table<'a>(axes: &Axes, points: impl Iterator<Item = &'a Point>) -> Grid {
    let paths = axes.0.iter().map(|axis| axis.path.clone());
    let mut grid = Grid::new(paths.chain(HEADS.map(String::from)));
    for column in 0..axes.0.len() {
        grid = grid.words(column);
    }
    for point in points {
        let values = point.values(axes).into_iter().map(String::from);
        grid.row(values.chain(cells(&point.figures)));
    }
    grid
}

/// What the columns of a table are.
pub const MEANING: &str =
    "p50 to max: latency in ms. hops: p50/max. copies, bytes: per delivery. broken: promises.";

/// The cells of a row, under the heads of a table.
fn cells(of: &Figures) -> [String; 9] {
    let hops = of.hops_p50.zip(of.hops_max).map(|(p50, max)| format!("{p50}/{max}"));
    [
        or_dash(of.delivery_ratio.map(percent)),
        or_dash(of.p50_ms.map(millis)),
        or_dash(of.p90_ms.map(millis)),
        or_dash(of.p99_ms.map(millis)),
        or_dash(of.max_ms.map(millis)),
        or_dash(hops),
        or_dash(of.copies_per_delivery.map(|copies| fixed(copies, 2))),
        or_dash(of.bytes_per_delivery.map(bytes)),
        if of.error.is_some() { "failed".into() } else { count(of.violations) },
    ]
}

fn or_dash(cell: Option<String>) -> String {
    cell.unwrap_or("–".into())
}

/// The points of the front, and how complete each is.
pub fn front_table<'a>(
    axes: &Axes,
    points: &[Point],
    front: impl Iterator<Item = &'a usize>,
) -> Grid {
    let best = points.iter().filter_map(|point| point.figures.delivery_ratio).fold(0.0, f64::max);
    let paths = axes.0.iter().map(|axis| axis.path.clone());
    let heads = ["p99", "bytes", "delivered", "delivers"].map(String::from);
    let mut grid = Grid::new(paths.chain(heads)).words(axes.0.len() + 3);
    for column in 0..axes.0.len() {
        grid = grid.words(column);
    }
    for point in front.map(|at| &points[*at]) {
        let of = &point.figures;
        let values = point.values(axes).into_iter().map(String::from);
        grid.row(values.chain([
            or_dash(of.p99_ms.map(|ms| millis(ms) + " ms")),
            or_dash(of.bytes_per_delivery.map(bytes)),
            or_dash(of.delivery_ratio.map(percent)),
            completeness(of, best).into(),
        ]));
    }
    grid
}

/// Whether a point delivers all, as much as any does, or less: then its costs are not those of others.
fn completeness(of: &Figures, best: f64) -> &'static str {
    match of.delivery_ratio {
        Some(1.0) => "all",
        Some(ratio) if ratio >= best => "most",
        _ => "less",
    }
}
