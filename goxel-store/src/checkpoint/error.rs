//! [`CheckpointError`]: what goes wrong with checkpoints, in words.

use std::fmt;

use thiserror::Error;

use crate::disk::{Disk, DiskError};
use crate::state::StateError;

/// Why a checkpoint cannot be written or read.
#[derive(Debug, Error)]
pub enum CheckpointError {
    /// The system refused something.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// Bytes are not what was written.
    #[error(
        "data directory {place}: {flaw}: run `goxel-cli repair {place}`, which keeps what can be kept"
    )]
    Damaged {
        /// The data directory.
        place: String,
        /// What is wrong where.
        flaw: Flaw,
    },
    /// A file was written by a version of Goxel that came later.
    #[error("data directory {place}: {name}: {source}")]
    Newer {
        /// The data directory.
        place: String,
        /// The file.
        name: String,
        /// What is not known.
        source: StateError,
    },
    /// The project takes more memory than it may.
    #[error(
        "data directory {place}: the project of {name} takes more than {max} bytes of memory, which is \
         the most: give the daemon more, or close projects"
    )]
    TooLarge {
        /// The data directory.
        place: String,
        /// The file.
        name: String,
        /// How much there may be.
        max: u64,
    },
    /// A project that was in no context has no identity to be found by.
    #[error("a project without an identity cannot be kept: put it into a context first")]
    NoIdentity,
    /// What was to be kept is older than what is there.
    #[error(
        "version {version} of a project cannot follow its version {stored}, which is kept already"
    )]
    Older {
        /// The version of the project.
        version: u64,
        /// The version that is there.
        stored: u64,
    },
}

impl CheckpointError {
    /// Whether there is no space left. What was there is as it was.
    #[must_use]
    pub fn is_full(&self) -> bool {
        matches!(self, Self::Disk(error) if error.is_full())
    }

    /// What is wrong with the bytes of file `name`.
    pub(super) fn damaged(
        disk: &dyn Disk,
        name: impl Into<String>,
        offset: u64,
        what: &str,
    ) -> Self {
        let flaw = Flaw { name: name.into(), offset, what: what.to_owned() };
        Self::Damaged { place: disk.place(), flaw }
    }

    /// What a reader said of the bytes of file `name` from byte `start` on.
    pub(super) fn of(
        disk: &dyn Disk,
        name: impl Into<String>,
        start: u64,
        error: StateError,
    ) -> Self {
        let name = name.into();
        let damaged = |offset, what: &str| Self::damaged(disk, &name, start + offset, what);
        match error {
            StateError::Damaged { section, offset, what } => {
                damaged(offset, &format!("section {section}: {what}"))
            }
            StateError::NoState => damaged(0, "it does not begin with \"goxstate\""),
            StateError::Unfit(why) => damaged(0, &why.to_string()),
            StateError::UnknownLayer { layer } => {
                damaged(0, &format!("voxels of a layer of the id {layer}, which is not there"))
            }
            StateError::TooLarge { max, .. } => Self::TooLarge { place: disk.place(), name, max },
            source @ (StateError::Format { .. } | StateError::Unknown { .. }) => {
                Self::Newer { place: disk.place(), name, source }
            }
        }
    }
}

/// Bytes of a file that are not what was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// The file.
    pub name: String,
    /// Where that was found, in bytes from the beginning.
    pub offset: u64,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for Flaw {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, offset, what } = self;
        write!(out, "{name} is damaged at byte {offset}: {what}")
    }
}
