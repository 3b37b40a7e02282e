//! [`Backlog`]: long replies that a client has not read yet, as they were handed over.

use std::collections::VecDeque;

/// Pieces in the order in which they are sent, behind what stands in the client's buffer.
#[derive(Debug, Default)]
pub(crate) struct Backlog {
    pieces: VecDeque<Vec<u8>>,
    /// Bytes of the first piece that are sent.
    sent: usize,
    /// Bytes that are not.
    unsent: usize,
}

impl Backlog {
    /// Bytes that are still to be sent.
    pub(crate) fn len(&self) -> usize {
        self.unsent
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Puts a piece behind the others.
    pub(crate) fn push(&mut self, piece: Vec<u8>) {
        if !piece.is_empty() {
            self.unsent += piece.len();
            self.pieces.push_back(piece);
        }
    }

    /// What is to be sent next.
    pub(crate) fn front(&self) -> &[u8] {
        self.pieces.front().map_or(&[], |piece| &piece[self.sent..])
    }

    /// So many bytes of [`Backlog::front`] are sent. A piece that was sent whole is given back.
    pub(crate) fn consume(&mut self, count: usize) -> Option<Vec<u8>> {
        self.sent += count;
        self.unsent -= count;
        if self.pieces.front()?.len() > self.sent {
            return None;
        }
        self.sent = 0;
        self.pieces.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_go_out_in_order() {
        let mut backlog = Backlog::default();
        for piece in [&b"abc"[..], b"", b"de"] {
            backlog.push(piece.to_vec());
        }
        assert_eq!((backlog.len(), backlog.front()), (5, &b"abc"[..]));
        assert_eq!((backlog.consume(2), backlog.front()), (None, &b"c"[..]));
        assert_eq!((backlog.consume(1), backlog.front()), (Some(b"abc".to_vec()), &b"de"[..]));
        assert_eq!((backlog.consume(2), backlog.front()), (Some(b"de".to_vec()), &b""[..]));
        assert!(backlog.is_empty());
    }
}
