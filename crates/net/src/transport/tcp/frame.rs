//! Frames: what travels after the hellos.
//!
//! | kind | then |
//! |---|---|
//! | 1 message | the message |
//! | 2 request | 8 bytes that number it for the asker, the message |
//! | 3 answer | the number, the message |
//! | 4 refusal | the number, 1 byte that says why |
//! | 5 ping, 6 pong | 8 bytes to send back |
//! | 7 goodbye | |
//!
//! Before each stands its length, the kind included, in four bytes.

use super::TcpConfig;
use rumormill_core::{Bytes, Why};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::time::timeout;

/// What a message may have less than a frame, at most: its kind and number.
pub(super) const AROUND_BYTES: usize = 9;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Frame {
    Message(Bytes),
    Request(u64, Bytes),
    Answer(u64, Bytes),
    Refusal(u64, Why),
    Ping(u64),
    Pong(u64),
    Goodbye,
}

impl Frame {
    /// Adds it to what is about to be written.
    pub fn append_to(&self, out: &mut Vec<u8>) {
        let (kind, number, bytes): (u8, Option<u64>, &[u8]) = match self {
            Frame::Message(bytes) => (1, None, bytes),
            Frame::Request(number, bytes) => (2, Some(*number), bytes),
            Frame::Answer(number, bytes) => (3, Some(*number), bytes),
            Frame::Refusal(number, why) => (4, Some(*number), &[*why as u8]),
            Frame::Ping(number) => (5, Some(*number), &[]),
            Frame::Pong(number) => (6, Some(*number), &[]),
            Frame::Goodbye => (7, None, &[]),
        };
        let len = 1 + number.map_or(0, |_| 8) + bytes.len();
        out.extend((len as u32).to_be_bytes());
        out.push(kind);
        out.extend(number.into_iter().flat_map(u64::to_be_bytes));
        out.extend(bytes);
    }

    /// Reads what follows the length.
    fn parse(mut body: Bytes) -> Option<Frame> {
        let kind = *body.split_to_checked(1)?.first()?;
        if kind == 1 {
            return Some(Frame::Message(body));
        }
        if kind == 7 {
            return body.is_empty().then_some(Frame::Goodbye);
        }
        let number = u64::from_be_bytes(body.split_to_checked(8)?.as_ref().try_into().ok()?);
        match (kind, body.as_ref()) {
            (2, _) => Some(Frame::Request(number, body)),
            (3, _) => Some(Frame::Answer(number, body)),
            (4, [why]) => Some(Frame::Refusal(number, why_of(*why))),
            (5, []) => Some(Frame::Ping(number)),
            (6, []) => Some(Frame::Pong(number)),
            _ => None,
        }
    }

    /// Waits for the next frame, and reads it. What is announced takes no memory before it comes.
    pub async fn read(
        from: &mut (impl AsyncRead + Unpin),
        config: &TcpConfig,
    ) -> Result<Frame, Why> {
        let silence = config.ping_interval * 3;
        let first = timeout(silence, from.read_u8()).await.map_err(|_| Why::TimedOut)?;
        let first = first.map_err(|_| Why::Closed)?;
        let rest = read_rest(first, from, config.frame_bytes);
        timeout(config.frame_deadline, rest).await.map_err(|_| Why::TimedOut)?
    }
}

async fn read_rest(
    first: u8,
    from: &mut (impl AsyncRead + Unpin),
    most: usize,
) -> Result<Frame, Why> {
    let mut len = [first, 0, 0, 0];
    from.read_exact(&mut len[1..]).await.map_err(|_| Why::Closed)?;
    let len = u32::from_be_bytes(len) as usize;
    if len > most {
        return Err(Why::TooLarge);
    }
    let mut body = Vec::new();
    from.take(len as u64).read_to_end(&mut body).await.map_err(|_| Why::Closed)?;
    if body.len() < len {
        return Err(Why::Closed);
    }
    Frame::parse(body.into()).ok_or(Why::Malformed)
}

/// A reason that we don't know is a refusal.
fn why_of(code: u8) -> Why {
    Why::ALL.get(usize::from(code)).copied().unwrap_or(Why::Refused)
}

/// `split_to` that doesn't panic on what is too short.
trait SplitChecked: Sized {
    fn split_to_checked(&mut self, at: usize) -> Option<Self>;
}

impl SplitChecked for Bytes {
    fn split_to_checked(&mut self, at: usize) -> Option<Bytes> {
        (at <= self.len()).then(|| self.split_to(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<Frame, Why> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        let config = TcpConfig { frame_bytes: 64, ..TcpConfig::default() };
        runtime.block_on(Frame::read(&mut &bytes[..], &config))
    }

    fn each() -> [Frame; 7] {
        let bytes = || Bytes::from_static(b"bytes");
        [
            Frame::Message(bytes()),
            Frame::Request(7, bytes()),
            Frame::Answer(u64::MAX, Bytes::new()),
            Frame::Refusal(8, Why::Overloaded),
            Frame::Ping(9),
            Frame::Pong(10),
            Frame::Goodbye,
        ]
    }

    #[test]
    fn what_is_written_is_read_and_what_is_cut_off_is_not() {
        for frame in each() {
            let mut bytes = Vec::new();
            frame.append_to(&mut bytes);
            assert_eq!(read(&bytes).as_ref(), Ok(&frame));
            (0..bytes.len()).for_each(|end| assert_eq!(read(&bytes[..end]), Err(Why::Closed)));
        }
    }

    #[test]
    fn nonsense_has_a_reason() {
        let of = |body: &[u8]| {
            let len = (body.len() as u32).to_be_bytes();
            read(&[&len, body].concat())
        };
        let bad: [&[u8]; 6] = [b"", b"\x00", b"\x08", b"\x02short", b"\x05123456789", b"\x07x"];
        bad.iter().for_each(|body| assert_eq!(of(body), Err(Why::Malformed), "{body:?}"));
        assert_eq!(of(&[1; 65]), Err(Why::TooLarge));
        assert_eq!(
            of(b"\x0412345678\xff"),
            Ok(Frame::Refusal(0x3132_3334_3536_3738, Why::Refused))
        );
    }
}
