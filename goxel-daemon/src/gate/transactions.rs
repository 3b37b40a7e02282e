//! [`Transactions`]: which projects a transaction is open on, and which session's it is.
//!
//! A project remembers that one has begun; the session holds it, and this list knows which session
//! is meant. A session that ends drops its hold: its transactions are then abandoned.

use std::sync::{Arc, Weak};

use goxel_core::ProjectId;

use crate::session::Session;

/// Transactions that have begun, and who holds them.
#[derive(Debug, Default)]
pub(super) struct Transactions(Vec<(ProjectId, Weak<()>)>);

impl Transactions {
    /// Whether none has begun.
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this session may edit the project: no other one's transaction is open on it.
    pub(super) fn admit(&self, id: ProjectId, session: &Session) -> bool {
        let mine = session.transaction.as_ref().map(Arc::downgrade);
        self.0.iter().all(|(other, holder)| {
            *other != id || mine.as_ref().is_some_and(|mine| mine.ptr_eq(holder))
        })
    }

    /// The session's transaction on this project has begun.
    pub(super) fn add(&mut self, id: ProjectId, session: &mut Session) {
        let hold = session.transaction.get_or_insert_default();
        self.0.push((id, Arc::downgrade(hold)));
    }

    /// The project is in no transaction any more.
    pub(super) fn forget(&mut self, id: ProjectId) {
        self.0.retain(|(other, _)| *other != id);
    }

    /// The projects whose transactions nobody holds any more, which are forgotten by this.
    pub(super) fn take_abandoned(&mut self) -> Vec<ProjectId> {
        self.0.extract_if(.., |(_, holder)| holder.strong_count() == 0).map(|(id, _)| id).collect()
    }
}
