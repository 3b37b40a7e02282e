//! The few transcendental functions that a path tracer needs, by polynomials (those of Cephes' single
//! precision library), and hashes.
//!
//! The system's own functions differ in the last bits from one machine to the next, and a path that
//! takes another turn is another picture. Sums, products and square roots are rounded alike
//! everywhere, so these give the same bits everywhere. Their errors are within 3e-7, absolute for
//! the sine and cosine and relative for the others, which is far below the noise of a picture.

use std::f32::consts::FRAC_PI_2;

/// Below this the exponential is 0: what is left of light is less than any byte shows.
const EXP_MIN: f32 = -80.0;

/// Sine and cosine of `turns` whole turns, for `turns` from 0 to 1.
#[inline]
pub(super) fn sin_cos(turns: f32) -> (f32, f32) {
    let quarters = 4.0 * turns;
    let quarter = (quarters + 0.5) as u32;
    let x = (quarters - quarter as f32) * FRAC_PI_2;
    let z = x * x;
    let sin = ((-1.951_529_6e-4 * z + 8.332_161e-3) * z - 0.166_666_55) * z * x + x;
    let cos = ((2.443_315_7e-5 * z - 1.388_731_6e-3) * z + 4.166_664_6e-2) * z * z - 0.5 * z + 1.0;
    match quarter & 3 {
        0 => (sin, cos),
        1 => (cos, -sin),
        2 => (-sin, -cos),
        _ => (-cos, sin),
    }
}

/// `e` to the power of `x`, for `x` up to 80.
#[inline]
pub(super) fn exp(x: f32) -> f32 {
    /// The natural logarithm of 2, as a number of few bits and the rest.
    const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    if x < EXP_MIN {
        return 0.0;
    }
    // Casts cut towards 0, and to the nearest number that is not above where that is positive.
    let whole = (x * std::f32::consts::LOG2_E + 128.5) as i32 - 128;
    let power = whole as f32;
    let r = x - power * LN_2[0] - power * LN_2[1];
    let mut sum = 1.987_569_1e-4 * r + 1.398_2e-3;
    sum = sum * r + 8.333_452e-3;
    sum = sum * r + 4.166_579_6e-2;
    sum = sum * r + 0.166_666_65;
    sum = sum * r + 0.5;
    (sum * r * r + r + 1.0) * f32::from_bits(((whole + 127) as u32) << 23)
}

/// The natural logarithm of `x`, which is a normal number above 0.
#[inline]
pub(super) fn ln(x: f32) -> f32 {
    const MANTISSA: u32 = (1 << 23) - 1;
    let bits = x.to_bits();
    let mut power = (bits >> 23) as f32 - 126.0;
    let mut r = f32::from_bits(bits & MANTISSA | 126 << 23);
    if r < std::f32::consts::FRAC_1_SQRT_2 {
        power -= 1.0;
        r += r;
    }
    r -= 1.0;
    let z = r * r;
    let mut sum = 7.037_683_6e-2 * r - 0.115_146_1;
    sum = sum * r + 0.116_769_99;
    sum = sum * r - 0.124_201_41;
    sum = sum * r + 0.142_493_23;
    sum = sum * r - 0.166_680_58;
    sum = sum * r + 0.200_007_15;
    sum = sum * r - 0.249_999_94;
    sum = sum * r + 0.333_333_3;
    let tail = sum * r * z - 2.121_944_4e-4 * power - 0.5 * z;
    r + tail + 0.693_359_4 * power
}

/// A hash whose every bit depends on all of `x` (the finaliser of MurmurHash 3).
#[inline]
pub(super) fn mixed(x: u32) -> u32 {
    let x = (x ^ x >> 16).wrapping_mul(0x85eb_ca6b);
    let x = (x ^ x >> 13).wrapping_mul(0xc2b2_ae35);
    x ^ x >> 16
}

/// A number from 0 to just below 1 of the upper 24 bits of `x`: all of them are multiples of 2^-24.
#[inline]
pub(super) fn unit(x: u32) -> f32 {
    (x >> 8) as f32 * (1.0 / (1 << 24) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_as_exact_as_they_say() {
        for step in 0..=100_000 {
            let part = f64::from(step) / 100_000.0;
            let (sin, cos) = sin_cos(part as f32);
            let (right_sin, right_cos) = (std::f64::consts::TAU * f64::from(part as f32)).sin_cos();
            assert!((f64::from(sin) - right_sin).abs() < 3e-7, "sin {part}");
            assert!((f64::from(cos) - right_cos).abs() < 3e-7, "cos {part}");
            let x = (part * 100.0 - 79.9) as f32;
            let right = f64::from(x).exp();
            assert!((f64::from(exp(x)) - right).abs() < 3e-7 * right, "exp {x}");
            let x = ((part - 0.5) * 60.0).exp() as f32;
            let right = f64::from(x).ln();
            assert!((f64::from(ln(x)) - right).abs() < 3e-7 * right.abs().max(1.0), "ln {x}");
        }
        assert_eq!((exp(0.0), exp(-1e9), ln(1.0)), (1.0, 0.0, 0.0));
    }

    #[test]
    fn units_are_below_one() {
        assert_eq!((unit(0), unit(u32::MAX) < 1.0, unit(1 << 31)), (0.0, true, 0.5));
    }
}
