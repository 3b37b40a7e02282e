//! [`Handler`]: the kinds of functions that carry out a method. What a function takes says what it
//! may do: who is given no `&mut Project` cannot edit one, and who is given no [`Rights`] opens no
//! file that a client named.

use goxel_core::Project;
use goxel_proto::calls::Plain;
use goxel_proto::json::Writer;
use goxel_proto::{Args, Method};

use crate::door::Rights;
use crate::fault::Result;
use crate::gate::Projects;
use crate::renders::Renders;
use crate::session::Session;
use crate::state::State;
use crate::voxel_reply::VoxelReply;

/// A method and its handler. Every file of handlers has a table of these.
pub(crate) type Entry = (Method, Handler);

/// The kinds of handler.
#[derive(Clone, Copy)]
pub(crate) enum Handler {
    /// Works on the daemon and its projects as a whole.
    System(fn(&mut State, &mut Session, &Args<'_>, &mut Writer<'_>) -> Result),
    /// Changes one project.
    Edit(EditFn),
    /// Changes one voxel. `fast` does the same for numbers by position; it gives `None` where it
    /// has done nothing, and `full` then does it or says what is wrong.
    EditVoxel { fast: fn(&mut Project, &Plain) -> Option<VoxelReply>, full: EditFn },
    /// Changes one project by what another one has.
    EditFrom(fn(&mut Project, &Args<'_>, Option<&Snapshot>, &mut Writer<'_>) -> Result),
    /// Prepares on a worker what one project is then changed by.
    EditLater(fn(&Rights, &Args<'_>) -> Result<Work<LateEdit>>),
    /// Makes a project on a worker, which is then opened.
    Open(fn(&Rights, &Args<'_>) -> Result<Work<Opened>>),
    /// Reads one project, and is always short.
    Read(ReadFn),
    /// Reads one voxel; as [`Handler::EditVoxel`].
    ReadVoxel { fast: fn(&Project, &Plain) -> Option<VoxelReply>, full: ReadFn },
    /// Reads one project in a time that grows with it: small projects are read inline, large ones
    /// on a worker.
    LongRead(fn(&Args<'_>) -> Result<LongRead>),
    /// Works on a snapshot of one project, on a worker.
    Job(fn(&Rights, Snapshot, &Args<'_>) -> Result<Work<Reply>>),
    /// Writes a snapshot of one project to a file, on a worker: the project is saved then.
    Save(fn(&Rights, Snapshot, &Args<'_>) -> Result<Work<Reply>>),
    /// Makes a picture of a snapshot on a worker, which may go to the register of those that the
    /// daemon keeps.
    Picture(fn(&Rights, &mut Renders, Snapshot, &Args<'_>) -> Result<Work<Keep>>),
    /// Works on files alone, on a worker.
    Files(fn(&Rights, &Args<'_>) -> Result<Work<Reply>>),
}

type EditFn = fn(&mut Project, &Args<'_>, &mut Writer<'_>) -> Result;
type ReadFn = fn(&Project, &Args<'_>, &mut Writer<'_>) -> Result;

/// A project as workers get it: apart from the one that is edited meanwhile.
pub(crate) struct Snapshot(pub(crate) Project);

/// What a worker does. It owns all that it needs.
pub(crate) type Work<T> = Box<dyn FnOnce() -> Result<T> + Send>;

/// Writes the result of a job.
pub(crate) type Reply = Box<dyn FnOnce(&mut Writer<'_>) + Send>;

/// Changes a project by what a worker prepared, and writes the result.
pub(crate) type LateEdit = Box<dyn FnOnce(&mut Project, &mut Writer<'_>) -> Result + Send>;

/// Puts a picture into the register where it is to be kept, and writes the result.
pub(crate) type Keep = Box<dyn FnOnce(&mut Renders, &mut Writer<'_>) + Send>;

/// A project that a worker made, and the reply once it is open.
pub(crate) struct Opened {
    pub(crate) project: Project,
    /// Whether it may take the place of one of the same name that is not saved.
    pub(crate) replaces: bool,
    pub(crate) reply: Box<dyn FnOnce(&Project, &mut Writer<'_>) + Send>,
}

impl Opened {
    /// Opens it, and writes the reply.
    pub(crate) fn open(
        self,
        projects: &mut Projects,
        session: &mut Session,
        writer: &mut Writer<'_>,
    ) -> Result {
        let id = projects.open(session, self.project, self.replaces)?;
        (self.reply)(projects.read(Some(id))?, writer);
        Ok(())
    }
}

/// Reads a project, with all that it needs of its call, by whatever threads there are.
pub(crate) type LongRead =
    Box<dyn FnOnce(&Project, &goxel_core::Work<'_>, &mut Writer<'_>) -> Result + Send>;
