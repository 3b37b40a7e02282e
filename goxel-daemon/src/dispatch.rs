//! From a method to its handler, and from the handler's kind to the thread and the project it gets.

mod table;

use goxel_core::{Identity, Project, ProjectId};
use goxel_proto::calls::Plain;
use goxel_proto::json::Writer;
use goxel_proto::{Args, Method, RpcError};

use self::table::handler;
use crate::fault::{Fault, Result};
use crate::gate::{Edit, Projects};
use crate::handler::{Handler, Keep, LateEdit, LongRead, Opened, Reply, Snapshot, Work};
use crate::session::Session;
use crate::state::State;
use crate::thread_pool::Threads;
use crate::voxel_reply::VoxelReply;

/// What a call came to.
pub(crate) enum Outcome {
    /// Its result is written.
    Written,
    /// A worker has to do it.
    Job(Job),
}

/// Carried out on a worker.
pub(crate) type Job = Box<dyn FnOnce() -> Result<Done, RpcError> + Send>;

/// What a worker has done, for [`finish`].
pub(crate) struct Done {
    method: Method,
    completion: Completion,
}

/// What is left for the loop's thread to do when a job is done.
enum Completion {
    Reply(Reply),
    Keep(Keep),
    /// The state of this version of a project was saved.
    Saved(Identity, u64, Reply),
    Edit(Option<ProjectId>, LateEdit),
    Open(Opened),
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
    if state.projects.has_transactions() || !is_plain || !session.rights.are_whole() {
        // A transaction may have been abandoned, and is then to be rolled back first; and what a
        // session of several connections works on has to be looked up.
        return None;
    }
    let project = session.project;
    let reply = match *handler(method) {
        Handler::EditVoxel { fast, .. } => {
            let edit = Edit { session, project };
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
    args: &Args<'_>,
    writer: &mut Writer<'_>,
) -> Result<Outcome, RpcError> {
    state.calls += 1;
    state.settle(session);
    let call = Call { method, args };
    let outcome = call.run(state, session, writer).map_err(|fault| in_words(fault, method));
    if !matches!(outcome, Ok(Outcome::Job(_))) {
        state.rest(session);
    }
    outcome
}

/// Takes over what a worker made, and writes the result.
pub(crate) fn finish(
    state: &mut State,
    session: &mut Session,
    Done { method, completion }: Done,
    writer: &mut Writer<'_>,
) -> Result<(), RpcError> {
    state.settle(session);
    let outcome = match completion {
        Completion::Reply(write) => {
            write(writer);
            Ok(())
        }
        Completion::Keep(keep) => {
            keep(state.renders(), writer);
            Ok(())
        }
        Completion::Edit(project, work) => {
            state.projects.edit(Edit { session, project }, |project| work(project, writer))
        }
        Completion::Saved(project, version, write) => {
            state.projects.saved(project, version);
            write(writer);
            Ok(())
        }
        Completion::Open(opened) => opened.open(&mut state.projects, session, writer),
    };
    state.rest(session);
    outcome.map_err(|fault| in_words(fault, method))
}

#[cold]
fn in_words(fault: Fault, method: Method) -> RpcError {
    fault.into_rpc(method.info().code)
}

/// A call that is being carried out.
struct Call<'a> {
    method: Method,
    args: &'a Args<'a>,
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
        match *handler(self.method) {
            Handler::System(handle) => handle(state, session, args, writer).map(written),
            Handler::Open(handle) => Ok(self.job(handle(&session.rights, args)?, Completion::Open)),
            Handler::Files(handle) => {
                Ok(self.job(handle(&session.rights, args)?, Completion::Reply))
            }
            Handler::Edit(handle) | Handler::EditVoxel { full: handle, .. } => {
                let edit = self.edit(state, session)?;
                state.projects.edit(edit, |project| handle(project, args, writer)).map(written)
            }
            Handler::EditFrom(handle) => {
                let edit = self.edit(state, session)?;
                let source = |projects: &Projects| source(projects, args);
                let work = |project: &mut Project, source: Option<Snapshot>| {
                    handle(project, args, source.as_ref(), writer)
                };
                state.projects.edit_from(edit, source, work).map(written)
            }
            Handler::EditLater(handle) => {
                let project = state.projects.prepare(self.edit(state, session)?)?;
                let complete = move |work| Completion::Edit(project, work);
                Ok(self.job(handle(&session.rights, args)?, complete))
            }
            Handler::Read(handle) | Handler::ReadVoxel { full: handle, .. } => {
                handle(self.project(state, session)?, args, writer).map(written)
            }
            Handler::LongRead(handle) => {
                let project = self.project(state, session)?;
                self.read_long(handle(args)?, project, writer)
            }
            Handler::Job(handle) => {
                let snapshot = Snapshot(self.project(state, session)?.snapshot());
                Ok(self.job(handle(&session.rights, snapshot, args)?, Completion::Reply))
            }
            Handler::Save(handle) => {
                let snapshot = self.project(state, session)?.snapshot();
                let (project, version) = (snapshot.identity(), snapshot.version());
                let complete = move |reply| Completion::Saved(project, version, reply);
                Ok(self.job(handle(&session.rights, Snapshot(snapshot), args)?, complete))
            }
            Handler::Picture(handle) => {
                let snapshot = Snapshot(self.project(state, session)?.snapshot());
                let work = handle(&session.rights, state.renders(), snapshot, args)?;
                Ok(self.job(work, Completion::Keep))
            }
        }
    }

