//! [`ClientHot`] and [`ClientCold`]: what is kept of a connected client, hot and cold apart.
//!
//! What every wake-up of a client touches stands in one cache line, [`ClientHot`]; what is looked
//! at once in a connection's life stands beside it, [`ClientCold`]. Hot records lie densely in a
//! [`Slab`], in the order of their keys: a client's line is at `key * 64`, with no pointer on the
//! way.
//!
//! ```text
//!  0 socket       4 flags   8 input: buffer start end   20 output: buffer start end
//! 32 generation  36 session 40 last active  48 bytes received  56 requests
//! ```
//!
//! Rationale: one wake-up that handles a request reads and writes all of these. In one line they
//! cost one miss; spread over the structures that they belong to they would cost five.
//!
//! A record owns its client's socket and cannot be copied, so there is one owner of a descriptor
//! at any time, and dropping the record closes it.

use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};

/// A client's state flags, as bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClientFlags(u32);

impl ClientFlags {
    /// The socket may have more to read.
    pub const READABLE: Self = Self(1);
    /// The peer will send nothing more.
    pub const INPUT_CLOSED: Self = Self(1 << 1);
    /// A job of this client runs.
    pub const JOB_RUNNING: Self = Self(1 << 2);
    /// To be closed when the output is sent.
    pub const CLOSING: Self = Self(1 << 3);
    /// The peer takes nothing more: replies are dropped.
    pub const OUTPUT_CLOSED: Self = Self(1 << 4);
    /// In the line of those that have more to do.
    pub const RUNNABLE: Self = Self(1 << 5);
    /// Its input is not received at present.
    pub const HELD_BACK: Self = Self(1 << 6);
    /// The kernel has seen the end of its input, which may still have to be read.
    pub const HANG_UP: Self = Self(1 << 7);
    /// It waits until the service names it.
    pub const ON_HOLD: Self = Self(1 << 8);
    /// The service goes on with its last frame at its next turn.
    pub const UNFINISHED: Self = Self(1 << 9);
    /// The service was told that its peer takes nothing more.
    pub const GONE: Self = Self(1 << 10);
    /// Its last turn took long, so the others go first.
    pub const HEAVY: Self = Self(1 << 11);
    /// The service has named it: others wait until it has gone on, whether or not it reads.
    pub const NAMED: Self = Self(1 << 12);
    /// It has replies that leave when what they tell of is durable.
    pub const UNCOMMITTED: Self = Self(1 << 13);
    /// These did not leave with the commit of their wake-up: what they tell of has to become durable
    /// elsewhere, too.
    pub const AWAITS_COMMIT: Self = Self(1 << 14);

    /// Its next frame has to wait for what is under way.
    pub const WAITING: Self = Self(Self::JOB_RUNNING.0 | Self::ON_HOLD.0 | Self::AWAITS_COMMIT.0);
    /// Its next frame is not for now.
    pub const PAUSED: Self = Self(Self::BUSY.0 | Self::CLOSING.0);
    /// Nothing is received of it, so that would not tell when it is gone.
    pub const UNHEARD: Self = Self(Self::INPUT_CLOSED.0 | Self::HELD_BACK.0);
    /// It is in the middle of a frame.
    pub const BUSY: Self = Self(Self::WAITING.0 | Self::UNFINISHED.0);

    /// There may be something to do at its next turn.
    pub const GOES_ON: Self =
        Self(Self::READABLE.0 | Self::UNFINISHED.0 | Self::HELD_BACK.0 | Self::OUTPUT_CLOSED.0);

    /// Whether any bit of `flags` is set.
    #[must_use]
    pub const fn has_any(self, flags: Self) -> bool {
        self.0 & flags.0 != 0
    }

    /// Whether all bits of `flags` are set.
    #[must_use]
    pub const fn has(self, flags: Self) -> bool {
        self.0 & flags.0 == flags.0
    }

    /// Sets or clears the bits of `flags`.
    pub const fn set(&mut self, flags: Self, on: bool) {
        self.0 = if on { self.0 | flags.0 } else { self.0 & !flags.0 };
    }
}

