//! The house rules, checked. Each rule is a module here; each finding says what to do.

mod exemption;
mod finding;
mod functions;
mod layers;
mod marks;
mod nondeterminism;
mod paths;
mod percentile;
mod ratchet;
mod siblings;
mod sizes;
mod source;
mod test_code;
mod tree;
mod twins;

use anyhow::{Context, Result};
use finding::Finding;
use ratchet::Record;
use sizes::Measured;
use std::fmt;
use std::path::Path;
use tree::Tree;

/// What `tidy` has to say.
pub struct Report {
    findings: Vec<Finding>,
    hint: Option<String>,
    summary: String,
}

impl Report {
    /// Whether every rule is kept.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            writeln!(out, "{finding}")?;
        }
        if let Some(hint) = &self.hint {
            writeln!(out, "{hint}")?;
        }
        writeln!(out, "{}", self.summary)
    }
}

/// Checks the repository at `root`, and lowers its record of sizes if asked to.
pub fn run(root: &Path, lower_record: bool) -> Result<Report> {
    let tree = Tree::load(root)?;
    let path = root.join(ratchet::PATH);
    let text =
        std::fs::read_to_string(&path).with_context(|| format!("can't read {}", path.display()))?;
    let record = Record::parse(&text)?;
    let measured = sizes::measure(&tree);
    let record = if lower_record { record.lowered(&measured) } else { record };
    if lower_record {
        std::fs::write(&path, record.to_string())
            .with_context(|| format!("can't write {}", path.display()))?;
    }
    Ok(check(&tree, &record, &measured))
}

fn check(tree: &Tree, record: &Record, measured: &Measured) -> Report {
    let (nondeterminism, exemptions) = nondeterminism::check(tree);
    let mut findings = [
        tree.unreadable.clone(),
        layers::check(tree),
        siblings::check(tree),
        nondeterminism,
        sizes::check(tree, measured, record),
        ratchet::check(record),
        marks::check(tree),
        twins::check(tree),
    ]
    .concat();
    findings.sort();
    let summary = summary(tree, measured, exemptions, findings.len());
    Report { findings, hint: ratchet::hint(record, measured), summary }
}

fn summary(tree: &Tree, measured: &Measured, exemptions: usize, findings: usize) -> String {
    let files = tree.sources.len();
    format!("tidy: {files} files; {measured}; exemptions: {exemptions}; findings: {findings}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(files: &[(&str, &str)]) -> Report {
        let tree = Tree::of(files);
        check(&tree, &Record::LIMITS, &sizes::measure(&tree))
    }

    #[test]
    fn a_clean_tree_has_no_findings() {
        let report = report(&[("crates/core/src/lib.rs", "pub fn one() -> u8 {\n    1\n}\n")]);
        assert!(report.is_clean(), "{report}");
        assert!(report.to_string().ends_with("exemptions: 0; findings: 0\n"), "{report}");
    }

    #[test]
    fn findings_come_in_the_order_of_the_files() {
        let report = report(&[
            ("crates/sim/src/lib.rs", "use std::fs;\n"),
            ("crates/core/src/lib.rs", "// FIXME\nuse std::thread;\nfn broken( {}\n"),
        ]);
        let text = report.to_string();
        let places: Vec<&str> = text.lines().map(|line| line.split(": ").next().unwrap()).collect();
        assert_eq!(places[..2], ["crates/core/src/lib.rs:1", "crates/core/src/lib.rs:3"]);
        assert_eq!(places[2], "crates/sim/src/lib.rs:1");
    }
}
