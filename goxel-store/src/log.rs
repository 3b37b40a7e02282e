//! The log: records of all projects, in segments.
//!
//! A segment is a file `log-` and its number in 16 hexadecimal digits. Records never span
//! segments. All numbers are little-endian:
//!
//! ```text
//! header of a segment               record, at a multiple of 8
//!  0  8 "GOXELLOG"                   0  4 CRC-32 of bytes 4..32, begun with the place
//!  8  4 version of the format        4  4 CRC-32 of what follows byte 32, begun with the place
//! 12  4 CRC-32 of all other bytes    8  4 bytes of payload
//! 16  8 number of this segment      12  1 kind
//! 24  8 number of the one before    13  3 eighths of the way back to what was durable
//! 32  8 bytes in the one before     16  8 project
//! 40    records                     24  8 version of the project
//!                                   32    payload, and zeros up to a multiple of 8
//! ```
//!
//! # Torn or damaged
//! A power cut may leave any part of what was not synced, also a later record without an earlier
//! one. So each record says up to where the segment was durable when it was appended. A bad record
//! before that place is damage; one behind it was never durable, and the segment is cut there. The
//! header of a segment is written once the segment before is durable, and says where that one ends:
//! in all segments but the last everything bad is damage. A log closed in order ends with a record
//! of kind [`kind::END`], so then, too.

mod appender;
mod error;
mod files;
mod index;
mod index_check;
mod inspect;
mod past;
mod record;
mod records;
mod recovery;
mod scan;
mod segment;
mod share;
mod sink;
mod usage;

pub use self::error::{Concerns, Damage, LogError};
pub use self::past::Past;
pub use self::record::{PAYLOAD_BYTES_MAX, Payload, Record, record_bytes};
pub use self::records::{Found, Records};
pub use self::share::{Part, Share, leads_on};

pub(crate) use self::appender::{AppendError, Appender, Chunk};
pub(crate) use self::files::{UNREPAIRED, begin_behind};
pub(crate) use self::index::{Index, index_name, indexed_number, is_unfinished_index};
pub(crate) use self::index_check::wrong_indexes;
pub(crate) use self::inspect::{Bad, Seen, Why, inspect};
pub(crate) use self::recovery::survey;
pub(crate) use self::segment::{name_of, number_of};
pub(crate) use self::sink::Sink;

/// What records are, for those who write and replay them. The log itself tells the end of a log from others,
/// times, and for its indexes what begins and ends a project.
pub mod kind {
    /// A project was opened.
    pub const OPENED: u8 = 1;
    /// A call that changed a project.
    pub const CALL: u8 = 2;
    /// A voxel was set.
    pub const POINT: u8 = 3;
    /// Voxels were set.
    pub const POINTS: u8 = 4;
    /// What a change left behind, where doing it again may end differently.
    pub const CHANGE: u8 = 5;
    /// A transaction was begun.
    pub const BEGIN: u8 = 6;
    /// A transaction was committed.
    pub const COMMIT: u8 = 7;
    /// A transaction was rolled back.
    pub const ROLLBACK: u8 = 8;
    /// A project was closed.
    pub const CLOSED: u8 = 9;
    /// A project was deleted.
    pub const DELETED: u8 = 10;
    /// A project was the current one when the daemon ended. Its version does not count.
    pub const CURRENT: u8 = 11;
    /// What time it is: the version is milliseconds since 1970, which never go back. It is of no project.
    pub const TIME: u8 = 12;
    /// As [`CHANGE`], with the method that made it.
    pub const EFFECT: u8 = 13;
    /// The log was closed in order. The log writes it itself.
    pub const END: u8 = 255;
}

/// Where a record is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The number of the segment.
    pub segment: u64,
    /// The first byte of the record in it.
    pub offset: u64,
}

#[cfg(test)]
mod tests;
