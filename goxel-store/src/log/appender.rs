//! Puts records down, each at its place, in space that is there. What it put down is taken away
//! in chunks and written by a [`Sink`](super::Sink).

use std::sync::Arc;

use super::error::LogError;
use super::files::SEGMENT_BYTES_MAX;
use super::index::Index;
use super::kind;
use super::record::{HEAD_BYTES, Head, PAYLOAD_BYTES_MAX, Payload, Record, record_bytes};
use super::segment::{HEADER_BYTES, Header, Segment, name_of};
use super::usage::SegmentUsage;
use crate::disk::{Disk, failed};

/// A chunk of this size gets no more: moving larger ones while they grow would hold up the loop.
const CHUNK_BYTES: usize = 1 << 20;

/// Bytes of one segment that follow each other.
pub(crate) struct Chunk {
    pub(super) segment: Arc<Segment>,
    pub(super) offset: u64,
    pub(super) bytes: Vec<u8>,
}

impl Chunk {
    pub(crate) fn len(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// Its memory, empty.
    pub(crate) fn into_room(mut self) -> Vec<u8> {
        self.bytes.clear();
        self.bytes
    }

    /// Moves the bytes of `later` to the end of this, where they follow it and there is room.
    pub(crate) fn extend(&mut self, later: &mut Self) -> bool {
        let follows = self.bytes.len() < CHUNK_BYTES
            && later.bytes.len() <= CHUNK_BYTES
            && self.segment.header.number == later.segment.header.number
            && self.offset + self.len() == later.offset;
        if follows {
            self.bytes.append(&mut later.bytes);
            later.offset = self.offset + self.len();
        }
        follows
    }
}

/// Why a record cannot be put down.
#[derive(Debug)]
pub(crate) enum AppendError {
    TooLarge(usize),
    Log(LogError),
}

/// Where records go.
pub(crate) struct Appender {
    disk: Arc<dyn Disk>,
    segment_bytes: u64,
    step_bytes: u64,
    /// The last segment, or the one that was last before any was begun: its number and its end.
    last: (u64, u64),
    /// What is put down in the segment that was begun last.
    chunk: Option<Chunk>,
    /// What is put down in the ones before.
    full: Vec<Chunk>,
    reserved: u64,
    /// Up to where the segment is durable.
    durable_end: u64,
    pub(crate) usage: SegmentUsage,
    /// What the segments hold that were ended and not taken.
    indexes: Vec<Index>,
}

impl Appender {
    /// Goes on behind `last`, a segment and its end, in segments of `segment_bytes` (larger ones
    /// for large records) whose space is taken `step_bytes` at a time.
    pub(crate) fn new(
        disk: Arc<dyn Disk>,
        last: (u64, u64),
        usage: SegmentUsage,
        (segment_bytes, step_bytes): (u64, u64),
    ) -> Self {
        Self {
            disk,
            segment_bytes,
            step_bytes,
            last,
            chunk: None,
            full: Vec::new(),
            reserved: 0,
            durable_end: 0,
            usage,
            indexes: Vec::new(),
        }
    }

    /// Makes sure that `bytes` more can be put down and written, in one segment.
    #[inline]
    pub(crate) fn reserve(&mut self, bytes: u64) -> Result<(), LogError> {
        // The record at the end of the log has its space as well.
        let end = self.last.1 + bytes + HEAD_BYTES as u64;
        if self.chunk.is_some() && end <= self.reserved {
            return Ok(());
        }
        self.reserve_more(bytes, end)
    }

    #[cold]
    fn reserve_more(&mut self, bytes: u64, end: u64) -> Result<(), LogError> {
        if let Some(chunk) = &self.chunk
            && end <= chunk.segment.limit
        {
            let reserved = chunk.segment.reserve(end, self.step_bytes);
            let name = chunk.segment.name();
            self.reserved = reserved.map_err(failed(&*self.disk, "take space for", &name))?;
            return Ok(());
        }
        self.begin_segment(bytes)
    }

    /// Begins a segment that has room for `bytes`.
    fn begin_segment(&mut self, bytes: u64) -> Result<(), LogError> {
        let (previous, previous_end) = self.last;
        let header = Header { number: previous + 1, previous, previous_end };
        let name = name_of(header.number);
        let file = self.disk.create(&name).map_err(failed(&*self.disk, "create", &name))?;
        let end = (HEADER_BYTES + HEAD_BYTES) as u64 + bytes;
        let limit = self.segment_bytes.min(SEGMENT_BYTES_MAX).max(end);
        let segment = Segment::new(header, file, limit);
        match segment.reserve(end, self.step_bytes) {
            Ok(reserved) => self.reserved = reserved,
            Err(error) => {
                // It has no header, so it does no harm where it stays.
                self.disk.remove(&name).map_err(failed(&*self.disk, "remove", &name))?;
                return Err(failed(&*self.disk, "take space for", &name)(error).into());
            }
        }
        let offset = HEADER_BYTES as u64;
        let chunk = Chunk { segment: Arc::new(segment), offset, bytes: Vec::new() };
        // Also an empty one: its segment has to get its header.
        self.full.extend(self.chunk.replace(chunk));
        self.last = (header.number, offset);
        self.durable_end = offset;
        self.indexes.extend(self.usage.index().filter(|index| index.end == previous_end));
        self.usage.begin(header.number);
        self.usage.add_bytes(offset);
        Ok(())
    }

