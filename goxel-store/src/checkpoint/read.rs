//! Reads checkpoints: [`read()`] the newest version, or [`salvage`] the newest that there still is.

use std::io::{self, BufReader, Read};

use goxel_core::Project;

use super::head::{Head, LINK_BYTES};
use super::names::Name;
use super::survey::{check_from, check_summary, gap};
use super::{Chain, CheckpointError, Flaw, Stored, Summary, Versions};
use crate::disk::{Disk, DiskError, DiskFile, failed};
use crate::state::{self, ReadError};

/// Bytes that are read at once.
pub(super) const READ_BYTES: usize = 256 << 10;
/// What a file may have beside the memory that its project may take: names of layers, and the like.
const FILE_BYTES_BESIDE: u64 = 1 << 20;

/// Reads a project: its state, and the changes behind it. It may take so many bytes of memory; while a change
/// is read, that may take as much again.
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
            CheckpointError::Disk(DiskError { name, source, .. }) => {
                Flaw { name, offset: 0, what: source.to_string() }
            }
            other => return Err(other),
        };
        Name::parse(&flaw.name).into_iter().for_each(|name| versions.remove(name));
        salvaged.flaws.push(flaw);
    }
}

/// Reads the files of a chain. An error names the one that cannot be read.
pub(super) fn read_chain(
    disk: &dyn Disk,
    identity: u64,
    chain: &Chain,
    memory: u64,
) -> Result<Project, CheckpointError> {
    let mut reached = None;
    for name in chain.names(identity) {
        reached = Some(read_next(disk, name, reached, memory)?);
    }
    reached.map(|reached| reached.project).ok_or_else(|| gap(disk, identity, 0, chain))
}

/// What a file of a chain leads to.
pub(super) struct Reached {
    project: Project,
    /// What the change behind the file repeats of it.
    link: [u8; LINK_BYTES],
}

/// Reads the file of a chain that follows those which led to `before`.
pub(super) fn read_next(
    disk: &dyn Disk,
    name: Name,
    before: Option<Reached>,
    memory: u64,
) -> Result<Reached, CheckpointError> {
    let Some(before) = before else { return read_state(disk, name, memory) };
    let bytes = change(disk, name, memory)?;
    let project = read_change(disk, name, &bytes, before, memory)?;
    // What is whole has that many bytes.
    Ok(Reached { project, link: bytes.last_chunk().copied().unwrap_or_default() })
}

/// Opens a file that is no longer than one of a project of so many bytes.
fn open(disk: &dyn Disk, name: Name, memory: u64) -> Result<Box<dyn DiskFile>, CheckpointError> {
    let file = disk.open(&name.to_string()).map_err(failed(disk, "open", name))?;
    let bytes_max = memory.saturating_add(FILE_BYTES_BESIDE);
    if file.len().map_err(failed(disk, "read", name))? > bytes_max {
        let (place, name) = (disk.place(), name.to_string());
        return Err(CheckpointError::TooLarge { place, name, max: memory });
    }
    Ok(file)
}

fn change(disk: &dyn Disk, name: Name, memory: u64) -> Result<Vec<u8>, CheckpointError> {
    let file = open(disk, name, memory)?;
    Ok(file.read_all(u64::MAX).map_err(failed(disk, "read", name))?)
}

pub(super) fn read_state(
    disk: &dyn Disk,
    name: Name,
    memory: u64,
) -> Result<Reached, CheckpointError> {
    let file = open(disk, name, memory)?;
    let mut from = BufReader::with_capacity(READ_BYTES, FromFile { file: &*file, offset: 0 });
    let project = state::read_within(&mut from, memory).map_err(|error| match error {
        ReadError::State(error) => CheckpointError::of(disk, name, 0, error),
        ReadError::Io(error) => failed(disk, "read", name)(error).into(),
    })?;
    check_summary(disk, name, &Summary::of(&project))?;
    Ok(Reached { project, link: link(disk, name, &*file)? })
}

/// The last bytes of a file, which the change behind it repeats.
pub(super) fn link(
    disk: &dyn Disk,
    name: Name,
    file: &dyn DiskFile,
) -> Result<[u8; LINK_BYTES], CheckpointError> {
    let mut link = [0; LINK_BYTES];
    let len = file.len().map_err(failed(disk, "read", name))?;
    let offset = len.saturating_sub(LINK_BYTES as u64);
    file.read_exact_at(&mut link, offset).map_err(failed(disk, "read", name))?;
    Ok(link)
}

/// A file that is read from the front.
pub(super) struct FromFile<'a> {
    pub(super) file: &'a dyn DiskFile,
    pub(super) offset: u64,
}

impl Read for FromFile<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read_at(bytes, self.offset)?;
        self.offset += count as u64;
        Ok(count)
    }
}

fn read_change(
    disk: &dyn Disk,
    name: Name,
    bytes: &[u8],
    Reached { mut project, link }: Reached,
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
    memory: u64,
) -> Result<(), CheckpointError> {
    let bytes = change(disk, name, memory)?;
    let (_, start) = read_head(disk, name, &bytes)?;
    let checked = state::check_change(&bytes[start..]);
    checked.map_err(|error| CheckpointError::of(disk, name, start as u64, error))
}
