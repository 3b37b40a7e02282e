//! Projects that get another name: what is told apart by identities goes on as if nothing had been.

use goxel_core::{Project, ProjectId};
use goxel_proto::{Method, RpcError};

use super::told::{by, commit_of};
use super::{Edit, Projects};
use crate::fault::{Fault, Result};
use crate::session::Session;
use crate::storage::Written;

/// How it is written: a name is a part of the effects of edits, and so older programs read it.
const WRITTEN: Written<'static> = Written::Effect(Method::RenameProject);

impl Projects {
    /// Gives an open project another name, which no other one has, open or not.
    ///
    /// # Errors
    /// Where this session may not edit the project, or the name is taken.
    pub(crate) fn rename(&mut self, session: &Session, id: ProjectId, to: &str) -> Result {
        session.rights.admit_edit(Method::RenameProject.info().name)?;
        self.admit(Edit { session, project: Some(id), written: WRITTEN })?;
        if self.read(Some(id))?.name() == to {
            return Ok(());
        }
        self.admit_name(to)?;
        if let Some(storage) = &mut self.storage {
            storage.reserve(WRITTEN)?;
        }
        let project = self.context.project_mut(Some(id))?;
        if project.in_transaction() {
            let what = "a transaction is open on the project: commit it or roll it back first";
            return Err(Fault::conflict(what));
        }
        let before = project.snapshot();
        project.rename(to)?;
        if let Some(storage) = &mut self.storage {
            if let Err(refused) = storage.append(project, WRITTEN, before.version(), Some(&before))
            {
                take_back(project, &before);
                return Err(refused);
            }
            session.commit.set(storage.commit_number());
            storage.rename(project.identity(), to);
        }
        if let Some(listeners) = self.events.heard() {
            let commit = commit_of(self.storage.as_deref());
            listeners.renamed(before.name(), project, by(session), commit);
        }
        Ok(())
    }

    fn admit_name(&self, name: &str) -> Result {
        let is_open = self.context.find_name(name).is_some();
        let is_kept = || self.storage.as_ref().is_some_and(|storage| storage.has_name(name));
        if is_open || is_kept() {
            let what = format_args!(
                "a project is named \"{name}\" already: take another name, or rename or delete that one"
            );
            return Err(RpcError::params("params.to", what).into());
        }
        Ok(())
    }
}

fn take_back(project: &mut Project, before: &Project) {
    // Its old name was a name before.
    if project.rename(before.name()).is_ok() {
        project.set_version(before.version());
    }
}
