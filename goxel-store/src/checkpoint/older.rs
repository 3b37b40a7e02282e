//! [`Older`]: files of checkpoints that newer ones have made needless, and [`Bases`]: what they are good for.

use std::collections::BTreeSet;

use goxel_core::Project;

use super::names::Name;
use super::read::read_chain;
use super::{CheckpointError, Stored, Versions};
use crate::disk::{Disk, failed};

/// A state and the changes behind it, which lead to an older version than the newest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Older {
    /// The version that they lead to.
    pub version: u64,
    /// What they take, where that is known.
    pub bytes: Option<u64>,
    /// A state, and what leads on from there.
    pub(super) names: Vec<Name>,
}

impl Older {
    /// Puts together what belongs together among the files of a project.
    pub(super) fn of(names: impl Iterator<Item = Name>) -> Vec<Self> {
        let mut names: Vec<Name> = names.collect();
        names.sort_unstable_by_key(|name| (name.version(), *name));
        let mut all: Vec<Self> = Vec::new();
        for name in names {
            match all.last_mut() {
                Some(older) if !matches!(name, Name::State { .. }) => {
                    older.version = name.version();
                    older.names.push(name);
                }
                _ => all.push(Self { version: name.version(), bytes: None, names: vec![name] }),
            }
        }
        all
    }

    /// Finds out what they take.
    pub fn measure(&mut self, disk: &dyn Disk) {
        let bytes = |name: &Name| disk.open(&name.to_string()).and_then(|file| file.len()).ok();
        self.bytes = Some(self.names.iter().filter_map(bytes).sum());
    }
}

impl Stored {
    /// The files that lead to older versions.
    #[must_use]
    pub fn older(&self) -> &[Older] {
        &self.older
    }

    /// The same, for whoever has measured or removed them.
    pub fn older_mut(&mut self) -> &mut Vec<Older> {
        &mut self.older
    }
}

/// A file was written in the place of one of these.
pub(super) fn replaced(all: &mut Vec<Older>, name: Name) {
    for older in all.iter_mut() {
        older.names.retain(|old| *old != name);
    }
    all.retain(|older| !older.names.is_empty());
}

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
