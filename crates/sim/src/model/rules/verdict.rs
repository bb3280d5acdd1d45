//! What is judged, and what comes of it.

use rumormill_core::{Duration, Time};

/// One transmission: something that one node sends to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transmission {
    /// Who sends it.
    pub from: u32,
    /// To whom.
    pub to: u32,
    /// Its size on the wire.
    pub bytes: usize,
    /// When it leaves.
    pub now: Time,
}

/// What becomes of a transmission. At first it arrives at once; rules change that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// How long it takes, if it arrives.
    pub delay: Duration,
    /// Whether it arrives.
    pub fate: Fate,
    /// How much later a second copy arrives; nothing if there is none. What loses the first loses the
    /// second, too.
    pub copy: Option<Duration>,
}

/// Whether a transmission arrives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fate {
    /// It does.
    #[default]
    Arrives,
    /// It doesn't, because of this.
    Lost(Lost),
}

/// Why a transmission was lost: what rules say of it, and what is found out when it comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Lost {
    /// By chance.
    Loss,
    /// The two nodes are in different parts of a partitioned network.
    Partition,
    /// This path works in the other direction alone.
    OneWay,
    /// The receiver hears nobody.
    Deaf,
    /// Nobody hears the sender.
    Mute,
    /// The receiver was down.
    Down,
    /// Its link was closed when it came.
    Closed,
}

impl Lost {
    /// Every reason, in order of its discriminant: counters are arrays over this.
    pub const ALL: [Lost; 7] = [
        Lost::Loss,
        Lost::Partition,
        Lost::OneWay,
        Lost::Deaf,
        Lost::Mute,
        Lost::Down,
        Lost::Closed,
    ];

    /// The reason as a label: kebab-case, stable, fit for reports and JSON.
    pub const fn label(self) -> &'static str {
        match self {
            Lost::Loss => "loss",
            Lost::Partition => "partition",
            Lost::OneWay => "one-way",
            Lost::Deaf => "deaf",
            Lost::Mute => "mute",
            Lost::Down => "down",
            Lost::Closed => "closed",
        }
    }
}

impl Verdict {
    /// Whether it arrives.
    pub fn arrives(&self) -> bool {
        self.fate == Fate::Arrives
    }

    /// Lost; the first reason counts.
    pub(super) fn lose(&mut self, why: Lost) {
        if self.arrives() {
            self.fate = Fate::Lost(why);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_reasons_are_listed_in_order() {
        assert!(Lost::ALL.iter().enumerate().all(|(at, &lost)| lost as usize == at));
    }

    #[test]
    fn the_first_reason_counts() {
        let mut verdict = Verdict::default();
        verdict.lose(Lost::Deaf);
        verdict.lose(Lost::Loss);
        assert_eq!(verdict.fate, Fate::Lost(Lost::Deaf));
    }
}
