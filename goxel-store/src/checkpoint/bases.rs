//! [`Bases`]: the versions that files of checkpoints lead to, older ones too.

use std::collections::BTreeSet;

use goxel_core::Project;

use super::read::read_chain;
use super::{CheckpointError, Versions};
use crate::disk::{Disk, failed};

/// The versions of a project that its files of checkpoints lead to, tags aside.
pub struct Bases {
    identity: u64,
    versions: Versions,
}

impl Bases {
    /// Those of a project, by the number of its identity.
    ///
    /// # Errors
    /// Where the directory cannot be listed.
    pub fn of(disk: &dyn Disk, identity: u64) -> Result<Self, CheckpointError> {
        let names = disk.names().map_err(failed(disk, "list", "the files"))?;
        let versions = Versions::of(&names).remove(&identity).unwrap_or_default();
        Ok(Self { identity, versions })
    }

    /// Each version that they lead to.
    #[must_use]
    pub fn versions(&self) -> BTreeSet<u64> {
        let mut versions: BTreeSet<u64> = self.versions.states.iter().copied().collect();
        let mut changes = self.versions.changes.clone();
        // Changes that begin earlier came before, since each leads upwards.
        changes.sort_unstable();
        for (from, version) in changes {
            if versions.contains(&from) {
                versions.insert(version);
            }
        }
        versions
    }

    /// The project at the highest version that they lead to and that is not above `version`. `None` where there
    /// is none. It may take so many bytes of memory.
    ///
    /// # Errors
    /// Where its files cannot be read.
    pub fn read(
        &self,
        disk: &dyn Disk,
        version: u64,
        memory: u64,
    ) -> Result<Option<Project>, CheckpointError> {
        let mut below = self.versions.clone();
        below.states.retain(|state| *state <= version);
        below.changes.retain(|(_, to)| *to <= version);
        let chain = below.chain();
        if chain.state.is_none() {
            return Ok(None);
        }
        read_chain(disk, self.identity, &chain, memory).map(Some)
    }
}
