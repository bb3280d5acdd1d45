//! Values and names in messages: on one line, and not too long.

use toml::Value;

const SHOWN_MAX: usize = 60;

/// A value as it is written in a file.
pub fn value(value: &Value) -> String {
    name(&value.to_string())
}

/// Any text.
pub fn name(text: &str) -> String {
    let mut shown = String::new();
    for c in text.chars().take(SHOWN_MAX) {
        match c.is_control() {
            true => shown.extend(c.escape_default()),
            false => shown.push(c),
        }
    }
    if text.chars().nth(SHOWN_MAX).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_long_is_cut_and_a_line_stays_one() {
        assert_eq!(name("a\nb\u{1b}"), "a\\nb\\u{1b}");
        assert_eq!(name(&"é".repeat(100)).chars().count(), SHOWN_MAX + 1);
        assert_eq!(value(&Value::String("a\nb".into())).lines().count(), 1);
    }
}
