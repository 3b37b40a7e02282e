//! [`repair`]: makes a damaged data directory one that a daemon can start with, and keeps what can be kept.
//!
//! Of each project that is the newest version that its files of checkpoints still lead to, and the records
//! of the log that lead on from there, as far as none is missing. Where that is nothing, it is what is whole of
//! a damaged state ([`Salvaged`]). Nothing is removed: files that are
//! damaged, or of no use without those, get a name that begins with `damaged-`. A log that has lost something
//! is put together anew from the records that are left.
//!
//! # Crashes
//! A repair that was stopped is begun again, or gone on with, by the next one:
//!
//! ```text
//! repair-log-...     a segment of the new log: it counts once all of them are durable
//! repair-whole       they are: the old ones may be moved aside
//! repair-moved       these are: the new ones may get their names
//! ```
//!
//! A daemon does not start while there is any of these.

mod area;
mod salvaged;

use std::collections::BTreeMap;
use std::sync::Arc;

use goxel_core::Project;
use thiserror::Error;

use self::area::Area;
pub use self::salvaged::Salvaged;
use self::salvaged::salvage;
use crate::check::{ASIDE, Begins, Followed, Verdict};
use crate::checkpoint::{CheckpointError, Name, Verified, verify, verify_tags};
use crate::disk::{Disk, DiskError, failed};
use crate::format::{self, FormatError};
use crate::journal::{Durability, Journal, JournalError, Record, Settings};
use crate::log::{Found, LogError, Seen, UNREPAIRED, Why, begin_behind, inspect, number_of};

/// The new log is whole.
const WHOLE: &str = "repair-whole";
/// The old log is moved aside.
const MOVED: &str = "repair-moved";

/// What a repair has done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repaired {
    /// The files that were moved aside: their names, and what they are called now.
    pub moved: Vec<(String, String)>,
    /// Projects that have lost something, or may have, by the number of their identity, and the version that
    /// is left; `None` where nothing is.
    pub lost: BTreeMap<u64, Option<u64>>,
    /// Projects of which a damaged state was all that there was, by the number of their identity: what was whole
    /// of it was kept.
    pub salvaged: BTreeMap<u64, Salvaged>,
    /// Records of the log that were not kept, since what they lead on from is missing.
    pub records_left: u64,
}

