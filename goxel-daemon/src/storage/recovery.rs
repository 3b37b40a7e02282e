//! What a start finds in the data directory: checkpoints, and what the journal has behind them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::Result;
use goxel_core::{Identity, Project};
use goxel_store::checkpoint::{self, Stored};
use goxel_store::disk::{Disk, RealDisk};
use goxel_store::format::{self, FORMAT};
use goxel_store::journal::{Durability, Journal, Recovered, Settings};
use goxel_store::log::{Concerns, Damage, Found, kind};

use super::replay::{memory_left, opened, replay};
use super::retention::{Retention, system_clock};
use super::{Acks, Deleted, Followers, Kept, Storage};

/// How long a start waits for another daemon to leave the directory. One that has said that it ends may wait for
/// its disk as long as that; one that goes on is told of soon enough.
const LOCK_WAIT: Duration = Duration::from_secs(3);

/// What a data directory had: the projects that are open.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) storage: Storage,
    /// Those that had something in the journal.
    pub(crate) projects: Vec<Project>,
    /// The one that is current.
    pub(crate) current: Option<Identity>,
    /// The highest number of an identity that was given.
    pub(crate) last_number: u64,
}

/// Opens the data directory at `path`, and makes it where it is missing.
///
/// # Errors
/// Where it cannot be had or read. A project that cannot be read is no error: others can.
pub(crate) fn open(path: &Path, durability: Durability, history_max: u64) -> Result<Opened> {
    let disk = RealDisk::open(path)?;
    disk.lock_within(LOCK_WAIT)?;
    let retention = Retention::new(history_max, system_clock());
    open_disk(Arc::new(disk), &Settings::new(durability), retention)
}

/// Opens a data directory on a disk that this process has locked.
pub(super) fn open_disk(
    disk: Arc<dyn Disk>,
    settings: &Settings,
    retention: Retention,
) -> Result<Opened> {
    let began = Instant::now();
    if format::upgrade(&*disk)? < FORMAT {
        tracing::info!(
            "data directory {}: it has version {FORMAT} of the format now",
            disk.place()
        );
    }
    let stored = checkpoint::survey(&*disk)?;
    let covered: BTreeMap<u64, u64> = stored
        .iter()
        .filter(|stored| stored.summary.is_ok())
        .map(|stored| (stored.identity, stored.version))
        .collect();
    let covered = |number: u64| covered.get(&number).copied();
    let (journal, Recovered { records, damages, warnings, deleted }) =
        Journal::open_behind(Arc::clone(&disk), settings, &covered)?;
    warnings
        .iter()
        .for_each(|warning| tracing::warn!("data directory {}: {warning}", disk.place()));
    let mut recovery = Recovery::new(disk, stored);
    recovery.refuse_damaged(&damages);
    recovery.forget_deleted(deleted, &checkpoint::tagged(&*recovery.disk)?);
    let mut count = 0_u64;
    for found in records {
        recovery.take(&found?);
        count += 1;
    }
    tracing::info!(
        projects = recovery.slots.len(),
        records = count,
        ms = began.elapsed().as_millis() as u64,
        "the data directory was read"
    );
    recovery.finish(journal, settings.durability, retention)
}

/// What is known of a project on the way.
#[derive(Default)]
struct Slot {
    kept: Kept,
    /// It was in the journal, and is read in.
    project: Option<Project>,
    /// Bytes of the journal that its checkpoint has.
    covered_bytes: u64,
}

struct Recovery {
    disk: Arc<dyn Disk>,
    slots: BTreeMap<u64, Slot>,
    deleted: Deleted,
    current: Option<u64>,
    scratch: Vec<u8>,
}

impl Recovery {
    fn new(disk: Arc<dyn Disk>, stored: Vec<Stored>) -> Self {
        let slots = stored.into_iter().map(|stored| {
            let (name, refused) = match &stored.summary {
                Ok(summary) => (summary.name.clone(), None),
                // It has to be called something, to be found.
                Err(why) => (Identity::of(stored.identity).to_string(), Some(why.clone())),
            };
            let number = stored.identity;
            let kept = Kept { name, refused, stored: Some(stored), ..Kept::default() };
            (number, Slot { kept, ..Slot::default() })
        });
        let (deleted, scratch) = (Deleted::default(), Vec::new());
        Self { slots: slots.collect(), disk, deleted, current: None, scratch }
    }

    /// Projects that were deleted: what is found of them is not done again.
    fn forget_deleted(&mut self, deleted: BTreeSet<u64>, tagged: &BTreeSet<u64>) {
        for number in deleted {
            // Its files may not all be gone.
            let has_files = self.slots.remove(&number).is_some() || tagged.contains(&number);
            match has_files {
                true => self.deleted.doomed.insert(number),
                false => self.deleted.gone.insert(number),
            };
        }
    }

