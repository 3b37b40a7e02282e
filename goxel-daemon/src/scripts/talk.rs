//! [`Talk`]: messages to a worker and from it, until somebody wants that to end.
//!
//! Reads and writes of its socket end after a while ([`Worker`]); then, and at every message, it is asked whether
//! to go on.

use std::cell::RefCell;
use std::io::{self, BufReader, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;

use goxel_proto::worker::{ToDaemon, ToWorker};
use goxel_proto::{ErrorCode, RpcError};

use super::process::Worker;
use crate::fault::{Fault, Result};

/// Bytes of a message beside voxels: what a script asks, prints and gives back as JSON.
const PLAIN_BYTES_MAX: u64 = 64 << 20;

/// A talk with a worker.
pub(super) struct Talk<'a> {
    from: BufReader<Watched<'a>>,
    to: Watched<'a>,
    watch: &'a Watch<'a>,
    bytes_max: u64,
}

/// Who says whether to go on, and why not where that was so.
pub(super) struct Watch<'a> {
    look: &'a dyn Fn() -> Result,
    stopped: RefCell<Option<Fault>>,
}

impl<'a> Watch<'a> {
    pub(super) fn new(look: &'a dyn Fn() -> Result) -> Self {
        Self { look, stopped: RefCell::new(None) }
    }

    fn check(&self) -> io::Result<()> {
        (self.look)().map_err(|fault| {
            *self.stopped.borrow_mut() = Some(fault);
            io::Error::other("stopped")
        })
    }
}

/// A socket that is looked away from again and again.
#[derive(Clone, Copy)]
struct Watched<'a> {
    stream: &'a UnixStream,
    watch: &'a Watch<'a>,
}

impl Watched<'_> {
    fn again<T>(&self, act: impl Fn(&UnixStream) -> io::Result<T>) -> io::Result<T> {
        // Not asked by its time alone: messages may come one after the other.
        self.watch.check()?;
        loop {
            match act(self.stream) {
                Err(error) if is_time_out(&error) => self.watch.check()?,
                done => return done,
            }
        }
    }
}

fn is_time_out(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}

impl Read for Watched<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let into = RefCell::new(into);
        self.again(|mut stream| stream.read(&mut into.borrow_mut()))
    }
}

impl Write for Watched<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.again(|mut stream| stream.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> Talk<'a> {
    /// With a worker that says nothing by itself. Its messages may have so many bytes of voxels.
    pub(super) fn new(worker: &'a Worker, watch: &'a Watch<'a>, voxels_max: u64) -> Self {
        let to = Watched { stream: &worker.stream, watch };
        let bytes_max = voxels_max.saturating_add(PLAIN_BYTES_MAX);
        Self { from: BufReader::new(to), to, watch, bytes_max }
    }

    /// Says something.
    ///
    /// # Errors
    /// Where the script is to end, or the worker has.
    pub(super) fn say(&mut self, message: &ToWorker) -> Result {
        let said = message.write(&mut self.to);
        said.map_err(|error| self.fault(&error))
    }

    /// What the worker says next.
    ///
    /// # Errors
    /// Where the script is to end, the worker has, or it says nonsense.
    pub(super) fn hear(&mut self) -> Result<ToDaemon> {
        let heard = ToDaemon::read(&mut self.from, self.bytes_max);
        heard.map_err(|error| self.fault(&error))
    }

    fn fault(&self, error: &io::Error) -> Fault {
        if let Some(stopped) = self.watch.stopped.borrow_mut().take() {
            return stopped;
        }
        match error.kind() {
            ErrorKind::UnexpectedEof | ErrorKind::BrokenPipe | ErrorKind::ConnectionReset => {
                Fault::Rpc(RpcError::new(ErrorCode::Internal, ENDED))
            }
            _ => nonsense(error),
        }
    }
}

/// The worker has ended in the middle of a script.
pub(super) const ENDED: &str = "The process that ran the script has ended";

/// A worker said what makes no sense.
pub(crate) fn nonsense(what: impl std::fmt::Display) -> Fault {
    let what = format_args!("Internal error: a process that runs scripts: {what}");
    RpcError::new(ErrorCode::Internal, what).into()
}
