//! [`Root`]: a directory that paths of clients stay beneath.

use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

/// A directory, held, so that another one under its name is not meant.
#[derive(Debug)]
pub(super) struct Root {
    handle: OwnedFd,
    /// As it was named, from the top.
    path: PathBuf,
    /// The same without links, as others may name it.
    real: PathBuf,
}

impl Root {
    /// The directory of this handle, which was opened by this path.
    ///
    /// # Errors
    /// Where nobody knows where the path begins.
    pub(super) fn new(handle: OwnedFd, named: &Path) -> io::Result<Self> {
        let path = std::path::absolute(named)?;
        let real = std::fs::canonicalize(&path).unwrap_or_else(|_| path.clone());
        Ok(Self { handle, path, real })
    }

    /// As it was named, from the top.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn handle(&self) -> BorrowedFd<'_> {
        self.handle.as_fd()
    }

    /// What is left of a path behind this one, and how much of it was this one.
    pub(super) fn rest<'a>(&self, path: &'a Path) -> Option<(usize, &'a Path)> {
        let rest = |root: &Path| Some((root.components().count(), path.strip_prefix(root).ok()?));
        let found = [&self.path, &self.real].into_iter().filter_map(|root| rest(root));
        found.max_by_key(|(depth, _)| *depth)
    }
}
