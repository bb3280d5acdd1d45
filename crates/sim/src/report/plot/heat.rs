//! Cells over two axes of few values, shaded by how much each is.

use super::svg::{Anchor, Svg};
use super::{About, WIDTH, fitted, text_width};

const LEFT: f64 = 96.0;
const RIGHT: f64 = WIDTH - 8.0;
const TOP: f64 = 30.0;
/// Names of the columns, what they are, and the key.
const BELOW: f64 = 78.0;
/// How high a cell is where there are few.
const CELL: f64 = 27.0;
/// How high all together may be.
const HIGH: f64 = 432.0;
/// Shades, from none to the darkest on which a text can be read.
const SHADES: usize = 6;
const SWATCH: f64 = 26.0;

/// A plot of shaded cells.
pub struct Heat<'a> {
    /// What it is.
    pub about: About<'a>,
    /// What lies across, and what upwards.
    pub names: (&'a str, &'a str),
    /// The values across.
    pub columns: Vec<String>,
    /// The values upwards, from above.
    pub rows: Vec<String>,
    /// Row by row; nothing where there is nothing to say.
    pub cells: Vec<Vec<Option<f64>>>,
    /// How a value is written.
    pub write: fn(f64) -> String,
}

/// Where cells are, and what they lie between.
struct Layout {
    width: f64,
    height: f64,
    bottom: f64,
    least: f64,
    most: f64,
}

impl Heat<'_> {
    /// The picture.
    pub fn svg(&self) -> String {
        let layout = self.layout();
        let mut svg = Svg::new(WIDTH, layout.bottom + BELOW, &self.about);
        svg.text("name", (4.0, TOP - 12.0), Anchor::Start, &fitted(self.names.1, WIDTH - 8.0));
        for (row, cells) in self.cells.iter().enumerate() {
            for (column, value) in cells.iter().enumerate() {
                self.cell(&mut svg, &layout, (column, row), *value);
            }
        }
        self.name_rows(&mut svg, &layout);
        self.name_columns(&mut svg, &layout);
        self.key(&mut svg, &layout);
        svg.finish()
    }

    fn layout(&self) -> Layout {
        let rows = self.rows.len().max(1) as f64;
        let height = (HIGH / rows).min(CELL);
        let values = || self.cells.iter().flatten().flatten().copied();
        Layout {
            width: (RIGHT - LEFT) / self.columns.len().max(1) as f64,
            height,
            bottom: TOP + height * rows,
            least: values().fold(f64::INFINITY, f64::min),
            most: values().fold(0.0, f64::max),
        }
    }

    fn cell(
        &self,
        svg: &mut Svg,
        layout: &Layout,
        (column, row): (usize, usize),
        value: Option<f64>,
    ) {
        let Layout { width, height, .. } = *layout;
        let (x, y) = (LEFT + width * column as f64, TOP + height * row as f64);
        let class = match value {
            Some(value) => format!("mark heat s{}", layout.shade(value)),
            None => "mark heat none".into(),
        };
        svg.rect(&class, (x, y), (width, height), None);
        let text = value.map_or("–".into(), self.write);
        if text_width(&text) + 2.0 <= width && height >= 16.0 {
            let middle = (x + width / 2.0, y + height / 2.0 + 4.5);
            svg.text("cell", middle, Anchor::Middle, &text);
        }
    }

    fn name_rows(&self, svg: &mut Svg, layout: &Layout) {
        let every = (15.0 / layout.height).ceil().max(1.0) as usize;
        for (row, name) in self.rows.iter().enumerate().step_by(every) {
            let y = TOP + layout.height * (row as f64 + 0.5) + 4.5;
            svg.text("tick", (LEFT - 8.0, y), Anchor::End, &fitted(name, LEFT - 12.0));
        }
    }

    fn name_columns(&self, svg: &mut Svg, layout: &Layout) {
        let names: Vec<String> = self.columns.iter().map(|name| fitted(name, LEFT)).collect();
        let widest = names.iter().map(|name| text_width(name)).fold(0.0, f64::max);
        let every = ((widest + 6.0) / layout.width).ceil().max(1.0) as usize;
        for (column, name) in names.iter().enumerate().step_by(every) {
            // The first and the last may be wider than their cells.
            let half = text_width(name) / 2.0;
            let x = LEFT + layout.width * (column as f64 + 0.5);
            let x = x.clamp(half, WIDTH - half);
            svg.text("tick", (x, layout.bottom + 17.0), Anchor::Middle, name);
        }
        let (x, name) = (f64::midpoint(LEFT, RIGHT), fitted(self.names.0, RIGHT - LEFT));
        svg.text("name", (x, layout.bottom + 37.0), Anchor::Middle, &name);
    }

    /// What the lightest and the darkest are.
    fn key(&self, svg: &mut Svg, layout: &Layout) {
        if !layout.least.is_finite() {
            return;
        }
        let (y, mut x) = (layout.bottom + 54.0, LEFT);
        for shade in 0..SHADES {
            svg.rect(&format!("heat s{shade}"), (x, y), (SWATCH, 14.0), None);
            x += SWATCH;
        }
        let (least, most) = ((self.write)(layout.least), (self.write)(layout.most));
        svg.text("tick", (LEFT - 8.0, y + 11.5), Anchor::End, &fitted(&least, LEFT - 12.0));
        svg.text("tick", (x + 8.0, y + 11.5), Anchor::Start, &most);
    }
}

impl Layout {
    /// In equal steps from the least to the most.
    fn shade(&self, value: f64) -> usize {
        let span = self.most - self.least;
        let share = if span > 0.0 { (value - self.least) / span } else { 0.0 };
        ((share * SHADES as f64) as usize).min(SHADES - 1)
    }
}
