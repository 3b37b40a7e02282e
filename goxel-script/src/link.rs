//! [`Link`]: the daemon, at the other end of the socket that is the worker's standard input.

use std::io::{self, BufReader, Read, Write};
use std::os::fd::BorrowedFd;

use goxel_proto::worker::{ToDaemon, ToWorker};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

/// The longest message that is taken: the daemon is believed, so this only stops what is no message. Its largest
/// is a skeleton or a batch of tiles, of some megabytes.
const MESSAGE_BYTES_MAX: u64 = 1 << 32;

/// Messages to and from the daemon.
#[derive(Debug)]
pub(crate) struct Link {
    socket: Socket,
    from: BufReader<Socket>,
}

impl Link {
    pub(crate) fn new(socket: BorrowedFd<'static>) -> Self {
        Self { socket: Socket(socket), from: BufReader::new(Socket(socket)) }
    }

    pub(crate) fn send(&mut self, message: &ToDaemon) -> io::Result<()> {
        message.write(&mut self.socket)
    }

    pub(crate) fn receive(&mut self) -> io::Result<ToWorker> {
        ToWorker::read(&mut self.from, MESSAGE_BYTES_MAX)
    }

    /// Whether the daemon has said something, or has gone.
    pub(crate) fn has_word(&self) -> bool {
        !self.from.buffer().is_empty()
            || is_ready(self.socket.0, PollFlags::IN, Some(&Timespec::default()))
    }
}

/// Waits until the other end of a socket is closed.
pub(crate) fn wait_for_end(socket: BorrowedFd<'_>) {
    // That it has ended is told though nothing is asked for.
    while !is_ready(socket, PollFlags::empty(), None) {}
}

fn is_ready(socket: BorrowedFd<'_>, flags: PollFlags, within: Option<&Timespec>) -> bool {
    let mut sockets = [PollFd::from_borrowed_fd(socket, flags)];
    loop {
        match poll(&mut sockets, within) {
            Ok(count) => return count > 0,
            Err(Errno::INTR) => {}
            // Whoever reads or writes then sees what is wrong.
            Err(_) => return true,
        }
    }
}

/// Reads and writes a descriptor that stays open as long as the process.
#[derive(Clone, Copy, Debug)]
struct Socket(BorrowedFd<'static>);

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        Ok(rustix::io::read(self.0, buffer)?)
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(rustix::io::write(self.0, bytes)?)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
