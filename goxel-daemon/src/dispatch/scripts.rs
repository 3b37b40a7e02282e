//! Scripts: a snapshot of the project goes to a worker's process, and what comes back becomes an edit.
//!
//! ```text
//! call --> job: the script runs --> completion: an edit like one that a worker prepared --> gate
//!           ^                            `-- others have changed the same, and it may begin anew --.
//!           `--------------------------------------------------------------------------------------'
//! ```

use std::sync::Arc;

use goxel_core::{Error, Project, Work};
use goxel_io::Class;
use goxel_proto::Method;
use goxel_proto::worker::Ask;

use super::done::{Again, Completion, Done};
use super::worker::Worker;
use super::{Call, Outcome, asked};
use crate::door::Rights;
use crate::fault::{Fault, Result};
use crate::gate::Edit;
use crate::handler::LateEdit;
use crate::handlers::scripts::Told;
use crate::meant::Meant;
use crate::scripts::{self, Listener, Order, Owner, Scripts};
use crate::session::Session;
use crate::state::State;
use crate::storage::Written;

/// The edge of the image box of the project that a script has where none is open: as of one that is made without
/// a size.
const EDGE: i32 = 0;

/// A script that may begin anew.
#[derive(Clone)]
struct Script {
    method: Method,
    order: Arc<Order>,
    /// The project that it edits; none where none is open.
    meant: Option<Meant>,
    /// How many times it has run.
    runs: u32,
    rights: Rights,
    /// Whose the formats are that it registers.
    owner: Owner,
}

impl Call<'_> {
    /// Has a script run. Its order is read there where it is long.
    pub(super) fn script(
        &self,
        state: &mut State,
        session: &mut Session,
        handle: fn(&Rights, &goxel_proto::Args<'_>) -> Result<Order>,
    ) -> Result<Outcome> {
        let (method, rights) = (self.method, session.rights.clone());
        let meant = self.meant(state, session)?;
        let id = meant.map(|meant| state.projects.still(meant)).transpose()?;
        let read: Box<dyn FnOnce() -> Result<Order> + Send> = if self.text.is_large() {
            let (text, rights) = (self.text.keep(), rights.clone());
            Box::new(move || text.with_args(method, |args| handle(&rights, args)))
        } else {
            let order = handle(&rights, self.args)?;
            Box::new(move || Ok(order))
        };
        self.number(state, session, id);
        let owner = Owner::of(session);
        let before = before(state, meant)?;
        begin(state, session, method, before, move || {
            Ok(Script { method, order: Arc::new(read()?), meant, runs: 0, rights, owner })
        })
    }

    /// The project that the script is meant for, which it may edit.
    fn meant(&self, state: &State, session: &Session) -> Result<Option<Meant>> {
        let project = state.target(session, self.args)?;
        let edit = Edit { session, project, written: Written::Effect(self.method) };
        match state.projects.prepare(edit) {
            // It may compute.
            Err(Fault::Model(Error::NoProject)) => Ok(None),
            meant => meant.map(Some),
        }
    }
}

/// The project as it is now, for a script to begin with.
fn before(state: &State, meant: Option<Meant>) -> Result<Project> {
    match meant {
        Some(meant) => {
            let id = state.projects.still(meant)?;
            Ok(state.projects.read(Some(id))?.snapshot())
        }
        None => Ok(Project::new("", [EDGE; 3])),
    }
}

/// A job that runs a script.
fn begin(
    state: &mut State,
    session: &Session,
    method: Method,
    before: Project,
    script: impl FnOnce() -> Result<Script> + Send + 'static,
) -> Result<Outcome> {
    // It has a number as long as it is under way.
    let number = session.job.ok_or(Error::Cancelled)?;
    let worker = Worker::new(state, number);
    let scripts = state.scripts.clone();
    Ok(Outcome::Job(goxel_io::Job::new(Class::Script, move || {
        let run = |work: &Work<'_>| script()?.run(&scripts, before, &worker, work);
        Done::of(method, worker.run(|| worker.work(run)))
    })))
}

impl Script {
    fn run(
        mut self,
        scripts: &Scripts,
        before: Project,
        worker: &Worker,
        work: &Work<'_>,
    ) -> Result<Completion> {
        let listener = Hearing::new(worker, &self.rights);
        let outcome = scripts::run(scripts, &self.order, &before, &listener, work)?;
        self.runs += 1;
        if let Ok(done) = &outcome.ended
            && !done.formats.is_empty()
        {
            scripts.register(&self.owner, &done.formats, &self.order);
        }
        let (told, after) = Told::of(outcome, &before, &self.order, self.runs, work)?;
        let (meant, after) = match (self.meant, after) {
            (Some(meant), Some(after)) => (meant, after),
            (_, None) => return Ok(Completion::Reply(Box::new(move |w| told.write(w)))),
            (None, Some(_)) => {
                let told = told.without_project();
                return Ok(Completion::Reply(Box::new(move |w| told.write(w))));
            }
        };
        let edit: LateEdit = Box::new(move |project, w| {
            let work = project.work();
            project.become_with(&before, &after, work)?;
            told.write(w);
            Ok(())
        });
        Ok(Completion::Edit(meant, edit, self.again()))
    }

    /// Has it begin with what is there then.
    fn again(self) -> Option<Again> {
        (self.runs <= self.order.retries).then(|| -> Again {
            Box::new(move |state, session| {
                let before = before(state, self.meant)?;
                begin(state, session, self.method, before, move || Ok(self))
            })
        })
    }
}

/// Hears what a script says while it runs.
pub(super) struct Hearing<'a> {
    worker: &'a Worker,
    rights: &'a Rights,
}

impl<'a> Hearing<'a> {
    pub(super) fn new(worker: &'a Worker, rights: &'a Rights) -> Self {
        Self { worker, rights }
    }
}

impl Listener for Hearing<'_> {
    fn asked(
        &self,
        ask: &Ask,
        project: &Project,
        memory: u64,
        work: &Work<'_>,
    ) -> Result<Result<String, String>> {
        asked::answer(ask, project, memory, self.rights, work)
    }

    fn printed(&self, text: &str) {
        self.worker.print(text);
    }

    fn is_at(&self, done: u64, of: u64) -> Result {
        self.worker.is_at(done, of)
    }
}
