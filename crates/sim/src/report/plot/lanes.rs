//! Moments on a clock, a lane for each kind.

use super::frame;
use super::scale::Scale;
use super::svg::{Anchor, Svg};
use super::{About, WIDTH, fitted};

const NAMES: f64 = 106.0;
const LANE: f64 = 27.0;
const TEXTS: f64 = 118.0;

/// A plot of moments.
pub struct Lanes<'a> {
    /// What it is.
    pub about: About<'a>,
    /// How long the clock ran, in seconds.
    pub seconds: f64,
    /// From above.
    pub lanes: Vec<Lane>,
}

/// The moments of one kind.
pub struct Lane {
    /// What kind.
    pub name: String,
    /// When, in seconds, and whether something happened then.
    pub moments: Vec<(f64, bool)>,
    /// What stands at its end.
    pub text: String,
    /// Whether these are violations.
    pub is_bad: bool,
}

impl Lanes<'_> {
    /// The picture.
    pub fn svg(&self) -> String {
        let bottom = 8.0 + LANE * self.lanes.len() as f64;
        let mut svg = Svg::new(WIDTH, bottom + frame::BELOW, &self.about);
        let moments = self.lanes.iter().flat_map(|lane| &lane.moments).map(|moment| moment.0);
        let max = moments.fold(self.seconds, f64::max);
        let scale = Scale::linear(max, 5, (NAMES, WIDTH - TEXTS));
        self.grid(&mut svg, &scale, bottom);
        for (index, lane) in self.lanes.iter().enumerate() {
            lane.draw(&mut svg, &scale, 8.0 + LANE * (index as f64 + 0.5));
        }
        svg.finish()
    }

    fn grid(&self, svg: &mut Svg, scale: &Scale, bottom: f64) {
        for (x, tick) in scale.ticks() {
            svg.line("grid", (x, 8.0), (x, bottom));
            svg.text("tick", (x, bottom + 19.0), Anchor::Middle, &tick);
        }
        let (from, to) = scale.places();
        svg.line("axis", (from, bottom), (to, bottom));
        let name = "simulated time, s";
        svg.text("name", (f64::midpoint(from, to), bottom + 38.0), Anchor::Middle, name);
    }
}

impl Lane {
    fn draw(&self, svg: &mut Svg, scale: &Scale, y: f64) {
        let (from, to) = scale.places();
        svg.text("label", (from - 14.0, y + 4.5), Anchor::End, &fitted(&self.name, NAMES - 20.0));
        svg.text(
            "label soft",
            (to + 16.0, y + 4.5),
            Anchor::Start,
            &fitted(&self.text, TEXTS - 22.0),
        );
        svg.line("grid", (from, y), (to, y));
        for (seconds, has_fired) in &self.moments {
            self.moment(svg, scale.place(*seconds), y, *has_fired);
        }
    }

    /// A diamond, hollow if nothing happened; a cross for what is bad.
    fn moment(&self, svg: &mut Svg, x: f64, y: f64, has_fired: bool) {
        let at = |dx: f64, dy: f64| (x + dx, y + dy);
        if self.is_bad {
            svg.line("mark cross", at(-6.0, -6.0), at(6.0, 6.0));
            return svg.line("mark cross", at(-6.0, 6.0), at(6.0, -6.0));
        }
        let class = if has_fired { "mark moment" } else { "mark moment hollow" };
        let corners = [at(0.0, -7.0), at(7.0, 0.0), at(0.0, 7.0), at(-7.0, 0.0), at(0.0, -7.0)];
        svg.path(class, &corners);
    }
}
