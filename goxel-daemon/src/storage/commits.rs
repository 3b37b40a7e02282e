//! [`Commits`]: which of them are done, and whether the next one is made on the loop.
//!
//! A commit takes as long as the disk does. Where nobody else is there it is made in line: the loop has nothing
//! better to do, and waking another thread costs half as much again. Where others read meanwhile it is left to
//! the journal's writer, one at a time, and what is edited until it is done goes with the next one.

use std::cell::Cell;
use std::time::Instant;

use goxel_store::journal::{Durability, Journal};

use super::Storage;

/// Others are reckoned with for so many commits since one of them was answered: on a fast disk some
/// hundredths of a second.
const OTHERS_COMMITS: u32 = 256;

/// The commits of a journal, counted from 1.
#[derive(Debug, Default)]
pub(super) struct Commits {
    begun: u64,
    done: u64,
    /// The writer's number of the one that it makes.
    under_way: Option<u64>,
    /// Whether somebody was answered who waits for no commit.
    others: Cell<bool>,
    /// For how many commits others are still reckoned with.
    others_for: u32,
}

impl Commits {
    /// The next one to begin: it makes durable what was appended last.
    #[inline]
    pub(super) fn next(&self) -> u64 {
        self.begun + 1
    }

    /// Those up to this one are done.
    #[inline]
    pub(super) fn done(&self) -> u64 {
        self.done
    }

    /// The last one that has begun.
    pub(super) fn begun(&self) -> u64 {
        self.begun
    }

    /// Somebody is answered whose last edit was in this commit, or who has made none.
    #[inline]
    pub(super) fn answered(&self, commit: u64) {
        // Whoever waited for the last one is asked about behind it, and is no other.
        if commit < self.done {
            self.others.set(true);
        }
    }

    /// Sees whether the writer is done. False where it failed.
    pub(super) fn look(&mut self, journal: &Journal) -> bool {
        let Some(number) = self.under_way else { return true };
        let has_failed = journal.failed().is_some();
        if has_failed || journal.committed() >= number {
            (self.under_way, self.done) = (None, self.begun);
        }
        !has_failed
    }

    /// Whether the writer is at one: the next one has to wait.
    pub(super) fn is_under_way(&self) -> bool {
        self.under_way.is_some()
    }

    /// Makes durable what was appended, or has the writer do it. `in_line`: here, whoever else is there.
    /// False where that failed.
    pub(super) fn begin(&mut self, journal: &mut Journal, in_line: bool) -> bool {
        self.begun += 1;
        if self.others.take() {
            self.others_for = OTHERS_COMMITS;
        }
        let has_others = self.others_for > 0;
        self.others_for = self.others_for.saturating_sub(1);
        if has_others && !in_line {
            self.under_way = Some(journal.commit_later());
            return true;
        }
        self.finish(journal)
    }

    /// Makes durable in line what has begun, and waits for the writer where that is at it.
    pub(super) fn finish(&mut self, journal: &mut Journal) -> bool {
        let done = journal.commit().inspect_err(|error| tracing::error!("{error}"));
        (self.under_way, self.done) = (None, self.begun);
        done.is_ok()
    }
}

impl Storage {
    /// The number of the commit that makes durable what was appended last, where replies wait for it.
    #[inline]
    pub(crate) fn commit_number(&self) -> u64 {
        self.commits.next()
    }

    /// Whether this commit is done, as far as that is waited for.
    pub(crate) fn is_settled(&self, commit: u64) -> bool {
        let done = self.commits.done();
        self.durability != Durability::Always
            || (commit <= done && commit <= self.followers.settled(done))
    }

    /// Whether the replies to edits of this commit have to wait for it.
    #[inline]
    pub(crate) fn holds(&self, commit: u64) -> bool {
        if self.durability != Durability::Always {
            return false;
        }
        let done = self.commits.done();
        let holds = commit > done || commit > self.followers.settled(done);
        if !holds {
            self.commits.answered(commit);
        }
        holds
    }

    /// Makes durable what was appended in this wake-up, or hands it on. `in_line`: here, since it is the last
    /// time. False where that failed: nobody may be told then that what was appended since the last commit
    /// is done.
    #[inline]
    pub(crate) fn commit(&mut self, in_line: bool) -> bool {
        self.flush_points();
        self.retention.end_turn();
        let mut is_done = true;
        if self.durability != Durability::Always {
            self.journal.end_turn();
        } else if self.has_uncommitted || self.commits.is_under_way() {
            is_done = self.commit_edits(in_line);
        }
        is_done && (self.followers.are_none() || self.tick())
    }

    fn commit_edits(&mut self, in_line: bool) -> bool {
        if !self.commits.look(&self.journal) {
            self.has_uncommitted = false;
            return false;
        }
        if self.commits.is_under_way() && in_line && !self.commits.finish(&mut self.journal) {
            return false;
        }
        if self.commits.is_under_way() || !self.has_uncommitted {
            return true;
        }
        self.has_uncommitted = false;
        let is_done = self.commits.begin(&mut self.journal, in_line);
        if !self.followers.are_none() {
            self.followers.committed(self.commits.begun(), Instant::now());
        }
        is_done
    }
}
