//! Reading a log back.

use super::FORMAT;
use super::line::{Header, Line};
use std::io::{self, BufRead, Read};

/// The longest line that is read, in bytes. None that is written is longer: a message has its bound.
const LINE_MAX: u64 = 1 << 24;

/// Why a log can't be read.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The file can't be read.
    #[error("cannot be read: {0}")]
    Unreadable(#[from] io::Error),
    /// It is something else. Give a file that `--log` wrote.
    #[error(
        "is no log of a run: its first line must be as `rumormill sim run --log FILE` writes it"
    )]
    NotALog,
    /// It is of another version of Rumormill. Read it with that, or make it again.
    #[error(
        "is a log of format {format}, written by rumormill {version}, but this one reads format \
         {FORMAT}: make it again with `{command}`"
    )]
    OtherFormat {
        /// Its format.
        format: u64,
        /// Who wrote it.
        version: String,
        /// The command that made it.
        command: String,
    },
    /// A line in the middle is damaged.
    #[error("line {number} is none of a log: {why}")]
    Line {
        /// Its number, from 1.
        number: usize,
        /// What is wrong.
        why: String,
    },
}

/// Reads a log, line by line. One that was cut off, as by a full disk, is read as far as it goes: see
/// [`cut_off`](Reader::cut_off).
///
/// ```
/// use rumormill_sim::log::Reader;
/// let text = "\
/// {\"rumormill_log\":1,\"version\":\"0.1.0\",\"name\":\"a\",\"seed\":7,\"nodes\":2,\"base\":0,\"command\":\"\"}
/// {\"t\":1000,\"node\":1,\"what\":\"input\",\"kind\":\"start\"}
/// {\"t\":2000,\"node\":1,\"wh";
/// let mut log = Reader::new(text.as_bytes()).unwrap();
/// assert_eq!(log.next().unwrap().unwrap().line.kind, "start");
/// assert!(log.next().unwrap().is_none());
/// assert_eq!(log.cut_off(), Some(3));
/// ```
#[derive(Debug)]
pub struct Reader<R> {
    input: R,
    header: Header,
    bytes: Vec<u8>,
    number: usize,
    cut_off: Option<usize>,
}

/// A line, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// As it stands in the file, without its end.
    pub text: &'a str,
    /// What it says.
    pub line: Line<'a>,
}

impl<R: BufRead> Reader<R> {
    /// Reads the first line.
    pub fn new(input: R) -> Result<Reader<R>, LogError> {
        let header = Header::default();
        let mut reader = Reader { input, header, bytes: Vec::new(), number: 0, cut_off: None };
        reader.read()?;
        let header: Header =
            serde_json::from_slice(&reader.bytes).map_err(|_| LogError::NotALog)?;
        if header.format != FORMAT {
            let Header { format, version, command, .. } = header;
            return Err(LogError::OtherFormat { format, version, command });
        }
        reader.header = header;
        Ok(reader)
    }

    /// Which run it was.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The next line; nothing at the end.
    #[allow(clippy::should_implement_trait, reason = "what it gives is lent, so it is no iterator")]
    pub fn next(&mut self) -> Result<Option<Entry<'_>>, LogError> {
        if self.cut_off.is_some() || self.read()? == 0 {
            return Ok(None);
        }
        // The line's end is written last.
        if self.bytes.last() != Some(&b'\n') && self.bytes.len() < LINE_MAX as usize {
            self.cut_off = Some(self.number);
            return Ok(None);
        }
        let number = self.number;
        let damaged = |why: String| LogError::Line { number, why };
        let text = std::str::from_utf8(&self.bytes).map_err(|_| damaged("it is no text".into()))?;
        let text = text.trim_end();
        let line = serde_json::from_str(text).map_err(|error| damaged(error.to_string()))?;
        Ok(Some(Entry { text, line }))
    }

    /// The number of the last line, if it is incomplete: the log was cut off there.
    pub fn cut_off(&self) -> Option<usize> {
        self.cut_off
    }

    fn read(&mut self) -> io::Result<usize> {
        self.bytes.clear();
        self.number += 1;
        self.input.by_ref().take(LINE_MAX).read_until(b'\n', &mut self.bytes)
    }
}
