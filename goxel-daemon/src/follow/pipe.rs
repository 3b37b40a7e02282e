//! [`Pipe`]: the way to a leader, a socket or a command's pipes.

use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::Source;

/// A leader that takes nothing for so long is not there.
const WRITE_TIMEOUT: Duration = Duration::from_secs(10);

/// The way to a leader. A command ends with it.
pub(super) struct Pipe {
    from: std::fs::File,
    to: std::fs::File,
    child: Option<Child>,
}

impl Pipe {
    /// Connects, or starts the command.
    pub(super) fn open(source: &Source) -> io::Result<Self> {
        match source {
            Source::Socket(path) => {
                let stream = UnixStream::connect(path)?;
                stream.set_write_timeout(Some(WRITE_TIMEOUT))?;
                let from = OwnedFd::from(stream.try_clone()?);
                Ok(Self { from: from.into(), to: OwnedFd::from(stream).into(), child: None })
            }
            Source::Command(command) => {
                let mut shell = Command::new("/bin/sh");
                shell.arg("-c").arg(command);
                let mut child = shell.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
                let none = || io::Error::other("the command has no pipes");
                let to = OwnedFd::from(child.stdin.take().ok_or_else(none)?);
                let from = OwnedFd::from(child.stdout.take().ok_or_else(none)?);
                Ok(Self { from: from.into(), to: to.into(), child: Some(child) })
            }
        }
    }

    /// Reads what is there, and waits for it up to `time`: `None` where nothing came.
    pub(super) fn read(&mut self, bytes: &mut [u8], time: Duration) -> io::Result<Option<usize>> {
        if !is_readable(self.from.as_fd(), time)? {
            return Ok(None);
        }
        self.from.read(bytes).map(Some)
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.to.write_all(bytes)
    }
}

fn is_readable(of: BorrowedFd<'_>, time: Duration) -> io::Result<bool> {
    let time = Timespec { tv_sec: time.as_secs() as i64, tv_nsec: time.subsec_nanos().into() };
    let mut fds = [PollFd::new(&of, PollFlags::IN)];
    match poll(&mut fds, Some(&time)) {
        Ok(ready) => Ok(ready > 0),
        Err(rustix::io::Errno::INTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

impl Drop for Pipe {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
