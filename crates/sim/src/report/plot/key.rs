//! Which line or pattern is whose.

use super::series::Series;
use super::svg::{Anchor, Svg};
use super::{WIDTH, fitted, text_width};

const ROW: f64 = 20.0;
const SWATCH: f64 = 26.0;
/// So that two fit beside each other.
const LONGEST: f64 = 170.0;

/// What the entries show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// A line with its marker.
    Line,
    /// A bar with its pattern.
    Bar,
}

/// Names with their places, and how much room they take.
pub struct Key {
    look: Look,
    entries: Vec<(f64, f64, String)>,
    /// How high it is.
    pub height: f64,
}

impl Key {
    /// That takes no room.
    pub fn none(look: Look) -> Key {
        Key { look, entries: Vec::new(), height: 0.0 }
    }

    /// Of all these names, in as many rows as they need.
    pub fn of(look: Look, names: &[&str]) -> Key {
        let (mut entries, mut x, mut y) = (Vec::new(), 4.0, 4.0);
        for name in names {
            let name = fitted(name, LONGEST);
            let width = SWATCH + 6.0 + text_width(&name) + 14.0;
            if x + width > WIDTH && x > 4.0 {
                (x, y) = (4.0, y + ROW);
            }
            entries.push((x, y, name));
            x += width;
        }
        Key { look, entries, height: y + ROW }
    }

    /// Draws it at the top of a plot.
    pub fn draw(&self, plot: &str, svg: &mut Svg) {
        for (index, (x, y, name)) in self.entries.iter().enumerate() {
            self.swatch(plot, svg, Series(index), (*x, *y));
            svg.text("label", (x + SWATCH + 6.0, y + 11.0), Anchor::Start, name);
        }
    }

    fn swatch(&self, plot: &str, svg: &mut Svg, series: Series, (x, y): (f64, f64)) {
        match self.look {
            Look::Bar => {
                let class = format!("bar {}", series.colour());
                svg.rect(&class, (x, y), (SWATCH, 12.0), Some(&series.pattern(plot)));
            }
            Look::Line => {
                svg.path(&series.line(), &[(x, y + 6.0), (x + SWATCH, y + 6.0)]);
                series.marker(svg, (x + SWATCH / 2.0, y + 6.0));
            }
        }
    }
}
