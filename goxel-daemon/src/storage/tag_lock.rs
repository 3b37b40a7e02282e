//! [`Tags`]: one worker at a time sets or removes tags.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Held while tags are set or removed. It has the projects that are deleted: they get none any more.
#[derive(Clone, Default)]
pub(super) struct Tags(Arc<Mutex<BTreeSet<u64>>>);

impl Tags {
    pub(super) fn lock(&self) -> MutexGuard<'_, BTreeSet<u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
