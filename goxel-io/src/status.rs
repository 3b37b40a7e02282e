//! [`Status`]: what the loop has and got, for whoever reports it.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use once_cell::sync::OnceCell;

use crate::buffers::PoolUse;

/// Figures that the loop keeps up to date. Reading them never waits.
#[derive(Debug, Default)]
pub struct Status {
    /// Which interface of the kernel is used: `mio` or `uring`. Empty before the loop runs.
    pub io: OnceCell<&'static str>,
    /// Memory nodes of the machine.
    pub memory_nodes: OnceCell<usize>,
    /// Clients that are connected.
    pub connections: AtomicUsize,
    /// Clients that have ever been.
    pub accepted: AtomicU64,
    /// Worker threads.
    pub workers: AtomicUsize,
    /// Jobs that wait or run.
    pub jobs: AtomicUsize,
    /// Looks for the next request that found it, and that did not.
    pub spins: [AtomicU64; 2],
    pool: std::sync::Mutex<PoolUse>,
}

impl Status {
    /// What buffers are given out.
    #[must_use]
    pub fn buffers(&self) -> PoolUse {
        *self.pool.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub(crate) fn set_buffers(&self, usage: PoolUse) {
        *self.pool.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = usage;
    }

    pub(crate) fn count(counter: &AtomicU64) {
        counter.fetch_add(1, Ordering::Relaxed);
    }
}
