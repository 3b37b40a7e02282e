//! sRGB: the bytes of colours as light, and light as bytes.
//!
//! The curve has a power of 2.4 in it, which libraries round differently. Here it is made of products
//! and a fifth root that Newton's method finds, so that a picture is the same on every machine.

use std::sync::LazyLock;

use glam::{Vec3, Vec4};
use goxel_proto::types::Rgba;

/// Steps of light that bytes are looked up for. The steepest part of the curve takes a fifth of a byte
/// a step, so every byte comes back as itself.
const STEPS: usize = 1 << 14;
/// Less light than this does not change a byte.
pub(crate) const FAINT: f32 = 1.0 / 4096.0;

static LIGHT: LazyLock<[f32; 256]> =
    LazyLock::new(|| std::array::from_fn(|byte| light(byte as f64 / 255.0) as f32));

static BYTES: LazyLock<Box<[u8]>> = LazyLock::new(|| {
    // A byte stands for what is nearer to it than to its neighbours, as they are seen.
    let ends: Vec<f64> = (0..255).map(|byte| light((f64::from(byte) + 0.5) / 255.0)).collect();
    let step = |step: usize| step as f64 / (STEPS - 1) as f64;
    (0..STEPS).map(|nth| ends.partition_point(|&end| end < step(nth)) as u8).collect()
});

/// The light of a part of the curve, both from 0 to 1.
fn light(part: f64) -> f64 {
    if part <= 0.04045 {
        return part / 12.92;
    }
    let base = (part + 0.055) / 1.055;
    let square = base * base;
    // x^2.4 = x^2 times the fifth root of x^2.
    let mut root = 1.0_f64;
    for _ in 0..40 {
        let fourth = root * root * root * root;
        root -= (root - square / fourth) / 5.0;
    }
    square * root
}

/// The light of a colour's bytes, without its alpha.
#[inline]
pub(crate) fn linear(rgba: Rgba) -> Vec3 {
    let [r, g, b, _] = rgba.0.map(|byte| LIGHT[usize::from(byte)]);
    Vec3::new(r, g, b)
}

/// A colour as light, with premultiplied alpha.
pub(crate) fn linear_alpha(rgba: Rgba) -> Vec4 {
    let alpha = f32::from(rgba.alpha()) / 255.0;
    (linear(rgba) * alpha).extend(alpha)
}

/// The bytes, with straight alpha, of light with premultiplied alpha.
#[inline]
pub(crate) fn to_bytes(colour: Vec4) -> [u8; 4] {
    if colour.w < FAINT {
        return [0; 4];
    }
    let straight = if colour.w < 1.0 { colour.truncate() / colour.w } else { colour.truncate() };
    let bytes = &**BYTES;
    let [r, g, b] = straight.to_array().map(|value| {
        let step = value.clamp(0.0, 1.0) * (STEPS - 1) as f32 + 0.5;
        bytes[step as usize & (STEPS - 1)]
    });
    [r, g, b, (colour.w.min(1.0) * 255.0 + 0.5) as u8]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_survive_the_way_to_light_and_back() {
        for alpha in [1, 77, 255] {
            for value in 0..=255 {
                let rgba = Rgba::new(value, 255 - value, 9, alpha);
                assert_eq!(to_bytes(linear_alpha(rgba)), rgba.0);
            }
        }
        assert_eq!(to_bytes(linear_alpha(Rgba::new(1, 2, 3, 0))), [0; 4]);
    }

    #[test]
    fn the_curve_is_that_of_the_standard() {
        for byte in 0..=255u8 {
            let part = f64::from(byte) / 255.0;
            let exact =
                if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) };
            assert!((light(part) - exact).abs() < 1e-12, "{byte}");
        }
    }
}
