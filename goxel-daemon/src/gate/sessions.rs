//! [`Sessions`]: which project a session works on that is more than one connection.
//!
//! Every command of a shell is a connection of its own. `goxel.attach` says which shell it is, and
//! what one command chose is what the next one works on. Whatever a session chose is remembered by
//! what it is, not by its name: where that project is closed or replaced the session is told, and never works
//! on what somebody else has under the same name.
//!
//! Rationale: this is kept here and not in a file, since it ends when the projects do. Nobody has
//! to clean up, to lock or to trust anything, and it is looked at in the moment that the call is
//! carried out.

use std::collections::HashMap;

use goxel_core::ProjectId;
use goxel_proto::method::{Does, Files, Row};

use super::Projects;
use crate::fault::{Fault, Result};
use crate::meant::Meant;
use crate::session::{NamedSession, Session};

/// Sessions whose projects are remembered: a busy machine has some hundred shells. Those that were
/// not used for longest are forgotten first, and have then chosen no project.
const SESSIONS_MAX: usize = 4096;
/// Names in the list of open projects that an error has: what is read at a glance.
const NAMES_TOLD: usize = 10;

/// What each session chose last.
#[derive(Debug, Default)]
pub(super) struct Sessions {
    chosen: HashMap<Box<str>, Chosen>,
    /// Counts up with every use.
    uses: u64,
}

#[derive(Debug)]
struct Chosen {
    project: Meant,
    used: u64,
}

impl Sessions {
    fn get(&mut self, name: &str) -> Option<Meant> {
        self.uses += 1;
        let chosen = self.chosen.get_mut(name)?;
        chosen.used = self.uses;
        Some(chosen.project)
    }

    fn choose(&mut self, name: &str, project: Meant) {
        self.uses += 1;
        if self.chosen.len() >= SESSIONS_MAX && !self.chosen.contains_key(name) {
            let oldest = self.chosen.iter().min_by_key(|(_, chosen)| chosen.used);
            if let Some(oldest) = oldest.map(|(name, _)| name.clone()) {
                self.chosen.remove(&oldest);
            }
        }
        self.chosen.insert(name.into(), Chosen { project, used: self.uses });
    }

    fn forget(&mut self, name: &str, project: Meant) {
        if self.chosen.get(name).is_some_and(|chosen| chosen.project == project) {
            self.chosen.remove(name);
        }
    }
}

impl Projects {
    /// Makes a connection one of the session `name`; of `prefer`, where that one chose a project.
    /// Gives the project that the session works on, if it chose one that is still open.
    pub(crate) fn attach(
        &mut self,
        session: &mut Session,
        name: &str,
        prefer: Option<&str>,
    ) -> Option<ProjectId> {
        let known = prefer.and_then(|prefer| Some((prefer, self.sessions.get(prefer)?)));
        let (name, project) = match known {
            Some((name, project)) => (name, Some(project)),
            None => (name, self.sessions.get(name)),
        };
        session.project = None;
        session.named = Some(NamedSession { name: name.into(), project });
        self.still(project?).ok()
    }

    /// The connection works on a project from now on, and so does its session; that one not where
    /// this connection may change nothing that others notice.
    pub(crate) fn choose(&mut self, session: &mut Session, id: ProjectId) {
        session.project = Some(id);
        if let (Some(named), Ok(project)) = (&mut session.named, self.context.project(Some(id))) {
            let meant = Meant::of(project);
            named.project = Some(meant);
            if session.rights.admit_for_others("").is_ok() {
                self.sessions.choose(&named.name, meant);
            }
        }
    }

    /// A connection has closed the project that this handle was of: it works on it no longer.
    pub(super) fn unchoose(&mut self, session: &mut Session, id: ProjectId, closed: Meant) {
        session.project.take_if(|mine| *mine == id);
        if let Some(named) = &mut session.named {
            named.project.take_if(|mine| *mine == closed);
            self.sessions.forget(&named.name, closed);
        }
    }

    /// The project that a connection works on where it names none, whatever it does.
    pub(crate) fn mine(&self, session: &Session) -> Option<ProjectId> {
        match &session.named {
            Some(NamedSession { project: Some(project), .. }) => self.still(*project).ok(),
            _ => session.project.or(self.context.current()),
        }
    }

    /// The project that a call of `row` works on where it names none; `None` is the current one.
    /// A session that chose none does no harm to one that may not be meant.
    pub(crate) fn meant(&self, session: &Session, row: &Row) -> Result<Option<ProjectId>> {
        let Some(named) = &session.named else { return Ok(session.project) };
        if let Some(project) = named.project {
            return self.still(project).map(Some);
        }
        let writes = matches!(row.files, Files::Writes | Files::ReadsAndWrites);
        if row.does == Does::Edits || writes { self.only_one() } else { Ok(None) }
    }

