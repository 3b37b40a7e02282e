//! [`Number`]: a number as it was written, read as what the caller needs.

/// The text of a number that is known to follow JSON's grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number<'a>(pub(super) &'a str);

impl<'a> Number<'a> {
    /// The text as it was sent.
    #[must_use]
    pub fn text(self) -> &'a str {
        self.0
    }

    /// The value as an integer, where it is one and fits. `3.0` and `1e2` are integers.
    #[must_use]
    pub fn to_i64(self) -> Option<i64> {
        if let Ok(integer) = self.0.parse() {
            return Some(integer);
        }
        let float = self.to_f64()?;
        // Beyond 2^53 a float no longer tells which integer was meant.
        let exact = float.fract() == 0.0 && float.abs() <= 9_007_199_254_740_992.0;
        exact.then_some(float as i64)
    }

    /// The largest integer that is not above the value, where that fits: the cell of a position.
    #[must_use]
    pub fn floor_i32(self) -> Option<i32> {
        if let Ok(integer) = self.0.parse() {
            return Some(integer);
        }
        let floor = self.to_f64()?.floor();
        let fits = (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&floor);
        fits.then_some(floor as i32)
    }

    /// The value, where it is finite.
    #[must_use]
    pub fn to_f64(self) -> Option<f64> {
        self.0.parse().ok().filter(|value: &f64| value.is_finite())
    }

    /// Whether it was written with a fraction or an exponent.
    #[must_use]
    pub fn is_float(self) -> bool {
        self.0.bytes().any(|byte| matches!(byte, b'.' | b'e' | b'E'))
    }
}
