//! Binding the socket: a live one is left alone, a stale file is taken over.

use std::fs;
use std::io::{Error, ErrorKind, Result};
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

/// Who may connect: the owner.
const SOCKET_MODE: u32 = 0o600;

/// A socket that clients connect to. Its file goes when this is dropped.
#[derive(Debug)]
pub struct Listener {
    pub(crate) socket: mio::net::UnixListener,
    path: PathBuf,
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Err(error) = remove(&self.path) {
            tracing::warn!(%error, path = %self.path.display(), "the socket was not removed");
        }
    }
}

/// Listens at `path`.
///
/// # Errors
/// Where another daemon listens there, something else than a socket stands there, or the path
/// cannot be used; the message names it.
pub fn bind(path: &Path) -> Result<Listener> {
    let explain = |error: Error| Error::new(error.kind(), format!("{}: {error}", path.display()));
    make_way(path).map_err(explain)?;
    let socket = UnixListener::bind(path).map_err(explain)?;
    socket.set_nonblocking(true).map_err(explain)?;
    let listener =
        Listener { socket: mio::net::UnixListener::from_std(socket), path: path.to_owned() };
    fs::set_permissions(path, fs::Permissions::from_mode(SOCKET_MODE)).map_err(explain)?;
    Ok(listener)
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
    use super::*;

    #[test]
    fn a_live_socket_is_left_alone_and_a_stale_one_taken_over() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("s");
        let first = bind(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, SOCKET_MODE);
        assert_eq!(bind(&path).unwrap_err().kind(), ErrorKind::AddrInUse);
        drop(first);
        assert!(!path.exists());
        // What a daemon leaves behind that was killed: a file that nobody listens on.
        drop(UnixListener::bind(&path).unwrap());
        assert!(path.exists() && bind(&path).is_ok());
    }

    #[test]
    fn what_cannot_be_bound_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("f");
        fs::write(&file, "precious").unwrap();
        for path in [file.clone(), dir.path().join("no/s"), dir.path().join("s".repeat(120))] {
            let message = bind(&path).unwrap_err().to_string();
            assert!(message.starts_with(&path.display().to_string()), "{message}");
        }
        assert_eq!(fs::read(&file).unwrap(), b"precious");
    }
}