/// A buffer by its handle, and the part of it that is in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(C)]
pub struct BufferSpan {
    /// The pool's handle; [`BufferSpan::NO_BUFFER`] where none is held.
    pub buffer: u32,
    /// The first byte in use.
    pub start: u32,
    /// The byte after the last one in use.
    pub end: u32,
}

impl BufferSpan {
    /// The handle that stands for none.
    pub const NO_BUFFER: u32 = u32::MAX;
    /// No buffer, and nothing in it.
    pub const EMPTY: Self = Self { buffer: Self::NO_BUFFER, start: 0, end: 0 };

    /// Bytes in use.
    #[must_use]
    pub const fn len(&self) -> usize {
        (self.end - self.start) as usize
    }

    /// Whether nothing is in use.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.start == self.end
    }
}

/// What every wake-up of a client touches: one cache line.
#[derive(Debug)]
#[repr(C, align(64))]
pub struct ClientHot {
    /// Owned by this record alone: nobody else can close it, and it cannot outlive the record.
    socket: OwnedFd,
    /// What state the connection is in.
    pub flags: ClientFlags,
    /// What was received and not handled yet.
    pub input: BufferSpan,
    /// What is to be sent and was not taken yet.
    pub output: BufferSpan,
    /// Tells this client from earlier ones under the same key. 24 bits.
    pub generation: u32,
    /// Where the service's session is.
    pub session: u32,
    /// When it was last served, in milliseconds since the loop began.
    pub last_active_ms: u64,
    /// Bytes received in all.
    pub received: u64,
    /// Requests handled in all.
    pub requests: u64,
}

const _: () = assert!(size_of::<ClientHot>() == 64 && align_of::<ClientHot>() == 64);

impl ClientHot {
    /// Of a client that has just come.
    #[must_use]
    pub fn new(socket: OwnedFd, now_ms: u64) -> Self {
        Self {
            socket,
            flags: ClientFlags::default(),
            input: BufferSpan::EMPTY,
            output: BufferSpan::EMPTY,
            generation: 0,
            session: 0,
            last_active_ms: now_ms,
            received: 0,
            requests: 0,
        }
    }

    /// The client's socket, open for as long as the record is borrowed.
    #[must_use]
    pub fn socket(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// What is seldom looked at.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct ClientCold {
    /// It was the n-th to connect, counted from 1.
    pub number: u64,
    /// Which of the listening sockets it came by, counted from 0.
    pub entrance: usize,
    /// The peer's process, as the kernel knew it when it connected; 0 where it did not say.
    pub pid: u32,
    /// The peer's user.
    pub uid: u32,
    /// The peer's group.
    pub gid: u32,
    /// When it connected, in milliseconds since the loop began.
    pub connected_ms: u64,
    /// Bytes sent in all.
    pub sent: u64,
    /// What the client calls itself.
    pub name: Option<Box<str>>,
}

/// Hot records by key, densely. Keys of clients that left are used again, with another generation.
#[derive(Debug)]
pub struct Slab {
    entries: Vec<Entry>,
    /// The first free entry, or [`Slab::NONE`].
    free: u32,
    len: usize,
}

/// A place for a client. The compiler tells the two apart by the descriptor, which is never -1, so
/// this is no larger than the record itself.
#[derive(Debug)]
enum Entry {
    Taken(ClientHot),
    /// `next` is the free entry after this one; `generation` is what the next client here gets.
    Free {
        next: u32,
        generation: u32,
    },
}

const _: () = assert!(size_of::<Entry>() == size_of::<ClientHot>());

impl Default for Slab {
    fn default() -> Self {
        Self { entries: Vec::new(), free: Self::NONE, len: 0 }
    }
}

impl Slab {
    const NONE: u32 = u32::MAX;
    /// Generations wrap here: tokens have 24 bits for them.
    pub const GENERATION_MASK: u32 = (1 << 24) - 1;

    /// Takes a client in, and gives its key.
    pub fn insert(&mut self, client: ClientHot) -> u32 {
        self.len += 1;
        let key = self.free;
        if let Some(entry) = self.entries.get_mut(key as usize)
            && let Entry::Free { next, generation } = *entry
        {
            self.free = next;
            *entry = Entry::Taken(ClientHot { generation, ..client });
            return key;
        }
        self.entries.push(Entry::Taken(client));
        self.entries.len() as u32 - 1
    }

