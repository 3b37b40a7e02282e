//! [`Watched`]: a connection's waits, on which somebody looks on, and which are ended by cancelling
//! the call.

use std::fmt;
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use crate::error::Error;
use crate::onlooker::{Onlooker, Told, Wish};

/// What comes within this time was not waited for: people see no delay yet, and nobody looks on.
const SOON: Duration = Duration::from_millis(20);

/// How often the onlooker looks, and how often a job is looked for that shall be cancelled: as often
/// as a line on a terminal is worth redrawing.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Cancels the job of this number, or else all jobs of this process.
pub(crate) type Cancel = Box<dyn FnMut(Option<u64>) -> Result<(), Error> + Send>;

/// Who looks on at a connection, and what is known of the wait.
pub(crate) struct Watched {
    pub(crate) onlooker: Box<dyn Onlooker>,
    since: Option<Instant>,
    told: Option<Told>,
    cancel: Cancel,
    /// Bytes that calls have printed and the onlooker has heard.
    pub(crate) heard: usize,
    /// A call was to be cancelled.
    pub(crate) is_stopped: bool,
    /// All that is under way is to be cancelled.
    cancels: bool,
}

impl Watched {
    pub(crate) fn new(onlooker: Box<dyn Onlooker>, cancel: Cancel) -> Self {
        Self {
            onlooker,
            cancel,
            since: None,
            told: None,
            heard: 0,
            is_stopped: false,
            cancels: false,
        }
    }

    /// What is sent now came after the wish to cancel, so it is not meant.
    pub(crate) fn begin(&mut self) {
        self.cancels = false;
    }

    /// The daemon has told how far the call is.
    pub(crate) fn tell(&mut self, told: Told) {
        if !told.output.is_empty() {
            self.onlooker.hear(&told.output);
            self.heard += told.output.len();
        }
        self.told = Some(told);
    }

    /// Waits until there is something to read.
    pub(crate) fn wait(&mut self, stream: &UnixStream) -> Result<(), Error> {
        let begin = Instant::now();
        if self.since.is_none() && is_readable(stream, None, SOON)? {
            return Ok(());
        }
        let since = *self.since.get_or_insert(begin);
        loop {
            match self.onlooker.look(since.elapsed(), self.told.as_ref()) {
                Wish::Wait => {}
                Wish::Cancel => self.stop(),
                Wish::Leave => return Err(Error::Left),
            }
            if self.cancels {
                // One that is not found yet is looked for again; whoever waits for it in vain can
                // still end.
                let job = self.told.as_ref().map(|told| told.job);
                let _ = (self.cancel)(job);
            }
            if is_readable(stream, Some(&*self.onlooker), LOOK_EVERY)? {
                return Ok(());
            }
        }
    }

    /// A reply is there.
    pub(crate) fn end(&mut self) {
        self.told = None;
        if self.since.take().is_some() && self.onlooker.end() == Wish::Cancel {
            self.stop();
        }
    }

    fn stop(&mut self) {
        self.is_stopped = true;
        self.cancels = true;
    }
}

impl fmt::Debug for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watched").field("onlooker", &self.onlooker).finish_non_exhaustive()
    }
}

/// Whether there is nothing to read now, not even the end.
pub(crate) fn is_quiet(stream: &UnixStream) -> bool {
    matches!(is_readable(stream, None, Duration::ZERO), Ok(false))
}

/// Whether something comes within this time. It comes back early where the onlooker wants to look.
pub(crate) fn is_readable(
    stream: &UnixStream,
    onlooker: Option<&dyn Onlooker>,
    within: Duration,
) -> Result<bool, Error> {
    let wake = onlooker.and_then(Onlooker::wake);
    let mut fds = [PollFd::new(stream, PollFlags::IN), PollFd::new(stream, PollFlags::IN)];
    let mut count = 1;
    if let Some(wake) = &wake {
        fds[1] = PollFd::from_borrowed_fd(wake.as_fd(), PollFlags::IN);
        count = 2;
    }
    let tv_sec = i64::try_from(within.as_secs()).unwrap_or(i64::MAX);
    let within = Timespec { tv_sec, tv_nsec: i64::from(within.subsec_nanos()) };
    match poll(&mut fds[..count], Some(&within)) {
        // What is closed or broken shows when it is read.
        Ok(_) => Ok(!fds[0].revents().is_empty()),
        Err(Errno::INTR) => Ok(false),
        Err(error) => Err(Error::Connection(error.into())),
    }
}
