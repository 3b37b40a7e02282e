//! [`Template`]: reads a point that is written as the one before it, but for its numbers.
//!
//! ```text
//! {"x":12,"y":-3,"z":0,"r":255,"g":128,"b":0}      the point before
//! {"x":  ,"y":  ,"z": ,"r":   ,"g":   ,"b": }      what must stand there again
//! ```
//!
//! What stands between the numbers is compared sixteen bytes at a time, and the numbers are taken
//! eight digits at a time. Whatever does not fit - another form, a fraction, a large number, a
//! colour out of range - is left to the reader of any form. What is taken here is JSON, and that
//! reader would take it as the same.

use super::digits::{chunk, integer};
use crate::types::{Pos, Rgba, Voxel};

/// x, y, z, r, g, b, a.
const NUMBERS_MAX: usize = 7;
/// Names of the numbers in a point that is an object, in the order of their places.
const NAMES: [&[u8]; NUMBERS_MAX] = [b"x", b"y", b"z", b"r", b"g", b"b", b"a"];
/// Bytes that are compared at once.
const GAP_BYTES_MAX: usize = 16;
/// How a point is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Template {
    /// What stands before each number, and behind the last.
    gaps: [Gap; NUMBERS_MAX + 1],
    /// Which of x, y, z, r, g, b, a each number is.
    places: [u8; NUMBERS_MAX],
    count: usize,
    coloured: bool,
}

/// Up to sixteen bytes that must stand in their place.
#[derive(Clone, Copy, Debug, Default)]
struct Gap {
    bytes: u128,
    mask: u128,
    length: usize,
}

impl Template {
    /// How the point at the start of `text` is written, where that is something to go by: a flat
    /// array of three, six or seven integers, or a flat object that names each of them once.
    pub(super) fn of(text: &[u8]) -> Option<Self> {
        let mut template = Self {
            gaps: [Gap::default(); NUMBERS_MAX + 1],
            places: [0; NUMBERS_MAX],
            count: 0,
            coloured: false,
        };
        let is_object = text.first()? == &b'{';
        let (open, close) = if is_object { (b'{', b'}') } else { (b'[', b']') };
        let (mut start, mut before) = (0, open);
        while let Some((place, number)) = template.before_number(text, start, before, is_object) {
            *template.gaps.get_mut(template.count)? = Gap::of(&text[start..number])?;
            *template.places.get_mut(template.count)? = place;
            template.count += 1;
            start = integer(text, number)?.1;
            before = b',';
        }
        let end = pass(text, start, close)?;
        *template.gaps.get_mut(template.count)? = Gap::of(&text[start..end])?;
        template.checked()
    }

    /// Passes what stands from `at` on before a number: `before`, and in an object a name. Gives
    /// which number it is, and where.
    fn before_number(
        &self,
        text: &[u8],
        at: usize,
        before: u8,
        is_object: bool,
    ) -> Option<(u8, usize)> {
        let at = pass(text, at, before)?;
        if !is_object {
            return Some((u8::try_from(self.count).ok()?, space(text, at)));
        }
        let name = pass(text, at, b'"')?;
        let length = text[name..].iter().position(|&byte| byte == b'"')?;
        let place = NAMES.iter().position(|known| *known == &text[name..name + length])?;
        let colon = pass(text, name + length + 1, b':')?;
        Some((u8::try_from(place).ok()?, space(text, colon)))
    }

    /// Only what names everything that it has to, and once.
    fn checked(mut self) -> Option<Self> {
        let seen = self.places[..self.count].iter().fold(0u32, |seen, place| seen | 1 << place);
        self.coloured = self.count > 3;
        let whole = matches!(seen, 0b111 | 0b11_1111 | 0b111_1111);
        (whole && seen.count_ones() as usize == self.count).then_some(self)
    }

    /// Reads the point at the start of `text`, where it fits, and says how long it is. `default`
    /// is the colour of one that has none.
    #[inline]
    pub(super) fn read(&self, text: &[u8], default: Rgba) -> Option<(Voxel, usize)> {
        let mut numbers = [0i32, 0, 0, 0, 0, 0, 255, 0];
        let mut at = 0;
        for (gap, &place) in self.gaps.iter().zip(&self.places[..self.count]) {
            at = gap.pass(text, at)?;
            let (number, behind) = integer(text, at)?;
            // Every place is below eight; the mask tells the compiler.
            numbers[usize::from(place & 7)] = number;
            at = behind;
        }
        at = self.gaps[self.count & 7].pass(text, at)?;
        let [x, y, z, r, g, b, a, _] = numbers;
        let rgba = if self.coloured {
            if (r | g | b | a).cast_unsigned() > 255 {
                return None;
            }
            Rgba::new(r as u8, g as u8, b as u8, a as u8)
        } else {
            default
        };
        Some((Voxel { pos: Pos::new(x, y, z), rgba }, at))
    }
}

