//! Text that stays text.

/// What may stand in an element or in a quoted attribute. Control characters, which XML can't hold,
/// become spaces; lines stay lines.
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' => out.push('\n'),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn markup_becomes_text() {
        assert_eq!(
            escape("<a b='c' d=\"&\">\u{1b}"),
            "&lt;a b=&#39;c&#39; d=&quot;&amp;&quot;&gt; "
        );
    }

    proptest! {
        #[test]
        fn nothing_opens_or_closes_anything(text in any::<String>()) {
            let escaped = escape(&text);
            prop_assert!(!escaped.contains(['<', '>', '"', '\'']));
        }
    }
}
