//! [`Span`]: the versions that something was done over, and [`By`] whom.

/// Who did something: connections by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum By {
    /// The daemon itself, or several.
    Others,
    /// One connection alone.
    One(u64),
}

impl By {
    fn merge(&mut self, other: Self) {
        if *self != other {
            *self = Self::Others;
        }
    }
}

/// Versions that something was done over, and by whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) from: u64,
    pub(super) to: u64,
    pub(super) by: By,
}

impl Span {
    pub(super) fn merge(&mut self, later: Self) {
        (self.from, self.to) = (self.from.min(later.from), self.to.max(later.to));
        self.by.merge(later.by);
    }
}
