//! Lying bars, each with its name above and its value beside it.

use super::series::Series;
use super::svg::{Anchor, Svg};
use super::{About, WIDTH, fitted, text_width};

const NAMES: f64 = 126.0;
const ROW: f64 = 25.0;
const HEAD: f64 = 27.0;
const BAR: f64 = 15.0;

/// A plot of lying bars.
pub struct Rows<'a> {
    /// What it is.
    pub about: About<'a>,
    /// Under a head for each group, its rows.
    pub groups: Vec<(String, Vec<Row>)>,
}

/// A bar.
pub struct Row {
    /// What it is of.
    pub name: String,
    /// How long it is.
    pub value: f64,
    /// What stands beside it.
    pub text: String,
}

impl Rows<'_> {
    /// The picture. Heads are left out where there is one group only.
    pub fn svg(&self) -> String {
        let mut svg = Svg::new(WIDTH, self.height(), &self.about);
        let mut y = 6.0;
        for (index, (name, rows)) in self.groups.iter().enumerate() {
            Series(index).define(self.about.id, &mut svg);
            if self.has_heads() {
                svg.text(
                    "label strong",
                    (4.0, y + 15.0),
                    Anchor::Start,
                    &fitted(name, WIDTH - 8.0),
                );
                y += HEAD;
            }
            for row in rows {
                self.draw(&mut svg, Series(index), row, y);
                y += ROW;
            }
        }
        svg.finish()
    }

    fn draw(&self, svg: &mut Svg, series: Series, row: &Row, y: f64) {
        let baseline = y + BAR - 3.0;
        svg.text("label", (NAMES - 8.0, baseline), Anchor::End, &fitted(&row.name, NAMES - 12.0));
        let width = (self.longest_bar() * row.value / self.max()).max(1.0);
        let class = format!("mark bar {}", series.colour());
        let pattern = series.pattern(self.about.id);
        svg.rect(&class, (NAMES, y), (width, BAR), Some(&pattern));
        svg.text("label soft", (NAMES + width + 7.0, baseline), Anchor::Start, &row.text);
    }

    fn has_heads(&self) -> bool {
        self.groups.len() > 1
    }

    fn height(&self) -> f64 {
        let heads = if self.has_heads() { self.groups.len() as f64 * HEAD } else { 0.0 };
        12.0 + heads + self.rows().count() as f64 * ROW
    }

    /// So that the longest text still fits beside the longest bar.
    fn longest_bar(&self) -> f64 {
        let texts = self.rows().map(|row| text_width(&row.text)).fold(0.0, f64::max);
        (WIDTH - NAMES - texts - 14.0).max(40.0)
    }

    fn max(&self) -> f64 {
        self.rows().map(|row| row.value).fold(1.0, f64::max)
    }

    fn rows(&self) -> impl Iterator<Item = &Row> {
        self.groups.iter().flat_map(|(_, rows)| rows)
    }
}
