//! What goes to stdout.

use std::io::{self, ErrorKind, Write};

/// Prints it. Who reads no further, as in `rumormill config print | head`, has read enough.
pub fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        done => done,
    }
}
