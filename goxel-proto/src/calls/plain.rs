//! [`Plain`]: a few integers, the forms in which single voxels come by the million.
//!
//! By position: `[x, y, z, r, g, b, a, layer_id]`, cut off where the method's own list ends. By
//! name: `{"x": 1, "y": 2, "z": 3}`, or with `r`, `g`, `b` and perhaps `a` behind them, in this
//! order. Any other form - another order, a fraction, text, a large number - is left to
//! [`Args`](crate::Args), which takes the same numbers as the same, and knows what to say of wrong
//! ones.

use crate::types::{LayerId, LayerRef, Pos, Rgba};

/// Digits of a number that is taken: no such number leaves the range of 32 bits.
const DIGITS_MAX: usize = 7;
/// x, y, z, r, g, b, a, `layer_id`.
const NUMBERS_MAX: usize = 8;
/// The names of the first seven.
const NAMES: [u8; 7] = *b"xyzrgba";

/// The numbers of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plain {
    numbers: [i32; NUMBERS_MAX],
    count: u8,
    named: bool,
}

impl Plain {
    /// Reads an array or an object of plain integers at the start of `text`, and tells how many
    /// bytes it has: what it takes is JSON.
    #[inline]
    #[must_use]
    pub fn read(text: &[u8]) -> Option<(Self, usize)> {
        if *text.first()? == b'[' { Self::read_list(text) } else { Self::read_members(text) }
    }

    /// Three to eight numbers by position.
    #[inline]
    fn read_list(text: &[u8]) -> Option<(Self, usize)> {
        let (mut numbers, mut count, mut at) = ([0; NUMBERS_MAX], 0, 1);
        loop {
            let (number, behind) = few_digits(text, space(text, at))?;
            *numbers.get_mut(count)? = number;
            count += 1;
            at = behind + 1;
            match text.get(behind)? {
                b',' => {}
                b']' if count >= 3 => {
                    return Some((Self { numbers, count: count as u8, named: false }, at));
                }
                _ => return None,
            }
        }
    }

    /// Three, six or seven numbers by name. A call of its own: inlined, it made the other form
    /// slower by a fiftieth.
    #[inline(never)]
    fn read_members(text: &[u8]) -> Option<(Self, usize)> {
        let (mut numbers, mut count) = ([0; NUMBERS_MAX], 0);
        let mut at = text.starts_with(b"{").then_some(1)?;
        for name in NAMES {
            at = space(text, at);
            (*text.get(at..at + 4)? == [b'"', name, b'"', b':']).then_some(())?;
            let (number, behind) = few_digits(text, space(text, at + 4))?;
            numbers[count] = number;
            count += 1;
            at = behind + 1;
            match text.get(behind)? {
                b',' => {}
                b'}' if matches!(count, 3 | 6 | 7) => {
                    return Some((Self { numbers, count: count as u8, named: true }, at));
                }
                _ => return None,
            }
        }
        None
    }

    /// The call of these numbers, as [`Plain::numbers`] and [`Plain::is_named`] told them.
    #[must_use]
    pub fn of(given: &[i32], named: bool) -> Option<Self> {
        let mut numbers = [0; NUMBERS_MAX];
        numbers.get_mut(..given.len())?.copy_from_slice(given);
        Some(Self { numbers, count: given.len() as u8, named })
    }

    /// The numbers in their order.
    #[inline]
    #[must_use]
    pub fn numbers(&self) -> &[i32] {
        &self.numbers[..self.count()]
    }

    /// Whether they came by name.
    #[inline]
    #[must_use]
    pub fn is_named(&self) -> bool {
        self.named
    }

    /// How many there are.
    #[inline]
    #[must_use]
    pub fn count(&self) -> usize {
        usize::from(self.count)
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
    /// is no layer's. By name there is none.
    #[inline]
    #[must_use]
    pub fn layer(&self, index: usize) -> Option<(LayerRef, i32)> {
        // As far as the numbers go by position.
        let count = if self.named { 0 } else { self.count() };
        match self.numbers.get(index).copied().filter(|_| index < count) {
            None => Some((LayerRef::Active, 0)),
            Some(number @ (0 | -1)) => Some((LayerRef::Active, number)),
            Some(number) => Some((LayerRef::Id(LayerId(u32::try_from(number).ok()?)), number)),
        }
    }
}

/// The place behind the one space that may be at `at`.
#[inline]
fn space(text: &[u8], at: usize) -> usize {
    if text.get(at) == Some(&b' ') { next(at) } else { at }
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
    fn no_layer_by_name() {
        let (plain, _) = Plain::read(br#"{"x":1,"y":2,"z":3,"r":4,"g":5,"b":6}"#).unwrap();
        assert_eq!(plain.layer(3), Some((LayerRef::Active, 0)), "4 is a colour's");
        assert_eq!(plain.rgba(), Some(Rgba::new(4, 5, 6, 255)));
    }

    #[test]
    fn what_is_plain() {
        assert_eq!(read("[1,2,3]"), Some(vec![1, 2, 3]));
        assert_eq!(read("[1, -2, 3, 4]"), Some(vec![1, -2, 3, 4]));
        assert_eq!(read("[0,0,0,255,128,0,255,-1]"), Some(vec![0, 0, 0, 255, 128, 0, 255, -1]));
        assert_eq!(read(r#"{"x":1,"y":-2,"z":3}"#), Some(vec![1, -2, 3]));
        let six = r#"{"x": 1, "y": 2, "z": 3, "r": 4, "g": 5, "b": 6}"#;
        assert_eq!(read(six), Some((1..=6).collect()));
        let seven = r#"{"x":1,"y":2,"z":3,"r":4,"g":5,"b":6,"a":7}"#;
        assert_eq!(read(seven), Some((1..=7).collect()));
        for other in [
            "[]",
            "[1,2]",
            "[1,2,3,]",
            "[1,,3]",
            "[1 ,2,3]",
            "[1,2,3 ]",
            "[1.0,2,3]",
            "[1,2,3,4,5,6,7,8,9]",
            r#"{"x":1}"#,
            r#"{"x":1,"y":2}"#,
            r#"{"x":1,"y":2,"z":3,}"#,
            r#"{"x":1,"y":2,"z":3,"r":4}"#,
            r#"{"x":1,"y":2,"z":3,"r":4,"g":5}"#,
            r#"{"x":1,"z":2,"y":3}"#,
            r#"{"x":1,"y":2,"z":"3"}"#,
            r#"{"x":1,"y":2,"z":3,"r":4,"g":5,"b":6,"a":7,"layer_id":8}"#,
            r#"{"x":1 ,"y":2,"z":3}"#,
            "[\"1\",2,3]",
            "[1,2,12345678]",
            "[01,2,3]",
            "[[1,2,3]]",
        ] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
