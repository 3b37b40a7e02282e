//! From a method to its handler, and from the handler's kind to the thread and the project it gets.
//!
//! An edit is tried on the loop within a budget. One that is over it has changed nothing, and begins
//! again on a worker: see [`long`].

mod asked;
mod change;
mod done;
mod formats;
mod long;
mod scripts;
mod table;
mod waits;
mod worker;

use goxel_core::{Error, Project, ProjectId, Work};
use goxel_io::{Class, Command};
use goxel_proto::calls::Plain;
use goxel_proto::json::Writer;
use goxel_proto::method::Runs;
use goxel_proto::{Args, Method, RpcError};

use self::change::Change;
use self::done::Completion;
pub(crate) use self::done::{Done, Held, Loaded, Orphan};
use self::long::Late;
pub(crate) use self::table::handler;
use self::waits::hold;
use self::worker::Worker;
use crate::fault::{Fault, Result};
use crate::gate::{Edit, Projects, Then, is_small};
use crate::handler::{Drawing, Editing, Handler, JobFn, LongRead, OfPast, Restoring, Snapshot};
use crate::jobs::Demands;
use crate::memory;
use crate::session::Session;
use crate::state::State;
use crate::storage::{Made, Written};
use crate::text::Text;
use crate::voxel_reply::VoxelReply;

/// What a call came to.
pub(crate) enum Outcome {
    /// Its result is written.
    Written,
    /// This is its result.
    Json(Vec<u8>),
    /// A worker has to do it.
    Job(goxel_io::Job<Done>),
    /// It is carried out when its turn has come.
    Hold(Held),
}

/// The fast path of the calls that come by the million: single voxels in the form that [`Plain`]
/// takes. `None` where nothing was done: [`call`] then does the same, or says what is wrong.
#[inline]
pub(crate) fn fast(
    state: &mut State,
    session: &Session,
    method: Method,
    call: &Plain,
) -> Option<VoxelReply> {
    let is_plain = session.named.is_none() && session.transaction.is_none();
    if !state.projects.is_calm() || !is_plain || !session.rights.are_whole() {
        // A transaction may have been abandoned, and is then to be rolled back first; or the edit
        // has to wait; and what a session of several connections works on has to be looked up.
        return None;
    }
    let project = session.project;
    let reply = match *handler(method) {
        Handler::EditVoxel { fast, .. } => {
            let edit = Edit { session, project, written: Written::Plain(method, call) };
            let work = |project: &mut Project| fast(project, call).ok_or(Declined);
            state.projects.edit(edit, work).ok()?
        }
        Handler::ReadVoxel { fast, .. } => fast(state.projects.read(project).ok()?, call)?,
        _ => return None,
    };
    state.calls += 1;
    Some(reply)
}

/// The fast path has done nothing, for whatever reason.
struct Declined;

impl From<Fault> for Declined {
    #[cold]
    fn from(_: Fault) -> Self {
        Self
    }
}

/// Carries out a call as far as the loop's thread does, and writes its result.
pub(crate) fn call(
    state: &mut State,
    session: &mut Session,
    method: Method,
    text: Text<'_>,
    args: &Args<'_>,
    writer: &mut Writer<'_>,
) -> Result<Outcome, RpcError> {
    state.calls += 1;
    state.settle(session);
    let outcome = Demands::read(args).and_then(|demands| {
        let call = Call { method, text, args, demands };
        let mut outcome = call.run(state, session, writer);
        // It may need two: one to copy from, and one to copy to.
        while let Err(Fault::Stored(project)) = outcome {
            outcome = match call.load(state, session, project) {
                Ok(None) => call.run(state, session, writer),
                Ok(Some(job)) => Ok(job),
                Err(fault) => Err(fault),
            };
        }
        match outcome {
            Err(Fault::Wait(waits)) => call.wait(state, session, waits),
            other => other,
        }
    });
    over(state, session, outcome, method)
}

/// Takes over what a worker made, and writes the result.
pub(crate) fn finish(
    state: &mut State,
    session: &mut Session,
    Done { method, made }: Done,
    writer: &mut Writer<'_>,
) -> Result<Outcome, RpcError> {
    state.settle(session);
    let Some(method) = method else { return Ok(Outcome::Written) };
    let outcome = made.and_then(|completion| complete(state, session, method, completion, writer));
    over(state, session, outcome, method)
}

