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
        "bootstrap, CPU s",
        "broadcast, CPU ms",
        "wall ms",
        "of theirs, CPU",
        "messages",
        "CPU ns a message",
        "copies a delivery",
        "delivered, %",
        "hops, at most",
        "KB a node",
        "of theirs, KB",
    ]);
    for nodes in runs.iter().map(|run| run.nodes).collect::<BTreeSet<_>>() {
        for side in Side::value_variants() {
            table.add_row(row(runs, nodes, *side));
        }
    }
    for column in table.column_iter_mut().filter(|column| column.index != 1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.to_string()
}

fn row(runs: &[Run], nodes: usize, side: Side) -> Vec<String> {
    let of = |figure: fn(&Run) -> f64| typical(runs, nodes, side, figure);
    let beside = |figure: fn(&Run) -> f64| {
        let theirs = typical(runs, nodes, Side::IrohGossip, figure);
        format!("{:.3}", of(figure) / theirs)
    };
    let name = side.to_possible_value().map(|value| value.get_name().to_owned());
    vec![
        nodes.to_string(),
        name.unwrap_or_default(),
        format!("{:.2}", of(|run| run.bootstrap.cpu_s)),
        format!("{:.2}", of(|run| run.broadcast.cpu_s * 1e3)),
        format!("{:.2}", of(|run| run.broadcast.wall_s * 1e3)),
        beside(|run| run.broadcast.cpu_s),
        format!("{:.0}", of(|run| run.messages)),
        format!("{:.0}", of(|run| run.broadcast.cpu_s * 1e9 / run.messages)),
        format!("{:.2}", of(|run| run.copies_per_delivery)),
        format!("{:.2}", of(|run| run.delivered * 100.0)),
        format!("{:.0}", of(|run| f64::from(run.hops_max))),
        format!("{:.1}", of(|run| run.bytes_per_node / 1e3)),
        beside(|run| run.bytes_per_node),
    ]
}

/// The median of a figure over all runs of a side.
fn typical(runs: &[Run], nodes: usize, side: Side, figure: fn(&Run) -> f64) -> f64 {
    let these = runs.iter().filter(|run| run.nodes == nodes && run.side == side);
    median(these.map(figure).collect())
}
