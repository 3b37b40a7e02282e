//! Reading into values: [`Elements`] and [`Members`] go through a [`Value`], which was checked
//! whole, so they cannot meet bad syntax.

use super::{Reader, Str, SyntaxError, Unread, Value};

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

    /// The last members of these names, on one walk.
    #[must_use]
    pub fn pick<const N: usize>(&self, names: [&str; N]) -> [Option<Self>; N] {
        let mut picked = [None; N];
        for (key, value) in self.members() {
            if let Some(at) = names.iter().position(|name| key == **name) {
                picked[at] = Some(value);
            }
        }
        picked
    }

    /// The last member of this name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<Self> {
        self.members().filter(|(key, _)| *key == *name).last().map(|(_, value)| value)
    }
}

impl<'a> Unread<'a> {
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