/// What the session hears of its call, which is over unless a worker goes on with it or it waits.
fn over(
    state: &State,
    session: &mut Session,
    outcome: Result<Outcome>,
    method: Method,
) -> Result<Outcome, RpcError> {
    if matches!(outcome, Ok(Outcome::Written | Outcome::Json(_)) | Err(_)) {
        state.rest(session);
    }
    outcome.map_err(|fault| in_words(fault, method))
}

fn complete(
    state: &mut State,
    session: &mut Session,
    method: Method,
    completion: Completion,
    writer: &mut Writer<'_>,
) -> Result<Outcome> {
    match completion {
        Completion::Reply(write) => write(writer),
        Completion::Json(json) => return Ok(Outcome::Json(json)),
        Completion::Keep(keep) => keep(state.renders(), writer),
        Completion::Saved(project, version, write) => {
            state.projects.saved(project, version);
            write(writer);
        }
        Completion::Edit(project, late, again) => {
            return long::make_late(state, session, method, project, (late, again), writer);
        }
        Completion::Open(opened, made) => {
            let name = opened.project.name();
            match state.projects.admit_open(session, name, opened.replaces) {
                Err(Fault::Wait(waits)) => {
                    let made = Ok(Completion::Open(opened, made));
                    return hold(state, session, method, waits, Held::Done(Done::of(method, made)));
                }
                Err(refused) => {
                    state.projects.drop_made(opened.project);
                    return Err(refused);
                }
                Ok(()) => {}
            }
            opened.open(&mut state.projects, session, made, writer)?;
        }
        Completion::Forked(forked) => return forked.join(state, session),
        // The server goes on with the call.
        Completion::Loaded(_) | Completion::Found(_) => {}
        // It is nobody's.
        Completion::Checkpointed(_) | Completion::Stated(_) => {}
    }
    Ok(Outcome::Written)
}

#[cold]
fn in_words(fault: Fault, method: Method) -> RpcError {
    fault.into_rpc(method.info().code)
}

/// A call that is being carried out.
struct Call<'a> {
    method: Method,
    text: Text<'a>,
    args: &'a Args<'a>,
    demands: Demands,
}

