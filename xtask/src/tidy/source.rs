//! One Rust file.

use super::finding::Finding;
use super::test_code::TestCode;
use proc_macro2::TokenStream;

/// A Rust file, parsed.
#[derive(Debug)]
pub struct Source {
    /// From the root, with slashes.
    pub path: String,
    /// All of it.
    pub text: String,
    /// The same as tokens: unlike a syntax tree they reach into the arguments of macros.
    pub tokens: TokenStream,
    /// Whether nothing here is part of the product.
    pub all_test: bool,
    test_code: TestCode,
}

impl Source {
    /// Parses a file; what is no Rust is a finding.
    pub fn parse(path: &str, text: &str) -> Result<Source, Finding> {
        let file = syn::parse_file(text).map_err(|error| {
            let line = error.span().start().line;
            Finding::new(path, line, "syntax", format!("this is no Rust, repair it: {error}"))
        })?;
        let tokens = text.parse().expect("what syn parses are tokens");
        let all_test = is_test_folder(path) || file.attrs.iter().any(TestCode::is_for_tests);
        let test_code = TestCode::of(&file);
        Ok(Source { path: path.into(), text: text.into(), tokens, all_test, test_code })
    }

    /// Whether a line is test code.
    pub fn is_test(&self, line: usize) -> bool {
        self.all_test || self.test_code.lines.iter().any(|lines| lines.contains(&line))
    }

    /// Where the modules are that this file declares as tests: `folder/name`, without extension.
    pub fn test_modules(&self) -> impl Iterator<Item = String> + '_ {
        let folder = self.folder_of_modules();
        self.test_code.modules.iter().map(move |name| format!("{folder}/{name}"))
    }

    fn folder_of_modules(&self) -> &str {
        let (folder, name) = self.path.rsplit_once('/').unwrap_or((".", &self.path));
        match name {
            "mod.rs" | "lib.rs" | "main.rs" => folder,
            _ => self.path.trim_end_matches(".rs"),
        }
    }
}

/// Whether cargo builds a file only for tests: `crates/core/tests/…`, `xtask/benches/…`.
fn is_test_folder(path: &str) -> bool {
    let depth = if path.starts_with("crates/") { 2 } else { 1 };
    path.split('/').nth(depth).is_some_and(|folder| folder == "tests" || folder == "benches")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all_test(path: &str, text: &str) -> bool {
        Source::parse(path, text).unwrap().all_test
    }

    #[test]
    fn whole_files_of_tests() {
        assert!(all_test("crates/core/tests/contract.rs", ""));
        assert!(all_test("xtask/benches/speed.rs", ""));
        assert!(all_test("crates/core/src/checks.rs", "#![cfg(test)]\nfn f() {}"));
        assert!(!all_test("crates/core/src/tests.rs", "fn f() {}"));
    }

    #[test]
    fn lines_of_tests() {
        let text = "fn f() {}\n#[cfg(test)]\nmod tests {\n    fn g() {}\n}\nfn h() {}\n";
        let source = Source::parse("crates/core/src/lib.rs", text).unwrap();
        let lines: Vec<bool> = (1..=6).map(|line| source.is_test(line)).collect();
        assert_eq!(lines, [false, true, true, true, true, false]);
    }
}
