//! [`Projects`]: the open projects, and the one gate that every change of them passes.
//!
//! Anybody may read a project. `&mut Project` is handed out in [`Projects::edit_from`] alone, and
//! projects come and go in [`Projects::open`] and [`Projects::close`]; nothing else in the daemon
//! can change one, since the fields are private to this module. A change, whatever its way in -
//! a single voxel, a command, a copy, an import that a worker prepared, undo, a transaction -
//! goes through these steps in one place:
//!
//! 1. [`Projects::admit`]: may this session make this change, and now? While a long edit of the
//!    project is under way the answer is [`Fault::Wait`]: the call is carried out once its turn
//!    has come.
//! 2. The change is carried out: on the loop, or on a worker in a fork of the project
//!    ([`Projects::fork`]), which others go on reading meanwhile. One that fails leaves the project
//!    as it was.
//! 3. It is written into the data directory, where there is one: what cannot be is taken back.
//! 4. Whoever listens is told of it, once that is durable ([`told`]).
//! 5. The project has another version, and the outcome goes back to the caller, who gives errors
//!    the code of the method ([`Fault::into_rpc`]).

mod everything;
mod followed;
mod kept;
mod lines;
mod long;
mod renamed;
mod sessions;
mod told;
mod transactions;
mod wholes;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use goxel_core::{Context, Project, ProjectId};
use goxel_proto::RpcError;
use std::panic::{AssertUnwindSafe, catch_unwind};

pub(crate) use self::everything::{Everything, LeftOut};
use self::lines::Lines;
pub(crate) use self::long::{Dropped, Fork, is_small};
use self::sessions::Sessions;
pub use self::transactions::TRANSACTION_IDLE_S;
use self::transactions::{Transactions, Way};
use crate::events::Events;
use crate::fault::{Fault, Result, Waits};
use crate::meant::Meant;
use crate::memory;
use crate::session::Session;
use crate::storage::{Storage, Written};

/// The open projects, to read; to change them, through the functions of this type.
#[derive(Debug, Default)]
pub(crate) struct Projects {
    context: Context,
    transactions: Transactions,
    sessions: Sessions,
    /// Where a long edit is under way, and who waits for it.
    lines: Lines,
    /// What is to be freed on a worker.
    dropped: Vec<Dropped>,
    /// The data directory, where there is one: it is told of every change.
    storage: Option<Box<Storage>>,
    /// Whom this daemon follows: nobody else changes anything here.
    leader: Option<Box<str>>,
    /// Those who are told of what happens.
    events: Events,
}

/// Who wants to edit which project. `None` is the current one.
#[derive(Clone, Copy)]
pub(crate) struct Edit<'a> {
    pub(crate) session: &'a Session,
    pub(crate) project: Option<ProjectId>,
    /// How it is written into the data directory.
    pub(crate) written: Written<'a>,
}

/// What becomes of the session's hold on a project when an edit is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// Nothing.
    Nothing,
    /// A transaction has begun: no other session may edit the project.
    Hold,
    /// The transaction is over.
    LetGo,
}

/// Reading.
impl Projects {
    /// None yet. Their identities count from the time on: a daemon that runs later gives others, as
    /// no daemon opens projects faster than the clock counts 256ths of milliseconds.
    pub(crate) fn begun_at(time: SystemTime) -> Self {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        let number = u64::try_from(since.as_millis()).unwrap_or(u64::MAX) << 8;
        Self { context: Context::counting_from(number), ..Self::default() }
    }

    /// A project. `None` stands for the current one.
    #[inline]
    pub(crate) fn read(&self, id: Option<ProjectId>) -> Result<&Project> {
        self.context.project(id).map_err(|error| self.not_open(error))
    }

    /// The project of this name or identity, which the parameter `place` has.
    pub(crate) fn find(&self, text: &str, place: &str) -> Result<ProjectId> {
        match (self.context.find(text), &self.storage) {
            (Ok(id), _) => Ok(id),
            (Err(error), storage) => {
                match storage.as_ref().and_then(|storage| storage.find(text)) {
                    Some(stored) => Err(Fault::Stored(stored)),
                    None => Err(RpcError::params(place, error).into()),
                }
            }
        }
    }

    /// Makes an open project the current one, which changes nothing in it.
    pub(crate) fn set_current(&mut self, id: ProjectId) {
        self.context.set_current(id);
        if let Some(storage) = &mut self.storage {
            storage.set_current(None);
        }
    }

    /// All of them, oldest first.
    pub(crate) fn all(&self) -> Vec<(ProjectId, &Project)> {
        self.context.projects()
    }

    /// Whether every edit may be made, by anybody and at once: no transaction is open, and no long
    /// edit under way.
    #[inline]
    pub(crate) fn is_calm(&self) -> bool {
        self.transactions.is_empty() && self.lines.is_empty()
    }
}

/// Editing.
impl Projects {
    /// Edits a project.
    #[inline]
    pub(crate) fn edit<T, E: From<Fault>>(
        &mut self,
        edit: Edit<'_>,
        work: impl FnOnce(&mut Project) -> Result<T, E>,
    ) -> Result<T, E> {
        self.edit_from(edit, |_| Ok(()), |project, ()| work(project))
    }

