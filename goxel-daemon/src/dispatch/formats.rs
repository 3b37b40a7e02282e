//! Files of formats that a script of the session has registered: the calls for files go to the script then.

use std::io::Write as _;
use std::sync::Arc;

use goxel_core::{Project, Work};
use goxel_formats::Report;
use goxel_io::Class;
use goxel_proto::json::Writer;
use goxel_proto::worker::Done as ScriptDone;
use goxel_proto::{ErrorCode, Method};

use super::done::{Completion, Done};
use super::scripts::Hearing;
use super::worker::Worker;
use super::{Call, Outcome};
use crate::door::Place;
use crate::fault::{Result, file_code, reason};
use crate::gate::Edit;
use crate::handler::{LateEdit, Opened};
use crate::handlers::files::{not_made, stem, write_exported, write_imported, write_loaded};
use crate::scripts::{self, Format, Owner, Scripts};
use crate::session::Session;
use crate::state::State;
use crate::storage::{Made, Written};

/// Bytes of a file that a script reads: they are in its memory, and in the daemon's.
const FILE_BYTES_MAX: usize = 64 << 20;

impl Call<'_> {
    /// Carries out a call about a file whose format a script of the session has registered; `None` where it is
    /// about none.
    pub(super) fn by_script(
        &self,
        state: &mut State,
        session: &mut Session,
    ) -> Result<Option<Outcome>> {
        let is_about_files =
            matches!(self.method, Method::ExportModel | Method::ImportModel | Method::LoadProject);
        if !is_about_files || !state.scripts.has_formats() {
            return Ok(None);
        }
        let path: String = self.args.need("path")?;
        let is_export = self.method == Method::ExportModel;
        let named: Option<String> = if is_export { self.args.get("format")? } else { None };
        let owner = Owner::of(session);
        let Some(format) = state.scripts.format(&owner, &path, named.as_deref()) else {
            return Ok(None);
        };
        match self.method {
            Method::ExportModel => self.export(state, session, path, &format),
            Method::ImportModel => self.import(state, session, path, format),
            _ => self.load_by_script(state, session, path, format),
        }
        .map(Some)
    }

    fn export(
        &self,
        state: &mut State,
        session: &mut Session,
        path: String,
        format: &Format,
    ) -> Result<Outcome> {
        let place = session.rights.place(&path)?.overwriting(self.args.need("overwrite")?);
        let project = self.project(state, session)?.snapshot();
        let order = format.export(&path);
        let rights = session.rights.clone();
        let name = format.name.clone();
        Ok(self.script_job(state, session, move |scripts, worker, work| {
            let listener = Hearing::new(worker, &rights);
            let outcome = scripts::run(scripts, &order, &project, &listener, work)?;
            let done = ended(outcome, &path, ErrorCode::Export)?.0;
            let filled = place.replace(|file| {
                file.write_all(&done.written).map_err(goxel_formats::Error::Output)
            });
            filled.map_err(|error| not_made(&path, ErrorCode::Export, reason(error)))?;
            Ok(Completion::Reply(Box::new(move |w| {
                write_exported(&path, Some(&name), &Report::default(), w);
            })))
        }))
    }

    fn import(
        &self,
        state: &mut State,
        session: &mut Session,
        path: String,
        format: Arc<Format>,
    ) -> Result<Outcome> {
        let project = state.target(session, self.args)?;
        let edit = Edit { session, project, written: Written::Effect(self.method) };
        let meant = state.projects.prepare(edit)?;
        let before = state.projects.read(project)?.snapshot();
        let (place, rights) = (session.rights.place(&path)?, session.rights.clone());
        Ok(self.script_job(state, session, move |scripts, worker, work| {
            let order = format.import(&path, read(&place, &path)?);
            let listener = Hearing::new(worker, &rights);
            let outcome = scripts::run(scripts, &order, &before, &listener, work)?;
            let (_, after) = ended(outcome, &path, ErrorCode::Load)?;
            let layers = after
                .as_ref()
                .map_or(0, |after| after.layers().len().saturating_sub(before.layers().len()));
            let edit: LateEdit = Box::new(move |project, w| {
                if let Some(after) = &after {
                    let work = project.work();
                    project.become_with(&before, after, work)?;
                }
                write_imported(&path, layers, &[], w);
                Ok(())
            });
            Ok(Completion::Edit(meant, edit, None))
        }))
    }

    fn load_by_script(
        &self,
        state: &mut State,
        session: &mut Session,
        path: String,
        format: Arc<Format>,
    ) -> Result<Outcome> {
        state.projects.admit_changes()?;
        let name = self.args.get("name")?.unwrap_or_else(|| stem(&path));
        let replaces = self.args.need("replace")?;
        let (place, rights) = (session.rights.place(&path)?, session.rights.clone());
        let is_kept = state.projects.has_storage();
        Ok(self.script_job(state, session, move |scripts, worker, work| {
            let order = format.import(&path, read(&place, &path)?);
            let listener = Hearing::new(worker, &rights);
            let empty = Project::new(name, [0; 3]);
            let outcome = scripts::run(scripts, &order, &empty, &listener, work)?;
            let (_, after) = ended(outcome, &path, ErrorCode::Load)?;
            let project = Box::new(after.unwrap_or(empty));
            let reply = Box::new(move |project: &Project, w: &mut Writer<'_>| {
                write_loaded(&path, project, &[], w);
            });
            let opened = Opened { project, replaces, reply };
            let made = is_kept.then(|| Made::opened(&opened.project));
            Ok(Completion::Open(opened, made))
        }))
    }

    /// A job of the class of scripts.
    fn script_job(
        &self,
        state: &mut State,
        session: &mut Session,
        run: impl FnOnce(&Scripts, &Worker, &Work<'_>) -> Result<Completion> + Send + 'static,
    ) -> Outcome {
        let project = state.target(session, self.args).ok().flatten();
        let number = self.number(state, session, project);
        let worker = Worker::new(state, number);
        let (method, scripts) = (self.method, state.scripts.clone());
        Outcome::Job(goxel_io::Job::new(Class::Script, move || {
            Done::of(method, worker.run(|| worker.work(|work| run(&scripts, &worker, work))))
        }))
    }
}

fn read(place: &Place, path: &str) -> Result<Vec<u8>> {
    let bytes = place.read_all(FILE_BYTES_MAX);
    bytes.map_err(|error| {
        let code = file_code(&error, ErrorCode::Load);
        not_made(path, code, reason(error))
    })
}

/// What a script gave that ended well, and the project as it has made it.
fn ended(
    outcome: scripts::Outcome,
    path: &str,
    code: ErrorCode,
) -> Result<(ScriptDone, Option<Project>)> {
    match outcome.ended {
        Ok(done) => Ok((done, outcome.after)),
        Err(failed) => {
            let place =
                if failed.line > 0 { format!(" (line {})", failed.line) } else { String::new() };
            let what = format!("{}: {}{place}", failed.name, failed.message);
            Err(not_made(path, code, what))
        }
    }
}
