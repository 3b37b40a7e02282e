//! Projects in the data directory: those that are open are written there, and those that are not are read
//! in when somebody asks for them.

use goxel_core::{Error, Identity, Project, ProjectId};
use goxel_proto::types::Happening;
use goxel_proto::{ErrorCode, Method, RpcError};

use super::Projects;
use super::told::{by, commit_of};
use crate::fault::{Fault, Result};
use crate::session::Session;
#[cfg(test)]
use crate::storage::Storage;
use crate::storage::{Checkpoint, Checkpointed, Listed, Load, Made, Opened, Past};

/// The data directory as a whole.
impl Projects {
    /// Goes on with what was found in a data directory.
    ///
    /// # Errors
    /// Where a project has a name that none may have.
    pub(crate) fn use_storage(&mut self, opened: Opened) -> Result {
        let Opened { storage, projects, current, last_number } = opened;
        self.context.count_from(last_number);
        self.storage = Some(Box::new(storage));
        for project in projects {
            self.reopen(project)?;
        }
        let open = current.and_then(|current| self.context.find_identity(current));
        match (open, &mut self.storage) {
            (Some(id), _) => self.context.set_current(id),
            (None, Some(storage)) => storage.set_current(current),
            (None, None) => {}
        }
        Ok(())
    }

    /// Writes all that is only in the journal into files, and ends it in order.
    pub(crate) fn end(&mut self) {
        for id in self.transactions.take_all() {
            self.roll_back(id);
        }
        if let Some(storage) = self.storage.take() {
            let current = self.context.project(None).ok().map(Project::identity);
            storage.end(&self.context.projects(), current);
        }
    }

    /// The data directory, for tests that look into it.
    #[cfg(test)]
    pub(crate) fn storage_mut(&mut self) -> Option<&mut Storage> {
        self.storage.as_deref_mut()
    }

    /// Whether every change is kept.
    pub(crate) fn has_storage(&self) -> bool {
        self.storage.is_some()
    }

    /// Whether the replies to edits of this commit have to wait for it.
    #[inline]
    pub(crate) fn holds_replies(&self, session: &Session) -> bool {
        self.storage.as_ref().is_some_and(|storage| storage.holds(session.commit.get()))
    }

    /// Makes durable what was done, or hands it on; `in_line` where this is the last time. False where that
    /// failed.
    #[inline]
    pub(crate) fn commit(&mut self, in_line: bool) -> bool {
        let is_done = self.storage.as_mut().is_none_or(|storage| storage.commit(in_line));
        if !is_done {
            self.lose_events();
        }
        is_done
    }

    /// Has `wake` called when those who wait for the disk can go on.
    pub(crate) fn set_wake(&self, wake: Box<dyn Fn() + Send + Sync>) {
        if let Some(storage) = &self.storage {
            storage.set_wake(wake);
        }
    }

    /// What a worker shall write next.
    #[inline]
    pub(crate) fn next_checkpoint(&mut self) -> Option<Checkpoint> {
        let storage = self.storage.as_mut()?;
        storage.next_checkpoint(|| self.context.projects())
    }

    /// A worker has written it.
    pub(crate) fn checkpointed(&mut self, done: Checkpointed) {
        let left = self.storage.as_mut().and_then(|storage| storage.checkpointed(done));
        self.drop_project(left);
    }
}

