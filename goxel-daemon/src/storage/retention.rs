//! What is kept of older versions: for how long, and how it is found.
//!
//! Segments of the log and checkpoints that no start needs any more stay, up to a number of bytes; the oldest
//! go first. So a version is had back from a checkpoint before it and the records behind that.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use goxel_core::{Identity, Project};
use goxel_store::checkpoint::{self, CheckpointError, Older, Stored};
use goxel_store::disk::Disk;
use goxel_store::journal::{Journal, Record};
use goxel_store::log::{kind, leads_on};

use super::past::Past;
use super::tag_lock::Tags;
use super::{Deleted, Kept, Storage};
use crate::fault::Result;

/// What may be kept of older versions where nobody says otherwise. Ten million single edits take a third of it,
/// and a disk that has not as much left has other troubles.
pub const HISTORY_BYTES_MAX: u64 = 1 << 30;

/// Versions are told apart in time by so many milliseconds at the least: more would not help anybody, and a
/// record of 32 bytes in each second costs nothing.
const TIME_STEP_MS: u64 = 1000;

/// Whoever reads older versions keeps them from going, unless they have this many times what they may.
const OVERDRAFT: u64 = 2;

/// Tells milliseconds since 1970.
pub(super) type Clock = Arc<dyn Fn() -> u64 + Send + Sync>;

/// The clock of the system.
pub(super) fn system_clock() -> Clock {
    Arc::new(|| {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    })
}

/// What is kept of older versions, beside what a start needs.
pub(super) struct Retention {
    /// Bytes that it may have.
    pub(super) bytes_max: u64,
    pub(super) clock: Clock,
    /// Whether this turn's records have the time before them.
    is_stamped: bool,
    /// Files of checkpoints that are to be removed, and the projects that they are of.
    doomed: Vec<(u64, Older)>,
    /// What some of the files take is not known.
    is_unmeasured: bool,
    /// Held by all who read older versions.
    readers: Arc<()>,
    tags: Tags,
}

impl Retention {
    pub(super) fn new(bytes_max: u64, clock: Clock) -> Self {
        Self {
            bytes_max,
            clock,
            is_stamped: false,
            doomed: Vec::new(),
            is_unmeasured: true,
            readers: Arc::default(),
            tags: Tags::default(),
        }
    }

    pub(super) fn end_turn(&mut self) {
        self.is_stamped = false;
    }

    /// Has the time stand before the records of this turn.
    #[inline]
    pub(super) fn stamp(&mut self, journal: &mut Journal) -> Result {
        if self.is_stamped { Ok(()) } else { self.stamp_now(journal) }
    }

    fn stamp_now(&mut self, journal: &mut Journal) -> Result {
        let now = (self.clock)();
        // Where the clock was put back, time stands still until it has caught up.
        if now >= journal.time_ms().saturating_add(TIME_STEP_MS) {
            let record = Record { project: 0, version: now, kind: kind::TIME, payload: &[] };
            journal.append(&record)?;
        }
        self.is_stamped = true;
        Ok(())
    }
}

/// What a worker does about older versions.
pub(super) enum Chore {
    /// Finds out what they take.
    Measure(Vec<(u64, Vec<Older>)>),
    Remove(Vec<(u64, Older)>),
}

impl Chore {
    /// Gives what was measured.
    pub(super) fn run(self, disk: &dyn Disk) -> (Vec<(u64, Vec<Older>)>, Option<CheckpointError>) {
        match self {
            Self::Measure(mut all) => {
                let each = all.iter_mut().flat_map(|(_, older)| older);
                each.for_each(|older| older.measure(disk));
                (all, None)
            }
            Self::Remove(all) => {
                let remove = |(_, older): &(u64, Older)| checkpoint::remove_old(disk, older).err();
                (Vec::new(), all.iter().find_map(remove))
            }
        }
    }
}

impl Storage {
    /// What is to be done next about older versions.
    pub(super) fn next_chore(&mut self) -> Option<Chore> {
        if !self.retention.doomed.is_empty() {
            return Some(Chore::Remove(std::mem::take(&mut self.retention.doomed)));
        }
        if !std::mem::take(&mut self.retention.is_unmeasured) {
            return None;
        }
        let unmeasured = |kept: &Kept| {
            let older = kept.stored.as_ref()?.older();
            older.iter().any(|older| older.bytes.is_none()).then(|| older.to_vec())
        };
        let all: Vec<_> = self
            .kept
            .iter()
            .filter_map(|(&number, kept)| Some((number, unmeasured(kept)?)))
            .collect();
        (!all.is_empty()).then_some(Chore::Measure(all))
    }

    /// Removes what is to be removed, at the end.
    pub(super) fn remove_doomed(&mut self) -> Result<(), CheckpointError> {
        let doomed = std::mem::take(&mut self.retention.doomed);
        doomed.iter().try_for_each(|(_, older)| checkpoint::remove_old(&*self.disk, older))
    }

