//! What theory says of a broadcast, to be printed beside what was measured.
//!
//! They are floors and expectations of idealised protocols. A measurement below a floor means that
//! something was counted wrongly.

use super::arithmetic::{ln, log2};

/// How many rounds push gossip takes until everybody of `nodes` knows, in expectation: each who knows
/// tells one random other a round. `log₂ n + ln n + 1.1`: doubling first, then the last stragglers
/// (Pittel, "On Spreading a Rumor", 1987, who leaves the constant open; 1.1 is what simulated rounds
/// of 1,000 and 10,000 nodes come to).
///
/// ```
/// let rounds = rumormill_sim::model::theory::push_rounds(1024);
/// assert!((rounds - 18.03).abs() < 0.01);
/// ```
pub fn push_rounds(nodes: u32) -> f64 {
    if nodes < 2 { 0.0 } else { log2(f64::from(nodes)) + ln(f64::from(nodes)) + 1.1 }
}

/// How many payloads must be sent at least so that all of `nodes` have it: each but the first once.
///
/// ```
/// assert_eq!(rumormill_sim::model::theory::payload_floor(100), 99);
/// ```
pub fn payload_floor(nodes: u32) -> u64 {
    u64::from(nodes.saturating_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_node_needs_nothing() {
        assert_eq!((push_rounds(0), push_rounds(1), payload_floor(0)), (0.0, 0.0, 0));
    }

    #[test]
    fn golden_rounds() {
        let shown = [1_000, 10_000, 100_000].map(|nodes| format!("{:.3}", push_rounds(nodes)));
        assert_eq!(shown, ["17.974", "23.598", "29.223"]);
    }
}
