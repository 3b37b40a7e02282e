//! [`Reader`]: takes JSON apart from front to back, without allocating.
//!
//! Whatever is passed is checked as it is passed.

use super::{Kind, Str, SyntaxError, Unread, Value};
use crate::brackets::Nesting;
use crate::limits::DEPTH_MAX;

pub(super) type Result<T> = std::result::Result<T, SyntaxError>;

/// A cursor over bytes that should be JSON.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
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

    pub(super) fn fail<T>(&self, what: &'static str) -> Result<T> {
        Err(SyntaxError { offset: self.at, what })
    }

    #[inline]
    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.bytes.get(self.at) {
            self.at += 1;
        }
    }

    /// The next byte that is not white space.
    #[inline]
    pub(crate) fn peek(&mut self) -> Option<u8> {
        self.skip_space();
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
    pub fn value(&mut self) -> Result<Value<'a>> {
        let first = self.peek();
        let start = self.at;
        let kind = match first {
            Some(b'-' | b'0'..=b'9') => Kind::Number(self.number()?),
            Some(b'"') => Kind::String(self.string()?),
            Some(b'{') => self.object()?,
            Some(b'[') => self.array()?,
            Some(b't') => self.word("true", Kind::Bool(true))?,
            Some(b'f') => self.word("false", Kind::Bool(false))?,
            Some(b'n') => self.word("null", Kind::Null)?,
            Some(_) => return self.fail("expected a value"),
            None => return self.fail("the text ends too early"),
        };
        Ok(Value { raw: &self.bytes[start..self.at], kind })
    }

    /// Passes an array or object without reading it, by its brackets. `None` where something else
    /// is next, or its end is not there.
    #[inline]
    pub fn unread(&mut self) -> Option<Unread<'a>> {
        let (b'[' | b'{') = self.peek()? else { return None };
        let start = self.at;
        let end = start + Nesting::default().end(&self.bytes[start..])?;
        self.at = end;
        Some(Unread::new(&self.bytes[..end], start))
    }

    fn word(&mut self, word: &'static str, kind: Kind<'a>) -> Result<Kind<'a>> {
        if !self.bytes[self.at..].starts_with(word.as_bytes()) {
            return self.fail("expected a value");
        }
        self.at += word.len();
        Ok(kind)
    }

    fn array(&mut self) -> Result<Kind<'a>> {
        let mut more = self.open(b'[', b']')?;
        while more {
            self.value()?;
            more = self.more(b']')?;
        }
        Ok(Kind::Array)
    }

    fn object(&mut self) -> Result<Kind<'a>> {
        let mut more = self.open(b'{', b'}')?;
        while more {
            self.key()?;
            self.value()?;
            more = self.more(b'}')?;
        }
        Ok(Kind::Object)
    }
}
