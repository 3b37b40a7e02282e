//! [`write()`]: writes all projects to an archive, while they are edited on.

use std::fs::File;
use std::io::{self, BufWriter, Seek, Write};
use std::time::{SystemTime, UNIX_EPOCH};

use goxel_core::{Identity, Project, Work};
use goxel_store::checkpoint::{CheckpointError, Held, Holder, state_name};
use goxel_store::disk::Disk;
use goxel_store::{format, state};
use tar::{Builder, EntryType, Header};

use crate::gate::{Everything, LeftOut};
use crate::stoppable::Stoppable;

/// Bytes that are written at once.
const WRITE_BYTES: usize = 1 << 20;
/// Whoever unpacks the archive is the only one who may read what is in it, as of a data directory.
const FILE_MODE: u32 = 0o600;
/// What writing a state costs for each byte that its voxels take in memory, in units of work, as it is told
/// beforehand: most of them are deflated.
const VOXEL_BYTE_UNITS: u64 = 8;
/// What a file costs for each byte: it is read to be checked, and copied.
const FILE_BYTE_UNITS: u64 = 2;

/// What became of a backup.
#[derive(Default)]
pub(crate) struct Written {
    /// Projects that are in it.
    pub(crate) projects: usize,
    /// The names of those that are as they were before a transaction that is open.
    pub(crate) before_transactions: Vec<String>,
    /// Projects that are not in it.
    pub(crate) left_out: Vec<LeftOut>,
    /// How many bytes it has.
    pub(crate) bytes: u64,
}

/// Writes all projects to an archive, as far as `work` lets it. No more of a project that is not in memory
/// is held than a part of a file.
///
/// # Errors
/// What the file and `work` say.
pub(crate) fn write(all: Everything, file: &mut File, work: &Work<'_>) -> io::Result<Written> {
    let Everything { at_hand, before_transactions, in_files, left_out, disk } = all;
    let voxels: u64 = at_hand.iter().map(|project| project.voxel_bytes() as u64).sum();
    let files: u64 = in_files.iter().map(|stored| stored.bytes).sum();
    work.expect(VOXEL_BYTE_UNITS * voxels + FILE_BYTE_UNITS * files).map_err(io::Error::other)?;
    let mut written = Written { before_transactions, left_out, ..Written::default() };
    let mut archive = Archive::new(Stoppable::new(file, work));
    for project in at_hand {
        archive.put_project(&project, work)?;
        written.projects += 1;
    }
    if let Some(disk) = disk.as_deref().filter(|_| !in_files.is_empty()) {
        let mut holder = Holder::new(disk).map_err(io::Error::other)?;
        for stored in in_files {
            let put = archive.put_files(disk, &mut holder, stored.identity, work)?;
            // Who stops it is told in the words of a disk that does not go on.
            work.check().map_err(io::Error::other)?;
            match put {
                Ok(true) => written.projects += 1,
                // It was deleted since.
                Ok(false) => {}
                Err(error) => written.left_out.push(LeftOut {
                    identity: stored.identity,
                    name: stored.name,
                    why: error.to_string(),
                }),
            }
        }
    }
    written.bytes = archive.finish()?;
    Ok(written)
}

/// An archive that is being written.
struct Archive<W: Write> {
    tar: Builder<W>,
    /// Seconds since 1970, which its files are said to be of.
    time: u64,
}

impl<W: Write + Seek> Archive<W> {
    fn new(out: W) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { tar: Builder::new(out), time: now.as_secs() }
    }

    fn header(&self) -> Header {
        let mut header = Header::new_gnu();
        header.set_entry_type(EntryType::Regular);
        header.set_mode(FILE_MODE);
        header.set_mtime(self.time);
        header
    }

    /// Writes the state of a project that is in memory.
    fn put_project(&mut self, project: &Project, work: &Work<'_>) -> io::Result<()> {
        let mut header = self.header();
        let entry = self.tar.append_writer(&mut header, state_name(project))?;
        let mut out = BufWriter::with_capacity(WRITE_BYTES, entry);
        state::write_within(project, &mut out, work)?;
        let entry = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        entry.finish()
    }

    /// Copies the files of a project, once they were looked at. False where there are none.
    fn put_files(
        &mut self,
        disk: &dyn Disk,
        holder: &mut Holder<'_>,
        identity: Identity,
        work: &Work<'_>,
    ) -> io::Result<Result<bool, CheckpointError>> {
        let held = holder.hold(identity.number()).and_then(|held| {
            held.iter().try_for_each(|held| held.verify(disk, work))?;
            Ok(held)
        });
        match held {
            Ok(Some(held)) => self.copy(&held).map(|()| Ok(true)),
            Ok(None) => Ok(Ok(false)),
            Err(error) => Ok(Err(error)),
        }
    }

    fn copy(&mut self, held: &Held) -> io::Result<()> {
        for file in held.files() {
            let (name, bytes, from) = file?;
            let mut header = self.header();
            header.set_size(bytes);
            self.tar.append_data(&mut header, name, from)?;
        }
        Ok(())
    }

    /// Writes what says that all of it is there, and gives the number of bytes.
    fn finish(mut self) -> io::Result<u64> {
        let text = format::text(format::FORMAT);
        let mut header = self.header();
        header.set_size(text.len() as u64);
        self.tar.append_data(&mut header, format::NAME, text.as_bytes())?;
        self.tar.into_inner()?.stream_position()
    }
}
