//! [`Writer`]: appends JSON to a buffer, spaced as clients of the older daemon expect.
//!
//! `{ "a": 1, "b": [ 1, 2 ], "c": {}, "d": [] }`: a space inside brackets and after `:` and `,`;
//! empty ones closed up. Clients search replies for `"success": true`, so the spaces matter.

use std::io::Write as _;

use super::lexer;
use crate::base64;
use crate::types::{Pos, Rgba};

/// Bytes that are encoded between two questions whether to go on: some tenths of a millisecond. Three of them are
/// four letters, so parts can stand behind each other.
const BASE64_BYTES: usize = 3 << 18;

/// Appends one JSON text to a buffer. Separators come by themselves.
#[derive(Debug)]
pub struct Writer<'a> {
    out: &'a mut Vec<u8>,
}

/// What can be written as one JSON value.
pub trait ToJson {
    /// Appends the value.
    fn write(&self, writer: &mut Writer<'_>);
}

impl<'a> Writer<'a> {
    /// A writer at the end of `out`.
    pub fn new(out: &'a mut Vec<u8>) -> Self {
        Self { out }
    }

    /// Writes an object; `members` adds to it with [`Writer::member`].
    pub fn object(&mut self, members: impl FnOnce(&mut Self)) {
        self.nested(b'{', b'}', members);
    }

    /// Writes an array; `elements` adds to it with [`Writer::element`].
    pub fn array(&mut self, elements: impl FnOnce(&mut Self)) {
        self.nested(b'[', b']', elements);
    }

    fn nested(&mut self, open: u8, close: u8, inside: impl FnOnce(&mut Self)) {
        self.out.push(open);
        let start = self.out.len();
        inside(self);
        if self.out.len() > start {
            self.out.push(b' ');
        }
        self.out.push(close);
    }

    /// Adds members to the object that was written last.
    pub fn more(&mut self, members: impl FnOnce(&mut Self)) {
        debug_assert!(self.out.ends_with(b"}"), "the last value is no object");
        self.out.pop();
        if self.out.last() == Some(&b' ') {
            self.out.pop();
        }
        members(self);
        self.out.extend_from_slice(b" }");
    }

    /// What stands between this item and the one before.
    fn separate(&mut self) {
        // An item never ends in an opening bracket, so one here is the bracket around this item.
        let first = matches!(self.out.last(), Some(b'{' | b'['));
        self.out.extend_from_slice(if first { b" " } else { b", " });
    }

    /// Begins a member; its value must be written next.
    pub fn key(&mut self, name: &str) -> &mut Self {
        self.separate();
        self.value(name);
        self.out.extend_from_slice(b": ");
        self
    }

    /// Writes a member of an object.
    pub fn member(&mut self, name: &str, value: impl ToJson) {
        self.key(name);
        value.write(self);
    }

    /// Writes an element of an array.
    pub fn element(&mut self, value: impl ToJson) {
        self.item().value(value);
    }

    /// Begins an element; its value must be written next.
    pub fn item(&mut self) -> &mut Self {
        self.separate();
        self
    }

    /// Writes a value where one is due: after [`Writer::key`] or [`Writer::item`].
    pub fn value(&mut self, value: impl ToJson) {
        value.write(self);
    }

    /// Writes bytes that are JSON already.
    pub fn raw(&mut self, json: &[u8]) {
        self.out.extend_from_slice(json);
    }

    /// Writes a string that holds bytes in base64.
    pub fn base64(&mut self, bytes: &[u8]) {
        self.out.push(b'"');
        base64::encode(bytes, self.out);
        self.out.push(b'"');
    }

    /// [`Writer::base64`], of bytes that may be many: `go_on` is asked between parts of them. Where it does not
    /// want to, what was written is of no use.
    ///
    /// # Errors
    /// What `go_on` says.
    pub fn base64_within<E>(
        &mut self,
        bytes: &[u8],
        mut go_on: impl FnMut() -> Result<(), E>,
    ) -> Result<(), E> {
        self.out.push(b'"');
        for part in bytes.chunks(BASE64_BYTES) {
            go_on()?;
            base64::encode(part, self.out);
        }
        self.out.push(b'"');
        Ok(())
    }

