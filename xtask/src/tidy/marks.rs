//! Nothing is left for later.

use super::finding::Finding;
use super::tree::{File, Tree};

/// Words as they stand in comments, and beginnings of macros.
const MARKS: [&str; 6] = ["TODO", "FIXME", "XXX", "todo!(", "unimplemented!(", "dbg!("];

/// Looks at every file but those here, which have to name the marks.
pub fn check(tree: &Tree) -> Vec<Finding> {
    tree.files.iter().filter(|file| !file.path.starts_with("xtask/")).flat_map(findings).collect()
}

fn findings(file: &File) -> Vec<Finding> {
    let lines = file.text.lines().zip(1..);
    let marked = lines.filter_map(|(text, line)| Some((line, mark(text)?)));
    let finding = |(line, mark)| {
        let advice = format!("`{mark}` leaves something for later: finish it or write an issue");
        Finding::new(&file.path, line, "marks", advice)
    };
    marked.map(finding).collect()
}

fn mark(line: &str) -> Option<&'static str> {
    MARKS.into_iter().find(|mark| line.match_indices(mark).any(|(at, _)| is_word(line, at, mark)))
}

/// Whether the mark at `at` is no part of a longer word.
fn is_word(line: &str, at: usize, mark: &str) -> bool {
    let is_letter = |char: char| char.is_alphanumeric() || char == '_';
    let before = line[..at].chars().next_back();
    let after = line[at + mark.len()..].chars().next();
    let ends = mark.ends_with('(') || !after.is_some_and(is_letter);
    ends && !before.is_some_and(is_letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mark_is_found() {
        let marked =
            ["// TODO: more", "FIXME", "XXX", "todo!()", "unimplemented!(\"a\")", "dbg!(x)"];
        for text in marked {
            let text = format!("fine\n{text}\n");
            let findings = check(&Tree::of(&[("dashboard/main.js", &text)]));
            assert_eq!((findings.len(), findings[0].line), (1, 2), "{text}");
        }
    }

    #[test]
    fn longer_words_and_these_files_are_free() {
        let text = "mktemp XXXXXX; mastodon_todo!(); TODOS; my_dbg!(x); // Todo";
        assert_eq!(check(&Tree::of(&[("a.sh", text), ("xtask/src/a.rs", "// TODO")])), []);
    }
}