    /// Projects that have lost records are not what they were.
    fn refuse_damaged(&mut self, damages: &[Damage]) {
        for damage in damages {
            let why = format!(
                "data directory {}: {damage}: run `goxel-cli repair {}`, which keeps what can be kept",
                self.disk.place(),
                self.disk.place()
            );
            match damage.concerns {
                Concerns::Nobody => {}
                Concerns::Project(number) => self.refuse(number, why),
                Concerns::Unknown => {
                    let all: BTreeSet<u64> = self.slots.keys().copied().collect();
                    all.into_iter().for_each(|number| self.refuse(number, why.clone()));
                }
            }
        }
    }

    fn refuse(&mut self, number: u64, why: String) {
        let slot = self.slots.entry(number).or_default();
        if slot.kept.name.is_empty() {
            slot.kept.name = Identity::of(number).to_string();
        }
        slot.project = None;
        tracing::error!("project \"{}\" cannot be used: {why}", slot.kept.name);
        slot.kept.refused.get_or_insert(why);
    }

    /// Does again what a record says.
    fn take(&mut self, found: &Found) {
        let number = found.project;
        if found.kind == kind::TIME || self.deleted.has(number) {
            return;
        }
        self.current = Some(number);
        if found.kind == kind::CURRENT {
            return;
        }
        if found.kind == kind::DELETED {
            self.slots.remove(&number);
            self.deleted.doomed.insert(number);
            return;
        }
        let slot = self.slots.entry(number).or_default();
        if slot.kept.stored.as_ref().is_some_and(|stored| found.version <= stored.version) {
            slot.covered_bytes += found.bytes();
            return;
        }
        if slot.kept.refused.is_some() {
            return;
        }
        if let Err(why) = self.take_edit(found) {
            let why = format!(
                "data directory {}: the record of version {} of the project, at byte {} of segment \
                 {}, cannot be done again: {why}",
                self.disk.place(),
                found.version,
                found.place.offset,
                found.place.segment
            );
            self.refuse(number, why);
        }
    }

    fn take_edit(&mut self, found: &Found) -> Result<(), String> {
        let Some(slot) = self.slots.get_mut(&found.project) else { return Ok(()) };
        if found.kind == kind::OPENED {
            let project = opened(found)?;
            project.name().clone_into(&mut slot.kept.name);
            slot.project = Some(project);
            return Ok(());
        }
        let project = match &mut slot.project {
            Some(project) => project,
            none => {
                let stored = slot.kept.stored.as_ref();
                let stored = stored.ok_or("nothing is there of the project before it")?;
                let read = checkpoint::read(&*self.disk, stored, memory_left());
                none.insert(read.map_err(|error| error.to_string())?)
            }
        };
        replay(project, found, &mut self.scratch)?;
        if slot.kept.name != project.name() {
            project.name().clone_into(&mut slot.kept.name);
        }
        Ok(())
    }

    /// Ends what was under way, and gives what there is.
    fn finish(
        self,
        mut journal: Journal,
        durability: Durability,
        retention: Retention,
    ) -> Result<Opened> {
        let Self { disk, slots, deleted, current, .. } = self;
        let (mut kept, mut projects) = (BTreeMap::new(), Vec::new());
        for (number, slot) in slots {
            journal.checkpointed(number, slot.covered_bytes);
            journal.know(number, slot.kept.version());
            if let Some(mut project) = slot.project {
                // Nothing before the start can be undone, and what was done again is in no transaction.
                if project.in_transaction() {
                    project.roll_back()?;
                    let record = super::written::Made::call(goxel_proto::Method::Rollback, None, 1);
                    let head = goxel_store::journal::Record {
                        project: number,
                        version: project.version(),
                        kind: record.kind,
                        payload: &[],
                    };
                    journal.append_payload(&head, record.payload)?;
                }
                project.forget_history();
                projects.push(project);
            }
            kept.insert(number, slot.kept);
        }
        let last_kept = kept.last_key_value().map_or(0, |(number, _)| *number);
        let last_deleted = deleted.doomed.last().max(deleted.gone.last()).copied();
        let last_number = last_kept.max(last_deleted.unwrap_or(0));
        let current =
            current.filter(|number| kept.get(number).is_some_and(|kept| kept.refused.is_none()));
        // No run begins in the nanosecond of another.
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let run = u64::try_from(since.as_nanos()).unwrap_or(u64::MAX);
        let mut storage = Storage {
            journal,
            points: Default::default(),
            disk,
            durability,
            kept,
            deleted,
            current: None,
            limits: super::Limits::default(),
            retention,
            unlooked_bytes: u64::MAX / 2,
            writing: None,
            commits: Default::default(),
            followers: Followers::new(Acks::default(), run, Instant::now()),
            has_uncommitted: false,
            behind: Default::default(),
            reading: Default::default(),
            ready: Default::default(),
            #[cfg(test)]
            witnessed: Vec::new(),
        };
        // Starts and ends that nothing was edited between leave segments that nobody needs.
        storage.let_go();
        Ok(Opened { storage, projects, current: current.map(Identity::of), last_number })
    }
}
