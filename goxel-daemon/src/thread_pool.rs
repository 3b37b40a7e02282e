//! [`Threads`]: an executor of long reads, on the thread pool that pictures are made on.

use goxel_core::Executor;
use rayon::prelude::*;

/// Tasks for each thread: one that is done early takes another.
const TASKS_PER_THREAD: usize = 4;

/// All threads of the pool, which starts at the first use.
pub(crate) struct Threads;

impl Executor for Threads {
    fn tasks(&self) -> usize {
        TASKS_PER_THREAD * rayon::current_num_threads()
    }

    fn run(&self, count: usize, task: &(dyn Fn(usize) + Sync)) {
        (0..count).into_par_iter().for_each(task);
    }
}
