//! The favourite-books workload: about every so often a node likes another book.
//!
//! It stands above the node as an application does, and is driven by whoever drives the node.

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::time::Duration;
use rumormill_core::Rng;

/// The register that holds a node's favourite book.
pub const BOOK: &str = "book";

/// A list of books to draw from, each "Title by Author".
#[derive(Clone, Debug)]
pub struct Books(Arc<[String]>);

/// Why a text is no list of books.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BooksError {
    /// There is no line with a book. Nothing was taken; add at least one line.
    #[error("the list has no book: write one `Title by Author` a line")]
    Empty,
    /// A line is too long to gossip. Nothing was taken; shorten it.
    #[error("line {line} is {len} bytes long, more than {LINE_MAX}")]
    TooLong {
        /// Which line, from 1.
        line: usize,
        /// How long it is in bytes.
        len: usize,
    },
}

/// The longest title in bytes.
pub const LINE_MAX: usize = 1024;

impl Books {
    /// The list that comes with Rumormill: more than a thousand real books.
    pub fn embedded() -> Books {
        let lines = include_str!("books.txt").lines().map(String::from).collect();
        Books(lines)
    }

    /// A list of one's own: one book a line; empty lines don't count.
    ///
    /// ```
    /// use rumormill_node::books::Books;
    /// assert_eq!(Books::parse("Lucky Jim by Kingsley Amis\n\n").unwrap().len(), 1);
    /// assert!(Books::parse("\n").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Books, BooksError> {
        let lines = text.lines().map(str::trim).enumerate().filter(|(_, line)| !line.is_empty());
        let mut books = Vec::new();
        for (at, line) in lines {
            if line.len() > LINE_MAX {
                return Err(BooksError::TooLong { line: at + 1, len: line.len() });
            }
            books.push(String::from(line));
        }
        if books.is_empty() { Err(BooksError::Empty) } else { Ok(Books(books.into())) }
    }

    /// One at random, but not `last` again if there is another.
    pub fn draw(&self, last: Option<&str>, rng: &mut Rng) -> &str {
        let drawn = rng.below(self.0.len() as u64) as usize;
        let again = last == Some(self.0[drawn].as_str());
        &self.0[if again { (drawn + 1) % self.0.len() } else { drawn }]
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Never: a list has at least one book.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// How long until the next book: `interval`, a fifth more or less, so that nodes started together
/// don't speak together.
pub fn next_draw(interval: Duration, rng: &mut Rng) -> Duration {
    rng.jitter(interval, 0.2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rumormill_core::RngKey;

    #[test]
    fn the_embedded_list_is_long_and_clean() {
        let books = Books::embedded();
        assert!(books.len() >= 500);
        for line in books.0.iter() {
            assert!(
                line.contains(" by ") && line.trim() == line && line.len() <= LINE_MAX,
                "{line}"
            );
        }
    }

    #[test]
    fn never_the_same_twice_running() {
        let books = Books::parse("a\nb").unwrap();
        let mut rng = Rng::new(RngKey::of_node(1, 1), 1);
        for _ in 0..20 {
            assert_eq!(books.draw(Some("a"), &mut rng), "b");
        }
        assert_eq!(Books::parse("a").unwrap().draw(Some("a"), &mut rng), "a");
    }

    #[test]
    fn an_overlong_line_is_named() {
        let text = alloc::format!("a\n{}", "b".repeat(LINE_MAX + 1));
        let error = Books::parse(&text).unwrap_err();
        assert_eq!(error, BooksError::TooLong { line: 2, len: LINE_MAX + 1 });
    }
}