    /// The current project, where there is no other one.
    fn only_one(&self) -> Result<Option<ProjectId>> {
        let open = self.context.projects();
        if open.len() <= 1 {
            return Ok(None);
        }
        let names = open.iter().map(|(_, project)| format!("\"{}\"", project.name()));
        let mut list = names.take(NAMES_TOLD).collect::<Vec<_>>().join(", ");
        if let rest @ 1.. = open.len().saturating_sub(NAMES_TOLD) {
            list.push_str(&format!(" and {rest} more"));
        }
        let what = "this session has chosen none of the open projects, so name one";
        Err(Fault::conflict(format_args!("params.project: {what}: {list}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use goxel_core::Project;
    use goxel_proto::Method;

    fn attached(projects: &mut Projects, name: &str) -> Session {
        let mut session = Session::default();
        projects.attach(&mut session, name, None);
        session
    }

    fn open(projects: &mut Projects, session: &mut Session, name: &str) -> ProjectId {
        projects.open(session, Project::new(name, [1; 3]), true).expect("room")
    }

    fn meant(projects: &Projects, session: &Session, method: Method) -> Result<String, String> {
        let id = projects.meant(session, method.info());
        let project = id.and_then(|id| projects.read(id)).map(|project| project.name().to_owned());
        project.map_err(|fault| fault.into_rpc(method.info().code).message)
    }

    #[test]
    fn what_one_connection_chose_the_next_one_works_on() {
        let mut projects = Projects::default();
        for name in ["a", "b"] {
            let mut session = attached(&mut projects, name);
            open(&mut projects, &mut session, name);
        }
        for name in ["a", "b"] {
            let session = attached(&mut projects, name);
            assert_eq!(meant(&projects, &session, Method::AddVoxel), Ok(name.to_owned()));
        }
        let mut both = Session::default();
        projects.attach(&mut both, "unknown", Some("a"));
        assert_eq!(both.named.as_ref().map(|named| &*named.name), Some("a"));
        projects.attach(&mut both, "b", Some("unknown"));
        assert_eq!(both.named.as_ref().map(|named| &*named.name), Some("b"));
    }

    #[test]
    fn nothing_is_guessed_that_does_harm() {
        let mut projects = Projects::default();
        let undecided = attached(&mut projects, "c");
        let refused = |projects: &Projects, method| meant(projects, &undecided, method);
        assert_eq!(refused(&projects, Method::Undo), Err("no project is open".to_owned()));
        let mut other = Session::default();
        open(&mut projects, &mut other, "a");
        assert_eq!(refused(&projects, Method::Undo), Ok("a".to_owned()), "the only one");
        for name in 'b'..='l' {
            open(&mut projects, &mut other, &name.to_string());
        }
        let error = "params.project: this session has chosen none of the open projects, so name one: \
                     \"a\", \"b\", \"c\", \"d\", \"e\", \"f\", \"g\", \"h\", \"i\", \"j\" and 2 more";
        for method in [Method::AddVoxel, Method::Undo, Method::Begin, Method::SaveProject] {
            assert_eq!(refused(&projects, method), Err(error.to_owned()));
        }
        assert_eq!(refused(&projects, Method::GetVoxel), Ok("l".to_owned()));
        let plain = meant(&projects, &Session::default(), Method::Undo);
        assert_eq!(plain, Ok("l".to_owned()), "a connection that knows no sessions");
    }

    #[test]
    fn what_has_the_same_name_by_now_is_another_project() {
        let mut projects = Projects::default();
        let (mut mine, mut theirs) = (attached(&mut projects, "a"), attached(&mut projects, "b"));
        open(&mut projects, &mut mine, "p");
        let id = open(&mut projects, &mut theirs, "p");
        let closed =
            "the project that this connection worked on was closed: select or create another";
        assert_eq!(meant(&projects, &mine, Method::GetStats), Err(closed.to_owned()));
        let next = attached(&mut projects, "a");
        assert_eq!(meant(&projects, &next, Method::GetStats), Err(closed.to_owned()));
        assert_eq!(projects.mine(&next), None);
        projects.choose(&mut mine, id);
        assert_eq!(meant(&projects, &mine, Method::AddVoxel), Ok("p".to_owned()));
        projects.close(&mut mine, id, true).expect("nobody holds it");
        let next = attached(&mut projects, "a");
        assert_eq!(meant(&projects, &next, Method::Undo), Err("no project is open".to_owned()));
    }

    #[test]
    fn who_may_only_look_does_not_steer_others() {
        let mut projects = Projects::default();
        let mut mine = attached(&mut projects, "a");
        let p = open(&mut projects, &mut mine, "p");
        let q = open(&mut projects, &mut Session::default(), "q");
        let mut looking = attached(&mut projects, "a");
        looking.rights = std::mem::take(&mut looking.rights).looking_only();
        projects.choose(&mut looking, q);
        assert_eq!(projects.mine(&looking), Some(q));
        let next = attached(&mut projects, "a");
        assert_eq!(projects.mine(&next), Some(p));
    }

    #[test]
    fn sessions_are_bounded() {
        let mut sessions = Sessions::default();
        let mut context = goxel_core::Context::default();
        let (id, _) = context.insert(Project::new("p", [1; 3])).expect("room");
        let project = Meant::of(context.project(Some(id)).expect("open"));
        for index in 0..SESSIONS_MAX {
            sessions.choose(&index.to_string(), project);
        }
        assert_eq!(sessions.get("0"), Some(project));
        sessions.choose("more", project);
        assert_eq!(sessions.chosen.len(), SESSIONS_MAX);
        assert_eq!((sessions.get("0"), sessions.get("1")), (Some(project), None));
    }
}
