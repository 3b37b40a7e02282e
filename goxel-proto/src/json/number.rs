//! [`Number`]: a number as it was written, read as what the caller needs.

/// The text of a number that is known to follow JSON's grammar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Number<'a>(pub(super) &'a [u8]);

/// Digits of an integer that 64 bits hold whatever they are.
const SAFE_DIGITS: usize = 18;

impl<'a> Number<'a> {
    /// The text as it was sent.
    #[must_use]
    pub fn text(self) -> &'a str {
        // JSON's numbers are all ASCII.
        std::str::from_utf8(self.0).unwrap_or_default()
    }

    /// The value as an integer, where it is one and fits. `3.0` and `1e2` are integers.
    #[inline]
    #[must_use]
    pub fn to_i64(self) -> Option<i64> {
        if let Some(integer) = self.plain_integer() {
            return Some(integer);
        }
        let float = self.to_f64()?;
        // Beyond 2^53 a float no longer tells which integer was meant.
        let exact = float.fract() == 0.0 && float.abs() <= 9_007_199_254_740_992.0;
        exact.then_some(float as i64)
    }

    /// The largest integer that is not above the value, where that fits: the cell of a position.
    #[inline]
    #[must_use]
    pub fn floor_i32(self) -> Option<i32> {
        if let Some(integer) = self.plain_integer() {
            return i32::try_from(integer).ok();
        }
        let floor = self.to_f64()?.floor();
        let fits = (f64::from(i32::MIN)..=f64::from(i32::MAX)).contains(&floor);
        fits.then_some(floor as i32)
    }

    /// The value of digits alone, with a sign or not.
    #[inline]
    pub(crate) fn plain_integer(self) -> Option<i64> {
        let (negative, digits) = match self.0 {
            [b'-', digits @ ..] => (true, digits),
            digits => (false, digits),
        };
        if digits.len() > SAFE_DIGITS {
            return self.text().parse().ok();
        }
        let mut value = 0i64;
        for digit in digits {
            let digit = digit.wrapping_sub(b'0');
            if digit > 9 {
                return None;
            }
            value = value * 10 + i64::from(digit);
        }
        Some(if negative { -value } else { value })
    }

    /// The value, where it is finite.
    #[must_use]
    pub fn to_f64(self) -> Option<f64> {
        self.text().parse().ok().filter(|value: &f64| value.is_finite())
    }

    /// Whether it was written with a fraction or an exponent.
    #[must_use]
    pub fn is_float(self) -> bool {
        self.0.iter().any(|byte| matches!(byte, b'.' | b'e' | b'E'))
    }
}
