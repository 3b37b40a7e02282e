//! [`Index`]: what a segment holds of which project, in a file beside it, so that a start and who asks for an
//! older version need not read all of them.
//!
//! ```text
//!  0  8 "GOXINDEX"                          40  8 time of its last record
//!  8  4 version of the format               48  4 number of projects
//! 12  4 CRC-32 of all other bytes           52  4 0
//! 16  8 number of the segment               56    projects, by rising number, 56 bytes each
//! 24  8 bytes in the segment
//! 32  8 time when it was begun
//!
//! project
//!  0  8 number                              32  8 bytes of its records
//!  8  8 version before its first record     40  8 time of its first record
//! 16  8 version of its first record         48  7 time of its last record
//! 24  8 its highest version                 55  1 flags: 1 opened, 2 deleted
//! ```
//!
//! Times are milliseconds since 1970, 0 where none is known. It says nothing that the segment does not say: one
//! that is missing or damaged is written anew by the next start. One whose segment ends elsewhere is not
//! believed: that was not durable when the index was written.

use std::collections::BTreeMap;

use super::record::{u32_at, u64_at};
use super::segment::name_of;
use super::share::Share;
use crate::disk::Disk;

const MAGIC: &[u8; 8] = b"GOXINDEX";
const FORMAT: u32 = 1;
const HEAD_BYTES: usize = 56;
const SHARE_BYTES: usize = 56;
const PREFIX: &str = "index-";
/// What a file that is being written is called at its end.
const UNFINISHED: &str = ".tmp";
/// No index is larger: a segment has a record of 32 bytes at least of each project.
pub(super) const BYTES_MAX: u64 = 1 << 28;
/// Times of the last record have so many bits; the year 4.5 million has more.
const TIME_BITS: u32 = 56;
const OPENED: u64 = 1 << TIME_BITS;
const DELETED: u64 = 2 << TIME_BITS;

/// What there is in a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Index {
    pub(crate) number: u64,
    pub(crate) end: u64,
    pub(crate) began_ms: u64,
    pub(crate) last_ms: u64,
    pub(crate) shares: BTreeMap<u64, Share>,
}

/// The name of the file of a segment's index.
pub(crate) fn index_name(number: u64) -> String {
    format!("{PREFIX}{number:016x}")
}

/// The segment whose index has this name.
pub(crate) fn indexed_number(name: &str) -> Option<u64> {
    let number = u64::from_str_radix(name.strip_prefix(PREFIX)?, 16).ok()?;
    (index_name(number) == name).then_some(number)
}

/// Whether an index was being written under this name.
pub(crate) fn is_unfinished_index(name: &str) -> bool {
    name.strip_suffix(UNFINISHED).is_some_and(|name| indexed_number(name).is_some())
}

