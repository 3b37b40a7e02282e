//! [`Line`]: a short text that is put together in its place before it is appended to a reply.
//!
//! Appending to a vector asks for room each time, and copies by a call; here every piece of a
//! known length is a move of a register or two.

use goxel_proto::types::{Pos, Rgba};

/// Bytes of the longest line: the reply of an edit, with every number as long as it can be, has
/// 150.
const BYTES_MAX: usize = 192;

/// A text of [`BYTES_MAX`] bytes at the most. What would not fit is left out.
pub(super) struct Line {
    bytes: [u8; BYTES_MAX],
    length: usize,
}

impl Default for Line {
    #[inline]
    fn default() -> Self {
        Self { bytes: [0; BYTES_MAX], length: 0 }
    }
}

impl Line {
    #[inline]
    pub(super) fn text<const N: usize>(&mut self, text: &[u8; N]) {
        if let Some(place) = self.bytes.get_mut(self.length..).and_then(<[u8]>::first_chunk_mut) {
            *place = *text;
            self.length += N;
        }
    }

    #[inline]
    pub(super) fn number(&mut self, number: i32) {
        match number {
            0..10 => self.text(&[digit(number)]),
            10..100 => self.text(&[digit(number / 10), digit(number % 10)]),
            100..1000 => {
                self.text(&[digit(number / 100), digit(number / 10 % 10), digit(number % 10)]);
            }
            _ => self.long_number(number),
        }
    }

    fn long_number(&mut self, number: i32) {
        if number < 0 {
            self.text(b"-");
        }
        let (mut digits, mut first, mut rest) = ([0; 10], 10, number.unsigned_abs());
        while rest > 0 {
            first -= 1;
            digits[first] = digit((rest % 10) as i32);
            rest /= 10;
        }
        digits[first..].iter().for_each(|digit| self.text(&[*digit]));
    }

    /// `1, "y": 2, "z": 3`.
    #[inline]
    pub(super) fn rest_of_pos(&mut self, pos: Pos) {
        self.number(pos.x);
        self.text(b", \"y\": ");
        self.number(pos.y);
        self.text(b", \"z\": ");
        self.number(pos.z);
    }

    /// `, "color": [ 1, 2, 3, 4 ]`.
    #[inline]
    pub(super) fn colour(&mut self, rgba: Rgba) {
        let [r, g, b, a] = rgba.0.map(i32::from);
        self.text(b", \"color\": [ ");
        self.number(r);
        self.text(b", ");
        self.number(g);
        self.text(b", ");
        self.number(b);
        self.text(b", ");
        self.number(a);
        self.text(b" ]");
    }

    pub(super) fn written(&self) -> &[u8] {
        &self.bytes[..self.length]
    }
}

/// The digit of a number below ten.
#[inline]
fn digit(number: i32) -> u8 {
    b'0' + number as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        for number in [0, 9, 10, 99, 100, 999, 1000, -1, i32::MAX, i32::MIN] {
            let mut line = Line::default();
            line.number(number);
            assert_eq!(line.written(), number.to_string().as_bytes());
        }
    }

    #[test]
    fn the_longest_line_fits() {
        let mut line = Line::default();
        line.text(b"{ \"success\": true, \"x\": ");
        line.rest_of_pos(Pos::from([i32::MIN; 3]));
        line.text(b", \"layer_id\": ");
        line.number(i32::MIN);
        line.colour(Rgba::WHITE);
        line.text(b" }");
        let expected = "{ \"success\": true, \"x\": -2147483648, \"y\": -2147483648, \"z\": -2147483648, \
                        \"layer_id\": -2147483648, \"color\": [ 255, 255, 255, 255 ] }";
        assert_eq!(line.written(), expected.as_bytes());
    }
}
