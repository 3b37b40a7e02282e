//! [`Nesting`]: where a JSON text ends, found by its brackets alone, 64 bytes at a time.
//!
//! ```text
//! bytes      { " a } " : [ 1 ] }        quotes toggle, brackets between them do not count
//! in string  . x x x . . . . . .
//! depth      1         1 2   1 0        the text ends where the depth is back at zero
//! ```
//!
//! Nothing is checked but that: whether brackets match and whether the rest is JSON is for the
//! reader to say. So the end of a frame is known before any of it is read, and parameters can be
//! passed over before it is known how they are to be read.
//!
//! A backslash takes the meaning from a quote behind it, in a string or not. A line break in a
//! string ends the text too: no JSON text goes on there.

mod search;

use crate::kernels;
use search::Search;

/// How deep, and whether in a string: all that is remembered between two pieces of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Nesting {
    depth: u32,
    in_string: bool,
    /// The next byte stands behind a backslash.
    escaped: bool,
}

impl Nesting {
    /// Goes through `bytes`, and gives the place behind the one that ends the text: the bracket
    /// that closes the first one, or a line break in a string. `None` where more is needed.
    pub(crate) fn end(&mut self, bytes: &[u8]) -> Option<usize> {
        let (end, nesting) = kernels::run(Search { nesting: *self, bytes });
        *self = nesting;
        end
    }

    /// The same byte by byte: what the others are compared with.
    #[cfg(test)]
    fn end_plain(&mut self, bytes: &[u8]) -> Option<usize> {
        for (at, &byte) in bytes.iter().enumerate() {
            let escaped = self.escaped;
            self.escaped = byte == b'\\' && !escaped;
            match byte {
                b'"' if !escaped => self.in_string = !self.in_string,
                b'\n' if self.in_string => return Some(at + 1),
                _ if self.in_string => {}
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => {
                    self.depth = self.depth.saturating_sub(1);
                    if self.depth == 0 {
                        return Some(at + 1);
                    }
                }
                _ => {}
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Compares what is found and remembered of `bytes` that come in pieces.
    fn check(bytes: &[u8], piece: usize) {
        let mut nesting = Nesting::default();
        for part in bytes.chunks(piece) {
            let mut plain = nesting;
            let expected = plain.end_plain(part);
            for (name, (end, remembered)) in kernels::run_all(&Search { nesting, bytes: part }) {
                let text = String::from_utf8_lossy(bytes);
                assert_eq!(end, expected, "{name}: {text:?} by {piece}");
                // What is remembered behind an end is of no use to anybody.
                assert!(end.is_some() || remembered == plain, "{name}: {text:?} by {piece}");
            }
            if expected.is_some() {
                return;
            }
            nesting = plain;
        }
    }

    #[test]
    fn ends() {
        let end = |text: &str| Nesting::default().end(text.as_bytes());
        assert_eq!(end("{}{}"), Some(2));
        assert_eq!(end("[[]"), None);
        assert_eq!(end(r#"{"}":["\"]}"]}x"#), Some(14));
        assert_eq!(end("{\"a\nb"), Some(4));
        let long = format!("[{}]", "\"]\",".repeat(100));
        assert_eq!(end(&long), Some(long.len()));
    }

    #[test]
    fn backslashes_at_the_edge_of_a_block() {
        for before in 55..70 {
            for slashes in 0..6 {
                let text = format!("[\"{}{}\"]\"]", "a".repeat(before), "\\".repeat(slashes));
                for piece in [1, 63, 64, 65, 1000] {
                    check(text.as_bytes(), piece);
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2048))]
        #[test]
        fn every_processor_finds_the_same(
            parts in prop::collection::vec(
                prop::sample::select(vec!["{", "}", "[", "]", "\"", "\\", "\n", "aaaaaaaa", "é", " "]),
                0..120,
            ),
            piece in 1..200usize,
        ) {
            check(format!("[{}", parts.concat()).as_bytes(), piece);
        }

        #[test]
        fn any_bytes_do(bytes in prop::collection::vec(any::<u8>(), 0..300), piece in 1..200usize) {
            check(&bytes, piece);
        }
    }
}