    /// A worker has found out what files take.
    pub(super) fn take_measured(&mut self, measured: Vec<(u64, Vec<Older>)>) {
        for (number, measured) in measured {
            let stored = self.kept.get_mut(&number).and_then(|kept| kept.stored.as_mut());
            for older in stored.into_iter().flat_map(Stored::older_mut) {
                let same = measured.iter().find(|measured| measured.version == older.version);
                older.bytes = older.bytes.or(same.and_then(|same| same.bytes));
            }
        }
    }

    /// Lets go of what is kept of older versions and is more than may be, oldest first, and of what leads to no
    /// version that could be had.
    pub(super) fn let_go(&mut self) {
        loop {
            let (files, oldest_files) = self.older_files();
            let (segments, oldest_segment) = self.journal.spare(covered(&self.kept, &self.deleted));
            let max = self.retention.bytes_max;
            let is_read = Arc::strong_count(&self.retention.readers) > 1;
            let may_have = if is_read { max.saturating_mul(OVERDRAFT) } else { max };
            if files + segments <= may_have {
                break;
            }
            let is_older = |segment: u64| oldest_files.is_none_or(|(age, ..)| segment <= age);
            if oldest_segment.is_some_and(is_older) && self.forget_segments(segments - 1) > 0 {
                continue;
            }
            let Some((_, number, version)) = oldest_files else { break };
            self.doom(number, version);
        }
        if !self.retention.doomed.is_empty() {
            self.unlooked_bytes = self.limits.look_bytes;
        }
    }

    fn forget_segments(&mut self, room: u64) -> usize {
        let count = self.journal.forget(covered(&self.kept, &self.deleted), room);
        if count > 0 {
            let journal = &mut self.journal;
            self.deleted.gone.retain(|number| journal.has_records(*number));
        }
        count
    }

    /// What the files of older checkpoints take, and the one whose records are the oldest: the segment that those
    /// begin in, the project, the version. Those that no records lead on from are of no use.
    fn older_files(&mut self) -> (u64, Option<(u64, u64, u64)>) {
        let (mut bytes, mut oldest, mut useless) = (0, None, Vec::new());
        for (&number, kept) in &self.kept {
            // Where the newest cannot be read, older ones are what is left.
            let stored = kept.stored.as_ref().filter(|_| kept.refused.is_none());
            let Some(all) = stored.map(Stored::older).filter(|all| !all.is_empty()) else {
                continue;
            };
            let parts = self.journal.parts(number);
            for older in all {
                match leads_on(&parts, older.version) {
                    Some(age) => {
                        bytes += older.bytes.unwrap_or(0);
                        let this = (age, number, older.version);
                        oldest =
                            Some(oldest.map_or(this, |oldest: (u64, u64, u64)| oldest.min(this)));
                    }
                    None => useless.push((number, older.version)),
                }
            }
        }
        for (number, version) in useless {
            self.doom(number, version);
        }
        (bytes, oldest)
    }

    /// Has files removed that lead to an older version of a project.
    fn doom(&mut self, number: u64, version: u64) {
        let stored = self.kept.get_mut(&number).and_then(|kept| kept.stored.as_mut());
        let Some(all) = stored.map(Stored::older_mut) else { return };
        for older in all.extract_if(.., |older| older.version == version) {
            self.retention.doomed.push((number, older));
        }
    }

    /// What finds older versions of a project, on a worker. `now` is what it is, where it is open.
    pub(crate) fn past(
        &mut self,
        identity: Identity,
        now: Option<Project>,
        in_transaction: bool,
    ) -> Result<Past> {
        let number = identity.number();
        let kept = self.kept.get(&number).ok_or(goxel_core::Error::ClosedProject)?;
        let now = now.or_else(|| kept.closed.as_ref().map(Project::snapshot));
        let (name, version) = (kept.name.clone(), kept.version());
        self.flush_points();
        Ok(Past {
            disk: Arc::clone(&self.disk),
            identity,
            name,
            version: now.as_ref().map_or(version, Project::version),
            now,
            in_transaction,
            parts: self.journal.parts(number),
            time_ms: (self.retention.clock)().max(self.journal.time_ms()),
            commit: Some(self.journal.commit_elsewhere()),
            tags: self.retention.tags.clone(),
            _reader: Arc::clone(&self.retention.readers),
        })
    }

    /// Whether what is replaced can be had back.
    pub(crate) fn keeps_older(&self) -> bool {
        self.retention.bytes_max > 0
    }

    /// Held while tags are set or removed.
    pub(super) fn tags(&self) -> Tags {
        self.retention.tags.clone()
    }
}

/// Says up to which version a project is durable without the journal.
pub(super) fn covered<'a>(
    kept: &'a BTreeMap<u64, Kept>,
    deleted: &'a Deleted,
) -> impl Fn(u64) -> Option<u64> + 'a {
    move |number| {
        if deleted.gone.contains(&number) {
            return Some(u64::MAX);
        }
        let kept = kept.get(&number)?;
        // Where it cannot be read, everything that there is of it may be needed.
        kept.stored.as_ref().filter(|_| kept.refused.is_none()).map(|stored| stored.version)
    }
}
