//! [`Saved`]: whether a project is as it was saved last.
//!
//! The states that undo and redo go through are a line. This remembers where on it the project is,
//! and where the state stands that was saved.

/// Where a project is on the line of its states, and which of them was saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Saved {
    here: i64,
    /// `None` where no state that can be reached was saved.
    at: Option<i64>,
}

/// How a project comes from one state to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// To a new one, which takes the place of those that could be done again.
    On,
    /// By undoing.
    Back,
    /// By doing again.
    Again,
}

impl Default for Saved {
    /// Of a project that is new, or as its file is: there is nothing to lose.
    fn default() -> Self {
        Self { here: 0, at: Some(0) }
    }
}

impl Saved {
    /// Whether the project is as it was saved.
    pub(crate) fn is_now(self) -> bool {
        self.at == Some(self.here)
    }

    /// The project goes to another state.
    pub(crate) fn go(&mut self, way: Way) {
        if way == Way::On {
            self.at = self.at.filter(|at| *at <= self.here);
        }
        self.here += if way == Way::Back { -1 } else { 1 };
    }

    /// The state that the project is in was saved; where that is `not_any_more` so, none that can
    /// be found again was.
    pub(crate) fn mark(&mut self, not_any_more: bool) {
        self.at = (!not_any_more).then_some(self.here);
    }

    /// Takes over which state was saved from the same line of states, as it was some steps before.
    pub(crate) fn mark_before(&mut self, before: Self) {
        self.at = before.at;
    }

    /// The same, of a history that begins here.
    pub(crate) fn onward(self) -> Self {
        Self { here: 0, at: self.is_now().then_some(0) }
    }
}

#[cfg(test)]
mod tests {
    use goxel_proto::types::{LayerRef, Pos, Rgba, Voxel};

    use crate::{Command, Project};

    /// Carries out steps, a letter each: an edit, undo, redo, save, or to begin, commit or roll
    /// back a transaction.
    fn after(steps: &str) -> Project {
        let mut project = Project::new("p", [1; 3]);
        for (x, step) in (0..).zip(steps.chars()) {
            match step {
                'e' => {
                    let voxels = [Voxel { pos: Pos::new(x, 0, 0), rgba: Rgba::WHITE }];
                    let layer = LayerRef::Active;
                    let command = Command::SetVoxels { layer, boxes: &[], voxels: &voxels };
                    project.apply(command).map(|_| ()).expect("room");
                }
                'u' => assert!(project.undo()),
                'r' => assert!(project.redo()),
                's' => project.mark_saved(project.version()),
                'b' => project.begin().expect("none is open"),
                'c' => project.commit().expect("one is open"),
                _ => project.roll_back().expect("one is open"),
            }
        }
        project
    }

    #[test]
    fn what_is_unsaved() {
        let saved = [
            "", "eu", "es", "eseu", "eesuurr", "esur", "be-", "esb-", "becs", "besc", "ebsc",
            "esbeu", "esbeuc", "esbecu", "becu",
        ];
        let unsaved = [
            "e", "ese", "esu", "eesuur", "esue", "eesuueu", "eb", "bec", "esbe", "besec", "bes-",
            "ebes-",
        ];
        for (steps, expected) in
            saved.map(|s| (s, false)).into_iter().chain(unsaved.map(|s| (s, true)))
        {
            assert_eq!(after(steps).unsaved(), expected, "{steps}");
        }
    }

    #[test]
    fn what_was_changed_while_it_was_saved_is_unsaved() {
        let mut project = after("e");
        let version = project.version();
        assert!(project.undo() && !project.unsaved());
        project.mark_saved(version);
        assert!(project.unsaved(), "the file has what was undone since");
    }
}
