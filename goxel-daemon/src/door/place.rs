//! [`Place`]: a path that a client named, and the file there.
//!
//! What is read is a regular file, and not one of those that the kernel makes up: a pipe, a device
//! or `/proc/kmsg` would hold a worker for as long as nobody has anything to say. What is written
//! is made beside its target and put in its place: whoever looks, and whatever breaks, there is the
//! old file or the new one, never a part. The new file has the old one's owner and mode. A link is
//! followed, so that what it points to is replaced. A file of several names (hard links) is
//! replaced under this one: the others keep what was there, since nobody who gave a file a second
//! name here shall have it overwritten. Where the client wants what is there to stay, a new file gets its
//! name only if nobody else has it.

use std::cell::RefCell;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read as _};
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use goxel_formats::{Error, Result};
use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, Stat, openat, statat};
use rustix::io::Errno;

use super::beneath::{self, LINKS_MAX, is, link};
use super::root::Root;
use super::sys::{self, DIRECTORY};
use super::temporary::Temporary;

/// A path that a client named. Nothing is opened before it is used, and then by handles.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// As it was sent.
    named: PathBuf,
    /// What it stays beneath, if anything.
    root: Option<Arc<Root>>,
    /// From the root, or from where the daemon stands.
    path: PathBuf,
    /// Whether a file that is there stays, and a new one is refused.
    keeps_old: bool,
}

impl Place {
    pub(super) fn anywhere(named: &Path) -> Self {
        Self { named: named.to_owned(), root: None, path: named.to_owned(), keeps_old: false }
    }

    pub(super) fn beneath(root: Arc<Root>, path: &Path, named: &Path) -> Self {
        let (named, path) = (named.to_owned(), path.to_owned());
        Self { named, root: Some(root), path, keeps_old: false }
    }

    /// The same, where a file that is there is written over, or else is an error.
    pub(crate) fn overwriting(self, overwrites: bool) -> Self {
        Self { keeps_old: !overwrites, ..self }
    }

    /// The path as it was sent.
    pub(crate) fn named(&self) -> &Path {
        &self.named
    }

    /// Opens a file to read it.
    ///
    /// # Errors
    /// [`Error::Io`] with the path as it was sent.
    pub(crate) fn open(&self) -> Result<File> {
        let failed = |source| Error::Io { action: "read", path: self.named.clone(), source };
        self.open_regular().map_err(failed)
    }

    /// All of a file, which has so many bytes at the most.
    ///
    /// # Errors
    /// As [`Self::open`]; also where it has more.
    pub(crate) fn read_all(&self, bytes_max: usize) -> Result<Vec<u8>> {
        let failed = |source| Error::Io { action: "read", path: self.named.clone(), source };
        let mut bytes = Vec::new();
        let read = self.open()?.take(bytes_max as u64 + 1).read_to_end(&mut bytes);
        read.map_err(failed)?;
        if bytes.len() > bytes_max {
            let what = format!("it has more than {bytes_max} bytes");
            return Err(failed(io::Error::new(io::ErrorKind::InvalidData, what)));
        }
        Ok(bytes)
    }

    /// Opens a file that stands beside it or further down, by its path from this one's folder.
    ///
    /// # Errors
    /// As [`Self::open`]; also where the path does not only go down.
    pub(crate) fn open_near(&self, path: &str) -> Result<File> {
        let near = self.beside(path);
        let goes_down = |part: Component<'_>| matches!(part, Component::Normal(_));
        if !Path::new(path).components().all(goes_down) {
            let what = "the path of a file beside another goes down from its folder";
            let source = io::Error::new(io::ErrorKind::InvalidInput, what);
            return Err(Error::Io { action: "read", path: near.named, source });
        }
        near.open()
    }

    fn open_regular(&self) -> io::Result<File> {
        if let Some(held) = sys::HELD {
            check(&self.look_up(&self.path, held)?)?;
        }
        let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY;
        let file = self.look_up(&self.path, flags)?;
        check(&file)?;
        Ok(File::from(file))
    }

    /// Opens a directory, to look for files in it.
    pub(super) fn open_directory(&self) -> io::Result<OwnedFd> {
        self.look_up(&self.path, DIRECTORY)
    }

    /// Writes a file as a whole, in the place of one that may be there.
    ///
    /// # Errors
    /// [`Error::Io`] with the path as it was sent, and those of `fill`.
    pub(crate) fn replace(&self, fill: impl FnOnce(&mut File) -> Result<()>) -> Result<()> {
        self.replace_with(|file, _| fill(file))
    }

