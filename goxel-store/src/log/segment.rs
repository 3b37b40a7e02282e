//! A segment: a file of the log, its name and its header.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::record::{u32_at, u64_at};
use crate::disk::DiskFile;

/// The version of the format that is written.
pub(super) const FORMAT: u32 = 1;

/// Bytes before the first record.
pub(super) const HEADER_BYTES: usize = 40;

const MAGIC: &[u8; 8] = b"GOXELLOG";
const PREFIX: &str = "log-";
const DIGITS: usize = 16;

/// The name of a segment's file.
pub(crate) fn name_of(number: u64) -> String {
    format!("{PREFIX}{number:016x}")
}

/// The number of the segment whose file has this name.
pub(crate) fn number_of(name: &str) -> Option<u64> {
    let digits = name.strip_prefix(PREFIX)?;
    let plain = digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    if digits.len() != DIGITS || !plain {
        return None;
    }
    u64::from_str_radix(digits, 16).ok()
}

/// What a segment begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) number: u64,
    /// The segment before, 0 where there was none, and how many bytes it has.
    pub(super) previous: u64,
    pub(super) previous_end: u64,
}

/// What stands where a header should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HeaderRead {
    Whole(Header),
    OtherFormat(u32),
    Bad,
}

impl Header {
    pub(super) fn bytes(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        bytes[..8].copy_from_slice(MAGIC);
        bytes[8..12].copy_from_slice(&FORMAT.to_le_bytes());
        bytes[16..24].copy_from_slice(&self.number.to_le_bytes());
        bytes[24..32].copy_from_slice(&self.previous.to_le_bytes());
        bytes[32..].copy_from_slice(&self.previous_end.to_le_bytes());
        let sum = checksum(&bytes);
        bytes[12..16].copy_from_slice(&sum.to_le_bytes());
        bytes
    }

    /// The header of segment `number` in the bytes of its file.
    pub(super) fn read(bytes: &[u8], number: u64) -> HeaderRead {
        let Some(bytes) = bytes.first_chunk::<HEADER_BYTES>() else { return HeaderRead::Bad };
        if bytes[..8] != *MAGIC || u32_at(bytes, 12) != checksum(bytes) {
            return HeaderRead::Bad;
        }
        let format = u32_at(bytes, 8);
        if format != FORMAT {
            return HeaderRead::OtherFormat(format);
        }
        let header = Self {
            number: u64_at(bytes, 16),
            previous: u64_at(bytes, 24),
            previous_end: u64_at(bytes, 32),
        };
        // A file under the name of another is as good as none.
        if header.number == number { HeaderRead::Whole(header) } else { HeaderRead::Bad }
    }
}

/// The checksum of a header but for itself.
fn checksum(bytes: &[u8; HEADER_BYTES]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&bytes[..12]);
    hasher.update(&bytes[16..]);
    hasher.finalize()
}

/// A segment that is written. Whoever appends takes space in it, whoever writes fills it.
pub(crate) struct Segment {
    pub(super) header: Header,
    pub(super) file: Box<dyn DiskFile>,
    /// It never gets longer.
    pub(super) limit: u64,
    reserved: AtomicU64,
    growing: Mutex<()>,
}

impl Segment {
    pub(super) fn new(header: Header, file: Box<dyn DiskFile>, limit: u64) -> Self {
        Self { header, file, limit, reserved: AtomicU64::new(0), growing: Mutex::new(()) }
    }

    /// Up to where writing cannot fail for want of space.
    pub(super) fn reserved(&self) -> u64 {
        self.reserved.load(Ordering::Acquire)
    }

    /// Takes space up to `end` at least, and `ahead` bytes more where there are so many.
    pub(super) fn reserve(&self, end: u64, ahead: u64) -> io::Result<u64> {
        let _growing = self.growing.lock().unwrap_or_else(PoisonError::into_inner);
        let there = self.reserved();
        if there >= end {
            return Ok(there);
        }
        let mut wanted = (end + ahead).min(self.limit).max(end);
        if self.file.allocate(wanted).is_err() {
            wanted = end;
            self.file.allocate(wanted)?;
        }
        self.reserved.store(wanted, Ordering::Release);
        Ok(wanted)
    }

    pub(super) fn name(&self) -> String {
        name_of(self.header.number)
    }
}
