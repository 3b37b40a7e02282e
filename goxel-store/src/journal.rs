//! The journal as the one who edits sees it: the daemon's loop appends a record for every edit,
//! and hands them on at the end of each turn.
//!
//! ```text
//! loop:    append, append, end_turn ----> queue ----> writer thread: write, sync every second
//!          append, append, commit: write and sync, in line (Durability::Always)
//! ```
//!
//! Appending is copying: no lock, no system call, no checksum. Whoever writes sums.

mod error;
mod settings;
mod writer;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread::JoinHandle;

pub use self::error::JournalError;
pub use self::settings::{Durability, Settings};
use self::writer::Shared;
use crate::disk::Disk;
use crate::log::{
    self, AppendError, Appender, Damage, LogError, Part, Records, index_name, kind, name_of,
};
pub use crate::log::{Payload, Record};

/// What was in the log when it was opened.
pub struct Recovered {
    /// What to replay, in order.
    pub records: Records,
    /// What was durable once and cannot be read: the projects concerned are not whole.
    pub damages: Vec<Damage>,
    /// What a person should know, damages included.
    pub warnings: Vec<String>,
    /// Projects that were deleted, as far as segments that need not be read say so. Others are among the
    /// records.
    pub deleted: BTreeSet<u64>,
}

/// The journal of all projects of a daemon.
pub struct Journal {
    appender: Appender,
    shared: Arc<Shared>,
    writer: Option<JoinHandle<()>>,
    durability: Durability,
    unwritten_bytes_max: u64,
    /// How many bytes the writer had not written when it was asked last.
    queued: u64,
}

impl Journal {
    /// Opens the log on a disk, which nobody else may use meanwhile, and begins one where there is
    /// none. What was being written when the power went is cut.
    ///
    /// # Errors
    /// Where the disk cannot be read, or the log is of another version. Damage is no error.
    pub fn open(disk: impl Disk, settings: &Settings) -> Result<(Self, Recovered), JournalError> {
        Self::open_behind(disk, settings, &|_| None)
    }

    /// As [`Self::open`], where `covered` says up to which version a project is durable elsewhere: what is
    /// needed for older ones alone is not read.
    ///
    /// # Errors
    /// As of [`Self::open`].
    pub fn open_behind(
        disk: impl Disk,
        settings: &Settings,
        covered: &dyn Fn(u64) -> Option<u64>,
    ) -> Result<(Self, Recovered), JournalError> {
        let disk: Arc<dyn Disk> = Arc::new(disk);
        let survey = log::survey(&disk, covered)?;
        let sizes = (settings.segment_bytes, settings.step_bytes);
        let appender = Appender::new(Arc::clone(&disk), survey.last, survey.usage, sizes);
        let shared = Arc::new(Shared::new(disk, settings));
        shared.queue().indexes = survey.indexes;
        let writer = settings.has_writer.then(|| writer::start(Arc::clone(&shared)));
        let writer = writer.transpose().map_err(JournalError::Thread)?;
        let journal = Self {
            appender,
            shared,
            writer,
            durability: settings.durability,
            unwritten_bytes_max: settings.unwritten_bytes_max,
            queued: 0,
        };
        let recovered = Recovered {
            records: survey.records,
            damages: survey.damages,
            warnings: survey.warnings,
            deleted: survey.deleted,
        };
        Ok((journal, recovered))
    }

    /// Makes sure that records of `bytes` together (see [`record_bytes`](log::record_bytes)) can
    /// be appended and written: before an edit is applied, so that it can be refused.
    ///
    /// # Errors
    /// Where the disk is full or slow, or writing failed before.
    #[inline]
    pub fn reserve(&mut self, bytes: u64) -> Result<(), JournalError> {
        self.may_append()?;
        if self.queued + self.appender.waiting() > self.unwritten_bytes_max {
            self.wait_or_refuse()?;
        }
        self.appender.reserve(bytes).map_err(full_or_failed)
    }

    /// Appends a record, to be handed on by [`Self::end_turn`] or [`Self::commit`].
    ///
    /// # Errors
    /// Where the disk is full, which it is not where enough was reserved; where writing failed before;
    /// and where the record is too large or of a kind that is not for others. However much waits to be
    /// written, it is taken: [`Self::reserve`] is who refuses.
    #[inline]
    pub fn append(&mut self, record: &Record<'_>) -> Result<(), JournalError> {
        self.may_append_kind(record.kind)?;
        self.appender.append(record).map_err(refused)
    }

    /// As [`Self::append`], of a payload that is not copied. The one in `record` does not count.
    ///
    /// # Errors
    /// As of [`Self::append`].
    pub fn append_payload(
        &mut self,
        record: &Record<'_>,
        payload: Payload,
    ) -> Result<(), JournalError> {
        self.may_append_kind(record.kind)?;
        self.appender.append_payload(record, payload).map_err(refused)
    }

