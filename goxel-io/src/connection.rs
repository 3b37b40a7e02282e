//! [`Connection`]: a client's bytes in and frames out, as a state machine that touches no
//! descriptor and no buffer pool.
//!
//! It is handed bytes, gives whole frames to the service one after another, and says why it
//! stopped. Invariants: frames are handled in order, one at a time, and none while another is in
//! the middle of being answered or too much output waits to be sent.

use std::ops::Range;
use std::time::Instant;

use goxel_core::client::{ClientCold, ClientFlags, ClientHot};
use goxel_proto::frame::FrameScanner;

use crate::backlog::Backlog;
use crate::buffers::LargeFrame;
use crate::clock::STEP_UNITS;
use crate::limits::{LARGE_FRAME_BYTES, OUTPUT_BYTES_HIGH};
use crate::output::Output;
use crate::service::{Refusal, Service, Verdict};
use crate::settings::Settings;
use crate::workers::Workers;

/// What is kept of a client beside its hot record.
#[derive(Debug)]
pub(crate) struct ClientState<S> {
    /// Of the message whose beginning is held.
    pub(crate) scanner: FrameScanner,
    pub(crate) session: S,
    /// What is to be sent behind the output that the hot record has.
    pub(crate) backlog: Backlog,
    /// Who it is, for what asks.
    pub(crate) cold: ClientCold,
}

/// Why no further frame is handled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pause {
    /// There is nothing to do until something is received.
    Idle,
    /// The next frame must wait: for the one before, or for the client to read.
    Blocked,
    /// The others have their turn first.
    Yielded,
}

/// Why handling frames came to an end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// More bytes are needed.
    Needy,
    /// This one is next, and is to be handed over by [`Connection::large_frame`].
    Large(Range<usize>),
    /// The next frame is not for now.
    Pause(Pause),
}

/// One client at work, with what frames are handled with.
pub(crate) struct Connection<'a, S: Service> {
    pub(crate) token: u64,
    pub(crate) hot: &'a mut ClientHot,
    pub(crate) state: &'a mut ClientState<S::Session>,
    pub(crate) service: &'a mut S,
    pub(crate) workers: &'a mut Workers<u64, S::Done>,
    /// What this turn has to say, and how long it may go on.
    pub(crate) out: &'a mut Output,
    pub(crate) settings: &'a Settings,
}

