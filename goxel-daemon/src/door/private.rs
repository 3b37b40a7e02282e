//! [`PrivateDir`]: a directory that is the daemon's alone, and files in it.
//!
//! Where others may write, whatever is found under a name may be theirs by the time that it is
//! used. So the directory has to be ours and nobody else's to write in; it is held, so that a link
//! in its place is not meant; and a file is removed only while it is the one that was made.

use std::fs::{DirBuilder, File};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Mode, OFlags, fstat, open, openat, statat, unlinkat};
use rustix::io::Errno;

use super::file_id::FileId;

/// The directory is for its owner.
const MODE: u32 = 0o700;

/// A directory of our own.
#[derive(Debug)]
pub(crate) struct PrivateDir {
    path: PathBuf,
    handle: OwnedFd,
    id: FileId,
}

impl PrivateDir {
    /// The directory at a path, which is made where it is not there, with all that it stands in.
    ///
    /// # Errors
    /// Where there can be none, or it is a link, or somebody else's, or others may write in it.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(MODE).create(path)?;
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let handle = open(path, flags, Mode::empty())?;
        let there = fstat(&handle)?;
        let ours = rustix::process::geteuid().as_raw();
        let others = Mode::from_raw_mode(there.st_mode) & (Mode::WGRP | Mode::WOTH);
        if there.st_uid != ours || !others.is_empty() {
            let what = format!(
                "{} is user {}'s, with mode {:o}: it has to be user {ours}'s, and nobody else's to \
                 write in",
                path.display(),
                there.st_uid,
                there.st_mode & 0o7777
            );
            return Err(io::Error::new(io::ErrorKind::PermissionDenied, what));
        }
        Ok(Self { path: path.to_owned(), handle, id: FileId::of(&there) })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Tells the directory from another one of its path.
    pub(crate) fn id(&self) -> FileId {
        self.id
    }

    /// Creates a file. One that is there already, or a link, is not ours to write.
    ///
    /// # Errors
    /// Where something of this name is there, or the system refuses.
    pub(crate) fn create(&self, name: &str) -> io::Result<(File, FileId)> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        let file = openat(&self.handle, name, flags, Mode::from_raw_mode(0o644))?;
        let id = FileId::of(&fstat(&file)?);
        Ok((File::from(file), id))
    }

    /// Removes a file. That somebody else did is as good, and one that was put in its place stays.
    ///
    /// # Errors
    /// Where the system refuses.
    pub(crate) fn remove(&self, name: &str, id: FileId) -> io::Result<()> {
        match statat(&self.handle, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(there) if FileId::of(&there) == id => {
                Ok(unlinkat(&self.handle, name, AtFlags::empty())?)
            }
            Ok(_) | Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};

    use super::*;

    #[test]
    fn only_one_s_own_directory_will_do() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        drop(PrivateDir::open(&at("a/b")).unwrap());
        assert_eq!(fs::metadata(at("a/b")).unwrap().mode() & 0o777, 0o700);
        symlink(at("a"), at("link")).unwrap();
        assert!(PrivateDir::open(&at("link")).is_err());
        for (mode, good) in [(0o755, true), (0o775, false), (0o1777, false), (0o700, true)] {
            fs::set_permissions(at("a"), fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(PrivateDir::open(&at("a")).is_ok(), good, "{mode:o}");
        }
        if chown(at("a"), Some(65534), None).is_ok() {
            let error = PrivateDir::open(&at("a")).unwrap_err().to_string();
            assert!(error.contains("is user 65534's, with mode 700"), "{error}");
        }
    }

    #[test]
    fn what_is_put_in_a_file_s_place_stays() {
        let dir = tempfile::tempdir().unwrap();
        let (ours, precious) = (dir.path().join("ours"), dir.path().join("precious"));
        fs::create_dir(&precious).unwrap();
        fs::write(precious.join("f"), "precious").unwrap();
        let private = PrivateDir::open(&ours).unwrap();
        let (_, id) = private.create("f").unwrap();
        assert!(private.create("f").is_err());
        // The directory is moved away, and a link is put in its place.
        fs::rename(&ours, dir.path().join("moved")).unwrap();
        symlink(&precious, &ours).unwrap();
        private.remove("f", id).unwrap();
        assert!(precious.join("f").exists() && !dir.path().join("moved/f").exists());
        // The file itself is another one.
        let (_, id) = private.create("f").unwrap();
        fs::rename(precious.join("f"), dir.path().join("moved/f")).unwrap();
        private.remove("f", id).unwrap();
        assert_eq!(fs::read(dir.path().join("moved/f")).unwrap(), b"precious");
        private.remove("none", id).unwrap();
    }
}