    #[inline]
    fn may_append_kind(&self, kind: u8) -> Result<(), JournalError> {
        if matches!(kind, 0 | kind::END) {
            return Err(JournalError::Kind(kind));
        }
        self.may_append()
    }

    #[inline]
    fn may_append(&self) -> Result<(), JournalError> {
        if self.shared.has_failed.load(Ordering::Relaxed) {
            return Err(self.read_only());
        }
        Ok(())
    }

    /// The disk is behind. The loop serves all clients, so it does not wait: those who only look
    /// would wait as well.
    #[cold]
    fn wait_or_refuse(&mut self) -> Result<(), JournalError> {
        if self.durability == Durability::Always {
            return self.commit();
        }
        self.end_turn();
        if self.queued <= self.unwritten_bytes_max {
            return Ok(());
        }
        self.shared.queue().tells_room = true;
        Err(JournalError::Behind { bytes: self.queued })
    }

    /// Has `tell` called, on another thread, when there is room again after [`JournalError::Behind`], and when
    /// a commit of [`Self::commit_later`] is done. To be set once.
    pub fn on_room(&self, tell: Box<dyn Fn() + Send + Sync>) {
        // A second one would be told of nothing more than the first.
        let _ = self.shared.on_room.set(tell);
    }

    /// Whether [`Self::reserve`] would say [`JournalError::Behind`].
    pub fn is_behind(&mut self) -> bool {
        self.queued = self.shared.queue().bytes();
        self.queued + self.appender.waiting() > self.unwritten_bytes_max
    }

    /// Hands what was appended to the writer. With [`Durability::Always`] it is left to
    /// [`Self::commit`].
    #[inline]
    pub fn end_turn(&mut self) {
        if self.durability == Durability::Always {
            return;
        }
        let waiting = self.appender.waiting();
        if waiting > 0 || self.queued > 0 {
            self.hand_over(waiting);
        }
    }

    fn hand_over(&mut self, waiting: u64) {
        let mut queue = self.shared.queue();
        let before = queue.bytes();
        if waiting > 0 {
            queue.take(&mut self.appender, waiting);
        }
        self.appender.set_durable(queue.durable);
        self.queued = queue.bytes();
        let wake = queue.wants_writer(before);
        drop(queue);
        if wake {
            self.shared.wake.notify_all();
        }
    }

    /// Whether records were appended that neither [`Self::end_turn`] nor [`Self::commit`] has
    /// taken on.
    #[must_use]
    #[inline]
    pub fn has_uncommitted(&self) -> bool {
        self.appender.waiting() > 0
    }

    /// Writes all that was appended so far and makes it durable, in line.
    ///
    /// # Errors
    /// Where that fails, now or before: what was appended may be lost, and nothing can be appended
    /// any more.
    pub fn commit(&mut self) -> Result<(), JournalError> {
        let result = self.commit_elsewhere().run();
        let queue = self.shared.queue();
        self.appender.set_durable(queue.durable);
        self.queued = queue.bytes();
        result
    }

    /// As [`Self::commit`], done by the writer: for a loop that has others to serve, at the cost of waking that
    /// thread. Gives the number of this commit, see [`Self::committed`]. When it is done or has failed the
    /// function of [`Self::on_room`] is called.
    pub fn commit_later(&mut self) -> u64 {
        let _ = self.commit_elsewhere();
        let mut queue = self.shared.queue();
        queue.commits_asked += 1;
        let number = queue.commits_asked;
        drop(queue);
        self.shared.wake.notify_all();
        number
    }

    /// The last of [`Self::commit_later`] that is done, where nothing has [failed](Self::failed).
    #[must_use]
    pub fn committed(&self) -> u64 {
        self.shared.committed.load(Ordering::Acquire)
    }

    /// As [`Self::commit`], for any thread to do. Meanwhile more can be appended. Commits may be run in any order, and each makes durable at least what was
    /// appended before it was asked for.
    #[must_use = "nothing is durable before it is run"]
    pub fn commit_elsewhere(&mut self) -> Commit {
        let mut queue = self.shared.queue();
        let waiting = self.appender.waiting();
        if waiting > 0 {
            queue.take(&mut self.appender, waiting);
        }
        self.appender.set_durable(queue.durable);
        self.queued = queue.bytes();
        drop(queue);
        Commit(Arc::clone(&self.shared))
    }

    /// Why nothing can be appended any more, where that is so.
    #[must_use]
    pub fn failed(&self) -> Option<String> {
        if !self.shared.has_failed.load(Ordering::Relaxed) {
            return None;
        }
        self.shared.queue().failed.clone()
    }

    #[cold]
    fn read_only(&self) -> JournalError {
        JournalError::ReadOnly { why: self.failed().unwrap_or_default() }
    }

    /// How many bytes the log has, space taken ahead not counted.
    pub fn bytes(&mut self) -> u64 {
        self.appender.usage.bytes()
    }

    /// How many bytes are appended and not written.
    #[must_use]
    pub fn unwritten(&self) -> u64 {
        self.queued + self.appender.waiting()
    }

