//! [`Reader`]: takes JSON apart from front to back, without allocating.
//!
//! Strings and numbers are checked as they are passed; a [`Value`] is a view of one that was
//! checked whole, so [`Elements`] and [`Members`] over it cannot meet bad syntax.

use super::{Number, Str, SyntaxError};
use crate::limits::DEPTH_MAX;

type Result<T> = std::result::Result<T, SyntaxError>;

/// A cursor over bytes that should be JSON.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// A checked value, borrowed from the input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Value<'a> {
    raw: &'a [u8],
    kind: Kind<'a>,
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
    pub fn parse(bytes: &'a [u8]) -> Result<Self> {
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
    #[must_use]
    pub fn kind(&self) -> Kind<'a> {
        self.kind
    }

    /// The elements of an array; none where it is something else.
    #[must_use]
    pub fn elements(&self) -> Elements<'a> {
        let mut reader = Reader::new(self.raw);
        let open = matches!(self.kind, Kind::Array) && reader.open(b'[', b']').unwrap_or(false);
        Elements { reader, open }
    }

    /// The members of an object, in their order; none where it is something else.
    #[must_use]
    pub fn members(&self) -> Members<'a> {
        let mut reader = Reader::new(self.raw);
        let open = matches!(self.kind, Kind::Object) && reader.open(b'{', b'}').unwrap_or(false);
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
        if let Kind::String(text) = self.kind { Some(text) } else { None }
    }

    /// The number, where it is one.
    #[must_use]
    pub fn as_number(&self) -> Option<Number<'a>> {
        if let Kind::Number(number) = self.kind { Some(number) } else { None }
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

