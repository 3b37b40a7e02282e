//! [`Directory`]: a data directory as a daemon makes it: projects, edits, checkpoints, old segments that go.

use std::collections::BTreeMap;

use goxel_core::{Context, Project};

use crate::check::Begins;
use crate::checkpoint::tests::{noise, set};
use crate::checkpoint::{Stored, remove_older, remove_project, write};
use crate::disk::{Chance, SimulatedDisk};
use crate::format;
use crate::journal::{Durability, Journal, Record, Settings};
use crate::log::{Found, kind};

/// Segments of some records.
pub(crate) fn settings() -> Settings {
    Settings { segment_bytes: 1500, step_bytes: 600, ..Settings::new(Durability::Always) }
}

/// What records need before them, in the tests: a call is one step or none.
pub(crate) fn begins(found: &Found) -> Begins {
    match found.kind {
        kind::OPENED => Begins::Anew,
        kind::POINT | kind::CALL => Begins::After(found.version - 1),
        kind::CHANGE => Begins::Somewhere,
        _ => Begins::Nowhere,
    }
}

/// Appends a record of a project, version and kind, with something in it.
pub(crate) fn record(journal: &mut Journal, (project, version, kind): (u64, u64, u8)) {
    let payload = vec![version as u8; 20 + version as usize % 70];
    let payload: &[&[u8]] = &[&payload];
    journal.append(&Record { project, version, kind, payload }).unwrap();
}

/// A project of the directory.
struct Entry {
    project: Project,
    stored: Option<Stored>,
    before: Option<Project>,
}

pub(crate) struct Directory {
    disk: SimulatedDisk,
    journal: Journal,
    entries: Vec<Entry>,
    deleted: Vec<u64>,
    /// What projects were at each checkpoint.
    kept: Vec<Project>,
}

/// What is in a directory.
pub(crate) struct Model {
    /// What projects were at each checkpoint.
    pub(crate) kept: Vec<Project>,
    /// The newest version of each project.
    pub(crate) newest: BTreeMap<u64, u64>,
}

impl Directory {
    /// A directory after a history that follows from the seed: of a project of a state and changes, one of
    /// a state, one in the log alone, and one that was deleted.
    pub(crate) fn new(seed: u64) -> Self {
        let disk = SimulatedDisk::new(seed);
        format::upgrade(&disk).unwrap();
        let (journal, _) = Journal::open(disk.clone(), &settings()).unwrap();
        let mut chance = Chance(seed);
        let mut context = Context::counting_from(1000 * (seed + 1));
        let entries = [7, 1, 1, 1].map(|tiles| {
            let (id, _) = context.insert(noise(tiles, chance.next())).unwrap();
            let project = context.close(id).unwrap();
            Entry { project, stored: None, before: None }
        });
        let mut directory =
            Self { disk, journal, entries: entries.into(), deleted: Vec::new(), kept: Vec::new() };
        for at in 0..4 {
            directory.put(at, kind::OPENED);
        }
        for step in 0..120 {
            // The last has no checkpoint.
            let at = chance.below(directory.entries.len() as u64) as usize;
            set(&mut directory.entries[at].project, step);
            directory.put(at, if chance.below(3) == 0 { kind::CALL } else { kind::POINT });
            if step == 60 {
                directory.delete();
            }
            if (at == 0 && chance.below(5) == 0) || (at == 1 && chance.below(9) == 0) || step < 2 {
                directory.checkpoint(usize::from(at == 1));
            }
            directory.journal.commit().unwrap();
        }
        directory.checkpoint(0);
        directory.checkpoint(1);
        directory.append(0, 2);
        directory
    }

    fn put(&mut self, at: usize, kind: u8) {
        let project = &self.entries[at].project;
        record(&mut self.journal, (project.identity().number(), project.version(), kind));
    }

    /// Some edits that no checkpoint has.
    fn append(&mut self, at: usize, count: i32) {
        for step in 0..count {
            set(&mut self.entries[at].project, 1000 + step);
            self.put(at, kind::CALL);
            self.journal.commit().unwrap();
        }
    }

    fn checkpoint(&mut self, at: usize) {
        let Entry { project, stored, before } = &mut self.entries[at];
        let mut written = write(&self.disk, stored.as_ref(), before.as_ref(), project).unwrap();
        remove_older(&self.disk, &mut written).unwrap();
        self.kept.push(project.snapshot());
        *before = Some(project.snapshot());
        *stored = Some(written);
        self.forget();
    }

    fn delete(&mut self) {
        let last = self.entries.len() - 1;
        self.put(last, kind::DELETED);
        self.journal.commit().unwrap();
        let number = self.entries[last].project.identity().number();
        remove_project(&self.disk, number).unwrap();
        self.deleted.push(number);
        self.entries.pop();
        self.forget();
    }

    fn forget(&mut self) {
        let covered: Vec<(u64, u64)> = self
            .entries
            .iter()
            .filter_map(|entry| {
                let stored = entry.stored.as_ref()?;
                Some((stored.identity, stored.version))
            })
            .chain(self.deleted.iter().map(|number| (*number, u64::MAX)))
            .collect();
        let covered =
            |number| covered.iter().find(|(of, _)| *of == number).map(|(_, version)| *version);
        self.journal.forget(covered, 0);
    }

    /// What is in it.
    pub(crate) fn model(&self) -> Model {
        let newest = |entry: &Entry| (entry.project.identity().number(), entry.project.version());
        Model {
            kept: self.kept.iter().map(Project::snapshot).collect(),
            newest: self.entries.iter().map(newest).collect(),
        }
    }

    /// The disk after the daemon has stopped in order.
    pub(crate) fn closed(self) -> SimulatedDisk {
        self.journal.close().unwrap();
        self.disk.kill()
    }

    /// The disk after the daemon was killed.
    pub(crate) fn killed(self) -> SimulatedDisk {
        drop(self.journal);
        self.disk.kill()
    }

    /// The disk after the power went while something was written.
    pub(crate) fn crashed(mut self) -> SimulatedDisk {
        for step in 0..20 {
            self.disk.power_off_after(1);
            set(&mut self.entries[0].project, 2000 + step);
            let project = &self.entries[0].project;
            let (identity, version) = (project.identity().number(), project.version());
            let payload: &[&[u8]] = &[&[7; 90]];
            let record = Record { project: identity, version, kind: kind::CALL, payload };
            if self.journal.append(&record).is_err() || self.journal.commit().is_err() {
                break;
            }
        }
        self.disk.crash()
    }
}
