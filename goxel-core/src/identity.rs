//! [`Identity`]: what tells a project from every other one that there ever was.
//!
//! Names come and go: a script makes `castle` again and again, and two scripts may both do. An
//! identity is given once. It is ten small letters and digits, few enough to be read out, copied
//! and typed.
//!
//! Rationale: behind the text stands a number that counts up, so no two are alike without anybody
//! keeping a list. Where a run of a program begins to count at the time, and counts slower than
//! time goes by, its numbers are higher than those of all runs before it. Numbers that follow each
//! other would look alike, so each is multiplied by a constant that spreads it over all ten places;
//! the constant is odd, so that this loses nothing.

use std::fmt;

/// The digits: all but `i`, `l`, `o` and `u`, which are read as others or make words.
const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// How many digits an identity has.
const LENGTH: u32 = 10;
/// What that many digits hold.
const MASK: u64 = (1 << (LENGTH * BITS)) - 1;
/// Bits of a digit.
const BITS: u32 = 5;
/// Odd, and near the golden section of the range: neighbours land far from each other.
const SPREAD: u64 = 0x2_78dd_e6e5_fd29;
/// What undoes [`SPREAD`]: each step of Newton's doubles the bits that are right, which begin with three.
const GATHER: u64 = {
    let (mut inverse, mut step) = (SPREAD, 0);
    while step < 5 {
        inverse = inverse.wrapping_mul(2_u64.wrapping_sub(SPREAD.wrapping_mul(inverse)));
        step += 1;
    }
    inverse
};

/// What tells a project from every other one that there ever was. A project that is in no
/// [`Context`](crate::Context) has none yet: all those have the default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Identity(u64);

impl Identity {
    /// The one of a number. Numbers up to 2^50 have identities of their own.
    #[must_use]
    pub fn of(number: u64) -> Self {
        Self(number.wrapping_mul(SPREAD) & MASK)
    }

    /// The number that it is of, below 2^50; 0 for a project that was in no context yet.
    #[must_use]
    pub fn number(self) -> u64 {
        self.0.wrapping_mul(GATHER) & MASK
    }

    /// Reads one as it is written. `None` where that is none.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digit = |byte| DIGITS.iter().position(|digit| *digit == byte);
        (text.len() == LENGTH as usize).then_some(())?;
        let value =
            text.bytes().try_fold(0, |value, byte| Some(value << BITS | digit(byte)? as u64));
        value.map(Self)
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digit = |place| DIGITS[(self.0 >> (place * BITS)) as usize % DIGITS.len()];
        (0..LENGTH).rev().try_for_each(|place| write!(f, "{}", char::from(digit(place))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn what_is_written_can_be_read() {
        for number in [0, 1, 2, 31, 32, 1 << 42, (1 << 50) - 1] {
            let text = Identity::of(number).to_string();
            assert_eq!(text.len(), 10, "{text}");
            assert_eq!(Identity::parse(&text), Some(Identity::of(number)), "{text}");
            assert_eq!(Identity::of(number).number(), number, "{text}");
        }
        for text in ["", "0123456789a", "012345678", "012345678i", "012345678A", "01234567\u{e9}"] {
            assert_eq!(Identity::parse(text), None, "{text}");
        }
    }

    #[test]
    fn no_two_numbers_share_one_and_neighbours_look_different() {
        let start = 1_795_694_400_000 << 8;
        let texts: Vec<_> = (start..start + 100_000).map(|n| Identity::of(n).to_string()).collect();
        assert_eq!(texts.iter().collect::<HashSet<_>>().len(), texts.len());
        for pair in texts.windows(2) {
            let differ = pair[0].bytes().zip(pair[1].bytes()).filter(|(a, b)| a != b).count();
            assert!(differ >= 6, "{pair:?}");
        }
    }
}
