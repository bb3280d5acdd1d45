//! Signature checks.

use ed25519_dalek::{Signature, VerifyingKey};
use rumormill_core::{Verdict, Verify};

/// Judges one Ed25519 signature: strictly, so weak keys and non-canonical encodings are rejected.
pub(crate) fn judge(job: &Verify) -> Verdict {
    let signature = Signature::from_bytes(&job.signature);
    let good = VerifyingKey::from_bytes(&job.key)
        .is_ok_and(|key| !key.is_weak() && key.verify_strict(&job.message, &signature).is_ok());
    if good { Verdict::Accept } else { Verdict::Reject }
}
