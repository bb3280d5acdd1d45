//! The log of a run: what every node was told and said, one JSON object a line.
//!
//! ```text
//!   {"rumormill_log":1,"version":"0.1.0","name":"books","seed":7,"nodes":100,"base":7000,"command":…}
//!   {"t":1000000000,"node":3,"what":"input","kind":"publish"}
//!   {"t":1000000000,"node":3,"what":"sent","kind":"rumor","to":5,"id":"3f2a…","ttl":7,"bytes":604}
//!   {"t":1020000000,"node":5,"what":"input","kind":"rumor","from":3,"id":"3f2a…","ttl":7}
//!   {"t":1020000000,"node":5,"what":"event","kind":"arrived","from":3,"id":"3f2a…"}
//! ```
//!
//! The first line says which run it was, each other one is a [`Line`]. Keys keep their order and words
//! their meaning as long as [`FORMAT`] does, so `grep` finds what it looks for, and `jq` too. What has
//! nothing to say is left out.
//!
//! The same scenario and seed give the same bytes, but for the version and the command. Payloads are
//! not in it; ids, origins and versions are.
//!
//! [`Reader`] reads it back. [`Journey`] is the way of one message through the network.

mod draw;
mod find;
mod journey;
mod line;
mod read;
#[cfg(test)]
mod tests;
mod words;

pub use find::{Find, NotFound};
pub use journey::{Journey, Stop, Waste};
pub use line::{Header, Line, What};
pub use read::{Entry, LogError, Reader};

use crate::engine::{At, Observer};
use crate::lens::NodeMessage;
use crate::model::Lost;
use rumormill_core::{Input, Message, Time, Why};
use rumormill_node::{AnyNode, NodeEvent};
use std::io;
use std::ops::Range;

/// The format that is written, and read. It rises when a word or a key changes its meaning.
pub const FORMAT: u64 = 1;

/// Writes the log of a run.
///
/// Writing may fail, and a run can't be asked what to do: the first error is kept, ends the run, and is
/// told by [`finish`](Log::finish). It writes a line at a time, so give it something that buffers.
pub struct Log<'a> {
    out: &'a mut dyn io::Write,
    /// Lines that wait for earlier ones: when and where each was, and where it is in `bytes`.
    lines: Vec<(Place, Range<usize>)>,
    bytes: Vec<u8>,
    error: Option<io::Error>,
}

/// What lines are sorted by: the time, then the node, if they are of one.
type Place = (u64, Option<usize>);

impl<'a> Log<'a> {
    /// Begins it.
    pub fn new(out: &'a mut dyn io::Write, header: &Header) -> Log<'a> {
        let mut log = Log { out, lines: Vec::new(), bytes: Vec::new(), error: None };
        log.put((0, None), header);
        log.write_lines();
        log
    }

    /// Something was done to the network from outside: `kind` is `crash`, `restart`, `hostile`, …
    pub fn fault(&mut self, time: Time, node: Option<usize>, kind: &str) {
        self.write_lines();
        self.put_line(&Line { node, ..Line::new(time, What::Fault, kind) });
        self.write_lines();
    }

    /// Ends it. Tells the first error that there was; what was written is then no whole log.
    pub fn finish(mut self) -> io::Result<()> {
        self.write_lines();
        match self.error.take() {
            Some(error) => Err(error),
            None => self.out.flush(),
        }
    }

    fn put_line(&mut self, line: &Line) {
        self.put((line.t, line.node), line);
    }

    fn put(&mut self, place: Place, line: &impl serde::Serialize) {
        if self.error.is_none() {
            let start = self.bytes.len();
            self.error =
                serde_json::to_writer(&mut self.bytes, line).map_err(io::Error::from).err();
            self.bytes.push(b'\n');
            self.lines.push((place, start..self.bytes.len()));
        }
    }

    /// Writes what waits, in order of time.
    fn write_lines(&mut self) {
        self.lines.sort_by_key(|(place, _)| *place);
        for (_, range) in self.lines.drain(..) {
            if self.error.is_none() {
                self.error = self.out.write_all(&self.bytes[range]).err();
            }
        }
        self.bytes.clear();
    }
}

impl Observer<AnyNode> for Log<'_> {
    fn input(&mut self, at: &At, input: &Input<AnyNode>) {
        let mut line = line::at(at, What::Input);
        line.from = line::cause(at);
        words::input(&mut line, input);
        self.put_line(&line);
    }

    fn event(&mut self, at: &At, event: &NodeEvent) {
        let mut line = line::at(at, What::Event);
        line.from = line::cause(at);
        words::event(&mut line, event);
        self.put_line(&line);
    }

    fn sent(&mut self, at: &At, to: usize, message: &NodeMessage) {
        let mut line = line::at(at, What::Sent);
        line.to = Some(to);
        line.bytes = Some(message.wire_len());
        words::message(&mut line, message);
        self.put_line(&line);
    }

    fn lost(&mut self, at: &At, (from, to): (usize, usize), message: &NodeMessage, why: Lost) {
        let mut line = line::at(at, What::Lost);
        (line.from, line.to, line.why) = (Some(from), Some(to), Some(why.label().into()));
        words::message(&mut line, message);
        self.put_line(&line);
    }

    fn dropped(&mut self, at: &At, message: &NodeMessage, why: Why) {
        let mut line = line::at(at, What::Dropped);
        line.why = Some(why.label().into());
        words::message(&mut line, message);
        self.put_line(&line);
    }

    fn shown_until(&mut self, _: Time) {
        self.write_lines();
    }

    fn is_done(&self) -> bool {
        self.error.is_some()
    }
}
