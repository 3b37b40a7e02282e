//! NBT, Minecraft's tree of named tags: unpacked and checked, and written as a stream.
//!
//! ```text
//! tag      u8 kind, name, payload: 1 i8, 2 i16, 3 i32, 4 i64, 5 f32, 6 f64, 7 u32 count x i8,
//!          8 string, 9 list: u8 kind, u32 count, payloads; 10 compound: tags, up to a kind of 0,
//!          11 u32 count x i32, 12 u32 count x i64
//! string   u16 length, bytes
//! ```
//!
//! Numbers are big-endian. The crate `fastnbt` reads what [`check`] has passed: by itself it would go
//! as deep as a file says. It writes from values that stand in memory, so the blocks of a world are
//! written by [`Writer`].

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;

use crate::budget::Budget;
use crate::bytes::Cursor;
use crate::{Error, Result};

/// How deep tags may be nested, as in Minecraft.
const DEPTH_MAX: usize = 512;
/// Tags of one file: each may take a hundred bytes once it is read. A large build has a hundred thousand
/// signs and chests.
const TAGS_MAX: usize = 1 << 22;
/// Bytes that a file unpacks to: a byte for each block of 800 voxels cubed.
pub(crate) const UNPACKED_BYTES_MAX: u64 = 512 << 20;
/// Bytes that are unpacked at once.
const CHUNK_BYTES: u64 = 1 << 20;

/// What a file unpacks to. It is paid for piece by piece.
pub(super) fn unpack(bytes: &[u8], budget: &mut Budget<'_>) -> Result<Vec<u8>> {
    let mut stream = MultiGzDecoder::new(bytes);
    let mut unpacked = Vec::new();
    loop {
        let more = stream.by_ref().take(CHUNK_BYTES).read_to_end(&mut unpacked);
        let more = more.map_err(|error| {
            Cursor::new(bytes, "schematic").malformed(format!("what gzip packed: {error}"))
        })?;
        if more == 0 {
            return Ok(unpacked);
        }
        budget.spend_bytes(more as u64)?;
        if unpacked.len() as u64 > UNPACKED_BYTES_MAX {
            return Err(Error::TooLarge(format!(
                "the file unpacks to more than {UNPACKED_BYTES_MAX} bytes"
            )));
        }
    }
}

/// What is being read: a compound, or so many more of a kind in a list.
enum Open {
    Compound,
    List(u8, usize),
}

/// Checks that bytes are one compound, whose tags are all there and not nested too deep.
pub(super) fn check(bytes: &[u8]) -> Result<()> {
    let mut cursor = Cursor::new(bytes, "schematic");
    if cursor.u8()? != 10 {
        return Err(Cursor::new(bytes, "schematic").malformed("what is unpacked is no compound"));
    }
    string(&mut cursor)?;
    let mut open = vec![Open::Compound];
    let mut tags = 0;
    while let Some(last) = open.last_mut() {
        let here = cursor.clone();
        let kind = match last {
            Open::Compound => cursor.u8()?,
            Open::List(_, 0) => 0,
            Open::List(kind, left) => {
                *left -= 1;
                *kind
            }
        };
        if kind == 0 {
            open.pop();
            continue;
        }
        tags += 1;
        if tags > TAGS_MAX {
            return Err(Error::TooLarge(format!("more than {TAGS_MAX} tags")));
        }
        if matches!(open.last(), Some(Open::Compound)) {
            string(&mut cursor)?;
        }
        match kind {
            9 => {
                let kind = cursor.u8()?;
                let count = big(&mut cursor)?;
                if kind == 0 && count > 0 {
                    return Err(here.malformed(format!("a list of {count} times nothing")));
                }
                open.push(Open::List(kind, count));
            }
            10 => open.push(Open::Compound),
            kind => payload(kind, &mut cursor, &here)?,
        }
        if open.len() > DEPTH_MAX {
            return Err(here.malformed(format!("tags more than {DEPTH_MAX} deep")));
        }
    }
    Ok(())
}

fn payload(kind: u8, cursor: &mut Cursor<'_>, here: &Cursor<'_>) -> Result<()> {
    let size = match kind {
        1 => 1,
        2 => 2,
        3 | 5 => 4,
        4 | 6 => 8,
        7 | 11 | 12 => {
            let count = big(cursor)?;
            let each = [1, 4, 8][usize::from(kind.saturating_sub(10))];
            cursor.records(count, each)?;
            0
        }
        8 => return string(cursor),
        other => return Err(here.malformed(format!("a tag of kind {other}"))),
    };
    cursor.take(size)?;
    Ok(())
}

