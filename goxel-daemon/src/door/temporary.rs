//! [`Temporary`]: a file that is made beside its target and renamed over it.
//!
//! It has a name meanwhile, `.goxel-PID-COUNT.tmp`, and its writer holds a lock on it. What a
//! daemon that was killed has left behind is swept by the next one that writes there: of its own
//! user, of a process that is no more, and not locked.

use std::collections::HashSet;
use std::ffi::{CStr, OsStr};
use std::fs::File;
use std::io;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{LazyLock, Mutex, PoisonError};

use rustix::fs::{
    AtFlags, Dir, FileType, FlockOperation, Mode, OFlags, Stat, flock, fstat, linkat, openat,
    renameat, unlinkat,
};
use rustix::io::Errno;
use rustix::process::{Gid, Pid, Uid, geteuid, test_kill_process};

use super::beneath::is;
use super::file_id::FileId;

/// A file on its way. It goes when this is dropped before it has come to its place.
#[derive(Debug)]
pub(super) struct Temporary {
    directory: OwnedFd,
    /// Empty once it has come to its place.
    name: String,
    file: File,
}

impl Temporary {
    /// Creates a file of a name that nobody has.
    pub(super) fn new(directory: BorrowedFd<'_>, mode: Mode) -> io::Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        sweep_once(directory);
        let directory = directory.try_clone_to_owned()?;
        loop {
            let count = COUNT.fetch_add(1, Ordering::Relaxed);
            let name = format!("{BEGIN}{}-{count}{END}", std::process::id());
            let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW;
            match openat(&directory, &name, flags | OFlags::CLOEXEC, mode) {
                Ok(file) if is_held(&file)? => {
                    return Ok(Self { directory, name, file: File::from(file) });
                }
                // Somebody takes it for one that was left behind, or it is one.
                Ok(_) | Err(Errno::EXIST) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// The file.
    pub(super) fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// Gives the file the owner and the group of another one.
    pub(super) fn give_to(&self, other: &Stat) -> io::Result<()> {
        let ours = fstat(&self.file)?;
        if (ours.st_uid, ours.st_gid) == (other.st_uid, other.st_gid) {
            return Ok(());
        }
        let (user, group) = (Uid::from_raw(other.st_uid), Gid::from_raw(other.st_gid));
        rustix::fs::fchown(&self.file, Some(user), Some(group)).map_err(|_| {
            let what = format!(
                "the file that is there belongs to user {} and group {}, which a new one cannot be \
                 given: write to another path, or remove that file before",
                other.st_uid, other.st_gid
            );
            io::Error::new(io::ErrorKind::PermissionDenied, what)
        })
    }

    /// Brings the file to the disk, then to its place under this name.
    pub(super) fn put_in_place(mut self, name: &OsStr, mode: Option<Mode>) -> io::Result<()> {
        if let Some(mode) = mode {
            rustix::fs::fchmod(&self.file, mode)?;
        }
        self.file.sync_all()?;
        renameat(&self.directory, &self.name, &self.directory, name)?;
        self.name.clear();
        self.keep_name();
        Ok(())
    }

    /// The same, where nothing has this name: looking and naming are one step, since a second name is given
    /// to a file only where it is free.
    pub(super) fn put_in_free_place(self, name: &OsStr) -> io::Result<()> {
        self.file.sync_all()?;
        match linkat(&self.directory, &self.name, &self.directory, name, AtFlags::empty()) {
            // A file system where files have one name: nothing had this one when the work began.
            Err(Errno::PERM | Errno::OPNOTSUPP) => self.put_in_place(name, None),
            linked => {
                linked?;
                self.keep_name();
                Ok(())
            }
        }
    }

    fn keep_name(&self) {
        // The new name is on the disk once its directory is. Not every file system can do that,
        // and the file is whole either way.
        if let Ok(directory) = readable(self.directory.as_fd()) {
            let _ = rustix::fs::fsync(directory);
        }
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.name.is_empty() {
            // There is nobody left to tell.
            let _ = unlinkat(&self.directory, &self.name, AtFlags::empty());
        }
    }
}

const BEGIN: &str = ".goxel-";
const END: &str = ".tmp";

/// Takes the lock that tells others to leave a new file alone; false where one of them was faster.
/// Not every file system has locks: there, nobody can take it for one that was left behind.
fn is_held(file: &OwnedFd) -> io::Result<bool> {
    match flock(file, FlockOperation::NonBlockingLockExclusive) {
        Err(Errno::WOULDBLOCK) => Ok(false),
        _ => Ok(fstat(file)?.st_nlink > 0),
    }
}

/// A handle of a directory that can be listed.
fn readable(directory: BorrowedFd<'_>) -> io::Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    Ok(openat(directory, ".", flags, Mode::empty())?)
}

/// Directories that this process remembers to have swept. One that is forgotten is swept again.
const SWEPT_MAX: usize = 1024;

/// Sweeps a directory, unless this process has done so: what is left behind later is another one's
/// to sweep.
fn sweep_once(directory: BorrowedFd<'_>) {
    static SWEPT: LazyLock<Mutex<HashSet<FileId>>> = LazyLock::new(Mutex::default);
    let Ok(stat) = fstat(directory) else { return };
    {
        let mut swept = SWEPT.lock().unwrap_or_else(PoisonError::into_inner);
        if swept.len() >= SWEPT_MAX {
            swept.clear();
        }
        if !swept.insert(FileId::of(&stat)) {
            return;
        }
    }
    if let Err(error) = sweep(directory) {
        tracing::debug!(%error, "temporary files that were left behind stay");
    }
}

/// Removes the temporary files of those of our user that are no more.
fn sweep(directory: BorrowedFd<'_>) -> io::Result<()> {
    for entry in Dir::new(readable(directory)?)? {
        let entry = entry?;
        if writer(entry.file_name()).is_some_and(is_gone) {
            remove_unheld(directory, entry.file_name())?;
        }
    }
    Ok(())
}

/// The process whose temporary file this is, by its name.
fn writer(name: &CStr) -> Option<Pid> {
    let middle = name.to_str().ok()?.strip_prefix(BEGIN)?.strip_suffix(END)?;
    let (pid, count) = middle.split_once('-')?;
    count.parse::<u32>().ok()?;
    Pid::from_raw(pid.parse().ok()?)
}

fn is_gone(pid: Pid) -> bool {
    test_kill_process(pid) == Err(Errno::SRCH)
}

fn remove_unheld(directory: BorrowedFd<'_>, name: &CStr) -> io::Result<()> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    let Ok(file) = openat(directory, name, flags | OFlags::CLOEXEC, Mode::empty()) else {
        // One that may not be read is not ours.
        return Ok(());
    };
    let there = fstat(&file)?;
    let ours = there.st_uid == geteuid().as_raw() && there.st_nlink == 1;
    // A daemon in another container has no process here, but its lock holds.
    if ours
        && is(&there, FileType::RegularFile)
        && flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok()
    {
        unlinkat(directory, name, AtFlags::empty())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn the_files_of_the_dead_are_swept_and_no_others() {
        let dir = tempfile::tempdir().unwrap();
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let dead = child.id();
        child.wait().unwrap();
        let left = dir.path().join(format!(".goxel-{dead}-7.tmp"));
        let held = dir.path().join(format!(".goxel-{dead}-8.tmp"));
        let others = [
            ".goxel-1-0.tmp".to_owned(),
            format!(".goxel-{dead}-x.tmp"),
            format!(".goxel-{dead}.tmp"),
            "a.gox".to_owned(),
            format!("goxel-{dead}-1.tmp"),
        ];
        for name in &others {
            fs::write(dir.path().join(name), "x").unwrap();
        }
        fs::write(&left, "x").unwrap();
        let locked = File::create(&held).unwrap();
        locked.lock().unwrap();
        let link = dir.path().join(format!(".goxel-{dead}-9.tmp"));
        symlink(dir.path().join("a.gox"), &link).unwrap();
        let handle = File::open(dir.path()).unwrap();
        sweep(handle.as_fd()).unwrap();
        assert!(!left.exists() && held.exists() && link.is_symlink());
        for name in &others {
            assert!(dir.path().join(name).exists(), "{name}");
        }
        drop(locked);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), others.len() + 2);
    }
}
