//! A small kit to draw plots as static SVG.
//!
//! ```text
//!   Lines, Bars: values over two axes     Rows: a bar for each name     Lanes: moments on a clock
//!        │            │                        │                             │
//!        └─ Frame: axes, ticks, grid ──────────┼─────────────────────────────┘
//!             Scale: values to places          │         Dots: points, and the best of them
//!                  └──────────── Svg: elements, places in tenths of a unit     Heat: a shade a cell
//! ```
//!
//! All are [`WIDTH`] wide, and scale with the page. Colours are the page's (`c0` to `c7`); what draws
//! data has the class `mark`.

mod bars;
mod dots;
mod frame;
mod heat;
mod key;
mod labels;
mod lanes;
mod lines;
mod rows;
mod scale;
mod series;
mod svg;
#[cfg(test)]
mod tests;
mod ticks;
mod unit;

pub use bars::Bars;
pub use dots::{Dot, Dots};
pub use heat::Heat;
pub use lanes::{Lane, Lanes};
pub use lines::{Line, Lines, Reference};
pub use rows::{Row, Rows};
pub use unit::Unit;

/// What every plot says of itself.
#[derive(Clone, Debug)]
pub struct About<'a> {
    /// Tells it from the others of the page.
    pub id: &'a str,
    /// What it shows, in a few words.
    pub title: &'static str,
    /// The same as the caption says it.
    pub text: &'a str,
}

/// How wide a plot is, in its own units. Text is 13 of them high.
pub const WIDTH: f64 = 440.0;

/// About how wide a character is, in the widest of the fonts that a page like this is shown in.
const CHARACTER: f64 = 7.7;

/// About how wide a text is.
fn text_width(text: &str) -> f64 {
    text.chars().count() as f64 * CHARACTER
}

/// Cut to what fits, in the middle: names that are alike often differ at their ends.
fn fitted(text: &str, width: f64) -> String {
    let (most, has) = ((width / CHARACTER) as usize, text.chars().count());
    if has <= most {
        return text.into();
    }
    let kept = most.saturating_sub(1);
    let (head, tail) = (kept.div_ceil(2), kept / 2);
    text.chars().take(head).chain(['…']).chain(text.chars().skip(has - tail)).collect()
}
