//! Projects as wholes: they are opened, saved and closed.
//!
//! A project may be closed, or another one opened in its place, by anybody: older clients begin
//! with `create_project` and know of no one else. Not while somebody's transaction is open on it;
//! and whoever says so loses no changes that are not saved.

use goxel_core::{Identity, Project, ProjectId};

use super::{Edit, Projects};
use crate::fault::{Fault, Result};
use crate::session::Session;

/// What a connection with few rights may not do.
const REPLACING: &str = "closing or replacing a project";

impl Projects {
    /// Takes in a project, in the place of an open one of the same name; the session works on it
    /// from then on. Unless `replaces`, one with changes that are not saved stays.
    pub(crate) fn open(
        &mut self,
        session: &mut Session,
        project: Project,
        replaces: bool,
    ) -> Result<ProjectId> {
        self.admit_open(session, project.name(), replaces)?;
        let current = self.context.current();
        let (id, replaced) = self.context.insert(project)?;
        self.drop_project(replaced);
        if let Some(current) = current
            && session.rights.admit_for_others(REPLACING).is_err()
        {
            // Those that chose no project go on with the one that they had.
            self.context.set_current(current);
        }
        self.transactions.forget(id);
        self.choose(session, id);
        Ok(id)
    }

    /// Says whether a project of this name may be taken in, and now.
    pub(crate) fn admit_open(&self, session: &Session, name: &str, replaces: bool) -> Result {
        let Some(id) = self.context.find_name(name) else { return Ok(()) };
        session.rights.admit_for_others(REPLACING)?;
        self.admit_beside_others(Edit { session, project: Some(id) })?;
        if !replaces && self.context.project(Some(id))?.unsaved() {
            return Err(needed("replace", &format!("the open project \"{name}\" has")));
        }
        Ok(())
    }

    /// Closes a project; unless `discards`, only one without changes that are not saved. A session
    /// that worked on it goes on with the current one if it is the one that closes it; all others
    /// are told.
    pub(crate) fn close(&mut self, session: &mut Session, id: ProjectId, discards: bool) -> Result {
        session.rights.admit_for_others(REPLACING)?;
        self.admit_beside_others(Edit { session, project: Some(id) })?;
        let project = self.context.project(Some(id))?;
        if !discards && project.unsaved() {
            return Err(needed("discard", &format!("project \"{}\" has", project.name())));
        }
        let closed = project.identity();
        let project = self.context.close(id);
        self.drop_project(project);
        self.transactions.close(id);
        self.unchoose(session, id, closed);
        Ok(())
    }

    /// Fails where changes of any project are not saved: the daemon is to end.
    pub(crate) fn all_saved(&self) -> Result {
        if !self.lines.is_empty() {
            let what = "a long edit is under way, which would be lost";
            return Err(Fault::conflict(format_args!(
                "{what}: wait for it, cancel it, or give discard"
            )));
        }
        let all = self.context.projects();
        let unsaved = all.iter().filter(|(_, project)| project.unsaved());
        let names: Vec<_> = unsaved.map(|(_, project)| format!("\"{}\"", project.name())).collect();
        match names.as_slice() {
            [] => Ok(()),
            [one] => Err(needed("discard", &format!("project {one} has"))),
            _ => Err(needed("discard", &format!("projects {} have", names.join(", ")))),
        }
    }

    /// The state of this version was saved, unless the project is gone by now.
    pub(crate) fn saved(&mut self, project: Identity, version: u64) {
        let id = self.context.find_identity(project);
        if let Some(Ok(project)) = id.map(|id| self.context.project_mut(Some(id))) {
            project.mark_saved(version);
        }
    }
}

/// Somebody has to say that changes may be lost.
fn needed(parameter: &str, who: &str) -> Fault {
    Fault::conflict(format_args!(
        "params.{parameter}: needed, since {who} changes that are not saved"
    ))
}
