//! [`Base64`]: bytes as text, three of them in four letters, for what has to be within the JSON.

use std::io::{self, Write};

/// Bytes that are turned into text at once.
const CHUNK: usize = 3 * 1024;

/// A stream of bytes that becomes one of letters. It ends with [`Base64::finish`].
pub(super) struct Base64<W: Write> {
    pending: Vec<u8>,
    out: W,
}

impl<W: Write> Base64<W> {
    pub(super) fn new(out: W) -> Self {
        Self { pending: Vec::with_capacity(CHUNK), out }
    }

    /// Writes what is left.
    pub(super) fn finish(mut self) -> io::Result<()> {
        let (threes, rest) = self.pending.as_chunks::<3>();
        let mut text: Vec<u8> = threes.iter().flat_map(|three| letters(*three)).collect();
        if !rest.is_empty() {
            let mut three = [0; 3];
            three[..rest.len()].copy_from_slice(rest);
            let mut last = letters(three);
            last[rest.len() + 1..].fill(b'=');
            text.extend_from_slice(&last);
        }
        self.out.write_all(&text)
    }

    fn send(&mut self) -> io::Result<()> {
        let mut text = [0; CHUNK / 3 * 4];
        let threes = self.pending.as_chunks::<3>().0.iter();
        text.as_chunks_mut::<4>().0.iter_mut().zip(threes).for_each(|(four, three)| {
            *four = letters(*three);
        });
        self.pending.clear();
        self.out.write_all(&text)
    }
}

impl<W: Write> Write for Base64<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = bytes.len().min(CHUNK - self.pending.len());
        self.pending.extend_from_slice(&bytes[..taken]);
        if self.pending.len() == CHUNK {
            self.send()?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[inline]
fn letters([a, b, c]: [u8; 3]) -> [u8; 4] {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let bits = u32::from_be_bytes([0, a, b, c]);
    [18, 12, 6, 0].map(|shift| ALPHABET[(bits >> shift & 63) as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_that_of_the_standard() {
        for (plain, expected) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foobar", "Zm9vYmFy")] {
            let mut out = Vec::new();
            let mut base64 = Base64::new(&mut out);
            base64.write_all(plain.as_bytes()).unwrap();
            base64.finish().unwrap();
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        }
        let long = vec![b'a'; 3 * CHUNK + 1];
        let mut out = Vec::new();
        let mut base64 = Base64::new(&mut out);
        base64.write_all(&long).unwrap();
        base64.finish().unwrap();
        assert_eq!(out.len(), long.len().div_ceil(3) * 4);
        assert!(out.starts_with(b"YWFh") && out.ends_with(b"YWFhYQ=="));
    }
}
