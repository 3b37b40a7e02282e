//! The sRGB transfer function: bytes of colours to linear light and back, exactly as IEC 61966-2-1
//! has it, with the same bits on every machine.
//!
//! The power of 2.4 is `x^2 * fifth_root(x)^2`, and the root is found by Newton's iteration, which
//! needs nothing but products and quotients. Both ways are tables: 256 values of bytes, and
//! the 255 values between two bytes, among which a value is looked for.

use std::sync::LazyLock;

use glam::Vec3;
use goxel_proto::types::Rgba;

/// Up to this byte value, of 1, the curve is a straight line.
const LINEAR_END: f64 = 0.04045;
/// Steps after which the root no longer changes, from 1 down to the smallest value asked for.
const NEWTON_STEPS: usize = 24;

static DECODED: LazyLock<[f32; 256]> =
    LazyLock::new(|| std::array::from_fn(|byte| decode(byte as f64) as f32));
/// Halfway between each byte and the one before it.
static BETWEEN: LazyLock<[f32; 256]> =
    LazyLock::new(|| std::array::from_fn(|byte| decode(byte as f64 - 0.5) as f32));

/// Linear red, green and blue of a colour, each 0 to 1; its alpha is left out.
pub(crate) fn linear(rgba: Rgba) -> Vec3 {
    let [r, g, b, _] = rgba.0.map(|byte| DECODED[usize::from(byte)]);
    Vec3::new(r, g, b)
}

/// The byte that is nearest to a linear value; what is below 0 or no number is 0.
pub(crate) fn byte(value: f32) -> u8 {
    let between = &BETWEEN[1..];
    between.partition_point(|&bound| bound <= value) as u8
}

/// The linear value of a byte, which may be a fraction.
fn decode(byte: f64) -> f64 {
    let value = byte / 255.0;
    if value <= LINEAR_END {
        return value / 12.92;
    }
    let x = (value + 0.055) / 1.055;
    let mut root = 1.0;
    for _ in 0..NEWTON_STEPS {
        let fourth = root * root * root * root;
        root -= (fourth * root - x) / (5.0 * fourth);
    }
    x * x * root * root
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_is_that_of_the_standard() {
        for step in 0..=2550 {
            let value = f64::from(step) / 2550.0;
            let right = match value {
                ..=LINEAR_END => value / 12.92,
                _ => ((value + 0.055) / 1.055).powf(2.4),
            };
            assert!((decode(value * 255.0) - right).abs() < 1e-12, "{value}");
        }
    }

    #[test]
    fn every_byte_comes_back() {
        for value in 0..=255 {
            assert_eq!(byte(linear(Rgba::opaque(value, 0, 0)).x), value);
        }
        assert_eq!([-1.0, f32::NAN, 2.0, f32::INFINITY].map(byte), [0, 0, 255, 255]);
    }
}
