//! [`Batch`]: what a follower has received, on its way into its own data directory.

use std::collections::BTreeMap;

use goxel_core::Project;
use goxel_store::log::record_bytes;

use super::Made;

/// What is to be written and shown.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    pub(super) steps: Vec<Step>,
    /// What becomes of projects, behind the steps.
    pub(crate) shown: BTreeMap<u64, Shown>,
    /// Projects that are in a transaction, and the version of their last record.
    pub(crate) undecided: BTreeMap<u64, u64>,
    /// Every project that the leader has is here; the number of its current one, 0 for none.
    pub(crate) complete: Option<u64>,
}

/// A step of a batch.
#[derive(Debug)]
pub(super) enum Step {
    /// A record of a project.
    Record { number: u64, version: u64, made: Made },
    /// A project begins anew.
    Opened { number: u64, version: u64, name: String, made: Made },
    /// A project is deleted.
    Deleted { number: u64 },
}

/// What those see who read on a follower.
#[derive(Debug)]
pub(crate) enum Shown {
    /// The project is open, and is this.
    Open(Box<Project>),
    /// It is not open any more, and is this where that is another than before.
    Closed(Option<Box<Project>>),
}

impl Batch {
    /// Whether there is nothing in it.
    pub(crate) fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.shown.is_empty() && self.complete.is_none()
    }

    /// Bytes that its records take in the log.
    pub(super) fn record_bytes(&self) -> u64 {
        let bytes = |step: &Step| match step {
            Step::Record { made, .. } | Step::Opened { made, .. } => made.record_bytes(),
            Step::Deleted { .. } => record_bytes(0),
        };
        self.steps.iter().map(bytes).sum()
    }

    /// The projects that it is about, and whether each is still there behind it.
    pub(crate) fn numbers(&self) -> BTreeMap<u64, bool> {
        let number = |step: &Step| match step {
            Step::Record { number, .. } | Step::Opened { number, .. } => (*number, true),
            Step::Deleted { number } => (*number, false),
        };
        self.steps.iter().map(number).collect()
    }
}
