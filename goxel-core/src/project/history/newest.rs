//! The newest entries of a history, for whoever asks what an edit replaced.

use std::collections::VecDeque;

use super::leftovers::Shed;
use super::{Entry, History, Mark, Ordering, Step};

impl History {
    /// The entries that were pushed last, in no particular order, those among them that are not kept,
    /// too; nothing where they are not all there.
    pub(crate) fn newest(&self, count: usize) -> Option<Vec<&Entry>> {
        let mut newest: Vec<&Entry> = Vec::new();
        newest.extend(last(&self.undo, count));
        for shed in self.shed.iter().rev() {
            if newest.len() == count {
                break;
            }
            if let Shed::Undo(before, alone) = shed {
                newest.push(alone);
                let missing = count - newest.len();
                newest.extend(last(before, missing));
            }
        }
        (newest.len() == count).then_some(newest)
    }

    /// The entry that was gone over by one step back or forth since the mark, after which nothing was pushed;
    /// nothing where there was no such step.
    pub(crate) fn stepped_since(&self, mark: &Mark) -> Option<&Entry> {
        match self.undo.len().cmp(&mark.undo) {
            Ordering::Less => self.redo.last(),
            Ordering::Equal => None,
            Ordering::Greater => self.undo.back(),
        }
        .map(|step| &step.entry)
    }
}

/// The last steps, so many at the most.
fn last(steps: &VecDeque<Step>, count: usize) -> impl Iterator<Item = &Entry> {
    steps.iter().rev().take(count).map(|step| &step.entry)
}
