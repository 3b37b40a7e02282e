//! [`Digits`]: numbers as text, faster than the standard library's: whole ones as they are, others
//! with no more digits than a mesh of this scale needs.

use std::io::Write as _;

/// Parts of a voxel that have to be told apart in text: those of a hair, see [`super::HAIR`], in
/// steps of a hundredth.
const PARTS: f64 = 1024.0 * 100.0;
/// Digits behind the point that are ever written.
const PLACES_MAX: i32 = 12;

/// How numbers are written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Digits {
    /// Digits behind the point at the most.
    places: usize,
    /// Ten to the power of that.
    factor: f64,
}

impl Digits {
    /// For a mesh whose voxels are so long.
    pub(crate) fn for_scale(scale: f64) -> Self {
        let places = (PARTS / scale).log10().ceil().clamp(1.0, f64::from(PLACES_MAX)) as i32;
        Self { places: places as usize, factor: 10f64.powi(places) }
    }

    /// Adds a number.
    #[inline]
    pub(crate) fn number(&self, out: &mut Vec<u8>, number: f64) {
        // What a whole number of 64 bits holds, and a float too.
        const WHOLE_MAX: f64 = (1_u64 << 53) as f64;
        let whole = number as i64;
        if whole as f64 == number && number.abs() < WHOLE_MAX {
            out.extend_from_slice(itoa::Buffer::new().format(whole).as_bytes());
            return;
        }
        let scaled = (number * self.factor).round();
        if scaled.abs() >= WHOLE_MAX || !number.is_finite() {
            // Writing to memory does not fail.
            let _ = write!(out, "{number}");
            return;
        }
        self.parts(out, scaled as i64);
    }

    /// A number of parts, as a number with a point.
    fn parts(&self, out: &mut Vec<u8>, parts: i64) {
        let mut buffer = itoa::Buffer::new();
        let digits = buffer.format(parts.unsigned_abs()).as_bytes();
        if parts < 0 {
            out.push(b'-');
        }
        let (whole, rest) = digits.split_at(digits.len().saturating_sub(self.places));
        out.extend_from_slice(if whole.is_empty() { b"0" } else { whole });
        let zeros = self.places - rest.len();
        let end = rest.iter().rposition(|digit| *digit != b'0').map_or(0, |last| last + 1);
        if end > 0 {
            out.push(b'.');
            out.resize(out.len() + zeros, b'0');
            out.extend_from_slice(&rest[..end]);
        }
    }

    /// Adds numbers with a space before each.
    #[inline]
    pub(crate) fn point(&self, out: &mut Vec<u8>, point: [f64; 3]) {
        for number in point {
            out.push(b' ');
            self.number(out, number);
        }
    }
}

/// Adds a whole number.
#[inline]
pub(crate) fn whole(out: &mut Vec<u8>, number: u64) {
    out.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// The text of every level, from 0 to 1: four digits tell 256 of them apart.
pub(crate) fn levels() -> [String; 256] {
    std::array::from_fn(|level| match level {
        0 => "0".to_owned(),
        255 => "1".to_owned(),
        level => format!("{:.4}", level as f32 / 255.0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(scale: f64, number: f64) -> String {
        let mut out = Vec::new();
        Digits::for_scale(scale).number(&mut out, number);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn numbers_are_short_and_exact_enough() {
        for (scale, number, expected) in [
            (1.0, 0.0, "0"),
            (1.0, -12.0, "-12"),
            (1.0, 0.5, "0.5"),
            (1.0, -0.25, "-0.25"),
            (1.0, 12.0 + 1.0 / 1024.0, "12.000977"),
            (0.001, 0.012, "0.012"),
            (0.001, -0.000_001, "-0.000001"),
            (1000.0, 1234.56, "1234.56"),
            (1.0, 4_294_967_296.0, "4294967296"),
            (1.0, 1e300, &format!("{}", 1e300)),
        ] {
            assert_eq!(text(scale, number), expected);
        }
    }

    #[test]
    fn levels_are_told_apart() {
        let levels = levels();
        assert!(levels.is_sorted_by(|a, b| a < b));
        for (level, text) in levels.iter().enumerate() {
            assert_eq!((text.parse::<f64>().unwrap() * 255.0).round() as usize, level);
        }
    }
}
