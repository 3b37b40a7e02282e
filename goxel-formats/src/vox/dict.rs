//! [`Dict`]: keys and values of text, which nodes, layers and materials have.

use std::borrow::Cow;

use crate::Result;
use crate::bytes::Cursor;

/// Keys and values in the order of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Dict<'a>(Vec<(Text<'a>, Text<'a>)>);

/// A string of a file, which may be any bytes.
type Text<'a> = Cow<'a, [u8]>;

/// Calls `f` with each key and value, and the place behind them.
pub(super) fn for_each_entry<'a>(
    body: &mut Cursor<'a>,
    mut f: impl FnMut(&'a [u8], &'a [u8], &Cursor<'a>) -> Result<()>,
) -> Result<()> {
    for _ in 0..body.length()? {
        let length = body.length()?;
        let key = body.take(length)?;
        let length = body.length()?;
        let value = body.take(length)?;
        f(key, value, body)?;
    }
    Ok(())
}

impl<'a> Dict<'a> {
    pub(super) fn read(body: &mut Cursor<'a>) -> Result<Self> {
        let mut entries = Vec::new();
        for_each_entry(body, |key, value, _| {
            entries.push((key.into(), value.into()));
            Ok(())
        })?;
        Ok(Self(entries))
    }

    /// The value of a key. Where it stands twice, the last one counts.
    pub(super) fn get(&self, key: &str) -> Option<&[u8]> {
        let found = self.0.iter().rfind(|(known, _)| **known == *key.as_bytes());
        found.map(|(_, value)| &**value)
    }

    /// The number that a value says.
    pub(super) fn number(&self, key: &str) -> Option<f32> {
        let text = std::str::from_utf8(self.get(key)?).ok()?;
        text.trim().parse().ok().filter(|number: &f32| number.is_finite())
    }

    /// Puts a value in the place of the one that is there, or behind all.
    pub(super) fn set(&mut self, key: &str, value: impl Into<Vec<u8>>) {
        let value = Cow::Owned(value.into());
        match self.0.iter_mut().rfind(|(known, _)| **known == *key.as_bytes()) {
            Some((_, there)) => *there = value,
            None => self.0.push((Cow::Owned(key.as_bytes().to_vec()), value)),
        }
    }

    pub(super) fn remove(&mut self, key: &str) {
        self.0.retain(|(known, _)| **known != *key.as_bytes());
    }

    pub(super) fn write(&self, body: &mut Vec<u8>) {
        body.extend((self.0.len() as u32).to_le_bytes());
        for part in self.0.iter().flat_map(|(key, value)| [key, value]) {
            body.extend((part.len() as u32).to_le_bytes());
            body.extend(&**part);
        }
    }
}
