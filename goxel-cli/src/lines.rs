//! [`Lines`]: the lines of a file or of standard input, one at a time and of bounded length.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::error::Located;

/// A line of this length holds a command of tens of thousands of points; one without an end must
/// not fill the memory.
pub(crate) const LINE_BYTES_MAX: usize = 1 << 20;

/// The name that means standard input.
pub(crate) const STDIN: &str = "-";

/// Goes through lines.
pub(crate) struct Lines<R> {
    reader: BufReader<R>,
    name: String,
    number: u64,
    bytes_read: u64,
    buffer: Vec<u8>,
    /// How much of the buffer the line is, without its end.
    length: usize,
}

/// Opens a file, or standard input where it is called `-`.
///
/// # Errors
/// Where the file cannot be opened.
pub(crate) fn open(path: &Path) -> Result<Lines<Box<dyn Read>>> {
    if path.as_os_str() == STDIN {
        return Ok(Lines::new("stdin", Box::new(io::stdin().lock())));
    }
    let name = path.display().to_string();
    let file = File::open(path).with_context(|| format!("cannot open {name}"))?;
    Ok(Lines::new(&name, Box::new(file)))
}

impl<R: Read> Lines<R> {
    /// The lines of `reader`; `name` is what errors call it.
    pub(crate) fn new(name: &str, reader: R) -> Self {
        let reader = BufReader::with_capacity(1 << 16, reader);
        let (name, buffer) = (name.to_owned(), Vec::new());
        Self { reader, name, number: 0, bytes_read: 0, buffer, length: 0 }
    }

    /// What errors call the file.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The number of the line that was read last, from 1.
    pub(crate) fn number(&self) -> u64 {
        self.number
    }

    /// Bytes of the lines so far.
    pub(crate) fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// Whether the next line may have to be waited for.
    pub(crate) fn may_wait(&self) -> bool {
        self.reader.buffer().is_empty()
    }

    /// The line that was read last, without its end.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.buffer[..self.length]).unwrap_or_default()
    }

    /// The place of the line that was read last: `FILE:LINE`.
    fn place(&self) -> String {
        format!("{}:{}", self.name, self.number)
    }

    /// The next line, without its end.
    ///
    /// # Errors
    /// Where reading fails, or the line is no text or too long.
    pub(crate) fn next_line(&mut self) -> Result<Option<&str>> {
        self.buffer.clear();
        self.length = 0;
        let mut limited = (&mut self.reader).take(LINE_BYTES_MAX as u64 + 2);
        let count = limited
            .read_until(b'\n', &mut self.buffer)
            .with_context(|| format!("cannot read {}", self.name))?;
        if count == 0 {
            return Ok(None);
        }
        self.number += 1;
        self.bytes_read += count as u64;
        let line = self.buffer.strip_suffix(b"\n").unwrap_or(&self.buffer);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.len() > LINE_BYTES_MAX {
            return Err(Located(format!("{}: the line is too long", self.place())).into());
        }
        match std::str::from_utf8(line) {
            Ok(text) => {
                self.length = text.len();
                Ok(Some(text))
            }
            Err(_) => Err(Located(format!("{}: the line is not UTF-8", self.place())).into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_their_places() {
        let mut lines = Lines::new("f", "a\r\n\nb".as_bytes());
        for (number, expected) in [(1, "a"), (2, ""), (3, "b")] {
            assert_eq!(lines.next_line().unwrap(), Some(expected));
            assert_eq!(lines.text(), expected);
            assert_eq!(lines.place(), format!("f:{number}"));
        }
        assert_eq!(lines.next_line().unwrap(), None);
        assert_eq!((lines.text(), lines.bytes_read()), ("", 5));
    }

    #[test]
    fn lines_are_bounded() {
        let longest = "a".repeat(LINE_BYTES_MAX);
        assert!(Lines::new("f", longest.as_bytes()).next_line().is_ok());
        assert!(Lines::new("f", format!("{longest}\n").as_bytes()).next_line().is_ok());
        let error = Lines::new("f", format!("{longest}a").as_bytes()).next_line().unwrap_err();
        assert_eq!(error.to_string(), "f:1: the line is too long");
        let error = Lines::new("f", &b"\xff\n"[..]).next_line().unwrap_err();
        assert_eq!(error.to_string(), "f:1: the line is not UTF-8");
    }
}
