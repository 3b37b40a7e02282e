//! Checkpoints: each project as it was at some version, in files of its own beside the log.
//!
//! ```text
//! state-<identity>-<version>            the project at this version (see crate::state)
//! change-<identity>-<from>-<version>    what made this version of the one before (see head)
//! ```
//!
//! The identity is written as people see it, versions with 16 hexadecimal digits. A state and the changes
//! behind it are the project's chain. The newest version that a chain leads to is the checkpoint. Older chains
//! stay for those who want an older version, as long as the daemon keeps history.
//!
//! A tag is a file of its own (see tags), with the project as it was at its version.
//!
//! # Nothing is lost
//! A file is written under a name that ends in `.tmp`, made durable, renamed, and its name made durable. So
//! what has a name is whole, unless the disk is damaged; and only then what it makes needless may go. After
//! a crash any of the needless files may be there, which does no harm: they lead to no newer version.
//!
//! # Size
//! A project takes one and a half times its state at the most, and as much again as a state while the next
//! one is written: see [`write()`]. Older chains and tags come on top.

mod bases;
mod error;
mod head;
mod held;
mod names;
mod older;
mod parts;
mod read;
mod remove;
mod survey;
mod tag_name;
mod tags;
mod verify;
mod write;

use std::collections::BTreeMap;

pub use self::bases::Bases;
pub use self::error::{CheckpointError, Flaw};
pub use self::held::{Held, Holder};
pub(crate) use self::names::Name;
pub use self::names::{is_name, state_name};
pub use self::older::Older;
pub(crate) use self::parts::{Rest, salvage_parts};
pub use self::read::{Salvaged, read, salvage};
pub use self::remove::{remove_old, remove_older, remove_project};
pub use self::survey::survey;
pub(crate) use self::tag_name::TagName;
pub use self::tag_name::{TAG_NAME_BYTES_MAX, is_tag_name};
pub use self::tags::{Tag, read_tag, remove_tag, tagged, tags, write_tag};
pub(crate) use self::verify::{Verified, verify, verify_tags};
pub use self::write::{write, write_change, write_state};
pub use crate::state::Summary;

/// A project as it is kept in files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The number of its identity.
    pub identity: u64,
    /// Its newest version in any of the files, also where that cannot be read.
    pub version: u64,
    /// Bytes of the files that lead to it.
    pub bytes: u64,
    /// What its newest file says of it; why it cannot be read where that is known already.
    pub summary: Result<Summary, String>,
    chain: Chain,
    /// Files that the chain does without.
    older: Vec<Older>,
}

/// The files that lead to a version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Chain {
    /// The version of the state that it begins with.
    state: Option<u64>,
    /// The changes behind it: from which version to which.
    changes: Vec<(u64, u64)>,
    state_bytes: u64,
    /// Of all changes together.
    changes_bytes: u64,
}

impl Chain {
    fn bytes(&self) -> u64 {
        self.state_bytes + self.changes_bytes
    }

    /// What becomes of it when another one leads to the newest version.
    fn as_older(&self, identity: u64) -> Option<Older> {
        let names: Vec<Name> = self.names(identity).collect();
        Some(Older { version: self.version()?, bytes: Some(self.bytes()), names })
    }

    fn version(&self) -> Option<u64> {
        self.changes.last().map(|(_, version)| *version).or(self.state)
    }

    /// Its files in order.
    fn names(&self, identity: u64) -> impl Iterator<Item = Name> {
        let state = self.state.map(|version| Name::State { identity, version });
        let change = move |&(from, version)| Name::Change { identity, from, version };
        state.into_iter().chain(self.changes.iter().map(change))
    }
}

/// The versions that files of one project are of.
#[derive(Clone, Debug, Default)]
struct Versions {
    states: Vec<u64>,
    changes: Vec<(u64, u64)>,
}

impl Versions {
    /// The files of all projects that have any, by identity.
    fn of(names: &[String]) -> BTreeMap<u64, Self> {
        let mut all: BTreeMap<u64, Self> = BTreeMap::new();
        for name in names.iter().filter_map(|name| Name::parse(name)) {
            all.entry(name.identity()).or_default().add(name);
        }
        all
    }

    fn add(&mut self, name: Name) {
        match name {
            Name::State { version, .. } => self.states.push(version),
            Name::Change { from, version, .. } => self.changes.push((from, version)),
        }
    }

    fn remove(&mut self, name: Name) {
        match name {
            Name::State { version, .. } => self.states.retain(|state| *state != version),
            Name::Change { from, version, .. } => {
                self.changes.retain(|change| *change != (from, version));
            }
        }
    }

    fn names(&self, identity: u64) -> impl Iterator<Item = Name> {
        let states = self.states.iter().map(move |&version| Name::State { identity, version });
        let change = move |&(from, version)| Name::Change { identity, from, version };
        states.chain(self.changes.iter().map(change))
    }

    fn newest(&self) -> u64 {
        self.names(0).map(Name::version).max().unwrap_or(0)
    }

    /// The chain that leads to the newest version, without the sizes of its files.
    fn chain(&self) -> Chain {
        // Each version that a chain leads to, and the one that it is made of.
        let mut reached: BTreeMap<u64, Option<u64>> =
            self.states.iter().map(|version| (*version, None)).collect();
        let mut changes = self.changes.clone();
        changes.sort_unstable();
        for (from, version) in changes {
            // Changes that begin earlier came before, since each leads upwards.
            if reached.contains_key(&from) {
                reached.entry(version).or_insert(Some(from));
            }
        }
        let mut chain = Chain::default();
        let mut at = reached.last_key_value().map(|(version, _)| *version);
        while let Some(version) = at {
            match reached.get(&version).copied().flatten() {
                Some(from) => chain.changes.push((from, version)),
                None => chain.state = Some(version),
            }
            at = reached.get(&version).copied().flatten();
        }
        chain.changes.reverse();
        chain
    }
}

#[cfg(test)]
pub(crate) mod tests;