impl Call<'_> {
    fn run(
        &self,
        state: &mut State,
        session: &mut Session,
        writer: &mut Writer<'_>,
    ) -> Result<Outcome> {
        let args = self.args;
        session.rights.admit(self.method, args)?;
        let (handler, runs) = (handler(self.method), self.method.info().runs);
        if let Some(name) = self.text.left_out().filter(|_| !handler.reads_on_workers()) {
            return Err(args.wrong(name, "is too long for this method").into());
        }
        if let Some(outcome) = self.by_script(state, session)? {
            return Ok(outcome);
        }
        match *handler {
            Handler::System(handle) => handle(state, session, args, writer).map(answered),
            Handler::Alone(handle) if self.text.is_large() || runs == Runs::Worker => {
                let (method, text) = (self.method, self.text.keep());
                let work: JobFn<Vec<u8>> = Box::new(move |_| {
                    let mut json = Vec::new();
                    text.with_args(method, |args| handle(args, &mut Writer::new(&mut json)))?;
                    Ok(json)
                });
                Ok(self.job(state, session, work, Completion::Json))
            }
            Handler::Alone(handle) => {
                memory::check()?;
                handle(args, writer).map(answered)
            }
            Handler::Clients(handle) => match session.clients.take() {
                Some(clients) => {
                    memory::check()?;
                    handle(state, &clients, args, writer).map(answered)
                }
                None => {
                    // One list serves all that wait for it.
                    if !state.commands.contains(&Command::List) {
                        state.commands.push_back(Command::List);
                    }
                    Ok(Outcome::Hold(Held::Clients(self.text.keep(), None)))
                }
            },
            Handler::Open(handle) => {
                state.projects.admit_changes()?;
                let work = handle(&session.rights, args)?;
                let is_kept = state.projects.has_storage();
                Ok(self.job(state, session, work, move |opened| {
                    // Written here, where there is time.
                    let made = is_kept.then(|| Made::opened(&opened.project));
                    Completion::Open(opened, made)
                }))
            }
            Handler::Everything(handle) => {
                let work = handle(&session.rights, state.projects.everything(), args)?;
                Ok(self.job(state, session, work, Completion::Reply))
            }
            Handler::Files(handle) => {
                let work = handle(&session.rights, args)?;
                Ok(self.job(state, session, work, Completion::Reply))
            }
            Handler::Past(handle) => {
                let work = handle(&session.rights, args)?;
                self.job_of_past(state, session, work, Completion::Reply)
            }
            Handler::Restore(handle) => match handle(&session.rights, args)? {
                Restoring::Open(work) => self.job_of_past(state, session, work, |opened| {
                    let made = Made::opened(&opened.project);
                    Completion::Open(opened, Some(made))
                }),
                Restoring::Edit(work) => {
                    let project = state.target(session, args)?;
                    let edit = Edit { session, project, written: Written::Effect(self.method) };
                    let meant = state.projects.prepare(edit)?;
                    let complete = move |edit| Completion::Edit(meant, edit, None);
                    self.job_of_past(state, session, work, complete)
                }
            },
            Handler::Edit(handle) | Handler::EditVoxel { full: handle, .. } => {
                self.edit(state, session, Change::Alone(handle), Then::Nothing, writer)
            }
            Handler::Step { edit, then } => {
                let project = state.target(session, args)?;
                let written = Written::Step(self.method);
                state.projects.admit_step(Edit { session, project, written }, then)?;
                self.edit(state, session, Change::Alone(edit), then, writer)
            }
            Handler::EditFrom(handle) => {
                self.edit(state, session, Change::From(handle), Then::Nothing, writer)
            }
            Handler::EditLater(handle) => {
                let project = state.target(session, args)?;
                let edit = Edit { session, project, written: Written::Effect(self.method) };
                let project = state.projects.prepare(edit)?;
                let complete = move |work| Completion::Edit(project, work, None);
                let work = if self.text.is_large() {
                    let (method, text) = (self.method, self.text.keep());
                    let rights = session.rights.clone();
                    Box::new(move |work: &Work<'_>| {
                        text.with_args(method, |args| handle(&rights, args))?(work)
                    })
                } else {
                    handle(&session.rights, args)?
                };
                Ok(self.job(state, session, work, complete))
            }
            Handler::Script(handle) => self.script(state, session, handle),
            Handler::Read(handle) | Handler::ReadVoxel { full: handle, .. } => {
                handle(self.project(state, session)?, args, writer).map(answered)
            }
            Handler::LongRead(handle) => self.read_long(state, session, handle, writer),
            Handler::Job(handle) => {
                let snapshot = Snapshot(self.project(state, session)?.snapshot());
                let work = handle(&session.rights, snapshot, args)?;
                Ok(self.job(state, session, work, Completion::Reply))
            }
            Handler::Save(handle) => {
                let snapshot = self.project(state, session)?.snapshot();
                let (project, version) = (snapshot.identity(), snapshot.version());
                let complete = move |reply| Completion::Saved(project, version, reply);
                let work = handle(&session.rights, Snapshot(snapshot), args)?;
                Ok(self.job(state, session, work, complete))
            }
            Handler::Picture(handle) => {
                let snapshot = Snapshot(self.project(state, session)?.snapshot());
                match handle(&session.rights, state.renders(), snapshot, args)? {
                    Drawing::Now(work) => Ok(self.job(state, session, work, Completion::drawn)),
                    Drawing::OfPast(work) => {
                        self.job_of_past(state, session, work, Completion::drawn)
                    }
                }
            }
        }
    }

    /// Makes an edit: on the loop as far as it is short, else on a worker.
    fn edit(
        &self,
        state: &mut State,
        session: &mut Session,
        change: Change,
        then: Then,
        writer: &mut Writer<'_>,
    ) -> Result<Outcome> {
        let project = state.target(session, self.args)?;
        let written = self.written(then);
        let edit = Edit { session, project, written };
        let inline = state.inline_edit_budget(written);
        let budget = inline.work();
        let work = |project: &mut Project, source: Option<Snapshot>| {
            Editing::new(project, &budget).make(writer, |project, writer| {
                change.make(project, self.args, source.as_ref(), writer)
            })
        };
        let source = |projects: &Projects| change.source(projects, self.args);
        if !self.text.is_large() {
            match state.projects.edit_from(edit, source, work) {
                Err(Fault::Model(Error::OverBudget(_))) => {}
                outcome => {
                    outcome?;
                    if then != Then::Nothing {
                        state.projects.then(then, state.projects.resolve(project)?, session);
                    }
                    return Ok(Outcome::Written);
                }
            }
        }
        let (method, text) = (self.method, self.text.keep());
        let source = source(&state.projects)?;
        let keeps_effect = matches!(written, Written::Effect(_));
        let late = Late {
            edit: Box::new(move |project, writer| {
                text.with_args(method, |args| change.make(project, args, source.as_ref(), writer))
            }),
            written: if keeps_effect { None } else { Some(self.text.keep()) },
            again: None,
        };
        self.number(state, session, project);
        long::begin(state, session, method, (project, written), late, then)
    }

    /// How an edit by this call is written into the data directory.
    fn written(&self, then: Then) -> Written<'_> {
        match (handler(self.method), then) {
            (Handler::Step { .. }, _) => Written::Step(self.method),
            // What they do depends on the history.
            _ if matches!(self.method, Method::Undo | Method::Redo) => Written::Effect(self.method),
            (Handler::Edit(_) | Handler::EditVoxel { .. }, _) => {
                Written::Call(self.method, self.args.raw())
            }
            _ => Written::Effect(self.method),
        }
    }

    /// The project that this call reads.
    fn project<'s>(&self, state: &'s State, session: &Session) -> Result<&'s Project> {
        state.projects.read(state.target(session, self.args)?)
    }

    /// The number of the job that the call is from here on.
    fn number(&self, state: &mut State, session: &mut Session, project: Option<ProjectId>) -> u64 {
        let (method, client) = (self.method, session.client);
        let project = project.or(state.projects.mine(session));
        *session.job.get_or_insert_with(|| state.jobs.add(method, project, client, self.demands))
    }

    /// A job for a worker, and what becomes of what it gives.
    fn job<T: 'static>(
        &self,
        state: &mut State,
        session: &mut Session,
        work: JobFn<T>,
        complete: impl FnOnce(T) -> Completion + Send + 'static,
    ) -> Outcome {
        let project = state.target(session, self.args).ok().flatten();
        let number = self.number(state, session, project);
        let worker = Worker::new(state, number);
        let method = self.method;
        Outcome::Job(goxel_io::Job::new(Class::Read, move || {
            Done::of(method, worker.run(|| worker.work(work).map(complete)))
        }))
    }

    /// A job for a worker that finds older versions.
    fn job_of_past<T: 'static>(
        &self,
        state: &mut State,
        session: &mut Session,
        work: OfPast<T>,
        complete: impl FnOnce(T) -> Completion + Send + 'static,
    ) -> Result<Outcome> {
        let project = state.target(session, self.args);
        let past = state.projects.past(project)?;
        Ok(self.job(state, session, Box::new(move |of| work(past, of)), complete))
    }

    /// Small projects are read inline, large ones on a worker.
    fn read_long(
        &self,
        state: &mut State,
        session: &mut Session,
        handle: fn(&Args<'_>) -> Result<LongRead>,
        writer: &mut Writer<'_>,
    ) -> Result<Outcome> {
        let project = self.project(state, session)?;
        let read: Box<dyn FnOnce() -> Result<LongRead> + Send> = if self.text.is_large() {
            let (method, text) = (self.method, self.text.keep());
            Box::new(move || text.with_args(method, handle))
        } else {
            let mut read = handle(self.args)?;
            if is_small(project) {
                // What is asked of it may still be much.
                match read(project, &state.inline_budget().work(), writer) {
                    Err(Fault::Model(Error::OverBudget(_))) => read = handle(self.args)?,
                    done => return done.map(answered),
                }
            }
            Box::new(move || Ok(read))
        };
        let snapshot = project.snapshot();
        let work: JobFn<Vec<u8>> = Box::new(move |work| {
            // Large replies are written on the worker too; the loop only passes them on.
            let mut json = Vec::new();
            read()?(&snapshot, work, &mut Writer::new(&mut json))?;
            Ok(json)
        });
        Ok(self.job(state, session, work, Completion::Json))
    }
}

fn answered((): ()) -> Outcome {
    Outcome::Written
}