impl Index {
    pub(crate) fn bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&FORMAT.to_le_bytes());
        bytes.extend_from_slice(&[0; 4]);
        for number in [self.number, self.end, self.began_ms, self.last_ms, self.shares.len() as u64]
        {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        for (project, share) in &self.shares {
            let flags = if share.is_opened { OPENED } else { 0 }
                | if share.is_deleted { DELETED } else { 0 };
            let numbers = [
                *project,
                share.after,
                share.first_version,
                share.last_version,
                share.bytes,
                share.first_ms,
                share.last_ms & (OPENED - 1) | flags,
            ];
            numbers.iter().for_each(|number| bytes.extend_from_slice(&number.to_le_bytes()));
        }
        let sum = checksum(&bytes);
        bytes[12..16].copy_from_slice(&sum.to_le_bytes());
        bytes
    }

    /// What these bytes say of a segment. `None` where they are not as they were written, or of another
    /// version of the format.
    pub(crate) fn parse(bytes: &[u8], number: u64) -> Option<Self> {
        let is_whole = bytes.len() >= HEAD_BYTES
            && bytes.starts_with(MAGIC)
            && u32_at(bytes, 12) == checksum(bytes)
            && u32_at(bytes, 8) == FORMAT
            && u64_at(bytes, 16) == number;
        if !is_whole || u64_at(bytes, 48) != ((bytes.len() - HEAD_BYTES) / SHARE_BYTES) as u64 {
            return None;
        }
        let shares = bytes[HEAD_BYTES..].chunks_exact(SHARE_BYTES).map(|of| {
            let last = u64_at(of, 48);
            let share = Share {
                after: u64_at(of, 8),
                first_version: u64_at(of, 16),
                last_version: u64_at(of, 24),
                bytes: u64_at(of, 32),
                first_ms: u64_at(of, 40),
                last_ms: last & (OPENED - 1),
                is_opened: last & OPENED != 0,
                is_deleted: last & DELETED != 0,
            };
            (u64_at(of, 0), share)
        });
        Some(Self {
            number,
            end: u64_at(bytes, 24),
            began_ms: u64_at(bytes, 32),
            last_ms: u64_at(bytes, 40),
            shares: shares.collect(),
        })
    }

    /// The projects that were deleted there.
    pub(crate) fn deleted(&self) -> impl Iterator<Item = u64> + '_ {
        self.shares.iter().filter(|(_, share)| share.is_deleted).map(|(project, _)| *project)
    }

    /// Whether this is what was counted anew of the same segment, where nobody knows what was before it.
    pub(super) fn is_of(&self, counted: &Self) -> bool {
        let key = |(project, share): (&u64, &Share)| {
            let Share { first_version, last_version, bytes, is_opened, is_deleted, .. } = *share;
            (*project, first_version, last_version, bytes, is_opened, is_deleted)
        };
        (self.number, self.end) == (counted.number, counted.end)
            && self.shares.iter().map(key).eq(counted.shares.iter().map(key))
    }

    /// The index of a segment that ends there, where there is one.
    pub(crate) fn read(disk: &dyn Disk, number: u64, end: u64) -> Option<Self> {
        let file = disk.open(&index_name(number)).ok()?;
        let index = Self::parse(&file.read_all(BYTES_MAX).ok()?, number)?;
        (index.end == end).then_some(index)
    }

    /// Writes it, unless its segment is gone by now. A power cut may lose it, which does no harm.
    pub(crate) fn write(&self, disk: &dyn Disk) -> std::io::Result<()> {
        if disk.open(&name_of(self.number)).is_err() {
            return Ok(());
        }
        let name = index_name(self.number);
        let unfinished = format!("{name}{UNFINISHED}");
        // One that could not be removed when writing it failed.
        let _ = disk.remove(&unfinished);
        let written = disk
            .create(&unfinished)
            .and_then(|file| file.write_all_at(&self.bytes(), 0))
            .and_then(|()| disk.rename(&unfinished, &name));
        if written.is_err() {
            let _ = disk.remove(&unfinished);
        }
        written
    }
}

fn checksum(bytes: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&bytes[..12]);
    hasher.update(&bytes[16..]);
    hasher.finalize()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Index {
        let share = Share {
            after: 4,
            first_version: 5,
            last_version: 9,
            bytes: 400,
            first_ms: 1_700_000_000_000,
            last_ms: 1_700_000_001_000,
            is_opened: true,
            is_deleted: false,
        };
        let deleted = Share { is_opened: false, is_deleted: true, ..share };
        let shares = BTreeMap::from([(1, share), (1 << 49, deleted)]);
        Index { number: 7, end: 1000, began_ms: 3, last_ms: 8, shares }
    }

    #[test]
    fn an_index_is_read_as_it_was_written() {
        for index in [sample(), Index { shares: BTreeMap::new(), ..sample() }] {
            assert_eq!(Index::parse(&index.bytes(), 7), Some(index.clone()));
            assert_eq!(Index::parse(&index.bytes(), 8), None, "another segment's");
        }
    }

    #[test]
    fn one_that_is_not_as_it_was_written_is_none() {
        let bytes = sample().bytes();
        for end in 0..bytes.len() {
            assert_eq!(Index::parse(&bytes[..end], 7), None, "cut at {end}");
        }
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(Index::parse(&flipped, 7), None, "bit {bit}");
        }
    }

    #[test]
    fn names_are_read_as_they_were_written() {
        for number in [0, 1, u64::MAX] {
            assert_eq!(indexed_number(&index_name(number)), Some(number));
        }
        assert!(is_unfinished_index("index-0000000000000001.tmp"));
        for name in ["index-", "index-1", "index-000000000000000A", "log-0000000000000001"] {
            assert_eq!(indexed_number(name), None, "{name}");
        }
    }
}
