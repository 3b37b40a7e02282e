//! When checkpoints are made, and what becomes of them.
//!
//! Each has a project's records in the journal forgotten, so they are made when those have grown: that
//! bounds the directory, and the time to start after a crash. A worker writes one at a time, from a
//! snapshot, while edits go on.

use std::sync::Arc;

use goxel_core::{Identity, Project, ProjectId};
use goxel_store::checkpoint::{self, CheckpointError, Older, Stored};
use goxel_store::disk::Disk;
use goxel_store::log::kind;

use super::retention::{Chore, covered};
use super::tag_lock::Tags;
use super::{Kept, Storage};
use crate::memory;

/// So many bytes of journal pass until projects are looked through once more: some ten thousand edits.
const LOOK_BYTES: u64 = 1 << 20;
/// So much of a project may stand in the journal: 700,000 voxels, one by one, which are done again in a
/// quarter of a second.
const JOURNAL_BYTES_MIN: u64 = 8 << 20;
/// And of a larger project its checkpoint's bytes divided by this: so what is written to the disk is at
/// most three times what is edited.
const JOURNAL_SHARE: u64 = 2;
/// So much may stand in the journal over all projects, before those make checkpoints that keep its oldest
/// part: ten million voxels, one by one, which are done again in 4 seconds at the most.
const JOURNAL_BYTES_MAX: u64 = 128 << 20;

/// When checkpoints are made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Bytes of journal between two looks.
    pub(super) look_bytes: u64,
    /// Bytes that a project may have in the journal.
    pub(super) journal_bytes_min: u64,
    /// And all projects together.
    pub(super) journal_bytes_max: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            look_bytes: LOOK_BYTES,
            journal_bytes_min: JOURNAL_BYTES_MIN,
            journal_bytes_max: JOURNAL_BYTES_MAX,
        }
    }
}

/// What the last checkpoint held is remembered where a project takes so small a part of the memory there
/// may be: what changes since is in memory twice.
const BEFORE_SHARE: u64 = 16;

/// What a worker does for the data directory.
pub(crate) struct Checkpoint {
    disk: Arc<dyn Disk>,
    identity: u64,
    /// What the journal had of it when the snapshot was taken.
    bytes: u64,
    task: Task,
}

enum Task {
    Write(Box<Write>),
    Delete(goxel_store::journal::Commit, Tags),
    Older(Chore),
}

/// What there is of a project, and what there shall be.
struct Write {
    stored: Option<Stored>,
    before: Option<Project>,
    project: Project,
}

/// What came of it.
pub(crate) struct Checkpointed {
    identity: u64,
    bytes: u64,
    written: Option<(Stored, Project)>,
    /// All files of the project are removed.
    is_gone: bool,
    /// What files of older versions take.
    measured: Vec<(u64, Vec<Older>)>,
    failed: Option<CheckpointError>,
}

impl Checkpoint {
    /// Writes it.
    pub(crate) fn run(self) -> Checkpointed {
        let Self { disk, identity, bytes, task } = self;
        let done = |written, failed| {
            let (is_gone, measured) = (false, Vec::new());
            Checkpointed { identity, bytes, written, is_gone, measured, failed }
        };
        match task {
            Task::Write(write) => {
                let Write { stored, before, project } = *write;
                match checkpoint::write(&*disk, stored.as_ref(), before.as_ref(), &project) {
                    Ok(stored) => done(Some((stored, project)), None),
                    Err(error) => done(None, Some(error)),
                }
            }
            // What says that it is deleted goes first: else it would be back after a crash.
            Task::Delete(commit, tags) => match commit.run() {
                Ok(()) => {
                    let mut deleted = tags.lock();
                    deleted.insert(identity);
                    let failed = checkpoint::remove_project(&*disk, identity).err();
                    Checkpointed { is_gone: failed.is_none(), ..done(None, failed) }
                }
                Err(error) => {
                    tracing::error!("{error}");
                    done(None, None)
                }
            },
            Task::Older(chore) => {
                let (measured, failed) = chore.run(&*disk);
                Checkpointed { measured, ..done(None, failed) }
            }
        }
    }
}

impl Storage {
    /// What a worker shall do next, if anything. `open` gives the projects that are open.
    #[inline]
    pub(crate) fn next_checkpoint<'a>(
        &mut self,
        open: impl FnOnce() -> Vec<(ProjectId, &'a Project)>,
    ) -> Option<Checkpoint> {
        if self.unlooked_bytes < self.limits.look_bytes
            || self.writing.is_some()
            || self.journal.failed().is_some()
        {
            return None;
        }
        self.look(&open())
    }

    #[cold]
    fn look(&mut self, open: &[(ProjectId, &Project)]) -> Option<Checkpoint> {
        self.unlooked_bytes = 0;
        // A snapshot has what the journal has.
        self.flush_points();
        let found = self.due(open);
        // There may be others.
        if let Some(found) = &found {
            self.unlooked_bytes = self.limits.look_bytes;
            self.writing = Some(found.identity);
        }
        found
    }

