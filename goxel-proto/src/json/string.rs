//! [`Str`]: a string as it was written, decoded only where it has to be.

use std::borrow::Cow;

/// The inside of a string literal that is known to be well-formed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Str<'a> {
    /// What stands between the quotes.
    pub(super) raw: &'a [u8],
    pub(super) escaped: bool,
}

impl<'a> Str<'a> {
    /// The inside of a literal that was checked.
    #[inline]
    pub(super) fn new(raw: &'a [u8]) -> Self {
        Self { raw, escaped: memchr::memchr(b'\\', raw).is_some() }
    }

    /// The text that the literal stands for. Borrowed where there is no escape in it.
    #[must_use]
    pub fn decode(self) -> Cow<'a, str> {
        let raw = self.raw();
        if self.escaped { Cow::Owned(unescape(raw)) } else { Cow::Borrowed(raw) }
    }

    /// The bytes, where they stand for themselves: where there is no escape among them.
    #[inline]
    #[must_use]
    pub fn plain(self) -> Option<&'a [u8]> {
        (!self.escaped).then_some(self.raw)
    }

    /// What stands between the quotes, escapes and all.
    #[must_use]
    pub fn raw(self) -> &'a str {
        // It was found to be UTF-8 when it was read.
        std::str::from_utf8(self.raw).unwrap_or_default()
    }
}

impl PartialEq<str> for Str<'_> {
    fn eq(&self, other: &str) -> bool {
        match self.plain() {
            Some(plain) => plain == other.as_bytes(),
            None => self.decode() == other,
        }
    }
}

fn unescape(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        let kind = rest.as_bytes().get(at + 1).copied().unwrap_or(b'\\');
        let mut used = 2;
        text.push(match kind {
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                let (decoded, length) = code_point(&rest[at..]);
                used = length;
                decoded
            }
            plain => char::from(plain),
        });
        rest = &rest[at + used..];
    }
    text.push_str(rest);
    text
}

/// The character of the `\uXXXX` (or pair of them) at the start of `text`, and its length.
fn code_point(text: &str) -> (char, usize) {
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u32::from_str_radix(digits, 16).ok()
    };
    let high = unit(0).unwrap_or(0);
    if let Some(decoded) = char::from_u32(high) {
        return (decoded, 6);
    }
    let low = unit(6).unwrap_or(0) & 0x3ff;
    let decoded = char::from_u32(0x1_0000 + ((high & 0x3ff) << 10) + low);
    (decoded.unwrap_or(char::REPLACEMENT_CHARACTER), 12)
}