    /// Puts a record down.
    #[inline]
    pub(crate) fn append(&mut self, record: &Record<'_>) -> Result<(), AppendError> {
        let payload_bytes: usize = record.payload.iter().map(|part| part.len()).sum();
        if payload_bytes >= PAYLOAD_BYTES_MAX {
            return Err(AppendError::TooLarge(payload_bytes));
        }
        let bytes = record_bytes(payload_bytes);
        self.reserve(bytes).map_err(AppendError::Log)?;
        self.put(record, payload_bytes);
        self.count(record, bytes);
        Ok(())
    }

    /// As [`Self::append`], of a record without its payload, and that: which is not copied.
    pub(crate) fn append_payload(
        &mut self,
        record: &Record<'_>,
        payload: Payload,
    ) -> Result<(), AppendError> {
        let payload_bytes = payload.bytes().len();
        if payload_bytes >= PAYLOAD_BYTES_MAX {
            return Err(AppendError::TooLarge(payload_bytes));
        }
        let bytes = record_bytes(payload_bytes);
        self.reserve(bytes).map_err(AppendError::Log)?;
        let head = self.head(record, payload_bytes);
        let Some(chunk) = &mut self.chunk else { return Ok(()) };
        let own = |offset, bytes| Chunk { segment: Arc::clone(&chunk.segment), offset, bytes };
        if !chunk.bytes.is_empty() {
            let before = own(chunk.offset, std::mem::take(&mut chunk.bytes));
            self.full.push(before);
        }
        self.full.push(own(self.last.1, head.complete(self.last.1, payload)));
        self.last.1 += bytes;
        chunk.offset = self.last.1;
        self.count(record, bytes);
        Ok(())
    }

    #[inline]
    fn count(&mut self, record: &Record<'_>, bytes: u64) {
        if record.kind == kind::TIME {
            self.usage.add_time(record.version, bytes);
        } else {
            self.usage.add(record.project, record.version, record.kind, bytes);
        }
    }

    fn head(&self, record: &Record<'_>, payload_bytes: usize) -> Head {
        Head {
            project: record.project,
            version: record.version,
            kind: record.kind,
            payload_bytes: payload_bytes as u32,
            durable_end: Some(self.durable_end),
        }
    }

    fn put(&mut self, record: &Record<'_>, payload_bytes: usize) {
        let head = self.head(record, payload_bytes);
        let Some(chunk) = &mut self.chunk else { return };
        head.put(self.last.1, record.payload, &mut chunk.bytes);
        self.last.1 += record_bytes(payload_bytes);
    }

    /// Puts down that the log ends here, in order. Its space is always there.
    pub(crate) fn put_end(&mut self) {
        self.put(&Record { project: 0, version: 0, kind: kind::END, payload: &[] }, 0);
    }

    /// How many bytes were put down and not taken.
    #[inline]
    pub(crate) fn waiting(&self) -> u64 {
        let here = self.chunk.as_ref().map_or(0, Chunk::len);
        if self.full.is_empty() {
            here
        } else {
            here + self.full.iter().map(Chunk::len).sum::<u64>()
        }
    }

    /// Takes what was put down: behind what `chunks` end with, or as more of them. What is put down
    /// next goes to `spare`, where that is needed.
    pub(crate) fn take(&mut self, chunks: &mut Vec<Chunk>, spare: &mut Vec<u8>) {
        for chunk in self.full.drain(..) {
            put_behind(chunks, chunk);
        }
        let Some(chunk) = &mut self.chunk else { return };
        if chunks.last_mut().is_some_and(|last| last.extend(chunk)) {
            return;
        }
        let bytes = std::mem::replace(&mut chunk.bytes, std::mem::take(spare));
        let taken = Chunk { segment: Arc::clone(&chunk.segment), offset: chunk.offset, bytes };
        chunk.offset = self.last.1;
        chunks.push(taken);
    }

    /// Takes what the segments hold that were ended.
    pub(crate) fn take_indexes(&mut self) -> Vec<Index> {
        std::mem::take(&mut self.indexes)
    }

    /// The log is durable up to this place.
    pub(crate) fn set_durable(&mut self, (segment, end): (u64, u64)) {
        if segment == self.last.0 {
            self.durable_end = self.durable_end.max(end);
        }
    }
}

fn put_behind(chunks: &mut Vec<Chunk>, mut chunk: Chunk) {
    if !chunks.last_mut().is_some_and(|last| last.extend(&mut chunk)) {
        chunks.push(chunk);
    }
}
