//! How long deliveries took.

use super::quantiles;
use crate::outcome::{Outcome, millis};
use crate::report::figure::Figure;
use crate::report::plot::{About, Line, Lines, Reference, Unit};

const TITLE: &str = "Latency of deliveries";

/// The distribution of latencies, a line for each broadcast; nothing if nothing was delivered.
pub fn figure(outcome: &Outcome) -> Option<Figure> {
    let curves: Vec<_> =
        outcome.broadcasts.iter().map(|broadcast| broadcast.curves.latency_cdf.clone()).collect();
    let max = curves.iter().flatten().map(|point| point.0).reduce(f64::max)?;
    let caption = caption(outcome);
    let unit = Unit::of_millis(max);
    let about = About { id: "latency", title: TITLE, text: &caption };
    let lines = Lines {
        about,
        names: (format!("latency, {}", unit.name), "deliveries that took at most so long, %"),
        lines: lines(outcome, &curves, unit),
        reference: floor(outcome, unit),
        top: Some(100.0),
        may_be_logarithmic: true,
    };
    let table = quantiles::table(outcome, "deliveries", &curves, |ms| millis(ms) + " ms");
    Some(Figure { title: TITLE, svg: lines.svg(), table, caption })
}

/// Curves of milliseconds and shares as lines, in percent.
pub fn lines(outcome: &Outcome, curves: &[Vec<(f64, f64)>], unit: Unit) -> Vec<Line> {
    let scaled = |curve: &[(f64, f64)]| {
        curve.iter().map(|(ms, share)| (ms / unit.size, share * 100.0)).collect()
    };
    let line = |(broadcast, curve): (&crate::outcome::BroadcastOutcome, &Vec<(f64, f64)>)| Line {
        name: broadcast.label.clone(),
        points: scaled(curve),
    };
    outcome.broadcasts.iter().zip(curves).map(line).collect()
}

/// When the farthest node could have it, along the fastest way.
pub fn floor(outcome: &Outcome, unit: Unit) -> Option<Reference> {
    let floors = outcome.broadcasts.iter().filter_map(|broadcast| broadcast.floors.latency_ms);
    let floor = floors.reduce(f64::min)?;
    Some(Reference { x: floor / unit.size, name: "floor".into() })
}

/// What the line of the floor is, if there is one.
pub fn floor_said(outcome: &Outcome) -> &'static str {
    match outcome.broadcasts.iter().any(|of| of.floors.latency_ms.is_some()) {
        true => " The dotted line is the floor: the farthest node along the fastest way.",
        false => "",
    }
}

fn caption(outcome: &Outcome) -> String {
    let said = super::each(outcome, |of| {
        let latency = of.latency_ms?;
        let (p50, p99) = (millis(latency.p50), millis(latency.p99));
        Some(format!("half within {p50} ms, 99 % within {p99} ms"))
    });
    let floor = floor_said(outcome);
    format!("Of all deliveries, the share that took at most so long.{said}{floor}")
}
