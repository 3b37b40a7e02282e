//! [`History`]: what each command replaced, so that it can be undone and done again.
//!
//! Undoing swaps an entry with what is there now, which makes the entry for redoing.
//!
//! All histories of a context are bounded together ([`UndoRoom`]); the oldest entries of all go first. What
//! alone takes more than all may is carried out and cannot be undone.

mod leftovers;
mod newest;

use std::cmp::Ordering;
use std::collections::VecDeque;

use triomphe::Arc;

pub use self::leftovers::Leftovers;
use self::leftovers::Shed;
use super::entry::{Entry, ReplacedStack, VOXEL_UNITS};
use super::saved::{Saved, Way};
use super::undo_room::{Share, UndoRoom};
use super::{Project, Stack};
use crate::{Result, Work, limits};

/// The undo stack and the redo stack of a project.
#[derive(Debug, Default)]
pub(crate) struct History {
    undo: VecDeque<Step>,
    redo: Vec<Step>,
    undo_bytes: usize,
    redo_bytes: usize,
    /// What both are, of all histories.
    share: Share,
    /// Whether the newest command is one that cannot be undone.
    not_kept: bool,
    /// Whether the oldest entries were dropped for their bytes.
    truncated: bool,
    /// Counts up with every change.
    version: u64,
    /// Whether the project is as it was saved.
    pub(super) saved: Saved,
    /// What it was, where it was lent to another project.
    lent: Option<Lent>,
    /// What can be reached no more. It may take long to free, so whoever has the time takes it.
    shed: Vec<Shed>,
    /// Entries that were ever pushed, less those that were taken back by [`Project::return_to`].
    pub(super) pushed: u64,
    /// Whether an entry is being swapped.
    swapping: bool,
}

/// An entry, and a number that counts up over all histories.
#[derive(Debug)]
struct Step {
    stamp: u64,
    entry: Entry,
}

impl Step {
    fn bytes(&self) -> usize {
        size_of::<u64>() + self.entry.bytes()
    }
}

/// A state of a project to return to: see [`Project::return_to`].
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    pub(super) version: u64,
    pub(super) pushed: u64,
    undo: usize,
    shed: usize,
    saved: Saved,
    pub(super) in_transaction: bool,
    decided: u64,
}

impl Mark {
    /// The newest version then that was decided: the one from before the transaction, where one was open.
    #[must_use]
    pub fn decided_version(&self) -> u64 {
        self.decided
    }
}

/// The figures of a history that was lent.
#[derive(Debug)]
struct Lent {
    undo: usize,
    redo: usize,
    saved: Saved,
}

impl History {
    /// An empty history of a project that has this version.
    pub(crate) fn of_version(version: u64) -> Self {
        Self { version, ..Self::default() }
    }

    /// An empty history that goes on where this one is.
    pub(crate) fn onward(&self) -> Self {
        let share = Share::of(self.share.room());
        Self { saved: self.saved.onward(), share, ..Self::of_version(self.version) }
    }

    /// Has a share of this room from now on.
    pub(crate) fn share(&mut self, room: &Arc<UndoRoom>) {
        self.share = Share::of(room);
        self.share.tell_exactly(self.undo_bytes + self.redo_bytes);
    }

    fn tell(&mut self) {
        self.share.tell(self.undo_bytes + self.redo_bytes);
    }

    /// The project has come to another state.
    fn go(&mut self, way: Way) {
        self.version += 1;
        self.saved.go(way);
    }

    /// The version of the project that has it.
    pub(super) fn version(&self) -> u64 {
        self.version
    }

    /// The same history of a project that has this version by now.
    pub(crate) fn with_version(self, version: u64) -> Self {
        Self { version, ..self }
    }

    /// The project has this version now, without having come to another state.
    pub(crate) fn set_version(&mut self, version: u64) {
        self.version = version;
    }

    /// Forgets all steps: the project has come to a state of this version that none of them leads to.
    /// A transaction then is one step all the same.
    pub(crate) fn forget(&mut self, version: u64) {
        *self = self.onward().with_version(version);
        self.saved.go(Way::On);
        self.truncated = true;
    }