    /// [`Self::replace`] with files that belong to it and stand in the same folder. They come to their
    /// places before it does, and only once all of them are whole.
    ///
    /// # Errors
    /// As of [`Self::replace`], with the path of the file that it is about.
    pub(crate) fn replace_with<T>(
        &self,
        fill: impl FnOnce(&mut File, &Companions<'_>) -> Result<T>,
    ) -> Result<T> {
        let failed = |source| self.not_written(source);
        let target = self.free_target().map_err(failed)?;
        let mut temporary = target.beside().map_err(failed)?;
        let companions = Companions::of(self);
        let filled = fill(temporary.file(), &companions).map_err(|error| match error {
            Error::Output(source) => failed(source),
            other => other,
        })?;
        companions.put_in_place()?;
        target.take(temporary, self.keeps_old).map_err(failed)?;
        Ok(filled)
    }

    fn not_written(&self, source: io::Error) -> Error {
        Error::Io { action: "write", path: self.named.clone(), source }
    }

    /// The place of a file of this name in the same folder.
    fn beside(&self, name: &str) -> Self {
        Self {
            named: self.named.with_file_name(name),
            root: self.root.clone(),
            path: self.path.with_file_name(name),
            keeps_old: self.keeps_old,
        }
    }

    /// [`Self::target`], where nothing is there that has to stay: who would be refused in the end is told
    /// before the work.
    fn free_target(&self) -> io::Result<Target> {
        let target = self.target()?;
        if self.keeps_old && target.old.is_some() {
            return Err(kept());
        }
        Ok(target)
    }

    /// The directory and the name that a file is to be put at.
    fn target(&self) -> io::Result<Target> {
        let mut path = self.path.clone();
        for _ in 0..LINKS_MAX {
            let Some(name) = path.file_name() else {
                return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path names no file"));
            };
            let parent = path.parent().unwrap_or(Path::new(""));
            let directory =
                self.look_up(parent, DIRECTORY).map_err(|error| no_directory(parent, error))?;
            match link(directory.as_fd(), name)? {
                // Its path begins where the link is.
                Some(linked) => path = parent.join(linked),
                None => return Target::new(directory, name.to_owned()),
            }
        }
        Err(Errno::LOOP.into())
    }

    fn look_up(&self, path: &Path, flags: OFlags) -> io::Result<OwnedFd> {
        match &self.root {
            Some(root) => beneath::open(root.handle(), path, flags),
            None => {
                let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
                Ok(openat(CWD, path, flags | OFlags::CLOEXEC, Mode::empty())?)
            }
        }
    }
}

fn kept() -> io::Error {
    let what = "a file is there already, and it was not said that it may be written over";
    io::Error::new(io::ErrorKind::AlreadyExists, what)
}

fn no_directory(parent: &Path, error: io::Error) -> io::Error {
    if error.kind() != io::ErrorKind::NotFound {
        return error;
    }
    io::Error::new(error.kind(), format!("there is no directory {}", parent.display()))
}

fn check(file: &OwnedFd) -> io::Result<()> {
    let there = rustix::fs::fstat(file)?;
    if !is(&there, FileType::RegularFile) {
        return Err(not_a_file(&there));
    }
    if sys::is_made_up(file)? {
        let what = "the system makes this up as it is read: it is no file to be loaded";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
    }
    Ok(())
}

fn not_a_file(there: &Stat) -> io::Error {
    if is(there, FileType::Directory) {
        io::Error::new(io::ErrorKind::IsADirectory, "it is a directory")
    } else {
        io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file")
    }
}

/// Where a file is to be put.
struct Target {
    directory: OwnedFd,
    name: OsString,
    /// The file that is there already.
    old: Option<Stat>,
}

impl Target {
    fn new(directory: OwnedFd, name: OsString) -> io::Result<Self> {
        let old = match statat(&directory, &name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(there) if is(&there, FileType::RegularFile) => Some(there),
            Ok(there) => return Err(not_a_file(&there)),
            Err(Errno::NOENT) => None,
            Err(error) => return Err(error.into()),
        };
        Ok(Self { directory, name, old })
    }

    fn directory(&self) -> BorrowedFd<'_> {
        self.directory.as_fd()
    }

    /// A new file that has the owner of the old one, and that nobody else may read meanwhile.
    fn beside(&self) -> io::Result<Temporary> {
        let Some(old) = &self.old else { return Temporary::new(self.directory(), NEW) };
        let temporary = Temporary::new(self.directory(), Mode::RUSR | Mode::WUSR)?;
        temporary.give_to(old)?;
        Ok(temporary)
    }

    /// Puts a file at its place; where what is there stays, only if nothing is.
    fn take(&self, file: Temporary, keeps_old: bool) -> io::Result<()> {
        match keeps_old {
            true => file.put_in_free_place(&self.name),
            false => file.put_in_place(&self.name, self.mode()),
        }
    }

    /// The mode of the old file. What it says of a user to be become (setuid) goes, as it does
    /// whenever a file is written.
    fn mode(&self) -> Option<Mode> {
        let old = self.old.as_ref()?;
        Some(Mode::from_raw_mode(old.st_mode) & (Mode::RWXU | Mode::RWXG | Mode::RWXO))
    }
}

/// Files that belong to one that is being written.
pub(crate) struct Companions<'a> {
    main: &'a Place,
    made: RefCell<Vec<(Place, Target, Temporary)>>,
}

impl<'a> Companions<'a> {
    fn of(main: &'a Place) -> Self {
        Self { main, made: RefCell::default() }
    }

    /// Begins one of this name, which has no folder in it.
    ///
    /// # Errors
    /// [`Error::Io`] with its path.
    pub(crate) fn create(&self, name: &str) -> Result<File> {
        let place = self.main.beside(name);
        let failed = |source| place.not_written(source);
        if Path::new(name).file_name() != Some(name.as_ref()) {
            let what = "the name of a file beside another has no folder in it";
            return Err(failed(io::Error::new(io::ErrorKind::InvalidInput, what)));
        }
        let target = place.free_target().map_err(failed)?;
        let mut temporary = target.beside().map_err(failed)?;
        let file = temporary.file().try_clone().map_err(failed)?;
        self.made.borrow_mut().push((place, target, temporary));
        Ok(file)
    }

    fn put_in_place(self) -> Result<()> {
        self.made.into_inner().into_iter().try_for_each(|(place, target, temporary)| {
            let placed = target.take(temporary, place.keeps_old);
            placed.map_err(|source| place.not_written(source))
        })
    }
}

/// What a new file is allowed, before the process' mask.
const NEW: Mode = Mode::from_bits_retain(0o666);

#[cfg(test)]
mod tests;
