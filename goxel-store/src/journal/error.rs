//! Why something cannot be appended, in words.

use thiserror::Error;

use crate::log::{LogError, PAYLOAD_BYTES_MAX};

/// What goes wrong with a journal.
#[derive(Debug, Error)]
pub enum JournalError {
    /// There is no space for what is to be appended. Nothing is lost.
    #[error("the disk is full, so nothing can be changed: make space on it, then try again: {0}")]
    Full(#[source] LogError),
    /// The log cannot be read or written.
    #[error(transparent)]
    Log(#[from] LogError),
    /// Writing failed before. What the system has of the files is not known any more, so nobody
    /// may go on as if it were.
    #[error(
        "the data directory is read-only until the daemon is started again, since writing to it \
         failed: {why}"
    )]
    ReadOnly {
        /// The first failure.
        why: String,
    },
    /// More is appended than the disk takes.
    #[error(
        "the disk is too slow for what is changed: {bytes} bytes are not written yet: try again in \
         a moment"
    )]
    Behind {
        /// How many bytes wait.
        bytes: u64,
    },
    /// One record is too large.
    #[error(
        "a change of {bytes} bytes cannot be kept in the data directory, which takes fewer than \
         {PAYLOAD_BYTES_MAX} at once: change less at a time"
    )]
    TooLarge {
        /// How many it has.
        bytes: usize,
    },
    /// A kind that the log keeps for itself.
    #[error("records of kind {0} are not for others")]
    Kind(u8),
    /// The writer could not be started.
    #[error("cannot start the thread that writes the data directory: {0}")]
    Thread(#[source] std::io::Error),
}
