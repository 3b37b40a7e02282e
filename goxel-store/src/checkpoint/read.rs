//! Reads checkpoints: [`read()`] the newest version, or [`salvage`] the newest that there still is.

use goxel_core::Project;

use super::error::failed;
use super::head::{Head, LINK_BYTES};
use super::names::Name;
use super::survey::{check_from, check_summary, gap};
use super::{Chain, CheckpointError, Flaw, Stored, Summary, Versions};
use crate::disk::Disk;
use crate::state;

/// What a file may have beside the memory that its project may take: names of layers, and the like.
const FILE_BYTES_BESIDE: u64 = 1 << 20;

/// Reads a project: its state, and the changes behind it. It may take so many bytes of memory; while it is
/// read, a file and a change may take as much again.
///
/// # Errors
/// [`CheckpointError`], where any of the files is damaged or missing too.
pub fn read(disk: &dyn Disk, stored: &Stored, memory: u64) -> Result<Project, CheckpointError> {
    let Stored { identity, version, chain, .. } = stored;
    if chain.version() != Some(*version) {
        return Err(gap(disk, *identity, *version, chain));
    }
    read_chain(disk, *identity, chain, memory)
}

/// What is left of a project.
#[derive(Debug)]
pub struct Salvaged {
    /// The newest version that can be read; `None` where none can.
    pub project: Option<Project>,
    /// What is wrong with newer ones.
    pub flaws: Vec<Flaw>,
    /// The newest version that there was.
    pub version: u64,
}

/// Reads the newest version of a project that can still be read.
///
/// # Errors
/// Where it is not damage that keeps it from being read: the files cannot be listed, it would take more
/// memory than it may, or a later version of Goxel wrote it.
pub fn salvage(disk: &dyn Disk, identity: u64, memory: u64) -> Result<Salvaged, CheckpointError> {
    let names = disk.names().map_err(failed(disk, "list", "the files"))?;
    let mut versions = Versions::of(&names).remove(&identity).unwrap_or_default();
    let mut salvaged = Salvaged { project: None, flaws: Vec::new(), version: versions.newest() };
    loop {
        let chain = versions.chain();
        if chain.state.is_none() {
            return Ok(salvaged);
        }
        let error = match read_chain(disk, identity, &chain, memory) {
            Ok(project) => {
                salvaged.project = Some(project);
                return Ok(salvaged);
            }
            Err(error) => error,
        };
        // What the disk does not give back is as good as damaged.
        let flaw = match error {
            CheckpointError::Damaged { flaw, .. } => flaw,
            CheckpointError::Io { name, source, .. } => {
                Flaw { name, offset: 0, what: source.to_string() }
            }
            other => return Err(other),
        };
        Name::parse(&flaw.name).into_iter().for_each(|name| versions.remove(name));
        salvaged.flaws.push(flaw);
    }
}

/// Reads the files of a chain. An error names the one that cannot be read.
fn read_chain(
    disk: &dyn Disk,
    identity: u64,
    chain: &Chain,
    memory: u64,
) -> Result<Project, CheckpointError> {
    let mut project = None;
    let mut link = link_of(&[]);
    for name in chain.names(identity) {
        let bytes = file(disk, name, memory)?;
        project = Some(match project.take() {
            None => read_state(disk, name, &bytes, memory)?,
            Some(before) => read_change(disk, name, &bytes, (before, link), memory)?,
        });
        link = link_of(&bytes);
    }
    project.ok_or_else(|| gap(disk, identity, 0, chain))
}

/// What the change behind a file repeats of it. What is whole has that many bytes.
pub(super) fn link_of(bytes: &[u8]) -> [u8; LINK_BYTES] {
    bytes.last_chunk().copied().unwrap_or_default()
}

pub(super) fn file(disk: &dyn Disk, name: Name, memory: u64) -> Result<Vec<u8>, CheckpointError> {
    let file = disk.open(&name.to_string()).map_err(failed(disk, "open", name))?;
    let bytes_max = memory.saturating_add(FILE_BYTES_BESIDE);
    if file.len().map_err(failed(disk, "read", name))? > bytes_max {
        let (place, name) = (disk.place(), name.to_string());
        return Err(CheckpointError::TooLarge { place, name, max: memory });
    }
    file.read_all(bytes_max).map_err(failed(disk, "read", name))
}

pub(super) fn read_state(
    disk: &dyn Disk,
    name: Name,
    bytes: &[u8],
    memory: u64,
) -> Result<Project, CheckpointError> {
    let project = state::decode_within(bytes, memory);
    let project = project.map_err(|error| CheckpointError::of(disk, name, 0, error))?;
    check_summary(disk, name, &Summary::of(&project))?;
    Ok(project)
}

pub(super) fn read_change(
    disk: &dyn Disk,
    name: Name,
    bytes: &[u8],
    (mut project, link): (Project, [u8; LINK_BYTES]),
    memory: u64,
) -> Result<Project, CheckpointError> {
    let damaged = |what| Err(CheckpointError::damaged(disk, name, 0, what));
    let (head, start) = read_head(disk, name, bytes)?;
    if head.link != link {
        return damaged("it does not belong to the file before it");
    }
    let of = |error| CheckpointError::of(disk, name, start as u64, error);
    state::apply_within(&mut project, &bytes[start..], memory).map_err(of)?;
    if Summary::of(&project) != head.summary {
        return damaged("the project is not what it says of it");
    }
    if project.voxel_bytes() as u64 > memory {
        let (place, name) = (disk.place(), name.to_string());
        return Err(CheckpointError::TooLarge { place, name, max: memory });
    }
    Ok(project)
}

fn read_head(disk: &dyn Disk, name: Name, bytes: &[u8]) -> Result<(Head, usize), CheckpointError> {
    let read = Head::read(bytes);
    let (head, start) = read.map_err(|error| CheckpointError::of(disk, name, 0, error))?;
    check_summary(disk, name, &head.summary)?;
    check_from(disk, name, head.from)?;
    Ok((head, start))
}

/// Looks whether a change is as it was written, where there is nothing to apply it to.
pub(super) fn check_change(
    disk: &dyn Disk,
    name: Name,
    bytes: &[u8],
) -> Result<(), CheckpointError> {
    let (_, start) = read_head(disk, name, bytes)?;
    let checked = state::check_change(&bytes[start..]);
    checked.map_err(|error| CheckpointError::of(disk, name, start as u64, error))
}
