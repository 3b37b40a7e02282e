//! [`Source`]: a file's points as records, a chunk at a time.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use anyhow::{Context as _, Result};
use goxel_proto::types::Rgba;

use crate::error::Located;
use crate::lines::STDIN;
use crate::parse::{Point, fast};

/// What is read at once. A pipe holds a quarter of it.
const READ_BYTES: usize = 1 << 18;
/// A point takes less than a hundred bytes; a line without an end must not fill the memory.
const LINE_BYTES_MAX: usize = 1 << 16;

/// Reads points from lines: `x,y,z` with a colour or without, or JSON. Empty lines, comments (`#`)
/// and a header line (`x,y,z...`) are passed over.
pub(crate) struct Source<R> {
    reader: R,
    name: String,
    /// How long the file is, where that is known.
    length: Option<u64>,
    buffer: Vec<u8>,
    /// What was not read into records yet: from here to `end`.
    start: usize,
    end: usize,
    ended: bool,
    bytes_read: u64,
    lines: u64,
    /// A point or a header was seen: what comes now are points.
    begun: bool,
}

/// Opens a file, or standard input where it is called `-`.
///
/// # Errors
/// Where the file cannot be opened.
pub(crate) fn open(path: &Path) -> Result<Source<Box<dyn Read>>> {
    if path.as_os_str() == STDIN {
        return Ok(Source::new("stdin", Box::new(io::stdin())));
    }
    let name = path.display().to_string();
    let file = File::open(path).with_context(|| format!("cannot open {name}"))?;
    let length = file.metadata().ok().filter(std::fs::Metadata::is_file).map(|file| file.len());
    Ok(Source { length, ..Source::new(&name, Box::new(file)) })
}

impl<R: Read> Source<R> {
    /// The points of `reader`; `name` is what errors call it.
    pub(crate) fn new(name: &str, reader: R) -> Self {
        Self {
            reader,
            name: name.to_owned(),
            length: None,
            buffer: vec![0; READ_BYTES],
            start: 0,
            end: 0,
            ended: false,
            bytes_read: 0,
            lines: 0,
            begun: false,
        }
    }

    /// How long the file is, where that is known.
    pub(crate) fn length(&self) -> Option<u64> {
        self.length
    }

    /// Bytes read so far.
    pub(crate) fn bytes_read(&self) -> u64 {
        self.bytes_read
    }

    /// Replaces `records` with those of up to `count` points; fewer at the end of the file or
    /// before a line that is no point. A point without a colour gets `colour`.
    ///
    /// # Errors
    /// Where a line is no point; then those before it are in `records`.
    pub(crate) fn fill(&mut self, records: &mut Vec<u8>, count: usize, colour: Rgba) -> Result<()> {
        records.clear();
        for _ in 0..count {
            let Some(point) = self.next_point()? else { break };
            let mut record = [0; 16];
            let axes = point.pos.to_array();
            for (bytes, axis) in record.chunks_exact_mut(4).zip(axes) {
                bytes.copy_from_slice(&axis.to_le_bytes());
            }
            record[12..].copy_from_slice(&point.rgba.unwrap_or(colour).0);
            records.extend_from_slice(&record);
        }
        Ok(())
    }

    #[inline]
    fn next_point(&mut self) -> Result<Option<Point>> {
        if let Some((point, length)) = fast::line(&self.buffer[self.start..self.end]) {
            self.start += length;
            self.lines += 1;
            self.begun = true;
            return Ok(Some(point));
        }
        self.next_unusual_point()
    }

    /// The next point, where the next line is another one than most, or not all in the buffer.
    #[cold]
    fn next_unusual_point(&mut self) -> Result<Option<Point>> {
        loop {
            let rest = &self.buffer[self.start..self.end];
            let Some(length) = memchr::memchr(b'\n', rest) else {
                if !self.ended {
                    self.read()?;
                    // What was cut off may be a common line.
                    if let Some((point, length)) = fast::line(&self.buffer[self.start..self.end]) {
                        self.start += length;
                        self.lines += 1;
                        self.begun = true;
                        return Ok(Some(point));
                    }
                    continue;
                }
                if rest.is_empty() {
                    return Ok(None);
                }
                match self.line(rest.len(), rest.len())? {
                    Some(point) => return Ok(Some(point)),
                    None => continue,
                }
            };
            if let Some(point) = self.line(length, length + 1)? {
                return Ok(Some(point));
            }
        }
    }