impl Gap {
    fn of(bytes: &[u8]) -> Option<Self> {
        let mut padded = [0; GAP_BYTES_MAX];
        padded.get_mut(..bytes.len())?.copy_from_slice(bytes);
        let mut mask = [0; GAP_BYTES_MAX];
        mask[..bytes.len()].fill(0xff);
        let (bytes_word, mask) = (u128::from_le_bytes(padded), u128::from_le_bytes(mask));
        Some(Self { bytes: bytes_word, mask, length: bytes.len() })
    }

    /// The place behind the gap, where it stands at `at`.
    #[inline]
    fn pass(&self, text: &[u8], at: usize) -> Option<usize> {
        let there = u128::from_le_bytes(chunk(text, at)?);
        ((there ^ self.bytes) & self.mask == 0).then_some(at + self.length)
    }
}

/// The place behind `byte`, where that is next after white space.
fn pass(text: &[u8], at: usize, byte: u8) -> Option<usize> {
    let at = space(text, at);
    (*text.get(at)? == byte).then_some(at + 1)
}

fn space(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default().iter();
    at + rest.take_while(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(like: &str, point: &str) -> Option<([i32; 3], [u8; 4])> {
        let (voxel, length) = Template::of(like.as_bytes())?.read(point.as_bytes(), Rgba::WHITE)?;
        assert_eq!(length, point.len(), "{point}");
        Some((voxel.pos.to_array(), voxel.rgba.0))
    }

    #[test]
    fn what_is_written_alike() {
        let white = [255; 4];
        assert_eq!(read("[1,2,3]", "[-7654321,0,99]"), Some(([-7_654_321, 0, 99], white)));
        let seven = Some(([4, 5, 6], [7, 8, 9, 10]));
        assert_eq!(read("[ 1, 2, 3, 0, 0, 0, 0 ]", "[ 4, 5, 6, 7, 8, 9, 10 ]"), seven);
        let like = r#"{"z": 1, "y": 2, "x": 3, "b": 1, "g": 2, "r": 3}"#;
        let point = r#"{"z": -1, "y": 22, "x": 333, "b": 255, "g": 0, "r": 9}"#;
        assert_eq!(read(like, point), Some(([333, 22, -1], [9, 0, 255, 255])));
    }

    #[test]
    fn what_is_left_to_the_other_reader() {
        for (like, point) in [
            ("[1,2,3]", "[1, 2,3]"),
            ("[1,2,3]", "[1,2,3,4]"),
            ("[1,2,3]", "[1.5,2,3]"),
            ("[1,2,3]", "[1e2,2,3]"),
            ("[1,2,3]", "[01,2,3]"),
            ("[1,2,3]", "[-,2,3]"),
            ("[1,2,3]", "[12345678,2,3]"),
            ("[1,2,3]", "[,2,3]"),
            ("[1,2,3,4,5,6]", "[1,2,3,4,5,256]"),
            ("[1,2,3,4,5,6]", "[1,2,3,4,5,-1]"),
        ] {
            assert_eq!(read(like, point), None, "{point} as {like}");
        }
        for like in [
            "[1,2]",
            "[1,2,3,4]",
            "[1,2,3,4,5,6,7,8]",
            "[1.5,2,3]",
            "[[1],2,3]",
            r#"{"x":1,"y":2}"#,
            r#"{"x":1,"x":2,"y":3,"z":4}"#,
            r#"{"x":1,"y":2,"z":3,"r":4}"#,
            r#"{"x":1,"y":2,"z":3,"w":4}"#,
            r#"{"x":1,"y":2,"z":3,"color":[4,5,6]}"#,
            r#"{"x":1,"y":2,"z":3,"n":"7"}"#,
            r#"{"x":1,"y":2,"z":3,"n":null}"#,
            r##"{"x":1,"y":2,"z":3,"rgba":"#fff"}"##,
            r#"{"x":1,                "y":2,"z":3}"#,
            "{}",
            "null",
        ] {
            assert!(Template::of(like.as_bytes()).is_none(), "{like}");
        }
    }
}
