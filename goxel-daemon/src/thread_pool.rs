//! [`Threads`]: reads in parts, on the same pool of threads that pictures are made on.

use goxel_core::Spread;
use rayon::prelude::*;

/// Parts for each thread: whoever is ready early takes another one.
const PARTS_PER_THREAD: usize = 4;

/// All threads of the pool, which starts at the first use.
pub(crate) struct Threads;

impl Spread for Threads {
    fn parts(&self) -> usize {
        PARTS_PER_THREAD * rayon::current_num_threads()
    }

    fn each(&self, parts: usize, work: &(dyn Fn(usize) + Sync)) {
        (0..parts).into_par_iter().for_each(work);
    }
}
