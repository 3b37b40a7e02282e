//! Writes checkpoints, whole ones and changes, and says which it is to be.

use std::io::{self, BufWriter, Write};

use goxel_core::Project;

use super::head::Head;
use super::names::{Name, unfinished};
use super::older::replaced;
use super::read::link;
use super::{Chain, CheckpointError, Stored, Summary};
use crate::disk::{Disk, DiskFile, failed};
use crate::state;

/// So many changes may follow a state: all are read where the project is.
const CHANGES_MAX: usize = 32;
/// Changes may have the state's bytes divided by this, all together. So a project takes one and a half times
/// its state, and of what is written at most two thirds are states.
const CHANGES_SHARE: u64 = 2;
/// A state of fewer bytes is written anew: that costs no more than a file more.
const STATE_BYTES_MIN: u64 = 64 << 10;

/// Bytes that are written at once.
const WRITE_BYTES: usize = 1 << 20;
/// Bytes after which they are made durable. Were it all at the end, whoever syncs the log meanwhile would
/// wait for all of it.
const SYNC_BYTES: u64 = 8 << 20;

/// Makes a checkpoint of a project. `stored` is what there is of it, and `before` what it was then, where
/// somebody still has that: then it may become a change. What was there stays until [`remove_older`] is
/// called with what is returned.
///
/// [`remove_older`]: super::remove_older
///
/// # Errors
/// [`CheckpointError`]; what was there is as it was. Where nothing could be made durable, a later
/// checkpoint may be found after a crash all the same.
pub fn write(
    disk: &dyn Disk,
    stored: Option<&Stored>,
    before: Option<&Project>,
    project: &Project,
) -> Result<Stored, CheckpointError> {
    if let (Some(stored), Some(before)) = (stored, before)
        && let Some(written) = write_change(disk, stored, before, project)?
    {
        return Ok(written);
    }
    write_state(disk, stored, project)
}

/// Writes all of a project. `stored` is what there is of it.
///
/// # Errors
/// As of [`write()`].
pub fn write_state(
    disk: &dyn Disk,
    stored: Option<&Stored>,
    project: &Project,
) -> Result<Stored, CheckpointError> {
    let summary = Summary::of(project);
    let (identity, version) = (summary.identity, summary.version);
    check_order(stored, &summary)?;
    let name = Name::State { identity, version };
    let Some(bytes) = put(disk, &name.to_string(), u64::MAX, |out| state::write(project, out))?
    else {
        return Err(too_long(disk, name));
    };
    let chain = Chain { state: Some(version), state_bytes: bytes, ..Chain::default() };
    let mut older = stored.map_or(Vec::new(), |stored| {
        stored.older.iter().cloned().chain(stored.chain.as_older(identity)).collect()
    });
    replaced(&mut older, name);
    Ok(Stored { identity, version, bytes, summary: Ok(summary), chain, older })
}

/// Writes what changed in a project since `before`, which is what `stored` holds. `None` where a whole one is
/// to be written, by [`write_state`]: changes are as many or as large as they may be.
///
/// # Errors
/// As of [`write()`].
pub fn write_change(
    disk: &dyn Disk,
    stored: &Stored,
    before: &Project,
    project: &Project,
) -> Result<Option<Stored>, CheckpointError> {
    let summary = Summary::of(project);
    let (identity, version) = (summary.identity, summary.version);
    check_order(Some(stored), &summary)?;
    if version == stored.version && stored.summary.is_ok() {
        return Ok(Some(stored.clone()));
    }
    let from = before.version();
    let Some(bytes_max) = stored.bytes_for_change().filter(|_| from == stored.version) else {
        return Ok(None);
    };
    let Some(last) = stored.chain.names(identity).last() else { return Ok(None) };
    let file = disk.open(&last.to_string()).map_err(failed(disk, "open", last))?;
    let mut chain = stored.chain.clone();
    let head = Head {
        summary: summary.clone(),
        from,
        link: link(disk, last, &*file)?,
        state_bytes: chain.state_bytes,
        changes_bytes: chain.changes_bytes,
    };
    let name = Name::Change { identity, from, version };
    let written = put(disk, &name.to_string(), bytes_max, |out| {
        out.write_all(&head.bytes())?;
        state::write_change(before, project, out).map(|_| ())
    })?;
    let Some(bytes) = written else { return Ok(None) };
    chain.changes.push((from, version));
    chain.changes_bytes += bytes;
    let mut older = stored.older.clone();
    replaced(&mut older, name);
    let bytes = stored.bytes + bytes;
    Ok(Some(Stored { identity, version, bytes, summary: Ok(summary), chain, older }))
}

