//! [`Followed`]: whether the records of each project lead on from what is there before them.

use std::collections::BTreeMap;

use goxel_core::Identity;

use super::Begins;
use crate::checkpoint::Verified;
use crate::log::{Concerns, Found, Why, kind};

/// Up to where each project is known, on the way through the log.
pub(crate) struct Followed {
    /// The versions that files of checkpoints have.
    covered: BTreeMap<u64, u64>,
    known: BTreeMap<u64, Known>,
    /// Records of any project may be missing, also of such that were not met yet.
    has_lost_any: bool,
}

/// What is there of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    /// It is there at this version.
    Version(u64),
    /// As before, but records may be missing behind it. Those that there are may tell.
    Unsure(u64),
    /// Something is missing or damaged: nothing behind it can be judged. It was there at this version.
    Lost(Option<u64>),
    Deleted,
}

/// What a record is good for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It leads on from what is there.
    Good,
    /// The files of a checkpoint have it already.
    Covered,
    /// What is missing before it.
    Missing(String),
    /// It is behind something that is missing.
    Lost,
}

impl Followed {
    pub(crate) fn new(verified: &[Verified]) -> Self {
        let version = |project: &Verified| Some((project.identity, project.version?));
        let known = |project: &Verified| match project.version {
            Some(version) => (project.identity, Known::Version(version)),
            None => (project.identity, Known::Lost(None)),
        };
        Self {
            covered: verified.iter().filter_map(version).collect(),
            known: verified.iter().map(known).collect(),
            has_lost_any: false,
        }
    }

    /// How many projects there are.
    pub(crate) fn count(&self) -> u64 {
        self.known.values().filter(|known| **known != Known::Deleted).count() as u64
    }

    /// The projects that have lost something, or may have, and up to which version they are there.
    pub(crate) fn lost(&self) -> impl Iterator<Item = (u64, Option<u64>)> {
        let is_lost = |known: &Known| matches!(known, Known::Lost(_) | Known::Unsure(_));
        let lost = self.known.iter().filter(move |(_, known)| is_lost(known));
        lost.map(|(project, known)| (*project, known.version()))
    }

    /// The version that a project has.
    pub(crate) fn version(&self, project: u64) -> Option<u64> {
        self.known.get(&project)?.version()
    }

    /// Bytes of the log cannot be read.
    pub(crate) fn lose(&mut self, why: &Why) {
        match why {
            Why::Damaged(Concerns::Project(project)) => {
                let covered = self.covered.get(project);
                let known = self.known.entry(*project).or_insert(Known::Lost(None));
                known.lose(covered.copied());
            }
            Why::Damaged(Concerns::Unknown) | Why::Format { .. } | Why::Unreadable(_) => {
                for (project, known) in &mut self.known {
                    known.lose(self.covered.get(project).copied());
                }
                self.has_lost_any = true;
            }
            Why::Damaged(Concerns::Nobody) | Why::Header | Why::Torn | Why::NotZero => {}
        }
    }

    /// Takes a record, and says what it is good for.
    pub(crate) fn take(&mut self, found: &Found, begins: Begins) -> Verdict {
        let &Found { project, version, .. } = found;
        if found.kind == kind::DELETED {
            self.covered.remove(&project);
            self.known.insert(project, Known::Deleted);
            return Verdict::Good;
        }
        if self.covered.get(&project).is_some_and(|covered| version <= *covered) {
            return Verdict::Covered;
        }
        if begins == Begins::Nowhere {
            return Verdict::Good;
        }
        let before = match self.known.get(&project) {
            None if self.has_lost_any => Known::Lost(None),
            None => Known::Deleted,
            Some(known) => *known,
        };
        let verdict = before.lead_on(project, begins);
        let after = match &verdict {
            Verdict::Good => Known::Version(version),
            _ => Known::Lost(before.version()),
        };
        self.known.insert(project, after);
        verdict
    }
}

impl Known {
    fn version(self) -> Option<u64> {
        match self {
            Self::Version(version) | Self::Unsure(version) => Some(version),
            Self::Lost(version) => version,
            Self::Deleted => None,
        }
    }

    /// Records may be missing behind this. Where the last one known is in a checkpoint, the next one tells:
    /// all that do not change the version, as the beginning of a transaction, come behind one that does.
    fn lose(&mut self, covered: Option<u64>) {
        *self = match *self {
            Self::Version(version) | Self::Unsure(version) if covered == Some(version) => {
                Self::Unsure(version)
            }
            Self::Deleted => Self::Deleted,
            known => Self::Lost(known.version()),
        };
    }

    /// What a record is good for that begins so, behind this.
    fn lead_on(self, project: u64, begins: Begins) -> Verdict {
        let of = Identity::of(project);
        match (begins, self) {
            (Begins::Anew, _) | (Begins::Somewhere, Self::Version(_)) => Verdict::Good,
            (Begins::After(from), Self::Version(last) | Self::Unsure(last)) if last < from => {
                Verdict::Missing(format!(
                    "it leads on from version {from} of project {of}, and what is there leads to \
                     version {last} alone"
                ))
            }
            (Begins::After(_), Self::Version(_) | Self::Unsure(_)) => Verdict::Good,
            (_, Self::Deleted) => {
                Verdict::Missing(format!("nothing is there of project {of} before it"))
            }
            _ => Verdict::Lost,
        }
    }
}
