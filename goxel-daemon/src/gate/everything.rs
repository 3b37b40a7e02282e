//! [`Everything`]: all projects at a moment, for whoever copies them while they are edited on.

use std::sync::Arc;

use goxel_core::{Identity, Project};
use goxel_store::disk::Disk;

use super::Projects;
use crate::storage::NotOpen;

/// All projects at a moment.
#[derive(Default)]
pub(crate) struct Everything {
    /// Those that are in memory.
    pub(crate) at_hand: Vec<Project>,
    /// The names of those of them that are as they were before a transaction that is open.
    pub(crate) before_transactions: Vec<String>,
    /// Those that files of the data directory have.
    pub(crate) in_files: Vec<InFiles>,
    /// Those that cannot be had.
    pub(crate) left_out: Vec<LeftOut>,
    /// The data directory.
    pub(crate) disk: Option<Arc<dyn Disk>>,
}

/// A project that files of the data directory have.
pub(crate) struct InFiles {
    pub(crate) identity: Identity,
    pub(crate) name: String,
    pub(crate) bytes: u64,
}

/// A project that cannot be had, and why.
pub(crate) struct LeftOut {
    pub(crate) identity: Identity,
    pub(crate) name: String,
    pub(crate) why: String,
}

/// What is said of a project of which only a long edit's fork knows what it was before its transaction.
const IN_TRANSACTION: &str =
    "a long edit is under way in its transaction: try again when that is done";

impl Projects {
    /// All projects as they are now; what a transaction that is open has done is not in them.
    pub(crate) fn everything(&self) -> Everything {
        let mut all = Everything::default();
        for (id, project) in self.context.projects() {
            let (identity, name) = (project.identity(), project.name().to_owned());
            if let Some(before) = project.before_transaction() {
                all.before_transactions.push(name);
                all.at_hand.push(before);
            } else if project.is_forked() && self.transactions.is_open_on(id) {
                all.left_out.push(LeftOut { identity, name, why: IN_TRANSACTION.to_owned() });
            } else {
                all.at_hand.push(project.snapshot());
            }
        }
        let Some(storage) = &self.storage else { return all };
        let is_open = |identity| self.context.find_identity(identity).is_some();
        for (identity, name, how) in storage.not_open(is_open) {
            let name = name.to_owned();
            match how {
                NotOpen::AtHand(project) => all.at_hand.push(project.snapshot()),
                NotOpen::InFiles(bytes) => all.in_files.push(InFiles { identity, name, bytes }),
                NotOpen::Refused(why) => {
                    all.left_out.push(LeftOut { identity, name, why: why.to_owned() });
                }
            }
        }
        all.disk = Some(storage.disk());
        all
    }
}
