//! Removes files of checkpoints that nobody needs.

use super::names::Name;
use super::{CheckpointError, Stored, Versions};
use crate::disk::{Disk, failed};

/// Removes the files of a project that its newest version does without. What is given was surveyed or
/// written, so that version is durable.
///
/// # Errors
/// Where a file cannot be removed. Those that are left are listed again by the next survey.
pub fn remove_older(disk: &dyn Disk, stored: &mut Stored) -> Result<(), CheckpointError> {
    // Where the newest version cannot be read, older ones are what is left.
    if stored.summary.is_err() || stored.needless.is_empty() {
        return Ok(());
    }
    remove(disk, stored.needless.iter().copied())?;
    stored.needless.clear();
    stored.bytes = stored.chain.state_bytes + stored.chain.changes_bytes;
    Ok(())
}

/// Removes all files of a project, by the number of its identity. Nobody may write one meanwhile.
///
/// # Errors
/// Where a file cannot be removed. Then some may be left.
pub fn remove_project(disk: &dyn Disk, identity: u64) -> Result<(), CheckpointError> {
    let names = disk.names().map_err(failed(disk, "list", "the files"))?;
    let versions = Versions::of(&names).remove(&identity).unwrap_or_default();
    remove(disk, versions.names(identity))
}

fn remove(disk: &dyn Disk, names: impl Iterator<Item = Name>) -> Result<(), CheckpointError> {
    for name in names {
        match disk.remove(&name.to_string()) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(failed(disk, "remove", name)(error).into());
            }
            _ => {}
        }
    }
    Ok(disk.sync_dir().map_err(failed(disk, "sync the directory for", "what was removed"))?)
}
