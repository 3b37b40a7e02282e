//! Editing a project apart from those who read it.
//!
//! [`Project::fork`] makes a second project, for another thread to edit, which has all that
//! editing needs: the voxels, shared and copied on write, the history and the open transaction.
//! The first one stays as it was, to be read. [`Project::adopt`] then takes over what was edited,
//! and [`Project::take_back`] the history alone, where the edit came to nothing. Each takes the
//! same short time however large the project is; what they give back may take long to free.

use std::mem::swap;

use super::Project;

impl Project {
    /// A second project that goes on with the history of this one. Until it comes back this one is
    /// to be read only.
    #[must_use]
    pub fn fork(&mut self) -> Self {
        Self {
            identity: self.identity,
            since: self.since,
            kept: self.kept,
            name: self.name.clone(),
            image: self.image,
            stack: self.stack.clone(),
            history: self.history.lend(),
            transaction: self.transaction.take(),
        }
    }

    /// Whether a fork of it is elsewhere, and has not come back: what there is of an open transaction is
    /// there, so this one does not know that it is in one.
    #[must_use]
    pub fn is_forked(&self) -> bool {
        self.history.is_lent()
    }

    /// Takes over what became of its fork, and gives back what that replaced.
    pub fn adopt(&mut self, mut fork: Self) -> Self {
        swap(&mut self.stack, &mut fork.stack);
        self.take_back(fork)
    }

    /// Becomes what another one is, with its version, and gives back what that replaces. Who has chosen this
    /// one goes on with it; nothing of it can be undone.
    pub fn follow(&mut self, mut other: Self) -> Self {
        swap(&mut self.stack, &mut other.stack);
        swap(&mut self.name, &mut other.name);
        self.image = other.image;
        self.history.forget(other.version());
        other
    }

    /// Takes the history back from a fork whose edit came to nothing, and gives back the rest.
    pub fn take_back(&mut self, mut fork: Self) -> Self {
        let was_saved = self.history.take_back(std::mem::take(&mut fork.history));
        swap(&mut self.transaction, &mut fork.transaction);
        if let Some(transaction) = self.transaction.as_mut().filter(|_| was_saved) {
            // The state from before it is in no file any more.
            transaction.history.saved.mark(true);
        }
        fork
    }
}

#[cfg(test)]
mod tests {
    use goxel_proto::types::{LayerId, LayerRef, Pos, Rgba, Voxel};

    use crate::{Command, Control, Error, Project, Result, Work};

    fn set(project: &mut Project, x: i32) {
        let voxels = [Voxel { pos: Pos::new(x, 0, 0), rgba: Rgba::opaque(x as u8, 1, 2) }];
        let command = Command::SetVoxels { layer: LayerRef::Active, boxes: &[], voxels: &voxels };
        project.apply(command).expect("room");
    }

    /// A project of three steps, one of which is undone.
    fn sample() -> Project {
        let mut project = Project::new("p", [8; 3]);
        (0..3).for_each(|x| set(&mut project, x));
        assert!(project.undo());
        project
    }

    /// Every state that undoing all and doing all again goes through.
    fn walk(project: &mut Project) -> Vec<super::super::Stack> {
        let mut states = vec![project.stack.clone()];
        while project.undo() {
            states.push(project.stack.clone());
        }
        while project.redo() {
            states.push(project.stack.clone());
        }
        states
    }

    fn figures(project: &Project) -> (u64, (usize, usize), usize) {
        (project.version(), project.history_depth(), project.undo_bytes())
    }

    #[test]
    fn a_fork_that_is_adopted_is_as_if_it_had_been_edited_directly() {
        let edits: [fn(&mut Project); 4] = [
            |project| set(project, 9),
            |project| assert!(project.undo()),
            |project| assert!(project.redo()),
            |project| {
                project.apply(Command::CreateLayer { name: "a", visible: true }).expect("room");
                set(project, 4);
            },
        ];
        for edit in edits {
            let (mut direct, mut forked) = (sample(), sample());
            edit(&mut direct);
            let mut fork = forked.fork();
            edit(&mut fork);
            drop(forked.adopt(fork));
            assert_eq!(figures(&forked), figures(&direct));
            assert!(walk(&mut forked) == walk(&mut direct));
        }
    }

