//! Sending: what a turn has to say, behind what its client has not read yet.
//!
//! ```text
//! the client's buffer | its backlog of long pieces | what this turn made
//! ```
//!
//! Nearly always the first two are empty, and what was made goes out as it stands.

use goxel_core::client::{BufferSpan, ClientFlags};

use super::turn::Turn;
use crate::backend::{Backend, Sent};
use crate::clock::STEP_UNITS;
use crate::limits::SEND_BYTES_PER_TURN;
use crate::service::Service;

impl<S: Service, B: Backend> Turn<'_, S, B> {
    /// Sends what this turn has to say, or keeps it until the service has committed. True where the
    /// client takes more, and there is more.
    pub(super) fn flush(&mut self) -> bool {
        if self.connection.has(ClientFlags::OUTPUT_CLOSED) {
            self.drop_output();
            return false;
        }
        if self.connection.has(ClientFlags::UNCOMMITTED) {
            self.queue_output();
            return false;
        }
        let nothing_before = self.connection.unread() == 0;
        let out = &self.connection.out;
        if nothing_before && out.is_plain() && out.len() <= SEND_BYTES_PER_TURN {
            self.flush_plain();
            return false;
        }
        self.queue_output();
        self.flush_held()
    }

    /// Sends the output from where it stands.
    fn flush_plain(&mut self) {
        if self.connection.out.is_empty() {
            return;
        }
        let connection = &mut self.connection;
        let sent = self.backend.send(connection.token, connection.hot.socket(), connection.out);
        connection.out.clock.spend(STEP_UNITS + connection.out.len() as u64);
        match sent {
            Sent::Taken(count) => {
                connection.state.cold.sent += count as u64;
                self.pool.append(&mut connection.hot.output, &connection.out[count..]);
                connection.out.clear();
            }
            Sent::Gone => self.close_output(),
        }
    }

    /// Puts the output behind what waits.
    fn queue_output(&mut self) {
        let connection = &mut self.connection;
        let backlog = &mut connection.state.backlog;
        if backlog.is_empty() && connection.out.is_plain() {
            self.pool.append(&mut connection.hot.output, connection.out);
            connection.out.clear();
        } else {
            connection.out.take_pieces(|piece| backlog.push(piece));
        }
    }

    /// Sends of what waits. True where there is more, and the client may take it.
    fn flush_held(&mut self) -> bool {
        let mut left = SEND_BYTES_PER_TURN;
        while left > 0 && self.connection.unread() > 0 {
            let connection = &mut self.connection;
            let from_buffer = !connection.hot.output.is_empty();
            let held = if from_buffer {
                self.pool.view(connection.hot.output)
            } else {
                connection.state.backlog.front()
            };
            let held = &held[..held.len().min(left)];
            let sent = self.backend.send(connection.token, connection.hot.socket(), held);
            let Sent::Taken(count) = sent else {
                self.close_output();
                return false;
            };
            let all = count == held.len();
            left -= count;
            connection.out.clock.spend(STEP_UNITS + count as u64);
            connection.state.cold.sent += count as u64;
            self.consume(from_buffer, count);
            if !all {
                return false;
            }
        }
        self.connection.unread() > 0
    }

    fn consume(&mut self, from_buffer: bool, count: usize) {
        if from_buffer {
            self.pool.consume(&mut self.connection.hot.output, count);
        } else if let Some(piece) = self.connection.state.backlog.consume(count) {
            self.connection.workers.discard(piece);
        }
    }

    /// Takes back what was to be sent and was not taken.
    pub(super) fn unsent(&mut self, rest: &[u8]) {
        let connection = &mut self.connection;
        connection.state.cold.sent -= rest.len() as u64;
        let mut whole = BufferSpan::EMPTY;
        self.pool.append(&mut whole, rest);
        let later = self.pool.view(connection.hot.output).to_vec();
        self.pool.append(&mut whole, &later);
        self.pool.release(&mut connection.hot.output);
        connection.hot.output = whole;
    }

    /// The peer no longer reads. What it still sends is carried out.
    pub(super) fn close_output(&mut self) {
        self.connection.hot.flags.set(ClientFlags::OUTPUT_CLOSED, true);
        self.drop_output();
    }

    fn drop_output(&mut self) {
        let connection = &mut self.connection;
        if !connection.out.is_plain() {
            connection.out.take_pieces(|piece| connection.workers.discard(piece));
        }
        connection.out.clear();
        if !connection.state.backlog.is_empty() {
            connection.workers.discard(std::mem::take(&mut connection.state.backlog));
        }
        self.pool.release(&mut connection.hot.output);
    }
}
