//! [`Projects`]: the open projects, and the one gate that every change of them passes.
//!
//! Anybody may read a project. `&mut Project` is handed out in [`Projects::edit_from`] alone, and
//! projects come and go in [`Projects::open`] and [`Projects::close`]; nothing else in the daemon
//! can change one, since the fields are private to this module. A change, whatever its way in -
//! a single voxel, a command, a copy, an import that a worker prepared, undo, a transaction -
//! goes through three steps in one place:
//!
//! 1. [`Projects::admit`]: may this session make this change, and now? While a long edit of the
//!    project is under way the answer is [`Fault::Wait`]: the call is carried out once its turn
//!    has come.
//! 2. The change is carried out: on the loop, or on a worker in a fork of the project
//!    ([`Projects::fork`]), which others go on reading meanwhile. One that fails leaves the project
//!    as it was.
//! 3. The project has another version, and the outcome goes back to the caller, who gives errors
//!    the code of the method ([`Fault::into_rpc`]).

mod lines;
mod transactions;

use std::panic::{AssertUnwindSafe, catch_unwind};

use goxel_core::{Context, Leftovers, Project, ProjectId};
use goxel_io::Client;
use goxel_proto::{ErrorCode, RpcError};

use self::lines::{Lines, WAITING_MAX};
use self::transactions::Transactions;
use crate::fault::{Fault, Result};
use crate::memory;
use crate::session::Session;

/// The open projects, to read; to change them, through the functions of this type.
#[derive(Debug, Default)]
pub(crate) struct Projects {
    context: Context,
    transactions: Transactions,
    /// Where a long edit is under way, and who waits for it.
    lines: Lines,
    /// What is to be freed on a worker.
    dropped: Vec<Dropped>,
}

/// What is to be freed.
#[derive(Debug)]
#[expect(dead_code, reason = "it is only dropped")]
pub(crate) enum Dropped {
    /// A project that was closed or replaced, or what an edit of one replaced.
    Project(Project),
    /// What a project needs no more.
    Leftovers(Leftovers),
}

/// Voxels of a project up to which it is read or freed on the loop: that takes a quarter of a
/// millisecond, and handing it to a worker and back a tenth of one.
const SMALL_VOXELS_MAX: u64 = 1 << 13;
/// Tiles of such a project: scattered voxels cost a tile each.
const SMALL_TILES_MAX: usize = 128;
/// Bytes of a history that is freed on the loop: single voxels take 24, which cost nothing to free.
const UNDO_FREED_HERE_BYTES: usize = 1 << 20;

/// Whether going through all of a project takes no time to speak of.
pub(crate) fn is_small(project: &Project) -> bool {
    let mut tiles = project.layers().iter().flat_map(|layer| layer.volume.tiles());
    project.count() <= SMALL_VOXELS_MAX && tiles.nth(SMALL_TILES_MAX).is_none()
}

/// Who wants to edit which project. `None` is the current one.
#[derive(Clone, Copy)]
pub(crate) struct Edit<'a> {
    pub(crate) session: &'a Session,
    pub(crate) project: Option<ProjectId>,
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

/// What is to happen to a project.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    /// Its layers, its scene or its history change.
    Edit,
    /// A worker prepares such a change, which comes later.
    Prepare,
    /// It is opened, perhaps in the place of one of the same name, or closed.
    OpenOrClose,
}

/// Reading.
impl Projects {
    /// A project. `None` stands for the current one.
    #[inline]
    pub(crate) fn read(&self, id: Option<ProjectId>) -> Result<&Project> {
        Ok(self.context.project(id)?)
    }

    /// The project of this name.
    pub(crate) fn find(&self, name: &str) -> goxel_core::Result<ProjectId> {
        self.context.find(name)
    }

    /// The project that was opened last, or made the current one.
    pub(crate) fn current(&self) -> Option<ProjectId> {
        self.context.current()
    }

