//! Points over two axes, of which less is better, and the best of them along a line.

use super::frame::{self, ABOVE, BELOW, HEIGHT, LEFT, RIGHT};
use super::key::{Key, Look};
use super::labels::Labels;
use super::scale::Scale;
use super::series::Series;
use super::svg::Svg;
use super::{About, WIDTH, fitted};

/// So many of the best, at most, have their names beside them.
const NAMED: usize = 8;

/// Where the greatest is more than so many times the least, equal ways are equal factors.
const WIDE: f64 = 20.0;

/// A plot of points.
pub struct Dots<'a> {
    /// What it is.
    pub about: About<'a>,
    /// What its axes are, with their units.
    pub names: (String, String),
    /// What the best are, and what the others.
    pub kinds: [&'a str; 2],
    /// Its points.
    pub dots: Vec<Dot>,
}

/// A point.
pub struct Dot {
    /// Where, across and upwards.
    pub at: (f64, f64),
    /// Its name, if it is one of the best.
    pub best: Option<String>,
}

/// The best and the others look like these.
const LOOKS: [Series; 2] = [Series(0), Series(1)];

impl Dots<'_> {
    /// The picture.
    pub fn svg(&self) -> String {
        let key = Key::of(Look::Line, &self.kinds);
        let (top, bottom) = (key.height + ABOVE, key.height + ABOVE + HEIGHT);
        let mut svg = Svg::new(WIDTH, bottom + BELOW, &self.about);
        key.draw(self.about.id, &mut svg);
        let x = self.scale(|dot| dot.at.0, 6, (LEFT, RIGHT));
        let y = self.scale(|dot| dot.at.1, 5, (bottom, top));
        frame::vertical(&mut svg, &y, &named(&self.names.1, &y));
        frame::horizontal(&mut svg, &x, bottom, &named(&self.names.0, &x));
        let place = |dot: &Dot| (x.place(dot.at.0), y.place(dot.at.1));
        for dot in self.dots.iter().filter(|dot| dot.best.is_none()) {
            LOOKS[1].marker(&mut svg, place(dot));
        }
        let mut best: Vec<_> =
            self.dots.iter().filter_map(|dot| Some((place(dot), dot.best.as_ref()?))).collect();
        best.sort_by(|a, b| a.0.0.total_cmp(&b.0.0).then(b.0.1.total_cmp(&a.0.1)));
        draw(&mut svg, (top, bottom), &best);
        svg.finish()
    }

    fn scale(&self, of: impl Fn(&Dot) -> f64, most: usize, places: (f64, f64)) -> Scale {
        let max = self.dots.iter().map(&of).fold(0.0, f64::max);
        let min = self.dots.iter().map(&of).fold(f64::INFINITY, f64::min);
        match min > 0.0 && max > min * WIDE {
            true => Scale::logarithmic(min, max, most, places),
            false => Scale::linear(max, most, places),
        }
    }
}

fn named(name: &str, scale: &Scale) -> String {
    format!("{name}{}", if scale.is_logarithmic() { " (logarithmic)" } else { "" })
}

/// The best, from left to right, along their line.
fn draw(svg: &mut Svg, (top, bottom): (f64, f64), best: &[((f64, f64), &String)]) {
    let line: Vec<(f64, f64)> = best.iter().map(|(at, _)| *at).collect();
    if line.len() > 1 {
        svg.path(&LOOKS[0].line(), &line);
    }
    let mut labels = Labels::new(top, bottom, [&line[..]].into_iter());
    for (at, name) in best {
        LOOKS[0].marker(svg, *at);
        if best.len() <= NAMED {
            labels.write(svg, "label ink c0", &[*at], &fitted(name, 150.0));
        }
    }
}
