//! [`Spread`]: who goes through the parts of a long look. The model has no threads of its own:
//! whoever has some lends them, and what is found is the same without.

use std::sync::OnceLock;

/// Goes through numbered parts of a work.
pub trait Spread: Sync {
    /// How many parts a work is best cut into: one, or some for each thread, so that all end at
    /// about the same time.
    fn parts(&self) -> usize;

    /// Calls `work` once with each number below `parts`, in any order and several at a time where
    /// that is quicker, and returns when all are done.
    fn each(&self, parts: usize, work: &(dyn Fn(usize) + Sync));
}

/// One part after the other, on the thread that asks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Alone;

impl Spread for Alone {
    fn parts(&self) -> usize {
        1
    }

    fn each(&self, parts: usize, work: &(dyn Fn(usize) + Sync)) {
        (0..parts).for_each(work);
    }
}

/// Tiles that a part has at the least: handing out a part costs less than looking at one.
const TILES_MIN: usize = 16;

/// What `work` makes of the parts of `items`, in the order of the items.
pub(crate) fn parts<T: Sync, R: Send + Sync>(
    spread: &dyn Spread,
    items: &[T],
    work: impl Fn(&[T]) -> R + Sync,
) -> Vec<R> {
    let length = items.len().div_ceil(spread.parts().max(1)).max(TILES_MIN);
    let chunks: Vec<&[T]> = items.chunks(length).collect();
    each(spread, chunks.len(), |at| work(chunks[at]))
}

/// What `work` makes of each number below `count`, in their order.
pub(crate) fn each<R: Send + Sync>(
    spread: &dyn Spread,
    count: usize,
    work: impl Fn(usize) -> R + Sync,
) -> Vec<R> {
    let found: Vec<OnceLock<R>> = (0..count).map(|_| OnceLock::new()).collect();
    spread.each(count, &|at| {
        found[at].get_or_init(|| work(at));
    });
    found.into_iter().filter_map(OnceLock::into_inner).collect()
}

/// What `work` makes of each item, in their order.
pub(crate) fn map<T: Sync, R: Send + Sync>(
    spread: &dyn Spread,
    items: &[T],
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let found = parts(spread, items, |items| items.iter().map(&work).collect::<Vec<R>>());
    found.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The last part first, some of them twice at a time.
    struct Backwards;

    impl Spread for Backwards {
        fn parts(&self) -> usize {
            7
        }

        fn each(&self, parts: usize, work: &(dyn Fn(usize) + Sync)) {
            std::thread::scope(|scope| {
                scope.spawn(|| (0..parts).rev().filter(|at| at % 2 == 0).for_each(work));
                (0..parts).rev().filter(|at| at % 2 == 1).for_each(work);
            });
        }
    }

    #[test]
    fn what_is_found_is_in_order_whoever_looks() {
        for count in [0, 1, TILES_MIN, TILES_MIN + 1, 10_000] {
            let items: Vec<usize> = (0..count).collect();
            let doubled: Vec<usize> = items.iter().map(|item| 2 * item).collect();
            for spread in [&Alone as &dyn Spread, &Backwards] {
                assert_eq!(map(spread, &items, |item| 2 * item), doubled, "{count}");
                let sums = parts(spread, &items, |items| items.iter().sum::<usize>());
                assert!(sums.len() <= spread.parts());
                assert_eq!(sums.iter().sum::<usize>(), items.iter().sum(), "{count}");
            }
        }
    }
}
