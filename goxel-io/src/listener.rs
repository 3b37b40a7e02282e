//! [`Listener`]: the socket that clients connect to, and its file.
//!
//! A live socket is left alone, a stale file is taken over. Two daemons that start at once on a
//! stale file do not both take it: between the look and the bind, a lock file beside the socket
//! is held. A socket that somebody else listens on already (systemd) can be adopted.

use std::fs::{self, File};
use std::io::{Error, ErrorKind, Result};
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use rustix::net::SocketAddrUnix;

use crate::limits::BACKLOG;
use crate::own_file::{Access, open_own};
use crate::sys;

/// Who may connect where nothing else is said: the owner.
pub const SOCKET_MODE: u32 = 0o600;

/// A socket that clients connect to. Its file goes when this is dropped.
#[derive(Debug)]
pub struct Listener {
    pub(crate) socket: OwnedFd,
    /// Whether any user who can open it is served, or only the daemon's own and root.
    pub(crate) any_user: bool,
    /// Goes with this. A socket that was handed over has none.
    file: Option<SocketFile>,
}

/// The file of a socket, which is only removed while it is the one that was made.
#[derive(Debug)]
struct SocketFile {
    path: PathBuf,
    identity: (u64, u64),
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        if identity(&self.path).is_ok_and(|identity| identity == self.identity)
            && let Err(error) = remove(&self.path)
        {
            tracing::warn!(%error, path = %self.path.display(), "the socket was not removed");
        }
    }
}

/// Listens at `path`, for those whom `mode` allows.
///
/// # Errors
/// Where another daemon listens there, something else than a socket stands there, or the path
/// cannot be used; the message names it.
pub fn bind(path: &Path, mode: u32) -> Result<Listener> {
    let bound = listen(path, mode);
    bound.map_err(|error| Error::new(error.kind(), format!("{}: {error}", path.display())))
}

/// Listens on a socket that was bound before this process began, for those whom `mode` allows. Its
/// file is not ours to remove.
///
/// # Errors
/// Where it cannot be told not to block.
pub fn adopt(socket: UnixListener, mode: u32) -> Result<Listener> {
    socket.set_nonblocking(true)?;
    Ok(Listener { socket: socket.into(), any_user: is_for_others(mode), file: None })
}

/// Whether a mode lets others connect than the owner.
fn is_for_others(mode: u32) -> bool {
    mode & 0o066 != 0
}

fn listen(path: &Path, mode: u32) -> Result<Listener> {
    let address = SocketAddrUnix::new(path)?;
    let _lock = Lock::take(path)?;
    make_way(path)?;
    let socket = sys::stream_socket()?;
    sys::bind(&socket, &address, mode)?;
    let file = SocketFile { path: path.to_owned(), identity: identity(path)? };
    sys::set_socket_mode(path, mode)?;
    rustix::net::listen(&socket, BACKLOG)?;
    Ok(Listener { socket, any_user: is_for_others(mode), file: Some(file) })
}

impl Listener {
    /// Has the kernel take this process for the one that listens: to be called after a fork.
    ///
    /// # Errors
    /// Where the socket cannot be listened on.
    pub fn claim(&self) -> Result<()> {
        Ok(rustix::net::listen(&self.socket, BACKLOG)?)
    }

    /// The same listener for those whom `mode` allows.
    ///
    /// # Errors
    /// Where the file's mode cannot be set.
    pub fn open_to(mut self, mode: u32) -> Result<Self> {
        if let Some(SocketFile { path, .. }) = &self.file {
            sys::set_socket_mode(path, mode)?;
        }
        self.any_user = is_for_others(mode);
        Ok(self)
    }

    /// Gives the socket's file to another user or group, where it is there and ours: whom the mode
    /// lets in is theirs to say then.
    ///
    /// # Errors
    /// Where this process may not; the message names the file.
    pub fn give_to(&self, user: Option<u32>, group: Option<u32>) -> Result<()> {
        let Some(SocketFile { path, .. }) = &self.file else { return Ok(()) };
        sys::set_socket_owner(path, user, group)
            .map_err(|error| Error::new(error.kind(), format!("{}: {error}", path.display())))
    }
}

/// A file beside the socket that only one process has locked. It is there only while it is needed.
struct Lock {
    path: PathBuf,
    _file: File,
}

