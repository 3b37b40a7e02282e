//! [`verify`]: reads all files of checkpoints, those that nobody needs too, and changes nothing.

use super::read::{check_change, read_next, read_state};
use super::survey::gap;
use super::tags::check_tag;
use super::{CheckpointError, Name, TagName, Versions};
use crate::disk::Disk;

/// A project whose files were all read.
#[derive(Debug)]
pub(crate) struct Verified {
    pub(crate) identity: u64,
    /// The newest version that its files lead to; nothing where any of those is damaged.
    pub(crate) version: Option<u64>,
    /// What is wrong, and with which file.
    pub(crate) errors: Vec<(Name, CheckpointError)>,
    /// Files of newer versions than the files lead to.
    pub(crate) unreached: Vec<Name>,
}

/// Reads all files of checkpoints among these names.
pub(crate) fn verify(disk: &dyn Disk, names: &[String], memory: u64) -> Vec<Verified> {
    let all = Versions::of(names);
    all.into_iter().map(|(identity, versions)| project(disk, identity, &versions, memory)).collect()
}

/// Reads all tags among these names, and says what is wrong with which.
pub(crate) fn verify_tags(
    disk: &dyn Disk,
    names: &[String],
    memory: u64,
) -> Vec<(String, CheckpointError)> {
    let tags = names.iter().filter_map(|name| Some((name, TagName::parse(name)?)));
    let check =
        |(name, tag): (&String, TagName)| Some((name.clone(), check_tag(disk, tag, memory).err()?));
    tags.filter_map(check).collect()
}

fn project(disk: &dyn Disk, identity: u64, versions: &Versions, memory: u64) -> Verified {
    let chain = versions.chain();
    let mut errors = Vec::new();
    let mut left: Vec<Name> = versions.names(identity).collect();
    let mut reached = None;
    for name in chain.names(identity) {
        left.retain(|other| *other != name);
        match read_next(disk, name, reached.take(), memory) {
            Ok(next) => reached = Some(next),
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
    let is_unreached = |name: &Name| Some(name.version()) > chain.version();
    let unreached = versions.names(identity).filter(is_unreached).collect();
    let version = if errors.is_empty() { chain.version() } else { None };
    for name in left {
        let read = match name {
            Name::State { .. } => read_state(disk, name, memory).map(|_| ()),
            Name::Change { .. } => check_change(disk, name, memory),
        };
        errors.extend(read.err().map(|error| (name, error)));
    }
    Verified { identity, version, errors, unreached }
}