    /// Gives all of it away and keeps the figures alone, for those who ask meanwhile.
    pub(crate) fn lend(&mut self) -> Self {
        let (undo, redo) = self.depth();
        let figures = Self {
            undo_bytes: self.undo_bytes,
            redo_bytes: self.redo_bytes,
            truncated: self.truncated,
            saved: self.saved,
            lent: Some(Lent { undo, redo, saved: self.saved }),
            ..Self::of_version(self.version)
        };
        std::mem::replace(self, figures)
    }

    /// What was lent comes back. Gives whether the project was saved meanwhile, which it remembers.
    pub(crate) fn take_back(&mut self, mut other: Self) -> bool {
        let was_saved = self.lent.as_ref().is_some_and(|lent| lent.saved != self.saved);
        if was_saved {
            other.saved.mark_before(self.saved);
        }
        *self = other;
        was_saved
    }

    /// Whether all of it is elsewhere for now.
    pub(crate) fn is_lent(&self) -> bool {
        self.lent.is_some()
    }

    /// Bytes of what could be done again.
    pub(crate) fn redo_bytes(&self) -> usize {
        self.redo_bytes
    }

    /// Has what a transaction leaves freed by whoever has the time.
    pub(super) fn shed_transaction(&mut self, stack: Stack, within: Self) {
        self.shed.push(Shed::Transaction(Box::new((stack, within))));
    }

    /// Drops what could be done again. Gives what that leaves.
    pub(crate) fn shed_redo(&mut self) -> Leftovers {
        self.shed.push(Shed::Redo(std::mem::take(&mut self.redo)));
        self.redo_bytes = 0;
        self.share.tell_exactly(self.undo_bytes);
        Leftovers(std::mem::take(&mut self.shed))
    }

    fn depth(&self) -> (usize, usize) {
        match &self.lent {
            Some(lent) => (lent.undo, lent.redo),
            None => (self.undo.len(), self.redo.len()),
        }
    }

    /// Takes in what a command replaced. What was undone before can no longer be done again.
    pub(crate) fn push(&mut self, entry: Entry) {
        self.go(Way::On);
        if !self.redo.is_empty() {
            self.shed.push(Shed::Redo(std::mem::take(&mut self.redo)));
            self.redo_bytes = 0;
        }
        self.pushed += 1;
        let (stamp, max) = (self.share.room().stamp(), self.share.room().max());
        let step = Step { stamp, entry };
        self.not_kept = step.bytes() > max;
        if self.not_kept {
            // What was before it could only be reached through it.
            self.shed.push(Shed::Undo(std::mem::take(&mut self.undo), step.entry));
            self.undo_bytes = 0;
            self.truncated = true;
        } else {
            self.undo_bytes += step.bytes();
            self.undo.push_back(step);
            while self.undo_bytes > max {
                self.shed_oldest();
            }
        }
        self.tell();
    }

    fn shed_oldest(&mut self) {
        let Some(oldest) = self.undo.pop_front() else { return };
        self.undo_bytes -= oldest.bytes();
        self.truncated = true;
        // There may be a million of those, which hold nothing.
        if !matches!(oldest.entry, Entry::Voxel(..) | Entry::Active(_)) {
            self.shed.push(Shed::Oldest(oldest));
        }
    }

    /// The number of the oldest entry that can be undone.
    pub(crate) fn oldest(&self) -> Option<u64> {
        self.undo.front().map(|step| step.stamp)
    }

    /// Drops the oldest entries, so many bytes or some more. Gives what that leaves.
    pub(crate) fn shed_bytes(&mut self, bytes: usize) -> Leftovers {
        let rest = self.undo_bytes.saturating_sub(bytes);
        while self.undo_bytes > rest && !self.undo.is_empty() {
            self.shed_oldest();
        }
        self.share.tell_exactly(self.undo_bytes + self.redo_bytes);
        Leftovers(std::mem::take(&mut self.shed))
    }

