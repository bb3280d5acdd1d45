//! What the comparisons share.

pub mod process;

/// The middle one; of an even number, the upper of the two. Of none, not a number.
pub fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all.get(all.len() / 2).copied().unwrap_or(f64::NAN)
}
