//! From a case that fails to the smallest that fails alike.
//!
//! What makes a case smaller is tried, the largest steps first, as long as one of them still fails in the
//! same way: an item or a setting less, a number or a span halved. A setting that is left out has its default.

use super::{Case, Failure, Finding};
use rumormill_protocols::parts::settings::parse_span;
use toml::{Table, Value};

/// The way to something in a case.
type Path = Vec<Step>;

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Key(String),
    Item(usize),
}

/// What is a part of every case.
const KEPT: [&str; 3] = ["name", "seed", "drain"];

/// Without these a case would be larger: what is left out has its default.
const NEEDED: [&str; 5] = ["network", "nodes", "for", "rate", "kind"];

/// The smallest case that fails like that one.
pub(super) fn smallest(case: Case, failure: Failure, runs_max: usize) -> Finding {
    let mut finding = Finding { failure, case, runs: 0 };
    while let Some(smaller) = smaller(&mut finding, runs_max) {
        finding = smaller;
    }
    finding
}

/// The first candidate that fails alike.
fn smaller(finding: &mut Finding, runs_max: usize) -> Option<Finding> {
    for table in candidates(&finding.case.table) {
        if finding.runs >= runs_max {
            return None;
        }
        let Some(case) = finding.case.with(table) else { continue };
        finding.runs += 1;
        let failure = case.fails().filter(|failure| failure.kind == finding.failure.kind);
        if let Some(failure) = failure {
            return Some(Finding { failure, case, runs: finding.runs });
        }
    }
    None
}

/// All that are one step smaller, the largest steps first.
fn candidates(table: &Table) -> impl Iterator<Item = Table> {
    let paths = paths(table);
    let (items, others): (Vec<Path>, Vec<Path>) =
        paths.into_iter().partition(|path| matches!(path.last(), Some(Step::Item(_))));
    let is_nodes = |path: &Path| path.last() == Some(&Step::Key("nodes".into()));
    let without = |path: &Path| changed(table, path, |_| None);
    let may_go = |path: &&Path| !matches!(path.last(), Some(Step::Key(name)) if is_needed(name));
    let gone: Vec<Table> = items.iter().chain(&others).filter(may_go).filter_map(without).collect();
    // Fewer nodes make more of a difference than anything else that can be less.
    let (nodes, rest): (Vec<Path>, Vec<Path>) = others.into_iter().partition(is_nodes);
    let less = nodes.iter().chain(&rest).flat_map(|path| lesser(table, path));
    let less: Vec<Table> = less.collect();
    gone.into_iter().chain(less)
}

fn is_needed(name: &str) -> bool {
    NEEDED.contains(&name) || KEPT.contains(&name)
}

/// The ways to all that can be left out or lessened, the shorter first.
fn paths(table: &Table) -> Vec<Path> {
    let mut found = Vec::new();
    for (name, value) in table.iter().filter(|(name, _)| !KEPT.contains(&name.as_str())) {
        walk(vec![Step::Key(name.clone())], value, &mut found);
    }
    found.sort_by_key(Vec::len);
    found
}

fn walk(path: Path, value: &Value, found: &mut Vec<Path>) {
    let below = |step| path.iter().cloned().chain([step]).collect::<Path>();
    match value {
        Value::Table(table) => {
            table
                .iter()
                .for_each(|(name, value)| walk(below(Step::Key(name.clone())), value, found));
        }
        Value::Array(items) => {
            items
                .iter()
                .enumerate()
                .for_each(|(at, item)| walk(below(Step::Item(at)), item, found));
        }
        _ => {}
    }
    found.push(path);
}

/// The table with something in it changed, or left out.
fn changed(
    table: &Table,
    path: &[Step],
    change: impl FnOnce(&Value) -> Option<Value>,
) -> Option<Table> {
    let mut root = Value::Table(table.clone());
    let (last, above) = path.split_last()?;
    let mut here = &mut root;
    for step in above {
        here = match step {
            Step::Key(name) => here.get_mut(name)?,
            Step::Item(at) => here.get_mut(*at)?,
        };
    }
    match (last, here) {
        (Step::Key(name), Value::Table(table)) => match change(table.get(name)?) {
            Some(value) => _ = table.insert(name.clone(), value),
            None => _ = table.remove(name),
        },
        (Step::Item(at), Value::Array(items)) => match change(items.get(*at)?) {
            Some(value) => items[*at] = value,
            None => _ = items.remove(*at),
        },
        _ => return None,
    }
    match root {
        Value::Table(table) => Some(table),
        _ => None,
    }
}

/// The table with a number or a span in it halved, or a tenth less.
fn lesser(table: &Table, path: &[Step]) -> Vec<Table> {
    let mut all = Vec::new();
    for part in [0.5, 0.9] {
        let less = |value: &Value| Some(less(value, part).unwrap_or_else(|| value.clone()));
        all.extend(changed(table, path, less).filter(|changed| changed != table));
    }
    all
}

fn less(value: &Value, part: f64) -> Option<Value> {
    match value {
        Value::Integer(number) => Some(Value::Integer((*number as f64 * part) as i64)),
        Value::String(text) => {
            let span = parse_span(text)?;
            Some(Value::String(format!("{} ms", (span.as_millis() as f64 * part) as u64)))
        }
        _ => None,
    }
}
