//! Elements of a picture.

use super::About;
use crate::report::escape::escape;
use std::fmt::Write;

/// A picture that is being drawn.
pub struct Svg {
    out: String,
}

/// How a text stands to its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// It begins there.
    Start,
    /// It is centred there.
    Middle,
    /// It ends there.
    End,
}

impl Svg {
    /// An empty one that says what it is.
    pub fn new(width: f64, height: f64, about: &About) -> Svg {
        let (id, title, text) = (about.id, escape(about.title), escape(about.text));
        let (width, height) = (px(width), px(height));
        let out = format!(
            "<svg viewBox=\"0 0 {width} {height}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\">\n\
             <title id=\"{id}-t\">{title}</title><desc id=\"{id}-d\">{text}</desc>\n"
        );
        Svg { out }
    }

    /// A straight line.
    pub fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let (x1, y1, x2, y2) = (px(from.0), px(from.1), px(to.0), px(to.1));
        self.add(format_args!(
            "<line class=\"{class}\" x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\"/>"
        ));
    }

    /// A line through points, or a shape if it ends where it began.
    pub fn path(&mut self, class: &str, points: &[(f64, f64)]) {
        let mut places = String::new();
        for (index, (x, y)) in points.iter().enumerate() {
            places.push(if index == 0 { 'M' } else { 'L' });
            places += &format!("{} {}", px(*x), px(*y));
        }
        self.add(format_args!("<path class=\"{class}\" d=\"{places}\"/>"));
    }

    /// A rectangle, with a paint of its own if it has one.
    pub fn rect(&mut self, class: &str, corner: (f64, f64), size: (f64, f64), fill: Option<&str>) {
        let (x, y, width, height) = (px(corner.0), px(corner.1), px(size.0), px(size.1));
        let fill = fill.map(|id| format!(" fill=\"url(#{id})\"")).unwrap_or_default();
        self.add(format_args!(
            "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"{fill}/>"
        ));
    }

    /// A text.
    pub fn text(&mut self, class: &str, (x, y): (f64, f64), anchor: Anchor, text: &str) {
        let (x, y, text) = (px(x), px(y), escape(text));
        let anchor = match anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        self.add(format_args!("<text class=\"{class}\" x=\"{x}\" y=\"{y}\"{anchor}>{text}</text>"));
    }

    /// Markup that is made elsewhere in this kit.
    pub fn add(&mut self, markup: impl std::fmt::Display) {
        // Writing into a string never fails.
        let _ = writeln!(self.out, "{markup}");
    }

    /// The element.
    pub fn finish(self) -> String {
        self.out + "</svg>\n"
    }
}

/// A place in tenths of a unit, in as few characters as will do. What is no number is 0.
pub fn px(value: f64) -> String {
    let tenths = (value * 10.0).round();
    let tenths = if tenths.is_finite() { tenths as i64 } else { 0 };
    match tenths % 10 {
        0 => (tenths / 10).to_string(),
        part => {
            let sign = if tenths < 0 { "-" } else { "" };
            format!("{sign}{}.{}", (tenths / 10).abs(), part.abs())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_short_and_always_numbers() {
        let places = [0.0, -0.04, 1.25, -0.3, 100.0, f64::NAN, f64::INFINITY].map(px);
        assert_eq!(places, ["0", "0", "1.3", "-0.3", "100", "0", "0"]);
    }
}
