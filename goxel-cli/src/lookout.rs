//! [`Lookout`]: who looks on while the daemon works: shows how far it is, and hears Ctrl-C.

use std::io::Write as _;
use std::os::fd::BorrowedFd;
use std::time::Duration;

use goxel_client::{Onlooker, Told, Wish};

use crate::interrupt::Interrupt;
use crate::job_line::JobLine;
use crate::progress::Progress;

/// A call that is over sooner shows nothing: a line that flashes up says less than none.
const SHOWN_AFTER: Duration = Duration::from_millis(300);

/// Looks on at the calls of a connection. Nothing is set up before one takes long: most do not.
#[derive(Debug)]
pub(crate) struct Lookout {
    /// There is a terminal to show progress on, and it is wanted.
    shows: bool,
    /// Something else shows how far the work is.
    hidden: bool,
    interrupt: Option<Interrupt>,
    /// Whether listening to Ctrl-C was tried.
    is_set_up: bool,
    line: Option<JobLine>,
}

impl Lookout {
    /// One that shows progress, unless it shall not or cannot.
    pub(crate) fn new(hidden: bool) -> Self {
        let shows = !hidden && Progress::is_possible();
        Self { shows, hidden: false, interrupt: None, is_set_up: false, line: None }
    }

    /// Where Ctrl-C cannot be heard, it ends the program.
    fn set_up(&mut self) {
        if !std::mem::replace(&mut self.is_set_up, true) {
            self.interrupt = Interrupt::listen().ok().flatten();
        }
        if let Some(interrupt) = &self.interrupt {
            interrupt.begin();
        }
    }
}

impl Onlooker for Lookout {
    fn wants_progress(&self) -> bool {
        self.shows && !self.hidden
    }

    fn set_hidden(&mut self, hidden: bool) {
        self.hidden = hidden;
    }

    fn wake(&self) -> Option<BorrowedFd<'_>> {
        // Once it is pressed, what is read stays empty.
        self.interrupt.as_ref().map(Interrupt::wake)
    }

    fn look(&mut self, waited: Duration, told: Option<&Told>) -> Wish {
        self.set_up();
        let is_pressed = self.interrupt.as_ref().is_some_and(Interrupt::is_pressed);
        if self.wants_progress() && waited >= SHOWN_AFTER {
            self.line.get_or_insert(JobLine).draw(waited, told, is_pressed);
        }
        if is_pressed { Wish::Cancel } else { Wish::Wait }
    }

    fn hear(&mut self, output: &str) {
        // It would stand in the middle of the line otherwise.
        self.line = None;
        let mut out = std::io::stdout().lock();
        // Where nobody reads it, the reply is still worth having.
        let _ = out.write_all(output.as_bytes()).and_then(|()| out.flush());
    }

    fn end(&mut self) -> Wish {
        self.line = None;
        let was_pressed = self.interrupt.as_ref().is_some_and(Interrupt::end);
        if was_pressed { Wish::Cancel } else { Wish::Wait }
    }
}
