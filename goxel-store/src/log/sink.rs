//! Writes what was put down, and makes it durable.

use std::sync::Arc;

use super::Place;
use super::appender::Chunk;
use super::error::LogError;
use super::record::seal;
use super::segment::{HEADER_BYTES, Segment};
use crate::disk::{Disk, failed};

/// Where chunks are written, in the order in which they were put down.
pub(crate) struct Sink {
    disk: Arc<dyn Disk>,
    segment: Option<Arc<Segment>>,
    /// Up to where the segment is written.
    end: u64,
    /// Up to where it is durable.
    durable_end: u64,
}

impl Sink {
    pub(crate) fn new(disk: Arc<dyn Disk>) -> Self {
        Self { disk, segment: None, end: 0, durable_end: 0 }
    }

    /// Writes a chunk.
    pub(crate) fn write(&mut self, chunk: &mut Chunk) -> Result<(), LogError> {
        let number = chunk.segment.header.number;
        if self.segment.as_ref().is_none_or(|segment| segment.header.number != number) {
            self.begin(Arc::clone(&chunk.segment))?;
        }
        seal(&mut chunk.bytes, Place { segment: number, offset: chunk.offset });
        let written = chunk.segment.file.write_all_at(&chunk.bytes, chunk.offset);
        written.map_err(failed(&*self.disk, "write", &chunk.segment.name()))?;
        self.end = chunk.offset + chunk.len();
        Ok(())
    }

    /// Ends a segment, and begins another: its header says that the one before is durable.
    fn begin(&mut self, segment: Arc<Segment>) -> Result<(), LogError> {
        self.finish()?;
        let (disk, name) = (&*self.disk, segment.name());
        let header = segment.header.bytes();
        segment.file.write_all_at(&header, 0).map_err(failed(disk, "write", &name))?;
        // Before any record, so that records without a header are damage.
        segment.file.sync_data().map_err(failed(disk, "sync", &name))?;
        disk.sync_dir().map_err(failed(disk, "sync the directory for", &name))?;
        self.end = HEADER_BYTES as u64;
        self.durable_end = self.end;
        self.segment = Some(segment);
        Ok(())
    }

    /// Makes durable what is written.
    pub(crate) fn sync(&mut self) -> Result<(), LogError> {
        let Some(segment) = &self.segment else { return Ok(()) };
        if self.durable_end < self.end {
            let synced = segment.file.sync_data();
            synced.map_err(failed(&*self.disk, "sync", &segment.name()))?;
            self.durable_end = self.end;
        }
        Ok(())
    }

    /// Gives back the space behind what is written, and makes that durable.
    pub(crate) fn finish(&mut self) -> Result<(), LogError> {
        let Some(segment) = &self.segment else { return Ok(()) };
        let (disk, name) = (&*self.disk, segment.name());
        segment.file.set_len(self.end).map_err(failed(disk, "cut", &name))?;
        segment.file.sync_data().map_err(failed(disk, "sync", &name))?;
        self.durable_end = self.end;
        Ok(())
    }

    /// Takes space ahead, where less than half of `step_bytes` are left, so that whoever appends
    /// need not. What fails is tried again by them.
    pub(crate) fn reserve_ahead(&self, step_bytes: u64) {
        if let Some(segment) = &self.segment {
            let end = (self.end + step_bytes / 2).min(segment.limit);
            let _ = segment.reserve(end, step_bytes);
        }
    }

    /// Whether less than half of `step_bytes` are left ahead.
    pub(crate) fn is_short_of_space(&self, step_bytes: u64) -> bool {
        self.segment.as_ref().is_some_and(|segment| {
            segment.reserved() < (self.end + step_bytes / 2).min(segment.limit)
        })
    }

    /// Whether anything was written.
    pub(crate) fn has_segment(&self) -> bool {
        self.segment.is_some()
    }

    /// The segment that is written, and up to where it is durable.
    pub(crate) fn durable(&self) -> (u64, u64) {
        let number = self.segment.as_ref().map_or(0, |segment| segment.header.number);
        (number, self.durable_end)
    }

    /// Whether anything written is not durable.
    pub(crate) fn is_durable(&self) -> bool {
        self.durable_end == self.end
    }
}
