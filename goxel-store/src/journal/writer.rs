//! The thread that writes what the loop hands over, and what both share.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use super::settings::{Durability, Settings};
use crate::disk::Disk;
use crate::log::{Appender, Chunk, Index, LogError, Sink};

/// The writer waits so long for more: a write for each turn would cost more than the turn.
const GATHER: Duration = Duration::from_millis(10);

/// With so much at hand it does not wait: a larger write costs no less for each byte.
const GATHER_BYTES: u64 = 1 << 20;

/// More room than this is given back: a second of many edits, or a large one, is over.
const SPARE_BYTES_MAX: usize = 4 << 20;

/// [`Durability::EverySec`] syncs so often.
const SYNC_EVERY: Duration = Duration::from_secs(1);

/// What the loop and the writer share. Whoever takes both locks takes the sink first.
pub(super) struct Shared {
    queue: Mutex<Queue>,
    sink: Mutex<Sink>,
    pub(super) wake: Condvar,
    pub(super) has_failed: AtomicBool,
    /// The last commit that the writer was asked for and has made.
    pub(super) committed: AtomicU64,
    disk: Arc<dyn Disk>,
    durability: Durability,
    step_bytes: u64,
    has_indexes: bool,
    unwritten_bytes_max: u64,
    /// To be called when there is room again, where somebody was refused for want of it.
    pub(super) on_room: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

/// What the writer does next.
#[derive(Default)]
pub(super) struct Task {
    obsolete: Vec<String>,
    indexes: Vec<Index>,
    /// The last commit that it is asked for.
    commit: Option<u64>,
}

/// What is to be done.
#[derive(Default)]
pub(super) struct Queue {
    chunks: Vec<Chunk>,
    /// Room for more, that was used before: new memory costs more than copying into it.
    spare: Vec<u8>,
    /// Bytes in `chunks`, and bytes that are being written.
    waiting: u64,
    writing: u64,
    /// Files to remove.
    pub(super) obsolete: Vec<String>,
    /// What segments hold that were ended.
    pub(super) indexes: Vec<Index>,
    /// A segment, and up to where it is durable.
    pub(super) durable: (u64, u64),
    /// Whether something written is not.
    has_unsynced: bool,
    /// Space should be taken ahead.
    pub(super) wants_space: bool,
    /// Somebody was refused for want of room.
    pub(super) tells_room: bool,
    /// Commits that the writer was asked for, and that it has begun.
    pub(super) commits_asked: u64,
    commits_begun: u64,
    /// The first failure.
    pub(super) failed: Option<String>,
    pub(super) stop: bool,
}

impl Queue {
    /// Takes the `bytes` that were put down.
    pub(super) fn take(&mut self, appender: &mut Appender, bytes: u64) {
        appender.take(&mut self.chunks, &mut self.spare);
        self.indexes.extend(appender.take_indexes());
        self.waiting += bytes;
    }

    /// Takes what is to be done beside writing.
    pub(super) fn take_task(&mut self) -> Task {
        let commit = self.wants_commit().then_some(self.commits_asked);
        self.commits_begun = self.commits_asked;
        let obsolete = std::mem::take(&mut self.obsolete);
        Task { obsolete, indexes: std::mem::take(&mut self.indexes), commit }
    }

    fn wants_commit(&self) -> bool {
        self.commits_asked > self.commits_begun
    }

    /// Bytes that are not written.
    pub(super) fn bytes(&self) -> u64 {
        self.waiting + self.writing
    }

    /// Keeps room for later.
    fn keep(&mut self, room: Vec<u8>) {
        if (self.spare.capacity()..=SPARE_BYTES_MAX).contains(&room.capacity()) {
            self.spare = room;
        }
    }

    /// Whether the writer has to be woken, where so many bytes were waiting before.
    pub(super) fn wants_writer(&self, before: u64) -> bool {
        let now = self.bytes();
        now > before && (before == self.writing || (before < GATHER_BYTES && now >= GATHER_BYTES))
    }
}

impl Shared {
    pub(super) fn new(disk: Arc<dyn Disk>, settings: &Settings) -> Self {
        Self {
            queue: Mutex::default(),
            sink: Mutex::new(Sink::new(Arc::clone(&disk))),
            wake: Condvar::new(),
            has_failed: AtomicBool::new(false),
            committed: AtomicU64::new(0),
            disk,
            durability: settings.durability,
            step_bytes: settings.step_bytes,
            has_indexes: settings.has_indexes,
            unwritten_bytes_max: settings.unwritten_bytes_max,
            on_room: OnceLock::new(),
        }
    }

