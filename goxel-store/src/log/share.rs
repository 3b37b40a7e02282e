//! [`Share`]: what a project has in a segment, and [`Part`]: where that is.

/// What a project has in a segment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// The version of the project before its first record there; the one before that record's own where
    /// nobody knows.
    pub after: u64,
    /// Its versions there: that of its first record, and the highest.
    pub first_version: u64,
    /// See `first_version`.
    pub last_version: u64,
    /// What its records take.
    pub bytes: u64,
    /// When they were made, in milliseconds since 1970; 0 where nobody knows.
    pub first_ms: u64,
    /// See `first_ms`.
    pub last_ms: u64,
    /// Whether there is a record of it that needs nothing before it.
    pub is_opened: bool,
    /// Whether it was deleted there.
    pub is_deleted: bool,
}

impl Share {
    /// Takes in what comes behind.
    pub(super) fn add(&mut self, later: &Self) {
        if self.bytes == 0 {
            *self = *later;
            return;
        }
        self.last_version = self.last_version.max(later.last_version);
        self.bytes += later.bytes;
        self.last_ms = later.last_ms;
        self.is_opened |= later.is_opened;
        self.is_deleted |= later.is_deleted;
    }
}

/// A segment with records of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The number of the segment.
    pub number: u64,
    /// Where it ends.
    pub end: u64,
    /// The time when it was begun, in milliseconds since 1970; 0 where nobody knows.
    pub began_ms: u64,
    /// What the project has there.
    pub share: Share,
}

/// The number of the segment with the first record behind a version of a project, where all of its records are
/// there from that one on: else the version leads to no other. `parts` are all that there are of it, oldest first.
#[must_use]
pub fn leads_on(parts: &[Part], version: u64) -> Option<u64> {
    let behind = parts.iter().position(|part| part.share.last_version > version)?;
    // Within a segment nothing is missing, and segments go whole.
    let mut reached = version;
    for part in &parts[behind..] {
        if part.share.after > reached {
            return None;
        }
        reached = part.share.last_version.max(reached);
    }
    Some(parts[behind].number)
}
