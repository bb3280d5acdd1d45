//! How messages become bytes.

use crate::{Bytes, Why};

/// Writes the messages of one protocol, and reads them back. Plain functions: a protocol's format
/// belongs to it, and to nothing that lives.
///
/// - `encode` takes what [`wire_len`](crate::Message::wire_len) says, or nearly.
/// - `decode` takes any bytes that a stranger may send, and never panics. It reads all of them or
///   refuses them with a reason, [`Why::Malformed`] mostly; and what it makes of them is no larger in
///   memory than a small multiple of the bytes.
/// - What was written is read back as it was.
///
/// ```
/// use rumormill_core::{Bytes, Codec, Why};
/// let codec: Codec<u16> = Codec {
///     encode: |number| Bytes::copy_from_slice(&number.to_be_bytes()),
///     decode: |bytes| {
///         let bytes: &[u8; 2] = bytes.as_ref().try_into().map_err(|_| Why::Malformed)?;
///         Ok(u16::from_be_bytes(*bytes))
///     },
/// };
/// assert_eq!(codec.recode(&7), Ok(7));
/// assert_eq!((codec.decode)(Bytes::from_static(b"odd")), Err(Why::Malformed));
/// ```
#[derive(Debug)]
pub struct Codec<M> {
    /// Writes one.
    pub encode: fn(&M) -> Bytes,
    /// Reads one.
    pub decode: fn(Bytes) -> Result<M, Why>,
}

impl<M> Codec<M> {
    /// Writes a message and reads it back: what simulations do with every message, to show that it can
    /// be done.
    pub fn recode(&self, message: &M) -> Result<M, Why> {
        (self.decode)((self.encode)(message))
    }
}

// Derived, these would ask the same of `M`.
impl<M> Clone for Codec<M> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M> Copy for Codec<M> {}