    fn display(&mut self, value: impl std::fmt::Display) {
        // Writing to a vector does not fail.
        let _ = write!(self.out, "{value}");
    }
}

impl ToJson for bool {
    fn write(&self, writer: &mut Writer<'_>) {
        writer.raw(if *self { b"true" } else { b"false" });
    }
}

macro_rules! integers {
    ($($integer:ty)*) => {$(
        impl ToJson for $integer {
            fn write(&self, writer: &mut Writer<'_>) {
                writer.raw(itoa::Buffer::new().format(*self).as_bytes());
            }
        }
    )*};
}
integers!(u8 u32 i32 u64 i64 usize);

impl ToJson for f64 {
    fn write(&self, writer: &mut Writer<'_>) {
        // JSON has no word for the others.
        writer.display(if self.is_finite() { *self } else { 0.0 });
    }
}

impl ToJson for f32 {
    fn write(&self, writer: &mut Writer<'_>) {
        // The shortest text that reads as the same number of 32 bits: 0.2, not 0.20000000298.
        writer.display(if self.is_finite() { *self } else { 0.0 });
    }
}

impl ToJson for str {
    fn write(&self, writer: &mut Writer<'_>) {
        let text = self.as_bytes();
        writer.out.reserve(text.len() + 2);
        writer.out.push(b'"');
        let mut plain_from = 0;
        while let (at, _) = lexer::plain(text, plain_from)
            && let Some(&byte) = text.get(at)
        {
            writer.raw(&text[plain_from..at]);
            plain_from = at + 1;
            match byte {
                b'"' | b'\\' => writer.raw(&[b'\\', byte]),
                b'\n' => writer.raw(b"\\n"),
                b'\r' => writer.raw(b"\\r"),
                b'\t' => writer.raw(b"\\t"),
                0x08 => writer.raw(b"\\b"),
                0x0c => writer.raw(b"\\f"),
                _ => writer.display(format_args!("\\u{byte:04x}")),
            }
        }
        writer.raw(&text[plain_from..]);
        writer.out.push(b'"');
    }
}

impl ToJson for String {
    fn write(&self, writer: &mut Writer<'_>) {
        self.as_str().write(writer);
    }
}

impl<T: ToJson + ?Sized> ToJson for &T {
    fn write(&self, writer: &mut Writer<'_>) {
        (**self).write(writer);
    }
}

impl<T: ToJson, const N: usize> ToJson for [T; N] {
    fn write(&self, writer: &mut Writer<'_>) {
        writer.array(|writer| self.iter().for_each(|item| writer.element(item)));
    }
}

impl ToJson for Pos {
    fn write(&self, writer: &mut Writer<'_>) {
        self.to_array().write(writer);
    }
}

impl ToJson for Rgba {
    fn write(&self, writer: &mut Writer<'_>) {
        let [r, g, b, a] = self.0;
        for (before, part) in [(&b"[ "[..], r), (b", ", g), (b", ", b), (b", ", a)] {
            writer.raw(before);
            writer.value(part);
        }
        writer.raw(b" ]");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(value: impl FnOnce(&mut Writer<'_>)) -> String {
        let mut out = Vec::new();
        value(&mut Writer::new(&mut out));
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn spacing() {
        let text = written(|w| {
            w.object(|w| {
                w.member("a", 1);
                w.member("b", [1, 2]);
                w.key("c").object(|_| ());
                w.key("d").array(|_| ());
                w.member("e", "[");
                w.key("f").array(|w| w.item().object(|w| w.member("g", true)));
                w.member("h", [0.2f32, 1.0, f32::NAN]);
            });
        });
        let expected = r#"{ "a": 1, "b": [ 1, 2 ], "c": {}, "d": [], "e": "[", "f": [ { "g": true } ], "h": [ 0.2, 1, 0 ] }"#;
        assert_eq!(text, expected);
    }

    proptest! {
        #[test]
        fn any_text_comes_back(text: String) {
            let json = written(|w| w.value(&text));
            prop_assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
        }
    }

    #[test]
    fn many_bytes_are_encoded_a_part_at_a_time() {
        let bytes: Vec<u8> = (0..3 * BASE64_BYTES + 5).map(|at| at as u8).collect();
        let (mut whole, mut parts) = (Vec::new(), Vec::new());
        Writer::new(&mut whole).base64(&bytes);
        let mut asked = 0;
        let go_on = || {
            asked += 1;
            Ok::<_, ()>(())
        };
        assert_eq!(Writer::new(&mut parts).base64_within(&bytes, go_on), Ok(()));
        assert!(whole == parts && asked == 4, "{asked} questions");
        let mut asked = 0;
        let stops = || {
            asked += 1;
            if asked == 2 { Err("stop") } else { Ok(()) }
        };
        assert_eq!(Writer::new(&mut Vec::new()).base64_within(&bytes, stops), Err("stop"));
    }
}
