//! Ed25519 signature checks, in batches.
//!
//! One equation for many signatures costs about a third of checking each. Three precautions make
//! that safe and fair:
//!
//! - Weak keys (of small order: anybody can sign for them) are rejected before the batch is made.
//! - A batch that fails is halved until the forged ones are found, so good signatures in it are
//!   still accepted.
//! - Whoever sent a forged one is checked singly from then on ([`Job::singly`]), so that it can
//!   spoil no further batch.
//!
//! What is not promised: the holder of a key can craft a signature that a batch takes one time in
//! eight and a single check never does (RFC 8032 leaves the cofactor open). Nobody else's messages
//! are in danger, but who forwarded such a one in good faith may be blamed for it.
//!
//! All of this is pure and may run on any thread.

use ed25519_dalek::{Signature, VerifyingKey, verify_batch};
use rumormill_core::{Verdict, Verify};

/// A signature to check, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// What to check.
    pub verify: Verify,
    /// By itself, because its sender is not trusted in a batch.
    pub singly: bool,
}

/// Says of each job whether its signature is good.
///
/// ```
/// use rumormill_core::{Bytes, Peer, Verify};
/// use rumormill_wire::verify::{check, Job};
/// let forged = Verify { from: Peer::STRANGER, key: [0; 32], signature: [0; 64], message: Bytes::new() };
/// assert_eq!(check(&[Job { verify: forged, singly: false }]), [false]);
/// ```
pub fn check(jobs: &[Job]) -> Vec<bool> {
    let mut good = vec![false; jobs.len()];
    let candidates = jobs.iter().enumerate().filter_map(|(at, job)| Candidate::new(at, job));
    let (alone, batch): (Vec<_>, Vec<_>) = candidates.partition(|candidate| candidate.singly);
    alone.iter().for_each(|one| good[one.at] = one.is_good());
    judge(&batch, &mut good);
    good
}

/// Judges one signature by itself.
pub fn judge_one(verify: &Verify) -> Verdict {
    let job = Job { verify: verify.clone(), singly: true };
    let good = Candidate::new(0, &job).is_some_and(|one| one.is_good());
    if good { Verdict::Accept } else { Verdict::Reject }
}

struct Candidate<'a> {
    at: usize,
    singly: bool,
    key: VerifyingKey,
    signature: Signature,
    message: &'a [u8],
}

impl<'a> Candidate<'a> {
    /// Nothing if the key is no key, or a weak one.
    fn new(at: usize, job: &'a Job) -> Option<Candidate<'a>> {
        let key = VerifyingKey::from_bytes(&job.verify.key).ok().filter(|key| !key.is_weak())?;
        let signature = Signature::from_bytes(&job.verify.signature);
        Some(Candidate { at, singly: job.singly, key, signature, message: &job.verify.message })
    }

    fn is_good(&self) -> bool {
        self.key.verify_strict(self.message, &self.signature).is_ok()
    }
}

/// Halves until a part is good as a whole, or is one.
fn judge(part: &[Candidate<'_>], good: &mut [bool]) {
    match part {
        [] => {}
        [one] => good[one.at] = one.is_good(),
        part if is_good_as_a_whole(part) => part.iter().for_each(|one| good[one.at] = true),
        part => {
            let (left, right) = part.split_at(part.len() / 2);
            judge(left, good);
            judge(right, good);
        }
    }
}

fn is_good_as_a_whole(part: &[Candidate<'_>]) -> bool {
    let messages: Vec<_> = part.iter().map(|one| one.message).collect();
    let signatures: Vec<_> = part.iter().map(|one| one.signature).collect();
    let keys: Vec<_> = part.iter().map(|one| one.key).collect();
    verify_batch(&messages, &signatures, &keys).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::{Signer, SigningKey};
    use rumormill_core::{Bytes, Peer};

    fn job(number: u8) -> Job {
        let key = SigningKey::from_bytes(&[number; 32]);
        let message = Bytes::copy_from_slice(&[number, 1, 2]);
        let signature = key.sign(&message).to_bytes();
        let verify = Verify {
            from: Peer::STRANGER,
            key: key.verifying_key().to_bytes(),
            signature,
            message,
        };
        Job { verify, singly: number.is_multiple_of(5) }
    }

    #[test]
    fn finds_the_forged_among_the_good() {
        for forged in [vec![], vec![0], vec![4, 5, 31], (0..32).collect()] {
            let mut jobs: Vec<Job> = (0..32).map(job).collect();
            forged.iter().for_each(|at: &usize| jobs[*at].verify.signature[3] ^= 1);
            let expected: Vec<bool> = (0..32).map(|at| !forged.contains(&at)).collect();
            assert_eq!(check(&jobs), expected, "forged {forged:?}");
        }
    }

    #[test]
    fn a_weak_key_signs_nothing() {
        let mut weak = job(1);
        weak.verify.key = [0; 32];
        weak.verify.key[0] = 1;
        weak.verify.signature = [0; 64];
        weak.verify.signature[0] = 1;
        assert_eq!(check(&[job(2), weak, job(3)]), [true, false, true]);
    }

    #[test]
    fn nothing_to_check_is_no_trouble() {
        assert!(check(&[]).is_empty());
    }
}
