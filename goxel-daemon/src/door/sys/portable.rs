//! Any Unix.

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::path::Path;

use rustix::fs::OFlags;

/// How a directory is opened that files are looked for in.
pub(in crate::door) const DIRECTORY: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY);

/// A file cannot be held without opening it.
pub(in crate::door) const HELD: Option<OFlags> = None;

/// No call of the system's keeps a path beneath a directory.
pub(in crate::door) fn open_beneath(
    _: BorrowedFd<'_>,
    _: &Path,
    _: OFlags,
) -> Option<io::Result<OwnedFd>> {
    None
}

/// Files that the system makes up are usually not there.
pub(in crate::door) fn is_made_up(_: &OwnedFd) -> io::Result<bool> {
    Ok(false)
}
