//! All runs as a table.

use super::Side;
use super::child::Run;
use clap::ValueEnum;
use comfy_table::{CellAlignment, Table, presets};
use rumormill_bench::median;
use std::collections::BTreeSet;

/// One row for each number of nodes and side: medians of the runs.
pub fn of(runs: &[Run]) -> String {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN).set_header([
        "nodes",
        "side",
        "sent, KB/s a node",
        "of chitchat's",
        "CPU, cores in all",
        "converged, ms p50",
        "ms max",
    ]);
    for nodes in runs.iter().map(|run| run.nodes).collect::<BTreeSet<_>>() {
        let theirs = sent(runs, nodes, Side::Chitchat);
        for side in Side::value_variants() {
            table.add_row(row(runs, nodes, *side, theirs));
        }
    }
    for column in table.column_iter_mut().filter(|column| column.index != 1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.to_string()
}

fn row(runs: &[Run], nodes: u16, side: Side, theirs: f64) -> Vec<String> {
    let of = |figure: fn(&Run) -> f64| median(these(runs, nodes, side).map(figure).collect());
    let converged: Vec<f64> =
        these(runs, nodes, side).flat_map(|run| run.converged_ms.clone()).collect();
    let slowest = converged.iter().copied().fold(0.0, f64::max);
    let sent = of(|run| run.sent_kb_per_s);
    let name = side.to_possible_value().map(|value| value.get_name().to_owned());
    vec![
        nodes.to_string(),
        name.unwrap_or_default(),
        format!("{sent:.1}"),
        format!("{:.2}", sent / theirs),
        format!("{:.2}", of(|run| run.cpu)),
        format!("{:.0}", median(converged)),
        format!("{slowest:.0}"),
    ]
}

fn these(runs: &[Run], nodes: u16, side: Side) -> impl Iterator<Item = &Run> {
    runs.iter().filter(move |run| run.nodes == nodes && run.side == side)
}

fn sent(runs: &[Run], nodes: u16, side: Side) -> f64 {
    median(these(runs, nodes, side).map(|run| run.sent_kb_per_s).collect())
}
