//! [`Connection`]: a client's bytes in and frames out, as a state machine that touches no
//! descriptor and no buffer pool.
//!
//! It is handed bytes, gives whole frames to the service one after another, and says why it
//! stopped. Invariants: frames are handled in order, one at a time, and none while another is in
//! the middle of being answered or too much output waits to be sent.

use goxel_core::client::{ClientCold, ClientFlags, ClientHot};
use goxel_proto::frame::FrameScanner;

use crate::limits::OUTPUT_BYTES_HIGH;
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

/// One client at work, with what frames are handled with.
pub(crate) struct Connection<'a, S: Service> {
    pub(crate) token: u64,
    pub(crate) hot: &'a mut ClientHot,
    pub(crate) state: &'a mut ClientState<S::Session>,
    pub(crate) service: &'a mut S,
    pub(crate) workers: &'a mut Workers<u64, S::Done>,
    /// What this turn has to say.
    pub(crate) out: &'a mut Output,
    pub(crate) settings: &'a Settings,
    /// Frames that may still be handled in this turn.
    pub(crate) budget: usize,
}

impl<S: Service> Connection<'_, S> {
    /// Handles the frames in `bytes`. Gives how many bytes are done with, and why it stopped;
    /// `None` where it needs more.
    pub(crate) fn frames(&mut self, bytes: &[u8]) -> (usize, Option<Pause>) {
        let mut done = 0;
        loop {
            let pause = self.pause();
            if pause.is_some() {
                return (done, pause);
            }
            let rest = &bytes[done..];
            let Some(found) = self.state.scanner.next_frame(rest) else {
                return self.unfinished(done, rest.len());
            };
            if found.len() > self.settings.frame_bytes_max {
                return (
                    bytes.len(),
                    Some(self.refuse(Refusal::TooLong(self.settings.frame_bytes_max))),
                );
            }
            done += found.end;
            self.frame(&rest[found]);
        }
    }

    /// Why the next frame must wait, if it must.
    fn pause(&self) -> Option<Pause> {
        if self.has(ClientFlags::CLOSING) {
            Some(Pause::Idle)
        } else if self.is_blocked() {
            Some(Pause::Blocked)
        } else {
            (self.budget == 0 || self.has(ClientFlags::UNFINISHED)).then_some(Pause::Yielded)
        }
    }

    /// No whole message is there: what of it is to be kept.
    fn unfinished(&mut self, done: usize, rest: usize) -> (usize, Option<Pause>) {
        if !self.state.scanner.in_message() {
            // White space between messages.
            self.state.scanner = FrameScanner::default();
            return (done + rest, None);
        }
        let too_long = rest > self.settings.frame_bytes_max;
        let pause = too_long.then(|| self.refuse(Refusal::TooLong(self.settings.frame_bytes_max)));
        (done, pause)
    }

    /// What is left when the peer has ended in the middle of a message.
    pub(crate) fn last_frame(&mut self, bytes: &[u8]) {
        let cut_off = self.state.scanner.in_message();
        self.state.scanner = FrameScanner::default();
        if cut_off {
            self.frame(bytes);
        }
    }

    fn frame(&mut self, frame: &[u8]) {
        let verdict = self.service.frame(&mut self.state.session, frame, self.out);
        self.hot.requests += 1;
        self.budget = self.budget.saturating_sub(1);
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
        self.budget = self.budget.saturating_sub(1);
        let verdict = self.service.resume(&mut self.state.session, self.out);
        self.settle(verdict);
    }

    /// Says what there is to tell beside replies.
    pub(crate) fn tell(&mut self) {
        self.service.tell(&mut self.state.session, self.out);
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

    /// Says why no more is taken from this client, which is then closed.
    pub(crate) fn refuse(&mut self, refusal: Refusal) -> Pause {
        self.service.refuse(refusal, self.out);
        self.state.scanner = FrameScanner::default();
        self.hot.flags.set(ClientFlags::CLOSING, true);
        self.hot.flags.set(ClientFlags::INPUT_CLOSED, true);
        self.hot.flags.set(ClientFlags::READABLE, false);
        Pause::Idle
    }

    /// Whether the next frame has to wait: for the one before, or for the client to read.
    pub(crate) fn is_blocked(&self) -> bool {
        let unsent = self.hot.output.len() + self.out.len();
        self.hot.flags.has_any(ClientFlags::WAITING) || unsent > OUTPUT_BYTES_HIGH
    }

    pub(crate) fn has(&self, flags: ClientFlags) -> bool {
        self.hot.flags.has(flags)
    }
}
