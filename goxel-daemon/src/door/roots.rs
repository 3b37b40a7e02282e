//! [`Root`]: a directory that paths of clients stay beneath, and which of them a path is meant for.
//!
//! A path is matched to a root by its text alone; that chooses the handle from which it is opened,
//! and the rest of the path. Whether it stays beneath is then seen at the opening: a text that says
//! so proves nothing.

use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::place::Place;

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
    /// The directory at a place.
    ///
    /// # Errors
    /// Where there is none, or it cannot be entered.
    pub(super) fn open(place: &Place) -> io::Result<Self> {
        let handle = place.open_directory()?;
        let path = std::path::absolute(place.named())?;
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
    fn rest<'a>(&self, path: &'a Path) -> Option<(usize, &'a Path)> {
        let behind = |root: &Path| Some((root.components().count(), path.strip_prefix(root).ok()?));
        [&self.path, &self.real]
            .into_iter()
            .filter_map(|root| behind(root))
            .max_by_key(|found| found.0)
    }
}

/// The place of a path beneath the root that is nearest to it; `None` where it is beneath none.
pub(super) fn place(roots: &[Arc<Root>], named: &Path) -> Option<Place> {
    let path = std::path::absolute(named).ok()?;
    let found = roots.iter().filter_map(|root| Some((root, root.rest(&path)?)));
    let (root, (_, rest)) = found.max_by_key(|(_, (depth, _))| *depth)?;
    Some(Place::beneath(Arc::clone(root), rest, named))
}

/// The roots, in words.
pub(super) fn names(roots: &[Arc<Root>]) -> String {
    if roots.is_empty() {
        return "none".to_owned();
    }
    let names = roots.iter().map(|root| root.path.display().to_string());
    names.collect::<Vec<_>>().join(", ")
}
