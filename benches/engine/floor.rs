//! The floor: a thread that sends back what it receives. No server can answer with less.

use std::io::{Read, Write};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

/// An echo for one client after another.
pub(crate) struct Floor {
    _dir: tempfile::TempDir,
    socket: PathBuf,
}

impl Floor {
    /// Begins to listen. The thread ends with the process.
    pub(crate) fn start() -> std::io::Result<Self> {
        let dir = tempfile::tempdir()?;
        let socket = dir.path().join("s");
        let listener = UnixListener::bind(&socket)?;
        std::thread::spawn(move || {
            let mut buffer = vec![0; 64 << 10];
            while let Ok((mut stream, _)) = listener.accept() {
                while let Ok(count @ 1..) = stream.read(&mut buffer) {
                    if stream.write_all(&buffer[..count]).is_err() {
                        break;
                    }
                }
            }
        });
        Ok(Self { _dir: dir, socket })
    }

    pub(crate) fn socket(&self) -> &Path {
        &self.socket
    }
}
