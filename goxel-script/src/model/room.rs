//! [`Room`]: how many bytes all volumes of a script take together, and may.
//!
//! Each volume says what it takes when that has grown, and gives it back when it is dropped. What several
//! share counts for each: a copy is as large as what it was copied from, which is more than it takes, never less.

use std::cell::Cell;

use super::{Refusal, Result};

/// Bytes that are taken, of those that there are.
#[derive(Debug)]
pub(super) struct Room {
    taken: Cell<u64>,
    max: u64,
}

impl Room {
    pub(super) fn new(max: u64) -> Self {
        Self { taken: Cell::new(0), max }
    }

    /// Whether there are so many bytes more.
    pub(super) fn check(&self, bytes: u64) -> Result<()> {
        if self.taken.get().saturating_add(bytes) > self.max {
            return Err(Refusal::NoRoom(self.max));
        }
        Ok(())
    }

    /// Takes `now` bytes in place of `before`. They are taken, whether they are there or not: whoever has them
    /// gives them back.
    pub(super) fn replace(&self, before: u64, now: u64) -> Result<()> {
        self.taken.set(self.taken.get().saturating_sub(before).saturating_add(now));
        if now > before { self.check(0) } else { Ok(()) }
    }
}
