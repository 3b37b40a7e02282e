//! [`verify`]: reads all files of checkpoints, those that nobody needs too, and changes nothing.

use goxel_core::Project;

use super::read::{check_change, file, link_of, read_change, read_state};
use super::survey::gap;
use super::{CheckpointError, Name, Versions};
use crate::disk::Disk;

/// A project whose files were all read.
#[derive(Debug)]
pub(crate) struct Verified {
    pub(crate) identity: u64,
    /// The newest version that its files lead to; nothing where any of those is damaged.
    pub(crate) version: Option<u64>,
    /// What is wrong, and with which file.
    pub(crate) errors: Vec<(Name, CheckpointError)>,
}

/// Reads all files of checkpoints among these names.
pub(crate) fn verify(disk: &dyn Disk, names: &[String], memory: u64) -> Vec<Verified> {
    let all = Versions::of(names);
    all.into_iter().map(|(identity, versions)| project(disk, identity, &versions, memory)).collect()
}

fn project(disk: &dyn Disk, identity: u64, versions: &Versions, memory: u64) -> Verified {
    let chain = versions.chain();
    let mut errors = Vec::new();
    let mut left: Vec<Name> = versions.names(identity).collect();
    let mut before: Option<Project> = None;
    let mut link = link_of(&[]);
    for name in chain.names(identity) {
        left.retain(|other| *other != name);
        let read = file(disk, name, memory).and_then(|bytes| {
            let project = match before.take() {
                None => read_state(disk, name, &bytes, memory),
                Some(before) => read_change(disk, name, &bytes, (before, link), memory),
            };
            link = link_of(&bytes);
            project
        });
        match read {
            Ok(project) => before = Some(project),
            Err(error) => {
                errors.push((name, error));
                break;
            }
        }
    }
    if errors.is_empty() && chain.version() != Some(versions.newest()) {
        let version = versions.newest();
        let name = Name::State { identity, version };
        errors.push((name, gap(disk, identity, version, &chain)));
    }
    let version = if errors.is_empty() { chain.version() } else { None };
    for name in left {
        let read = file(disk, name, memory).and_then(|bytes| match name {
            Name::State { .. } => read_state(disk, name, &bytes, memory).map(|_| ()),
            Name::Change { .. } => check_change(disk, name, &bytes),
        });
        errors.extend(read.err().map(|error| (name, error)));
    }
    Verified { identity, version, errors }
}
