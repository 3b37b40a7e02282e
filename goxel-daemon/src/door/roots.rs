//! Which of several roots a path is meant for.
//!
//! A path is matched to a root by its text alone; that chooses the handle from which it is opened,
//! and the rest of the path. Whether it stays beneath is then seen at the opening: a text that says
//! so proves nothing.

use std::io;
use std::path::Path;
use std::sync::Arc;

use super::place::Place;
use super::root::Root;

/// The directory at a place.
///
/// # Errors
/// Where there is none, or it cannot be entered.
pub(super) fn open(place: &Place) -> io::Result<Arc<Root>> {
    Root::new(place.open_directory()?, place.named()).map(Arc::new)
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
    let names = roots.iter().map(|root| root.path().display().to_string());
    names.collect::<Vec<_>>().join(", ")
}
