//! [`Waker`]: how workers and signals wake the loop; [`Signals`]: which signals came.
//!
//! One pipe for both. A byte in it says no more than "look": results are in the workers' queue,
//! signals in flags.

use std::io::{self, PipeReader, PipeWriter};
use std::os::fd::{AsFd as _, BorrowedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::io::ioctl_fionbio;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::{SigId, flag, low_level};

/// Wakes the loop from another thread.
#[derive(Debug)]
pub(crate) struct Waker {
    reader: PipeReader,
    writer: PipeWriter,
    /// A byte is in the pipe already.
    woken: AtomicBool,
}

impl Waker {
    pub(crate) fn new() -> io::Result<Self> {
        let (reader, writer) = io::pipe()?;
        ioctl_fionbio(&reader, true)?;
        ioctl_fionbio(&writer, true)?;
        Ok(Self { reader, writer, woken: AtomicBool::new(false) })
    }

    /// Has the loop's wait come back.
    pub(crate) fn wake(&self) {
        if !self.woken.swap(true, Ordering::AcqRel) {
            // A full pipe wakes as well as one byte more would.
            let _ = rustix::io::write(&self.writer, b"w");
        }
    }

    /// What the loop waits on.
    pub(crate) fn reader(&self) -> BorrowedFd<'_> {
        self.reader.as_fd()
    }

    /// Empties the pipe. What woke the loop is looked at afterwards, so nothing is lost.
    pub(crate) fn clear(&self) {
        let mut bytes = [0; 64];
        while rustix::io::read(&self.reader, &mut bytes).is_ok_and(|count| count == bytes.len()) {}
        self.woken.store(false, Ordering::Release);
    }
}

/// The signals that a loop listens to, for as long as this lives.
#[derive(Debug)]
pub(crate) struct Signals {
    stop: Arc<AtomicBool>,
    reload: Arc<AtomicBool>,
    registered: Vec<SigId>,
}

impl Signals {
    /// Has signals wake the loop.
    pub(crate) fn listen(waker: &Waker) -> io::Result<Self> {
        let (stop, reload) = Default::default();
        let mut signals = Self { stop, reload, registered: Vec::new() };
        for (signal, flag) in
            [(SIGTERM, &signals.stop), (SIGINT, &signals.stop), (SIGHUP, &signals.reload)]
        {
            // The flag first: the loop may be awake before this thread goes on.
            signals.registered.push(flag::register(signal, Arc::clone(flag))?);
            let pipe = waker.writer.try_clone()?;
            signals.registered.push(low_level::pipe::register(signal, pipe)?);
        }
        Ok(signals)
    }

    /// Whether a signal asked to stop.
    pub(crate) fn stop(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Whether a signal asked to read the configuration anew, since the last call.
    pub(crate) fn take_reload(&self) -> bool {
        self.reload.swap(false, Ordering::Relaxed)
    }
}

impl Drop for Signals {
    fn drop(&mut self) {
        for id in self.registered.drain(..) {
            low_level::unregister(id);
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use std::sync::{Mutex, MutexGuard, PoisonError};

    /// To be held by a test that sends a signal: it comes to all loops of the process.
    pub(crate) fn signals_alone() -> MutexGuard<'static, ()> {
        static ALONE: Mutex<()> = Mutex::new(());
        ALONE.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_woken(waker: &Waker) -> bool {
        let reader = waker.reader();
        let now = Timespec { tv_sec: 0, tv_nsec: 0 };
        poll(&mut [PollFd::new(&reader, PollFlags::IN)], Some(&now)).unwrap() == 1
    }

    #[test]
    fn wakes_are_joined_and_cleared() {
        let waker = Waker::new().unwrap();
        assert!(!is_woken(&waker));
        (0..100_000).for_each(|_| waker.wake());
        assert!(is_woken(&waker));
        waker.clear();
        assert!(!is_woken(&waker));
        waker.wake();
        assert!(is_woken(&waker));
    }

    #[test]
    fn a_signal_wakes_and_says_what_it_was() {
        let waker = Waker::new().unwrap();
        let _alone = signals_alone();
        let signals = Signals::listen(&waker).unwrap();
        low_level::raise(SIGHUP).unwrap();
        assert!(is_woken(&waker) && !signals.stop());
        assert!(signals.take_reload() && !signals.take_reload());
    }
}
