//! [`PidFile`]: which process the daemon is.
//!
//! The daemon holds a lock on its file for as long as it lives, so a file that a killed daemon
//! left behind is known from a good one whatever process has its number by now.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, fchown};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use goxel_io::{Access, open_own};
use rustix::process::Pid;

/// Anybody may know the number.
const MODE: u32 = 0o644;
/// No number is longer.
const TEXT_BYTES_MAX: u64 = 32;

/// A file with our number in it. It goes when this is dropped.
#[derive(Debug)]
pub(super) struct PidFile {
    path: PathBuf,
    file: File,
}

impl PidFile {
    /// Writes the number of this process. A file that a killed daemon left may belong to one of
    /// `users`.
    ///
    /// # Errors
    /// Where another daemon holds the file, or it cannot be written; the message names it.
    pub(super) fn create(path: &Path, users: &[u32]) -> Result<Self> {
        Self::take(path, users).with_context(|| path.display().to_string())
    }

    fn take(path: &Path, users: &[u32]) -> Result<Self> {
        let mut file = open_own(path, Access::Write, MODE, users)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => bail!("another daemon holds this file"),
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        read(&mut file)?;
        file.set_len(0)?;
        file.rewind()?;
        writeln!(file, "{}", std::process::id())?;
        Ok(Self { path: path.to_owned(), file })
    }

    /// Gives the file to a user and a group.
    pub(super) fn give_to(&self, user: u32, group: u32) -> Result<()> {
        let given = fchown(&self.file, Some(user), Some(group));
        given.with_context(|| self.path.display().to_string())
    }
}

impl Drop for PidFile {
    fn drop(&mut self) {
        if is_same(&self.path, &self.file)
            && let Err(error) = fs::remove_file(&self.path)
        {
            tracing::warn!(%error, path = %self.path.display(), "the pid file was not removed");
        }
    }
}

/// Whether the file that is there under this name is this one.
fn is_same(path: &Path, file: &File) -> bool {
    let identity = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    fs::symlink_metadata(path)
        .and_then(|there| Ok(identity(there) == identity(file.metadata()?)))
        .unwrap_or(false)
}

/// What a pid file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holder {
    /// There is no file.
    None,
    /// The daemon that wrote it is no more; the file was removed.
    Stale,
    /// This one lives.
    Alive(Pid),
}

/// Looks who holds a pid file, and removes one that nobody does. One that is neither ours nor of one
/// of `users` is not believed: whoever wrote it could have any process ended.
///
/// # Errors
/// Where the file cannot be read, or holds no number.
pub(super) fn holder(path: &Path, users: &[u32]) -> Result<Holder> {
    let found = inspect(path, users);
    found.with_context(|| path.display().to_string())
}

fn inspect(path: &Path, users: &[u32]) -> Result<Holder> {
    let mut file = match open_own(path, Access::Read, MODE, users) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Holder::None),
        opened => opened?,
    };
    match file.try_lock_shared() {
        Ok(()) => {
            read(&mut file)?;
            if is_same(path, &file) {
                fs::remove_file(path)?;
            }
            return Ok(Holder::Stale);
        }
        Err(TryLockError::WouldBlock) => {}
        Err(TryLockError::Error(error)) => return Err(error.into()),
    }
    read(&mut file)?.map(Holder::Alive).context("this holds no process id")
}

/// The process id in a file; `None` where it is empty, as one is whose daemon has just begun.
///
/// # Errors
/// Where something else is in it: it is no pid file, and is neither emptied nor removed.
fn read(file: &mut File) -> Result<Option<Pid>> {
    let mut text = String::new();
    let read = io::Read::by_ref(file).take(TEXT_BYTES_MAX).read_to_string(&mut text);
    let text = text.trim();
    let pid = text.parse().ok().and_then(Pid::from_raw);
    ensure!(read.is_ok() && (text.is_empty() || pid.is_some()), "this is no pid file");
    Ok(pid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_holds_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("p");
        assert_eq!(holder(&path, &[]).unwrap(), Holder::None);
        let ours = PidFile::create(&path, &[]).unwrap();
        let pid = Pid::from_raw(std::process::id() as i32).unwrap();
        assert_eq!(holder(&path, &[]).unwrap(), Holder::Alive(pid));
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("{}\n", std::process::id()));
        let error = format!("{:#}", PidFile::create(&path, &[]).unwrap_err());
        assert_eq!(error, format!("{}: another daemon holds this file", path.display()));
        drop(ours);
        assert!(!path.exists());
        // One that a killed daemon left, whose number another process has by now.
        fs::write(&path, "1\n").unwrap();
        assert_eq!(holder(&path, &[]).unwrap(), Holder::Stale);
        assert!(!path.exists());
        assert!(PidFile::create(&dir.path().join("no/p"), &[]).is_err());
    }

    #[test]
    fn what_is_no_pid_file_stays_as_it_is() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("notes");
        fs::write(&path, "all that I know\n").unwrap();
        for error in [PidFile::create(&path, &[]).unwrap_err(), holder(&path, &[]).unwrap_err()] {
            assert!(format!("{error:#}").ends_with("this is no pid file"), "{error:#}");
        }
        assert_eq!(fs::read_to_string(&path).unwrap(), "all that I know\n");
    }
}
