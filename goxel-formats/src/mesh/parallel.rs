//! Parts of a mesh that do not depend on each other, made where the executor of the work says.

use std::sync::OnceLock;

use goxel_core::Work;

use crate::Result;

/// What `map` makes of each item, in their order; the first error of all.
pub(super) fn map<T: Copy + Sync, R: Send + Sync>(
    work: &Work<'_>,
    items: &[T],
    map: impl Fn(T) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    if items.len() < 2 {
        return items.iter().map(|item| map(*item)).collect();
    }
    let results: Vec<OnceLock<Result<R>>> = items.iter().map(|_| OnceLock::new()).collect();
    work.executor().run(items.len(), &|at| {
        results[at].get_or_init(|| map(items[at]));
    });
    results.into_iter().filter_map(OnceLock::into_inner).collect()
}