    /// Makes an open project the current one, which changes nothing in it.
    pub(crate) fn set_current(&mut self, id: ProjectId) {
        self.context.set_current(id);
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
        self.admit(edit, Change::Edit)?;
        let source = source(self)?;
        let project = self.context.project_mut(edit.project).map_err(Fault::from)?;
        let (before, mark) = (project.version(), project.mark());
        let outcome = catch_unwind(AssertUnwindSafe(|| work(project, source)));
        let outcome = outcome.unwrap_or_else(|panic| {
            project.return_to(mark);
            Err(Fault::panic(&*panic).into())
        });
        let after = project.version();
        debug_assert!(outcome.is_ok() || after == before, "an edit that failed changed {before}");
        if project.has_leftovers() {
            let leftovers = project.take_leftovers();
            if !leftovers.are_few() {
                self.dropped.push(Dropped::Leftovers(leftovers));
            }
        }
        self.trim_undo();
        outcome
    }

    /// Has histories forget what is more than all may hold together.
    #[inline]
    fn trim_undo(&mut self) {
        self.context.limit_undo(memory::undo_max());
        self.dropped.extend(self.context.trim_undo().map(Dropped::Leftovers));
    }

    /// Admits an edit that a worker prepares, and gives the project that it is meant for: another
    /// one may be current when the worker is done. The edit itself is then one like any other, so
    /// it is asked again whether it may be made.
    pub(crate) fn prepare(&self, edit: Edit<'_>) -> Result<Option<ProjectId>> {
        self.admit(edit, Change::Prepare)?;
        Ok(edit.project.or(self.context.current()))
    }

    /// Says whether a session may make a change. Every change is asked about here. An edit needs some
    /// memory, whatever it does: what it replaces is kept to be undone.
    #[inline]
    fn admit(&self, edit: Edit<'_>, change: Change) -> Result {
        if change == Change::Edit {
            memory::check()?;
        }
        if change == Change::OpenOrClose && edit.project.is_some() {
            edit.session.rights.admit_for_others("closing or replacing a project")?;
        }
        if self.is_calm() { Ok(()) } else { self.admit_beside_others(edit, change) }
    }

    #[cold]
    fn admit_beside_others(&self, edit: Edit<'_>, change: Change) -> Result {
        // Where there is no such project, the edit fails for that reason.
        let Some(id) = self.context.resolve(edit.project) else { return Ok(()) };
        // A project can be closed, or another one opened in its place, by anybody and at any
        // time: older clients begin with `create_project` and know of no one else.
        if change != Change::OpenOrClose && !self.transactions.admit(id, edit.session) {
            let what = "another connection's transaction is open on this project";
            return Err(RpcError::new(ErrorCode::Internal, what).into());
        }
        let now = change == Change::Prepare || self.lines.admit(id, edit.session.client);
        if now { Ok(()) } else { Err(Fault::Wait(id)) }
    }
}

/// Long edits.
impl Projects {
    /// Begins an edit that a worker makes. Gives the project, and the fork of it to edit. Until
    /// [`Projects::join`] all other edits of the project wait.
    pub(crate) fn fork(&mut self, edit: Edit<'_>) -> Result<(ProjectId, Project)> {
        self.admit(edit, Change::Edit)?;
        let id = self.resolve(edit.project)?;
        let fork = self.context.project_mut(Some(id))?.fork();
        self.lines.begin(id);
        Ok((id, fork))
    }

    /// Takes over what a worker made of the fork, or nothing of it.
    pub(crate) fn join(&mut self, id: ProjectId, fork: Project, is_done: bool) {
        // It is there: whoever closes it waits.
        if let Ok(project) = self.context.project_mut(Some(id)) {
            let rest = if is_done { project.adopt(fork) } else { project.take_back(fork) };
            let leftovers = project.take_leftovers();
            self.dropped.extend([Dropped::Project(rest), Dropped::Leftovers(leftovers)]);
        }
        self.trim_undo();
        self.lines.end(id);
    }

