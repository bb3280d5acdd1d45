//! The record of sizes: it only goes down.

use super::finding::Finding;
use super::sizes::Measured;
use anyhow::{Context, Result, bail};
use std::fmt;

/// Where the record is.
pub const PATH: &str = "xtask/tidy.toml";

const HEADER: &str = "\
# The largest sizes so far, of files in lines and of functions in lines of code between the braces.
# `cargo xtask tidy` fails on anything larger, `cargo xtask tidy --ratchet` lowers them to what it
# measures; they never go up.
";

/// The most that each size may be.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Of any file.
    pub file_lines: usize,
    /// Of any function.
    pub function_lines: usize,
    /// Of 95 % of the functions.
    pub function_lines_p95: usize,
    /// Of half of the functions.
    pub function_lines_median: usize,
}

impl Record {
    /// What no record may exceed.
    pub const LIMITS: Record = Record {
        file_lines: 800,
        function_lines: 70,
        function_lines_p95: 40,
        function_lines_median: 8,
    };

    /// Reads the record's file.
    pub fn parse(text: &str) -> Result<Record> {
        let table: toml::Table = text.parse().with_context(|| format!("{PATH} is no TOML"))?;
        let names = Record::LIMITS.figures().map(|(name, _)| name);
        if let Some(unknown) = table.keys().find(|key| !names.contains(&key.as_str())) {
            bail!("{PATH} has an unknown key `{unknown}`: remove it");
        }
        Ok(Record {
            file_lines: number(&table, "file_lines")?,
            function_lines: number(&table, "function_lines")?,
            function_lines_p95: number(&table, "function_lines_p95")?,
            function_lines_median: number(&table, "function_lines_median")?,
        })
    }

    /// The lower of record and measurement, size by size.
    pub fn lowered(&self, measured: &Measured) -> Record {
        Record {
            file_lines: self.file_lines.min(measured.file_lines),
            function_lines: self.function_lines.min(measured.function_lines),
            function_lines_p95: self.function_lines_p95.min(measured.function_lines_p95),
            function_lines_median: self.function_lines_median.min(measured.function_lines_median),
        }
    }

    /// Where a size stands in the file.
    pub fn line_of(&self, name: &str) -> usize {
        let text = self.to_string();
        let index = text.lines().position(|line| line.starts_with(&format!("{name} ")));
        index.map_or(1, |index| index + 1)
    }

    fn figures(&self) -> [(&'static str, usize); 4] {
        [
            ("file_lines", self.file_lines),
            ("function_lines", self.function_lines),
            ("function_lines_p95", self.function_lines_p95),
            ("function_lines_median", self.function_lines_median),
        ]
    }

    /// The sizes that are larger here than there: name, here, there.
    fn above(&self, other: &Record) -> Vec<(&'static str, usize, usize)> {
        let pairs = self.figures().into_iter().zip(other.figures());
        let all = pairs.map(|((name, here), (_, there))| (name, here, there));
        all.filter(|(_, here, there)| here > there).collect()
    }
}

impl fmt::Display for Record {
    /// The record's file.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(HEADER)?;
        self.figures().iter().try_for_each(|(name, value)| writeln!(out, "{name} = {value}"))
    }
}

fn number(table: &toml::Table, name: &str) -> Result<usize> {
    let value = table.get(name).and_then(toml::Value::as_integer);
    let value = value.and_then(|value| usize::try_from(value).ok());
    value.with_context(|| format!("{PATH} has no number `{name}`: write one"))
}

/// Finds sizes that somebody raised by hand above what the house allows.
pub fn check(record: &Record) -> Vec<Finding> {
    let raised = record.above(&Record::LIMITS).into_iter();
    let finding = |(name, here, most)| {
        let advice = format!("{name} = {here} is over the limit {most}: lower it again");
        Finding::new(PATH, record.line_of(name), "ratchet", advice)
    };
    raised.map(finding).collect()
}

/// What to do when the code has become smaller than its record.
pub fn hint(record: &Record, measured: &Measured) -> Option<String> {
    let lower = record.above(&record.lowered(measured)).into_iter();
    let figures: Vec<String> =
        lower.map(|(name, here, there)| format!("{name} {here} → {there}")).collect();
    let how = "lower the record with `cargo xtask tidy --ratchet`";
    (!figures.is_empty()).then(|| format!("hint: {how}: {}", figures.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(file_lines: usize, function_lines: usize) -> Measured {
        Measured { file_lines, function_lines, ..Measured::default() }
    }

    #[test]
    fn the_file_is_read_as_written() {
        let record = Record { file_lines: 640, ..Record::LIMITS };
        assert_eq!(Record::parse(&record.to_string()).unwrap(), record);
        assert_eq!(record.line_of("file_lines"), 4);
        assert_eq!(record.line_of("function_lines_median"), 7);
    }

    #[test]
    fn a_bad_file_is_named() {
        let error = |text: &str| Record::parse(text).unwrap_err().to_string();
        assert!(error("file_lines = ").contains("is no TOML"));
        assert!(error("file_lines = 800").contains("no number `function_lines`"));
        assert!(error("files = 1").contains("unknown key `files`"));
        assert!(error("file_lines = -1").contains("no number `file_lines`"));
    }

    #[test]
    fn it_only_goes_down() {
        let lowered = Record::LIMITS.lowered(&measured(500, 90));
        assert_eq!((lowered.file_lines, lowered.function_lines), (500, 70));
    }

    #[test]
    fn a_raised_record_is_found() {
        assert_eq!(check(&Record::LIMITS), []);
        let findings = check(&Record { function_lines: 71, ..Record::LIMITS });
        assert_eq!((findings.len(), findings[0].line), (1, 5));
    }

    #[test]
    fn the_hint_names_what_became_smaller() {
        let record = Record { function_lines_p95: 0, function_lines_median: 0, ..Record::LIMITS };
        assert_eq!(hint(&record, &measured(800, 75)), None);
        let hint = hint(&record, &measured(700, 75)).unwrap();
        assert!(hint.ends_with("--ratchet`: file_lines 800 → 700"), "{hint}");
    }
}
