//! [`UndoRoom`]: how much all histories of a context may hold together, and [`Share`], what one of them
//! does.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicU64, AtomicUsize};

use triomphe::Arc;

use crate::limits::UNDO_BYTES_MAX;

/// Bytes by which a history may have changed before it says so: histories that many threads have a
/// part of should not share a cache line at every edit.
const UNTOLD_BYTES_MAX: usize = 16 << 10;

/// The room of all histories of a context. Threads that edit apart from each other share it.
#[derive(Debug)]
pub(crate) struct UndoRoom {
    max: AtomicUsize,
    used: AtomicUsize,
    /// Counts up with each entry, so that the oldest of all can be told.
    clock: AtomicU64,
}

impl Default for UndoRoom {
    fn default() -> Self {
        let max = AtomicUsize::new(UNDO_BYTES_MAX);
        Self { max, used: AtomicUsize::new(0), clock: AtomicU64::new(0) }
    }
}

impl UndoRoom {
    /// Bytes that there may be.
    pub(crate) fn max(&self) -> usize {
        self.max.load(Relaxed)
    }

    pub(crate) fn set_max(&self, bytes: usize) {
        self.max.store(bytes, Relaxed);
    }

    /// Whether histories hold more than they may.
    #[inline]
    pub(crate) fn is_over(&self) -> bool {
        self.used.load(Relaxed) > self.max()
    }

    /// A number for an entry. Two that come at once may have the same one.
    #[inline]
    pub(crate) fn stamp(&self) -> u64 {
        let stamp = self.clock.load(Relaxed);
        self.clock.store(stamp + 1, Relaxed);
        stamp
    }
}

/// What one history holds of the room. Dropped, it is given back.
#[derive(Debug, Default)]
pub(crate) struct Share {
    room: Arc<UndoRoom>,
    told: usize,
}

impl Share {
    /// A share of this room that holds nothing yet.
    pub(crate) fn of(room: &Arc<UndoRoom>) -> Self {
        Self { room: Arc::clone(room), told: 0 }
    }

    pub(crate) fn room(&self) -> &Arc<UndoRoom> {
        &self.room
    }

    /// Says that the history holds so many bytes now.
    #[inline]
    pub(crate) fn tell(&mut self, bytes: usize) {
        if bytes.abs_diff(self.told) >= UNTOLD_BYTES_MAX {
            self.tell_exactly(bytes);
        }
    }

    /// The same, however little has changed.
    pub(crate) fn tell_exactly(&mut self, bytes: usize) {
        self.room.used.fetch_add(bytes.wrapping_sub(self.told), Relaxed);
        self.told = bytes;
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.room.used.fetch_sub(self.told, Relaxed);
    }
}
