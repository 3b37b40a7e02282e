//! Removes files of checkpoints that nobody needs.

use super::tag_name::TagName;
use super::{CheckpointError, Older, Stored, Versions};
use crate::disk::{Disk, failed};

/// Removes the files of a project that its newest version does without. What is given was surveyed or
/// written, so that version is durable.
///
/// # Errors
/// Where a file cannot be removed. Those that are left are listed again by the next survey.
pub fn remove_older(disk: &dyn Disk, stored: &mut Stored) -> Result<(), CheckpointError> {
    // Where the newest version cannot be read, older ones are what is left.
    if stored.summary.is_err() || stored.older.is_empty() {
        return Ok(());
    }
    for older in &stored.older {
        remove_old(disk, older)?;
    }
    stored.older.clear();
    Ok(())
}

/// Removes files that lead to an older version alone.
///
/// # Errors
/// As of [`remove_older`].
pub fn remove_old(disk: &dyn Disk, older: &Older) -> Result<(), CheckpointError> {
    // Those that lead on from others first: what is left over leads to something.
    remove(disk, older.names.iter().rev().map(ToString::to_string))
}

/// Removes all files of a project, its tags too, by the number of its identity. Nobody may write one
/// meanwhile.
///
/// # Errors
/// Where a file cannot be removed. Then some may be left.
pub fn remove_project(disk: &dyn Disk, identity: u64) -> Result<(), CheckpointError> {
    let names = disk.names().map_err(failed(disk, "list", "the files"))?;
    let versions = Versions::of(&names).remove(&identity).unwrap_or_default();
    let is_tag = |name: &&String| TagName::parse(name).is_some_and(|tag| tag.identity == identity);
    let tags = names.iter().filter(is_tag).cloned();
    remove(disk, versions.names(identity).map(|name| name.to_string()).chain(tags))
}

pub(super) fn remove(
    disk: &dyn Disk,
    names: impl Iterator<Item = String>,
) -> Result<(), CheckpointError> {
    for name in names {
        match disk.remove(&name) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(failed(disk, "remove", name)(error).into());
            }
            _ => {}
        }
    }
    Ok(disk.sync_dir().map_err(failed(disk, "sync the directory for", "what was removed"))?)
}
