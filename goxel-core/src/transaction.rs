//! Transactions: many commands that become one step of the history, or none.
//!
//! [`Project::begin`] sets the stack of layers and the history aside. Until the end the project
//! has a history of its own, which begins empty, so undoing stops at the beginning. The voxels are
//! shared with what is set aside, so beginning costs no voxels.

use crate::history::{Entry, History};
use crate::project::Stack;
use crate::{Error, Project, Result};

/// What a project was when its transaction began.
#[derive(Debug)]
pub(crate) struct Transaction {
    stack: Stack,
    history: History,
}

impl Project {
    /// Begins a transaction.
    ///
    /// # Errors
    /// [`Error::InTransaction`] where one has begun.
    pub fn begin(&mut self) -> Result<()> {
        if self.transaction.is_some() {
            return Err(Error::InTransaction);
        }
        let history = std::mem::take(&mut self.history);
        self.transaction = Some(Box::new(Transaction { stack: self.stack.clone(), history }));
        Ok(())
    }

    /// Whether a transaction has begun.
    #[must_use]
    pub fn in_transaction(&self) -> bool {
        self.transaction.is_some()
    }

    /// Ends the transaction: what was done in it is one step of the history, if anything was.
    ///
    /// # Errors
    /// [`Error::NoTransaction`].
    pub fn commit(&mut self) -> Result<()> {
        let Transaction { stack, history } = *self.transaction.take().ok_or(Error::NoTransaction)?;
        self.history = history;
        if stack != self.stack {
            self.history.push(Entry::Stack(Box::new(stack)));
        }
        Ok(())
    }

    /// Ends the transaction: the project is what it was when it began.
    ///
    /// # Errors
    /// [`Error::NoTransaction`].
    pub fn roll_back(&mut self) -> Result<()> {
        let Transaction { stack, history } = *self.transaction.take().ok_or(Error::NoTransaction)?;
        self.stack = stack;
        self.history = history;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use goxel_proto::types::{LayerRef, Pos, Rgba, Voxel};

    use crate::{Command, Error, Project};

    fn set(project: &mut Project, x: i32) {
        let voxels = [Voxel { pos: Pos::new(x, 0, 0), rgba: Rgba::WHITE }];
        let command = Command::SetVoxels { layer: LayerRef::Active, boxes: &[], voxels: &voxels };
        project.apply(command).expect("room");
    }

    #[test]
    fn a_commit_is_one_step() {
        let mut project = Project::new("p", [1; 3]);
        set(&mut project, 0);
        project.begin().expect("the first");
        (1..5).for_each(|x| set(&mut project, x));
        project.commit().expect("one");
        assert_eq!((project.count(), project.history_depth()), (5, (2, 0)));
        assert!(project.undo());
        assert_eq!(project.count(), 1);
        assert!(project.redo());
        assert_eq!(project.count(), 5);
    }

    #[test]
    fn nothing_done_is_no_step() {
        let mut project = Project::new("p", [1; 3]);
        set(&mut project, 0);
        assert!(project.undo());
        project.begin().expect("the first");
        project.commit().expect("one");
        assert_eq!(project.history_depth(), (0, 1), "what was undone can still be done again");
    }

    #[test]
    fn a_roll_back_leaves_nothing() {
        let mut project = Project::new("p", [1; 3]);
        (0..3).for_each(|x| set(&mut project, x));
        assert!(project.undo());
        let before = project.snapshot();
        project.begin().expect("the first");
        set(&mut project, 9);
        assert!(project.undo());
        assert!(!project.undo(), "undoing stops at the beginning");
        set(&mut project, 10);
        project.roll_back().expect("one");
        assert!(project.stack == before.stack);
        assert_eq!(project.history_depth(), (2, 1));
    }

    #[test]
    fn there_is_one_at_a_time() {
        let mut project = Project::new("p", [1; 3]);
        assert_eq!(project.commit(), Err(Error::NoTransaction));
        assert_eq!(project.roll_back(), Err(Error::NoTransaction));
        assert_eq!(project.begin(), Ok(()));
        assert_eq!(project.begin(), Err(Error::InTransaction));
        assert!(project.in_transaction());
    }
}
