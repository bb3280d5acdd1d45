//! Many lines to stdout, until nobody reads on.

use std::io::{self, BufWriter, ErrorKind, StdoutLock, Write};

/// Buffers what is printed.
pub struct Out(BufWriter<StdoutLock<'static>>);

impl Out {
    /// To stdout, which nobody else writes to meanwhile.
    pub fn new() -> Out {
        Out(BufWriter::with_capacity(1 << 16, io::stdout().lock()))
    }

    /// Prints a line. Says whether somebody reads on, which `head` doesn't.
    pub fn line(&mut self, line: &str) -> io::Result<bool> {
        is_read(writeln!(self.0, "{line}"))
    }

    /// Hands on what is buffered. Says the same.
    pub fn flush(&mut self) -> io::Result<bool> {
        is_read(self.0.flush())
    }
}

fn is_read(done: io::Result<()>) -> io::Result<bool> {
    match done {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        done => done.map(|()| true),
    }
}