    pub(super) fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn sink(&self) -> MutexGuard<'_, Sink> {
        self.sink.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes all that waits, and makes it durable where that is asked for. After a failure nothing
    /// is written any more.
    pub(super) fn write(&self, sink: &mut Sink, sync: bool) {
        let mut queue = self.queue();
        let mut chunks = std::mem::take(&mut queue.chunks);
        queue.writing = std::mem::take(&mut queue.waiting);
        let failed = queue.failed.is_some();
        drop(queue);
        let result = if failed { Ok(()) } else { write_chunks(sink, &mut chunks, sync) };
        let mut queue = self.queue();
        queue.writing = 0;
        if let Some(chunk) = chunks.pop() {
            queue.keep(chunk.into_room());
        }
        match result {
            Ok(()) => {
                queue.durable = sink.durable();
                queue.has_unsynced = !failed && !sink.is_durable();
                queue.wants_space = !failed && sink.is_short_of_space(self.step_bytes);
            }
            Err(error) => self.fail(&mut queue, &error),
        }
        // Also after a failure: who waits for room is to hear of it.
        let has_room = queue.bytes() <= self.unwritten_bytes_max;
        let tells = queue.tells_room && (has_room || queue.failed.is_some());
        queue.tells_room &= !tells;
        drop(queue);
        if let Some(tell) = self.on_room.get().filter(|_| tells) {
            tell();
        }
    }

    /// Ends the last segment where it is written up to.
    pub(super) fn finish(&self) {
        let result = self.sink().finish();
        let mut queue = self.queue();
        if let Err(error) = result
            && queue.failed.is_none()
        {
            self.fail(&mut queue, &error);
        }
    }

    fn fail(&self, queue: &mut Queue, error: &LogError) {
        queue.has_unsynced = false;
        queue.wants_space = false;
        queue.failed.get_or_insert_with(|| error.to_string());
        self.has_failed.store(true, Ordering::Relaxed);
    }

    /// What the writer does each time: writes, removes files, takes space ahead, and writes indexes.
    pub(super) fn work(&self, task: &mut Task, sync: bool) {
        if self.durability != Durability::Always || task.commit.is_some() {
            self.write(&mut self.sink(), sync || task.commit.is_some());
        }
        if let Some(commit) = task.commit {
            self.committed.store(commit, Ordering::Release);
            self.on_room.get().iter().for_each(|tell| tell());
        }
        // Nobody waits for this. The sink is left to others meanwhile.
        let obsolete = std::mem::take(&mut task.obsolete);
        if !obsolete.is_empty() {
            self.remove(obsolete);
        }
        self.sink().reserve_ahead(self.step_bytes);
        self.queue().wants_space = false;
        if self.has_indexes && !self.has_failed.load(Ordering::Relaxed) {
            for index in &task.indexes {
                // One that is missing is written anew by the next start.
                let _ = index.write(&*self.disk);
            }
        }
    }

    /// Removes files of which nobody needs any record. Where that fails they are found again at
    /// the next start.
    fn remove(&self, names: Vec<String>) {
        // What makes them obsolete first, then one after the other: the record that deletes a
        // project must not go before older ones that would bring it back.
        let mut result = self.disk.sync_dir();
        for name in names {
            result = result.and_then(|()| match self.disk.remove(&name) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            });
            result = result.and_then(|()| self.disk.sync_dir());
        }
    }
}

fn write_chunks(sink: &mut Sink, chunks: &mut [Chunk], sync: bool) -> Result<(), LogError> {
    for chunk in chunks {
        sink.write(chunk)?;
    }
    if sync { sink.sync() } else { Ok(()) }
}

/// Starts the thread.
pub(super) fn start(shared: Arc<Shared>) -> std::io::Result<JoinHandle<()>> {
    Builder::new().name("journal".to_owned()).spawn(move || run(&shared))
}

fn run(shared: &Shared) {
    let mut synced = Instant::now();
    while let Some(mut task) = next_task(shared, synced) {
        let due = shared.durability == Durability::EverySec && synced.elapsed() >= SYNC_EVERY;
        shared.work(&mut task, due);
        if due {
            synced = Instant::now();
        }
    }
}

/// Waits until there is something to do; nothing at the end.
fn next_task(shared: &Shared, synced: Instant) -> Option<Task> {
    let mut queue = shared.queue();
    while !queue.stop {
        let has_files = !queue.obsolete.is_empty() || !queue.indexes.is_empty();
        if queue.wants_space || queue.wants_commit() || has_files {
            break;
        }
        if shared.durability == Durability::Always {
            queue = wait(shared, queue, None);
        } else if queue.waiting >= GATHER_BYTES {
            break;
        } else if queue.waiting > 0 {
            queue = wait(shared, queue, Some(GATHER));
            break;
        } else if shared.durability == Durability::EverySec && queue.has_unsynced {
            let left = SYNC_EVERY.saturating_sub(synced.elapsed());
            if left.is_zero() {
                break;
            }
            queue = wait(shared, queue, Some(left));
        } else {
            queue = wait(shared, queue, None);
        }
    }
    let task = queue.take_task();
    let has_files = !task.obsolete.is_empty() || !task.indexes.is_empty();
    (!queue.stop || has_files).then_some(task)
}

fn wait<'a>(
    shared: &Shared,
    queue: MutexGuard<'a, Queue>,
    at_most: Option<Duration>,
) -> MutexGuard<'a, Queue> {
    match at_most {
        Some(time) => {
            let waited = shared.wake.wait_timeout(queue, time);
            waited.unwrap_or_else(PoisonError::into_inner).0
        }
        None => shared.wake.wait(queue).unwrap_or_else(PoisonError::into_inner),
    }
}
