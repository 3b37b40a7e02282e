//! What can go wrong with a file. The words for people stand here and where the fault is found.

use std::io;
use std::path::PathBuf;

use crate::direction::Direction;

/// Why a file was not read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file system refused.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried: `read` or `write`.
        action: &'static str,
        /// The path as it was given.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A stream that is written to refused.
    #[error("cannot write: {0}")]
    Output(#[source] io::Error),
    /// The bytes are not a good file of the format.
    #[error("not a good .{format} file: {what} (at byte {offset})")]
    Malformed {
        /// What the bytes were read as.
        format: &'static str,
        /// Where the fault was noticed.
        offset: u64,
        /// What is wrong there.
        what: String,
    },
    /// The bytes are no PNG file.
    #[error("not a good PNG file: {0}")]
    NotAPicture(String),
    /// More than a limit or a format has room for.
    #[error("too large: {0}")]
    TooLarge(String),
    /// The format has no reader, or no writer, which was asked for.
    #[error("{format} files cannot be {direction}: formats that can are {able}")]
    OneWay {
        /// Its name.
        format: &'static str,
        /// What was asked for.
        direction: Direction,
        /// The names of those that can, with commas.
        able: String,
    },
    /// Neither a name nor an extension nor the first bytes tell the format.
    #[error("\"{given}\" is no known format: those that can be {direction} are {able}")]
    UnknownFormat {
        /// What there is instead.
        given: String,
        /// What was asked for.
        direction: Direction,
        /// The names of those that can, with commas.
        able: String,
    },
    /// Somebody wants the reading to stop, or there is no memory left.
    #[error(transparent)]
    Stopped(goxel_core::Error),
    /// Something of the project would be lost, and nothing may be.
    #[error("the file would not have all of the project: {0}")]
    Lossy(String),
    /// Something of the file would be passed over, and nothing may be.
    #[error("not all of the file would be read: {0}")]
    Partial(String),
    /// The picture that the file should be was not drawn.
    #[error("no picture: {0}")]
    NoPicture(String),
}

/// What a reader or a writer gives.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl From<io::Error> for Error {
    /// Writers work on streams, which know no path; [`crate::write`] adds it.
    fn from(source: io::Error) -> Self {
        Self::Output(source)
    }
}

impl From<goxel_core::Error> for Error {
    /// Readers put right what a file says; what the model still refuses is how much there is.
    fn from(error: goxel_core::Error) -> Self {
        use goxel_core::Error::{Cancelled, Late, OverBudget, OverMemory};
        match error {
            Cancelled | Late | OverBudget(_) | OverMemory { .. } => Self::Stopped(error),
            refused => Self::TooLarge(refused.to_string()),
        }
    }
}
