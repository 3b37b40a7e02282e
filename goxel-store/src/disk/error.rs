//! [`DiskError`]: what the system refused, in words.

use std::io;

use thiserror::Error;

use super::Disk;

/// The system refused something.
#[derive(Debug, Error)]
#[error("data directory {place}: cannot {what} {name}: {source}")]
pub struct DiskError {
    /// The data directory.
    pub place: String,
    /// What was tried.
    pub what: &'static str,
    /// The file.
    pub name: String,
    /// What the system says.
    pub source: io::Error,
}

impl DiskError {
    /// Whether there is no space left. What was there is as it was.
    #[must_use]
    pub fn is_full(&self) -> bool {
        matches!(self.source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
    }
}

/// Says what was tried with which file.
pub(crate) fn failed(
    disk: &dyn Disk,
    what: &'static str,
    name: impl ToString,
) -> impl FnOnce(io::Error) -> DiskError {
    move |source| DiskError { place: disk.place(), what, name: name.to_string(), source }
}
