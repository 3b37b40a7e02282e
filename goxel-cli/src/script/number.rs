//! Numbers of a script: fractions that are written as integers where they are whole.
//!
//! Integers are exact up to 2^53, far past the range of coordinates.

use std::fmt;

/// A finite number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Number(f64);

impl Number {
    /// The number, where it is finite.
    pub(super) fn new(value: f64) -> Option<Self> {
        // A sum with zero makes no difference but to the sign of zero, which nobody wants to see.
        value.is_finite().then_some(Self(value + 0.0))
    }

    /// What a condition says.
    pub(super) fn of_bool(value: bool) -> Self {
        Self(f64::from(u8::from(value)))
    }

    /// A number as it is written: digits, and a fraction or an exponent.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let begins = text
            .trim_start_matches(['-', '+'])
            .starts_with(|c: char| c.is_ascii_digit() || c == '.');
        begins.then(|| text.parse().ok()).flatten().and_then(Self::new)
    }

    pub(super) fn get(self) -> f64 {
        self.0
    }

    /// Whether a condition holds.
    pub(super) fn is_true(self) -> bool {
        self.0 != 0.0
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_written_as_integers() {
        for (value, expected) in
            [(3.0, "3"), (-0.0, "0"), (0.5, "0.5"), (-2.25, "-2.25"), (1e9, "1000000000")]
        {
            assert_eq!(Number::new(value).unwrap().to_string(), expected);
        }
        assert!(Number::new(f64::NAN).is_none() && Number::new(f64::INFINITY).is_none());
    }

    #[test]
    fn what_is_a_number() {
        for text in ["7", "-7", "0.5", ".5", "1e3", "007"] {
            assert!(Number::parse(text).is_some(), "{text}");
        }
        for text in ["", "red", "inf", "nan", "1x", "1_000", "-", "0x10", "1e999"] {
            assert!(Number::parse(text).is_none(), "{text}");
        }
    }
}
