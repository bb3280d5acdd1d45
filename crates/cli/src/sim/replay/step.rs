//! One line at a time.

use super::out::Out;
use std::io::{self, IsTerminal, stdin, stdout};

const KEYS: &str = "Enter or n: the next line; a number: so many; q: quit";

/// Waits after lines for whoever reads them.
pub struct Step {
    /// How many more are printed before it waits again.
    ahead: u64,
    is_explained: bool,
}

/// What somebody wants.
#[derive(Debug, PartialEq, Eq)]
enum Wish {
    Lines(u64),
    Quit,
    Unclear,
}

impl Step {
    /// Nothing, if there is no terminal.
    pub fn new() -> Option<Step> {
        let is_terminal = stdin().is_terminal() && stdout().is_terminal();
        is_terminal.then_some(Step { ahead: 0, is_explained: false })
    }

    /// After a line: waits, if it is time to. Says whether to go on.
    pub fn wait(&mut self, out: &mut Out) -> io::Result<bool> {
        if self.ahead > 0 {
            self.ahead -= 1;
            return Ok(true);
        }
        if !out.flush()? {
            return Ok(false);
        }
        loop {
            if !std::mem::replace(&mut self.is_explained, true) {
                eprintln!("{KEYS}");
            }
            let mut typed = String::new();
            if stdin().read_line(&mut typed)? == 0 {
                return Ok(false);
            }
            match wish(&typed) {
                Wish::Quit => return Ok(false),
                Wish::Unclear => self.is_explained = false,
                Wish::Lines(lines) => {
                    self.ahead = lines.saturating_sub(1);
                    return Ok(true);
                }
            }
        }
    }
}

fn wish(typed: &str) -> Wish {
    match typed.trim() {
        "" | "n" => Wish::Lines(1),
        "q" => Wish::Quit,
        number => number.parse().ok().filter(|lines| *lines > 0).map_or(Wish::Unclear, Wish::Lines),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn enter_is_one_and_a_number_so_many() {
        let wishes = ["\n", "n\n", " 20 \n", "q\n", "0\n", "what?\n"].map(wish);
        let lines = Wish::Lines;
        assert_eq!(
            wishes,
            [lines(1), lines(1), lines(20), Wish::Quit, Wish::Unclear, Wish::Unclear]
        );
    }
}
