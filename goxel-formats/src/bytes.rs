//! [`Cursor`]: reads little-endian numbers from bytes, and knows where it is for messages.
//!
//! Invariant: nothing is allocated by a length that the bytes behind it do not back up.

use crate::{Error, Result};

/// A place in a file that is in memory.
#[derive(Clone, Debug)]
pub(crate) struct Cursor<'a> {
    bytes: &'a [u8],
    /// Where `bytes` begins in the file.
    offset: usize,
    /// What the bytes are read as, for messages.
    format: &'static str,
}

impl<'a> Cursor<'a> {
    pub(crate) fn new(bytes: &'a [u8], format: &'static str) -> Self {
        Self { bytes, offset: 0, format }
    }

    /// Whether all bytes are read.
    pub(crate) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The next `count` bytes.
    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let Some((taken, rest)) = self.bytes.split_at_checked(count) else {
            let left = self.bytes.len();
            return Err(self.malformed(format!("{count} bytes are announced, {left} are left")));
        };
        self.bytes = rest;
        self.offset += count;
        Ok(taken)
    }

    /// The next `count` bytes as a cursor of their own.
    pub(crate) fn split(&mut self, count: usize) -> Result<Self> {
        let (offset, format) = (self.offset, self.format);
        let bytes = self.take(count)?;
        Ok(Self { bytes, offset, format })
    }

    /// All bytes that are left.
    pub(crate) fn rest(self) -> &'a [u8] {
        self.bytes
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    pub(crate) fn u8(&mut self) -> Result<u8> {
        let [byte] = self.array()?;
        Ok(byte)
    }

    pub(crate) fn u16(&mut self) -> Result<u16> {
        Ok(u16::from_le_bytes(self.array()?))
    }

    pub(crate) fn f32(&mut self) -> Result<f32> {
        Ok(f32::from_le_bytes(self.array()?))
    }

    pub(crate) fn u32(&mut self) -> Result<u32> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    pub(crate) fn i32(&mut self) -> Result<i32> {
        Ok(i32::from_le_bytes(self.array()?))
    }

    /// A length or a count: 32 bits that must not be negative.
    pub(crate) fn length(&mut self) -> Result<usize> {
        let here = self.clone();
        let length = self.i32()?;
        usize::try_from(length).map_err(|_| here.malformed(format!("a length of {length}")))
    }

    /// An array of `count` records of `record` bytes each.
    pub(crate) fn records(&mut self, count: usize, record: usize) -> Result<&'a [u8]> {
        let Some(bytes) = count.checked_mul(record) else {
            return Err(self.malformed(format!("{count} records")));
        };
        self.take(bytes)
    }

    /// The error that something is wrong here.
    pub(crate) fn malformed(&self, what: impl Into<String>) -> Error {
        Error::Malformed { format: self.format, offset: self.offset as u64, what: what.into() }
    }
}

/// Splits an array of records into numbers.
pub(crate) fn i32s<const N: usize>(record: &[u8]) -> [i32; N] {
    let mut numbers = [0; N];
    for (number, bytes) in numbers.iter_mut().zip(record.as_chunks().0) {
        *number = i32::from_le_bytes(*bytes);
    }
    numbers
}
