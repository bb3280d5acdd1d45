//! Draws that are about a node but not its own.

use rumormill_core::RngKey;

/// The key of such draws.
pub(crate) fn key(seed: u64, node: u32, detail: u64, purpose: [u8; 4]) -> RngKey {
    let mut key = RngKey::of_node(seed, u64::from(node));
    key.0[16..24].copy_from_slice(&detail.to_le_bytes());
    key.0[24..28].copy_from_slice(&purpose);
    key
}
