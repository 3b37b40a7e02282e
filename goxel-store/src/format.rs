//! The version of the format that a data directory has as a whole: which kinds of files it has, and what
//! they are to each other. Each file has a version of its own as well, which says how to read that one.
//!
//! It stands in a file that people can read, too:
//!
//! ```text
//! goxel data directory, format 2, checksum 0a1b2c3d
//! ```
//!
//! The checksum is the CRC-32 of what is before the comma. Directories of version 1 have no such file.

use std::io;

use thiserror::Error;

use crate::disk::{Disk, DiskError, failed};

/// The file.
pub const NAME: &str = "format";
/// The file while it is written.
pub(crate) const UNFINISHED: &str = "format.tmp";

/// The version that this program writes.
pub const FORMAT: u32 = 3;
/// The version of a directory that does not say it.
const UNSAID: u32 = 1;

/// The file has no more bytes, whatever the version: a number of 32 bits has ten digits.
const BYTES_MAX: u64 = 64;

/// What stands before the version.
const BEFORE: &str = "goxel data directory, format ";

/// Why a data directory cannot be used as a whole.
#[derive(Debug, Error)]
pub enum FormatError {
    /// The file cannot be read or written.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// A version of Goxel wrote it that came later.
    #[error(
        "data directory {place}: it has version {found} of the format, and this program reads up to \
         {FORMAT}: use the version of Goxel that wrote it, or another directory"
    )]
    Newer {
        /// The data directory.
        place: String,
        /// The version that it has.
        found: u32,
    },
    /// The file is not what was written.
    #[error(
        "data directory {place}: file {NAME} is damaged: run `goxel-cli repair {place}`, which keeps what \
         can be kept"
    )]
    Damaged {
        /// The data directory.
        place: String,
    },
}

/// What the file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    Version(u32),
    /// There is no file.
    Nothing,
    Damaged,
}

/// What the file of a version holds.
#[must_use]
pub fn text(version: u32) -> String {
    let said = format!("{BEFORE}{version}");
    let checksum = crc32fast::hash(said.as_bytes());
    format!("{said}, checksum {checksum:08x}\n")
}

/// The version in the bytes of the file.
fn parse(bytes: &[u8]) -> Option<u32> {
    let behind = std::str::from_utf8(bytes).ok()?.strip_prefix(BEFORE)?;
    let version = behind.split_once(',')?.0.parse().ok()?;
    // There is one way to write each.
    (bytes == text(version).as_bytes()).then_some(version)
}

/// Reads the file.
pub(crate) fn read(disk: &dyn Disk) -> Result<Said, DiskError> {
    let file = match disk.open(NAME) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Said::Nothing),
        Err(error) => return Err(failed(disk, "open", NAME)(error)),
    };
    match file.read_all(BYTES_MAX) {
        Ok(bytes) => Ok(parse(&bytes).map_or(Said::Damaged, Said::Version)),
        Err(error) if error.kind() == io::ErrorKind::FileTooLarge => Ok(Said::Damaged),
        Err(error) => Err(failed(disk, "read", NAME)(error)),
    }
}

/// The version of a data directory, which may be used by this program.
///
/// # Errors
/// [`FormatError`].
pub fn version(disk: &dyn Disk) -> Result<u32, FormatError> {
    match read(disk)? {
        Said::Version(found) if found > FORMAT => {
            Err(FormatError::Newer { place: disk.place(), found })
        }
        Said::Version(found) => Ok(found),
        Said::Nothing => Ok(UNSAID),
        Said::Damaged => Err(FormatError::Damaged { place: disk.place() }),
    }
}

/// Makes a directory one of the newest version: one that is new, or one of an older version, which
/// it says. From version 1 to 2 nothing changes but that the version is written down.
///
/// # Errors
/// [`FormatError`]; the directory is then as it was.
pub fn upgrade(disk: &dyn Disk) -> Result<u32, FormatError> {
    let found = version(disk)?;
    if found < FORMAT {
        write(disk)?;
    }
    Ok(found)
}

/// Writes down the newest version, and makes that durable.
pub(crate) fn write(disk: &dyn Disk) -> Result<(), DiskError> {
    // One that was left behind when the power went.
    match disk.remove(UNFINISHED) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(failed(disk, "remove", UNFINISHED)(error));
        }
        _ => {}
    }
    let file = disk.create(UNFINISHED).map_err(failed(disk, "create", UNFINISHED))?;
    let written = file.write_all_at(text(FORMAT).as_bytes(), 0);
    written.map_err(failed(disk, "write", UNFINISHED))?;
    file.sync_data().map_err(failed(disk, "sync", UNFINISHED))?;
    disk.rename(UNFINISHED, NAME).map_err(failed(disk, "rename", UNFINISHED))?;
    disk.sync_dir().map_err(failed(disk, "sync the directory for", NAME))
}

#[cfg(test)]
mod tests;
