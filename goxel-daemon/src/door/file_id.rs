//! [`FileId`]: tells a file from another of the same name.

use rustix::fs::Stat;

/// A file's device and number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct FileId(u64, u64);

impl FileId {
    #[allow(clippy::unnecessary_cast, reason = "other systems have other types for these")]
    pub(super) fn of(stat: &Stat) -> Self {
        Self(stat.st_dev as u64, stat.st_ino as u64)
    }
}
