//! What goes wrong with a log, in words.

use std::fmt;

use thiserror::Error;

use crate::disk::DiskError;

/// Why the log cannot be read or written.
#[derive(Debug, Error)]
pub enum LogError {
    /// The system refused something.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// It is being put together anew, and was not yet when that was stopped.
    #[error(
        "data directory {place}: a repair of it was not finished: run `goxel-cli repair {place}` again"
    )]
    Unrepaired {
        /// The data directory.
        place: String,
    },
    /// Somebody else wrote the directory.
    #[error(
        "data directory {place}: {name} has version {found} of the format, this program reads {ours}: \
         use the version of Goxel that wrote it, or another directory"
    )]
    Format {
        /// The data directory.
        place: String,
        /// The file.
        name: String,
        /// The version that it has.
        found: u32,
        /// The version that this program writes.
        ours: u32,
    },
}

impl LogError {
    /// Whether there is no space left.
    #[must_use]
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Disk(error) if error.is_full())
    }
}

/// Bytes that were durable once and cannot be read any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The segment's file.
    pub name: String,
    /// The first bad byte.
    pub offset: u64,
    /// How many bytes there are up to the next good record.
    pub bytes: u64,
    /// Whose records they may have held.
    pub concerns: Concerns,
}

/// Whose records were damaged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Concerns {
    /// No records.
    Nobody,
    /// This project's.
    Project(u64),
    /// Any project's: what is left does not say.
    Unknown,
}

impl fmt::Display for Damage {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, offset, bytes, concerns } = self;
        write!(out, "{name} is damaged at byte {offset}: {bytes} bytes cannot be read, {concerns}")
    }
}

impl Concerns {
    /// Whether a record of this project may be among them.
    pub(super) fn may_be_of(self, project: u64) -> bool {
        match self {
            Self::Nobody => false,
            Self::Project(of) => of == project,
            Self::Unknown => true,
        }
    }
}

/// Behind the bytes that it is said of.
impl fmt::Display for Concerns {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nobody => write!(out, "which held no records"),
            Self::Project(project) => write!(out, "which held a record of project {project}"),
            Self::Unknown => write!(out, "and it is not known of which projects"),
        }
    }
}
