//! What the gate tells of: each edit that is decided, and what becomes of projects as wholes.
//!
//! Nothing is told before it is decided and, with `--durability always`, durable: each note has the number of
//! the commit that makes it so. Where nobody listens the gate asks one question, [`Events::heard`].

use std::time::Instant;

use goxel_core::{Changed, Project};
use goxel_io::Client;
use goxel_proto::json::Writer;
use goxel_proto::types::Happening;

use super::{Edit, Projects};
use crate::events::{By, Edited, Events, Listeners};
use crate::session::Session;
use crate::storage::Storage;

/// What is told of as done already, wherever it is written.
pub(super) const AT_ONCE: u64 = 0;

/// The commit that makes durable what was written last.
pub(super) fn commit_of(storage: Option<&Storage>) -> u64 {
    storage.map_or(AT_ONCE, Storage::commit_number)
}

fn is_settled(storage: Option<&Storage>, commit: u64) -> bool {
    storage.is_none_or(|storage| storage.is_settled(commit))
}

/// Who a session is to those who are told.
pub(super) fn by(session: &Session) -> By {
    By::One(session.client.number())
}

/// Tells of an edit that was made since the mark.
#[cold]
pub(super) fn tell_edit(
    listeners: &mut Listeners,
    project: &Project,
    mark: &goxel_core::Mark,
    edit: Edit<'_>,
    commit: u64,
) {
    let edited = Edited::since(mark, project, edit.written.method(), by(edit.session));
    if let Some(edited) = edited {
        listeners.edited(&edited, commit);
    }
}

/// Tells that a project took the place of another version of itself, which had this number.
pub(super) fn tell_replaced(
    listeners: &mut Listeners,
    project: &Project,
    from: u64,
    by: By,
    commit: u64,
) {
    listeners.became(Happening::Replaced, project, by, commit);
    if let Some(edited) = Edited::of(project, Changed::anything(), from, by) {
        listeners.edited(&edited, commit);
    }
}

impl Projects {
    /// Those who listen.
    pub(crate) fn events(&mut self) -> &mut Events {
        &mut self.events
    }

    /// The same, to look at.
    pub(crate) fn listeners(&self) -> Option<&Listeners> {
        self.events.listeners()
    }

    /// Whether somebody listens to a project.
    pub(crate) fn is_heard(&self, project: &Project) -> bool {
        self.events.listeners().is_some_and(|listeners| listeners.hear(project))
    }

    /// A connection that is to be told of events by now.
    #[inline]
    pub(crate) fn next_listener(&mut self, now: Instant) -> Option<Client> {
        let storage = self.storage.as_deref();
        self.events.heard()?.next(now, |commit| is_settled(storage, commit))
    }

    /// Writes what a connection was not told yet; false where it does not listen.
    pub(crate) fn poll_events(&mut self, client: Client, w: &mut Writer<'_>) -> bool {
        let storage = self.storage.as_deref();
        let listeners = self.events.heard();
        listeners.is_some_and(|listeners| {
            listeners.poll(client, |commit| is_settled(storage, commit), w)
        })
    }

    /// A commit failed: nobody knows what became of that which waits for it.
    #[cold]
    pub(super) fn lose_events(&mut self) {
        if let Some(listeners) = self.events.heard() {
            listeners.lose();
        }
    }

    /// Something became of an open project by itself, or by several.
    pub(super) fn tell_became(&mut self, what: Happening, project: goxel_core::ProjectId) {
        if let Some(listeners) = self.events.heard()
            && let Ok(project) = self.context.project(Some(project))
        {
            listeners.became(what, project, By::Others, AT_ONCE);
        }
    }
}