impl Stored {
    /// How many bytes the next change may have; nothing where the next checkpoint is to be whole.
    fn bytes_for_change(&self) -> Option<u64> {
        let Chain { state, changes, state_bytes, changes_bytes } = &self.chain;
        let may_follow = state.is_some()
            && self.summary.is_ok()
            && changes.len() < CHANGES_MAX
            && *state_bytes >= STATE_BYTES_MIN;
        let left = (state_bytes / CHANGES_SHARE).checked_sub(*changes_bytes)?;
        may_follow.then_some(left)
    }
}

/// Versions rise: what is older would not be found.
fn check_order(stored: Option<&Stored>, summary: &Summary) -> Result<(), CheckpointError> {
    if summary.identity == 0 {
        return Err(CheckpointError::NoIdentity);
    }
    match stored {
        Some(stored) if stored.version > summary.version => {
            Err(CheckpointError::Older { version: summary.version, stored: stored.version })
        }
        _ => Ok(()),
    }
}

/// Writes a file and makes it durable, and then its name. Says how many bytes it has; nothing where they
/// would be more than `bytes_max`, and there is no file then.
pub(super) fn put(
    disk: &dyn Disk,
    name: &str,
    bytes_max: u64,
    write: impl FnOnce(&mut BufWriter<Out>) -> io::Result<()>,
) -> Result<Option<u64>, CheckpointError> {
    let unfinished = unfinished(name);
    // One that could not be removed when writing it failed.
    match disk.remove(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(failed(disk, "remove", &unfinished)(error).into());
        }
        _ => {}
    }
    let written = write_file(disk, &unfinished, bytes_max, write).and_then(|bytes| {
        if bytes.is_some() {
            disk.rename(&unfinished, name).map_err(failed(disk, "rename", &unfinished))?;
        }
        Ok(bytes)
    });
    if !matches!(written, Ok(Some(_))) {
        // Where that fails, too, it is removed when the directory is surveyed next.
        let _ = disk.remove(&unfinished);
        return written;
    }
    disk.sync_dir().map_err(failed(disk, "sync the directory for", name))?;
    written
}

fn write_file(
    disk: &dyn Disk,
    name: &str,
    bytes_max: u64,
    write: impl FnOnce(&mut BufWriter<Out>) -> io::Result<()>,
) -> Result<Option<u64>, CheckpointError> {
    let file = disk.create(name).map_err(failed(disk, "create", name))?;
    let out = Out { file, bytes: 0, synced: 0, bytes_max, is_too_long: false };
    let mut out = BufWriter::with_capacity(WRITE_BYTES, out);
    let result = write(&mut out).and_then(|()| out.flush());
    let (out, _) = out.into_parts();
    if out.is_too_long {
        return Ok(None);
    }
    result.map_err(failed(disk, "write", name))?;
    out.file.sync_data().map_err(failed(disk, "sync", name))?;
    Ok(Some(out.bytes))
}

pub(super) fn too_long(disk: &dyn Disk, name: impl ToString) -> CheckpointError {
    failed(disk, "write", name)(io::ErrorKind::FileTooLarge.into()).into()
}

/// A file that is written from the front.
pub(super) struct Out {
    file: Box<dyn DiskFile>,
    bytes: u64,
    synced: u64,
    bytes_max: u64,
    is_too_long: bool,
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes + bytes.len() as u64 > self.bytes_max {
            self.is_too_long = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        let count = self.file.write_at(bytes, self.bytes)?;
        self.bytes += count as u64;
        if self.bytes - self.synced >= SYNC_BYTES {
            self.file.sync_data()?;
            self.synced = self.bytes;
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