    /// Edits a project by what `source` takes from the projects first, once the edit is admitted.
    /// All edits end up here.
    #[inline]
    pub(crate) fn edit_from<S, T, E: From<Fault>>(
        &mut self,
        edit: Edit<'_>,
        source: impl FnOnce(&Self) -> Result<S, E>,
        work: impl FnOnce(&mut Project, S) -> Result<T, E>,
    ) -> Result<T, E> {
        self.admit(edit)?;
        let source = source(self)?;
        let mut as_it_was = None;
        if let Some(storage) = &mut self.storage {
            storage.reserve(edit.written)?;
            if let Written::Effect(_) = edit.written {
                as_it_was = self.context.project(edit.project).ok().map(Project::snapshot);
            }
        }
        let project = match self.context.project_mut(edit.project) {
            Ok(project) => project,
            Err(error) => return Err(self.not_open(error).into()),
        };
        let (before, mark) = (project.version(), project.mark());
        let outcome = catch_unwind(AssertUnwindSafe(|| work(project, source)));
        let mut outcome = outcome.unwrap_or_else(|panic| {
            project.return_to(mark);
            Err(Fault::panic(&*panic).into())
        });
        let after = project.version();
        debug_assert!(outcome.is_ok() || after == before, "an edit that failed changed {before}");
        if let Some(storage) = &mut self.storage
            && after != before
            && outcome.is_ok()
        {
            match storage.append(project, edit.written, before, as_it_was.as_ref()) {
                Ok(()) => edit.session.commit.set(storage.commit_number()),
                Err(refused) => {
                    project.return_to(mark);
                    outcome = Err(refused.into());
                }
            }
        }
        if let Some(listeners) = self.events.heard()
            && after != before
            && outcome.is_ok()
            && listeners.hear(project)
        {
            let commit = told::commit_of(self.storage.as_deref());
            told::tell_edit(listeners, project, &mark, edit, commit);
        }
        if project.has_leftovers() {
            let leftovers = project.take_leftovers();
            self.drop_leftovers(leftovers);
        }
        self.trim_undo();
        outcome
    }

    /// Admits an edit that a worker prepares, and gives the project that it is meant for: another
    /// one may be current when the worker is done, or have taken its place. The edit itself is then
    /// one like any other, so it is asked again whether it may be made.
    pub(crate) fn prepare(&self, edit: Edit<'_>) -> Result<Meant> {
        self.admit_changes()?;
        memory::check()?;
        self.admit_beside_transactions(edit)?;
        self.read(edit.project).map(Meant::of)
    }

    /// The project that was meant.
    ///
    /// # Errors
    /// Where it was closed, or another one has taken its place.
    pub(crate) fn still(&self, meant: Meant) -> Result<ProjectId> {
        let id = self.context.find_identity(meant.identity);
        let is_meant = |id: &ProjectId| {
            self.context.project(Some(*id)).is_ok_and(|project| Meant::of(project) == meant)
        };
        Ok(id.filter(is_meant).ok_or(goxel_core::Error::ClosedProject)?)
    }

    /// Says whether a session may make a change. Every change is asked about here. An edit needs some
    /// memory, whatever it does: what it replaces is kept to be undone.
    #[inline]
    fn admit(&self, edit: Edit<'_>) -> Result {
        self.admit_changes()?;
        memory::check()?;
        self.admit_beside_others(edit)
    }

    /// Says whether no other session's transaction is in the way of a change, and no long edit.
    #[inline]
    fn admit_beside_others(&self, edit: Edit<'_>) -> Result {
        let is_free = self.is_calm() && edit.session.transaction.is_none();
        if is_free { Ok(()) } else { self.admit_in_line(edit) }
    }

    #[cold]
    fn admit_in_line(&self, edit: Edit<'_>) -> Result {
        self.admit_beside_transactions(edit)?;
        match self.context.resolve(edit.project) {
            Some(id) if !self.lines.admit(id, edit.session.client) => {
                Err(Fault::Wait(Waits::Edit(id)))
            }
            _ => Ok(()),
        }
    }

    fn admit_beside_transactions(&self, edit: Edit<'_>) -> Result {
        // Where there is no such project, the edit fails for that reason.
        let Some(id) = self.context.resolve(edit.project) else { return Ok(()) };
        match self.transactions.way(id, edit.session) {
            Way::Free => Ok(()),
            Way::Held => {
                Err(Fault::conflict("another connection's transaction is open on this project"))
            }
            Way::Lost => Err(lost()),
        }
    }
}

/// Transactions: many edits of one session that are one step, or none.
impl Projects {
    /// Admits that a session begins or ends a transaction, as far as that goes beyond an edit: one
    /// that it lost and does not know of is told, unless it begins another.
    pub(crate) fn admit_step(&mut self, edit: Edit<'_>, then: Then) -> Result {
        let id = self.context.resolve(edit.project);
        let had_lost = id.is_some_and(|id| self.transactions.take_lost(id, edit.session));
        if had_lost && then == Then::LetGo { Err(lost()) } else { Ok(()) }
    }

    /// Does what comes after an edit of a session.
    pub(crate) fn then(&mut self, then: Then, id: ProjectId, session: &mut Session) {
        match then {
            Then::Nothing => {}
            Then::Hold => self.transactions.add(id, session),
            Then::LetGo => self.transactions.forget(id),
        }
    }

    /// Rolls back what sessions that are gone left undecided, or left alone for longer than `idle`.
    /// To be called before anybody reads or edits a project; `session` is who calls.
    pub(crate) fn settle(&mut self, session: &Session, now: Duration, idle: Duration) {
        for id in self.transactions.take_over(now, idle) {
            self.roll_back(id);
        }
        if let Some(hold) = &session.transaction {
            hold.wake();
        }
    }

    /// The session's call is over.
    pub(crate) fn rest(&self, session: &mut Session, now: Duration) {
        if self.transactions.has_any(session) {
            session.transaction.iter().for_each(|hold| hold.rest(now));
        } else {
            session.transaction = None;
        }
    }
}

/// The session's own transaction is there no longer.
fn lost() -> Fault {
    let what = "the transaction on this project was rolled back, since nothing was called for too long: \
                begin another";
    Fault::conflict(what)
}

#[cfg(test)]
mod tests;