fn string(cursor: &mut Cursor<'_>) -> Result<()> {
    let length = u16::from_be_bytes(cursor.array()?);
    cursor.take(length.into())?;
    Ok(())
}

/// A length, which must not be negative.
fn big(cursor: &mut Cursor<'_>) -> Result<usize> {
    let here = cursor.clone();
    let length = i32::from_be_bytes(cursor.array()?);
    usize::try_from(length).map_err(|_| here.malformed(format!("a length of {length}")))
}

/// Writes tags in gzip.
pub(super) struct Writer<W: Write>(GzEncoder<W>);

impl<W: Write> Writer<W> {
    /// Begins a file with a compound of this name.
    pub(super) fn new(out: W, name: &str) -> Result<Self> {
        let mut writer = Self(GzEncoder::new(out, Compression::new(4)));
        writer.compound(name)?;
        Ok(writer)
    }

    fn head(&mut self, kind: u8, name: &str) -> Result<()> {
        self.0.write_all(&[kind])?;
        self.text(name)
    }

    /// A text. Java writes some letters in a way of its own, which become question marks.
    fn text(&mut self, text: &str) -> Result<()> {
        let plain = |c: char| if c == '\0' || c as u32 > 0xffff { '?' } else { c };
        let text: String = text.chars().map(plain).collect();
        self.0.write_all(&(text.len() as u16).to_be_bytes())?;
        Ok(self.0.write_all(text.as_bytes())?)
    }

    pub(super) fn short(&mut self, name: &str, number: u16) -> Result<()> {
        self.head(2, name)?;
        Ok(self.0.write_all(&number.to_be_bytes())?)
    }

    pub(super) fn int(&mut self, name: &str, number: i32) -> Result<()> {
        self.head(3, name)?;
        Ok(self.0.write_all(&number.to_be_bytes())?)
    }

    pub(super) fn long(&mut self, name: &str, number: i64) -> Result<()> {
        self.head(4, name)?;
        Ok(self.0.write_all(&number.to_be_bytes())?)
    }

    pub(super) fn string(&mut self, name: &str, text: &str) -> Result<()> {
        self.head(8, name)?;
        self.text(text)
    }

    /// A compound of x, y and z.
    pub(super) fn vector(&mut self, name: &str, numbers: [i32; 3]) -> Result<()> {
        self.compound(name)?;
        for (name, number) in ["x", "y", "z"].into_iter().zip(numbers) {
            self.int(name, number)?;
        }
        self.end()
    }

    pub(super) fn ints(&mut self, name: &str, numbers: &[i32]) -> Result<()> {
        self.head(11, name)?;
        self.0.write_all(&(numbers.len() as u32).to_be_bytes())?;
        numbers.iter().try_for_each(|number| self.0.write_all(&number.to_be_bytes()))?;
        Ok(())
    }

    /// Begins an array of so many bytes, which come next.
    pub(super) fn bytes(&mut self, name: &str, count: u64) -> Result<()> {
        self.array(7, name, count)
    }

    /// Begins an array of so many words of 64 bits, which come next.
    pub(super) fn longs(&mut self, name: &str, count: u64) -> Result<()> {
        self.array(12, name, count)
    }

    fn array(&mut self, kind: u8, name: &str, count: u64) -> Result<()> {
        let count = i32::try_from(count).map_err(|_| {
            Error::TooLarge(format!("{count} blocks: a schematic has room for {}", i32::MAX))
        })?;
        self.head(kind, name)?;
        Ok(self.0.write_all(&count.to_be_bytes())?)
    }

    /// What an array holds.
    pub(super) fn raw(&mut self, bytes: &[u8]) -> Result<()> {
        Ok(self.0.write_all(bytes)?)
    }

    /// Begins a compound, which has an end.
    pub(super) fn compound(&mut self, name: &str) -> Result<()> {
        self.head(10, name)
    }

    /// Begins a list of so many compounds without names, which come next, each with an end.
    pub(super) fn compounds(&mut self, name: &str, count: u32) -> Result<()> {
        self.head(9, name)?;
        self.0.write_all(&[10])?;
        Ok(self.0.write_all(&count.to_be_bytes())?)
    }

    /// Ends a compound.
    pub(super) fn end(&mut self) -> Result<()> {
        Ok(self.0.write_all(&[0])?)
    }

    /// Ends the first compound and with it the file.
    pub(super) fn finish(mut self) -> Result<()> {
        self.end()?;
        self.0.finish()?;
        Ok(())
    }
}