impl Lock {
    fn take(socket: &Path) -> Result<Self> {
        let mut name = socket.as_os_str().to_owned();
        name.push(".lock");
        let path = PathBuf::from(name);
        loop {
            let file = open_own(&path, Access::Write, 0o600, &[]).map_err(|error| {
                // What the system says of it holds for the socket, too.
                match error.raw_os_error() {
                    Some(_) => error,
                    None => Error::new(error.kind(), format!("{}: {error}", path.display())),
                }
            })?;
            file.lock()?;
            // The holder before removed the file that we waited for: what is there now counts.
            let metadata = file.metadata()?;
            let ours = (metadata.dev(), metadata.ino());
            if identity(&path).is_ok_and(|there| there == ours) {
                return Ok(Self { path, _file: file });
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Before the lock is given up, so nobody can be holding another of this name.
        if let Err(error) = remove(&self.path) {
            tracing::warn!(%error, path = %self.path.display(), "a lock file was not removed");
        }
    }
}

/// Tells a file from another of the same name.
fn identity(path: &Path) -> Result<(u64, u64)> {
    fs::symlink_metadata(path).map(|metadata| (metadata.dev(), metadata.ino()))
}

/// Removes the socket of a daemon that is no more.
fn make_way(path: &Path) -> Result<()> {
    let kind = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata.file_type(),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    if !kind.is_socket() {
        return Err(Error::new(ErrorKind::AlreadyExists, "this is a file and not a socket"));
    }
    match UnixStream::connect(path) {
        // The kernel may still be at taking down what io_uring of a killed daemon listened on.
        Ok(stream) if sys::peer_has_ended(stream.as_fd()) => remove(path),
        Ok(_) => Err(Error::new(ErrorKind::AddrInUse, "a daemon is listening here already")),
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => remove(path),
        Err(error) => Err(error),
    }
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn a_live_socket_is_left_alone_and_a_stale_one_taken_over() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("s");
        let first = bind(&path, SOCKET_MODE).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, SOCKET_MODE);
        assert_eq!(bind(&path, SOCKET_MODE).unwrap_err().kind(), ErrorKind::AddrInUse);
        drop(first);
        assert!(!path.exists());
        // What a daemon leaves behind that was killed: a file that nobody listens on.
        drop(UnixListener::bind(&path).unwrap());
        assert!(path.exists());
        let wide = bind(&path, 0o666).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o666);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "the lock file is gone");
        drop(wide);
    }

    #[test]
    fn of_many_at_once_on_a_stale_socket_one_gets_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("s");
        for _ in 0..20 {
            drop(UnixListener::bind(&path).unwrap());
            let threads: Vec<_> = (0..8)
                .map(|_| {
                    let path = path.clone();
                    std::thread::spawn(move || bind(&path, SOCKET_MODE).ok())
                })
                .collect();
            let bound: Vec<_> = threads.into_iter().filter_map(|t| t.join().unwrap()).collect();
            assert_eq!(bound.len(), 1);
            assert!(UnixStream::connect(&path).is_ok());
        }
    }

    #[test]
    fn the_file_of_a_successor_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("s");
        let first = bind(&path, SOCKET_MODE).unwrap();
        fs::remove_file(&path).unwrap();
        let second = bind(&path, SOCKET_MODE).unwrap();
        drop(first);
        assert!(path.exists() && UnixStream::connect(&path).is_ok());
        drop(second);
        assert!(!path.exists());
    }

    #[test]
    fn what_cannot_be_bound_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("f");
        fs::write(&file, "precious").unwrap();
        for path in [file.clone(), dir.path().join("no/s"), dir.path().join("s".repeat(120))] {
            let message = bind(&path, SOCKET_MODE).unwrap_err().to_string();
            assert!(message.starts_with(&path.display().to_string()), "{message}");
        }
        assert_eq!(fs::read(&file).unwrap(), b"precious");
    }
    #[test]
    fn what_stands_in_the_lock_s_place_ends_the_start() {
        let dir = tempfile::tempdir().unwrap();
        let (path, lock) = (dir.path().join("s"), dir.path().join("s.lock"));
        let file = dir.path().join("f");
        fs::write(&file, "precious").unwrap();
        for target in [file.clone(), dir.path().join("nothing")] {
            symlink(&target, &lock).unwrap();
            let message = bind(&path, SOCKET_MODE).unwrap_err().to_string();
            assert!(message.contains("s.lock: this is a link"), "{message}");
            fs::remove_file(&lock).unwrap();
        }
        assert_eq!(fs::read(&file).unwrap(), b"precious");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        bind(&path, SOCKET_MODE).unwrap();
    }
}