    /// Takes back the newest entry as if it had never been pushed.
    fn unpush(&mut self, stack: &mut Stack) {
        self.pushed -= 1;
        if let Some(Shed::Undo(undo, mut entry)) =
            self.shed.pop_if(|shed| matches!(shed, Shed::Undo(..)))
        {
            entry.swap(stack);
            self.undo_bytes = undo.iter().map(Step::bytes).sum();
            self.undo = undo;
        } else if let Some(mut step) = self.undo.pop_back() {
            self.undo_bytes -= step.bytes();
            step.entry.swap(stack);
        }
        self.not_kept = false;
        self.tell();
    }

    /// Takes up again what was shed since there were so many parts.
    fn unshed(&mut self, count: usize) {
        while self.shed.len() > count {
            match self.shed.pop() {
                Some(Shed::Redo(redo)) => {
                    self.redo_bytes = redo.iter().map(Step::bytes).sum();
                    self.redo = redo;
                }
                Some(Shed::Oldest(oldest)) => {
                    self.undo_bytes += oldest.bytes();
                    self.undo.push_front(oldest);
                }
                Some(Shed::Undo(..) | Shed::Transaction(_)) | None => {}
            }
        }
        self.tell();
    }

    /// What making one step of it costs, in units of [`Work`]. Where entries were dropped, all
    /// tiles are looked at: what was dropped says how many there may be.
    pub(crate) fn step_units(&self) -> u64 {
        let dropped = if self.truncated { limits::UNDO_BYTES_MAX as u64 } else { 0 };
        dropped + self.undo.len() as u64 * VOXEL_UNITS
    }

    /// All that was done as one step, or nothing where nothing was done. Where entries were dropped,
    /// the stack from `before` stands for all of them.
    pub(crate) fn take_step(&mut self, before: &Stack, after: &Stack) -> Option<Entry> {
        if self.truncated {
            return Some(Entry::Stack(Box::new(ReplacedStack::new(before.clone(), after))));
        }
        let undo = std::mem::take(&mut self.undo);
        let steps: Vec<Entry> = undo.into_iter().map(|step| step.entry).collect();
        (!steps.is_empty()).then(|| Entry::group(steps))
    }
}

impl Project {
    /// Has its history share this room with others.
    pub(crate) fn share_undo_room(&mut self, room: &Arc<UndoRoom>) {
        self.histories().for_each(|history| history.share(room));
    }

    /// Its history, and the one from before its transaction.
    pub(crate) fn histories(&mut self) -> impl Iterator<Item = &mut History> {
        let before = self.transaction.as_mut().map(|transaction| &mut transaction.history);
        std::iter::once(&mut self.history).chain(before)
    }

    /// Bytes that its history holds, with what is set aside while a transaction is open.
    #[must_use]
    pub fn history_bytes(&self) -> usize {
        let of = |history: &History| history.undo_bytes + history.redo_bytes;
        of(&self.history) + self.transaction.as_ref().map_or(0, |before| of(&before.history))
    }

    /// Takes back the last command, however long it takes. False where there is none to take back.
    pub fn undo(&mut self) -> bool {
        self.undo_within(&Work::unbounded()).unwrap_or(false)
    }

    /// Takes back the last command. False where there is none to take back.
    ///
    /// # Errors
    /// Where `work` does not let it; nothing has changed then.
    pub fn undo_within(&mut self, work: &Work<'_>) -> Result<bool> {
        let Some(step) = self.history.undo.back() else { return Ok(false) };
        step.entry.ask(work)?;
        if let Some(mut step) = self.history.undo.pop_back() {
            self.history.undo_bytes -= step.bytes();
            self.history.swapping = true;
            step.entry.swap(&mut self.stack);
            self.history.swapping = false;
            self.history.go(Way::Back);
            self.history.redo_bytes += step.bytes();
            self.history.redo.push(step);
            self.history.tell();
        }
        Ok(true)
    }

    /// Does again what was last undone, however long it takes. False where there is nothing to do
    /// again.
    pub fn redo(&mut self) -> bool {
        self.redo_within(&Work::unbounded()).unwrap_or(false)
    }

