//! The bytes of one record. They are put down without checksums, which is cheap, and sealed with
//! them just before they are written.

use crc32fast::Hasher;

use super::Place;

/// Bytes of a record before its payload.
pub(super) const HEAD_BYTES: usize = 32;

/// Records begin at multiples of this: a search for them has fewer places to look at.
pub(super) const ALIGN: usize = 8;

/// The way back has 24 bits; this one means that nothing is known to be durable but the header of
/// the segment.
const BACK_UNKNOWN: u64 = 0xff_ffff;

/// A record's payload has fewer bytes. More would have to be held in memory twice while it is
/// written, and a length that is read from a broken file stays bounded.
pub const PAYLOAD_BYTES_MAX: usize = 1 << 31;

/// How many bytes a record with `payload_bytes` takes in the log.
#[must_use]
pub const fn record_bytes(payload_bytes: usize) -> u64 {
    (HEAD_BYTES + payload_bytes.next_multiple_of(ALIGN)) as u64
}

/// What is appended for an edit.
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// The number of the project.
    pub project: u64,
    /// The version of the project that the edit makes.
    pub version: u64,
    /// What the record is: see [`kind`](super::kind). Not 0.
    pub kind: u8,
    /// What it says, in parts.
    pub payload: &'a [&'a [u8]],
}

/// What a record says, where that may be long: it is written once, wherever there is time, and the log
/// takes it as it is.
pub struct Payload(Vec<u8>);

impl Payload {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        // Room for its head, and for what comes behind it.
        Self(vec![0; HEAD_BYTES])
    }

    /// Appends these bytes.
    pub fn put(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    /// What was written.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0[HEAD_BYTES..]
    }
}

impl Default for Payload {
    fn default() -> Self {
        Self::new()
    }
}

impl std::io::Write for Payload {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl std::fmt::Debug for Payload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Payload({} bytes)", self.bytes().len())
    }
}

/// A record without its payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) project: u64,
    pub(super) version: u64,
    pub(super) kind: u8,
    pub(super) payload_bytes: u32,
    /// Up to where the segment was durable when the record was appended, where that is known.
    pub(super) durable_end: Option<u64>,
}

impl Head {
    /// How many bytes the record takes.
    pub(super) fn record_bytes(&self) -> u64 {
        record_bytes(self.payload_bytes as usize)
    }

    /// The head in `bytes` that were found at `place`, where it is whole.
    pub(super) fn read(bytes: &[u8], place: Place) -> Option<Self> {
        let bytes: &[u8; HEAD_BYTES] = bytes.first_chunk()?;
        let kind = bytes[12];
        if kind == 0 || u32_at(bytes, 0) != checksum(&bytes[4..], place) {
            return None;
        }
        let back = u64::from(u32_at(bytes, 12) >> 8);
        let durable_end =
            if back == BACK_UNKNOWN { None } else { place.offset.checked_sub(back * 8) };
        Some(Self {
            project: u64_at(bytes, 16),
            version: u64_at(bytes, 24),
            kind,
            payload_bytes: u32_at(bytes, 8),
            durable_end,
        })
    }

    /// Whether what follows the head of the record in `bytes` is whole.
    pub(super) fn payload_is_whole(&self, bytes: &[u8], place: Place) -> bool {
        let Some(record) = bytes.get(..self.record_bytes() as usize) else { return false };
        u32_at(record, 4) == checksum(&record[HEAD_BYTES..], place)
    }

    /// The bytes of the head of a record at `offset` of its segment, without checksums.
    #[inline]
    fn bytes(&self, offset: u64) -> [u8; HEAD_BYTES] {
        let back =
            self.durable_end.map_or(BACK_UNKNOWN, |end| (offset - end) / 8).min(BACK_UNKNOWN);
        let mut head = [0; HEAD_BYTES];
        head[8..12].copy_from_slice(&self.payload_bytes.to_le_bytes());
        head[12..16].copy_from_slice(&((back as u32) << 8 | u32::from(self.kind)).to_le_bytes());
        head[16..24].copy_from_slice(&self.project.to_le_bytes());
        head[24..].copy_from_slice(&self.version.to_le_bytes());
        head
    }

    /// Makes a record at `offset` of its segment of a payload that was written behind room for this
    /// head.
    pub(super) fn complete(&self, offset: u64, payload: Payload) -> Vec<u8> {
        let Payload(mut bytes) = payload;
        bytes[..HEAD_BYTES].copy_from_slice(&self.bytes(offset));
        let padding = bytes.len().wrapping_neg() % ALIGN;
        bytes.extend_from_slice(&[0; ALIGN][..padding]);
        bytes
    }

    /// Appends the record, at `offset` of its segment, to `out`, without checksums.
    #[inline]
    pub(super) fn put(&self, offset: u64, payload: &[&[u8]], out: &mut Vec<u8>) {
        out.reserve(self.record_bytes() as usize);
        out.extend_from_slice(&self.bytes(offset));
        for part in payload {
            out.extend_from_slice(part);
        }
        let padding = (self.payload_bytes as usize).wrapping_neg() % ALIGN;
        out.extend_from_slice(&[0; ALIGN][..padding]);
    }
}

/// Fills in the checksums of all records in `bytes`, the first of which is at `place`.
pub(super) fn seal(mut bytes: &mut [u8], mut place: Place) {
    while bytes.len() >= HEAD_BYTES {
        let record_bytes = record_bytes(u32_at(bytes, 8) as usize);
        let (record, rest) = bytes.split_at_mut(record_bytes as usize);
        let payload = checksum(&record[HEAD_BYTES..], place);
        record[4..8].copy_from_slice(&payload.to_le_bytes());
        let head = checksum(&record[4..HEAD_BYTES], place);
        record[..4].copy_from_slice(&head.to_le_bytes());
        place.offset += record_bytes;
        bytes = rest;
    }
}

/// The checksum of bytes at a place: the same ones elsewhere have another.
fn checksum(bytes: &[u8], place: Place) -> u32 {
    // Two places in a segment have different beginnings, and different ones never give the same
    // checksum for the same bytes.
    let segment = (place.segment as u32).wrapping_mul(0x9e37_79b1);
    let mut hasher = Hasher::new_with_initial((place.offset / 8) as u32 ^ segment);
    hasher.update(bytes);
    hasher.finalize()
}

pub(super) fn u32_at(bytes: &[u8], at: usize) -> u32 {
    let mut number = [0; 4];
    number.copy_from_slice(&bytes[at..at + 4]);
    u32::from_le_bytes(number)
}

pub(super) fn u64_at(bytes: &[u8], at: usize) -> u64 {
    let mut number = [0; 8];
    number.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(number)
}
