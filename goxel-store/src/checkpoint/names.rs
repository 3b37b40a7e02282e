//! [`Name`]: what the files of checkpoints are called.

use std::fmt;

use goxel_core::{Identity, Project};

const STATE: &str = "state-";
const CHANGE: &str = "change-";
/// What the name of a file that is being written ends in.
const UNFINISHED: &str = ".tmp";
/// Digits of a version.
const DIGITS: usize = 16;

/// The name of a file, and what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Name {
    State { identity: u64, version: u64 },
    Change { identity: u64, from: u64, version: u64 },
}

impl Name {
    /// Reads a name. `None` where it is another file's. A change leads to a higher version.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        let found = if let Some(rest) = name.strip_prefix(STATE) {
            let (identity, version) = rest.split_once('-')?;
            Self::State { identity: number(identity)?, version: parse_version(version)? }
        } else {
            let (identity, versions) = name.strip_prefix(CHANGE)?.split_once('-')?;
            let (from, version) = versions.split_once('-')?;
            let (from, version) = (parse_version(from)?, parse_version(version)?);
            Self::Change { identity: number(identity)?, from, version }
        };
        let rises = !matches!(found, Self::Change { from, version, .. } if from >= version);
        rises.then_some(found)
    }

    /// The file that was being written when this was to be its name.
    pub(crate) fn parse_unfinished(name: &str) -> Option<Self> {
        Self::parse(finished(name)?)
    }

    /// The version that it leads to.
    pub(crate) fn version(self) -> u64 {
        let (Self::State { version, .. } | Self::Change { version, .. }) = self;
        version
    }

    /// The number of the project's identity.
    pub(crate) fn identity(self) -> u64 {
        let (Self::State { identity, .. } | Self::Change { identity, .. }) = self;
        identity
    }
}

/// What a file is called while it is being written.
pub(super) fn unfinished(name: &str) -> String {
    format!("{name}{UNFINISHED}")
}

/// What a file shall be called that was being written under this name.
pub(super) fn finished(name: &str) -> Option<&str> {
    name.strip_suffix(UNFINISHED)
}

/// The name of the file of a project's state.
#[must_use]
pub fn state_name(project: &Project) -> String {
    let (identity, version) = (project.identity().number(), project.version());
    Name::State { identity, version }.to_string()
}

/// Whether this is the name of a file of a checkpoint.
#[must_use]
pub fn is_name(name: &str) -> bool {
    Name::parse(name).is_some()
}

pub(super) fn number(identity: &str) -> Option<u64> {
    Some(Identity::parse(identity)?.number())
}

pub(super) fn parse_version(digits: &str) -> Option<u64> {
    let plain = digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'));
    if digits.len() != DIGITS || !plain {
        return None;
    }
    u64::from_str_radix(digits, 16).ok()
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.to_string()
    }
}

impl fmt::Display for Name {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::State { identity, version } => {
                write!(out, "{STATE}{}-{version:016x}", Identity::of(identity))
            }
            Self::Change { identity, from, version } => {
                write!(out, "{CHANGE}{}-{from:016x}-{version:016x}", Identity::of(identity))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_they_were_written() {
        let (identity, version) = ((1 << 50) - 1, u64::MAX);
        let names = [
            (Name::State { identity: 0, version: 0 }, "state-0000000000-0000000000000000"),
            (
                Name::Change { identity: 0, from: 10, version },
                "change-0000000000-000000000000000a-ffffffffffffffff",
            ),
        ];
        for (name, text) in names {
            assert_eq!(name.to_string(), text);
            assert_eq!(Name::parse(text), Some(name));
            assert_eq!(Name::parse_unfinished(&unfinished(&name.to_string())), Some(name));
        }
        let name = Name::State { identity, version };
        assert_eq!(Name::parse(&name.to_string()), Some(name));
    }

    #[test]
    fn other_names_are_none() {
        for name in [
            "log-0000000000000001",
            "state-",
            "state-0000000000-000000000000000",
            "state-0000000000-000000000000000A",
            "state-000000000-0000000000000000",
            "state-0000000000-0000000000000000.tmp",
            "change-0000000000-0000000000000000",
            "change-0000000000-0000000000000002-0000000000000002",
            "damaged-state-0000000000-0000000000000000",
        ] {
            assert_eq!(Name::parse(name), None, "{name}");
        }
        assert_eq!(Name::parse_unfinished("state-0000000000-0000000000000000"), None);
    }
}
