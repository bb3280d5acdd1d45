//! Logarithm and exponential from basic arithmetic.
//!
//! The standard library's `ln` and `exp` are the platform's, and platforms differ in the last bits: one
//! such bit, and a run has another hash. These use `+ − × ÷` alone, which IEEE 754 rounds alike
//! everywhere. They are good to about 15 digits.

use std::f64::consts::{LN_2, LN_10, SQRT_2};

/// What the terms of artanh are multiplied by: 1, ⅓, ⅕ …
const ODD_RECIPROCALS: [f64; 12] = {
    let (mut terms, mut at) = ([1.0; 12], 0);
    while at < 12 {
        terms[at] = 1.0 / (2 * at + 1) as f64;
        at += 1;
    }
    terms
};

/// What the powers of the exponential series are multiplied by: 1, 1, ½, ⅙ …
const INVERSE_FACTORIALS: [f64; 15] = {
    let (mut terms, mut at) = ([1.0; 15], 1);
    while at < 15 {
        terms[at] = terms[at - 1] / at as f64;
        at += 1;
    }
    terms
};

/// The natural logarithm of a normal number above zero; for zero and less it is −∞.
///
/// It splits `x = m·2ᵉ` with `m` around 1, and sums `ln m = 2·artanh((m − 1)/(m + 1))` as a series.
pub fn ln(x: f64) -> f64 {
    if x <= 0.0 {
        return f64::NEG_INFINITY;
    }
    let (mantissa, exponent) = split(x);
    let ratio = (mantissa - 1.0) / (mantissa + 1.0);
    let square = ratio * ratio;
    // |ratio| < 0.172, so what comes after twelve terms is below 2⁻⁵³.
    f64::from(exponent) * LN_2 + 2.0 * ratio * polynomial(square, &ODD_RECIPROCALS)
}

/// The logarithm to base 2. For powers of two it is exact.
pub fn log2(x: f64) -> f64 {
    let (mantissa, exponent) = split(x);
    if mantissa == 1.0 { f64::from(exponent) } else { ln(x) / LN_2 }
}

/// The logarithm to base 10. Of what is no number, not positive, or too small to be a normal number:
/// minus infinity.
pub fn log10(x: f64) -> f64 {
    if x.is_nan() || x < f64::MIN_POSITIVE {
        return f64::NEG_INFINITY;
    }
    ln(x) / LN_10
}

/// `eˣ` for `x` in `-700.0..=700.0`; what is outside counts as the nearest inside.
///
/// It splits `x = k·ln 2 + r` with `|r| ≤ ln 2 / 2`, and sums the series of `eʳ`.
pub fn exp(x: f64) -> f64 {
    let x = x.clamp(-700.0, 700.0);
    // The nearest whole number, by a cast: rounding is a call on some platforms.
    let doublings = (x / LN_2 + 1024.5) as i32 - 1024;
    let rest = x - f64::from(doublings) * LN_2;
    polynomial(rest, &INVERSE_FACTORIALS) * power_of_two(doublings)
}

/// By Horner's rule, the constant first.
#[inline]
pub fn polynomial<const N: usize>(x: f64, coefficients: &[f64; N]) -> f64 {
    coefficients.iter().rev().fold(0.0, |sum, coefficient| sum * x + coefficient)
}

/// A normal number as `m·2ᵉ`, `m` from `√½` to `√2`.
fn split(x: f64) -> (f64, i32) {
    let bits = x.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i32 - 1023;
    let mantissa = f64::from_bits(bits & ((1 << 52) - 1) | 1023 << 52);
    if mantissa > SQRT_2 { (mantissa / 2.0, exponent + 1) } else { (mantissa, exponent) }
}

fn power_of_two(exponent: i32) -> f64 {
    f64::from_bits(((exponent + 1023) as u64) << 52)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn they_are_close_to_the_platforms(x in 1e-9..1e12f64, y in -690.0..690.0f64) {
            prop_assert!((ln(x) - x.ln()).abs() <= 1e-14 * x.ln().abs().max(1.0));
            prop_assert!((log2(x) - x.log2()).abs() <= 1e-14 * x.log2().abs().max(1.0));
            prop_assert!((exp(y) / y.exp() - 1.0).abs() < 1e-13);
        }

        #[test]
        fn so_is_the_one_to_base_10(value in 1e-12..1e18f64) {
            prop_assert!((log10(value) - value.log10()).abs() < 1e-13);
        }
    }

    #[test]
    fn their_bits_are_the_same_everywhere() {
        assert_eq!(ln(10.0).to_bits(), 4_612_367_379_483_415_829);
        assert_eq!(ln(0.3).to_bits(), 13_831_473_067_500_349_216);
        let powers = [4_613_303_445_314_885_482, 4_582_783_292_742_766_660];
        assert_eq!([exp(1.0), exp(-3.7)].map(f64::to_bits), powers);
    }

    #[test]
    fn powers_of_ten_are_whole() {
        for (value, power) in [(1.0, 0.0), (10.0, 1.0), (1e6, 6.0), (1e-3, -3.0)] {
            assert!((log10(value) - power).abs() < 1e-14, "{value}");
        }
        assert_eq!([log10(0.0), log10(-1.0)], [f64::NEG_INFINITY; 2]);
    }

    #[test]
    fn ends_and_exact_points() {
        assert_eq!((ln(1.0), exp(0.0), log2(1024.0), log2(0.25)), (0.0, 1.0, 10.0, -2.0));
        assert_eq!((ln(0.0), ln(-1.0)), (f64::NEG_INFINITY, f64::NEG_INFINITY));
        assert!(exp(1e9).is_finite() && exp(-1e9) > 0.0);
    }
}
