//! Files that must stay equal.
//!
//! Clippy takes the nearest `clippy.toml` above a crate and no other, so each crate that must
//! replay has its own copy of what is refused there.

use super::finding::Finding;
use super::tree::{File, Tree};

const FIRST: &str = "crates/core/clippy.toml";
const OTHERS: [&str; 3] =
    ["crates/protocols/clippy.toml", "crates/node/clippy.toml", "crates/sim/clippy.toml"];

/// Compares each copy with the first; without a first there is nothing to compare.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let Some(first) = text(tree, FIRST) else { return Vec::new() };
    let different = OTHERS.into_iter().filter(|path| text(tree, path) != Some(first));
    let advice = format!("copy {FIRST} here: every crate that must replay refuses the same");
    different.map(|path| Finding::new(path, 1, "twins", advice.clone())).collect()
}

fn text<'a>(tree: &'a Tree, path: &str) -> Option<&'a str> {
    let file: &File = tree.files.iter().find(|file| file.path == path)?;
    Some(&file.text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_that_differs_or_lacks_is_found() {
        let findings = check(&Tree::of(&[
            (FIRST, "a = 1"),
            ("crates/node/clippy.toml", "a = 1"),
            ("crates/sim/clippy.toml", "a = 2"),
        ]));
        let paths: Vec<&str> = findings.iter().map(|finding| finding.path.as_str()).collect();
        assert_eq!(paths, ["crates/protocols/clippy.toml", "crates/sim/clippy.toml"]);
    }
}
