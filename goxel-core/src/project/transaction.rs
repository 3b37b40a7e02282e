//! Transactions: many commands that become one step of the history, or none.
//!
//! [`Project::begin`] sets the stack of layers and the history aside. Until the end the project
//! has a history of its own, which begins empty, so undoing stops at the beginning. The voxels are
//! shared with what is set aside, so beginning costs no voxels.

use super::history::History;
use super::{Project, Stack};
use crate::{Error, Result, Work};

/// The state of a project from before its transaction.
#[derive(Debug)]
pub(crate) struct Transaction {
    stack: Stack,
    pub(super) history: History,
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
        // A version of its own: what was recorded before it and behind it can be told apart.
        let within = self.history.onward().with_version(self.version() + 1);
        let history = std::mem::replace(&mut self.history, within);
        self.transaction = Some(Box::new(Transaction { stack: self.stack.clone(), history }));
        Ok(())
    }

    /// Whether a transaction has begun.
    #[must_use]
    pub fn in_transaction(&self) -> bool {
        self.transaction.is_some()
    }

    /// The newest version that is decided: the one from before the open transaction, where one is open.
    #[must_use]
    #[inline]
    pub fn decided_version(&self) -> u64 {
        let before = self.transaction.as_ref().map(|transaction| transaction.history.version());
        before.unwrap_or(self.history.version())
    }

    /// The project as it was when the open transaction began, as [`Project::snapshot`] gives it; nothing
    /// where none is open.
    #[must_use]
    pub fn before_transaction(&self) -> Option<Self> {
        let Transaction { stack, history } = self.transaction.as_deref()?;
        let history = History::of_version(history.version());
        Some(Self { stack: stack.clone(), history, ..self.snapshot() })
    }

    /// Ends the transaction: what was done in it is one step of the history, if anything was.
    ///
    /// # Errors
    /// [`Error::NoTransaction`].
    pub fn commit(&mut self) -> Result<()> {
        self.commit_within(&Work::unbounded())
    }

    /// As [`Project::commit`], as far as `work` lets it.
    ///
    /// # Errors
    /// [`Error::NoTransaction`], and where `work` does not let it; nothing has changed then.
    pub fn commit_within(&mut self, work: &Work<'_>) -> Result<()> {
        if self.in_transaction() {
            work.expect(self.history.step_units())?;
        }
        let (before, mut within) = self.end()?;
        let is_saved = within.saved.is_now();
        if let Some(step) = within.take_step(&before, &self.stack) {
            self.history.push(step);
        }
        self.history.shed_transaction(before, within);
        if is_saved {
            self.history.saved.mark(false);
        }
        Ok(())
    }

    /// Ends the transaction: the project is what it was when it began.
    ///
    /// # Errors
    /// [`Error::NoTransaction`].
    pub fn roll_back(&mut self) -> Result<()> {
        let (before, within) = self.end()?;
        let after = std::mem::replace(&mut self.stack, before);
        self.history.shed_transaction(after, within);
        Ok(())
    }

    /// Goes back to the history that was set aside. Gives the layers that were, and the history
    /// since then. The version goes on.
    fn end(&mut self) -> Result<(Stack, History)> {
        let Transaction { stack, history } =
            *self.transaction.take().ok_or(Error::NoTransaction)?;
        let history = history.with_version(self.version() + 1);
        Ok((stack, std::mem::replace(&mut self.history, history)))
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
    fn a_commit_of_more_than_the_history_holds() {
        let mut project = Project::new("p", [1; 3]);
        set(&mut project, 0);
        project.begin().expect("the first");
        let mut voxels = Vec::new();
        for step in 0..8 {
            voxels.clear();
            voxels.extend((0..1_000_000).map(|at| Voxel {
                pos: Pos::new(at % 1000, at / 1000, step),
                rgba: Rgba::opaque(at as u8, step as u8, 7),
            }));
            let voxels = &voxels;
            let layer = LayerRef::Active;
            project.apply(Command::SetVoxels { layer, boxes: &[], voxels }).expect("room");
            let shape = crate::Reshape::Move(crate::Motion::translation([1, 0, 0]));
            project.apply(Command::Reshape { layer, reshape: shape }).expect("room");
        }
        assert!(project.history_depth().0 < 16, "nothing had to go");
        project.commit().expect("one");
        assert!(project.undo());
        assert_eq!(project.count(), 1, "whether or not the oldest steps had to go");
        assert!(project.redo());
        assert!(project.count() > 1);
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
        assert!(project.before_transaction().is_none());
        project.begin().expect("the first");
        set(&mut project, 9);
        assert!(project.undo());
        assert!(!project.undo(), "undoing stops at the beginning");
        set(&mut project, 10);
        let told = project.before_transaction().expect("one is open");
        assert!(told.stack == before.stack && told.version() == before.version());
        project.roll_back().expect("one");
        assert!(project.stack == before.stack);
        assert!(project.version() > before.version());
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

    #[test]
    fn what_a_large_one_leaves_is_freed_by_who_has_the_time() {
        let ends: [fn(&mut Project) -> crate::Result<()>; 2] =
            [Project::commit, Project::roll_back];
        for (count, are_few) in [(10, true), (100_000, false)] {
            for end in ends {
                let mut project = Project::new("p", [1; 3]);
                project.begin().expect("the first");
                (0..count / 10).for_each(|y| {
                    let voxel = |x| Voxel { pos: Pos::new(x, y, 0), rgba: Rgba::WHITE };
                    let voxels: Vec<_> = (0..10).map(voxel).collect();
                    let layer = LayerRef::Active;
                    let command = Command::SetVoxels { layer, boxes: &[], voxels: &voxels };
                    project.apply(command).expect("room");
                });
                end(&mut project).expect("one");
                assert!(project.has_leftovers());
                assert_eq!(project.take_leftovers().are_few(), are_few, "{count}");
            }
        }
    }
}
