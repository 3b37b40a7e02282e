//! Records on their way to another directory: the bytes of a stream from a daemon to one that follows it.
//!
//! ```text
//!  0  4  checksum of the rest of the head: CRC-32
//!  4  4  checksum of the payload: CRC-32
//!  8  4  bytes of the payload
//! 12  1  kind: as of records, or one of the stream's own
//! 13  3  0
//! 16  8  number of the project
//! 24  8  the version that it makes
//! 32     payload
//! ```
//!
//! A head is checked before its length is believed, so a reader never waits for bytes that nobody sends.

use crc32fast::Hasher;

use crate::log::PAYLOAD_BYTES_MAX;

/// Bytes before a payload.
pub const HEAD_BYTES: usize = 32;

/// What messages are, beside records: no record is of these.
pub mod kind {
    /// Whoever sends is there, and has nothing to say. It is not counted.
    pub const ALIVE: u8 = 240;
    /// Every project that there is was sent. The project is the current one, 0 for none.
    pub const COMPLETE: u8 = 241;
    /// Of this project nothing is sent here, though a state was to come: it comes later, or cannot be read.
    pub const NOTHING: u8 = 242;
}

/// A message as it was received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What it is: see [`kind`], and those of records.
    pub kind: u8,
    /// The number of the project.
    pub project: u64,
    /// The version that it makes.
    pub version: u64,
    /// What it says.
    pub payload: Vec<u8>,
}

/// What cannot be a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StreamError {
    /// The head says something else than was sent.
    #[error("the head of a message is damaged")]
    Head,
    /// The payload is another than was sent.
    #[error("what a message says is damaged")]
    Payload,
    /// Nobody sends so much.
    #[error("a message of {0} bytes is longer than any")]
    TooLong(usize),
}

/// Appends a message to `out`. Its payload comes in parts.
pub fn put(out: &mut Vec<u8>, kind: u8, project: u64, version: u64, payload: &[&[u8]]) {
    let bytes = payload.iter().map(|part| part.len()).sum::<usize>();
    let mut hasher = Hasher::new();
    payload.iter().for_each(|part| hasher.update(part));
    out.reserve(HEAD_BYTES + bytes);
    out.extend_from_slice(&head(kind, project, version, bytes, hasher.finalize()));
    payload.iter().for_each(|part| out.extend_from_slice(part));
}

/// What stands before a payload of so many bytes that has this checksum ([`checksum`]).
#[must_use]
pub fn head(
    kind: u8,
    project: u64,
    version: u64,
    payload_bytes: usize,
    payload_checksum: u32,
) -> [u8; HEAD_BYTES] {
    // What a record may hold fits.
    let length = u32::try_from(payload_bytes).unwrap_or(u32::MAX);
    let mut head = [0; HEAD_BYTES];
    head[4..8].copy_from_slice(&payload_checksum.to_le_bytes());
    head[8..12].copy_from_slice(&length.to_le_bytes());
    head[12] = kind;
    head[16..24].copy_from_slice(&project.to_le_bytes());
    head[24..].copy_from_slice(&version.to_le_bytes());
    let sum = checksum(&head[4..]);
    head[..4].copy_from_slice(&sum.to_le_bytes());
    head
}

/// The checksum of a payload.
#[must_use]
pub fn checksum(payload: &[u8]) -> u32 {
    crc32fast::hash(payload)
}

/// Bytes as they come, and the messages in them.
#[derive(Debug, Default)]
pub struct Incoming {
    bytes: Vec<u8>,
    /// Up to where they were given out.
    at: usize,
}

impl Incoming {
    /// Takes bytes that came.
    pub fn take(&mut self, bytes: &[u8]) {
        // What was given out makes room when it is more than what is left: each byte moves once or so.
        if self.at > self.bytes.len() / 2 {
            self.bytes.drain(..self.at);
            self.at = 0;
        }
        self.bytes.extend_from_slice(bytes);
    }

    /// Bytes that are here and in no message that was given out.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// The next message, where it came whole.
    ///
    /// # Errors
    /// Where what came is no message: nothing behind it can be read either.
    pub fn next_message(&mut self) -> Result<Option<Message>, StreamError> {
        let Some(head) = self.bytes[self.at..].first_chunk::<HEAD_BYTES>() else {
            return Ok(None);
        };
        if u32_at(head, 0) != checksum(&head[4..]) {
            return Err(StreamError::Head);
        }
        let length = u32_at(head, 8) as usize;
        if length >= PAYLOAD_BYTES_MAX {
            return Err(StreamError::TooLong(length));
        }
        let start = self.at + HEAD_BYTES;
        let Some(payload) = self.bytes.get(start..start + length) else { return Ok(None) };
        if u32_at(head, 4) != checksum(payload) {
            return Err(StreamError::Payload);
        }
        let message = Message {
            kind: head[12],
            project: u64_at(head, 16),
            version: u64_at(head, 24),
            payload: payload.to_vec(),
        };
        self.at = start + length;
        if self.at == self.bytes.len() {
            self.at = 0;
            self.bytes.clear();
            // A state is as large as its project, and comes once.
            self.bytes.shrink_to(ROOM_KEPT_BYTES);
        }
        Ok(Some(message))
    }
}

