//! What comes of a sweep of which all runs are there.

use super::folder::RESULTS;
use super::manifest::Manifest;
use super::plan::replay;
use crate::printed::print;
use crate::sim::place::Place;
use rumormill_sim::report::sweep::{
    Axes, Figures, Point, Sweep, Trouble, csv, front, html, points,
};
use serde_json::{Map, Value, json};
use std::path::Path;
use std::process::ExitCode;

/// So many runs that went wrong are named.
const TROUBLES: usize = 20;

/// So many points of the front are printed.
const FRONT: usize = 12;

/// How it is told.
pub struct Told {
    /// As a line of JSON.
    pub json: bool,
    /// How many of the runs were done just now.
    pub now: usize,
}

impl Told {
    /// Writes the results, and tells of them. What went wrong in a run is a failure.
    pub fn finish(
        &self,
        dir: &Path,
        (manifest, runs): (Manifest, Vec<Figures>),
    ) -> anyhow::Result<ExitCode> {
        let sweep = sweep(manifest, runs);
        let [results, report] = RESULTS.map(|name| dir.join(name));
        Place::new("results", &results)?.write(&csv(&sweep))?;
        Place::new("report", &report)?.write(&html(&sweep))?;
        let (axes, points) = points(&sweep);
        let places = [results, report].map(|path| path.display().to_string());
        match self.json {
            true => print(&format!("{}\n", document(&sweep, &axes, &points, &places)))?,
            false => print(&self.text(&sweep, &axes, &points, &places))?,
        }
        Ok(ExitCode::from(u8::from(bad(&sweep) > 0)))
    }

    fn text(&self, sweep: &Sweep, axes: &Axes, points: &[Point], places: &[String; 2]) -> String {
        let (runs, now) = (sweep.runs.len(), self.now);
        let bad = match bad(sweep) {
            0 => "nothing went wrong".into(),
            bad => format!("{bad} broke a promise or failed"),
        };
        let [results, report] = places;
        let front = best(axes, points);
        format!(
            "{runs} runs, {now} of them now: {bad}\n{front}results  {results}\nreport   {report}\n"
        )
    }
}

fn sweep(manifest: Manifest, runs: Vec<Figures>) -> Sweep {
    let what = |figures: &Figures| figures.error.clone().or_else(|| figures.broken.clone());
    let wrong = runs.iter().enumerate().filter_map(|(run, figures)| Some((run, what(figures)?)));
    let trouble = |(run, what)| Trouble { run, what, command: replay(&manifest, run) };
    let troubles = wrong.take(TROUBLES).map(trouble).collect();
    let Manifest { name, version, scenario, axes, .. } = manifest;
    Sweep { name, version, scenario, axes, runs, troubles }
}

fn bad(sweep: &Sweep) -> usize {
    sweep.runs.iter().filter(|run| run.violations > 0 || run.error.is_some()).count()
}

/// The points of the front as a table.
fn best(axes: &Axes, points: &[Point]) -> String {
    let front = front(points);
    let heads = ["p99 ms", "bytes", "delivered"].map(String::from);
    let heads = axes.0.iter().map(|axis| axis.path.clone()).chain(heads);
    let mut rows: Vec<Vec<String>> = vec![heads.collect()];
    for at in front.iter().take(FRONT) {
        let of = &points[*at].figures;
        let figures = [of.p99_ms, of.bytes_per_delivery, of.delivery_ratio];
        let figures = figures.map(|figure| figure.map(|it| it.to_string()).unwrap_or_default());
        let values = points[*at].values(axes).into_iter().map(String::from);
        rows.push(values.chain(figures).collect());
    }
    if front.is_empty() {
        return "nothing was delivered\n".into();
    }
    let more = front.len().saturating_sub(FRONT);
    let more = if more > 0 { format!("  and {more} more\n") } else { String::new() };
    let (on, of) = (front.len(), points.len());
    format!(
        "\n{on} of {of} points on the front of p99 and bytes per delivery\n{}{more}\n",
        lines(&rows)
    )
}

/// Cells in line, at the right.
fn lines(rows: &[Vec<String>]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let cell = |(column, cell): (usize, &String)| {
        let gap = width(column).unwrap_or_default() - cell.chars().count();
        format!("  {}{cell}", " ".repeat(gap))
    };
    let line = |row: &Vec<String>| row.iter().enumerate().map(cell).collect::<String>() + "\n";
    rows.iter().map(line).collect()
}

fn document(sweep: &Sweep, axes: &Axes, points: &[Point], places: &[String; 2]) -> Value {
    let point = |at: usize| {
        let of = &points[at].figures;
        let values = axes.0.iter().map(|axis| axis.path.clone()).zip(points[at].values(axes));
        let values: Map<String, Value> = values.map(|(path, value)| (path, value.into())).collect();
        json!({
            "values": values,
            "p99_ms": of.p99_ms,
            "bytes_per_delivery": of.bytes_per_delivery,
            "delivery_ratio": of.delivery_ratio,
        })
    };
    let front: Vec<Value> = front(points).into_iter().map(point).collect();
    json!({
        "name": sweep.name,
        "version": sweep.version,
        "runs": sweep.runs.len(),
        "points": points.len(),
        "violations": sweep.runs.iter().map(|run| run.violations).sum::<u64>(),
        "failed": sweep.runs.iter().filter(|run| run.error.is_some()).count(),
        "front": front,
        "results": places[0],
        "report": places[1],
    })
}
