//! [`Backend`]: the kernel's side of the loop. One is told what is ready (epoll on Linux, kqueue on
//! macOS and the BSDs), the other what is completed (io_uring).
//!
//! A backend knows sockets and tokens; what a connection is at is for the loop. It reports
//! [`Event`]s one at a time, and receives into a buffer of its own, of which the loop gets a slice.

mod incoming;
mod ready;
mod sys;
#[cfg(target_os = "linux")]
mod uring;

use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::time::Duration;

pub(crate) use self::ready::{Readiness, send_now};
pub(crate) use self::sys::{has_uring, uring};

/// A client: its key in the lower half, its generation in 24 bits above.
pub(crate) type Token = u64;

/// What the kernel has to say.
#[derive(Debug)]
#[allow(dead_code, reason = "one of these is reported by io_uring alone")]
pub(crate) enum Event {
    /// A worker or a signal has something.
    Woken,
    /// Something can be received of this client, or its end. `last` where the client has hung up:
    /// its end comes after it.
    Readable { token: Token, last: bool },
    /// This client takes more.
    Writable(Token),
    /// This client did not take these bytes, which were to be sent.
    Unsent(Token, Vec<u8>),
    /// This client takes nothing more: it has closed its input, or is gone.
    OutputClosed(Token),
}

/// What receiving gave.
pub(crate) enum Received<'a> {
    /// These bytes, behind the ones that were put in front. `more` where another try is worth it.
    Bytes { bytes: &'a [u8], more: bool },
    /// Nothing is there.
    Nothing,
    /// The peer will send nothing more.
    Ended,
    /// The connection is broken.
    Gone,
}

/// What came of sending.
pub(crate) enum Sent {
    /// So many bytes are taken, or will be reported as [`Event::Unsent`].
    Taken(usize),
    /// The connection is broken.
    Gone,
}

/// The kernel's side of the loop.
pub(crate) trait Backend: Sized {
    /// What it is called.
    const NAME: &'static str;
    /// Whether the kernel receives before it is asked (completion), so that bytes must be taken when
    /// they are reported.
    const PUSHES: bool;

    /// Over listening sockets and the end of the pipe that wakes.
    fn new(listeners: &[BorrowedFd<'_>], wake: BorrowedFd<'_>) -> io::Result<Self>;

    /// Waits until there are events, or the time is over. What was to be sent is on its way before.
    fn wait(&mut self, timeout: Option<Duration>) -> io::Result<()>;

    /// Whether there are events, without waiting. Called over and over, so it must be cheap.
    fn poll(&mut self) -> io::Result<bool>;

    /// The next event.
    fn next(&mut self) -> Option<Event>;

    /// A client that waits to be taken in, and the listening socket that it came by, counted from 0.
    /// After a failure there is none at that socket until [`Backend::resume_accepting`].
    fn accept(&mut self) -> Option<io::Result<(OwnedFd, usize)>>;

    /// Takes a client in.
    fn open(&mut self, token: Token, socket: BorrowedFd<'_>) -> io::Result<()>;

    /// Receives from a client. `front` is put in front of what came.
    fn receive(&mut self, token: Token, socket: BorrowedFd<'_>, front: &[u8]) -> Received<'_>;

    /// Sends to a client as much as it takes, of [`SEND_BYTES_PER_TURN`] at the most. Less than all
    /// is an [`Event::Writable`] later.
    fn send(&mut self, token: Token, socket: BorrowedFd<'_>, bytes: &[u8]) -> Sent;

    /// Receives nothing of this client until it is resumed.
    fn pause(&mut self, token: Token);

    /// From now on, tells when this client is gone also while nothing is received of it.
    fn watch(&mut self, token: Token, socket: BorrowedFd<'_>);

    /// Goes on receiving.
    fn resume(&mut self, token: Token, socket: BorrowedFd<'_>);

    /// Has all that was to be sent to this client sent. False where an [`Event::Unsent`] will tell
    /// of a rest.
    fn settle(&mut self, token: Token) -> io::Result<bool>;

    /// Lets a client go. Its socket is closed afterwards.
    fn close(&mut self, token: Token, socket: BorrowedFd<'_>);

    /// Accepts again after a failure.
    fn resume_accepting(&mut self);

    /// Accepts no more, for good.
    fn stop_accepting(&mut self);
}

/// The key of a token's client.
pub(crate) fn key(token: Token) -> u32 {
    token as u32
}

/// The token of a client.
pub(crate) fn token(key: u32, generation: u32) -> Token {
    u64::from(generation) << 32 | u64::from(key)
}

/// Whether a test that needs io_uring can be made. Where not, standard error says so: directly, as
/// what a passing test prints is not shown.
#[cfg(test)]
pub(crate) fn needs_uring() -> bool {
    use std::io::Write as _;

    let has = has_uring();
    if !has {
        let thread = std::thread::current();
        let test = thread.name().unwrap_or("a test");
        let _ = writeln!(io::stderr(), "skipped: {test}: no io_uring here");
    }
    has
}
