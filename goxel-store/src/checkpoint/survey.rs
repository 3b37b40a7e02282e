//! [`survey`]: which projects are kept in a data directory, as far as the beginnings of files tell.

use super::head::{HEAD_BYTES_MAX, Head};
use super::names::Name;
use super::tag_name::TagName;
use super::{Chain, CheckpointError, Older, Stored, Summary, Versions};
use crate::disk::{Disk, failed};
use crate::state::summary;

/// Bytes of a state in which its summary is: the longest name takes a tenth of them.
const SUMMARY_BYTES: usize = 4096;

/// Finds all projects that are kept, by rising number of their identity. Of each it reads the beginning of
/// one file, so that what is listed costs nothing by its size. Removes what was being written when the
/// daemon or the machine stopped, and makes durable what it has found.
///
/// What is damaged is listed, with words where its summary would be.
///
/// # Errors
/// Where the directory cannot be listed or written.
pub fn survey(disk: &dyn Disk) -> Result<Vec<Stored>, CheckpointError> {
    let names = disk.names().map_err(failed(disk, "list", "the files"))?;
    let is_unfinished =
        |name: &&String| Name::parse_unfinished(name).is_some() || TagName::is_unfinished(name);
    for name in names.iter().filter(is_unfinished) {
        disk.remove(name).map_err(failed(disk, "remove", name))?;
    }
    // A name that a daemon which was killed had not made durable would else be relied upon, and be gone
    // after a power cut.
    disk.sync_dir().map_err(failed(disk, "sync the directory for", "what was found in it"))?;
    let all = Versions::of(&names);
    Ok(all.into_iter().map(|(identity, versions)| stored(disk, identity, &versions)).collect())
}

fn stored(disk: &dyn Disk, identity: u64, versions: &Versions) -> Stored {
    let mut chain = versions.chain();
    let used: Vec<Name> = chain.names(identity).collect();
    let older = Older::of(versions.names(identity).filter(|name| !used.contains(name)));
    let version = versions.newest();
    let summary = match used.last() {
        Some(last) if chain.version() == Some(version) => {
            look_into(disk, *last, &mut chain).map_err(|error| error.to_string())
        }
        _ => Err(gap(disk, identity, version, &chain).to_string()),
    };
    let bytes = chain.bytes();
    Stored { identity, version, bytes, summary, chain, older }
}

/// The files that should lead to the newest version are not there.
pub(super) fn gap(disk: &dyn Disk, identity: u64, version: u64, chain: &Chain) -> CheckpointError {
    let newest = chain.version();
    let name = Name::State { identity, version: newest.unwrap_or(version) };
    let what = match newest {
        Some(newest) => format!(
            "files are missing that lead from version {newest} to version {version} of the project"
        ),
        None => format!("no state is there that leads to version {version} of the project"),
    };
    CheckpointError::damaged(disk, name, 0, &what)
}

/// Reads the beginning of the last file of a chain: what it says of the project, and of the sizes.
fn look_into(disk: &dyn Disk, name: Name, chain: &mut Chain) -> Result<Summary, CheckpointError> {
    let file = disk.open(&name.to_string()).map_err(failed(disk, "open", name))?;
    let len = file.len().map_err(failed(disk, "read", name))?;
    let bytes_max = if chain.changes.is_empty() { SUMMARY_BYTES } else { HEAD_BYTES_MAX };
    let mut bytes = vec![0; bytes_max.min(usize::try_from(len).unwrap_or(bytes_max))];
    file.read_exact_at(&mut bytes, 0).map_err(failed(disk, "read", name))?;
    let of = |error| CheckpointError::of(disk, name, 0, error);
    let found = if chain.changes.is_empty() {
        chain.state_bytes = len;
        let found = summary(&bytes).map_err(of)?;
        found.ok_or_else(|| CheckpointError::damaged(disk, name, 0, "it ends too early"))?
    } else {
        let (head, _) = Head::read(&bytes).map_err(of)?;
        chain.state_bytes = head.state_bytes;
        chain.changes_bytes = head.changes_bytes.saturating_add(len);
        check_from(disk, name, head.from)?;
        head.summary
    };
    check_summary(disk, name, &found)?;
    Ok(found)
}

/// Refuses a file that is not what its name says.
pub(super) fn check_summary(
    disk: &dyn Disk,
    name: Name,
    found: &Summary,
) -> Result<(), CheckpointError> {
    let (Name::State { identity, version } | Name::Change { identity, version, .. }) = name;
    if (found.identity, found.version) == (identity, version) {
        return Ok(());
    }
    let what = format!(
        "it holds version {} of project {}, which its name does not say",
        found.version,
        goxel_core::Identity::of(found.identity),
    );
    Err(CheckpointError::damaged(disk, name, 0, &what))
}

/// Refuses a change that begins with another version than its name says.
pub(super) fn check_from(disk: &dyn Disk, name: Name, found: u64) -> Result<(), CheckpointError> {
    match name {
        Name::Change { from, .. } if from != found => {
            let what = format!("it begins with version {found}, which its name does not say");
            Err(CheckpointError::damaged(disk, name, 0, &what))
        }
        _ => Ok(()),
    }
}
