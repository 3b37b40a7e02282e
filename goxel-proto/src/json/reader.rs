//! [`Reader`]: takes JSON apart from front to back, without allocating.
//!
//! Whatever is passed is checked as it is passed.

use super::lexer::{self, Passed};
use super::{Str, SyntaxError, Unread, Value, check};
use crate::brackets::Nesting;
use crate::limits::DEPTH_MAX;

pub(super) type Result<T> = std::result::Result<T, SyntaxError>;

/// A cursor over bytes that should be JSON.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    /// How much deeper arrays and objects may be nested.
    depth_left: u32,
}

impl<'a> Reader<'a> {
    /// A cursor at the first byte.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0, depth_left: DEPTH_MAX }
    }

    /// A cursor at a later byte, in a value around it.
    pub(super) fn inside(bytes: &'a [u8], at: usize) -> Self {
        Self { bytes, at, depth_left: DEPTH_MAX - 1 }
    }

    /// Bytes passed so far.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.at
    }

    /// What is not passed yet.
    #[inline]
    pub(crate) fn rest(&self) -> &'a [u8] {
        &self.bytes[self.at..]
    }

    /// Passes bytes that the caller has read and checked.
    #[inline]
    pub(crate) fn pass(&mut self, count: usize) {
        self.at += count;
    }

    /// The next eight bytes, the first one lowest; zeros where the text ends before.
    #[inline]
    pub(crate) fn word(&self) -> u64 {
        let rest = self.rest();
        u64::from_le_bytes(rest.first_chunk().copied().unwrap_or_else(|| {
            let mut padded = [0; 8];
            padded[..rest.len()].copy_from_slice(rest);
            padded
        }))
    }

    /// Passes `word`, and white space before it. False where something else is next.
    #[inline]
    pub(crate) fn pass_word(&mut self, word: &[u8]) -> bool {
        self.peek();
        let found = self.rest().starts_with(word);
        self.at += if found { word.len() } else { 0 };
        found
    }

    /// Passes a string without escapes.
    #[inline]
    pub(crate) fn plain_string(&mut self) -> Option<Str<'a>> {
        (self.peek()? == b'"').then_some(())?;
        let start = self.at + 1;
        // Names of methods are longer than those of members.
        let Passed { end, escaped } = lexer::long_string(self.bytes, start).ok()?;
        self.at = end;
        (!escaped).then(|| Str { raw: &self.bytes[start..end - 1], escaped })
    }

    /// Passes a number that begins with a digit, and gives its text.
    #[inline]
    pub(crate) fn unsigned(&mut self) -> Option<&'a [u8]> {
        let (b'0'..=b'9') = self.peek()? else { return None };
        let start = self.at;
        self.at = lexer::number(self.bytes, start).ok()?;
        Some(&self.bytes[start..self.at])
    }

    fn fail<T>(&self, what: &'static str) -> Result<T> {
        Err(SyntaxError { offset: self.at, what })
    }

    /// The next byte that is not white space.
    #[inline]
    pub(crate) fn peek(&mut self) -> Option<u8> {
        self.at = lexer::space(self.bytes, self.at);
        self.bytes.get(self.at).copied()
    }

    #[inline]
    fn take(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        self.at += usize::from(found);
        found
    }

    /// Nothing but white space may follow.
    ///
    /// # Errors
    /// Where something follows.
    pub fn end(&mut self) -> Result<()> {
        match self.peek() {
            None => Ok(()),
            Some(_) => self.fail("more text after the value"),
        }
    }

    /// Passes `open`. False where `close` follows at once, which is passed too.
    ///
    /// # Errors
    /// Where `open` is not next, or it is one too many inside each other.
    #[inline]
    pub fn open(&mut self, open: u8, close: u8) -> Result<bool> {
        if self.peek() != Some(open) {
            return self.fail(if open == b'{' { "expected '{'" } else { "expected '['" });
        }
        if self.depth_left == 0 {
            return self.fail("nested too deep");
        }
        self.at += 1;
        let filled = !self.take(close);
        self.depth_left -= u32::from(filled);
        Ok(filled)
    }

    /// Passes the comma before the next item, or `close` at the end of them.
    ///
    /// # Errors
    /// Where neither is next.
    #[inline]
    pub fn more(&mut self, close: u8) -> Result<bool> {
        if self.take(b',') {
            return Ok(true);
        }
        if self.take(close) {
            self.depth_left += 1;
            return Ok(false);
        }
        self.fail(if close == b'}' { "expected ',' or '}'" } else { "expected ',' or ']'" })
    }

    /// Passes a member's name and its colon.
    ///
    /// # Errors
    /// Where no name is next.
    #[inline]
    pub fn key(&mut self) -> Result<Str<'a>> {
        if self.peek() != Some(b'"') {
            return self.fail("expected a name in double quotes");
        }
        let key = self.string()?;
        if !self.take(b':') {
            return self.fail("expected ':'");
        }
        Ok(key)
    }

    /// Passes one value of any kind, all of it checked.
    ///
    /// # Errors
    /// Where it is not JSON.
    #[inline]
    pub fn value(&mut self) -> Result<Value<'a>> {
        let first = self.peek();
        let start = self.at;
        self.at = match first {
            Some(b'-' | b'0'..=b'9') => lexer::number(self.bytes, start)?,
            _ => check::value(self.bytes, start, self.depth_left)?,
        };
        Ok(Value { raw: &self.bytes[start..self.at] })
    }

    /// Passes a string; the cursor stands on its opening quote.
    #[inline]
    fn string(&mut self) -> Result<Str<'a>> {
        let start = self.at + 1;
        let Passed { end, escaped } = lexer::string(self.bytes, self.at)?;
        self.at = end;
        Ok(Str { raw: &self.bytes[start..end - 1], escaped })
    }

    /// Passes an array or object without reading it, by its brackets. `None` where something else
    /// is next, or its end is not there.
    #[inline]
    pub fn unread(&mut self) -> Option<Unread<'a>> {
        let (b'[' | b'{') = self.peek()? else { return None };
        let length = Nesting::default().end(self.rest())?;
        Some(self.unread_of(length))
    }

    /// Passes an array or object of so many bytes.
    #[inline]
    pub(crate) fn unread_of(&mut self, length: usize) -> Unread<'a> {
        let start = self.at;
        self.at += length;
        Unread::new(&self.bytes[..self.at], start)
    }
}
