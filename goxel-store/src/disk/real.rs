//! A directory of the file system. Whoever else may write in it could put in links and files of
//! theirs, so it has to be ours, and links are not followed.

mod sys;

use std::fs::{File, TryLockError};
use std::io::{Error, ErrorKind, Result};
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::Duration;

use rustix::fs::{AtFlags, CWD, Dir, Mode, OFlags};
use rustix::io::Errno;

use super::{Disk, DiskFile};

/// Nobody else has business in a data directory: projects may be private.
const DIRECTORY_MODE: Mode = Mode::RWXU;
const FILE_MODE: Mode = Mode::from_raw_mode(0o600);

/// Whoever writes here could replace our files.
const OTHERS_WRITE: u32 = 0o022;

/// How many zeros are written at once where the file system cannot reserve space.
const ZEROS_BYTES: usize = 64 * 1024;

/// The file that is locked while a daemon uses the directory. It stays empty.
const LOCK_NAME: &str = "lock";

/// A directory of the file system, ours alone.
#[derive(Debug)]
pub struct RealDisk {
    path: PathBuf,
    directory: OwnedFd,
    locked: Mutex<Option<File>>,
}

impl RealDisk {
    /// Opens the directory at `path`, and creates it (but not the ones above) where it is missing.
    ///
    /// # Errors
    /// Where it cannot be had, is no directory, belongs to somebody else, or others may write in
    /// it.
    pub fn open(path: &Path) -> Result<Self> {
        let said = |error: Errno| {
            let error = Error::from(error);
            Error::new(error.kind(), format!("data directory {}: {error}", path.display()))
        };
        match rustix::fs::mkdirat(CWD, path, DIRECTORY_MODE) {
            Ok(()) => sync_above(path)?,
            Err(Errno::EXIST) => {}
            Err(error) => return Err(said(error)),
        }
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let directory = rustix::fs::open(path, flags, Mode::empty()).map_err(said)?;
        let there = rustix::fs::fstat(&directory).map_err(said)?;
        let ours = rustix::process::geteuid().as_raw();
        #[allow(clippy::useless_conversion, reason = "the mode has 16 bits on some systems")]
        let mode = u32::from(there.st_mode);
        if there.st_uid != ours || mode & OTHERS_WRITE != 0 {
            let text = format!(
                "data directory {}: it has to belong to user {ours} and be writable by nobody \
                 else (owner {}, mode {:o}): use chown and chmod 700, or another directory",
                path.display(),
                there.st_uid,
                mode & 0o7777,
            );
            return Err(Error::new(ErrorKind::PermissionDenied, text));
        }
        Ok(Self { path: path.to_owned(), directory, locked: Mutex::new(None) })
    }

    /// Locks the directory as [`Disk::lock`] does; where another process has it, once that has let go of it, for
    /// which there is so much time.
    ///
    /// # Errors
    /// As of [`Disk::lock`].
    pub fn lock_within(&self, patience: Duration) -> Result<()> {
        match self.lock() {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            locked => return locked,
        }
        let file = self.file(LOCK_NAME, OFlags::CREATE)?;
        let (sender, receiver) = mpsc::channel();
        // Nobody can wait for a lock and for a time. Where the time is over first the thread goes on to wait;
        // what it gets then it lets go.
        std::thread::spawn(move || sender.send(file.lock().map(|()| file)));
        let file = receiver.recv_timeout(patience).map_err(|_| self.in_use())?;
        let file = file.map_err(|error| self.cannot_lock(&error))?;
        *self.locked.lock().unwrap_or_else(PoisonError::into_inner) = Some(file);
        Ok(())
    }

    fn in_use(&self) -> Error {
        let text = format!(
            "data directory {}: another daemon uses it: stop that one, or give this one another \
             --data-dir",
            self.path.display()
        );
        Error::new(ErrorKind::WouldBlock, text)
    }

    fn cannot_lock(&self, error: &Error) -> Error {
        let text = format!("data directory {}: cannot lock: {error}", self.path.display());
        Error::new(error.kind(), text)
    }

    fn file(&self, name: &str, flags: OFlags) -> Result<File> {
        let flags = flags | OFlags::RDWR | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let file = File::from(rustix::fs::openat(&self.directory, name, flags, FILE_MODE)?);
        if file.metadata()?.is_file() {
            return Ok(file);
        }
        Err(Error::new(ErrorKind::InvalidInput, format!("{name} is not a regular file")))
    }
}

/// Makes durable that the directory at `path` was created.
fn sync_above(path: &Path) -> Result<()> {
    let above = path.parent().filter(|above| !above.as_os_str().is_empty());
    File::open(above.unwrap_or(Path::new(".")))?.sync_all()
}

impl Disk for RealDisk {
    fn place(&self) -> String {
        self.path.display().to_string()
    }

    fn lock(&self) -> Result<()> {
        let mut locked = self.locked.lock().unwrap_or_else(PoisonError::into_inner);
        if locked.is_some() {
            return Ok(());
        }
        let file = self.file(LOCK_NAME, OFlags::CREATE)?;
        file.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => self.in_use(),
            TryLockError::Error(error) => self.cannot_lock(&error),
        })?;
        *locked = Some(file);
        Ok(())
    }

    fn create(&self, name: &str) -> Result<Box<dyn DiskFile>> {
        Ok(Box::new(RealFile(self.file(name, OFlags::CREATE | OFlags::EXCL)?)))
    }

    fn open(&self, name: &str) -> Result<Box<dyn DiskFile>> {
        Ok(Box::new(RealFile(self.file(name, OFlags::empty())?)))
    }

    fn names(&self) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in Dir::read_from(&self.directory)? {
            // A name that is no text is none of ours.
            if let Ok(name) = entry?.file_name().to_str()
                && name != "."
                && name != ".."
            {
                names.push(name.to_owned());
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    fn rename(&self, from: &str, to: &str) -> Result<()> {
        Ok(rustix::fs::renameat(&self.directory, from, &self.directory, to)?)
    }

    fn remove(&self, name: &str) -> Result<()> {
        Ok(rustix::fs::unlinkat(&self.directory, name, AtFlags::empty())?)
    }

    fn sync_dir(&self) -> Result<()> {
        Ok(rustix::fs::fsync(&self.directory)?)
    }
}

/// A file of a [`RealDisk`].
struct RealFile(File);

impl DiskFile for RealFile {
    fn len(&self) -> Result<u64> {
        Ok(self.0.metadata()?.len())
    }

    fn read_at(&self, bytes: &mut [u8], offset: u64) -> Result<usize> {
        self.0.read_at(bytes, offset)
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> Result<usize> {
        self.0.write_at(bytes, offset)
    }

    fn allocate(&self, len: u64) -> Result<()> {
        let there = self.len()?;
        if there >= len {
            return Ok(());
        }
        if sys::reserve(&self.0, there, len - there)? {
            return Ok(());
        }
        self.write_zeros(there, len)
    }

    fn set_len(&self, len: u64) -> Result<()> {
        self.0.set_len(len)
    }

    fn sync_data(&self) -> Result<()> {
        self.0.sync_data()
    }
}

impl RealFile {
    /// Takes space the plain way.
    fn write_zeros(&self, mut from: u64, until: u64) -> Result<()> {
        let zeros = [0; ZEROS_BYTES];
        while from < until {
            let count = (until - from).min(ZEROS_BYTES as u64);
            self.write_all_at(&zeros[..count as usize], from)?;
            from += count;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