    #[test]
    fn what_stays_is_what_was() {
        let mut project = sample();
        let (before, told) = (project.stack.clone(), figures(&project));
        let mut fork = project.fork();
        set(&mut fork, 7);
        assert!(project.stack == before && figures(&project) == told);
        assert_eq!(project.adopt(fork).count(), 2);
        assert_eq!(project.count(), 3);
    }

    #[test]
    fn a_transaction_goes_along() {
        let mut project = sample();
        project.begin().expect("none is open");
        set(&mut project, 5);
        let mut fork = project.fork();
        set(&mut fork, 6);
        fork.commit().expect("it has begun");
        drop(project.adopt(fork));
        assert!(!project.in_transaction() && project.count() == 4);
        assert!(project.undo());
        assert_eq!(project.count(), 2);
    }

    #[test]
    fn what_was_saved_meanwhile_is_remembered() {
        let mut project = sample();
        project.mark_saved(project.version());
        set(&mut project, 5);
        let saved = project.version();
        let mut fork = project.fork();
        set(&mut fork, 6);
        project.mark_saved(saved);
        drop(project.adopt(fork));
        assert!(project.unsaved());
        assert!(project.undo() && !project.unsaved() && project.undo() && project.unsaved());
        // A fork that comes to nothing.
        let mut project = sample();
        let fork = project.fork();
        project.mark_saved(project.version());
        drop(project.take_back(fork));
        assert!(!project.unsaved());
        // One in a transaction, whose beginning is in no file then.
        let mut project = sample();
        project.mark_saved(project.version());
        project.begin().expect("none is open");
        set(&mut project, 5);
        let fork = project.fork();
        project.mark_saved(project.version());
        drop(project.take_back(fork));
        project.roll_back().expect("one is open");
        assert!(project.unsaved());
    }

    #[test]
    fn a_state_is_returned_to_as_if_nothing_had_been() {
        type Edit = (&'static str, fn(&mut Project));
        let edits: [Edit; 5] = [
            ("nothing", |_| ()),
            ("an edit, which drops what could be done again", |project| set(project, 9)),
            ("two edits", |project| {
                set(project, 8);
                project.apply(Command::CreateLayer { name: "a", visible: true }).expect("room");
            }),
            ("undo", |project| assert!(project.undo())),
            ("redo", |project| assert!(project.redo())),
        ];
        for (what, edit) in edits {
            let mut project = sample();
            project.mark_saved(project.version());
            let (before, told, mark) = (project.stack.clone(), figures(&project), project.mark());
            edit(&mut project);
            project.return_to(mark);
            assert!(project.stack == before && figures(&project) == told, "{what}");
            assert!(!project.unsaved(), "{what}");
            assert_eq!(walk(&mut project), walk(&mut sample()), "{what}");
        }
    }

    #[test]
    fn what_is_needed_no_more_is_there_to_be_freed() {
        let mut project = sample();
        assert!(!project.has_leftovers());
        set(&mut project, 7);
        assert!(project.has_leftovers());
        drop(project.take_leftovers());
        assert!(!project.has_leftovers());
    }

    /// Stops whatever asks.
    struct Stop;

    impl Control for Stop {
        fn check(&self, _: u64, _: u64) -> Result<()> {
            Err(Error::Cancelled)
        }
    }

    #[test]
    fn an_edit_that_is_stopped_leaves_nothing() {
        let mut project = sample();
        let (before, told) = (project.stack.clone(), figures(&project));
        let mut fork = project.fork();
        let work = Work::new(u64::MAX, &Stop, &crate::Serial);
        assert_eq!(work.spend(u64::MAX / 2), Err(Error::Cancelled));
        let refused = fork.apply_within(Command::ClearLayer(LayerRef::Id(LayerId(9))), &work);
        assert!(refused.is_err());
        drop(project.take_back(fork));
        assert!(project.stack == before && figures(&project) == told);
        assert_eq!(walk(&mut project), walk(&mut sample()));
    }
}
