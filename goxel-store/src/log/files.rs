//! Reading files of the log, and what to say where that fails.

use super::error::LogError;
use super::record::PAYLOAD_BYTES_MAX;
use super::segment::{Header, name_of};
use crate::disk::{Disk, DiskFile, failed};

/// No segment is longer: it holds the largest record, the record at the end, and their heads. A file
/// that is longer was not written here, and is not read into memory.
pub(super) const SEGMENT_BYTES_MAX: u64 = PAYLOAD_BYTES_MAX as u64 + (1 << 12);

/// What the names of files begin with that a repair is at.
pub(crate) const UNREPAIRED: &str = "repair-";

/// A segment's file, and all that is in it.
pub(super) fn read_segment(
    disk: &dyn Disk,
    name: &str,
) -> Result<(Box<dyn DiskFile>, Vec<u8>), LogError> {
    let file = disk.open(name).map_err(failed(disk, "open", name))?;
    let bytes = file.read_all(SEGMENT_BYTES_MAX).map_err(failed(disk, "read", name))?;
    Ok((file, bytes))
}

/// Makes a segment without records, for a log that is to begin behind the segment of a number.
pub(crate) fn begin_behind(disk: &dyn Disk, previous: u64) -> Result<(), LogError> {
    let header = Header { number: previous + 1, previous, previous_end: 0 };
    let name = name_of(header.number);
    let file = disk.create(&name).map_err(failed(disk, "create", &name))?;
    file.write_all_at(&header.bytes(), 0).map_err(failed(disk, "write", &name))?;
    Ok(file.sync_data().map_err(failed(disk, "sync", &name))?)
}
