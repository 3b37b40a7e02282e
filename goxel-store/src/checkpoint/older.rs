//! [`Older`]: files of checkpoints that newer ones have made needless.

use super::Stored;
use super::names::Name;
use crate::disk::Disk;

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
