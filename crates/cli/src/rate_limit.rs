//! A bound on how often one kind of thing is logged: so many at once, then one a second. What was held
//! back is counted, and told with the next of its kind that passes, or when it is asked for. Errors
//! always pass.
//!
//! A kind is a place in the code. Its memory is bounded: beyond so many kinds all others count as one.

use rumormill_core::Time;
use rumormill_protocols::parts::token_bucket::TokenBucket;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tracing::callsite::Identifier;
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Filter};

/// How many of one kind pass at once.
pub const BURST: u32 = 20;

/// After that, one passes every so long.
pub const EVERY: Duration = Duration::from_secs(1);

/// How many kinds are told apart.
const KINDS_MAX: usize = 1024;

/// Who tells that so many of a kind were held back.
pub type Report = dyn Fn(&Metadata<'static>, u64) + Send + Sync;

/// Holds back what comes too often; a filter for the layer that writes.
#[derive(Clone)]
pub struct RateLimit {
    kinds: Arc<Mutex<Kinds>>,
    report: Arc<Report>,
    started: Instant,
}

#[derive(Default)]
struct Kinds {
    by_place: HashMap<Identifier, Kind>,
    others: Option<Kind>,
}

struct Kind {
    bucket: TokenBucket,
    held_back: u64,
    last: &'static Metadata<'static>,
}

/// What becomes of something.
#[derive(Debug, PartialEq, Eq)]
enum Fate {
    HeldBack,
    /// It passes, and so many of its kind did not.
    Passes(u64),
}

impl RateLimit {
    /// Reports to `report`, outside of any lock.
    pub fn new(report: impl Fn(&Metadata<'static>, u64) + Send + Sync + 'static) -> RateLimit {
        RateLimit { kinds: Arc::default(), report: Arc::new(report), started: Instant::now() }
    }

    /// Tells of all that is held back and was not told of.
    pub fn finish(&self) {
        let held_back = self.kinds().take_held_back();
        held_back.into_iter().for_each(|(last, count)| (self.report)(last, count));
    }

    fn kinds(&self) -> MutexGuard<'_, Kinds> {
        self.kinds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn passes(&self, metadata: &'static Metadata<'static>, now: Time) -> bool {
        if *metadata.level() == Level::ERROR {
            return true;
        }
        let fate = self.kinds().of(metadata).note(metadata, now);
        if let Fate::Passes(held_back @ 1..) = fate {
            (self.report)(metadata, held_back);
        }
        fate != Fate::HeldBack
    }
}

impl Kinds {
    fn of(&mut self, metadata: &'static Metadata<'static>) -> &mut Kind {
        let place = metadata.callsite();
        match self.by_place.len() < KINDS_MAX || self.by_place.contains_key(&place) {
            true => self.by_place.entry(place).or_insert_with(|| Kind::new(metadata)),
            false => self.others.get_or_insert_with(|| Kind::new(metadata)),
        }
    }

    fn take_held_back(&mut self) -> Vec<(&'static Metadata<'static>, u64)> {
        let kinds = self.by_place.values_mut().chain(&mut self.others);
        let counted = kinds.map(|kind| (kind.last, std::mem::take(&mut kind.held_back)));
        counted.filter(|(_, count)| *count > 0).collect()
    }
}

impl Kind {
    fn new(metadata: &'static Metadata<'static>) -> Kind {
        Kind { bucket: TokenBucket::new(BURST, EVERY), held_back: 0, last: metadata }
    }

    fn note(&mut self, metadata: &'static Metadata<'static>, now: Time) -> Fate {
        self.last = metadata;
        match self.bucket.take(now) {
            Ok(()) => Fate::Passes(std::mem::take(&mut self.held_back)),
            Err(_) => {
                self.held_back += 1;
                Fate::HeldBack
            }
        }
    }
}

impl<S: Subscriber> Filter<S> for RateLimit {
    fn enabled(&self, _metadata: &Metadata<'_>, _context: &Context<'_, S>) -> bool {
        true
    }

    fn event_enabled(&self, event: &Event<'_>, _context: &Context<'_, S>) -> bool {
        self.passes(event.metadata(), Time::ZERO + self.started.elapsed())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use tracing_subscriber::layer::SubscriberExt;
    use tracing_subscriber::{Layer, Registry};

    /// Counts what passes.
    #[derive(Clone, Default)]
    struct Counter(Arc<AtomicUsize>);

    impl<S: Subscriber> Layer<S> for Counter {
        fn on_event(&self, _event: &Event<'_>, _context: Context<'_, S>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Runs it; gives how many events passed, and how many were told to be held back.
    fn counted(log: impl FnOnce()) -> (usize, Vec<u64>) {
        let told = Arc::new(Mutex::new(Vec::new()));
        let (into, counter) = (told.clone(), Counter::default());
        let limit = RateLimit::new(move |_, count| into.lock().unwrap().push(count));
        let subscriber = Registry::default().with(counter.clone().with_filter(limit.clone()));
        tracing::subscriber::with_default(subscriber, log);
        limit.finish();
        limit.finish();
        let told = told.lock().unwrap().clone();
        (counter.0.load(Ordering::Relaxed), told)
    }

    #[test]
    fn a_burst_passes_and_the_rest_is_counted_once() {
        let (passed, told) = counted(|| (0..50).for_each(|number| tracing::info!("{number}")));
        assert_eq!((passed, told), (20, vec![30]));
    }

    #[test]
    fn kinds_don_t_hold_back_each_other() {
        let (passed, told) = counted(|| {
            (0..50).for_each(|_| tracing::info!("one"));
            (0..10).for_each(|_| tracing::warn!("two"));
        });
        assert_eq!((passed, told), (30, vec![30]));
    }

    #[test]
    fn errors_always_pass() {
        let (passed, told) = counted(|| (0..500).for_each(|_| tracing::error!("no")));
        assert_eq!((passed, told), (500, vec![]));
    }

    #[test]
    fn later_one_a_second_passes_and_tells_of_the_others() {
        let place =
            tracing::callsite!(name: "x", kind: tracing::metadata::Kind::EVENT, fields: message);
        let metadata = tracing::callsite::Callsite::metadata(place);
        let mut kind = Kind::new(metadata);
        let at = |tenths: u64| Time::ZERO + Duration::from_millis(100 * tenths);
        for _ in 0..BURST {
            assert_eq!(kind.note(metadata, at(0)), Fate::Passes(0));
        }
        let fates: Vec<Fate> = (1..=21).map(|tenths| kind.note(metadata, at(tenths))).collect();
        let passed: Vec<&Fate> = fates.iter().filter(|fate| **fate != Fate::HeldBack).collect();
        assert_eq!(passed, [&Fate::Passes(9), &Fate::Passes(9)]);
    }
}