    fn due(&mut self, open: &[(ProjectId, &Project)]) -> Option<Checkpoint> {
        if let Some(&identity) = self.deleted.doomed.first() {
            let task = Task::Delete(self.journal.commit_elsewhere(), self.tags());
            return Some(Checkpoint { disk: Arc::clone(&self.disk), identity, bytes: 0, task });
        }
        if let Some(chore) = self.next_chore() {
            let task = Task::Older(chore);
            return Some(Checkpoint { disk: Arc::clone(&self.disk), identity: 0, bytes: 0, task });
        }
        let closed = self
            .kept
            .iter()
            .find_map(|(&number, kept)| Some((number, kept.closed.as_ref()?.snapshot())));
        if let Some((number, project)) = closed {
            return Some(self.checkpoint(number, project));
        }
        let needed = self.journal.needed_bytes(covered(&self.kept, &self.deleted));
        let oldest =
            if needed > self.limits.journal_bytes_max { self.oldest() } else { Vec::new() };
        for (_, project) in open {
            let number = project.identity().number();
            let bytes = self.journal.bytes_since_checkpoint(number);
            let Some(kept) = self.kept.get(&number) else { continue };
            let is_due = bytes >= kept.journal_bytes_max(self.limits.journal_bytes_min)
                || oldest.contains(&number);
            if is_due && bytes > 0 && is_decided(project) {
                let project = project.snapshot();
                return Some(self.checkpoint(number, project));
            }
        }
        None
    }

    fn checkpoint(&mut self, number: u64, project: Project) -> Checkpoint {
        let bytes = self.journal.bytes_since_checkpoint(number);
        let kept = self.kept.get_mut(&number);
        let (stored, before) =
            kept.map_or((None, None), |kept| (kept.stored.clone(), kept.before.take()));
        let task = Task::Write(Box::new(Write { stored, before, project }));
        Checkpoint { disk: Arc::clone(&self.disk), identity: number, bytes, task }
    }

    /// The projects that keep the oldest part of the journal.
    fn oldest(&mut self) -> Vec<u64> {
        let oldest = self.journal.holding_oldest(covered(&self.kept, &self.deleted));
        oldest.into_iter().map(|(number, _)| number).collect()
    }

    /// A worker is done. Gives what may take long to free.
    pub(crate) fn checkpointed(&mut self, done: Checkpointed) -> Option<Project> {
        let Checkpointed { identity, bytes, written, is_gone, measured, failed } = done;
        self.writing = None;
        if let Some(error) = &failed {
            if identity == 0 {
                tracing::error!("older versions cannot be let go: {error}");
            } else {
                let project = Identity::of(identity);
                tracing::error!("a checkpoint of project {project} failed: {error}");
            }
            // Tried again when some more was edited.
            self.unlooked_bytes = 0;
        }
        if is_gone && self.deleted.doomed.remove(&identity) {
            self.deleted.gone.insert(identity);
        }
        let mut left = None;
        // It may have been deleted meanwhile: then its files are still to be removed.
        if let (Some((stored, project)), Some(kept)) = (written, self.kept.get_mut(&identity)) {
            kept.closed.take_if(|closed| closed.version() == stored.version);
            kept.stored = Some(stored);
            let is_small = project.voxel_bytes() as u64 <= memory::max() / BEFORE_SHARE;
            match is_small && memory::is_half_free() {
                true => kept.before = Some(project),
                false => left = Some(project),
            }
            self.journal.checkpointed(identity, bytes);
        }
        self.take_measured(measured);
        self.let_go();
        left
    }

    /// A project is deleted: it is not open any more, and is to be nowhere.
    pub(crate) fn delete(&mut self, identity: Identity) -> crate::fault::Result {
        let number = identity.number();
        self.reserve_made(&super::Made::of(kind::DELETED, Default::default()))?;
        self.append_deleted(number)
    }

    /// As [`Self::delete`], where there is room for the record.
    pub(super) fn append_deleted(&mut self, number: u64) -> crate::fault::Result {
        let made = super::Made::of(kind::DELETED, Default::default());
        // Nothing comes behind it, so its version does not count.
        self.put_made(number, 0, made)?;
        self.kept.remove(&number);
        self.deleted.doomed.insert(number);
        self.unlooked_bytes = self.limits.look_bytes;
        Ok(())
    }

    /// Makes checkpoints of all projects, and ends the journal in order.
    pub(crate) fn end(mut self, open: &[(ProjectId, &Project)], current: Option<Identity>) {
        self.flush_points();
        // Of one that a long edit is under way in the journal has everything but that edit.
        let decided = open.iter().filter(|(_, project)| is_decided(project));
        let mut all: Vec<Project> = decided.map(|(_, project)| project.snapshot()).collect();
        all.extend(
            self.kept.values().filter_map(|kept| kept.closed.as_ref().map(Project::snapshot)),
        );
        // Nor are two written of one at a time: a worker may still be at it.
        let by_worker = self.writing;
        all.retain(|project| by_worker != Some(project.identity().number()));
        for project in all {
            let number = project.identity().number();
            if self.kept.get(&number).and_then(Kept::version_in_files) != Some(project.version()) {
                let done = self.checkpoint(number, project).run();
                self.checkpointed(done);
            }
        }
        let _ = self.remove_doomed().inspect_err(|error| tracing::error!("{error}"));
        if let Some(current) = current.or(self.current()) {
            let made = super::Made::of(kind::CURRENT, Default::default());
            // Where it cannot be written, another one is current the next time.
            let _ = self.put_made(current.number(), 0, made);
        }
        if let Err(error) = self.journal.close() {
            tracing::error!("{error}");
        }
    }
}

/// Whether a snapshot of a project is one to start from: what a transaction is rolled back to is not in it,
/// and while a long edit is under way only its fork knows whether there is a transaction.
fn is_decided(project: &Project) -> bool {
    !project.in_transaction() && !project.is_forked()
}

impl Kept {
    /// Bytes in the journal with which the next checkpoint is due.
    fn journal_bytes_max(&self, min: u64) -> u64 {
        let stored = self.stored.as_ref().map_or(0, |stored| stored.bytes);
        (stored / JOURNAL_SHARE).max(min)
    }
}
