//! Bugs that are planted on purpose, to see that searches find them: a test of the tests.
//!
//! Without the feature `planted` there are none: [`is_planted`] is `false` wherever it is asked, and the
//! compiler takes the question away. With it, a thread plants one at a time, for what runs on it. No
//! release has the feature.

/// A bug that can be planted: each is a slip that was made somewhere before, or nearly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bug {
    /// Of several things that the planes of a node tell each other at once, only the first is passed on.
    BusLosesNews,
    /// A rumor is told on with the hops that it had left, not one less.
    TtlStays,
    /// A rumor that came from one neighbour alone is not remembered as seen.
    SeenForgets,
    /// A rumor of several neighbours is told on to all but one of those it should be.
    LastTargetForgotten,
    /// The deadline of a register's old value stays, and ends the new one.
    StaleDeadline,
    /// A restart counts its versions from where they were durable, less one block.
    VersionsAgain,
    /// What is told of an origin leaves out all but its latest register, and says that nothing is missing.
    DigestHides,
    /// What no longer fitted is vouched for as if it had been told.
    CutOffHides,
    /// An older update of a register takes the place of a newer one.
    OlderWins,
    /// Among frames of several classes the outbox loses one when it changes from one to the next.
    OutboxLoses,
}

impl Bug {
    /// All of them.
    pub const ALL: [Bug; 10] = [
        Bug::BusLosesNews,
        Bug::TtlStays,
        Bug::SeenForgets,
        Bug::LastTargetForgotten,
        Bug::StaleDeadline,
        Bug::VersionsAgain,
        Bug::DigestHides,
        Bug::CutOffHides,
        Bug::OlderWins,
        Bug::OutboxLoses,
    ];

    /// What it is called.
    pub fn name(self) -> &'static str {
        match self {
            Bug::BusLosesNews => "bus-loses-news",
            Bug::TtlStays => "ttl-stays",
            Bug::SeenForgets => "seen-forgets",
            Bug::LastTargetForgotten => "last-target-forgotten",
            Bug::StaleDeadline => "stale-deadline",
            Bug::VersionsAgain => "versions-again",
            Bug::DigestHides => "digest-hides",
            Bug::CutOffHides => "cut-off-hides",
            Bug::OlderWins => "older-wins",
            Bug::OutboxLoses => "outbox-loses",
        }
    }

    /// The one that is called so.
    pub fn named(name: &str) -> Option<Bug> {
        Bug::ALL.into_iter().find(|bug| bug.name() == name)
    }
}

/// Whether that one is planted.
#[cfg(not(feature = "planted"))]
#[inline(always)]
pub const fn is_planted(_: Bug) -> bool {
    false
}

#[cfg(feature = "planted")]
pub use ground::{is_planted, plant};

#[cfg(feature = "planted")]
mod ground {
    extern crate std;

    use super::Bug;
    use core::cell::Cell;

    std::thread_local! {
        static PLANTED: Cell<Option<Bug>> = const { Cell::new(None) };
    }

    /// Whether that one is planted on this thread.
    pub fn is_planted(bug: Bug) -> bool {
        PLANTED.get() == Some(bug)
    }

    /// Plants one on this thread, in place of what was planted before; nothing makes the code sound
    /// again.
    pub fn plant(bug: Option<Bug>) {
        PLANTED.set(bug);
    }
}
