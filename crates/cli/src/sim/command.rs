//! A command line that can be copied into a shell.

use std::fmt;
use std::path::Path;

/// A command and its arguments, each quoted where a shell needs it.
#[derive(Clone, Debug)]
pub struct Command(String);

impl Command {
    /// One of words that need no quotes.
    pub fn new<const N: usize>(words: [&str; N]) -> Command {
        Command(words.join(" "))
    }

    /// Adds an argument.
    pub fn word(&mut self, word: &str) -> &mut Command {
        self.0.push(' ');
        self.0.push_str(&quoted(word));
        self
    }

    /// Adds a file, which must not look like a flag. A lone dash is stdin.
    pub fn path(&mut self, path: &Path) -> &mut Command {
        let path = path.to_string_lossy();
        match path.starts_with('-') && path != "-" {
            true => self.word(&format!("./{path}")),
            false => self.word(&path),
        }
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// As POSIX has it: between single quotes nothing means anything but a single quote.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=,@%+".contains(c);
    match !word.is_empty() && word.chars().all(is_plain) {
        true => word.into(),
        false => format!("'{}'", word.replace('\'', "'\\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shell_reads_the_words_back() {
        let words = ["a.toml", "", "it's", "a b", "$HOME `x` \"y\"", "{ a = 1 }", "*", "~", "#!"];
        let mut command = Command::new(["printf", "'[%s]'"]);
        words.iter().for_each(|word| _ = command.word(word));
        let shell = std::process::Command::new("sh").args(["-c", &command.to_string()]).output();
        let expected: String = words.iter().map(|word| format!("[{word}]")).collect();
        assert_eq!(String::from_utf8(shell.unwrap().stdout).unwrap(), expected, "{command}");
    }

    #[test]
    fn a_file_is_no_flag() {
        let mut command = Command::new(["cat"]);
        command.path(Path::new("-")).path(Path::new("-n.toml"));
        assert_eq!(command.to_string(), "cat - ./-n.toml");
    }
}