/// Why a directory cannot be repaired. What was done until then can be gone on with.
#[derive(Debug, Error)]
pub enum RepairError {
    /// Files of checkpoints: not for damage, but since they cannot be written, are of a later version, or
    /// take too much memory.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The directory is of a later version.
    #[error(transparent)]
    Format(#[from] FormatError),
    /// The log, likewise.
    #[error(transparent)]
    Log(#[from] LogError),
    /// The directory itself.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// The new log.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// What records of the log mean to whoever wrote them.
#[derive(Clone, Copy)]
pub struct Meaning<'a> {
    /// What a record needs before it.
    pub begins: &'a dyn Fn(&Found) -> Begins,
    /// Does again what a record says; why not, where that cannot be.
    pub replay: &'a dyn Fn(&mut Project, &Found) -> Result<(), String>,
}

/// Repairs a data directory that no daemon uses meanwhile. A project that is read may take so many bytes of
/// memory. Where nothing is damaged nothing is done.
///
/// # Errors
/// [`RepairError`].
pub fn repair(
    disk: &Arc<dyn Disk>,
    memory: u64,
    meaning: &Meaning<'_>,
) -> Result<Repaired, RepairError> {
    let mut repaired = Repaired::default();
    repaired.mend_format(&**disk)?;
    repaired.go_on(&**disk)?;
    repaired.salvage(&**disk, memory, meaning)?;
    let (verified, newest) = repaired.move_checkpoints(&**disk, memory)?;
    repaired.mend_log(disk, &verified, &newest, meaning.begins)?;
    Ok(repaired)
}

impl Repaired {
    /// Has the directory say its format where it cannot be read any more: that no file of it is of a later
    /// version each file says for itself.
    fn mend_format(&mut self, disk: &dyn Disk) -> Result<(), RepairError> {
        match format::version(disk) {
            Err(FormatError::Damaged { .. }) => {
                self.move_aside(disk, format::NAME)?;
                Ok(format::write(disk)?)
            }
            other => Ok(other.map(|_| ())?),
        }
    }

    /// Ends a repair that was stopped, as far as the new log was whole.
    fn go_on(&mut self, disk: &dyn Disk) -> Result<(), RepairError> {
        let names = disk.names().map_err(failed(disk, "list", "the files"))?;
        if names.iter().any(|name| name == WHOLE || name == MOVED) {
            return self.finish(disk);
        }
        let left = names.iter().filter(|name| name.starts_with(UNREPAIRED));
        for name in left {
            disk.remove(name).map_err(failed(disk, "remove", name))?;
        }
        Ok(())
    }

    /// Keeps what is whole of projects that nothing but a damaged state is there of.
    fn salvage(
        &mut self,
        disk: &dyn Disk,
        memory: u64,
        meaning: &Meaning<'_>,
    ) -> Result<(), RepairError> {
        let names = disk.names().map_err(failed(disk, "list", "the files"))?;
        let verified = verify(disk, &names, memory);
        if verified.iter().flat_map(|of| &of.errors).any(|(_, error)| !is_damage(error)) {
            // Whoever moves files says what it is.
            return Ok(());
        }
        self.salvaged = salvage(disk, memory, &names, &verified, meaning)?;
        for (project, salvaged) in &self.salvaged {
            if !salvaged.lost.is_empty() {
                self.lost.insert(*project, Some(salvaged.version));
            }
        }
        Ok(())
    }

    /// Moves files of checkpoints aside until those that are there can all be read, and lead to the newest.
    /// Says which versions files that were moved had, by project.
    fn move_checkpoints(
        &mut self,
        disk: &dyn Disk,
        memory: u64,
    ) -> Result<(Vec<Verified>, BTreeMap<u64, u64>), RepairError> {
        let mut newest: BTreeMap<u64, u64> = BTreeMap::new();
        loop {
            let names = disk.names().map_err(failed(disk, "list", "the files"))?;
            let verified = verify(disk, &names, memory);
            let mut bad: Vec<Name> = Vec::new();
            let mut sound = Vec::new();
            for mut project in verified {
                for (name, error) in std::mem::take(&mut project.errors) {
                    match error {
                        error if is_damage(&error) => bad.push(name),
                        other => return Err(other.into()),
                    }
                }
                bad.extend(&project.unreached);
                sound.push(project);
            }
            bad.sort_unstable();
            bad.dedup();
            bad.retain(|name| names.contains(&name.to_string()));
            if bad.is_empty() {
                self.move_tags(disk, &names, memory)?;
                return Ok((sound, newest));
            }
            for name in bad {
                let version = newest.entry(name.identity()).or_default();
                *version = name.version().max(*version);
                self.move_aside(disk, &name.to_string())?;
            }
            sync(disk)?;
        }
    }

    /// Moves tags aside that cannot be read.
    fn move_tags(
        &mut self,
        disk: &dyn Disk,
        names: &[String],
        memory: u64,
    ) -> Result<(), RepairError> {
        for (name, error) in verify_tags(disk, names, memory) {
            match error {
                CheckpointError::Damaged { .. } | CheckpointError::Disk(_) => {
                    self.move_aside(disk, &name)?;
                }
                other => return Err(other.into()),
            }
        }
        sync(disk)
    }

    /// Gives a file a name under which nobody looks for it.
    fn move_aside(&mut self, disk: &dyn Disk, name: &str) -> Result<(), RepairError> {
        let names = disk.names().map_err(failed(disk, "list", "the files"))?;
        let mut aside = format!("{ASIDE}{name}");
        let mut count = 1;
        while names.contains(&aside) {
            count += 1;
            aside = format!("{ASIDE}{name}-{count}");
        }
        disk.rename(name, &aside).map_err(failed(disk, "rename", name))?;
        self.moved.push((name.to_owned(), aside));
        Ok(())
    }

    /// Puts the log together anew, where it is damaged or has records that lead on from nothing.
    fn mend_log(
        &mut self,
        disk: &Arc<dyn Disk>,
        verified: &[Verified],
        newest: &BTreeMap<u64, u64>,
        begins: &dyn Fn(&Found) -> Begins,
    ) -> Result<(), RepairError> {
        let mut is_damaged = false;
        let mut newer = None;
        let followed = follow(&**disk, verified, begins, &mut |step| match step {
            Step::Record(_, Verdict::Missing(_) | Verdict::Lost) => self.records_left += 1,
            Step::Record(..) => {}
            Step::Bad(name, Why::Format { found, ours }) => newer = Some((name, found, ours)),
            Step::Bad(_, why) => is_damaged |= !matches!(why, Why::Torn),
        })?;
        if let Some((name, found, ours)) = newer {
            let place = disk.place();
            return Err(LogError::Format { place, name, found, ours }.into());
        }
        self.lost.extend(followed.lost());
        for (project, newest) in newest {
            let version = followed.version(*project);
            if version < Some(*newest) {
                self.lost.insert(*project, version);
            }
        }
        if !is_damaged && self.records_left == 0 {
            return Ok(());
        }
        write_log(disk, verified, begins)?;
        mark(&**disk, WHOLE)?;
        self.finish(&**disk)
    }

    /// Puts the new log, which is whole, in the place of the old one.
    fn finish(&mut self, disk: &dyn Disk) -> Result<(), RepairError> {
        let names = disk.names().map_err(failed(disk, "list", "the files"))?;
        if !names.iter().any(|name| name == MOVED) {
            for name in names.iter().filter(|name| number_of(name).is_some()) {
                self.move_aside(disk, name)?;
            }
            sync(disk)?;
            mark(disk, MOVED)?;
        }
        for name in &names {
            if let Some(new) = name.strip_prefix(UNREPAIRED)
                && number_of(new).is_some()
            {
                disk.rename(name, new).map_err(failed(disk, "rename", name))?;
            }
        }
        sync(disk)?;
        // The mark that says less goes first.
        for name in [WHOLE, MOVED] {
            match disk.remove(name) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(failed(disk, "remove", name)(error).into());
                }
                _ => sync(disk)?,
            }
        }
        Ok(())
    }
}

