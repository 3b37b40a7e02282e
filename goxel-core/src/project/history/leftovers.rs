//! [`Leftovers`]: what a history has let go of, for whoever has the time to free it.

use std::collections::VecDeque;

use super::{History, Step};
use crate::TILE_UNITS;
use crate::project::Stack;
use crate::project::entry::Entry;

/// Entries that are freed at once, what each may cost, and what each may keep alive: four tiles.
const FEW_ENTRIES: usize = 64;
const FEW_UNITS: u64 = 64 * TILE_UNITS;
const FEW_BYTES: usize = 64 << 10;

/// A part of a history that can be reached no more.
#[derive(Debug)]
pub(super) enum Shed {
    /// What could be done again, before something else was done.
    Redo(Vec<Step>),
    /// The oldest entry.
    Oldest(Step),
    /// What could be undone before something was done that cannot, and the entry of that.
    Undo(VecDeque<Step>, Entry),
    /// A state that a transaction began or ended with, and what was done in it.
    Transaction(Box<(Stack, History)>),
}

/// What a project held on to and needs no more. Freeing it may take long.
#[derive(Debug)]
pub struct Leftovers(pub(super) Vec<Shed>);

impl Leftovers {
    /// Takes in others.
    pub(crate) fn extend(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// Whether freeing them takes no time to speak of.
    #[must_use]
    pub fn are_few(&self) -> bool {
        let few = |step: &Step| {
            step.bytes() <= FEW_BYTES
                && match &step.entry {
                    Entry::Group(group) => group.entries.len() <= FEW_ENTRIES,
                    entry => entry.units() <= FEW_UNITS,
                }
        };
        self.0.len() <= FEW_ENTRIES
            && self.0.iter().all(|shed| match shed {
                Shed::Redo(redo) => redo.len() <= FEW_ENTRIES && redo.iter().all(few),
                Shed::Oldest(oldest) => few(oldest),
                Shed::Undo(..) => false,
                // Where little was done the states share all but that.
                Shed::Transaction(ended) => {
                    let within = &ended.1;
                    within.undo_bytes + within.redo_bytes <= FEW_BYTES && !within.truncated
                }
            })
    }
}
