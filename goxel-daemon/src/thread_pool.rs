//! Thread pools as executors: [`Threads`] for long reads, shared with pictures, and [`EditThreads`]
//! for edits, for which others wait.

use std::sync::OnceLock;

use goxel_core::Executor;
use goxel_io::preemption;
use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

/// Tasks for each thread: one that is done early takes another.
const TASKS_PER_THREAD: usize = 4;

/// All threads of the common pool, which starts at the first use.
pub(crate) struct Threads;

impl Executor for Threads {
    fn tasks(&self) -> usize {
        TASKS_PER_THREAD * rayon::current_num_threads()
    }

    fn run(&self, count: usize, task: &(dyn Fn(usize) + Sync)) {
        preemption::waiting(|| spread(count, task));
    }
}

fn spread(count: usize, task: &(dyn Fn(usize) + Sync)) {
    (0..count).into_par_iter().for_each(|index| preemption::working(|| task(index)));
}

/// The threads of a pool of its own, so that no edit stands behind a picture. They begin at the first
/// use, by a worker for edits, and have its priority.
pub(crate) struct EditThreads;

impl EditThreads {
    /// `None` where the system gives no threads.
    fn pool() -> Option<&'static ThreadPool> {
        static POOL: OnceLock<Option<ThreadPool>> = OnceLock::new();
        let name = |index| format!("goxel-edits-{index}");
        POOL.get_or_init(|| ThreadPoolBuilder::new().thread_name(name).build().ok()).as_ref()
    }
}

impl Executor for EditThreads {
    fn tasks(&self) -> usize {
        Self::pool().map_or(1, |pool| TASKS_PER_THREAD * pool.current_num_threads())
    }

    fn run(&self, count: usize, task: &(dyn Fn(usize) + Sync)) {
        match Self::pool() {
            Some(pool) => preemption::waiting(|| pool.install(|| spread(count, task))),
            None => (0..count).for_each(task),
        }
    }
}
