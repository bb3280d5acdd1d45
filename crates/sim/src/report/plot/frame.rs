//! The two axes of a plot, with ticks, grid and units.

use super::scale::Scale;
use super::svg::{Anchor, Svg};
use super::{WIDTH, text_width};

/// Where the plot's area begins and ends.
pub const LEFT: f64 = 54.0;
/// Its right edge, with room for half of the last tick's name.
pub const RIGHT: f64 = WIDTH - 22.0;
/// How much room is above the area: for what the vertical axis is.
pub const ABOVE: f64 = 30.0;
/// How high the area is.
pub const HEIGHT: f64 = 206.0;
/// How much room is below the area: for ticks and what the horizontal axis is.
pub const BELOW: f64 = 44.0;

/// Draws the grid of a vertical axis, its ticks, and what it is, above it.
pub fn vertical(svg: &mut Svg, scale: &Scale, name: &str) {
    let (bottom, top) = scale.places();
    for (y, tick) in scale.ticks() {
        let class = if y == bottom { "axis" } else { "grid" };
        svg.line(class, (LEFT, y), (RIGHT, y));
        svg.text("tick", (LEFT - 8.0, y + 4.5), Anchor::End, &tick);
    }
    svg.text("name", (4.0, top - 16.0), Anchor::Start, name);
}

/// Draws the ticks of a horizontal axis below `bottom`, and what it is.
pub fn horizontal(svg: &mut Svg, scale: &Scale, bottom: f64, name: &str) {
    let mut free_from = f64::NEG_INFINITY;
    for (x, tick) in scale.ticks() {
        svg.line("axis", (x, bottom), (x, bottom + 5.0));
        // Near the end of a logarithmic axis there may be no room for all names.
        let half = text_width(&tick) / 2.0;
        if x - half >= free_from {
            svg.text("tick", (x, bottom + 19.0), Anchor::Middle, &tick);
            free_from = x + half + 4.0;
        }
    }
    named(svg, bottom, name);
}

/// What a horizontal axis is.
pub fn named(svg: &mut Svg, bottom: f64, name: &str) {
    svg.text("name", (f64::midpoint(LEFT, RIGHT), bottom + 38.0), Anchor::Middle, name);
}
