//! The files that a scenario names.

use super::{Scenario, Topology, Workload, parse_trace};
use crate::model::topology;
use rumormill_config::{Fault, LoadError, Origin};
use std::io;

type Files<'a> = &'a dyn Fn(&str) -> io::Result<String>;

impl Scenario {
    /// Reads them.
    pub(super) fn load(&mut self, files: Files<'_>) -> Result<(), LoadError> {
        let (sheet, nodes) = (&self.sheet, self.network.nodes);
        let read = |path: &str, file: &str| {
            let why = |error| format!("is {file:?}, which cannot be read: {error}");
            files(file).map_err(|error| sheet.unsound(path, why(error)))
        };
        if let Some(Topology::Edges(edges)) = &mut self.network.topology {
            edges.text = read("network.topology.edges.file", &edges.file)?;
            let number_of_nodes = u32::try_from(nodes).unwrap_or(u32::MAX);
            topology::edges(&edges.text, number_of_nodes)
                .map_err(|bad| not_so(&edges.file, bad.line, bad.fault.to_string()))?;
        }
        for (index, workload) in self.workloads.iter_mut().enumerate() {
            if let Workload::Trace(trace) = workload {
                let text = read(&format!("workload[{index}].trace.file"), &trace.file)?;
                let bad = |bad: super::BadTraceLine| wrong(&trace.file, &text, bad.line, bad.must);
                trace.lines = parse_trace(&text, nodes).map_err(bad)?;
            }
        }
        Ok(())
    }
}

/// A line of a file that does not go together with the rest.
fn not_so(file: &str, line: usize, why: String) -> LoadError {
    let origin = Origin::File { name: file.into(), line: Some(line) };
    Fault::Unsound { key: "the line is wrong:".into(), why }.at(origin)
}

/// A line of a file that is none.
fn wrong(file: &str, text: &str, line: usize, must: String) -> LoadError {
    let value = format!("{:?}", text.lines().nth(line - 1).unwrap_or_default());
    let value = value.chars().take(60).collect();
    let origin = Origin::File { name: file.into(), line: Some(line) };
    Fault::Value { key: "the line".into(), value, must }.at(origin)
}
