//! [`Status`]: figures of the running loop, and what the system lets it use.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use once_cell::sync::OnceCell;

use crate::buffers::BufferUsage;
use crate::{allocator, backend, sys};

/// What this system has beyond what every Unix has, by name, as far as this build uses it:
/// `affinity` (threads stay on cores), `huge_pages` (for buffers), `io_uring` (where the kernel
/// allows it), `huge_page_allocator` (for the blocks of volumes), `memory_nodes` (buffers are placed
/// on one), `peer_process` (which process a client is), `worker_priority` (workers give way to the
/// loop). The kernel is asked once.
pub fn facilities() -> &'static [&'static str] {
    static FOUND: OnceCell<Vec<&str>> = OnceCell::new();
    FOUND.get_or_init(|| {
        let asked = [
            ("io_uring", backend::has_uring()),
            ("huge_page_allocator", allocator::HAS_HUGE_PAGES),
        ];
        let found = asked.iter().filter(|(_, has)| *has).map(|(name, _)| *name);
        let mut found: Vec<_> = sys::FACILITIES.iter().copied().chain(found).collect();
        found.sort_unstable();
        found
    })
}

/// Figures that the loop keeps up to date. Reading them never waits.
#[derive(Debug, Default)]
pub struct Status {
    /// Which interface of the kernel is used: `mio` or `uring`. Empty before the loop runs.
    pub io: OnceCell<&'static str>,
    /// Memory nodes of the machine.
    pub memory_nodes: OnceCell<usize>,
    /// Clients that are connected.
    pub connections: AtomicUsize,
    /// Clients that are held back: nothing more is taken from them until their job is done, or
    /// they have read their replies.
    pub held_back: AtomicUsize,
    /// Clients that have ever been.
    pub accepted: AtomicU64,
    /// Worker threads.
    pub workers: AtomicUsize,
    /// Jobs that wait or run.
    pub jobs: AtomicUsize,
    /// Bytes of replies that their clients have not read yet.
    pub unread_bytes: AtomicUsize,
    /// How often polling for the next request found one, and how often it did not.
    pub spins: [AtomicU64; 2],
    pool: std::sync::Mutex<BufferUsage>,
}

/// What is counted of one client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Figures {
    /// Nothing is taken from it.
    pub(crate) held_back: bool,
    /// Bytes that it has not read.
    pub(crate) unread: usize,
}

impl Status {
    /// What buffers are given out.
    #[must_use]
    pub fn buffers(&self) -> BufferUsage {
        *self.pool.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    pub(crate) fn set_buffers(&self, usage: BufferUsage) {
        *self.pool.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = usage;
    }

    /// Keeps the sums over all clients, of which one has changed.
    pub(crate) fn count_client(&self, was: Figures, is: Figures) {
        // Only the loop's thread writes.
        let change = |sum: &AtomicUsize, was: usize, is: usize| {
            if was != is {
                sum.store(sum.load(Ordering::Relaxed) - was + is, Ordering::Relaxed);
            }
        };
        change(&self.held_back, was.held_back.into(), is.held_back.into());
        change(&self.unread_bytes, was.unread, is.unread);
    }

    /// Counts one more; how many it were before.
    pub(crate) fn count(counter: &AtomicU64) -> u64 {
        counter.fetch_add(1, Ordering::Relaxed)
    }
}
