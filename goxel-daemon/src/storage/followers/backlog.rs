//! [`Backlog`]: messages that wait to be sent to a follower, in their order. A state may be among them
//! that a worker still makes: what is behind it waits for that.

use std::collections::VecDeque;
use std::sync::Arc;

use goxel_store::stream;

use super::Copied;

/// Short messages are put together up to this: each piece is handed on as it is.
const PIECE_BYTES: usize = 64 << 10;

/// What several followers are sent is copied in pieces of this: some ten microseconds.
const SHARED_BYTES: usize = 256 << 10;

/// What waits.
#[derive(Debug, Default)]
pub(super) struct Backlog {
    pieces: VecDeque<Piece>,
    bytes: u64,
    record_bytes: u64,
}

#[derive(Debug)]
enum Piece {
    /// Messages of records.
    Records(Vec<u8>),
    /// What a record says, from this byte on.
    Shared(Arc<[u8]>, usize),
    /// A state, whose bytes do not count as being behind: there is one at a time.
    State(Vec<u8>),
    /// One that a worker makes.
    Awaited,
}

impl Backlog {
    /// Puts a message behind the others.
    pub(super) fn put(&mut self, kind: u8, project: u64, version: u64, payload: &[&[u8]]) {
        if !matches!(self.pieces.back(), Some(Piece::Records(piece)) if piece.len() < PIECE_BYTES) {
            self.pieces.push_back(Piece::Records(Vec::new()));
        }
        if let Some(Piece::Records(piece)) = self.pieces.back_mut() {
            let before = piece.len();
            stream::put(piece, kind, project, version, payload);
            let added = (piece.len() - before) as u64;
            self.bytes += added;
            self.record_bytes += added;
        }
    }

    /// Puts a message behind the others whose payload is long. It is not copied but shared by all followers,
    /// and handed on in pieces.
    pub(super) fn put_copied(&mut self, kind: u8, project: u64, version: u64, payload: &Copied) {
        let length = payload.bytes.len();
        let head = stream::head(kind, project, version, length, payload.checksum);
        let added = (head.len() + length) as u64;
        self.pieces.push_back(Piece::Records(head.to_vec()));
        self.pieces.push_back(Piece::Shared(Arc::clone(&payload.bytes), 0));
        self.bytes += added;
        self.record_bytes += added;
    }

    /// Puts a message before all others.
    pub(super) fn put_first(&mut self, message: Vec<u8>) {
        self.bytes += message.len() as u64;
        self.record_bytes += message.len() as u64;
        self.pieces.push_front(Piece::Records(message));
    }

    /// A state comes next, which is not there yet.
    pub(super) fn await_state(&mut self) {
        self.pieces.push_back(Piece::Awaited);
    }

    /// Here it is.
    pub(super) fn give_state(&mut self, state: Vec<u8>) {
        if let Some(piece) = self.pieces.iter_mut().find(|piece| matches!(piece, Piece::Awaited)) {
            self.bytes += state.len() as u64;
            *piece = Piece::State(state);
        }
    }

    /// What is to be sent next, if it is there.
    pub(super) fn next_piece(&mut self) -> Option<Vec<u8>> {
        if !self.has_ready() {
            return None;
        }
        if let Some(Piece::Shared(bytes, at)) = self.pieces.front_mut() {
            let end = bytes.len().min(*at + SHARED_BYTES);
            let piece = bytes[*at..end].to_vec();
            *at += piece.len();
            if *at == bytes.len() {
                self.pieces.pop_front();
            }
            self.record_bytes -= piece.len() as u64;
            self.bytes -= piece.len() as u64;
            return Some(piece);
        }
        let piece = match self.pieces.pop_front()? {
            Piece::Records(piece) => {
                self.record_bytes -= piece.len() as u64;
                piece
            }
            Piece::State(piece) => piece,
            Piece::Awaited | Piece::Shared(..) => return None,
        };
        self.bytes -= piece.len() as u64;
        Some(piece)
    }

    /// Whether there is something that can be sent.
    pub(super) fn has_ready(&self) -> bool {
        !self.is_stuck()
    }

    /// Whether nothing can be sent: there is nothing, or what comes next is not made yet.
    pub(super) fn is_stuck(&self) -> bool {
        matches!(self.pieces.front(), None | Some(Piece::Awaited))
    }

    /// Bytes that wait.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The same without states.
    pub(super) fn record_bytes(&self) -> u64 {
        self.record_bytes
    }
}
