//! What tells one series from another, with and without colour.

use super::svg::{Svg, px};

/// A series by its number. Colours repeat after 8, dashes after 5, markers after 6: so no two of the
/// first 120 look alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Series(pub usize);

const PATTERNS: [&str; 5] = [
    "<rect width=\"6\" height=\"6\"/>",
    "<path d=\"M-1.5 1.5 1.5 -1.5M0 6 6 0M4.5 7.5 7.5 4.5\"/>",
    "<circle cx=\"1.5\" cy=\"1.5\" r=\"1\"/><circle cx=\"4.5\" cy=\"4.5\" r=\"1\"/>",
    "<path d=\"M0 3H6\"/>",
    "<path d=\"M0 0 6 6M6 0 0 6\"/>",
];

impl Series {
    /// Classes of a line.
    pub fn line(self) -> String {
        format!("mark line {} d{}", self.colour(), self.0 % 5)
    }

    /// The class of its colour.
    pub fn colour(self) -> String {
        format!("c{}", self.0 % 8)
    }

    /// The id of its pattern in a plot.
    pub fn pattern(self, plot: &str) -> String {
        format!("{plot}-p{}", self.0)
    }

    /// Makes its pattern known to a plot.
    pub fn define(self, plot: &str, svg: &mut Svg) {
        let (id, colour, lines) = (self.pattern(plot), self.colour(), PATTERNS[self.0 % 5]);
        svg.add(format_args!(
            "<defs><pattern id=\"{id}\" class=\"weave {colour}\" width=\"6\" height=\"6\" \
             patternUnits=\"userSpaceOnUse\">{lines}</pattern></defs>"
        ));
    }

    /// Draws its marker.
    pub fn marker(self, svg: &mut Svg, (x, y): (f64, f64)) {
        let shape: &[(f64, f64)] = match self.0 % 6 {
            0 => return self.circle(svg, (x, y)),
            1 => &[(-3.5, -3.5), (3.5, -3.5), (3.5, 3.5), (-3.5, 3.5), (-3.5, -3.5)],
            2 => &[(0.0, -4.6), (4.4, 3.4), (-4.4, 3.4), (0.0, -4.6)],
            3 => &[(0.0, -5.0), (5.0, 0.0), (0.0, 5.0), (-5.0, 0.0), (0.0, -5.0)],
            4 => &[(0.0, 4.6), (4.4, -3.4), (-4.4, -3.4), (0.0, 4.6)],
            _ => &[(-5.0, 0.0), (5.0, 0.0), (0.0, 0.0), (0.0, 5.0), (0.0, -5.0)],
        };
        let points: Vec<_> = shape.iter().map(|(dx, dy)| (x + dx, y + dy)).collect();
        svg.path(&format!("dot {}", self.colour()), &points);
    }

    fn circle(self, svg: &mut Svg, (x, y): (f64, f64)) {
        let (colour, x, y) = (self.colour(), px(x), px(y));
        svg.add(format_args!("<circle class=\"dot {colour}\" cx=\"{x}\" cy=\"{y}\" r=\"3.8\"/>"));
    }
}