    /// Does again what was last undone. False where there is nothing to do again.
    ///
    /// # Errors
    /// Where `work` does not let it; nothing has changed then.
    pub fn redo_within(&mut self, work: &Work<'_>) -> Result<bool> {
        let Some(step) = self.history.redo.last() else { return Ok(false) };
        step.entry.ask(work)?;
        if let Some(mut step) = self.history.redo.pop() {
            self.history.redo_bytes -= step.bytes();
            self.history.swapping = true;
            step.entry.swap(&mut self.stack);
            self.history.swapping = false;
            self.history.go(Way::Again);
            self.history.undo_bytes += step.bytes();
            self.history.undo.push_back(step);
            self.history.tell();
        }
        Ok(true)
    }

    /// The state that the project is in, to return to.
    #[must_use]
    #[inline]
    pub fn mark(&self) -> Mark {
        let History { version, pushed, saved, .. } = self.history;
        Mark {
            version,
            pushed,
            saved,
            undo: self.history.undo.len(),
            shed: self.history.shed.len(),
            in_transaction: self.in_transaction(),
            decided: self.decided_version(),
        }
    }

    /// Returns to a state from before one edit, or one step back or forth, as if that had never
    /// been. For an edit that came to an end that nobody foresaw: what it had put on the history is
    /// taken back; single voxels that the history had dropped to make room stay dropped. Where it
    /// was in the middle of undoing, nothing of the history can be relied on any more, and it begins
    /// anew. A transaction that was begun or ended stays so, which `false` says.
    pub fn return_to(&mut self, mark: Mark) -> bool {
        if self.in_transaction() != mark.in_transaction {
            return false;
        }
        let history = &mut self.history;
        if history.swapping {
            *history = History { truncated: true, ..history.onward() };
            return true;
        }
        if history.pushed == mark.pushed {
            // It went a step back, or forth again, if anywhere.
            match history.undo.len().cmp(&mark.undo) {
                Ordering::Less => _ = self.redo(),
                Ordering::Equal => {}
                Ordering::Greater => _ = self.undo(),
            }
        } else {
            while history.pushed > mark.pushed {
                history.unpush(&mut self.stack);
            }
            history.unshed(mark.shed);
        }
        (self.history.version, self.history.saved) = (mark.version, mark.saved);
        true
    }

    /// Whether the project holds on to anything that it needs no more.
    #[must_use]
    #[inline]
    pub fn has_leftovers(&self) -> bool {
        !self.history.shed.is_empty()
    }

    /// What the project needs no more.
    pub fn take_leftovers(&mut self) -> Leftovers {
        Leftovers(std::mem::take(&mut self.history.shed))
    }

    /// Bytes that the history keeps for undoing.
    #[must_use]
    pub fn undo_bytes(&self) -> usize {
        self.history.undo_bytes
    }

    /// Bytes that the history keeps for doing again what was undone.
    #[must_use]
    pub fn redo_bytes(&self) -> usize {
        self.history.redo_bytes
    }

    /// Whether the last command can be undone: what one replaces that alone takes more than all histories
    /// may hold is not kept.
    #[must_use]
    pub fn last_edit_undoable(&self) -> bool {
        !self.history.not_kept
    }

    /// Whether commands were forgotten, because histories hold no more.
    #[must_use]
    pub fn history_truncated(&self) -> bool {
        self.history.truncated
    }

    /// A number that is another one after every change, undoing and redoing too: a viewer compares it
    /// with the one it remembers to know whether to draw again. [`crate::Volume::changed_tiles`] then says where.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.history.version
    }

    /// Whether something was changed since the project was made, read from a file or saved, and
    /// not taken back; never where every change is kept ([`Project::set_kept`]).
    #[must_use]
    pub fn unsaved(&self) -> bool {
        !self.kept && !self.is_as_saved()
    }

    /// Whether nothing was changed since the project was made, read from a file or saved, or all was
    /// taken back.
    #[must_use]
    pub fn is_as_saved(&self) -> bool {
        self.history.saved.is_now()
    }

    /// The state of this version was saved.
    pub fn mark_saved(&mut self, version: u64) {
        let changed_since = version != self.version();
        self.history.saved.mark(changed_since);
        if let Some(transaction) = &mut self.transaction {
            // Neither the state before it nor one after it is what the file has.
            transaction.history.saved.mark(true);
        }
    }

    /// How many commands can be undone, and how many done again.
    #[must_use]
    pub fn history_depth(&self) -> (usize, usize) {
        self.history.depth()
    }
}
