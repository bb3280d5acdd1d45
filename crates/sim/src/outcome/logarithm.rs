//! A logarithm that is the same on every platform: that of `std` may differ in its last digit.

use std::f64::consts::{LN_10, LOG10_2};

const MANTISSA_BITS: u64 = 52;
const BIAS: u64 = 1023;

/// To the base of 10. Of what is not positive, or too small to be a normal number: minus infinity.
///
/// A number is m · 2^e with 1 ≤ m < 2, and ln m = 2 (z + z³/3 + z⁵/5 + …) with z = (m − 1)/(m + 1).
/// Sums and products are exact to the last bit everywhere.
pub fn log10(value: f64) -> f64 {
    if value.is_nan() || value < f64::MIN_POSITIVE {
        return f64::NEG_INFINITY;
    }
    let bits = value.to_bits();
    let exponent = (bits >> MANTISSA_BITS) as f64 - BIAS as f64;
    let mantissa = f64::from_bits((bits & ((1 << MANTISSA_BITS) - 1)) | (BIAS << MANTISSA_BITS));
    let z = (mantissa - 1.0) / (mantissa + 1.0);
    // Below 3^-35 of the first term, nothing is added any more.
    let (series, _) = (0..18)
        .fold((0.0, z), |(sum, power), k| (sum + power / f64::from(2 * k + 1), power * z * z));
    exponent * LOG10_2 + 2.0 * series / LN_10
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn powers_of_ten_are_whole() {
        for (value, power) in [(1.0, 0.0), (10.0, 1.0), (1e6, 6.0), (1e-3, -3.0)] {
            assert!((log10(value) - power).abs() < 1e-14, "{value}");
        }
        assert_eq!([log10(0.0), log10(-1.0)], [f64::NEG_INFINITY; 2]);
    }

    proptest! {
        #[test]
        fn it_is_that_of_std(value in 1e-12..1e18f64) {
            prop_assert!((log10(value) - value.log10()).abs() < 1e-13);
        }
    }
}