    /// How many bytes a project has in the log since its last checkpoint, as far as
    /// [`Self::checkpointed`] told of it.
    pub fn bytes_since_checkpoint(&mut self, project: u64) -> u64 {
        self.appender.usage.bytes_since_checkpoint(project)
    }

    /// A checkpoint of a project is durable, which was begun when it had `bytes` since the one
    /// before; after [`Self::open`]: whose version covers records of `bytes` together.
    pub fn checkpointed(&mut self, project: u64, bytes: u64) {
        self.appender.usage.checkpointed(project, bytes);
    }

    /// Whether the log has any record of a project.
    pub fn has_records(&mut self, project: u64) -> bool {
        self.appender.usage.has_records(project)
    }

    /// The projects whose records keep the oldest segment, where `covered` says up to which version
    /// each is durable elsewhere, and how many bytes they have there.
    pub fn holding_oldest(&mut self, covered: impl Fn(u64) -> Option<u64>) -> Vec<(u64, u64)> {
        self.appender.usage.holding_oldest(covered)
    }

    /// Has the writer remove segments that no start needs, oldest first, until those that are left have `room`
    /// bytes at the most, and says how many they are. `covered` says up to which version a project is durable
    /// elsewhere; `u64::MAX` for one that is deleted, checkpoints and all.
    pub fn forget(&mut self, covered: impl Fn(u64) -> Option<u64>, room: u64) -> usize {
        let numbers = self.appender.usage.forget(covered, room);
        if !numbers.is_empty() {
            let names = numbers.iter().flat_map(|&number| [name_of(number), index_name(number)]);
            self.shared.queue().obsolete.extend(names);
            self.shared.wake.notify_all();
        }
        numbers.len()
    }

    /// How many bytes the segments have that [`Self::forget`] may remove, and the number of the oldest.
    pub fn spare(&mut self, covered: impl Fn(u64) -> Option<u64>) -> (u64, Option<u64>) {
        self.appender.usage.spare(covered)
    }

    /// How many bytes the other segments have.
    pub fn needed_bytes(&mut self, covered: impl Fn(u64) -> Option<u64>) -> u64 {
        self.appender.usage.needed_bytes(covered)
    }

    /// The segments that have records of a project, oldest first, with what was appended so far.
    pub fn parts(&mut self, project: u64) -> Vec<Part> {
        self.appender.usage.parts(project)
    }

    /// A project has this version, whoever has told: records of it that are appended lead on from there.
    pub fn know(&mut self, project: u64, version: u64) {
        self.appender.usage.know(project, version);
    }

    /// The time of the last record of kind [`kind::TIME`], in milliseconds since 1970; 0 where there is none.
    #[must_use]
    pub fn time_ms(&self) -> u64 {
        self.appender.usage.time_ms()
    }

    /// Writes all that was appended, makes it durable, and ends the writer.
    ///
    /// # Errors
    /// Where writing failed, now or before.
    pub fn close(mut self) -> Result<(), JournalError> {
        self.commit()?;
        if self.shared.sink().has_segment() {
            self.appender.put_end();
            self.commit()?;
        }
        self.stop();
        self.shared.finish();
        if self.failed().is_some() { Err(self.read_only()) } else { Ok(()) }
    }

    /// Does once what the writer would, where there is none: see [`Settings::has_writer`].
    #[doc(hidden)]
    pub fn write_now(&self, sync: bool) {
        let mut task = self.shared.queue().take_task();
        self.shared.work(&mut task, sync);
    }

    fn stop(&mut self) {
        self.shared.queue().stop = true;
        self.shared.wake.notify_all();
        if let Some(writer) = self.writer.take() {
            // Where it panicked the log is as after a crash, and the panic was told.
            let _ = writer.join();
        }
    }
}

/// What makes durable all that was appended before it was asked for.
pub struct Commit(Arc<Shared>);

impl Commit {
    /// Writes and syncs.
    ///
    /// # Errors
    /// As of [`Journal::commit`].
    pub fn run(self) -> Result<(), JournalError> {
        let mut sink = self.0.sink();
        self.0.write(&mut sink, true);
        drop(sink);
        let queue = self.0.queue();
        if queue.wants_space || !queue.indexes.is_empty() {
            self.0.wake.notify_all();
        }
        match &queue.failed {
            Some(why) => Err(JournalError::ReadOnly { why: why.clone() }),
            None => Ok(()),
        }
    }
}

/// Without [`Journal::close`] the log is as after a crash; the thread ends all the same.
impl Drop for Journal {
    fn drop(&mut self) {
        self.stop();
    }
}

#[cold]
fn refused(error: AppendError) -> JournalError {
    match error {
        AppendError::TooLarge(bytes) => JournalError::TooLarge { bytes },
        AppendError::Log(error) => full_or_failed(error),
    }
}

#[cold]
fn full_or_failed(error: LogError) -> JournalError {
    if error.is_full() { JournalError::Full(error) } else { JournalError::Log(error) }
}

#[cfg(test)]
mod tests;
