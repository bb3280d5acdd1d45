//! One line of output.

use std::fmt;

/// A broken rule, where it is broken, and what to do about it. Sorted by place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// From the repository's root, with slashes.
    pub path: String,
    /// The first line is 1.
    pub line: usize,
    /// What an exemption calls it.
    pub rule: &'static str,
    /// A sentence that says what to do.
    pub advice: String,
}

impl Finding {
    /// A finding at a line.
    pub fn new(path: &str, line: usize, rule: &'static str, advice: impl Into<String>) -> Finding {
        Finding { path: path.into(), line, rule, advice: advice.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}: {}: {}", self.path, self.line, self.rule, self.advice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_like_a_compiler_message() {
        let finding = Finding::new("crates/core/src/lib.rs", 7, "marks", "finish it");
        assert_eq!(finding.to_string(), "crates/core/src/lib.rs:7: marks: finish it");
    }
}
