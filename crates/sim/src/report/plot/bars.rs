//! Upright bars, a group for each category.

use super::frame::{self, ABOVE, BELOW, HEIGHT, LEFT, RIGHT};
use super::key::{Key, Look};
use super::scale::Scale;
use super::series::Series;
use super::svg::{Anchor, Svg};
use super::{About, WIDTH, text_width};
use crate::outcome::fixed;

/// A plot of bars.
pub struct Bars<'a> {
    /// What it is.
    pub about: About<'a>,
    /// What its axes are, with their units.
    pub names: (&'a str, &'a str),
    /// What the groups are.
    pub categories: Vec<String>,
    /// Whose the bars of a group are, and how high each is in each category.
    pub series: Vec<(String, Vec<f64>)>,
}

/// What a group of bars has in common.
struct Layout {
    y: Scale,
    bottom: f64,
    /// Room of a category.
    pitch: f64,
    /// Width of a bar.
    bar: f64,
}

impl Bars<'_> {
    /// The picture.
    pub fn svg(&self) -> String {
        let key = self.key();
        let layout = self.layout(key.height + ABOVE);
        let mut svg = Svg::new(WIDTH, layout.bottom + BELOW, &self.about);
        (0..self.series.len()).for_each(|index| Series(index).define(self.about.id, &mut svg));
        key.draw(self.about.id, &mut svg);
        frame::vertical(&mut svg, &layout.y, self.names.1);
        for (index, (_, values)) in self.series.iter().enumerate() {
            self.draw(&mut svg, &layout, index, values);
        }
        self.name_categories(&mut svg, &layout);
        frame::named(&mut svg, layout.bottom, self.names.0);
        svg.finish()
    }

    fn key(&self) -> Key {
        let names: Vec<&str> = self.series.iter().map(|(name, _)| &name[..]).collect();
        if names.len() > 1 { Key::of(Look::Bar, &names) } else { Key::none(Look::Bar) }
    }

    fn layout(&self, top: f64) -> Layout {
        let max = self.series.iter().flat_map(|(_, values)| values).copied().fold(0.0, f64::max);
        let bottom = top + HEIGHT;
        let pitch = (RIGHT - LEFT) / self.categories.len().max(1) as f64;
        let bar = (pitch * 0.78 / self.series.len().max(1) as f64).min(46.0);
        Layout { y: Scale::linear(max, 5, (bottom, top)), bottom, pitch, bar }
    }

    fn draw(&self, svg: &mut Svg, layout: &Layout, index: usize, values: &[f64]) {
        let Layout { y, bottom, pitch, bar } = layout;
        let group = bar * self.series.len() as f64;
        let class = format!("mark bar {}", Series(index).colour());
        let pattern = Series(index).pattern(self.about.id);
        for (category, value) in values.iter().enumerate().filter(|(_, value)| **value > 0.0) {
            let middle = LEFT + pitch * (category as f64 + 0.5);
            let x = middle - group / 2.0 + bar * index as f64;
            // What is there can be seen, however little it is.
            let height = (bottom - y.place(*value)).max(1.0);
            svg.rect(&class, (x, bottom - height), (bar - 1.0, height), Some(&pattern));
            if self.series.len() == 1 {
                self.value(svg, layout, (middle, bottom - height - 5.0), *value);
            }
        }
    }

    /// What a bar's height is, where there is room.
    fn value(&self, svg: &mut Svg, layout: &Layout, place: (f64, f64), value: f64) {
        let text = match value {
            ..0.05 => "< 0.1".into(),
            ..9.95 => fixed(value, 1),
            _ => fixed(value, 0),
        };
        if text_width(&text) <= layout.pitch {
            svg.text("tick", place, Anchor::Middle, &text);
        }
    }

    /// Every name, or every so many if there isn't room for all.
    fn name_categories(&self, svg: &mut Svg, layout: &Layout) {
        let widest = self.categories.iter().map(|name| text_width(name)).fold(0.0, f64::max);
        let every = ((widest + 4.0) / layout.pitch).ceil().max(1.0) as usize;
        for (index, name) in self.categories.iter().enumerate().step_by(every) {
            let x = LEFT + layout.pitch * (index as f64 + 0.5);
            svg.text("tick", (x, layout.bottom + 18.0), Anchor::Middle, name);
        }
    }
}
