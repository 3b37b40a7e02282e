//! [`Value`]: a view of a JSON value that was checked whole; and [`Unread`], one whose end alone is
//! known.

use super::{Number, Str};

/// A checked value, borrowed from the input: the bytes that it is written as, of which there is
/// at least one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value<'a> {
    pub(super) raw: &'a [u8],
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind<'a> {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number<'a>),
    /// A string.
    String(Str<'a>),
    /// An array; [`Value::elements`] goes through it.
    Array,
    /// An object; [`Value::members`] goes through it.
    Object,
}

impl<'a> Value<'a> {
    /// The bytes as they were sent.
    #[must_use]
    pub fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// What it is, with its content where it is not nested.
    #[inline]
    #[must_use]
    pub fn kind(&self) -> Kind<'a> {
        match self.raw {
            [b'{', ..] => Kind::Object,
            [b'[', ..] => Kind::Array,
            [b'"', inside @ .., b'"'] => Kind::String(Str::new(inside)),
            [b't', ..] => Kind::Bool(true),
            [b'f', ..] => Kind::Bool(false),
            [b'n', ..] => Kind::Null,
            number => Kind::Number(Number(number)),
        }
    }

    pub(super) fn begins(&self, with: u8) -> bool {
        self.raw.first() == Some(&with)
    }

    /// The string, where it is one.
    #[must_use]
    pub fn as_str(&self) -> Option<Str<'a>> {
        if let Kind::String(text) = self.kind() { Some(text) } else { None }
    }

    /// Whether it is `null`.
    #[inline]
    #[must_use]
    pub fn is_null(&self) -> bool {
        self.begins(b'n')
    }

    /// The number, where it is one.
    #[inline]
    #[must_use]
    pub fn as_number(&self) -> Option<Number<'a>> {
        if let Kind::Number(number) = self.kind() { Some(number) } else { None }
    }
}

/// An array or object whose end was found by its brackets, and which nobody has read yet: what it
/// holds is checked by whoever reads it.
#[derive(Clone, Copy, Debug)]
pub struct Unread<'a> {
    /// The text that it stands in, up to its end: errors tell places in this.
    pub(super) text: &'a [u8],
    pub(super) start: usize,
}

impl<'a> Unread<'a> {
    pub(super) fn new(text: &'a [u8], start: usize) -> Self {
        Self { text, start }
    }

    /// The bytes as they were sent.
    #[must_use]
    pub fn raw(&self) -> &'a [u8] {
        &self.text[self.start..]
    }

    /// Whether it begins as an array; else it begins as an object.
    #[must_use]
    pub fn is_array(&self) -> bool {
        self.text.get(self.start) == Some(&b'[')
    }
}

impl<'a> From<Value<'a>> for Unread<'a> {
    fn from(value: Value<'a>) -> Self {
        Self { text: value.raw, start: 0 }
    }
}
