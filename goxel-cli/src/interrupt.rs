//! [`Interrupt`]: Ctrl-C while a call is under way.
//!
//! The first press is told to who waits for the call, the second ends the program at once. Where no
//! call is under way, Ctrl-C does what it always does.

use std::io::{self, Read as _};
use std::os::fd::{AsFd as _, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use signal_hook::consts::SIGINT;
use signal_hook::{flag, low_level};

use crate::error::EXIT_INTERRUPTED;

/// Listens for Ctrl-C, until the end of the program.
#[derive(Debug)]
pub(crate) struct Interrupt {
    /// No call is under way.
    idle: Arc<AtomicBool>,
    pressed: Arc<AtomicBool>,
    /// A press was seen: the next one ends the program.
    seen: Arc<AtomicBool>,
    wake: UnixStream,
}

impl Interrupt {
    /// Begins to listen, as while a call is under way. `None` where the program was started to live
    /// through Ctrl-C, as shells do with what runs in the background of a script.
    ///
    /// # Errors
    /// Where the system refuses.
    pub(crate) fn listen() -> io::Result<Option<Self>> {
        if is_ignored() {
            return Ok(None);
        }
        let (wake, waker) = UnixStream::pair()?;
        wake.set_nonblocking(true)?;
        let heard =
            Self { idle: Arc::default(), pressed: Arc::default(), seen: Arc::default(), wake };
        // First: from here on no press is lost.
        flag::register(SIGINT, Arc::clone(&heard.pressed))?;
        low_level::pipe::register(SIGINT, waker)?;
        let status = i32::from(EXIT_INTERRUPTED);
        flag::register_conditional_shutdown(SIGINT, status, Arc::clone(&heard.seen))?;
        flag::register_conditional_default(SIGINT, Arc::clone(&heard.idle))?;
        Ok(Some(heard))
    }

    /// A call is under way.
    pub(crate) fn begin(&self) {
        self.idle.store(false, Ordering::SeqCst);
    }

    /// Whether Ctrl-C was pressed since.
    pub(crate) fn is_pressed(&self) -> bool {
        // Nobody waits for what is read here: the flag says all.
        let _ = (&self.wake).read(&mut [0; 64]);
        let is_pressed = self.pressed.load(Ordering::SeqCst);
        self.seen.store(is_pressed, Ordering::SeqCst);
        is_pressed
    }

    /// The call is over. Gives whether Ctrl-C was pressed meanwhile.
    pub(crate) fn end(&self) -> bool {
        self.idle.store(true, Ordering::SeqCst);
        let was_pressed = self.is_pressed();
        self.pressed.store(false, Ordering::SeqCst);
        self.seen.store(false, Ordering::SeqCst);
        was_pressed
    }

    /// What becomes readable at a press.
    pub(crate) fn wake(&self) -> BorrowedFd<'_> {
        self.wake.as_fd()
    }
}

/// Whether SIGINT is ignored. Where the system does not say so, it is not.
fn is_ignored() -> bool {
    std::fs::read_to_string("/proc/self/status").is_ok_and(|status| ignores(&status))
}

/// The same, by the text of `/proc/self/status`.
fn ignores(status: &str) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (SIGINT - 1) & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shells_have_ignored() {
        assert!(ignores("Name:\ta\nSigIgn:\t0000000000001006\nSigCgt:\t0\n"));
        assert!(!ignores("Name:\ta\nSigIgn:\t0000000000001004\nSigCgt:\t0\n"));
        assert!(!ignores(""));
    }
}