impl<S: Service> Connection<'_, S> {
    /// Handles the frames in `bytes`. Gives how many bytes are done with, and why it stopped.
    pub(crate) fn frames(&mut self, bytes: &[u8]) -> (usize, Stop) {
        let mut done = 0;
        // No frame changes what is unread of earlier turns.
        let unread = self.unread();
        loop {
            let flags = self.hot.flags;
            let over =
                self.out.clock.turn_is_over() || unread + self.out.unsent() > OUTPUT_BYTES_HIGH;
            if (over || flags.has_any(ClientFlags::PAUSED))
                && let Some(pause) = self.pause()
            {
                return (done, Stop::Pause(pause));
            }
            let rest = &bytes[done..];
            let Some(found) = self.state.scanner.next_frame(rest) else {
                return self.unfinished(done, rest.len());
            };
            if found.len() > LARGE_FRAME_BYTES {
                return self.large(bytes.len(), done + found.start..done + found.end);
            }
            if found.len() > self.settings.frame_bytes_max {
                return (bytes.len(), self.too_long());
            }
            done += found.end;
            self.frame(&rest[found]);
        }
    }

    /// Why the next frame must wait, if it must.
    #[cold]
    fn pause(&self) -> Option<Pause> {
        if self.has(ClientFlags::CLOSING) {
            Some(Pause::Idle)
        } else if self.is_blocked() {
            Some(Pause::Blocked)
        } else {
            let yields = self.out.clock.turn_is_over() || self.has(ClientFlags::UNFINISHED);
            yields.then_some(Pause::Yielded)
        }
    }

    /// A long frame is next.
    #[cold]
    fn large(&mut self, len: usize, place: Range<usize>) -> (usize, Stop) {
        if place.len() > self.settings.frame_bytes_max {
            return (len, self.too_long());
        }
        (place.start, Stop::Large(place))
    }

    #[cold]
    fn too_long(&mut self) -> Stop {
        Stop::Pause(self.refuse(Refusal::TooLong(self.settings.frame_bytes_max)))
    }

    /// No whole message is there: what of it is to be kept.
    fn unfinished(&mut self, done: usize, rest: usize) -> (usize, Stop) {
        if !self.state.scanner.in_message() {
            // White space between messages.
            self.state.scanner = FrameScanner::default();
            return (done + rest, Stop::Needy);
        }
        let too_long = rest > self.settings.frame_bytes_max;
        (done, if too_long { self.too_long() } else { Stop::Needy })
    }

    /// What is left when the peer has ended in the middle of a message.
    pub(crate) fn last_frame(&mut self, bytes: &[u8]) {
        let cut_off = self.state.scanner.in_message();
        self.state.scanner = FrameScanner::default();
        if cut_off {
            self.frame(bytes);
        }
    }

    #[inline]
    fn frame(&mut self, frame: &[u8]) {
        let before = self.out.len();
        let verdict = self.service.frame(&mut self.state.session, frame, self.out);
        self.hot.requests += 1;
        let written = self.out.len().saturating_sub(before);
        self.out.clock.spend(STEP_UNITS + (frame.len() + written) as u64);
        self.settle(verdict);
    }

    /// Handles a long frame.
    pub(crate) fn large_frame(&mut self, frame: LargeFrame) {
        let verdict = self.service.large_frame(&mut self.state.session, frame, self.out);
        self.hot.requests += 1;
        self.out.clock.read();
        self.settle(verdict);
    }

    /// Takes what a job of this client gave.
    pub(crate) fn finish(&mut self, done: S::Done) {
        self.hot.flags.set(ClientFlags::JOB_RUNNING, false);
        let verdict = self.service.finish(&mut self.state.session, done, self.out);
        self.settle(verdict);
    }

    /// Goes on with the last frame.
    pub(crate) fn resume(&mut self) {
        self.hot.flags.set(ClientFlags::UNFINISHED, false);
        self.hot.flags.set(ClientFlags::NAMED, false);
        let verdict = self.service.resume(&mut self.state.session, self.out);
        self.out.clock.read();
        self.settle(verdict);
    }

    /// Says what there is to tell beside replies, but to one that does not read.
    pub(crate) fn tell(&mut self) {
        if self.unread() <= OUTPUT_BYTES_HIGH {
            self.service.tell(&mut self.state.session, self.out);
        }
    }

    /// Says what others did; the service looks whether it reads.
    pub(crate) fn notify(&mut self, now: Instant) {
        let unread = self.unread();
        self.service.notify(&mut self.state.session, unread, now, self.out);
    }

    /// Does what a verdict asks for.
    fn settle(&mut self, mut verdict: Verdict<S::Done>) {
        while let Verdict::Wait(job) = verdict {
            match self.workers.submit(self.token, job) {
                Ok(()) => return self.hot.flags.set(ClientFlags::JOB_RUNNING, true),
                Err(job) => {
                    verdict = self.service.busy(&mut self.state.session, job, self.out);
                }
            }
        }
        match verdict {
            Verdict::Hold => self.hot.flags.set(ClientFlags::ON_HOLD, true),
            Verdict::Yield => self.hot.flags.set(ClientFlags::UNFINISHED, true),
            Verdict::Answered | Verdict::Wait(_) => {}
        }
    }

    /// Tells the service, once, where nobody reads its replies any more.
    pub(crate) fn tell_gone(&mut self) {
        if self.has(ClientFlags::OUTPUT_CLOSED) && !self.has(ClientFlags::GONE) {
            self.hot.flags.set(ClientFlags::GONE, true);
            self.service.gone(&mut self.state.session);
        }
        self.out.set_deaf(self.has(ClientFlags::GONE));
    }

    /// Whether its replies have to stay until the service has committed.
    pub(crate) fn holds_replies(&self) -> bool {
        self.service.holds_replies(&self.state.session)
    }

    /// Says why no more is taken from this client, which is then closed.
    pub(crate) fn refuse(&mut self, refusal: Refusal) -> Pause {
        self.service.refuse(refusal, self.out);
        self.end();
        Pause::Idle
    }

    /// Takes nothing more from this client, which is closed when it was sent what it has to read.
    pub(crate) fn end(&mut self) {
        self.state.scanner = FrameScanner::default();
        self.hot.flags.set(ClientFlags::CLOSING, true);
        self.hot.flags.set(ClientFlags::INPUT_CLOSED, true);
        self.hot.flags.set(ClientFlags::READABLE, false);
    }

    /// Whether the next frame has to wait: for the one before, or for the client to read.
    pub(crate) fn is_blocked(&self) -> bool {
        self.hot.flags.has_any(ClientFlags::WAITING)
            || self.unread() + self.out.unsent() > OUTPUT_BYTES_HIGH
    }

    /// Bytes of earlier turns that the client has not read yet.
    pub(crate) fn unread(&self) -> usize {
        self.hot.output.len() + self.state.backlog.len()
    }

    pub(crate) fn has(&self, flags: ClientFlags) -> bool {
        self.hot.flags.has(flags)
    }
}
