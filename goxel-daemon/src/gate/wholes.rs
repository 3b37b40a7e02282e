//! Projects as wholes: they are opened, saved and closed.
//!
//! A project may be closed, or another one opened in its place, by anybody: older clients begin
//! with `create_project` and know of no one else. Not while somebody's transaction is open on it;
//! and whoever says so loses no changes that are not saved.

use goxel_core::{Identity, Project, ProjectId};
use goxel_proto::Method;
use goxel_proto::types::Happening;

use super::told::{AT_ONCE, by, commit_of, tell_replaced};
use super::{Edit, Projects};
use crate::fault::{Fault, Result};
use crate::meant::Meant;
use crate::session::Session;
use crate::storage::{Made, Written};

/// What a connection with few rights may not do.
const REPLACING: &str = "closing or replacing a project";
/// The version of a project that took the place of none.
const FIRST_VERSION: u64 = 1;

impl Projects {
    /// Takes in a project, in the place of one of the same name; the session works on it from then on.
    /// Unless `replaces`, one that could not be had back stays.
    pub(crate) fn open(
        &mut self,
        session: &mut Session,
        project: Project,
        replaces: bool,
    ) -> Result<ProjectId> {
        self.admit_open(session, project.name(), replaces)?;
        let mut made = None;
        if let Some(storage) = &mut self.storage {
            let record = Made::opened(&project);
            storage.reserve_made(&record)?;
            made = Some(record);
        }
        self.open_made(session, project, made)
    }

    /// As [`Self::open`], of a project that was admitted, and whose record was made already, where there
    /// is a data directory: that waits for no disk that is behind.
    pub(crate) fn open_made(
        &mut self,
        session: &mut Session,
        mut project: Project,
        made: Option<Made>,
    ) -> Result<ProjectId> {
        let expected = self.expected(project.name())?;
        if let (Some(storage), Some(made)) = (&mut self.storage, made) {
            storage.append_opened(project.name(), expected, made)?;
            session.commit.set(storage.commit_number());
        }
        let (identity, version) = expected;
        project = project.known_as(identity, version);
        project.set_kept(self.storage.is_some());
        let current = self.current();
        let (id, replaced) = self.context.restore(project)?;
        self.drop_project(replaced);
        self.tell_opened(session, id);
        // Those that chose no project go on with the one that they had, where nobody may change that.
        if current.is_none() || session.rights.admit_for_others(REPLACING).is_ok() {
            self.set_current(id);
        }
        self.transactions.forget(id);
        self.choose(session, id);
        Ok(id)
    }

    fn tell_opened(&mut self, session: &Session, id: ProjectId) {
        if let Some(listeners) = self.events.heard()
            && let Ok(project) = self.context.project(Some(id))
        {
            let commit = commit_of(self.storage.as_deref());
            match project.version() {
                FIRST_VERSION => listeners.became(Happening::Opened, project, by(session), commit),
                later => tell_replaced(listeners, project, later - 1, by(session), commit),
            }
        }
    }

    /// Says whether a project of this name may be taken in, and now.
    pub(crate) fn admit_open(&self, session: &Session, name: &str, replaces: bool) -> Result {
        self.admit_changes()?;
        let Some(id) = self.context.find_name(name) else {
            return self.admit_open_closed(session, name, replaces);
        };
        session.rights.admit_for_others(REPLACING)?;
        self.admit_beside_others(replacing(session, id))?;
        let project = self.context.project(Some(id))?;
        if replaces || project.is_as_saved() {
            Ok(())
        } else if project.unsaved() {
            Err(needed("replace", &format!("the open project \"{name}\" has {UNSAVED}")))
        } else {
            self.admit_replacing(name)
        }
    }

    /// Admits the replacing of a project that is kept and in no file as it is: where it is an older version
    /// then, which can be had back.
    fn admit_replacing(&self, name: &str) -> Result {
        let can_be_had = self.storage.as_ref().is_some_and(|storage| storage.keeps_older());
        if can_be_had { Ok(()) } else { Err(kept_alone(name)) }
    }

    /// As [`Self::admit_open`], where no project of the name is open.
    fn admit_open_closed(&self, session: &Session, name: &str, replaces: bool) -> Result {
        let Some(storage) = &self.storage else { return Ok(()) };
        if storage.closed_named(name)?.is_none() {
            return Ok(());
        }
        session.rights.admit_for_others(REPLACING)?;
        if replaces { Ok(()) } else { self.admit_replacing(name) }
    }

    /// The current project, open or not.
    fn current(&self) -> Option<Identity> {
        let open = self.context.project(None).ok().map(Project::identity);
        open.or(self.storage.as_ref().and_then(|storage| storage.current()))
    }

    /// Closes a project; unless `discards`, only one without changes that are not saved. A session
    /// that worked on it goes on with the current one if it is the one that closes it; all others
    /// are told.
    pub(crate) fn close(&mut self, session: &mut Session, id: ProjectId, discards: bool) -> Result {
        self.may_close(session, id)?;
        let project = self.context.project(Some(id))?;
        if !discards && project.unsaved() {
            return Err(needed(
                "discard",
                &format!("project \"{}\" has {UNSAVED}", project.name()),
            ));
        }
        if let Ok(project) = self.context.project_mut(Some(id))
            && project.in_transaction()
        {
            // What is kept of it is what was before.
            project.roll_back()?;
            self.keep_rollback(id);
        }
        if let Some(project) = self.take_out(session, id) {
            if let Some(listeners) = self.events.heard() {
                listeners.became(Happening::Closed, &project, by(session), AT_ONCE);
            }
            match &mut self.storage {
                Some(storage) => storage.close(project),
                None => self.drop_project(Some(project)),
            }
        }
        Ok(())
    }

    /// Closes a project, where it is open: one that is not need not be read in for that.
    pub(crate) fn close_any(
        &mut self,
        session: &mut Session,
        project: Identity,
        discards: bool,
    ) -> Result {
        match self.context.find_identity(project) {
            Some(id) => self.close(session, id, discards),
            None => Ok(()),
        }
    }

    /// Says whether a project may be closed, and now.
    pub(super) fn may_close(&self, session: &Session, id: ProjectId) -> Result {
        self.admit_changes()?;
        session.rights.admit_for_others(REPLACING)?;
        self.admit_beside_others(replacing(session, id))
    }

    /// Takes a project out of those that are open.
    pub(super) fn take_out(&mut self, session: &mut Session, id: ProjectId) -> Option<Project> {
        let project = self.context.close(id)?;
        self.transactions.close(id);
        self.unchoose(session, id, Meant::of(&project));
        Some(project)
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
            [one] => Err(needed("discard", &format!("project {one} has {UNSAVED}"))),
            _ => Err(needed("discard", &format!("projects {} have {UNSAVED}", names.join(", ")))),
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

/// What takes a project's place, or takes it away.
fn replacing(session: &Session, id: ProjectId) -> Edit<'_> {
    Edit { session, project: Some(id), written: Written::Effect(Method::CreateProject) }
}

/// What would be lost.
const UNSAVED: &str = "changes that are not saved";

/// A project would be lost that is in the data directory and in no file.
fn kept_alone(name: &str) -> Fault {
    let what = "is in the data directory and nowhere else, and would be lost, as --history-max 0 keeps no \
                older versions";
    needed("replace", &format!("project \"{name}\" {what}"))
}

/// Somebody has to say that something may be lost.
fn needed(parameter: &str, why: &str) -> Fault {
    Fault::conflict(format_args!("params.{parameter}: needed, since {why}"))
}
