//! One turn of one client: bytes in, frames to the service, replies out in one write.
//!
//! Frames are handled where they were received. Only the beginning of a message that did not come
//! whole, and what waits for a job or a slow reader, is put into a buffer of the client's own; a
//! short beginning is put in front of what is received next, so the buffer goes back at once.

use goxel_core::client::{BufferSpan, ClientFlags};

use crate::backend::{Backend, Received, Sent};
use crate::buffers::BufferPool;
use crate::connection::{Connection, Pause};
use crate::limits::{FRAMES_PER_READ, HEADROOM_BYTES};
use crate::service::{Refusal, Service};

/// What the loop does with a client after its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NextStep {
    /// Nothing, until something happens.
    Wait,
    /// Another turn.
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
        self.flush();
        self.connection.tell_gone();
        let blocked = self.connection.is_blocked();
        self.hold_back(blocked);
        if self.is_finished() {
            return NextStep::Close;
        }
        match pause {
            Pause::Yielded => NextStep::Requeue,
            Pause::Blocked if !blocked => NextStep::Requeue,
            Pause::Idle if self.connection.has(ClientFlags::UNFINISHED) => NextStep::Requeue,
            Pause::Blocked | Pause::Idle => NextStep::Wait,
        }
    }

    fn serve(&mut self) -> Pause {
        loop {
            if self.connection.has(ClientFlags::UNFINISHED) && !self.connection.is_blocked() {
                self.connection.resume();
            }
            if let Some(pause) = self.held_frames() {
                return pause;
            }
            if !self.connection.has(ClientFlags::READABLE) {
                return self.at_rest();
            }
            if let Some(pause) = self.receive() {
                return pause;
            }
        }
    }

    /// Handles the frames that are held.
    fn held_frames(&mut self) -> Option<Pause> {
        let (done, pause) = self.connection.frames(self.pool.view(self.connection.hot.input));
        self.pool.consume(&mut self.connection.hot.input, done);
        pause
    }

    /// Receives once, and handles what came.
    fn receive(&mut self) -> Option<Pause> {
        let connection = &mut self.connection;
        connection.budget = connection.budget.saturating_sub(FRAMES_PER_READ);
        let held = connection.hot.input;
        let fits = held.len() <= HEADROOM_BYTES;
        let front = if fits { self.pool.view(held) } else { &[] };
        let socket = connection.hot.socket();
        let (bytes, more) = match self.backend.receive(connection.token, socket, front) {
            Received::Bytes { bytes, more } => (bytes, more),
            other => {
                end_input(connection, &other);
                return None;
            }
        };
        let come = bytes.len() - front.len();
        let more = more || connection.has(ClientFlags::HANG_UP);
        connection.hot.flags.set(ClientFlags::READABLE, more);
        connection.hot.received += come as u64;
        if fits {
            self.pool.release(&mut connection.hot.input);
            let (done, pause) = connection.frames(bytes);
            self.pool.append(&mut connection.hot.input, &bytes[done..]);
            return pause;
        }
        let limit = connection.settings.large_bytes_max;
        if self.pool.large_bytes() + come > limit {
            return Some(connection.refuse(Refusal::NoRoom(limit)));
        }
        self.pool.append(&mut connection.hot.input, bytes);
        None
    }

    /// Takes what the kernel has received already, though its turn is over before it came to it.
    fn absorb(&mut self) {
        let connection = &mut self.connection;
        let socket = connection.hot.socket();
        match self.backend.receive(connection.token, socket, &[]) {
            Received::Nothing => {}
            Received::Bytes { bytes, .. } => {
                connection.hot.received += bytes.len() as u64;
                self.pool.append(&mut connection.hot.input, bytes);
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

    /// Sends what this turn has to say, behind what was not taken before.
    fn flush(&mut self) {
        if self.connection.has(ClientFlags::OUTPUT_CLOSED) {
            return self.drop_output();
        }
        if !self.connection.hot.output.is_empty() {
            self.pool.append(&mut self.connection.hot.output, self.connection.out);
            self.connection.out.clear();
            return self.flush_held();
        }
        if self.connection.out.is_empty() {
            return;
        }
        let socket = self.connection.hot.socket();
        match self.backend.send(self.connection.token, socket, self.connection.out) {
            Sent::Taken(count) => {
                let rest = &self.connection.out[count..];
                self.pool.append(&mut self.connection.hot.output, rest);
                self.connection.out.clear();
            }
            Sent::Gone => self.close_output(),
        }
    }

    fn flush_held(&mut self) {
        let connection = &mut self.connection;
        let held = self.pool.view(connection.hot.output);
        let sent = self.backend.send(connection.token, connection.hot.socket(), held);
        match sent {
            Sent::Taken(count) => self.pool.consume(&mut connection.hot.output, count),
            Sent::Gone => self.close_output(),
        }
    }

    /// Takes back what was to be sent and was not taken.
    pub(super) fn unsent(&mut self, rest: &[u8]) {
        let mut whole = BufferSpan::EMPTY;
        self.pool.append(&mut whole, rest);
        let later = self.pool.view(self.connection.hot.output).to_vec();
        self.pool.append(&mut whole, &later);
        self.pool.release(&mut self.connection.hot.output);
        self.connection.hot.output = whole;
    }

    /// The peer no longer reads. What it still sends is carried out.
    fn close_output(&mut self) {
        self.connection.hot.flags.set(ClientFlags::OUTPUT_CLOSED, true);
        self.drop_output();
    }

    fn drop_output(&mut self) {
        self.connection.out.clear();
        self.pool.release(&mut self.connection.hot.output);
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

    /// Whether everything is done and said.
    fn is_finished(&self) -> bool {
        let flags = self.connection.hot.flags;
        let said = flags.has(ClientFlags::OUTPUT_CLOSED) || self.connection.hot.output.is_empty();
        flags.has(ClientFlags::CLOSING) && !flags.has_any(ClientFlags::BUSY) && said
    }
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
