//! What the daemon holds, and what it remembers of each connection.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use goxel_core::{Context, Project, ProjectId, Spread};
use goxel_io::Status;
use goxel_proto::json::Writer;
use goxel_proto::{Args, ErrorCode, RpcError};

use crate::handlers::transactions::Transactions;
use crate::protocol::Protocol;
use crate::renders::{Renders, Settings};
use crate::server::Waiting;

/// What a handler gives.
pub(crate) type Result<T = ()> = std::result::Result<T, RpcError>;

/// The daemon as handlers see it.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) context: Context,
    pub(crate) started: Instant,
    pub(crate) stopping: bool,
    /// What the loop has and got.
    pub(crate) engine: Arc<Status>,
    /// Which forms of requests are answered.
    pub(crate) protocol: Protocol,
    /// Calls of methods so far.
    pub(crate) calls: u64,
    /// Transactions that have begun.
    pub(crate) transactions: Transactions,
    /// Made at the first use.
    pub(crate) renders: Option<Renders>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            context: Context::default(),
            started: Instant::now(),
            stopping: false,
            engine: Arc::default(),
            protocol: Protocol::Auto,
            calls: 0,
            transactions: Transactions::default(),
            renders: None,
        }
    }
}

impl State {
    /// The pictures that the daemon keeps.
    pub(crate) fn renders(&mut self) -> &mut Renders {
        self.renders.get_or_insert_with(|| Renders::new(Settings::from_environment()))
    }
}

/// What is remembered of a connection.
#[derive(Debug, Default)]
pub(crate) struct Session {
    /// The project that this connection last made, loaded or selected.
    pub(crate) project: Option<ProjectId>,
    /// Held while transactions of this connection are open: without it they are taken back.
    pub(crate) transaction: Option<Arc<()>>,
    /// How the job that runs is answered.
    pub(crate) waiting: Option<Waiting>,
    /// What is left of a batch while one of its jobs runs.
    pub(crate) batch: Option<Batch>,
}

/// A batch in the middle of being answered.
#[derive(Debug)]
pub(crate) struct Batch {
    /// Requests that are still to come.
    pub(crate) rest: VecDeque<Vec<u8>>,
    /// Whether a reply was written yet.
    pub(crate) answered: bool,
}

/// Carried out on the loop's thread when a job is done: takes over what it made, and writes the
/// result.
pub(crate) type Completion =
    Box<dyn FnOnce(&mut State, &mut Session, &mut Writer<'_>) -> Result + Send>;

/// Carried out on a worker.
pub(crate) type Job = Box<dyn FnOnce() -> Result<Completion> + Send>;

/// A look at a project, with all that it needs to know of its call, by whatever threads there are.
pub(crate) type Look = Box<dyn FnOnce(&Project, &dyn Spread, &mut Writer<'_>) -> Result + Send>;

/// A job that needs nothing of the daemon when it is done but to write its result.
pub(crate) fn job(
    work: impl FnOnce() -> Result<Box<dyn FnOnce(&mut Writer<'_>) + Send>> + Send + 'static,
) -> Job {
    Box::new(|| {
        let write = work()?;
        Ok(Box::new(|_, _, writer| {
            write(writer);
            Ok(())
        }))
    })
}

/// Which project a call means: the one it names, else the session's; `None` is the current one.
pub(crate) fn target(
    state: &State,
    session: &Session,
    args: &Args<'_>,
) -> Result<Option<ProjectId>> {
    let Some(name) = args.project()? else { return Ok(session.project) };
    let found = state.context.find(&name);
    found.map(Some).map_err(|error| RpcError::params("params.project", error))
}

/// An error of the model as one of the wire, behind the words that older clients know it by.
pub(crate) fn refused(code: ErrorCode) -> impl Fn(goxel_core::Error) -> RpcError {
    move |error| match failed(code) {
        "" => RpcError::new(code, error),
        words => RpcError::new(code, format_args!("{words}: {error}")),
    }
}

fn failed(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::CreateProject => "Failed to create project",
        ErrorCode::AddVoxel => "Failed to add voxel",
        ErrorCode::RemoveVoxel => "Failed to remove voxel",
        ErrorCode::GetVoxel => "Failed to get voxel",
        ErrorCode::Paint => "Failed to paint voxel",
        ErrorCode::Flood => "Failed to perform flood fill",
        ErrorCode::Shape => "Failed to create shape",
        ErrorCode::DeleteLayer => "Failed to delete layer",
        ErrorCode::MergeLayers => "Failed to merge layers",
        ErrorCode::LayerVisibility => "Failed to set layer visibility",
        ErrorCode::Render => "Failed to render scene",
        ErrorCode::Export => "Failed to export model",
        ErrorCode::Load => "Failed to load project",
        ErrorCode::Save => "Failed to save project",
        _ => "",
    }
}

/// A project as jobs get it: apart from the one that is edited meanwhile.
pub(crate) struct Snapshot(pub(crate) Project);