/// Whether it is the bytes of a file that are wrong. What the disk does not give back is as good as damaged.
fn is_damage(error: &CheckpointError) -> bool {
    matches!(error, CheckpointError::Damaged { .. } | CheckpointError::Disk(_))
}

/// What is met on the way through the log.
enum Step<'a> {
    Record(&'a Found, Verdict),
    Bad(String, Why),
}

fn follow(
    disk: &dyn Disk,
    verified: &[Verified],
    begins: &dyn Fn(&Found) -> Begins,
    visit: &mut dyn FnMut(Step<'_>),
) -> Result<Followed, LogError> {
    let mut followed = Followed::new(verified);
    inspect(disk, &mut |seen| match seen {
        Seen::Record(found) => {
            let verdict = followed.take(&found, begins(&found));
            visit(Step::Record(&found, verdict));
        }
        Seen::Bad(bad) => {
            followed.lose(&bad.why);
            visit(Step::Bad(bad.name, bad.why));
        }
    })?;
    Ok(followed)
}

/// Writes the records that are of use to a log of its own, and makes that durable.
fn write_log(
    disk: &Arc<dyn Disk>,
    verified: &[Verified],
    begins: &dyn Fn(&Found) -> Begins,
) -> Result<(), RepairError> {
    let names = disk.names().map_err(failed(&**disk, "list", "the files"))?;
    let last = names.iter().filter_map(|name| number_of(name)).max().unwrap_or(0);
    let area: Arc<dyn Disk> = Arc::new(Area::new(Arc::clone(disk), UNREPAIRED));
    begin_behind(&*area, last)?;
    let settings = Settings { has_indexes: false, ..Settings::new(Durability::Always) };
    let (mut journal, _) = Journal::open(area, &settings)?;
    let mut result = Ok(());
    follow(&**disk, verified, begins, &mut |step| {
        if let Step::Record(found, Verdict::Good) = step
            && result.is_ok()
        {
            let &Found { project, version, kind, ref payload, .. } = found;
            let payload: &[&[u8]] = &[payload];
            result = journal.append(&Record { project, version, kind, payload });
        }
    })?;
    result?;
    Ok(journal.close()?)
}

/// Makes an empty file that says how far a repair is, and makes that and all names before it durable.
fn mark(disk: &dyn Disk, name: &str) -> Result<(), RepairError> {
    sync(disk)?;
    disk.create(name).map_err(failed(disk, "create", name))?;
    sync(disk)
}

fn sync(disk: &dyn Disk) -> Result<(), RepairError> {
    Ok(disk.sync_dir().map_err(failed(disk, "sync the directory for", "what was repaired"))?)
}

#[cfg(test)]
mod tests;
