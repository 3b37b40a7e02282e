//! [`restore`]: makes a data directory of a backup.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use goxel_store::checkpoint::is_name;
use goxel_store::disk::{Disk, DiskFile, RealDisk};
use goxel_store::format;
use tar::{Archive, Entry};

use crate::storage::check_disk;

/// What the directory is called until it is whole.
const UNFINISHED: &str = ".part";
/// Bytes that are copied at once.
const COPY_BYTES: usize = 1 << 20;

/// Makes a data directory at `dir` of the backup in `archive`: all of it, or nothing. There may be an empty
/// directory. Gives what is to be told.
///
/// # Errors
/// Where the file is no backup, not a whole one, or of a later version of Goxel; where anything in it is not
/// what was written; where something is in the directory, or it cannot be written.
pub fn restore(archive: &Path, dir: &Path) -> Result<String> {
    let file = File::open(archive).with_context(|| format!("backup {}", archive.display()))?;
    check_empty(dir)?;
    let unfinished = unfinished(dir)?;
    fs::create_dir(&unfinished).with_context(|| {
        let path = unfinished.display();
        format!("{path}: where an earlier attempt has left it, remove it")
    })?;
    let restored = fill(&unfinished, file)
        .with_context(|| format!("backup {}", archive.display()))
        .and_then(|projects| put_in_place(&unfinished, dir).map(|()| projects));
    if restored.is_err() {
        // What is told is why it could not be made.
        let _ = fs::remove_dir_all(&unfinished);
    }
    let (projects, archive) = (restored?, archive.display());
    Ok(format!("{}: made of backup {archive}: {projects} projects", dir.display()))
}

/// Refuses a directory that something is in.
fn check_empty(dir: &Path) -> Result<()> {
    match fs::read_dir(dir) {
        Ok(mut entries) => match entries.next() {
            None => Ok(()),
            Some(_) => bail!(
                "{} is not empty: name another directory, or one that is not there yet",
                dir.display()
            ),
        },
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error).with_context(|| dir.display().to_string()),
    }
}

/// Where the directory is made, beside its place.
fn unfinished(dir: &Path) -> Result<PathBuf> {
    let name = dir.file_name().with_context(|| format!("{} names no directory", dir.display()))?;
    let mut name = OsString::from(name);
    name.push(UNFINISHED);
    Ok(dir.with_file_name(name))
}

/// Unpacks an archive, and looks whether all of it is as it was written. Gives the number of projects.
fn fill(dir: &Path, archive: File) -> Result<u64> {
    // It takes no directory that others may write in.
    fs::set_permissions(dir, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    let disk = RealDisk::open(dir)?;
    let mut archive = Archive::new(archive);
    for entry in archive.entries().context("it is no archive")? {
        unpack(&disk, entry.context("it is damaged, or no archive")?)?;
    }
    if !disk.names()?.iter().any(|name| name == format::NAME) {
        bail!("it is not whole: file {}, which is its last one, is missing", format::NAME);
    }
    format::version(&disk)?;
    let report = check_disk(&disk)?;
    if let Some(finding) = report.findings.first() {
        bail!("it is damaged: {}, byte {}: {}", finding.name, finding.offset, finding.what);
    }
    disk.sync_dir()?;
    Ok(report.projects)
}

/// Unpacks a file of an archive, and makes it durable.
fn unpack(disk: &RealDisk, mut entry: Entry<'_, File>) -> Result<()> {
    let path = entry.path()?.into_owned();
    let shown = path.display();
    let name = path.to_str().filter(|name| *name == format::NAME || is_name(name));
    let Some(name) = name.filter(|_| entry.header().entry_type().is_file()) else {
        bail!("it is no backup: {shown} is no file of one");
    };
    let file = disk.create(name).with_context(|| format!("cannot create {shown}"))?;
    copy(&mut entry, &*file).with_context(|| format!("cannot unpack {shown}"))
}

fn copy(from: &mut Entry<'_, File>, to: &dyn DiskFile) -> std::io::Result<()> {
    let (mut bytes, mut offset) = (vec![0; COPY_BYTES], 0);
    while offset < from.size() {
        let count = from.read(&mut bytes)?;
        if count == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        to.write_all_at(&bytes[..count], offset)?;
        offset += count as u64;
    }
    to.sync_data()
}

/// Gives the directory its name, and makes that durable. One that is not empty by now stays.
fn put_in_place(unfinished: &Path, dir: &Path) -> Result<()> {
    fs::rename(unfinished, dir).with_context(|| format!("cannot make {}", dir.display()))?;
    let above = dir.parent().filter(|above| !above.as_os_str().is_empty());
    File::open(above.unwrap_or(Path::new(".")))?.sync_all()?;
    Ok(())
}
