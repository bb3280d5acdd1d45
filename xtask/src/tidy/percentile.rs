//! Percentiles of sizes.

/// The smallest value that at least `percent` of the values don't exceed; 0 if there are none.
pub fn percentile(values: &mut [usize], percent: usize) -> usize {
    values.sort_unstable();
    let rank = (values.len() * percent).div_ceil(100);
    values.get(rank.saturating_sub(1)).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_rank() {
        assert_eq!(percentile(&mut [], 50), 0);
        assert_eq!(percentile(&mut [9], 95), 9);
        assert_eq!(percentile(&mut [5, 1, 3], 50), 3);
        assert_eq!(percentile(&mut [4, 1, 3, 2], 50), 2);
        let mut hundred: Vec<usize> = (1..=100).rev().collect();
        assert_eq!(percentile(&mut hundred, 95), 95);
    }
}
