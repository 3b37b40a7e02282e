//! [`Held`]: the files of a project's newest version, to be read by whoever copies them.

use std::collections::BTreeMap;
use std::io::{self, BufReader, Read};

use crc32fast::Hasher;
use goxel_core::Work;

use super::head::{HEAD_BYTES_MAX, Head, LINK_BYTES};
use super::names::Name;
use super::read::{FromFile, READ_BYTES, link};
use super::survey::{check_from, check_summary, gap};
use super::{CheckpointError, Versions};
use crate::disk::{Disk, DiskFile, failed};
use crate::state::{self, ReadError};

/// How often files are looked up that were removed since they were listed: each time a newer version was
/// written meanwhile, which takes longer than that.
const TRIES_MAX: usize = 16;

/// Finds the files of projects while others are written and removed.
pub struct Holder<'a> {
    disk: &'a dyn Disk,
    all: BTreeMap<u64, Versions>,
}

/// Files that lead to a version, in order. They can be read even where they were removed meanwhile.
pub struct Held {
    /// The version.
    pub version: u64,
    files: Vec<(Name, Box<dyn DiskFile>)>,
}

impl<'a> Holder<'a> {
    /// Of the files that are on a disk.
    ///
    /// # Errors
    /// Where they cannot be listed.
    pub fn new(disk: &'a dyn Disk) -> Result<Self, CheckpointError> {
        let mut holder = Self { disk, all: BTreeMap::new() };
        holder.list()?;
        Ok(holder)
    }

    fn list(&mut self) -> Result<(), CheckpointError> {
        let names = self.disk.names().map_err(failed(self.disk, "list", "the files"))?;
        self.all = Versions::of(&names);
        Ok(())
    }

    /// The files of a project's newest version; `None` where it has none.
    ///
    /// # Errors
    /// [`CheckpointError`].
    pub fn hold(&mut self, identity: u64) -> Result<Option<Held>, CheckpointError> {
        for _ in 0..TRIES_MAX {
            if let Some(held) = self.try_hold(identity)? {
                return Ok(Some(held));
            }
            self.list()?;
            if !self.all.contains_key(&identity) {
                return Ok(None);
            }
        }
        let name = Name::State { identity, version: 0 };
        let why = "files of the project are replaced faster than they are opened";
        Err(failed(self.disk, "open", name)(io::Error::other(why)).into())
    }

    /// As they are listed; `None` where one is not there any more.
    fn try_hold(&self, identity: u64) -> Result<Option<Held>, CheckpointError> {
        let Some(versions) = self.all.get(&identity) else { return Ok(None) };
        let (chain, version) = (versions.chain(), versions.newest());
        let mut files = Vec::new();
        for name in chain.names(identity) {
            match self.disk.open(&name.to_string()) {
                Ok(file) => files.push((name, file)),
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
                Err(error) => return Err(failed(self.disk, "open", name)(error).into()),
            }
        }
        if chain.version() != Some(version) {
            return Err(gap(self.disk, identity, version, &chain));
        }
        Ok(Some(Held { version, files }))
    }
}

impl Held {
    /// The files: their names, how many bytes they have, and what reads them.
    ///
    /// # Errors
    /// Where the disk does not say.
    pub fn files(&self) -> impl Iterator<Item = io::Result<(String, u64, impl Read)>> {
        self.files.iter().map(|(name, file)| {
            Ok((name.to_string(), file.len()?, FromFile { file: &**file, offset: 0 }))
        })
    }

    /// Looks at all checksums of the files, and whether they belong to each other. `work` counts their bytes.
    ///
    /// # Errors
    /// [`CheckpointError`]. What `work` says is [`CheckpointError::Disk`].
    pub fn verify(&self, disk: &dyn Disk, work: &Work<'_>) -> Result<(), CheckpointError> {
        let mut before = None;
        for (name, file) in &self.files {
            let reader = FromFile { file: &**file, offset: 0 };
            let mut reader = BufReader::with_capacity(READ_BYTES, reader);
            match before {
                None => {
                    let found = state::verify(&mut reader, work);
                    let found = found.map_err(|error| of(disk, *name, error))?;
                    check_summary(disk, *name, &found)?;
                }
                Some(before) => verify_change(disk, *name, &**file, before, work)?,
            }
            before = Some(link(disk, *name, &**file)?);
        }
        Ok(())
    }
}

fn of(disk: &dyn Disk, name: Name, error: ReadError) -> CheckpointError {
    match error {
        ReadError::State(error) => CheckpointError::of(disk, name, 0, error),
        ReadError::Io(error) => failed(disk, "read", name)(error).into(),
    }
}

/// Looks at the checksums of a file with a change, which follows one that ends in `before`.
fn verify_change(
    disk: &dyn Disk,
    name: Name,
    file: &dyn DiskFile,
    before: [u8; LINK_BYTES],
    work: &Work<'_>,
) -> Result<(), CheckpointError> {
    let damaged = |what| CheckpointError::damaged(disk, name, 0, what);
    let read = |error| failed(disk, "read", name)(error);
    let len = file.len().map_err(read)?;
    let mut start = vec![0; len.min(HEAD_BYTES_MAX as u64) as usize];
    file.read_exact_at(&mut start, 0).map_err(read)?;
    let (head, mut at) = Head::read(&start)
        .map(|(head, end)| (head, end as u64))
        .map_err(|error| CheckpointError::of(disk, name, 0, error))?;
    check_summary(disk, name, &head.summary)?;
    check_from(disk, name, head.from)?;
    if head.link != before {
        return Err(damaged("it does not belong to the file before it"));
    }
    let end = len.saturating_sub(LINK_BYTES as u64);
    let (mut whole, mut bytes) = (Hasher::new(), vec![0; READ_BYTES]);
    while at < end {
        let count = (end - at).min(READ_BYTES as u64) as usize;
        file.read_exact_at(&mut bytes[..count], at).map_err(read)?;
        whole.update(&bytes[..count]);
        work.spend(count as u64).map_err(|error| read(io::Error::other(error)))?;
        at += count as u64;
    }
    if at != end || whole.finalize().to_le_bytes() != link(disk, name, file)? {
        return Err(damaged("its checksum is another"));
    }
    Ok(())
}