    /// The client under `key`.
    #[must_use]
    pub fn get(&self, key: u32) -> Option<&ClientHot> {
        self.entries.get(key as usize)?.client()
    }

    /// The same, to change.
    pub fn get_mut(&mut self, key: u32) -> Option<&mut ClientHot> {
        match self.entries.get_mut(key as usize)? {
            Entry::Taken(client) => Some(client),
            Entry::Free { .. } => None,
        }
    }

    /// Takes a client out. Its socket is closed when the record is dropped.
    pub fn remove(&mut self, key: u32) -> Option<ClientHot> {
        let generation = (self.get(key)?.generation + 1) & Self::GENERATION_MASK;
        let free = Entry::Free { next: self.free, generation };
        let Entry::Taken(client) = std::mem::replace(self.entries.get_mut(key as usize)?, free)
        else {
            return None;
        };
        self.free = key;
        self.len -= 1;
        Some(client)
    }

    /// How many clients there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// All clients with their keys.
    pub fn iter(&self) -> impl Iterator<Item = (u32, &ClientHot)> {
        (0..).zip(&self.entries).filter_map(|(key, entry)| Some((key, entry.client()?)))
    }
}

impl Entry {
    fn client(&self) -> Option<&ClientHot> {
        match self {
            Self::Taken(client) => Some(client),
            Self::Free { .. } => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;
    use std::os::unix::net::UnixStream;

    /// A client, and the other end of its socket.
    fn client(received: u64) -> (ClientHot, UnixStream) {
        let (ours, theirs) = UnixStream::pair().unwrap();
        (ClientHot { received, ..ClientHot::new(ours.into(), 0) }, theirs)
    }

    #[test]
    fn keys_are_used_again_under_another_generation() {
        let mut slab = Slab::default();
        let keys: Vec<u32> = (10..14).map(|mark| slab.insert(client(mark).0)).collect();
        assert_eq!(keys, [0, 1, 2, 3]);
        assert_eq!(slab.remove(1).map(|client| client.received), Some(11));
        assert_eq!(slab.remove(3).map(|client| client.received), Some(13));
        assert!(slab.remove(3).is_none() && slab.get(1).is_none() && slab.len() == 2);
        for (mark, key) in [(20, 3), (21, 1), (22, 4)] {
            assert_eq!(slab.insert(client(mark).0), key);
        }
        let seen: Vec<_> = slab.iter().map(|(key, c)| (key, c.received, c.generation)).collect();
        assert_eq!(seen, [(0, 10, 0), (1, 21, 1), (2, 12, 0), (3, 20, 1), (4, 22, 0)]);
    }

    #[test]
    fn records_are_dense_lines() {
        let mut slab = Slab::default();
        (0..3).for_each(|mark| assert_eq!(slab.insert(client(mark).0), mark as u32));
        let address = |key| std::ptr::from_ref(slab.get(key).unwrap()) as usize;
        assert_eq!((address(0) % 64, address(2) - address(0)), (0, 128));
    }

    #[test]
    fn a_socket_is_open_for_as_long_as_its_record() {
        let mut slab = Slab::default();
        let (first, mut theirs) = client(1);
        let key = slab.insert(first);
        let mut byte = [0];
        theirs.set_nonblocking(true).unwrap();
        assert!(theirs.read(&mut byte).is_err(), "open, and nothing sent");
        let record = slab.remove(key).unwrap();
        assert!(theirs.read(&mut byte).is_err(), "the record has it still");
        drop(record);
        assert_eq!(theirs.read(&mut byte).unwrap(), 0);
    }

    #[test]
    fn flags() {
        let mut flags = ClientFlags::default();
        flags.set(ClientFlags::JOB_RUNNING, true);
        flags.set(ClientFlags::OUTPUT_CLOSED, true);
        flags.set(ClientFlags::JOB_RUNNING, false);
        assert!(flags.has(ClientFlags::OUTPUT_CLOSED) && !flags.has(ClientFlags::JOB_RUNNING));
    }
}
