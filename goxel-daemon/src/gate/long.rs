//! Long edits: a worker makes them in a fork of the project. What is dropped on the way, and
//! whatever else takes long to free, is freed on a worker too.

use std::any::Any;

use goxel_core::{Changed, Leftovers, Mark, Project, ProjectId};
use goxel_io::Client;
use goxel_proto::{ErrorCode, Method, RpcError};

use super::lines::WAITING_MAX;
use super::told::{by, commit_of};
use super::{Edit, Projects};
use crate::events::Edited;
use crate::fault::{Result, Waits};
use crate::memory;
use crate::session::Session;
use crate::storage::Made;

/// A fork of a project that a worker is done with.
pub(crate) struct Fork {
    pub(crate) project: ProjectId,
    pub(crate) fork: Project,
    /// What it was when the worker began.
    pub(crate) mark: Mark,
    /// Whether the edit was made.
    pub(crate) is_done: bool,
    /// How it is written into the data directory, where it changed anything and there is one.
    pub(crate) made: Option<Made>,
    /// What did it.
    pub(crate) method: Method,
    /// What it changed, where somebody listened when it began.
    pub(crate) changed: Option<Changed>,
}

/// What is to be freed.
#[derive(Debug)]
#[expect(dead_code, reason = "it is only dropped")]
pub(crate) enum Dropped {
    /// A project that was closed or replaced, or what an edit of one replaced.
    Project(Box<Project>),
    /// What a project needs no more.
    Leftovers(Leftovers),
    /// What a worker made and nobody wants.
    Made(Box<dyn Any + Send>),
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

impl Projects {
    /// Begins an edit that a worker makes. Gives the project, and the fork of it to edit. Until
    /// [`Projects::join`] all other edits of the project wait.
    pub(crate) fn fork(&mut self, edit: Edit<'_>) -> Result<(ProjectId, Project)> {
        self.admit(edit)?;
        let id = self.resolve(edit.project)?;
        if let Some(storage) = &mut self.storage {
            storage.reserve(edit.written)?;
        }
        let fork = self.context.project_mut(Some(id))?.fork();
        self.lines.begin(id);
        Ok((id, fork))
    }

    /// Takes over what a worker made of a fork, or nothing of it where that failed.
    ///
    /// # Errors
    /// Where it cannot be written into the data directory: then nothing of it is taken over.
    pub(crate) fn join(&mut self, session: &Session, forked: Fork) -> Result {
        let Fork { project: id, mut fork, mark, mut is_done, made, method, changed } = forked;
        let mut outcome = Ok(());
        if let (Some(storage), Some(made)) = (&mut self.storage, made.filter(|_| is_done)) {
            match storage.append_made(&fork, made) {
                Ok(()) => session.commit.set(storage.commit_number()),
                // A step of a transaction cannot be taken back.
                Err(refused) => {
                    is_done = !fork.return_to(mark);
                    outcome = Err(refused);
                }
            }
        }
        // It is there: whoever closes it waits.
        if let Ok(project) = self.context.project_mut(Some(id)) {
            let rest = if is_done { project.adopt(fork) } else { project.take_back(fork) };
            if let Some(listeners) = self.events.heard()
                && is_done
                && listeners.hear(project)
            {
                let changed = changed.unwrap_or_else(Changed::anything);
                let commit = commit_of(self.storage.as_deref());
                let edited = Edited::by_worker(&mark, project, changed, method, by(session));
                edited.iter().for_each(|edited| listeners.edited(edited, commit));
            }
            let leftovers = project.take_leftovers();
            self.dropped.extend([Dropped::Project(Box::new(rest)), Dropped::Leftovers(leftovers)]);
        }
        self.trim_undo();
        self.lines.end(id);
        outcome
    }

    /// Puts a session to the end of those that wait.
    pub(crate) fn wait(&mut self, waits: Waits, session: &Session) -> Result {
        let may_wait = match (waits, &mut self.storage) {
            (Waits::Edit(id), _) => self.lines.wait(id, session.client),
            (Waits::Room, Some(storage)) => storage.wait(session.client),
            (Waits::Reading(project), Some(storage)) => storage.wait_for(project, session.client),
            (_, None) => false,
        };
        if may_wait {
            return Ok(());
        }
        let what = format_args!("The daemon is busy: {WAITING_MAX} edits wait for longer ones");
        Err(RpcError::new(ErrorCode::Internal, what).into())
    }

    /// A session that waited and whose turn has come.
    pub(crate) fn next_ready(&mut self) -> Option<Client> {
        let ready = self.lines.next_ready();
        ready.or_else(|| self.storage.as_mut().and_then(|storage| storage.next_ready()))
    }

    /// The session whose turn it was is served.
    pub(crate) fn served(&mut self, session: &Session) {
        if !self.lines.is_empty() {
            self.lines.served(session.client);
        }
    }

    /// The session has ended, and waits for nothing.
    pub(crate) fn left(&mut self, session: &Session) {
        if let Some(listeners) = self.events.heard() {
            listeners.left(session.client);
            self.events.end_where_unheard();
        }
        if let Some(storage) = &mut self.storage {
            storage.left(session.client);
        }
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
        self.read(id)?;
        Ok(self.context.resolve(id).ok_or(goxel_core::Error::NoProject)?)
    }

    /// Has histories forget what is more than all may hold together.
    #[inline]
    pub(super) fn trim_undo(&mut self) {
        self.context.limit_undo(memory::undo_max());
        if let Some(leftovers) = self.context.trim_undo() {
            self.drop_leftovers(leftovers);
        }
    }

    /// Frees what an edit left, here where that takes no time to speak of.
    pub(super) fn drop_leftovers(&mut self, leftovers: Leftovers) {
        if !leftovers.are_few() {
            self.dropped.push(Dropped::Leftovers(leftovers));
        }
    }

    /// Has what a worker made freed by another one.
    pub(crate) fn drop_made(&mut self, made: impl Any + Send) {
        self.dropped.push(Dropped::Made(Box::new(made)));
    }

    /// Frees a project, here where that takes no time to speak of.
    pub(super) fn drop_project(&mut self, project: Option<Project>) {
        let is_large = |project: &Project| {
            !is_small(project) || project.history_bytes() > UNDO_FREED_HERE_BYTES
        };
        self.dropped
            .extend(project.filter(is_large).map(|project| Dropped::Project(Box::new(project))));
    }
}
