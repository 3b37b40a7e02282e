//! [`Meant`]: a project that somebody means for longer than a call.

use goxel_core::{Identity, Project};

/// A project as it was chosen: what has taken its place since is not meant, though it has its identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Meant {
    pub(crate) identity: Identity,
    since: u64,
}

impl Meant {
    /// This project, for as long as it is open.
    pub(crate) fn of(project: &Project) -> Self {
        Self { identity: project.identity(), since: project.since() }
    }
}