/// One project.
impl Projects {
    /// The projects that are kept and not open.
    pub(crate) fn stored(&self) -> Vec<Listed<'_>> {
        let is_open = |identity| self.context.find_identity(identity).is_some();
        self.storage.as_ref().map_or(Vec::new(), |storage| storage.closed(is_open))
    }

    /// The identity and the name of the project of this name or identity, open or not.
    pub(crate) fn find_any(&self, text: &str, place: &str) -> Result<(Identity, String)> {
        match self.find(text, place) {
            Ok(id) => {
                let project = self.read(Some(id))?;
                Ok((project.identity(), project.name().to_owned()))
            }
            Err(Fault::Stored(identity)) => {
                let stored = self.stored().into_iter().find(|stored| stored.identity == identity);
                Ok((identity, stored.map_or(String::new(), |stored| stored.name.to_owned())))
            }
            Err(other) => Err(other),
        }
    }

    /// What a project is called, open or not; nothing where it is unknown.
    pub(super) fn name_of(&self, identity: Identity) -> String {
        let text = identity.to_string();
        self.find_any(&text, "").map_or(String::new(), |(_, name)| name)
    }

    /// Says what is wrong where a project is not open: nothing, where it only has to be read in.
    #[cold]
    pub(super) fn not_open(&self, error: Error) -> Fault {
        let current = self.storage.as_ref().and_then(|storage| storage.current());
        match (&error, current) {
            (Error::NoProject, Some(current)) => Fault::Stored(current),
            _ => error.into(),
        }
    }

    /// How a project is had that is not open.
    ///
    /// # Errors
    /// Where it cannot be had; [`Fault::Wait`] where somebody else has asked for it.
    pub(crate) fn load(&mut self, identity: Identity) -> Result<Load> {
        let storage = self.storage.as_mut().ok_or(Error::ClosedProject)?;
        storage.load(identity)
    }

    /// What finds older versions of a project, open or not.
    ///
    /// # Errors
    /// Where nothing is kept, or `found` is an error.
    pub(crate) fn past(&mut self, found: Result<Option<ProjectId>>) -> Result<Past> {
        let open = found.and_then(|id| Ok((self.context.resolve(id), self.read(id)?.snapshot())));
        let (identity, now, id) = match open {
            Ok((id, now)) => (now.identity(), Some(now), id),
            Err(Fault::Stored(identity)) => (identity, None, None),
            Err(other) => return Err(other),
        };
        let in_transaction = id.is_some_and(|id| {
            let project = self.context.project(Some(id));
            self.transactions.is_open(id) || project.is_ok_and(Project::in_transaction)
        });
        let Some(storage) = &mut self.storage else {
            let what = "this daemon keeps no older versions: it was started without a data directory \
                        (--data-dir)";
            return Err(RpcError::new(ErrorCode::Storage, what).into());
        };
        storage.past(identity, now, in_transaction)
    }

    /// A worker is done with reading a project, or could not.
    pub(crate) fn was_read(&mut self, identity: Identity) {
        if let Some(storage) = &mut self.storage {
            storage.was_read(identity);
        }
    }

    /// A project was read in: it is open from now on, unless it is already, or is another by now.
    pub(crate) fn loaded(&mut self, project: Project) -> Result {
        let identity = project.identity();
        let is_open = self.context.find_identity(identity).is_some();
        let is_newest = self.storage.as_ref().is_some_and(|storage| storage.is_newest(&project));
        if is_open || !is_newest {
            // Whoever asked for it asks again.
            self.drop_project(Some(project));
            return Ok(());
        }
        let id = self.restore(project)?;
        if let Some(storage) = &mut self.storage
            && storage.current() == Some(identity)
        {
            self.context.set_current(id);
            storage.set_current(None);
        }
        Ok(())
    }

    /// Opens a project that was being edited when the daemon ended; where too many are open it is kept
    /// for whoever names it.
    pub(super) fn reopen(&mut self, project: Project) -> Result {
        match (self.context.expect(project.name()), &mut self.storage) {
            (Err(Error::TooManyProjects), Some(storage)) => storage.close(project),
            _ => _ = self.restore(project)?,
        }
        Ok(())
    }

    fn restore(&mut self, mut project: Project) -> Result<ProjectId> {
        project.set_kept(true);
        project.forget_saved();
        let (id, _) = self.context.restore(project)?;
        self.tell_became(Happening::Opened, id);
        Ok(id)
    }

    /// What a project of this name becomes when it is taken in: its identity and version.
    pub(super) fn expected(&self, name: &str) -> Result<(Identity, u64)> {
        let expected = self.context.expect(name)?;
        let is_open = self.context.find_name(name).is_some();
        let storage = self.storage.as_ref().filter(|_| !is_open);
        match storage.map(|storage| storage.closed_named(name)) {
            Some(closed) => Ok(closed?.unwrap_or(expected)),
            None => Ok(expected),
        }
    }

    /// Rolls back a transaction that nobody ends. Where a long edit is under way in it, that has it: the
    /// next start does so then.
    pub(super) fn roll_back(&mut self, id: ProjectId) {
        if self.context.project_mut(Some(id)).and_then(Project::roll_back).is_ok() {
            self.keep_rollback(id);
        }
    }

    /// A transaction was rolled back that nobody ended.
    pub(super) fn keep_rollback(&mut self, id: ProjectId) {
        let Some(storage) = &mut self.storage else { return };
        let Ok(project) = self.context.project(Some(id)) else { return };
        let made = Made::call(Method::Rollback, None, 1);
        if let Err(error) = storage.append_made(project, made) {
            // Nothing more is written then, and the next start rolls it back.
            let error = error.into_rpc(ErrorCode::Storage);
            tracing::error!("a transaction was rolled back: {error}");
        }
    }

    /// Deletes a project, open or not.
    pub(crate) fn delete(&mut self, session: &mut Session, identity: Identity) -> Result {
        // Who may only open projects to look at them may close them, since that loses nothing.
        self.admit_changes()?;
        session.rights.admit_edit("goxel.delete_project")?;
        let open = self.context.find_identity(identity);
        if let Some(id) = open {
            self.may_close(session, id)?;
        }
        let name = self.events.heard().is_some().then(|| self.name_of(identity));
        if let Some(storage) = &mut self.storage {
            storage.delete(identity)?;
            session.commit.set(storage.commit_number());
        }
        if let Some(id) = open {
            self.take_out(session, id);
        }
        if let (Some(listeners), Some(name)) = (self.events.heard(), name) {
            let commit = commit_of(self.storage.as_deref());
            listeners.deleted(identity.number(), &name, by(session), commit);
        }
        Ok(())
    }
}
