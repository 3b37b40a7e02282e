//! [`Output`]: what the service answers with, and what it may know of the turn that it is called
//! in.

use std::ops::{Deref, DerefMut};

use crate::clock::{Clock, STEP_UNITS};
use crate::limits::{OUTPUT_BYTES_HIGH, SEGMENT_BYTES};

/// Replies on their way to one client, written like a vector of bytes. What a worker has written
/// is handed over whole with [`Output::hand_over`].
#[derive(Debug, Default)]
pub struct Output {
    bytes: Vec<u8>,
    /// What comes before which of the bytes, in order.
    segments: Vec<(usize, Vec<u8>)>,
    segment_bytes: usize,
    /// Nobody reads what is written here.
    deaf: bool,
    pub(crate) clock: Clock,
}

impl Output {
    /// An output of no loop that asks for a pause after every step, for tests of who answers in
    /// many. Another one, [`Output::default`], never does but for what is unread.
    #[must_use]
    pub fn of_short_turns() -> Self {
        Self { clock: Clock::of_short_turns(), ..Self::default() }
    }

    /// Whether replies are thrown away, as the client has left: what makes nothing but a reply
    /// need not be done.
    #[must_use]
    pub fn is_deaf(&self) -> bool {
        self.deaf
    }

    /// Whether others must have their turn before more is done for this client, or the client must
    /// read first. Who answers in many steps, as a batch, asks after each, and says
    /// [`crate::Verdict::Yield`] then.
    #[must_use]
    pub fn must_yield(&mut self) -> bool {
        self.clock.spend(STEP_UNITS);
        self.clock.turn_is_over() || self.unsent() > OUTPUT_BYTES_HIGH
    }

    /// Says what was done since the last step, where that is known: in nanoseconds or so, which
    /// are the units of [`goxel_core::Work`].
    pub fn spend(&mut self, units: u64) {
        self.clock.spend(units);
    }

    /// Puts what a worker has written behind what is there. It is not copied where it is long.
    pub fn hand_over(&mut self, bytes: Vec<u8>) {
        if bytes.len() < SEGMENT_BYTES {
            self.bytes.extend_from_slice(&bytes);
        } else {
            self.segment_bytes += bytes.len();
            self.segments.push((self.bytes.len(), bytes));
        }
    }

    /// All that was written, in one piece.
    #[must_use]
    pub fn into_bytes(mut self) -> Vec<u8> {
        if self.segments.is_empty() {
            return self.bytes;
        }
        let mut whole = Vec::with_capacity(self.unsent());
        self.take_pieces(|piece| whole.extend_from_slice(&piece));
        whole
    }

    /// Bytes that are here.
    pub(crate) fn unsent(&self) -> usize {
        self.bytes.len() + self.segment_bytes
    }

    /// Whether all of it stands in the bytes.
    pub(crate) fn is_plain(&self) -> bool {
        self.segments.is_empty()
    }

    /// Takes all that is here, piece by piece.
    pub(crate) fn take_pieces(&mut self, mut take: impl FnMut(Vec<u8>)) {
        let mut start = 0;
        for (end, segment) in self.segments.drain(..) {
            take(self.bytes[start..end].to_vec());
            take(segment);
            start = end;
        }
        take(self.bytes[start..].to_vec());
        self.bytes.clear();
        self.segment_bytes = 0;
    }

    /// The bytes where they took more room than is kept, to be freed.
    pub(crate) fn take_overgrown(&mut self, kept: usize) -> Option<Vec<u8>> {
        (self.bytes.capacity() > kept).then(|| std::mem::take(&mut self.bytes))
    }

    pub(crate) fn set_deaf(&mut self, deaf: bool) {
        self.deaf = deaf;
    }
}

impl Deref for Output {
    type Target = Vec<u8>;

    fn deref(&self) -> &Vec<u8> {
        &self.bytes
    }
}

impl DerefMut for Output {
    fn deref_mut(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_pieces_keep_their_places() {
        let mut out = Output::default();
        let long = |byte| vec![byte; SEGMENT_BYTES];
        out.extend_from_slice(b"a");
        out.hand_over(long(b'1'));
        out.hand_over(b"short".to_vec());
        out.hand_over(long(b'2'));
        out.hand_over(long(b'3'));
        out.extend_from_slice(b"z");
        let expected = [&b"a"[..], &long(b'1'), b"short", &long(b'2'), &long(b'3'), b"z"].concat();
        assert_eq!((out.unsent(), out.len()), (expected.len(), 7));
        assert!(!out.is_plain());
        assert!(out.into_bytes() == expected);
    }

    #[test]
    fn a_step_is_the_last_where_turns_are_short_or_much_is_unread() {
        let mut out = Output::default();
        assert!(!(0..1000).any(|_| out.must_yield()));
        out.hand_over(vec![0; OUTPUT_BYTES_HIGH + 1]);
        assert!(out.must_yield());
        assert!(Output::of_short_turns().must_yield());
    }
}
