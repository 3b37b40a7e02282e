//! How a journal is kept.

/// When an edit is durable. Redis means the same by these words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// Before it is answered.
    Always,
    /// A second later at most, as far as the disk can follow.
    #[default]
    EverySec,
    /// When the system thinks so; a daemon that is killed loses next to nothing all the same.
    Off,
}

/// A segment is closed at this size: small enough that old ones are soon given back, and large
/// enough that the syncs between two of them do not count.
pub(super) const SEGMENT_BYTES: u64 = 64 << 20;

/// Space is taken so many bytes at a time: some ten thousand edits.
pub(super) const STEP_BYTES: u64 = 4 << 20;

/// So much may wait for the disk: a second of a slow one. More is refused.
pub(super) const UNWRITTEN_BYTES_MAX: u64 = 64 << 20;

/// What can be chosen of a journal.
#[derive(Clone, Debug)]
pub struct Settings {
    /// When an edit is durable.
    pub durability: Durability,
    /// The size of a segment, of which a larger record makes a larger one.
    pub segment_bytes: u64,
    /// How much space is taken ahead.
    pub step_bytes: u64,
    /// How much may wait for the disk.
    pub unwritten_bytes_max: u64,
    /// Whether a thread writes what is handed over, and removes what is obsolete. Without one that is
    /// left to [`Journal::write_now`](super::Journal::write_now): tests do so, since what two threads
    /// do never happens in the same order twice.
    #[doc(hidden)]
    pub has_writer: bool,
    /// Whether segments get indexes. A log that is put together anew gets them at the next start.
    #[doc(hidden)]
    pub has_indexes: bool,
}

impl Settings {
    /// The sizes that suit a daemon.
    #[must_use]
    pub fn new(durability: Durability) -> Self {
        Self {
            durability,
            segment_bytes: SEGMENT_BYTES,
            step_bytes: STEP_BYTES,
            unwritten_bytes_max: UNWRITTEN_BYTES_MAX,
            has_writer: true,
            has_indexes: true,
        }
    }
}
