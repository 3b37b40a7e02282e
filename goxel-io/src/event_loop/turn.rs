//! One turn of one client: bytes in, frames to the service, replies out in one write.
//!
//! Frames are handled where they were received. Only the beginning of a message that did not come
//! whole, and what waits for a job or a slow reader, is put into a buffer of the client's own; a
//! short beginning is put in front of what is received next, so the buffer goes back at once.

use goxel_core::client::ClientFlags;

use crate::backend::{Backend, Received};
use crate::buffers::{BufferPool, LargeFrame};
use crate::connection::{Connection, Pause, Stop};
use crate::limits::{HEADROOM_BYTES, INPUT_BYTES_HIGH, LARGE_FRAME_BYTES};
use crate::service::{Refusal, Service};
use crate::status::Figures;

/// What the loop does with a client after its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NextStep {
    /// Nothing, until something happens.
    Wait,
    /// Another turn, when those had theirs that take less time.
    Requeue,
    /// The client is let go.
    Close,
}

/// A client at its turn.
pub(super) struct Turn<'a, S: Service, B> {
    pub(super) connection: Connection<'a, S>,
    pub(super) pool: &'a mut BufferPool,
    pub(super) backend: &'a mut B,
}

impl<S: Service, B: Backend> Turn<'_, S, B> {
    /// Receives and handles what is there, and sends what came of it.
    pub(super) fn run(&mut self) -> NextStep {
        self.connection.tell_gone();
        let pause = self.serve();
        if B::PUSHES {
            self.absorb();
        }
        if self.connection.holds_replies() {
            self.connection.hot.flags.set(ClientFlags::UNCOMMITTED, true);
        }
        let more = self.flush();
        self.connection.tell_gone();
        let blocked = self.connection.is_blocked();
        self.hold_back(blocked || self.is_overfull(pause));
        if self.is_finished() {
            return NextStep::Close;
        }
        if self.connection.hot.flags.has_any(ClientFlags::UNHEARD) {
            self.backend.watch(self.connection.token, self.connection.hot.socket());
        }
        let due = self.connection.has(ClientFlags::NAMED) || !blocked;
        let unfinished = self.connection.has(ClientFlags::UNFINISHED) && due;
        match pause {
            _ if more || unfinished => NextStep::Requeue,
            Pause::Yielded => NextStep::Requeue,
            Pause::Blocked if !blocked => NextStep::Requeue,
            Pause::Blocked | Pause::Idle => NextStep::Wait,
        }
    }

    /// Sends what was held until the service had committed.
    pub(super) fn committed(&mut self) -> NextStep {
        self.connection.hot.flags.set(ClientFlags::UNCOMMITTED, false);
        self.connection.hot.flags.set(ClientFlags::AWAITS_COMMIT, false);
        let more = self.flush();
        // What it was too full for can go on; and whoever has nothing to do any more is let go.
        let flags = self.connection.hot.flags;
        let goes_on =
            more || flags.has_any(ClientFlags::GOES_ON) || !self.connection.hot.input.is_empty();
        if self.is_finished() {
            NextStep::Close
        } else if goes_on {
            NextStep::Requeue
        } else {
            NextStep::Wait
        }
    }

    /// Throws away what was held, since the service could not commit: it may say what is not so.
    pub(super) fn uncommitted(&mut self) -> NextStep {
        self.kill();
        self.connection.hot.flags.set(ClientFlags::UNCOMMITTED, false);
        self.connection.hot.flags.set(ClientFlags::AWAITS_COMMIT, false);
        NextStep::Requeue
    }

    /// Keeps what the kernel has received, for a turn that comes later.
    pub(super) fn postpone(&mut self) {
        if B::PUSHES {
            self.absorb();
            if !self.connection.out.is_empty() {
                // It was told that there is no room.
                self.flush();
            }
            if self.is_overfull(Pause::Yielded) {
                self.hold_back(true);
            }
        }
    }

    fn serve(&mut self) -> Pause {
        let is_due = self.connection.has(ClientFlags::NAMED) || !self.connection.is_blocked();
        if self.connection.has(ClientFlags::UNFINISHED) && is_due {
            self.connection.resume();
        }
        loop {
            if let Some(pause) = self.held_frames() {
                return pause;
            }
            if !self.connection.has(ClientFlags::READABLE) {
                return self.at_rest();
            }
            if self.connection.out.clock.turn_is_over() {
                return Pause::Yielded;
            }
            if let Some(pause) = self.receive() {
                return pause;
            }
        }
    }

    /// Handles the frames that are held.
    fn held_frames(&mut self) -> Option<Pause> {
        loop {
            let input = self.connection.hot.input;
            let (done, stop) = self.connection.frames(self.pool.view(input));
            self.pool.consume(&mut self.connection.hot.input, done);
            match stop {
                Stop::Needy => return None,
                Stop::Pause(pause) => return Some(pause),
                Stop::Large(place) => {
                    let place = place.start - done..place.end - done;
                    let frame = self.pool.take_frame(&mut self.connection.hot.input, place);
                    self.connection.large_frame(frame);
                }
            }
        }
    }

    /// Receives once, and handles what came.
    fn receive(&mut self) -> Option<Pause> {
        let connection = &mut self.connection;
        let held = connection.hot.input;
        let fits = held.len() <= HEADROOM_BYTES;
        let front = if fits { self.pool.view(held) } else { &[] };
        let socket = connection.hot.socket();
        let (bytes, more) = match self.backend.receive(connection.token, socket, front) {
            Received::Bytes { bytes, more } => (bytes, more),
            other => {
                end_input(connection, &other);
                connection.tell_gone();
                return None;
            }
        };
        let come = bytes.len() - front.len();
        let more = more || connection.has(ClientFlags::HANG_UP);
        connection.hot.flags.set(ClientFlags::READABLE, more);
        connection.hot.received += come as u64;
        if !fits {
            connection.out.clock.spend(come as u64);
            return keep(connection, self.pool, bytes);
        }
        self.pool.release(&mut connection.hot.input);
        let mut rest = bytes;
        loop {
            let (done, stop) = connection.frames(rest);
            rest = &rest[done..];
            let Stop::Large(place) = stop else {
                self.pool.append(&mut connection.hot.input, rest);
                return if let Stop::Pause(pause) = stop { Some(pause) } else { None };
            };
            let frame = &rest[place.start - done..place.end - done];
            rest = &rest[place.end - done..];
            connection.large_frame(LargeFrame::copy_of(frame));
        }
    }

    /// Takes what the kernel has received already, though its turn is over before it came to it.
    fn absorb(&mut self) {
        let connection = &mut self.connection;
        let socket = connection.hot.socket();
        match self.backend.receive(connection.token, socket, &[]) {
            Received::Nothing => {}
            Received::Bytes { bytes, .. } => {
                connection.hot.received += bytes.len() as u64;
                keep(connection, self.pool, bytes);
            }
            ended => end_input(connection, &ended),
        }
    }

    /// All that came is handled.
    fn at_rest(&mut self) -> Pause {
        if self.connection.has(ClientFlags::INPUT_CLOSED) {
            let held = self.connection.hot.input;
            self.connection.last_frame(self.pool.view(held));
            self.pool.release(&mut self.connection.hot.input);
            self.connection.hot.flags.set(ClientFlags::CLOSING, true);
        }
        Pause::Idle
    }

    /// Whether more is held than this client's next turns will need: the kernel received it before
    /// it was asked.
    fn is_overfull(&self, pause: Pause) -> bool {
        B::PUSHES && pause == Pause::Yielded && self.connection.hot.input.len() > INPUT_BYTES_HIGH
    }

    /// Back-pressure: has nothing received while nothing can be done with it.
    fn hold_back(&mut self, blocked: bool) {
        let connection = &mut self.connection;
        if blocked == connection.has(ClientFlags::HELD_BACK) {
            return;
        }
        connection.hot.flags.set(ClientFlags::HELD_BACK, blocked);
        if blocked {
            self.backend.pause(connection.token);
        } else if !connection.has(ClientFlags::INPUT_CLOSED) {
            self.backend.resume(connection.token, connection.hot.socket());
        }
    }

    /// Closes the connection, whatever it is at.
    pub(super) fn kill(&mut self) {
        self.connection.end();
        if !self.connection.has(ClientFlags::NAMED) {
            self.connection.hot.flags.set(ClientFlags::UNFINISHED, false);
        }
        self.pool.release(&mut self.connection.hot.input);
        self.close_output();
    }

    /// What the loop's figures count of this client.
    pub(super) fn figures(&self) -> Figures {
        let held_back = self.connection.has(ClientFlags::HELD_BACK);
        Figures { held_back, unread: self.connection.unread() }
    }

    /// Whether everything is done and said.
    fn is_finished(&self) -> bool {
        let flags = self.connection.hot.flags;
        let said = flags.has(ClientFlags::OUTPUT_CLOSED) || self.connection.unread() == 0;
        flags.has(ClientFlags::CLOSING) && !flags.has_any(ClientFlags::BUSY) && said
    }
}

/// Keeps what came behind what is held, unless that is too much of all clients together.
fn keep<S: Service>(
    connection: &mut Connection<'_, S>,
    pool: &mut BufferPool,
    bytes: &[u8],
) -> Option<Pause> {
    let limit = connection.settings.large_bytes_max;
    if connection.hot.input.len() > LARGE_FRAME_BYTES && pool.large_bytes() + bytes.len() > limit {
        return Some(connection.refuse(Refusal::NoRoom(limit)));
    }
    pool.append(&mut connection.hot.input, bytes);
    None
}

/// Nothing came: what that means.
fn end_input<S: Service>(connection: &mut Connection<'_, S>, received: &Received<'_>) {
    let flags = &mut connection.hot.flags;
    flags.set(ClientFlags::READABLE, false);
    match received {
        Received::Ended => flags.set(ClientFlags::INPUT_CLOSED, true),
        // The peer is gone. What it sent whole was handled as it came.
        Received::Gone => {
            flags.set(ClientFlags::INPUT_CLOSED, true);
            flags.set(ClientFlags::OUTPUT_CLOSED, true);
        }
        Received::Bytes { .. } | Received::Nothing => {}
    }
}