impl<'a> Reader<'a> {
    /// A cursor at the first byte.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Bytes passed so far.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.at
    }

    fn fail<T>(&self, what: &'static str) -> Result<T> {
        Err(SyntaxError { offset: self.at, what })
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\r' | b'\t') = self.bytes.get(self.at) {
            self.at += 1;
        }
    }

    /// The next byte that is not white space.
    fn peek(&mut self) -> Option<u8> {
        self.skip_space();
        self.bytes.get(self.at).copied()
    }

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
    /// Where `open` is not next.
    pub fn open(&mut self, open: u8, close: u8) -> Result<bool> {
        if !self.take(open) {
            return self.fail(if open == b'{' { "expected '{'" } else { "expected '['" });
        }
        Ok(!self.take(close))
    }

    /// Passes the comma before the next item, or `close` at the end of them.
    ///
    /// # Errors
    /// Where neither is next.
    pub fn more(&mut self, close: u8) -> Result<bool> {
        if self.take(b',') {
            return Ok(true);
        }
        if self.take(close) {
            return Ok(false);
        }
        self.fail(if close == b'}' { "expected ',' or '}'" } else { "expected ',' or ']'" })
    }

    /// Passes a member's name and its colon.
    ///
    /// # Errors
    /// Where no name is next.
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
        self.value_within(DEPTH_MAX)
    }

    fn value_within(&mut self, depth: u32) -> Result<Value<'a>> {
        let first = self.peek();
        let start = self.at;
        let kind = match first {
            Some(b'{') => self.object(depth)?,
            Some(b'[') => self.array(depth)?,
            Some(b'"') => Kind::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => Kind::Number(self.number()?),
            Some(b't') => self.word("true", Kind::Bool(true))?,
            Some(b'f') => self.word("false", Kind::Bool(false))?,
            Some(b'n') => self.word("null", Kind::Null)?,
            Some(_) => return self.fail("expected a value"),
            None => return self.fail("the text ends too early"),
        };
        Ok(Value { raw: &self.bytes[start..self.at], kind })
    }

    fn word(&mut self, word: &'static str, kind: Kind<'a>) -> Result<Kind<'a>> {
        if !self.bytes[self.at..].starts_with(word.as_bytes()) {
            return self.fail("expected a value");
        }
        self.at += word.len();
        Ok(kind)
    }

    fn deeper(&self, depth: u32) -> Result<u32> {
        depth.checked_sub(1).map_or_else(|| self.fail("nested too deep"), Ok)
    }

    fn array(&mut self, depth: u32) -> Result<Kind<'a>> {
        let depth = self.deeper(depth)?;
        let mut more = self.open(b'[', b']')?;
        while more {
            self.value_within(depth)?;
            more = self.more(b']')?;
        }
        Ok(Kind::Array)
    }

    fn object(&mut self, depth: u32) -> Result<Kind<'a>> {
        let depth = self.deeper(depth)?;
        let mut more = self.open(b'{', b'}')?;
        while more {
            self.key()?;
            self.value_within(depth)?;
            more = self.more(b'}')?;
        }
        Ok(Kind::Object)
    }

    fn digits(&mut self) -> Result<()> {
        let start = self.at;
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_digit) {
            self.at += 1;
        }
        if self.at == start { self.fail("expected a digit") } else { Ok(()) }
    }

    fn number(&mut self) -> Result<Number<'a>> {
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
        if self.bytes.get(self.at) == Some(&b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.bytes.get(self.at) {
            self.at += 1;
            self.at += usize::from(matches!(self.bytes.get(self.at), Some(b'+' | b'-')));
            self.digits()?;
        }
        self.text(start, self.at).map(Number)
    }

    /// The bytes as text. They are known to be UTF-8 where they were checked before.
    fn text(&self, start: usize, end: usize) -> Result<&'a str> {
        std::str::from_utf8(&self.bytes[start..end])
            .map_err(|error| SyntaxError { offset: start + error.valid_up_to(), what: "not UTF-8" })
    }

    /// Passes a string; the cursor stands on its opening quote.
    fn string(&mut self) -> Result<Str<'a>> {
        let start = self.at + 1;
        let mut escaped = false;
        self.at = start;
        loop {
            match self.bytes.get(self.at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                Some(0..0x20) => return self.fail("a control character in a string"),
                Some(_) => self.at += 1,
                None => return self.fail("a string without an end"),
            }
        }
        let raw = self.text(start, self.at)?;
        self.at += 1;
        Ok(Str { raw, escaped })
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: Result<Kind<'_>>) {
        assert_eq!(Value::parse(text.as_bytes()).map(|value| value.kind()), expected, "{text}");
    }

    fn bad(text: &str, offset: usize, what: &'static str) {
        check(text, Err(SyntaxError { offset, what }));
    }

    #[test]
    fn what_is_json() {
        check(" null ", Ok(Kind::Null));
        check("[1, {\"a\": [true, false]}, -0.5e+3]", Ok(Kind::Array));
        check("{}", Ok(Kind::Object));
        bad("[1,]", 3, "expected a value");
        bad("{\"a\" 1}", 5, "expected ':'");
        bad("{'a': 1}", 1, "expected a name in double quotes");
        bad("[1", 2, "expected ',' or ']'");
        bad("01", 1, "a number may not begin with 0");
        bad("-", 1, "expected a digit");
        bad("1.e3", 2, "expected a digit");
        bad("\"a\u{1}\"", 2, "a control character in a string");
        bad("\"\\q\"", 1, "an unknown escape");
        bad("\"\\ud800\"", 7, "half of a surrogate pair");
        bad("\"abc", 4, "a string without an end");
        bad("1 2", 2, "more text after the value");
        bad("", 0, "the text ends too early");
    }

    #[test]
    fn bytes_that_are_not_text() {
        let error = SyntaxError { offset: 2, what: "not UTF-8" };
        assert_eq!(Value::parse(b"\"a\xff\""), Err(error));
    }

    #[test]
    fn nesting_is_bounded() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        let limit = DEPTH_MAX as usize;
        assert!(Value::parse(nested(limit).as_bytes()).is_ok());
        bad(&nested(limit + 1), limit, "nested too deep");
        bad(&"[".repeat(1 << 20), limit, "nested too deep");
    }

    #[test]
    fn strings_are_decoded() {
        let text = r#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00é""#;
        let value = Value::parse(text.as_bytes()).unwrap();
        let decoded = value.as_str().unwrap().decode();
        assert_eq!(decoded, "\"\\/\u{8}\u{c}\n\r\té😀é");
    }

    #[test]
    fn the_last_of_equal_names_counts() {
        let value = Value::parse(br#"{"a": 1, "\u0061": 2, "b": 3}"#).unwrap();
        assert_eq!(value.get("a").and_then(|v| v.as_number()?.to_i64()), Some(2));
        assert_eq!(value.get("c"), None);
    }

    fn like_json() -> impl Strategy<Value = String> {
        prop::collection::vec(
            prop::sample::select(vec![
                "{",
                "}",
                "[",
                "]",
                ",",
                ":",
                "\"",
                "a",
                "\\u00e9",
                "\\ud83d\\ude00",
                "\\",
                "1",
                "-",
                "0",
                ".5",
                "e7",
                "true",
                "null",
                " ",
                "\n",
                "\u{1}",
                "é",
                "\"k\":",
                "[1]",
            ]),
            0..12,
        )
        .prop_map(|parts| parts.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]
        #[test]
        fn what_serde_json_takes_is_what_is_taken(text in like_json()) {
            let theirs = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
            prop_assert_eq!(Value::parse(text.as_bytes()).is_ok(), theirs, "{}", text);
        }

        #[test]
        fn strings_mean_what_serde_json_says(text: String) {
            let json = serde_json::to_string(&text).unwrap();
            let value = Value::parse(json.as_bytes()).unwrap();
            prop_assert_eq!(value.as_str().unwrap().decode(), text);
        }
    }
}
