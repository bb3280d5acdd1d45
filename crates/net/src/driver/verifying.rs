//! Signature checks beside the loop.

use super::settings::VerifyLimits;
use rumormill_core::{Peer, PeerMap, Verdict, Verify};
use rumormill_wire::verify::{Job, check};
use std::collections::VecDeque;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Instant, sleep_until};

/// Collects jobs and has them checked a batch at a time.
pub(super) struct Verifying<T> {
    limits: VerifyLimits,
    waiting: VecDeque<(T, Verify)>,
    /// How many of each peer wait or are under way.
    shares: PeerMap<usize>,
    /// Who sent a forged one, as long as its handle lives. The stranger is many: never trusted.
    distrusted: PeerMap<()>,
    under_way: Option<Batch<T>>,
}

struct Batch<T> {
    asked: Vec<Asked<T>>,
    task: JoinHandle<Vec<bool>>,
}

struct Asked<T> {
    /// Nothing once it is cancelled.
    token: Option<T>,
    from: Peer,
}

/// One judged job; the token is missing if nobody wants to know any more.
pub(super) struct Judged<T> {
    pub token: Option<T>,
    pub from: Peer,
    pub verdict: Verdict,
}

impl<T: Copy + Eq> Verifying<T> {
    pub fn new(limits: VerifyLimits) -> Self {
        let (shares, distrusted) = (PeerMap::default(), PeerMap::default());
        Verifying { limits, waiting: VecDeque::new(), shares, distrusted, under_way: None }
    }

    /// Takes a job; false if its peer, or everybody, has too many already.
    pub fn push(&mut self, job: Verify, token: T) -> bool {
        let share = self.shares.get(job.from).copied().unwrap_or(0);
        if share >= self.limits.per_peer || self.waiting.len() >= self.limits.waiting {
            return false;
        }
        self.shares.insert(job.from, share + 1);
        self.waiting.push_back((token, job));
        true
    }

    /// The verdict of that token is no longer wanted.
    pub fn cancel(&mut self, token: T) {
        let Verifying { waiting, shares, under_way, .. } = self;
        waiting.retain(|(other, job)| {
            let keep = *other != token;
            if !keep {
                give_back(shares, job.from);
            }
            keep
        });
        for asked in under_way.iter_mut().flat_map(|batch| &mut batch.asked) {
            asked.token = asked.token.filter(|other| *other != token);
        }
    }

    /// The handle will be another's.
    pub fn forget(&mut self, peer: Peer) {
        self.distrusted.remove(peer);
    }

    pub fn distrust(&mut self, peer: Peer) {
        self.distrusted.insert(peer, ());
    }

    /// Starts the next batch, if none is under way.
    pub fn start(&mut self) {
        if self.under_way.is_some() || self.waiting.is_empty() {
            return;
        }
        let count = self.waiting.len().min(self.limits.batch.max(1));
        let (mut asked, mut jobs) = (Vec::with_capacity(count), Vec::with_capacity(count));
        for (token, verify) in self.waiting.drain(..count) {
            let singly = verify.from == Peer::STRANGER || self.distrusted.contains(verify.from);
            asked.push(Asked { token: Some(token), from: verify.from });
            jobs.push(Job { verify, singly });
        }
        let not_before = Instant::now() + self.limits.at_least;
        let task = tokio::spawn(async move {
            let good = spawn_blocking(move || check(&jobs)).await.unwrap_or_default();
            sleep_until(not_before).await;
            good
        });
        self.under_way = Some(Batch { asked, task });
    }

    /// Waits for the batch under way; for ever if there is none. Cancel-safe.
    pub async fn judged(&mut self) -> Vec<Judged<T>> {
        let Some(batch) = &mut self.under_way else { return std::future::pending().await };
        let good = (&mut batch.task).await.unwrap_or_default();
        let asked = self.under_way.take().map(|batch| batch.asked).unwrap_or_default();
        let judged = asked.into_iter().enumerate().map(|(at, asked)| {
            give_back(&mut self.shares, asked.from);
            // Nothing is there if the check itself broke: nobody is to blame for that.
            let verdict = match good.get(at) {
                Some(true) => Verdict::Accept,
                Some(false) => Verdict::Reject,
                None => Verdict::Ignore,
            };
            Judged { token: asked.token, from: asked.from, verdict }
        });
        judged.collect()
    }

    pub fn len(&self) -> usize {
        self.waiting.len() + self.under_way.as_ref().map_or(0, |batch| batch.asked.len())
    }
}

impl<T> Drop for Verifying<T> {
    fn drop(&mut self) {
        if let Some(batch) = &self.under_way {
            batch.task.abort();
        }
    }
}

fn give_back(shares: &mut PeerMap<usize>, peer: Peer) {
    match shares.get_mut(peer) {
        Some(share) if *share > 1 => *share -= 1,
        _ => _ = shares.remove(peer),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rumormill_core::Bytes;

    fn forged(from: Peer) -> Verify {
        Verify { from, key: [3; 32], signature: [0; 64], message: Bytes::new() }
    }

    #[tokio::test]
    async fn what_waits_is_bounded_a_peer_and_cancelled_is_not_told() {
        let mut verifying = Verifying::new(VerifyLimits { per_peer: 2, ..VerifyLimits::default() });
        let (flooder, other) = (Peer::new(1, 0), Peer::new(2, 0));
        let taken: Vec<bool> = (0..3).map(|token| verifying.push(forged(flooder), token)).collect();
        assert_eq!(taken, [true, true, false]);
        assert!(verifying.push(forged(other), 7));
        verifying.start();
        verifying.cancel(1);
        assert!(!verifying.push(forged(flooder), 8), "what is under way counts");
        let told: Vec<_> =
            verifying.judged().await.into_iter().map(|judged| judged.token).collect();
        assert_eq!(told, [Some(0), None, Some(7)]);
        assert!(verifying.push(forged(flooder), 8));
    }
}