    /// Puts a session to the end of those that wait for a project.
    pub(crate) fn wait(&mut self, id: ProjectId, session: &Session) -> Result {
        if self.lines.wait(id, session.client) {
            return Ok(());
        }
        let what = format_args!("The daemon is busy: {WAITING_MAX} edits wait for longer ones");
        Err(RpcError::new(ErrorCode::Internal, what).into())
    }

    /// A session that waited and whose turn has come.
    pub(crate) fn next_ready(&mut self) -> Option<Client> {
        self.lines.next_ready()
    }

    /// The session whose turn it was is served.
    pub(crate) fn served(&mut self, session: &Session) {
        if !self.lines.is_empty() {
            self.lines.leave(session.client);
        }
    }

    /// Calls a session that waits, whoever is before it: its edit is not to be made any more.
    pub(crate) fn call(&mut self, client: Client) {
        self.lines.call(client);
    }

    /// What is to be freed, where it may take long.
    pub(crate) fn take_dropped(&mut self) -> Vec<Dropped> {
        std::mem::take(&mut self.dropped)
    }

    /// The id of the project that a call works on.
    pub(crate) fn resolve(&self, id: Option<ProjectId>) -> Result<ProjectId> {
        self.context.project(id)?;
        Ok(self.context.resolve(id).ok_or(goxel_core::Error::NoProject)?)
    }
}

/// Projects as wholes.
impl Projects {
    /// Says whether a project of this name can be taken in now.
    pub(crate) fn admit_open(&self, session: &Session, name: &str) -> Result {
        match self.context.find(name) {
            Ok(replaced) => {
                self.admit(Edit { session, project: Some(replaced) }, Change::OpenOrClose)
            }
            Err(_) => Ok(()),
        }
    }

    /// Takes in a project, in the place of an open one of the same name; the session works on it
    /// from then on.
    pub(crate) fn open(&mut self, session: &mut Session, project: Project) -> Result<ProjectId> {
        self.admit_open(session, project.name())?;
        let current = self.context.current();
        let (id, replaced) = self.context.insert(project)?;
        if let Some(current) = current
            && session.rights.admit_for_others("").is_err()
        {
            // Those that chose no project go on with the one that they had.
            self.context.set_current(current);
        }
        self.drop_project(replaced);
        self.transactions.forget(id);
        session.project = Some(id);
        Ok(id)
    }

    /// Frees a project here where that takes no time to speak of.
    fn drop_project(&mut self, project: Option<Project>) {
        let is_large =
            |project: &Project| !is_small(project) || project.undo_bytes() > UNDO_FREED_HERE_BYTES;
        self.dropped.extend(project.filter(is_large).map(Dropped::Project));
    }

    /// Closes a project. A session that worked on it goes on with the current one if it is the one
    /// that closes it; all others are told.
    pub(crate) fn close(&mut self, session: &mut Session, id: ProjectId) -> Result {
        self.admit(Edit { session, project: Some(id) }, Change::OpenOrClose)?;
        let closed = self.context.close(id);
        self.drop_project(closed);
        self.transactions.forget(id);
        session.project.take_if(|mine| *mine == id);
        Ok(())
    }
}

/// Transactions: many edits of one session that are one step, or none.
impl Projects {
    /// Does what comes after an edit of a session.
    pub(crate) fn then(&mut self, then: Then, id: ProjectId, session: &mut Session) {
        match then {
            Then::Nothing => {}
            Then::Hold => self.transactions.add(id, session),
            Then::LetGo => self.transactions.forget(id),
        }
    }

    /// Rolls back what sessions that are gone left undecided. To be called before anybody reads or
    /// edits a project.
    #[inline]
    pub(crate) fn settle(&mut self) {
        if !self.transactions.is_empty() {
            self.roll_back_abandoned();
        }
    }

    #[cold]
    fn roll_back_abandoned(&mut self) {
        for id in self.transactions.take_abandoned() {
            // Nobody is left who could be told that it failed, nor can it: it has begun.
            let _ = self.context.project_mut(Some(id)).and_then(Project::roll_back);
        }
    }
}

#[cfg(test)]
mod tests;