    /// The edit that this call asks for.
    fn edit<'s>(&self, state: &State, session: &'s Session) -> Result<Edit<'s>> {
        Ok(Edit { session, project: state.target(session, self.args)? })
    }

    /// The project that this call reads.
    fn project<'s>(&self, state: &'s State, session: &Session) -> Result<&'s Project> {
        state.projects.read(state.target(session, self.args)?)
    }

    /// A job for a worker, and what becomes of what it gives.
    fn job<T: 'static>(
        &self,
        work: Work<T>,
        complete: impl FnOnce(T) -> Completion + Send + 'static,
    ) -> Outcome {
        let method = self.method;
        Outcome::Job(Box::new(move || match work() {
            Ok(made) => Ok(Done { method, completion: complete(made) }),
            Err(fault) => Err(in_words(fault, method)),
        }))
    }

    /// Small projects are read inline, large ones on a worker.
    fn read_long(
        &self,
        read: LongRead,
        project: &Project,
        writer: &mut Writer<'_>,
    ) -> Result<Outcome> {
        if is_small(project) {
            return read(project, &goxel_core::Work::unbounded(), writer).map(written);
        }
        let snapshot = project.snapshot();
        let work: Work<Reply> = Box::new(move || {
            // Large replies are written on the worker too; the loop only passes them on.
            let mut json = Vec::new();
            let spread = goxel_core::Work::spread(&Threads);
            read(&snapshot, &spread, &mut Writer::new(&mut json))?;
            Ok(Box::new(move |writer| writer.raw(&json)))
        });
        Ok(self.job(work, Completion::Reply))
    }
}

fn written((): ()) -> Outcome {
    Outcome::Written
}

/// The project that a call names as the one that something comes from.
fn source(projects: &Projects, args: &Args<'_>) -> Result<Option<Snapshot>> {
    let Some(name) = args.get::<String>("from_project")? else { return Ok(None) };
    let found =
        projects.find(&name).map_err(|error| RpcError::params("params.from_project", error))?;
    Ok(Some(Snapshot(projects.read(Some(found))?.snapshot())))
}

/// Voxels of a project up to which it is read inline: that takes well under a millisecond, and
/// handing it to a worker and back a tenth of one.
const INLINE_VOXELS_MAX: u64 = 1 << 16;
/// Tiles of such a project: scattered voxels cost a tile each.
const INLINE_TILES_MAX: usize = 128;

fn is_small(project: &Project) -> bool {
    let mut tiles = project.layers().iter().flat_map(|layer| layer.volume.tiles());
    project.count() <= INLINE_VOXELS_MAX && tiles.nth(INLINE_TILES_MAX).is_none()
}
