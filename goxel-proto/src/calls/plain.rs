//! [`Plain`]: a few integers by position, the form in which single voxels come by the million.
//!
//! `[x, y, z, r, g, b, a, layer_id]`, cut off where the method's own list ends. Any other form - by
//! name, a fraction, text, a large number - is left to [`Args`](crate::Args), which takes the same
//! numbers as the same, and knows what to say of wrong ones.

use crate::types::{LayerId, LayerRef, Pos, Rgba};

/// Digits of a number that is taken: no such number leaves the range of 32 bits.
const DIGITS_MAX: usize = 7;
/// x, y, z, r, g, b, a, `layer_id`.
const NUMBERS_MAX: usize = 8;

/// The numbers of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plain {
    numbers: [i32; NUMBERS_MAX],
    count: usize,
}

impl Plain {
    /// Reads an array of three to eight plain integers at the start of `text`, and tells how many
    /// bytes it has: what it takes is JSON.
    #[inline]
    #[must_use]
    pub fn read(text: &[u8]) -> Option<(Self, usize)> {
        let mut plain = Self { numbers: [0; NUMBERS_MAX], count: 0 };
        let (b'[', mut at) = (*text.first()?, 1) else { return None };
        loop {
            if text.get(at) == Some(&b' ') {
                at = next(at);
            }
            let (number, behind) = few_digits(text, at)?;
            *plain.numbers.get_mut(plain.count)? = number;
            plain.count += 1;
            at = behind + 1;
            match text.get(behind)? {
                b',' => {}
                b']' if plain.count >= 3 => return Some((plain, at)),
                _ => return None,
            }
        }
    }

    /// How many there are.
    #[inline]
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// The first three.
    #[inline]
    #[must_use]
    pub fn pos(&self) -> Pos {
        let [x, y, z, ..] = self.numbers;
        Pos::new(x, y, z)
    }

    /// The four behind the position, the last of which may be missing; `None` where they are no
    /// colour.
    #[inline]
    #[must_use]
    pub fn rgba(&self) -> Option<Rgba> {
        let [.., r, g, b, a, _] = self.numbers;
        let a = if self.count > 6 { a } else { 255 };
        let fits = self.count >= 6 && (r | g | b | a).cast_unsigned() <= 255;
        fits.then(|| Rgba::new(r as u8, g as u8, b as u8, a as u8))
    }

    /// The layer in the number at `index`, and the number as replies give it back; `None` where it
    /// is no layer's.
    #[inline]
    #[must_use]
    pub fn layer(&self, index: usize) -> Option<(LayerRef, i32)> {
        match self.numbers.get(index).copied().filter(|_| index < self.count) {
            None => Some((LayerRef::Active, 0)),
            Some(number @ (0 | -1)) => Some((LayerRef::Active, number)),
            Some(number) => Some((LayerRef::Id(LayerId(u32::try_from(number).ok()?)), number)),
        }
    }
}

/// The integer of one to seven digits at `at`, and the place behind it. Digit by digit: from one
/// call to the next they are as many, mostly, and what is guessed rightly costs nothing.
#[inline]
fn few_digits(text: &[u8], at: usize) -> Option<(i32, usize)> {
    let negative = *text.get(at)? == b'-';
    let first = if negative { next(at) } else { at };
    let (mut value, mut behind) = (0, first);
    while let Some(digit) = text.get(behind).map(|byte| byte.wrapping_sub(b'0')).filter(|d| *d < 10)
    {
        value = value * 10 + i32::from(digit);
        behind += 1;
        if behind - first > DIGITS_MAX {
            return None;
        }
    }
    let leads_with_zero = behind - first > 1 && text[first] == b'0';
    (behind > first && !leads_with_zero).then_some((if negative { -value } else { value }, behind))
}

/// The place behind a byte that is mostly not there. A call, so that the processor guesses and
/// goes on rather than waits for the byte to add one or not.
#[cold]
#[inline(never)]
fn next(at: usize) -> usize {
    at + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(params: &str) -> Option<Vec<i32>> {
        let (plain, length) = Plain::read(params.as_bytes())?;
        assert_eq!(length, params.len(), "{params}");
        Some(plain.numbers[..plain.count()].to_vec())
    }

    #[test]
    fn what_is_plain() {
        assert_eq!(read("[1,2,3]"), Some(vec![1, 2, 3]));
        assert_eq!(read("[1, -2, 3, 4]"), Some(vec![1, -2, 3, 4]));
        assert_eq!(read("[0,0,0,255,128,0,255,-1]"), Some(vec![0, 0, 0, 255, 128, 0, 255, -1]));
        for other in [
            "[]",
            "[1,2]",
            "[1,2,3,]",
            "[1,,3]",
            "[1 ,2,3]",
            "[1,2,3 ]",
            "[1.0,2,3]",
            "[1,2,3,4,5,6,7,8,9]",
            "{\"x\":1}",
            "[\"1\",2,3]",
            "[1,2,12345678]",
            "[01,2,3]",
            "[[1,2,3]]",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