/// Room that is kept for what comes next: several reads of a socket.
const ROOM_KEPT_BYTES: usize = 1 << 20;

fn u32_at(bytes: &[u8; HEAD_BYTES], at: usize) -> u32 {
    let mut number = [0; 4];
    number.copy_from_slice(&bytes[at..at + 4]);
    u32::from_le_bytes(number)
}

fn u64_at(bytes: &[u8; HEAD_BYTES], at: usize) -> u64 {
    let mut number = [0; 8];
    number.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(number)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn message(kind: u8, project: u64, version: u64, payload: &[u8]) -> Message {
        Message { kind, project, version, payload: payload.to_vec() }
    }

    fn all(incoming: &mut Incoming) -> Result<Vec<Message>, StreamError> {
        std::iter::from_fn(|| incoming.next_message().transpose()).collect()
    }

    #[test]
    fn the_bytes_are_these() {
        let mut out = Vec::new();
        put(&mut out, 2, 0x0102, 7, &[b"a", b"", b"bc"]);
        assert_eq!(out[4..8], crc32fast::hash(b"abc").to_le_bytes());
        let rest = [3, 0, 0, 0, 2, 0, 0, 0, 2, 1, 0, 0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0];
        assert_eq!(out[8..32], rest);
        assert_eq!(out[..4], crc32fast::hash(&out[4..32]).to_le_bytes());
        assert_eq!(&out[32..], b"abc");
    }

    #[test]
    fn a_length_is_bounded_before_it_is_waited_for() {
        let mut incoming = Incoming::default();
        incoming.take(&head(1, 2, 3, PAYLOAD_BYTES_MAX, 0));
        assert_eq!(incoming.next_message(), Err(StreamError::TooLong(PAYLOAD_BYTES_MAX)));
        let mut incoming = Incoming::default();
        incoming.take(&head(1, 2, 3, PAYLOAD_BYTES_MAX - 1, 0));
        assert_eq!(incoming.next_message(), Ok(None));
    }

    fn messages() -> impl Strategy<Value = Vec<Message>> {
        let payload = proptest::collection::vec(any::<u8>(), 0..200);
        let one = (any::<u8>(), any::<u64>(), any::<u64>(), payload);
        let one = one.prop_map(|(kind, project, version, payload)| Message {
            kind,
            project,
            version,
            payload,
        });
        proptest::collection::vec(one, 0..8)
    }

    fn bytes_of(messages: &[Message]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for Message { kind, project, version, payload } in messages {
            put(&mut bytes, *kind, *project, *version, &[payload]);
        }
        bytes
    }

    proptest! {
        #[test]
        fn messages_come_as_they_were_sent_however_they_are_cut(
            sent in messages(), cuts in proptest::collection::vec(1_usize..90, 1..40),
        ) {
            let bytes = bytes_of(&sent);
            let (mut incoming, mut received, mut rest) = (Incoming::default(), Vec::new(), &bytes[..]);
            for cut in cuts.iter().cycle() {
                let (now, later) = rest.split_at((*cut).min(rest.len()));
                incoming.take(now);
                received.extend(all(&mut incoming).expect("whole"));
                rest = later;
                if rest.is_empty() {
                    break;
                }
            }
            prop_assert_eq!(received, sent);
            prop_assert_eq!(incoming.waiting(), 0);
        }

        #[test]
        fn a_flipped_bit_is_noticed(sent in messages(), bit in any::<proptest::sample::Index>()) {
            let mut bytes = bytes_of(&sent);
            prop_assume!(!bytes.is_empty());
            let bit = bit.index(bytes.len() * 8);
            bytes[bit / 8] ^= 1 << (bit % 8);
            let mut incoming = Incoming::default();
            incoming.take(&bytes);
            let mut received = Vec::new();
            let mut end = Ok(());
            loop {
                match incoming.next_message() {
                    Ok(Some(message)) => received.push(message),
                    Ok(None) => break,
                    Err(error) => {
                        end = Err(error);
                        break;
                    }
                }
            }
            prop_assert!(end.is_err());
            prop_assert_eq!(&received[..], &sent[..received.len()]);
        }

        #[test]
        fn whatever_comes_is_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let mut incoming = Incoming::default();
            incoming.take(&bytes);
            let read = all(&mut incoming);
            prop_assert!(bytes.len() < HEAD_BYTES || read.is_err());
        }
    }

    #[test]
    fn what_was_given_out_makes_room() {
        let mut incoming = Incoming::default();
        let mut bytes = Vec::new();
        put(&mut bytes, 1, 2, 3, &[&[7; 1000]]);
        for _ in 0..2000 {
            incoming.take(&bytes);
            assert_eq!(incoming.next_message(), Ok(Some(message(1, 2, 3, &[7; 1000]))));
        }
        assert!(incoming.bytes.capacity() <= ROOM_KEPT_BYTES);
    }
}
