//! The repository's files, read once.

use super::finding::Finding;
use super::source::Source;
use anyhow::{Context, Result};
use std::path::Path;
use walkdir::{DirEntry, WalkDir};

/// Kinds of files that people write here and that a rule may look at.
const EXTENSIONS: [&str; 9] = ["rs", "toml", "js", "mjs", "css", "html", "sh", "py", "go"];

/// Folders that hold what others wrote or what a build left.
const FOREIGN: [&str; 4] = [".git", "target", "vendor", "node_modules"];

/// A file and its text.
#[derive(Clone, Debug)]
pub struct File {
    /// From the root, with slashes.
    pub path: String,
    /// All of it.
    pub text: String,
}

/// What the rules look at.
#[derive(Default)]
pub struct Tree {
    /// Every file of a known kind.
    pub files: Vec<File>,
    /// The Rust files under `crates/` and `xtask/`.
    pub sources: Vec<Source>,
    /// Those of them that are no Rust.
    pub unreadable: Vec<Finding>,
}

impl Tree {
    /// Reads the repository at `root`.
    pub fn load(root: &Path) -> Result<Tree> {
        let mut tree = Tree::default();
        let walk = WalkDir::new(root).sort_by_file_name().into_iter();
        for entry in walk.filter_entry(|entry| !is_foreign(entry)) {
            let entry = entry.context("can't walk the repository")?;
            if entry.file_type().is_file() && is_known(entry.path()) {
                tree.add(read(root, entry.path())?);
            }
        }
        tree.spread_tests();
        Ok(tree)
    }

    /// A tree of inline files.
    #[cfg(test)]
    pub fn of(files: &[(&str, &str)]) -> Tree {
        let mut tree = Tree::default();
        for (path, text) in files {
            tree.add(File { path: (*path).into(), text: (*text).into() });
        }
        tree.spread_tests();
        tree
    }

    /// The sources whose path starts with `folder`.
    pub fn under<'a>(&'a self, folder: &'a str) -> impl Iterator<Item = &'a Source> {
        self.sources.iter().filter(move |source| source.path.starts_with(folder))
    }

    fn add(&mut self, file: File) {
        let is_ours = file.path.starts_with("crates/") || file.path.starts_with("xtask/");
        if is_ours && file.path.ends_with(".rs") {
            match Source::parse(&file.path, &file.text) {
                Ok(source) => self.sources.push(source),
                Err(finding) => self.unreadable.push(finding),
            }
        }
        self.files.push(file);
    }

    /// A file is test code if the file that declares it says so (`#[cfg(test)] mod tests;`).
    fn spread_tests(&mut self) {
        let modules: Vec<String> = self.sources.iter().flat_map(Source::test_modules).collect();
        for source in &mut self.sources {
            let is_declared = |module: &String| is_module(&source.path, module);
            source.all_test |= modules.iter().any(is_declared);
        }
    }
}

/// Whether `path` is the file of the module `a/b`, or below it.
fn is_module(path: &str, module: &str) -> bool {
    let rest = path.strip_prefix(module);
    rest.is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

fn is_foreign(entry: &DirEntry) -> bool {
    let is_folder = entry.file_type().is_dir() && entry.depth() > 0;
    is_folder && FOREIGN.iter().any(|name| entry.file_name() == *name)
}

fn is_known(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| EXTENSIONS.contains(&extension))
}

fn read(root: &Path, path: &Path) -> Result<File> {
    let bytes = std::fs::read(path).with_context(|| format!("can't read {}", path.display()))?;
    let parts = path.strip_prefix(root)?.iter().map(|part| part.to_string_lossy());
    let path = parts.collect::<Vec<_>>().join("/");
    Ok(File { path, text: String::from_utf8_lossy(&bytes).into_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn test_modules_in_files_of_their_own_are_test_code() {
        let tree = Tree::of(&[
            ("crates/core/src/flood/mod.rs", "#[cfg(test)]\nmod tests;\nmod config;\n"),
            ("crates/core/src/flood/tests.rs", ""),
            ("crates/core/src/flood/tests/deep.rs", ""),
            ("crates/core/src/flood/config.rs", "#[cfg(test)] mod checks;"),
            ("crates/core/src/flood/config/checks.rs", ""),
            ("crates/core/tests/outside.rs", ""),
        ]);
        let test: Vec<bool> = tree.sources.iter().map(|source| source.all_test).collect();
        assert_eq!(test, [false, true, true, false, true, true]);
    }

    #[test]
    fn what_is_no_rust_is_a_finding() {
        let tree = Tree::of(&[("crates/core/src/lib.rs", "pub mod one;\nfn broken( {}\n")]);
        assert_eq!((tree.unreadable[0].line, tree.unreadable[0].rule), (2, "syntax"));
    }

    #[test]
    fn files_elsewhere_are_no_sources() {
        let tree = Tree::of(&[("bench/src/main.rs", "fn main() {}"), ("deny.toml", "")]);
        assert_eq!((tree.files.len(), tree.sources.len()), (2, 0));
    }
}
