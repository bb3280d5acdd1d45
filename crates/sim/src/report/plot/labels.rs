//! Where names stand beside their lines, so that they hide neither each other nor the lines.

use super::frame::{LEFT, RIGHT};
use super::svg::{Anchor, Svg};
use super::text_width;

const HEIGHT: f64 = 15.0;
const AWAY: f64 = 11.0;
/// Markers reach that far from their lines.
const MARGIN: f64 = 4.0;

/// What is in the way of names, in a plot's area.
pub struct Labels {
    top: f64,
    bottom: f64,
    taken: Vec<Area>,
    drawn: Vec<(f64, f64)>,
}

#[derive(Clone, Copy)]
struct Area {
    x: f64,
    y: f64,
    width: f64,
}

impl Area {
    fn overlaps(&self, other: &Area) -> bool {
        self.x < other.x + other.width
            && other.x < self.x + self.width
            && (self.y - other.y).abs() < HEIGHT
    }

    fn holds(&self, (x, y): (f64, f64)) -> bool {
        (self.x - MARGIN..self.x + self.width + MARGIN).contains(&x)
            && (self.y - MARGIN..self.y + HEIGHT + MARGIN).contains(&y)
    }
}

impl Labels {
    /// For an area between `top` and `bottom` with these lines in it.
    pub fn new<'a>(top: f64, bottom: f64, lines: impl Iterator<Item = &'a [(f64, f64)]>) -> Labels {
        let drawn = lines.flat_map(dense).collect();
        Labels { top, bottom, taken: Vec::new(), drawn }
    }

    /// Writes a name beside its line, where least is in its way.
    pub fn write(&mut self, svg: &mut Svg, class: &str, line: &[(f64, f64)], name: &str) {
        let width = text_width(name);
        let points = dense(line);
        let step = (points.len() / 40).max(1);
        let areas = points.iter().step_by(step).flat_map(|point| around(*point, width));
        let inside = areas.filter(|area| self.is_inside(area));
        let Some(best) = inside.min_by_key(|area| self.harm(area)) else { return };
        svg.text(class, (best.x, best.y + HEIGHT - 3.5), Anchor::Start, name);
        self.taken.push(best);
    }

    fn is_inside(&self, area: &Area) -> bool {
        area.x >= LEFT + 2.0
            && area.x + area.width <= RIGHT
            && area.y >= self.top
            && area.y + HEIGHT <= self.bottom - 2.0
    }

    fn harm(&self, area: &Area) -> usize {
        let names = self.taken.iter().filter(|taken| taken.overlaps(area)).count();
        let points = self.drawn.iter().filter(|point| area.holds(**point)).count();
        names * 1_000 + points
    }
}

/// To the right of a point, to its left, above and below.
fn around((x, y): (f64, f64), width: f64) -> [Area; 4] {
    let area = |x, y| Area { x, y, width };
    [
        area(x + AWAY, y - HEIGHT / 2.0),
        area(x - AWAY - width, y - HEIGHT / 2.0),
        area(x - width / 2.0, y - AWAY - HEIGHT),
        area(x - width / 2.0, y + AWAY),
    ]
}

/// Points along a line that are at most 4 apart.
pub fn dense(line: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let between = |pair: &[(f64, f64)]| {
        let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
        let steps = ((x1 - x0).abs().max((y1 - y0).abs()) / 4.0).ceil().max(1.0) as usize;
        let at = move |step: usize| {
            let share = step as f64 / steps as f64;
            (x0 + (x1 - x0) * share, y0 + (y1 - y0) * share)
        };
        (0..steps).map(at).collect::<Vec<_>>()
    };
    line.windows(2).flat_map(between).chain(line.last().copied()).collect()
}
