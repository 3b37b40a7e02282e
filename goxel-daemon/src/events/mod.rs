//! [`Events`]: what happens to projects, and the connections that are told of it.
//!
//! ```text
//! gate, jobs --> the open window: one entry a project and kind        window.rs
//!                  |  when it is due, at a commit, or when somebody asks
//!                  v
//!                sealed windows, each by a number                       chain.rs
//!                  |  all behind the last that a listener was told
//!                  v
//!                lines, written once for all who are at the same place  lines.rs
//! ```
//!
//! Nothing is queued for a listener: it has a number, that of the first window that it was not told. So a
//! thousand of them cost the gate no more than one, who does not read costs a number, and the windows that
//! are kept are bounded. Without listeners the gate asks one question.

mod chain;
mod kinds;
mod lines;
mod listener;
mod listeners;
mod notes;
mod span;
mod window;

pub(crate) use self::kinds::Kinds;
pub(crate) use self::listeners::{Listeners, Turn};
pub(crate) use self::notes::{Edited, JobNote};
pub(crate) use self::span::By;

/// Connections that listen, at the most. Each takes some hundred bytes here; telling all of them takes some
/// thousandths of a second.
pub(crate) const LISTENERS_MAX: usize = 4096;
/// Projects that one connection names, at the most; who wants more of them wants all.
pub(crate) const SUBSCRIPTIONS_MAX: usize = 64;
/// Bytes that a connection has not read, over which it is told no more until it has: some dozens of events,
/// a second's worth.
pub(crate) const UNREAD_BYTES_MAX: usize = 64 << 10;

/// The listeners, where there are any.
#[derive(Debug, Default)]
pub(crate) struct Events(Option<Box<Listeners>>);

impl Events {
    /// Those who listen; none where nobody does.
    #[inline]
    pub(crate) fn heard(&mut self) -> Option<&mut Listeners> {
        self.0.as_deref_mut()
    }

    /// The same, to look at.
    pub(crate) fn listeners(&self) -> Option<&Listeners> {
        self.0.as_deref()
    }

    /// Those who listen, among whom somebody shall be.
    pub(crate) fn begin(&mut self) -> &mut Listeners {
        self.0.get_or_insert_default()
    }

    /// Forgets all where nobody listens any more.
    pub(crate) fn end_where_unheard(&mut self) {
        self.0.take_if(|listeners| listeners.count() == 0);
    }
}

#[cfg(test)]
mod tests;
