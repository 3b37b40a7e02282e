//! [`Executor`]: runs the tasks of a long read, one after the other or on several threads. The model
//! has no threads of its own: whoever has some implements the trait, and results are the same
//! without.

use std::sync::OnceLock;

use crate::Result;

/// Runs numbered tasks.
pub trait Executor: Sync {
    /// How many tasks a long read is best cut into: one where they run one after the other, else
    /// some for each thread, so that all threads end at about the same time.
    fn tasks(&self) -> usize;

    /// Calls `task` once with each number below `count`, in any order and several at a time where
    /// that is quicker, and returns when all are done.
    fn run(&self, count: usize, task: &(dyn Fn(usize) + Sync));
}

/// Runs one task after the other, on the calling thread.
#[derive(Clone, Copy, Debug, Default)]
pub struct Serial;

impl Executor for Serial {
    fn tasks(&self) -> usize {
        1
    }

    fn run(&self, count: usize, task: &(dyn Fn(usize) + Sync)) {
        (0..count).for_each(task);
    }
}

/// The fewest tiles of a task: handing one out should cost less than carrying it out.
const TILES_MIN: usize = 16;

/// Cuts `items` into chunks and gives what `work` makes of each, in the order of the items.
pub(crate) fn map_chunks<T: Sync, R: Send + Sync>(
    executor: &dyn Executor,
    items: &[T],
    work: impl Fn(&[T]) -> R + Sync,
) -> Vec<R> {
    let length = items.len().div_ceil(executor.tasks().max(1)).max(TILES_MIN);
    let chunks: Vec<&[T]> = items.chunks(length).collect();
    map_indices(executor, chunks.len(), |at| work(chunks[at]))
}

/// What `work` makes of each number below `count`, in their order.
pub(crate) fn map_indices<R: Send + Sync>(
    executor: &dyn Executor,
    count: usize,
    work: impl Fn(usize) -> R + Sync,
) -> Vec<R> {
    let results: Vec<OnceLock<R>> = (0..count).map(|_| OnceLock::new()).collect();
    executor.run(count, &|at| {
        results[at].get_or_init(|| work(at));
    });
    results.into_iter().filter_map(OnceLock::into_inner).collect()
}

/// What `work` makes of each item, in their order. A chunk ends with its first error.
pub(crate) fn try_map_items<T: Sync, R: Send + Sync>(
    executor: &dyn Executor,
    items: &[T],
    work: impl Fn(&T) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    let results =
        map_chunks(executor, items, |items| items.iter().map(&work).collect::<Result<Vec<R>>>());
    let parts = results.into_iter().collect::<Result<Vec<_>>>()?;
    Ok(parts.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    /// The last task first, two at a time.
    struct Backwards;

    impl Executor for Backwards {
        fn tasks(&self) -> usize {
            7
        }

        fn run(&self, count: usize, task: &(dyn Fn(usize) + Sync)) {
            std::thread::scope(|scope| {
                scope.spawn(|| (0..count).rev().filter(|at| at % 2 == 0).for_each(task));
                (0..count).rev().filter(|at| at % 2 == 1).for_each(task);
            });
        }
    }

    #[test]
    fn results_are_in_order_whoever_runs_the_tasks() {
        for count in [0, 1, TILES_MIN, TILES_MIN + 1, 10_000] {
            let items: Vec<usize> = (0..count).collect();
            let doubled: Vec<usize> = items.iter().map(|item| 2 * item).collect();
            for executor in [&Serial as &dyn Executor, &Backwards] {
                let mapped = try_map_items(executor, &items, |item| Ok(2 * item));
                assert_eq!(mapped.as_ref(), Ok(&doubled), "{count}");
                let refused = try_map_items(executor, &items, |item| match item {
                    0 => Err(Error::Cancelled),
                    _ => Ok(()),
                });
                assert_eq!(refused.is_err(), count > 0);
                let sums = map_chunks(executor, &items, |items| items.iter().sum::<usize>());
                assert!(sums.len() <= executor.tasks());
                assert_eq!(sums.iter().sum::<usize>(), items.iter().sum(), "{count}");
            }
        }
    }
}
