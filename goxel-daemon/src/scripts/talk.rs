//! [`Talk`]: messages to a worker and from it, until somebody wants that to end.
//!
//! Reads and writes of its socket end after a while ([`Worker`]); then, and at every message, it is asked whether
//! to go on. If not, and the worker is only waited for, it is told so: the engine hears of it within a millisecond,
//! ends the script, and the worker is as good as before. Who does not answer in time is in a native call.

use std::cell::{Cell, RefCell};
use std::io::{self, BufReader, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use goxel_proto::worker::{ToDaemon, ToWorker};
use goxel_proto::{ErrorCode, RpcError};

use super::process::Worker;
use crate::fault::{Fault, Result};

/// Bytes of a message beside voxels: what a script asks, prints and gives back as JSON.
const PLAIN_BYTES_MAX: u64 = 64 << 20;

/// How long a script may take to end once its worker is told so.
const GRACE: Duration = Duration::from_millis(100);

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
    /// Until when the worker may end its script: it has been told to.
    grace: Cell<Option<Instant>>,
    is_at_rest: Cell<bool>,
}

impl<'a> Watch<'a> {
    pub(super) fn new(look: &'a dyn Fn() -> Result) -> Self {
        Self {
            look,
            stopped: RefCell::default(),
            grace: Cell::default(),
            is_at_rest: Cell::default(),
        }
    }

    /// Whether to go on, and why not.
    ///
    /// # Errors
    /// Where the script is to end.
    pub(super) fn look(&self) -> Result {
        (self.look)()
    }

    /// Whether the worker has ended the script that it was told to end, so that it can have another.
    pub(super) fn is_at_rest(&self) -> bool {
        self.is_at_rest.get()
    }

    /// Whether to go on; `waiting` is the socket where nothing is being said over it.
    fn check(&self, waiting: Option<&UnixStream>) -> io::Result<()> {
        if let Some(until) = self.grace.get() {
            return if Instant::now() < until { Ok(()) } else { Err(io::Error::other("stopped")) };
        }
        let Err(fault) = (self.look)() else { return Ok(()) };
        *self.stopped.borrow_mut() = Some(fault);
        let stop = ToWorker::Stop("the daemon ends it".to_owned());
        let told = waiting.map(|mut stream| stop.write(&mut stream));
        if !matches!(told, Some(Ok(()))) {
            return Err(io::Error::other("stopped"));
        }
        self.grace.set(Some(Instant::now() + GRACE));
        Ok(())
    }
}

/// A socket that is looked away from again and again.
#[derive(Clone, Copy)]
struct Watched<'a> {
    stream: &'a UnixStream,
    watch: &'a Watch<'a>,
}

impl Watched<'_> {
    fn again<T>(
        &self,
        waiting: Option<&UnixStream>,
        act: impl Fn(&UnixStream) -> io::Result<T>,
    ) -> io::Result<T> {
        // Not asked by its time alone: messages may come one after the other.
        self.watch.check(waiting)?;
        loop {
            match act(self.stream) {
                Err(error) if is_time_out(&error) => self.watch.check(waiting)?,
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
        self.again(Some(self.stream), |mut stream| stream.read(&mut into.borrow_mut()))
    }
}

impl Write for Watched<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.again(None, |mut stream| stream.write(bytes))
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
        loop {
            let heard = ToDaemon::read(&mut self.from, self.bytes_max);
            let heard = heard.map_err(|error| self.fault(&error))?;
            let is_last = matches!(heard, ToDaemon::Done(_) | ToDaemon::Failed(_));
            if self.watch.grace.get().is_none() {
                return Ok(heard);
            }
            if is_last {
                self.watch.is_at_rest.set(true);
                return Err(self.fault(&io::Error::other("stopped")));
            }
        }
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
