//! Lines of points as bytes, for files of millions. What is written in a common way is read here
//! in one pass; everything else, and everything that is wrong, is left to [`Point`]'s own parser,
//! whose outcome this one's always is.

use goxel_proto::types::{Pos, Rgba};

use super::Point;

/// A place in a text.
struct Cursor<'a> {
    bytes: &'a [u8],
    at: usize,
    /// The end of the text ends its last line too.
    whole: bool,
}

/// The point of the line that begins `text`, and how many bytes the line has with its line break.
/// `None` where the line is not a plain one, or `text` ends within it.
#[inline]
pub(crate) fn line(text: &[u8]) -> Option<(Point, usize)> {
    Cursor { bytes: text, at: 0, whole: false }.point()
}

/// The same of a text that is a point and nothing else.
pub(crate) fn word(text: &[u8]) -> Option<Point> {
    let (point, length) = Cursor { bytes: text, at: 0, whole: true }.point()?;
    (length == text.len()).then_some(point)
}

impl<'a> Cursor<'a> {
    #[inline]
    fn point(mut self) -> Option<(Point, usize)> {
        let cursor = &mut self;
        cursor.skip_blanks();
        let x = cursor.coordinate()?;
        let y = cursor.next()?.coordinate()?;
        let z = cursor.next()?.coordinate()?;
        let pos = Pos::new(x, y, z);
        if let Some(length) = cursor.line_end() {
            return Some((Point { pos, rgba: None }, length));
        }
        cursor.next()?;
        let (rgba, length) = cursor.colour()?;
        Some((Point { pos, rgba: Some(rgba) }, length))
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t')) {
            self.at += 1;
        }
    }

    /// To the next field, which must be one.
    #[inline]
    fn next(&mut self) -> Option<&mut Self> {
        let before = self.at;
        self.skip_blanks();
        if self.peek() == Some(b',') {
            self.at += 1;
            self.skip_blanks();
        }
        (self.at > before).then_some(self)
    }

    /// Where the next line begins, if this one ends here.
    #[inline]
    fn line_end(&mut self) -> Option<usize> {
        let mut at = self.at;
        while matches!(self.bytes.get(at), Some(b' ' | b'\t')) {
            at += 1;
        }
        if self.bytes.get(at) == Some(&b'\r') {
            at += 1;
        }
        match self.bytes.get(at) {
            Some(b'\n') => Some(at + 1),
            None if self.whole => Some(at),
            _ => None,
        }
    }

    /// Digits, as many as fit 32 bits for sure.
    #[inline]
    fn digits(&mut self) -> Option<u32> {
        let start = self.at;
        let mut number = 0;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            if self.at - start == 9 {
                return None;
            }
            number = number * 10 + u32::from(digit - b'0');
            self.at += 1;
        }
        (self.at > start).then_some(number)
    }

    #[inline]
    fn coordinate(&mut self) -> Option<i32> {
        let negative = self.peek() == Some(b'-');
        self.at += usize::from(negative);
        let number = self.digits()? as i32;
        Some(if negative { -number } else { number })
    }

    /// The colour that ends the line, in one word of hexadecimal digits or three or four numbers.
    #[inline]
    fn colour(&mut self) -> Option<(Rgba, usize)> {
        let start = self.at;
        let word = self.word();
        if let Some(length) = self.line_end() {
            return Some((hexadecimal(word)?, length));
        }
        self.at = start;
        let mut rgba = Rgba::BLACK;
        for channel in 0..4 {
            rgba.0[channel] = u8::try_from(self.digits()?).ok()?;
            if channel >= 2
                && let Some(length) = self.line_end()
            {
                return Some((rgba, length));
            }
            self.next()?;
        }
        None
    }

    fn word(&mut self) -> &'a [u8] {
        let start = self.at;
        while matches!(self.peek(), Some(b'#' | b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F')) {
            self.at += 1;
        }
        &self.bytes[start..self.at]
    }
}

/// `rrggbb` and `rrggbbaa`, with `#` or without.
fn hexadecimal(word: &[u8]) -> Option<Rgba> {
    let digits = word.strip_prefix(b"#").unwrap_or(word);
    let mut rgba = Rgba::BLACK;
    if !matches!(digits.len(), 6 | 8) {
        return None;
    }
    for (channel, pair) in rgba.0.iter_mut().zip(digits.chunks_exact(2)) {
        *channel = nibble(pair[0])? << 4 | nibble(pair[1])?;
    }
    Some(rgba)
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str) {
        let (point, length) = line(text.as_bytes()).unwrap_or_else(|| panic!("{text:?}"));
        assert_eq!(length, text.find('\n').unwrap() + 1, "{text:?}");
        assert_eq!(text.lines().next().unwrap().parse(), Ok(point), "{text:?}");
    }

    #[test]
    fn plain_lines() {
        for text in [
            "1,2,3\n4,5,6\n",
            "-1 2  3\r\n",
            "  1\t-2 , 3 \n",
            "1,2,3,ff8800\n",
            "1 2 3 #FF880080\n",
            "1,2,3,4,5,6\n",
            "1,2,3,4,5,6,7 \n",
            "999999999,-999999999,0,0,0,0\n",
            "1,2,3,123456\n",
        ] {
            check(text);
        }
    }

    #[test]
    fn what_is_left_to_the_other_parser() {
        for text in [
            "",
            "\n",
            "1,2,3",
            "1,2\n",
            "1,,2\n",
            "a,b,c\n",
            "1,2,3,red\n",
            "1,2,3,f80\n",
            "1,2,3,4,5\n",
            "1,2,3,256,0,0\n",
            "2147483647,0,0\n",
            "1,2,3,4,5,6,7,8\n",
            "[1,2,3]\n",
            "# x\n",
            "1,2,3,\n",
            "+1,2,3\n",
            "1,2,3,4,5,6,\n",
        ] {
            assert_eq!(line(text.as_bytes()), None, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn both_parsers_agree(text in "[-0-9a-f#, \t]{0,24}(\r)?\n") {
            let alone = text.trim_end_matches(['\r', '\n']);
            if let Some(point) = word(alone.as_bytes()) {
                prop_assert_eq!(alone.parse(), Ok(point));
            }
            if let Some((point, length)) = line(text.as_bytes()) {
                prop_assert_eq!(length, text.len());
                prop_assert_eq!(text.trim_end_matches(['\r', '\n']).parse(), Ok(point));
            }
        }

        #[test]
        fn points_as_programs_write_them_are_plain(
            pos in prop::array::uniform3(-999_999_999..=999_999_999i32),
            rgba in prop::option::of(prop::array::uniform4(any::<u8>())),
            by in prop::sample::select(vec![",", " ", "\t", ", "]),
        ) {
            let parts = pos.iter().map(i32::to_string);
            let channels = rgba.iter().flatten().map(u8::to_string);
            let text = parts.chain(channels).collect::<Vec<_>>().join(by) + "\n";
            let expected = Point { pos: pos.into(), rgba: rgba.map(Rgba) };
            prop_assert_eq!(line(text.as_bytes()), Some((expected, text.len())));
        }
    }
}
