//! [`FrameScanner`]: finds where one message ends and the next begins.
//!
//! A frame is one JSON text, found by its brackets, so it may come with or without a line break
//! at its end, over several lines, or back to back with the next. A line that cannot begin an
//! object or array is a frame too, and so is what stands before a line break inside a string:
//! the reader says what is wrong with it, and reading goes on at the next line.
//!
//! The scanner remembers how far it came, so a message that arrives byte by byte is looked at
//! once. It only counts brackets, 64 bytes at a time; whether they match is for the reader to say.

use std::ops::Range;

use crate::brackets::Nesting;

/// Where the scanner is in the message that is arriving.
#[derive(Clone, Copy, Debug, Default)]
pub struct FrameScanner {
    state: State,
    /// White space before the current message.
    blank: usize,
    /// Bytes that were looked at, white space before the message among them.
    scanned: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    /// Between messages.
    #[default]
    Between,
    /// In a message that began with a bracket.
    Nested(Nesting),
    /// In a line that is no object or array.
    Line,
}

impl FrameScanner {
    /// Looks at `input`, which begins where the last frame ended (or at the same byte as at the
    /// last call, with more at its end). Gives the next frame's place in it, or `None` where more
    /// is needed.
    #[inline]
    pub fn next_frame(&mut self, input: &[u8]) -> Option<Range<usize>> {
        if self.state == State::Between {
            self.begin(input)?;
        }
        let rest = &input[self.scanned..];
        let found = match &mut self.state {
            State::Nested(nesting) => nesting.end(rest),
            _ => memchr::memchr(b'\n', rest).map(|at| at + 1),
        };
        let Some(length) = found else {
            self.scanned = input.len();
            return None;
        };
        let frame = self.blank..self.scanned + length;
        *self = Self::default();
        Some(frame)
    }

    /// Finds the first byte of a message, which tells how it ends.
    fn begin(&mut self, input: &[u8]) -> Option<()> {
        let rest = input[self.scanned..].iter();
        self.scanned += rest.take_while(|byte| is_space(**byte)).count();
        self.blank = self.scanned;
        self.state = match input.get(self.scanned)? {
            b'{' | b'[' => State::Nested(Nesting::default()),
            _ => State::Line,
        };
        Some(())
    }

    /// Whether a message has begun.
    #[must_use]
    pub fn in_message(&self) -> bool {
        self.state != State::Between
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | b'\n')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The frames of `input`, when it comes in pieces of `piece` bytes.
    fn frames(input: &str, piece: usize) -> Vec<String> {
        let mut found = Vec::new();
        let (mut scanner, mut start) = (FrameScanner::default(), 0);
        let mut end = 0;
        while end < input.len() {
            end = (end + piece).min(input.len());
            while let Some(frame) = scanner.next_frame(&input.as_bytes()[start..end]) {
                let range = start + frame.start..start + frame.end;
                start = range.end;
                found.push(String::from_utf8_lossy(&input.as_bytes()[range]).into_owned());
            }
        }
        found
    }

    fn check(input: &str, expected: &[&str]) {
        for piece in [1, 2, 3, 7, input.len().max(1)] {
            assert_eq!(frames(input, piece), expected, "{input:?} in pieces of {piece}");
        }
    }

    #[test]
    fn messages() {
        check("{}\n{}\n", &["{}", "{}"]);
        check("{}{\"a\":[1]} [2]", &["{}", "{\"a\":[1]}", "[2]"]);
        check(" \r\n\t{\n\"a\":\n1}\n", &["{\n\"a\":\n1}"]);
        check("{\"}\":\"\\\"}\"}{", &["{\"}\":\"\\\"}\"}"]);
        check("hello\n{}", &["hello\n", "{}"]);
        check("{\"a\n{}", &["{\"a\n", "{}"]);
        check("{\"a\\\n{}", &["{\"a\\\n", "{}"]);
        check("", &[]);
        check("   \n ", &[]);
        check("{\"a\":", &[]);
    }

    proptest! {
        #[test]
        fn pieces_do_not_matter(input in "[\\[\\]{}\"\\\\ \na1]{0,40}", piece in 1..9usize) {
            prop_assert_eq!(frames(&input, piece), frames(&input, 40));
        }
    }
}
