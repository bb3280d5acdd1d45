//! How a message spreads.

use super::latency::{floor, floor_said, lines};
use super::quantiles;
use crate::outcome::{Outcome, millis};
use crate::report::figure::Figure;
use crate::report::plot::{About, Lines, Unit};

const TITLE: &str = "How a message spreads";

/// The share of nodes that a message has reached, over time; nothing if there is no curve.
pub fn figure(outcome: &Outcome) -> Option<Figure> {
    let curves: Vec<_> =
        outcome.broadcasts.iter().map(|broadcast| broadcast.curves.propagation.clone()).collect();
    let max = curves.iter().flatten().map(|point| point.0).reduce(f64::max)?;
    let caption = caption(outcome);
    let unit = Unit::of_millis(max);
    let lines = Lines {
        about: About { id: "spread", title: TITLE, text: &caption },
        names: (
            format!("since publication, {}", unit.name),
            "due nodes reached, mean over messages, %",
        ),
        lines: lines(outcome, &curves, unit),
        reference: floor(outcome, unit),
        top: Some(100.0),
        may_be_logarithmic: true,
    };
    let table = quantiles::table(outcome, "nodes reached", &curves, |ms| millis(ms) + " ms");
    Some(Figure { title: TITLE, svg: lines.svg(), table, caption })
}

fn caption(outcome: &Outcome) -> String {
    let text = "The share of the nodes that should have a message and have it, so long after it was \
                published; the mean over all messages.";
    format!("{text}{}", floor_said(outcome))
}
