//! [`Followed`]: whether the records of each project lead on from what is there before them.

use std::collections::BTreeMap;

use goxel_core::Identity;

use super::Begins;
use crate::checkpoint::Verified;
use crate::log::{Concerns, Found, Why, kind};

/// Up to where each project is known, on the way through the log.
pub(super) struct Followed {
    /// The versions that files of checkpoints have.
    covered: BTreeMap<u64, u64>,
    known: BTreeMap<u64, Known>,
    /// Records of any project may be missing, also of such that were not met yet.
    has_lost_any: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Known {
    /// It is there at this version.
    Version(u64),
    /// Something is missing or damaged, which was told: nothing behind it can be judged.
    Lost,
    Deleted,
}

impl Followed {
    pub(super) fn new(verified: &[Verified]) -> Self {
        let version = |project: &Verified| Some((project.identity, project.version?));
        let known = |project: &Verified| match project.version {
            Some(version) => (project.identity, Known::Version(version)),
            None => (project.identity, Known::Lost),
        };
        Self {
            covered: verified.iter().filter_map(version).collect(),
            known: verified.iter().map(known).collect(),
            has_lost_any: false,
        }
    }

    /// How many projects there are.
    pub(super) fn projects(&self) -> u64 {
        self.known.values().filter(|known| **known != Known::Deleted).count() as u64
    }

    /// Bytes of the log cannot be read.
    pub(super) fn lose(&mut self, why: &Why) {
        match why {
            Why::Damaged(Concerns::Project(project)) => {
                self.known.insert(*project, Known::Lost);
            }
            Why::Damaged(Concerns::Unknown) | Why::Format { .. } | Why::Unreadable(_) => {
                self.known.values_mut().for_each(|known| *known = Known::Lost);
                self.has_lost_any = true;
            }
            Why::Damaged(Concerns::Nobody) | Why::Header | Why::Torn | Why::NotZero => {}
        }
    }

    /// Takes a record, and says what is missing before it.
    pub(super) fn take(&mut self, found: &Found, begins: Begins) -> Option<String> {
        let &Found { project, version, .. } = found;
        if found.kind == kind::DELETED {
            self.covered.remove(&project);
            self.known.insert(project, Known::Deleted);
            return None;
        }
        let is_covered = self.covered.get(&project).is_some_and(|covered| version <= *covered);
        if is_covered || begins == Begins::Nowhere {
            return None;
        }
        let there = match self.known.get(&project) {
            Some(Known::Lost) => None,
            None if self.has_lost_any => None,
            known => Some(known.copied()),
        };
        let of = Identity::of(project);
        let missing = match (begins, there) {
            (Begins::Anew, _) => None,
            (_, None) => {
                self.known.insert(project, Known::Lost);
                return None;
            }
            (Begins::After(from), Some(Some(Known::Version(last)))) if last < from => {
                Some(format!(
                    "it leads on from version {from} of project {of}, and what is there leads to \
                 version {last} alone"
                ))
            }
            (_, Some(Some(Known::Version(_)))) => None,
            (_, Some(_)) => Some(format!("nothing is there of project {of} before it")),
        };
        let known = if missing.is_some() { Known::Lost } else { Known::Version(version) };
        self.known.insert(project, known);
        missing
    }
}
