//! Texts from outside, made fit for a terminal.

/// Without control characters: a name must not move the cursor.
pub fn plain(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// In characters.
pub fn width(text: &str) -> usize {
    text.chars().count()
}

/// Cut to so many characters, the last of them an ellipsis if something was cut.
pub fn fitted(text: &str, most: usize) -> String {
    if width(text) <= most {
        return text.into();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// Folded at spaces to so many columns, each line after that many spaces, and ended.
pub fn folded(text: &str, indent: usize, most: usize) -> String {
    let mut lines = vec![String::new()];
    for word in plain(text).split_whitespace() {
        let last = lines.last_mut().expect("there is always one");
        match last.is_empty() {
            true => last.push_str(word),
            false if indent + width(last) + 1 + width(word) > most => lines.push(word.into()),
            false => *last = format!("{last} {word}"),
        }
    }
    lines.iter().map(|line| format!("{}{line}\n", " ".repeat(indent))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_folded_keeps_its_words_and_the_width() {
        let text = "a line that is much longer than it may be";
        let folded = folded(text, 4, 16);
        assert!(folded.lines().all(|line| line.starts_with("    ") && width(line) <= 16));
        assert_eq!(folded.split_whitespace().collect::<Vec<_>>().join(" "), text);
    }

    #[test]
    fn what_is_cut_says_so_and_moves_no_cursor() {
        assert_eq!(fitted("flood", 5), "flood");
        assert_eq!(fitted("flooding", 5), "floo…");
        assert_eq!(plain("a\u{1b}[2Jb\n"), "a [2Jb ");
    }
}
