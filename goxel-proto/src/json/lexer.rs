//! Strings and numbers: where each ends, and whether it is well-formed. Part of [`Reader`].

use super::reader::{Reader, Result};
use super::{Number, Str, SyntaxError};

/// The lowest bit of each byte of a word, and the highest.
const LOW: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

impl<'a> Reader<'a> {
    fn digits(&mut self) -> Result<()> {
        let start = self.at;
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        if self.at == start { self.fail("expected a digit") } else { Ok(()) }
    }

    /// Passes a number; the cursor stands on its first byte.
    #[inline]
    pub(super) fn number(&mut self) -> Result<Number<'a>> {
        let start = self.at;
        self.at += usize::from(self.bytes[self.at] == b'-');
        if self.bytes.get(self.at) == Some(&b'0') {
            self.at += 1;
            if self.bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
                return self.fail("a number may not begin with 0");
            }
        } else {
            self.digits()?;
        }
        if let Some(b'.' | b'e' | b'E') = self.bytes.get(self.at) {
            self.fraction()?;
        }
        Ok(Number(&self.bytes[start..self.at]))
    }

    /// What may stand behind a number's integer part.
    fn fraction(&mut self) -> Result<()> {
        if self.bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.bytes.get(self.at) {
            self.at += 1;
            self.at += usize::from(matches!(self.bytes.get(self.at), Some(b'+' | b'-')));
            self.digits()?;
        }
        Ok(())
    }

    /// Passes a string; the cursor stands on its opening quote.
    #[inline]
    pub(super) fn string(&mut self) -> Result<Str<'a>> {
        let start = self.at + 1;
        self.at = start;
        let (mut escaped, mut ascii) = (false, true);
        loop {
            ascii &= self.pass_plain();
            match self.bytes.get(self.at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                Some(_) => return self.fail("a control character in a string"),
                None => return self.fail("a string without an end"),
            }
        }
        let raw = &self.bytes[start..self.at];
        if !ascii {
            check_utf8(raw, start)?;
        }
        self.at += 1;
        Ok(Str { raw, escaped })
    }

    /// Goes to the next byte that means something in a string. False where one that it passed is
    /// not ASCII.
    #[inline]
    fn pass_plain(&mut self) -> bool {
        let mut seen = 0;
        while let Some(word) = self.bytes.get(self.at..).and_then(<[u8]>::first_chunk::<8>) {
            let word = u64::from_le_bytes(*word);
            let stops = stops(word);
            if stops != 0 {
                let plain = stops.trailing_zeros() & !7;
                // Of the word, only what stands before the stop was passed.
                seen |= word & ((1u64 << plain) - 1);
                self.at += plain as usize / 8;
                return seen & HIGH == 0;
            }
            seen |= word;
            self.at += 8;
        }
        let mut ascii = seen & HIGH == 0;
        while let Some(&byte) = self.bytes.get(self.at) {
            if byte < 0x20 || byte == b'"' || byte == b'\\' {
                break;
            }
            ascii &= byte.is_ascii();
            self.at += 1;
        }
        ascii
    }

    fn escape(&mut self) -> Result<()> {
        match self.bytes.get(self.at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.at += 2;
                Ok(())
            }
            Some(b'u') => self.unicode_escape(),
            _ => self.fail("an unknown escape"),
        }
    }

    /// `\uXXXX`, with its other half where it is one of a surrogate pair.
    fn unicode_escape(&mut self) -> Result<()> {
        let unit = self.hex_unit()?;
        if (0xdc00..0xe000).contains(&unit) {
            return self.fail("half of a surrogate pair");
        }
        self.at += 6;
        if (0xd800..0xdc00).contains(&unit) {
            let low = self.bytes[self.at..].starts_with(b"\\u").then(|| self.hex_unit());
            if !matches!(low.transpose()?, Some(0xdc00..0xe000)) {
                return self.fail("half of a surrogate pair");
            }
            self.at += 6;
        }
        Ok(())
    }

    fn hex_unit(&self) -> Result<u32> {
        let digits = self.bytes.get(self.at + 2..self.at + 6).unwrap_or_default();
        let value = digits.iter().try_fold(0, |value, &digit| {
            char::from(digit).to_digit(16).map(|digit| value << 4 | digit)
        });
        match value {
            Some(value) if digits.len() == 4 => Ok(value),
            _ => self.fail("expected four hexadecimal digits"),
        }
    }
}

/// The high bit of the first byte of a word that is a quote, a backslash or a control character;
/// what is above it means nothing.
#[inline]
fn stops(word: u64) -> u64 {
    let is = |byte: u8| {
        let zero = word ^ (LOW * u64::from(byte));
        zero.wrapping_sub(LOW) & !zero
    };
    let control = word.wrapping_sub(LOW * 0x20) & !word;
    (is(b'"') | is(b'\\') | control) & HIGH
}

fn check_utf8(raw: &[u8], start: usize) -> Result<()> {
    match std::str::from_utf8(raw) {
        Ok(_) => Ok(()),
        Err(error) => Err(SyntaxError { offset: start + error.valid_up_to(), what: "not UTF-8" }),
    }
}
