//! Small files, small functions.

use super::finding::Finding;
use super::functions::{Function, functions};
use super::percentile::percentile;
use super::ratchet::{self, Record};
use super::tree::Tree;
use std::fmt;

/// The sizes that the record limits, as they are. Lines of files count all, those of functions code
/// alone. Tests count for the largest, but not for what is usual.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measured {
    /// Of the largest file.
    pub file_lines: usize,
    /// Of the largest function.
    pub function_lines: usize,
    /// That 95 % of the functions don't exceed.
    pub function_lines_p95: usize,
    /// That half of the functions don't exceed.
    pub function_lines_median: usize,
    /// How many functions there are outside tests.
    pub functions: usize,
}

impl fmt::Display for Measured {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Measured { file_lines, function_lines, function_lines_p95, .. } = self;
        write!(out, "largest file {file_lines} lines; {} functions of ", self.functions)?;
        write!(out, "median {} lines, ", self.function_lines_median)?;
        write!(out, "95 % at most {function_lines_p95}, largest {function_lines}")
    }
}

/// Measures all sources.
pub fn measure(tree: &Tree) -> Measured {
    let functions: Vec<Function> = tree.sources.iter().flat_map(functions).collect();
    let product = functions.iter().filter(|function| !function.is_test);
    let mut lengths: Vec<usize> = product.map(|function| function.length).collect();
    Measured {
        file_lines: tree.sources.iter().map(|source| length(&source.text)).max().unwrap_or(0),
        function_lines: functions.iter().map(|function| function.length).max().unwrap_or(0),
        function_lines_p95: percentile(&mut lengths, 95),
        function_lines_median: percentile(&mut lengths, 50),
        functions: lengths.len(),
    }
}

fn length(text: &str) -> usize {
    text.lines().count()
}

/// Compares the sizes with the record.
pub fn check(tree: &Tree, measured: &Measured, record: &Record) -> Vec<Finding> {
    [files(tree, record), long_functions(tree, record), usual(measured, record)].concat()
}

fn files(tree: &Tree, record: &Record) -> Vec<Finding> {
    let most = record.file_lines;
    let long = tree.sources.iter().filter(|source| length(&source.text) > most);
    let finding = |path: &str, lines: usize| {
        let advice = format!("the file has {lines} lines of at most {most}: split it by its nouns");
        Finding::new(path, most + 1, "file-size", advice)
    };
    long.map(|source| finding(&source.path, length(&source.text))).collect()
}

fn long_functions(tree: &Tree, record: &Record) -> Vec<Finding> {
    let most = record.function_lines;
    let finding = |path: &str, Function { name, line, length, .. }: Function| {
        let advice = format!("`{name}` has {length} lines of at most {most}: name its steps");
        Finding::new(path, line, "function-size", advice)
    };
    let all = tree
        .sources
        .iter()
        .flat_map(|source| functions(source).into_iter().map(move |f| (source, f)));
    let long = all.filter(|(_, function)| function.length > most);
    long.map(|(source, function)| finding(&source.path, function)).collect()
}

fn usual(measured: &Measured, record: &Record) -> Vec<Finding> {
    let figures = [
        ("function_lines_p95", measured.function_lines_p95, record.function_lines_p95),
        ("function_lines_median", measured.function_lines_median, record.function_lines_median),
    ];
    let worse = figures.into_iter().filter(|(_, now, most)| now > most);
    let finding = |(name, now, most)| {
        let advice = format!("{name} is {now}, at most {most}: split the functions you added");
        Finding::new(ratchet::PATH, record.line_of(name), "function-size", advice)
    };
    worse.map(finding).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function(lines: usize) -> String {
        format!("fn f() {{\n{}}}\n", "    x();\n".repeat(lines))
    }

    fn findings(files: &[(&str, &str)]) -> Vec<String> {
        let tree = Tree::of(files);
        let findings = check(&tree, &measure(&tree), &Record::LIMITS).into_iter();
        findings
            .map(|finding| format!("{}:{}: {}", finding.path, finding.line, finding.rule))
            .collect()
    }

    #[test]
    fn a_long_file_is_found() {
        let path = "crates/core/src/lib.rs";
        assert_eq!(findings(&[(path, &"// a\n".repeat(800))]), [""; 0]);
        let expected = ["crates/core/src/lib.rs:801: file-size"];
        assert_eq!(findings(&[(path, &"\n".repeat(801))]), expected);
    }

    #[test]
    fn a_long_function_is_found_in_tests_too() {
        let path = "crates/core/tests/a.rs";
        assert_eq!(findings(&[(path, &function(70))]), [""; 0]);
        assert_eq!(findings(&[(path, &function(71))]), ["crates/core/tests/a.rs:1: function-size"]);
    }

    #[test]
    fn what_is_usual_is_counted_without_tests() {
        let short = function(8).repeat(3);
        let long = function(41).repeat(2);
        let path = "crates/core/src/lib.rs";
        let median_and_p95 =
            ["xtask/tidy.toml:6: function-size", "xtask/tidy.toml:7: function-size"];
        assert_eq!(findings(&[(path, &long)]), median_and_p95);
        assert_eq!(findings(&[(path, &(short.clone() + &long))]), median_and_p95[..1]);
        assert_eq!(findings(&[(path, &short), ("crates/core/tests/a.rs", &long)]), [""; 0]);
    }

    #[test]
    fn the_summary_names_every_figure() {
        let tree = Tree::of(&[("crates/core/src/lib.rs", &(function(2) + &function(9)))]);
        let expected =
            "largest file 15 lines; 2 functions of median 2 lines, 95 % at most 9, largest 9";
        assert_eq!(measure(&tree).to_string(), expected);
    }
}
