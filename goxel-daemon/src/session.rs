//! [`Session`]: what is remembered of a connection.

use std::collections::VecDeque;
use std::sync::Arc;

use goxel_core::{Identity, ProjectId};

use crate::door::Rights;
use crate::reply::Waiting;

/// What is remembered of a connection.
#[derive(Debug, Default)]
pub(crate) struct Session {
    /// What this connection may do.
    pub(crate) rights: Rights,
    /// The project that this connection last made, loaded or selected.
    pub(crate) project: Option<ProjectId>,
    /// The session of several connections that this one belongs to.
    pub(crate) named: Option<NamedSession>,
    /// Held while transactions of this connection are open: without it they are rolled back.
    pub(crate) transaction: Option<Arc<()>>,
    /// How the job that runs is answered.
    pub(crate) waiting: Option<Waiting>,
    /// What is left of a batch while one of its jobs runs.
    pub(crate) batch: Option<Batch>,
}

/// The session of several connections that one belongs to.
#[derive(Debug)]
pub(crate) struct NamedSession {
    pub(crate) name: Box<str>,
    /// What it chose before this connection came, or by it. Other connections of the session that
    /// choose meanwhile do not change it: what is under way goes on where it began.
    pub(crate) project: Option<Identity>,
}

/// A batch in the middle of being answered.
#[derive(Debug)]
pub(crate) struct Batch {
    /// Requests that are still to come.
    pub(crate) rest: VecDeque<Vec<u8>>,
    /// Whether a reply was written yet.
    pub(crate) answered: bool,
}