    /// Takes a line of `length` bytes, `taken` with its end; gives its point, if it has one.
    fn line(&mut self, length: usize, taken: usize) -> Result<Option<Point>> {
        let line = self.start..self.start + length;
        self.start += taken;
        self.lines += 1;
        let Ok(text) = std::str::from_utf8(&self.buffer[line]) else {
            return Err(Located(format!("{}: the line is not UTF-8", self.place())).into());
        };
        let text = text.strip_suffix('\r').unwrap_or(text);
        let trimmed = text.trim_start();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            return Ok(None);
        }
        let begun = std::mem::replace(&mut self.begun, true);
        if !begun && is_header(trimmed) {
            return Ok(None);
        }
        text.parse().map(Some).map_err(|error: crate::parse::ParseError| {
            Located(format!("{}:{}: {error}", self.place(), error.column)).into()
        })
    }

    fn place(&self) -> String {
        format!("{}:{}", self.name, self.lines)
    }

    /// Reads more behind what is there.
    fn read(&mut self) -> Result<()> {
        if self.end - self.start > LINE_BYTES_MAX {
            let place = format!("{}:{}", self.name, self.lines + 1);
            return Err(Located(format!("{place}: the line is too long")).into());
        }
        self.buffer.copy_within(self.start..self.end, 0);
        self.end -= self.start;
        self.start = 0;
        let count = loop {
            match self.reader.read(&mut self.buffer[self.end..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other.with_context(|| format!("cannot read {}", self.name))?,
            }
        };
        self.ended = count == 0;
        self.end += count;
        self.bytes_read += count as u64;
        Ok(())
    }
}

/// Whether a line names the columns, as exporters of tables write it.
fn is_header(line: &str) -> bool {
    let first = line.split([',', ' ', '\t']).find(|field| !field.is_empty());
    first.is_some_and(|field| field.trim_matches('"').eq_ignore_ascii_case("x"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads a few bytes at a time, so that lines are cut everywhere.
    struct Drip<'a>(&'a [u8], usize);

    impl Read for Drip<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len());
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    fn read(text: &[u8], step: usize) -> Result<Vec<[i32; 4]>> {
        let mut source = Source::new("f", Drip(text, step));
        let mut records = Vec::new();
        source.fill(&mut records, usize::MAX, Rgba::WHITE)?;
        let numbers = |record: &[u8]| {
            let (words, _) = record.as_chunks::<4>();
            [0, 1, 2, 3].map(|at| i32::from_le_bytes(words[at]))
        };
        Ok(records.chunks(16).map(numbers).collect())
    }

    const WHITE: i32 = -1;

    #[test]
    fn files_of_points() {
        let check = |text: &str, expected: &[[i32; 4]]| {
            for step in [1, 2, 7, 1 << 20] {
                assert_eq!(read(text.as_bytes(), step).unwrap(), expected, "{text} by {step}");
            }
        };
        let grey = i32::from_le_bytes([4, 5, 6, 7]);
        let text =
            "# a comment\n\nx,y,z,r,g,b,a\n1,2,3,4,5,6,7\n -1 2 3\n  # more\n4\t5\t6\r\n7,8,9";
        check(text, &[[1, 2, 3, grey], [-1, 2, 3, WHITE], [4, 5, 6, WHITE], [7, 8, 9, WHITE]]);
        check("X Y Z\n1 2 3", &[[1, 2, 3, WHITE]]);
        check("", &[]);
        let json =
            "[1,2,3]\n{\"x\":4,\"y\":5,\"z\":6,\"r\":4,\"g\":5,\"b\":6,\"a\":7}\n1,2,3,white\n";
        check(json, &[[1, 2, 3, WHITE], [4, 5, 6, grey], [1, 2, 3, WHITE]]);
    }

    #[test]
    fn bad_points_are_placed() {
        let check = |text: &str, expected| {
            let error = read(text.as_bytes(), 3).unwrap_err();
            assert_eq!(error.to_string(), expected);
        };
        check("1,2,3\n1,2,q\n", "f:2:5: `q` is not a coordinate (an integer)");
        check("1,2,3\nx,y,z\n", "f:2:1: `x` is not a coordinate (an integer)");
        check("# c\n1 2\n", "f:2:1: a point has 3, 4, 6 or 7 parts (x,y,z,COLOR), not 2");
        check("1,2,3\n\n1,2,3,256,0,0", "f:3:7: `256` is not a number from 0 to 255");
        check(
            "[1,2,3]\n[1,2]\n",
            "f:2:1: a point is [x,y,z], [x,y,z,\"COLOR\"] or [x,y,z,r,g,b,a]",
        );
        let error = read(b"1,2,3\n\xff\n", 3).unwrap_err();
        assert_eq!(error.to_string(), "f:2: the line is not UTF-8");
    }

    #[test]
    fn lines_are_bounded() {
        let line = |blanks| "1,2,3\n".to_owned() + &" ".repeat(blanks) + "1,2,3\n";
        assert_eq!(read(line(LINE_BYTES_MAX - 5).as_bytes(), 4096).unwrap().len(), 2);
        let error = read(line(1 << 20).as_bytes(), 4096).unwrap_err();
        assert_eq!(error.to_string(), "f:2: the line is too long");
    }
}
