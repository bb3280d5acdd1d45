//! A row a run, as RFC 4180 has it.

use super::{Figures, Sweep};
use std::borrow::Cow;
use std::fmt::{Display, Write};

/// What stands behind the axes.
const HEADS: [&str; 17] = [
    "messages",
    "due",
    "delivered",
    "delivery_ratio",
    "p50_ms",
    "p90_ms",
    "p99_ms",
    "max_ms",
    "hops_p50",
    "hops_max",
    "copies_per_delivery",
    "bytes_per_delivery",
    "events",
    "violations",
    "hash",
    "broken",
    "error",
];

/// All runs in the order of the grid, under a row of heads: the run's number from 0, the value of each
/// axis, and the figures. What could not be measured is empty.
pub fn csv(sweep: &Sweep) -> String {
    let mut out = String::new();
    let paths = sweep.axes.0.iter().map(|axis| axis.path.as_str());
    line(&mut out, ["index"].into_iter().chain(paths).chain(HEADS).map(Cow::Borrowed));
    for (index, figures) in sweep.runs.iter().enumerate() {
        let values = sweep.axes.values(index).into_iter().map(Cow::Borrowed);
        let index = Cow::Owned(index.to_string());
        line(&mut out, [index].into_iter().chain(values).chain(cells(figures).map(Cow::Owned)));
    }
    out
}

fn cells(of: &Figures) -> [String; 17] {
    [
        of.messages.to_string(),
        of.due.to_string(),
        of.delivered.to_string(),
        maybe(of.delivery_ratio),
        maybe(of.p50_ms),
        maybe(of.p90_ms),
        maybe(of.p99_ms),
        maybe(of.max_ms),
        maybe(of.hops_p50),
        maybe(of.hops_max),
        maybe(of.copies_per_delivery),
        maybe(of.bytes_per_delivery),
        of.events.to_string(),
        of.violations.to_string(),
        of.hash.clone(),
        of.broken.clone().unwrap_or_default(),
        of.error.clone().unwrap_or_default(),
    ]
}

fn maybe(value: Option<impl Display>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn line<'a>(out: &mut String, cells: impl Iterator<Item = Cow<'a, str>>) {
    for (column, cell) in cells.enumerate() {
        let comma = if column > 0 { "," } else { "" };
        // Writing into a string never fails.
        let _ = match cell.contains([',', '"', '\n', '\r']) {
            false => write!(out, "{comma}{cell}"),
            true => write!(out, "{comma}\"{}\"", cell.replace('"', "\"\"")),
        };
    }
    out.push('\n');
}
