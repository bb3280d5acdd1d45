//! Lines over two axes.

use super::frame::{self, ABOVE, BELOW, HEIGHT, LEFT, RIGHT};
use super::key::{Key, Look};
use super::labels::{Labels, dense};
use super::scale::Scale;
use super::series::Series;
use super::svg::Svg;
use super::{About, WIDTH, fitted};

/// How far apart, at least, markers stand along a line.
const MARKERS: f64 = 62.0;

/// So many lines, at most, have their names beside them.
const DIRECT: usize = 4;

/// A plot of lines.
pub struct Lines<'a> {
    /// What it is.
    pub about: About<'a>,
    /// What its axes are, with their units.
    pub names: (String, &'a str),
    /// Each with its name, if there are several.
    pub lines: Vec<Line>,
    /// A value of the horizontal axis to compare with.
    pub reference: Option<Reference>,
    /// The greatest value of the vertical axis, if it isn't that of the lines.
    pub top: Option<f64>,
    /// Whether the horizontal axis may be logarithmic.
    pub may_be_logarithmic: bool,
}

/// A line.
pub struct Line {
    /// Of whom.
    pub name: String,
    /// Its points, from left to right.
    pub points: Vec<(f64, f64)>,
}

/// A value to compare with.
pub struct Reference {
    /// Where.
    pub x: f64,
    /// What it is.
    pub name: String,
}

type Points = Vec<(f64, f64)>;

impl Lines<'_> {
    /// The picture.
    pub fn svg(&self) -> String {
        let key = self.key();
        let (top, bottom) = (key.height + ABOVE, key.height + ABOVE + HEIGHT);
        let mut svg = Svg::new(WIDTH, bottom + BELOW, &self.about);
        key.draw(self.about.id, &mut svg);
        let (x, y) = (self.across(), self.upwards((bottom, top)));
        frame::vertical(&mut svg, &y, self.names.1);
        frame::horizontal(&mut svg, &x, bottom, &self.named(&x));
        let lines: Vec<Points> = self.lines.iter().map(|line| placed(line, &x, &y)).collect();
        let reference =
            self.reference.as_ref().map(|to| [(x.place(to.x), top), (x.place(to.x), bottom)]);
        if let Some([from, to]) = reference {
            svg.line("reference", from, to);
        }
        draw(&mut svg, &lines);
        self.write_names(&mut svg, (top, bottom), &lines, reference);
        svg.finish()
    }

    /// Many names don't fit beside their lines.
    fn key(&self) -> Key {
        let names: Vec<&str> = self.lines.iter().map(|line| &line.name[..]).collect();
        if names.len() > DIRECT { Key::of(Look::Line, &names) } else { Key::none(Look::Line) }
    }

    fn write_names(
        &self,
        svg: &mut Svg,
        (top, bottom): (f64, f64),
        lines: &[Points],
        reference: Option<[(f64, f64); 2]>,
    ) {
        let all = lines.iter().map(Vec::as_slice).chain(reference.iter().map(|to| &to[..]));
        let mut labels = Labels::new(top, bottom, all);
        if let (Some(line), Some(of)) = (&reference, &self.reference) {
            labels.write(svg, "label soft", line, &of.name);
        }
        let is_named = (2..=DIRECT).contains(&lines.len());
        let named = self.lines.iter().zip(lines).enumerate().filter(|_| is_named);
        for (index, (line, points)) in named {
            let class = format!("label ink {}", Series(index).colour());
            labels.write(svg, &class, points, &fitted(&line.name, 170.0));
        }
    }

    fn named(&self, scale: &Scale) -> String {
        let note = if scale.is_logarithmic() { " (logarithmic)" } else { "" };
        format!("{}{note}", self.names.0)
    }

    fn across(&self) -> Scale {
        let reference = self.reference.iter().map(|to| to.x);
        let max = self.values(|point| point.0).chain(reference).fold(0.0, f64::max);
        let least_middle = self.lines.iter().filter_map(middle).fold(f64::INFINITY, f64::min);
        if !self.may_be_logarithmic || max < least_middle * 40.0 {
            return Scale::linear(max, 6, (LEFT, RIGHT));
        }
        let positive = self.values(|point| point.0).filter(|x| *x > 0.0);
        let min = positive.fold(least_middle, f64::min).max(max / 1e5);
        Scale::logarithmic(min, max, 7, (LEFT, RIGHT))
    }

    fn upwards(&self, places: (f64, f64)) -> Scale {
        let max = self.top.unwrap_or_else(|| self.values(|point| point.1).fold(0.0, f64::max));
        Scale::linear(max, 5, places)
    }

    fn values(&self, of: impl Fn(&(f64, f64)) -> f64) -> impl Iterator<Item = f64> {
        self.lines.iter().flat_map(|line| &line.points).map(of)
    }
}

/// Where half of a line is, if that is above 0.
fn middle(line: &Line) -> Option<f64> {
    line.points.get(line.points.len() / 2).map(|point| point.0).filter(|x| *x > 0.0)
}

/// A line's points in the picture, without those that can't be told from the one before.
fn placed(line: &Line, x: &Scale, y: &Scale) -> Points {
    let mut points: Points = line.points.iter().map(|at| (x.place(at.0), y.place(at.1))).collect();
    let last = points.last().copied();
    points.dedup_by(|next, kept| (next.0 - kept.0).abs() + (next.1 - kept.1).abs() < 0.4);
    if let (Some(kept), Some(last)) = (points.last_mut(), last) {
        *kept = last;
    }
    points
}

/// All lines, and markers on them where there are several, each series' a bit further along.
fn draw(svg: &mut Svg, lines: &[Points]) {
    for (index, points) in lines.iter().enumerate().filter(|(_, points)| !points.is_empty()) {
        svg.path(&Series(index).line(), points);
    }
    let several = lines.len() > 1;
    for (index, points) in lines.iter().enumerate().filter(|_| several) {
        let first = MARKERS * (index % 4 + 1) as f64 / 5.0;
        marked(points, first).into_iter().for_each(|at| Series(index).marker(svg, at));
    }
}

/// Points that far along a line, the first after `next`; and its end, which may lie in a gap of its
/// dashes.
fn marked(points: &[(f64, f64)], mut next: f64) -> Points {
    let (mut walked, mut marks) = (0.0, Vec::new());
    for pair in dense(points).windows(2) {
        walked += (pair[1].0 - pair[0].0).abs() + (pair[1].1 - pair[0].1).abs();
        if walked >= next {
            marks.push(pair[1]);
            next += MARKERS;
        }
    }
    if walked + MARKERS - next < MARKERS / 3.0 {
        marks.pop();
    }
    marks.extend(points.last());
    marks
}
