//! [`Transactions`]: which projects a transaction is open on, and which session's it is.
//!
//! A project remembers that one has begun; the session holds it, and this list knows which session
//! is meant. A session that ends drops its hold: its transactions are then abandoned. So they are
//! where it calls nothing for too long: others wait for the project. It is told at its next call
//! that would change the project, and at all such calls until it begins or ends a transaction:
//! what it goes on with would else be half of a step.

use std::sync::{Arc, Weak};
use std::time::Duration;

use goxel_core::ProjectId;

use crate::session::{Hold, Session};

/// Seconds for which a session may call nothing while its transaction is open. A program that works
/// out its next edit takes seconds, a person who types a batch a minute or two; whoever takes longer
/// has hung or forgotten it, and nobody else can edit the project.
pub const TRANSACTION_IDLE_S: u32 = 300;

/// Transactions that have begun, and who holds them.
#[derive(Debug, Default)]
pub(super) struct Transactions {
    open: Vec<(ProjectId, Weak<Hold>)>,
    /// Those that were rolled back since nothing was called, until who began them is done with them.
    lost: Vec<(ProjectId, Weak<Hold>)>,
}

/// What another session's transaction, or one's own, means for an edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Nothing.
    Free,
    /// Another session holds the project.
    Held,
    /// The session's own transaction on the project was rolled back, which it does not know.
    Lost,
}

impl Transactions {
    /// Whether none is open.
    #[inline]
    pub(super) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    /// Whether one is open on this project.
    pub(super) fn is_open(&self, id: ProjectId) -> bool {
        self.open.iter().any(|(other, _)| *other == id)
    }

    /// Whether this session may edit the project.
    pub(super) fn way(&self, id: ProjectId, session: &Session) -> Way {
        let is_here = |(other, _): &&(ProjectId, Weak<Hold>)| *other == id;
        if self.open.iter().filter(is_here).any(|(_, holder)| !is_mine(holder, session)) {
            return Way::Held;
        }
        let lost = self.lost.iter().filter(is_here).any(|(_, holder)| is_mine(holder, session));
        if lost { Way::Lost } else { Way::Free }
    }

    /// Whether a transaction is open on this project.
    pub(super) fn is_open_on(&self, id: ProjectId) -> bool {
        self.open.iter().any(|(other, _)| *other == id)
    }

    /// The session's transaction on this project has begun.
    pub(super) fn add(&mut self, id: ProjectId, session: &mut Session) {
        let hold = session.transaction.get_or_insert_default();
        hold.wake();
        self.open.push((id, Arc::downgrade(hold)));
    }

    /// The project is in no transaction any more.
    pub(super) fn forget(&mut self, id: ProjectId) {
        self.open.retain(|(other, _)| *other != id);
    }

    /// The session begins or ends a transaction on this project: whether it had lost one, which is
    /// forgotten by this.
    pub(super) fn take_lost(&mut self, id: ProjectId, session: &Session) -> bool {
        let taken =
            self.lost.extract_if(.., |(other, holder)| *other == id && is_mine(holder, session));
        taken.count() > 0
    }

    /// The project is closed.
    pub(super) fn close(&mut self, id: ProjectId) {
        self.forget(id);
        self.lost.retain(|(other, _)| *other != id);
    }

    /// Whether the session has a transaction, open or lost.
    pub(super) fn has_any(&self, session: &Session) -> bool {
        self.open.iter().chain(&self.lost).any(|(_, holder)| is_mine(holder, session))
    }

    /// All projects that a transaction is open on, which are forgotten by this: the daemon ends.
    pub(super) fn take_all(&mut self) -> Vec<ProjectId> {
        self.open.drain(..).map(|(id, _)| id).collect()
    }

    /// The projects whose transactions nobody holds any more, or whose holders have called nothing
    /// for longer than `limit`. They are forgotten by this, the latter until their holders are told.
    pub(super) fn take_over(&mut self, now: Duration, limit: Duration) -> Vec<ProjectId> {
        self.lost.retain(|(_, holder)| holder.strong_count() > 0);
        let is_over = |(_, holder): &mut (ProjectId, Weak<Hold>)| {
            holder.upgrade().is_none_or(|hold| hold.is_idle(now, limit))
        };
        let over: Vec<_> = self.open.extract_if(.., is_over).collect();
        let ids = over.iter().map(|(id, _)| *id).collect();
        self.lost.extend(over.into_iter().filter(|(_, holder)| holder.strong_count() > 0));
        ids
    }
}

fn is_mine(holder: &Weak<Hold>, session: &Session) -> bool {
    session.transaction.as_ref().is_some_and(|mine| Arc::downgrade(mine).ptr_eq(holder))
}
