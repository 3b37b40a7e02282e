//! [`Value`]: a view of a JSON value that was checked whole, so [`Elements`] and [`Members`] over
//! it cannot meet bad syntax; and [`Unread`], one whose end alone is known.

use super::{Number, Reader, Str, SyntaxError};

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
    /// Reads a whole text: one value, with nothing but white space around it.
    ///
    /// # Errors
    /// Where the bytes are not exactly one JSON value.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, SyntaxError> {
        let mut reader = Reader::new(bytes);
        let value = reader.value()?;
        reader.end()?;
        Ok(value)
    }

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

    fn begins(&self, with: u8) -> bool {
        self.raw.first() == Some(&with)
    }

    /// The elements of an array; none where it is something else.
    #[must_use]
    pub fn elements(&self) -> Elements<'a> {
        let mut reader = Reader::new(self.raw);
        let open = self.begins(b'[') && reader.open(b'[', b']').unwrap_or(false);
        Elements { reader, open }
    }

    /// The members of an object, in their order; none where it is something else.
    #[must_use]
    pub fn members(&self) -> Members<'a> {
        let mut reader = Reader::new(self.raw);
        let open = self.begins(b'{') && reader.open(b'{', b'}').unwrap_or(false);
        Members { reader, open }
    }

    /// The last member of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Self> {
        self.members().filter(|(key, _)| *key == *name).last().map(|(_, value)| value)
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

/// Goes through an array.
#[derive(Clone, Debug)]
pub struct Elements<'a> {
    reader: Reader<'a>,
    open: bool,
}

impl<'a> Iterator for Elements<'a> {
    type Item = Value<'a>;

    fn next(&mut self) -> Option<Value<'a>> {
        if !self.open {
            return None;
        }
        let value = self.reader.value().ok()?;
        self.open = self.reader.more(b']').unwrap_or(false);
        Some(value)
    }
}

/// Goes through an object.
#[derive(Clone, Debug)]
pub struct Members<'a> {
    reader: Reader<'a>,
    open: bool,
}

impl<'a> Iterator for Members<'a> {
    type Item = (Str<'a>, Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        if !self.open {
            return None;
        }
        let key = self.reader.key().ok()?;
        let value = self.reader.value().ok()?;
        self.open = self.reader.more(b'}').unwrap_or(false);
        Some((key, value))
    }
}

/// An array or object whose end was found by its brackets, and which nobody has read yet: what it
/// holds is checked by whoever reads it.
#[derive(Clone, Copy, Debug)]
pub struct Unread<'a> {
    /// The text that it stands in, up to its end: errors tell places in this.
    text: &'a [u8],
    start: usize,
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

    /// A reader in front of it, for which the text ends where this does.
    #[must_use]
    pub fn reader(&self) -> Reader<'a> {
        Reader::inside(self.text, self.start)
    }

    /// Reads all of it.
    ///
    /// # Errors
    /// Where it is not JSON; places are those in the text around it.
    pub fn check(&self) -> Result<Value<'a>, SyntaxError> {
        let mut reader = self.reader();
        let value = reader.value()?;
        reader.end()?;
        Ok(value)
    }
}

impl<'a> From<Value<'a>> for Unread<'a> {
    fn from(value: Value<'a>) -> Self {
        Self { text: value.raw, start: 0 }
    }
}
