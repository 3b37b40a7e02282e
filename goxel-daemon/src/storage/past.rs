//! [`Past`]: where the older versions of a project are, for a worker to find ([`restore`](super::restore)).

use std::sync::Arc;

use goxel_core::{Identity, Project};
use goxel_proto::{ErrorCode, RpcError};
use goxel_store::disk::Disk;
use goxel_store::journal::Commit;
use goxel_store::log::{self, Part};

use super::tag_lock::Tags;
use crate::fault::Result;
use crate::memory;

/// A version of a project, as somebody calls it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum When {
    Now,
    Version(u64),
    /// Milliseconds since 1970: the version that it had then.
    Time(u64),
    Tag(String),
}

/// What finds older versions of one project.
pub(crate) struct Past {
    pub(super) disk: Arc<dyn Disk>,
    pub(super) identity: Identity,
    pub(super) name: String,
    /// The newest version.
    pub(super) version: u64,
    /// What the project is, where that is at hand.
    pub(super) now: Option<Project>,
    pub(super) in_transaction: bool,
    /// Where its records are, oldest first.
    pub(super) parts: Vec<Part>,
    pub(super) time_ms: u64,
    /// What has its records be on the disk.
    pub(super) commit: Option<Commit>,
    pub(super) tags: Tags,
    pub(super) _reader: Arc<()>,
}

impl Past {
    /// Which project it is.
    pub(crate) fn identity(&self) -> Identity {
        self.identity
    }

    /// The project's name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Has all records be where they are read. What was not durable might be another version after a crash.
    ///
    /// # Errors
    /// Where it cannot be written.
    pub(super) fn ready(&mut self) -> Result {
        if let Some(commit) = self.commit.take() {
            commit.run()?;
        }
        Ok(())
    }

    /// The records of a part of the log, which have to be whole.
    pub(super) fn records(&self, part: &Part) -> Result<log::Past> {
        memory::room_for(part.end)?;
        let past = log::Past::read(&*self.disk, part, self.identity.number());
        let past = past.map_err(|error| {
            let what = format_args!("{error}: what is oldest goes first: try again");
            RpcError::new(ErrorCode::Storage, what)
        })?;
        if let Some(damage) = past.damage() {
            let place = self.disk.place();
            let what =
                format_args!("data directory {place}: {damage}: run `goxel-cli check {place}`");
            return Err(RpcError::new(ErrorCode::Storage, what).into());
        }
        Ok(past)
    }
}
