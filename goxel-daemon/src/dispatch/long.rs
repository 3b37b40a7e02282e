//! Long edits: what a worker does with a fork of a project, and how it comes back.

use goxel_core::{Error, Project, ProjectId};
use goxel_io::Class;
use goxel_proto::Method;
use goxel_proto::json::Writer;

use super::done::{Again, Completion, Done, Forked, Held};
use super::worker::Worker;
use super::{Outcome, handler, hold};
use crate::fault::{Fault, Result};
use crate::gate::{Edit, Fork, Then};
use crate::handler::{Editing, Handler, LateEdit};
use crate::jobs::Demands;
use crate::meant::Meant;
use crate::session::Session;
use crate::state::State;
use crate::storage::{Made, Written};
use crate::text::Kept;
use crate::thread_pool::EditThreads;

/// Makes an edit that a worker prepared: here as far as it is short, else on a worker.
pub(super) fn make_late(
    state: &mut State,
    session: &mut Session,
    method: Method,
    meant: Meant,
    (mut late, again): (LateEdit, Option<Again>),
    writer: &mut Writer<'_>,
) -> Result<Outcome> {
    let written = Written::Effect(method);
    let inline = state.inline_edit_budget(written);
    let budget = inline.work();
    let project = Some(state.projects.still(meant)?);
    let edit = Edit { session, project, written };
    let work = |project: &mut Project| Editing::new(project, &budget).make(writer, &mut late);
    match state.projects.edit(edit, work) {
        Err(Fault::Wait(waits)) => {
            let made = Ok(Completion::Edit(meant, late, again));
            hold(state, session, method, waits, Held::Done(Done::of(method, made)))
        }
        Err(Fault::Model(Error::OverBudget(_))) => {
            let late = Late { edit: late, written: None, again };
            begin(state, session, method, (project, written), late, Then::Nothing)
        }
        Err(Fault::Model(Error::Overtaken { .. })) if again.is_some() => {
            state.projects.drop_made(late);
            again.map_or(Ok(Outcome::Written), |again| again(state, session))
        }
        Err(refused) => {
            state.projects.drop_made(late);
            Err(refused)
        }
        Ok(()) => Ok(Outcome::Written),
    }
}

/// An edit for a worker.
pub(super) struct Late {
    pub(super) edit: LateEdit,
    /// The call that it is written as in the data directory; else what it changes is.
    pub(super) written: Option<Kept>,
    /// What begins it again, where others have changed the same.
    pub(super) again: Option<Again>,
}

impl Late {
    /// The record of the edit, which made `after` of `before`; none where it changed nothing.
    fn record(&self, method: Method, before: &Project, after: &Project) -> Result<Option<Made>> {
        let is_step = matches!(handler(method), Handler::Step { .. });
        let versions = after.version() - before.version();
        if versions == 0 {
            return Ok(None);
        }
        match &self.written {
            Some(_) if is_step => Ok(Some(Made::call(method, None, versions))),
            Some(text) => {
                text.with_args(method, |args| Ok(Some(Made::call(method, args.raw(), versions))))
            }
            None => Ok(Made::effect(method, before, after)),
        }
    }
}

/// Begins an edit on a worker.
pub(super) fn begin(
    state: &mut State,
    session: &mut Session,
    method: Method,
    (project, written): (Option<ProjectId>, Written<'_>),
    mut late: Late,
    then: Then,
) -> Result<Outcome> {
    let (project, mut fork) = state.projects.fork(Edit { session, project, written })?;
    let client = session.client;
    let add = || state.jobs.add(method, Some(project), client, Demands::default());
    let number = session.job.unwrap_or_else(add);
    session.job = Some(number);
    let worker = Worker::new(state, number);
    let is_kept = state.projects.has_storage();
    let is_heard = state.projects.is_heard(&fork);
    Ok(Outcome::Job(goxel_io::Job::new(Class::Edit, move || {
        let (mut json, mark) = (Vec::new(), fork.mark());
        // Who reads the project shares the same voxels, so this costs no copies.
        let before = is_kept.then(|| fork.snapshot());
        let mut made = None;
        let outcome = worker.run(|| {
            worker.work_on(&EditThreads, |work| {
                Editing::new(&mut fork, work).make(&mut Writer::new(&mut json), &mut late.edit)
            })?;
            if let Some(before) = &before {
                made = late.record(method, before, &fork)?;
            }
            Ok(())
        });
        if outcome.is_err() {
            // A panic may have left something on the history.
            fork.return_to(mark);
        }
        // Here there is time to go through all of it.
        let changed = is_heard.then(|| fork.changed_since(&mark));
        // What they hold on to may take long to free.
        let again = late.again.take();
        drop((late, before));
        let fork = Fork { project, fork, mark, is_done: outcome.is_ok(), made, method, changed };
        let forked = Box::new(Forked { fork, then, outcome: outcome.map(|()| json), again });
        Done::of(method, Ok(Completion::Forked(forked)))
    })))
}

#[cfg(test)]
mod tests {
    use goxel_core::Command;
    use goxel_proto::ErrorCode;

    use super::*;

    #[test]
    fn a_long_edit_that_panics_leaves_the_project_as_it_was() {
        let (mut state, mut session) = (State::default(), Session::default());
        let id = state.projects.open(&mut session, Project::new("p", [8; 3]), true).expect("room");
        let add = |project: &mut Editing<'_>| {
            project.apply(Command::CreateLayer { name: "b", visible: true }).map(|_| ())
        };
        let late: LateEdit = Box::new(move |project, _| {
            add(project)?;
            std::panic::resume_unwind(Box::new("oh"))
        });
        let method = Method::CreateLayer;
        let late = Late { edit: late, written: None, again: None };
        let project = (None, Written::Effect(method));
        let outcome = begin(&mut state, &mut session, method, project, late, Then::Nothing);
        let Ok(Outcome::Job(job)) = outcome else { unreachable!("it is a job") };
        let error = super::super::finish(
            &mut state,
            &mut session,
            job.run(),
            &mut Writer::new(&mut Vec::new()),
        );
        assert_eq!(error.err().map(|error| error.code), Some(ErrorCode::Internal));
        let project = state.projects.read(Some(id)).expect("it is open");
        assert_eq!((project.layers().len(), project.history_depth()), (1, (0, 0)));
        assert!(state.projects.is_calm(), "nobody waits for it any more");
    }
}
