//! [`Handler`]: the kinds of functions that carry out a method. What a function takes says what it
//! may do: who is given no [`Editing`] cannot edit one, and who is given no [`Rights`] opens no
//! file that a client named.

use std::ops::{Deref, DerefMut};

use goxel_core::{Command, Effect, Project, Work};
use goxel_io::ClientInfo;
use goxel_proto::calls::Plain;
use goxel_proto::json::Writer;
use goxel_proto::{Args, Method};

use crate::door::Rights;
use crate::fault::Result;
use crate::gate::{Everything, Projects, Then};
use crate::renders::Renders;
use crate::scripts::Order;
use crate::session::Session;
use crate::state::State;
use crate::storage::{Made, Past};
use crate::voxel_reply::VoxelReply;

/// A method and its handler. Every file of handlers has a table of these.
pub(crate) type Entry = (Method, Handler);

/// The kinds of handler.
#[derive(Clone, Copy)]
pub(crate) enum Handler {
    /// Works on the daemon and its projects as a whole.
    System(fn(&mut State, &mut Session, &Args<'_>, &mut Writer<'_>) -> Result),
    /// Answers by what the call says alone: inline, or on a worker where that is long.
    Alone(AloneFn),
    /// Works on who is connected, which the loop is asked for first.
    Clients(ClientsFn),
    /// Changes one project: on the loop as far as that is short, else on a worker.
    Edit(EditFn),
    /// Changes one voxel. `fast` does the same for numbers by position; it gives `None` where it
    /// has done nothing, and `full` then does it or says what is wrong.
    EditVoxel { fast: fn(&mut Project, &Plain) -> Option<VoxelReply>, full: EditFn },
    /// Takes a step of a transaction.
    Step { edit: EditFn, then: Then },
    /// Changes one project by what another one has.
    EditFrom(EditFromFn),
    /// Prepares on a worker what one project is then changed by.
    EditLater(fn(&Rights, &Args<'_>) -> Result<JobFn<LateEdit>>),
    /// Makes a project on a worker, which is then opened.
    Open(fn(&Rights, &Args<'_>) -> Result<JobFn<Opened>>),
    /// Reads one project, and is always short.
    Read(ReadFn),
    /// Reads one voxel; as [`Handler::EditVoxel`].
    ReadVoxel { fast: fn(&Project, &Plain) -> Option<VoxelReply>, full: ReadFn },
    /// Reads one project in a time that grows with it: small projects are read inline, large ones
    /// on a worker.
    LongRead(fn(&Args<'_>) -> Result<LongRead>),
    /// Works on a snapshot of one project, on a worker.
    Job(fn(&Rights, Snapshot, &Args<'_>) -> Result<JobFn<Reply>>),
    /// Writes a snapshot of one project to a file, on a worker: the project is saved then.
    Save(fn(&Rights, Snapshot, &Args<'_>) -> Result<JobFn<Reply>>),
    /// Makes a picture of a snapshot on a worker, which may go to the register of those that the
    /// daemon keeps.
    Picture(fn(&Rights, &mut Renders, Snapshot, &Args<'_>) -> Result<Drawing>),
    /// Works on all projects as they are now, on a worker.
    Everything(fn(&Rights, Everything, &Args<'_>) -> Result<JobFn<Reply>>),
    /// Works on files alone, on a worker.
    Files(fn(&Rights, &Args<'_>) -> Result<JobFn<Reply>>),
    /// Works on older versions of one project, open or not, on a worker.
    Past(fn(&Rights, &Args<'_>) -> Result<PastFn>),
    /// Runs a script on a snapshot of one project, in a process of its own; what it changes is an edit then.
    Script(fn(&Rights, &Args<'_>) -> Result<Order>),
    /// Finds an older version on a worker, which is then opened, or what its project is changed to.
    Restore(fn(&Rights, &Args<'_>) -> Result<Restoring>),
}

impl Handler {
    /// Whether the parameters of a long call are read on a worker, so that the loop need not know all.
    pub(crate) fn reads_on_workers(&self) -> bool {
        match self {
            Self::Alone(_)
            | Self::Edit(_)
            | Self::EditVoxel { .. }
            | Self::EditFrom(_)
            | Self::EditLater(_)
            | Self::Step { .. }
            | Self::LongRead(_)
            | Self::Script(_) => true,
            Self::System(_)
            | Self::Clients(_)
            | Self::Read(_)
            | Self::ReadVoxel { .. }
            | Self::Open(_)
            | Self::Job(_)
            | Self::Save(_)
            | Self::Picture(_)
            | Self::Everything(_)
            | Self::Files(_)
            | Self::Past(_)
            | Self::Restore(_) => false,
        }
    }
}

pub(crate) type AloneFn = fn(&Args<'_>, &mut Writer<'_>) -> Result;
pub(crate) type ClientsFn = fn(&mut State, &[ClientInfo], &Args<'_>, &mut Writer<'_>) -> Result;
pub(crate) type EditFn = fn(&mut Editing<'_>, &Args<'_>, &mut Writer<'_>) -> Result;
pub(crate) type EditFromFn =
    fn(&mut Editing<'_>, &Args<'_>, Option<&Snapshot>, &mut Writer<'_>) -> Result;
type ReadFn = fn(&Project, &Args<'_>, &mut Writer<'_>) -> Result;

/// A project that is being edited, and how much the edit may do. An edit that is over its budget
/// has changed nothing, and begins again on a worker.
pub(crate) struct Editing<'a> {
    project: &'a mut Project,
    work: &'a Work<'a>,
}

impl<'a> Editing<'a> {
    pub(crate) fn new(project: &'a mut Project, work: &'a Work<'a>) -> Self {
        Self { project, work }
    }

    /// Makes an edit and has it write its result, which says so where the edit cannot be undone.
    pub(crate) fn make(
        mut self,
        writer: &mut Writer<'_>,
        edit: impl FnOnce(&mut Self, &mut Writer<'_>) -> Result,
    ) -> Result {
        let before = self.project.version();
        edit(&mut self, writer)?;
        if self.project.version() != before && !self.project.last_edit_undoable() {
            writer.more(|writer| writer.member("undoable", false));
        }
        Ok(())
    }

    /// Carries out a command as far as the work may go.
    pub(crate) fn apply(&mut self, command: Command<'_>) -> goxel_core::Result<Effect> {
        self.project.apply_within(command, self.work)
    }

    /// What loops over voxels carry.
    pub(crate) fn work(&self) -> &'a Work<'a> {
        self.work
    }
}

impl Deref for Editing<'_> {
    type Target = Project;

    fn deref(&self) -> &Project {
        self.project
    }
}

impl DerefMut for Editing<'_> {
    fn deref_mut(&mut self) -> &mut Project {
        self.project
    }
}

/// A project as workers get it: apart from the one that is edited meanwhile.
pub(crate) struct Snapshot(pub(crate) Project);

/// What a worker does, as far as the work may go. It owns all that it needs.
pub(crate) type JobFn<T> = Box<dyn FnOnce(&Work<'_>) -> Result<T> + Send>;

/// What a worker does with older versions of a project.
pub(crate) type OfPast<T> = Box<dyn FnOnce(Past, &Work<'_>) -> Result<T> + Send>;
pub(crate) type PastFn = OfPast<Reply>;

/// How an older version is had back.
pub(crate) enum Restoring {
    /// As a project of its own.
    Open(OfPast<Opened>),
    /// As an edit of the project.
    Edit(OfPast<LateEdit>),
}

/// Writes the result of a job.
pub(crate) type Reply = Box<dyn FnOnce(&mut Writer<'_>) + Send>;

/// Changes a project and writes the result, with all that it needs. What changed nothing, as it was
/// over its budget, is called a second time on a worker.
pub(crate) type LateEdit = Box<dyn FnMut(&mut Editing<'_>, &mut Writer<'_>) -> Result + Send>;

/// How a picture is made.
pub(crate) enum Drawing {
    /// Of the project as it is.
    Now(JobFn<Drawn>),
    /// Of that, and of an older version.
    OfPast(OfPast<Drawn>),
}

/// A picture that was made.
pub(crate) enum Drawn {
    /// The result of the call.
    Told(Vec<u8>),
    /// It goes to the register of those that are kept.
    Kept(Keep),
}

/// Puts a picture into the register, and writes the result.
pub(crate) type Keep = Box<dyn FnOnce(&mut Renders, &mut Writer<'_>) + Send>;

/// Writes the result of a call that opened this project.
pub(crate) type OpenedReply = Box<dyn FnOnce(&Project, &mut Writer<'_>) + Send>;

/// A project that a worker made, and the reply once it is open.
pub(crate) struct Opened {
    pub(crate) project: Box<Project>,
    /// Whether it may take the place of one of the same name that is not saved.
    pub(crate) replaces: bool,
    pub(crate) reply: OpenedReply,
}

impl Opened {
    /// Opens it, which was admitted, and writes the reply. `made` is its record for the data directory.
    pub(crate) fn open(
        self,
        projects: &mut Projects,
        session: &mut Session,
        made: Option<Made>,
        writer: &mut Writer<'_>,
    ) -> Result {
        let id = projects.open_made(session, *self.project, made)?;
        (self.reply)(projects.read(Some(id))?, writer);
        Ok(())
    }
}

/// Reads a project, with all that it needs of its call, as far as the work may go.
pub(crate) type LongRead = Box<dyn FnOnce(&Project, &Work<'_>, &mut Writer<'_>) -> Result + Send>;

#[cfg(test)]
mod tests {
    use goxel_core::{Context, Work};
    use goxel_proto::types::{Aabb, LayerRef, Rgba};

    use super::*;

    #[test]
    fn an_edit_that_cannot_be_undone_says_so() {
        let mut context = Context::default();
        context.limit_undo(1000);
        context.insert(Project::new("p", [8; 3])).expect("room");
        let mut edit = |edge: i64| {
            let project = context.project_mut(None).expect("it is open");
            let mut json = Vec::new();
            let work = Work::unbounded();
            let aabb = Aabb { min: [0; 3], max: [edge, 8, 8] };
            let made =
                Editing::new(project, &work).make(&mut Writer::new(&mut json), |project, w| {
                    let layer = LayerRef::Active;
                    let boxes = [(aabb, Rgba::opaque(edge as u8, 2, 3))];
                    project.apply(Command::SetVoxels { layer, boxes: &boxes, voxels: &[] })?;
                    w.object(|w| w.member("success", true));
                    Ok(())
                });
            assert!(made.is_ok());
            String::from_utf8(json).expect("text")
        };
        assert_eq!(edit(8), r#"{ "success": true }"#);
        assert_eq!(edit(2000), r#"{ "success": true, "undoable": false }"#);
        assert_eq!(edit(0), r#"{ "success": true }"#, "nothing was done");
    }
}
