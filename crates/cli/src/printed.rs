//! What goes to a terminal or a pipe.

use std::io::{self, ErrorKind, Write};
use std::time::Duration;

/// Prints it. Who reads no further, as in `rumormill config print | head`, has read enough.
pub fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}

/// A stranger's text on one line, without what would steer a terminal.
pub fn plain(text: &str) -> String {
    let shown = |c: char| match c.is_control() {
        true => c.escape_unicode().collect::<String>(),
        false => c.to_string(),
    };
    text.chars().map(shown).collect()
}

/// A span in its two largest units.
pub fn span(span: Duration) -> String {
    let seconds = span.as_secs();
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{}m{:02}s", seconds / 60, seconds % 60),
        3600..86_400 => format!("{}h{:02}m", seconds / 3600, seconds / 60 % 60),
        _ => format!("{}d{:02}h", seconds / 86_400, seconds / 3600 % 24),
    }
}

/// Whether `NO_COLOR` lets there be colours, where they can be shown.
pub fn may_be_coloured() -> bool {
    std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Whether `TERM` says that the terminal can do nothing but print.
pub fn is_dumb() -> bool {
    std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_their_largest_units() {
        let shown = [0, 59, 60, 3599, 3600, 90_061].map(|s| span(Duration::from_secs(s)));
        assert_eq!(shown, ["0 s", "59 s", "1m00s", "59m59s", "1h00m", "1d01h"]);
    }

    #[test]
    fn a_text_can_not_steer_the_terminal() {
        assert_eq!(plain("a\x1b[2Jb\n"), "a\\u{1b}[2Jb\\u{a}");
    }
}
