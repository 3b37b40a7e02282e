//! [`Context`]: the projects that a daemon holds, and which of them is current.
//!
//! A project is found by its name. Making one under a name that is taken replaces that one, as
//! clients of the single-project daemon expect of `create_project`.

use crate::{Error, Project, Result, limits};

/// Which project of a context: stays the same while the project is open, and is never used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProjectId(u64);

/// The open projects. The current one is the one that was inserted or chosen last.
#[derive(Debug, Default)]
pub struct Context {
    /// By id: there are few, and one is looked up at every call.
    projects: Vec<(ProjectId, Project)>,
    current: Option<ProjectId>,
    last_id: u64,
}

impl Context {
    /// Takes in a project and makes it current. One of the same name is replaced and keeps its id,
    /// so sessions that work on it work on the new one.
    ///
    /// # Errors
    /// [`Error::TooManyProjects`], [`Error::NameTooLong`].
    pub fn insert(&mut self, project: Project) -> Result<ProjectId> {
        let length = project.name().len();
        if length > limits::NAME_BYTES_MAX {
            return Err(Error::NameTooLong(length));
        }
        let id = match self.projects.iter().position(|(_, open)| open.name() == project.name()) {
            Some(index) => {
                self.projects[index].1 = project;
                self.projects[index].0
            }
            None if self.projects.len() >= limits::PROJECTS_MAX => {
                return Err(Error::TooManyProjects);
            }
            None => {
                self.last_id += 1;
                self.projects.push((ProjectId(self.last_id), project));
                ProjectId(self.last_id)
            }
        };
        self.current = Some(id);
        Ok(id)
    }

    /// The project of this name.
    ///
    /// # Errors
    /// [`Error::UnknownProject`].
    pub fn find(&self, name: &str) -> Result<ProjectId> {
        let found = self.projects.iter().find(|(_, project)| project.name() == name);
        found.map(|(id, _)| *id).ok_or_else(|| Error::UnknownProject(name.to_owned()))
    }

    /// The current project, where it is still open.
    #[must_use]
    pub fn current(&self) -> Option<ProjectId> {
        self.current.filter(|&id| self.index(id).is_some())
    }

    /// Makes an open project the current one.
    pub fn set_current(&mut self, id: ProjectId) {
        self.current = Some(id);
    }

    /// The id of the project that a call works on: `id` where it is still open, the current one for
    /// `None`.
    #[must_use]
    pub fn resolve(&self, id: Option<ProjectId>) -> Option<ProjectId> {
        self.index_of(id).ok().map(|index| self.projects[index].0)
    }

    /// A project, to read. `None` stands for the current one.
    ///
    /// # Errors
    /// [`Error::NoProject`], [`Error::ClosedProject`].
    pub fn project(&self, id: Option<ProjectId>) -> Result<&Project> {
        let index = self.index_of(id)?;
        Ok(&self.projects[index].1)
    }

    /// A project, to edit. `None` stands for the current one.
    ///
    /// # Errors
    /// [`Error::NoProject`], [`Error::ClosedProject`].
    pub fn project_mut(&mut self, id: Option<ProjectId>) -> Result<&mut Project> {
        let index = self.index_of(id)?;
        Ok(&mut self.projects[index].1)
    }

    fn index(&self, id: ProjectId) -> Option<usize> {
        self.projects.binary_search_by_key(&id, |(id, _)| *id).ok()
    }

    /// The index of the project that a call works on. A closed one is never replaced by the current
    /// one: whoever worked on it would edit what somebody else works on.
    #[inline]
    fn index_of(&self, id: Option<ProjectId>) -> Result<usize> {
        match id {
            Some(id) => self.index(id).ok_or(Error::ClosedProject),
            None => self.current.and_then(|id| self.index(id)).ok_or(Error::NoProject),
        }
    }

    /// Closes a project and gives it back. The current one is then the newest that is left.
    pub fn close(&mut self, id: ProjectId) -> Option<Project> {
        let (_, closed) = self.projects.remove(self.index(id)?);
        if self.current == Some(id) {
            self.current = self.projects.last().map(|(id, _)| *id);
        }
        Some(closed)
    }

    /// The open projects, oldest first.
    #[must_use]
    pub fn projects(&self) -> Vec<(ProjectId, &Project)> {
        self.projects.iter().map(|(id, project)| (*id, project)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(name: &str) -> Project {
        Project::new(name, [1; 3])
    }

    #[test]
    fn the_last_project_in_is_current_until_it_is_closed() {
        let mut context = Context::default();
        assert_eq!(context.project(None).map(|_| ()), Err(Error::NoProject));
        let a = context.insert(named("a")).expect("room");
        let b = context.insert(named("b")).expect("room");
        assert_eq!(context.project(None).expect("b").name(), "b");
        assert_eq!(context.project(Some(a)).expect("a").name(), "a");
        assert!(context.close(b).is_some() && context.close(b).is_none());
        assert_eq!(context.current(), Some(a));
        assert_eq!(context.project_mut(Some(b)).map(|_| ()), Err(Error::ClosedProject));
        assert_eq!((context.resolve(Some(b)), context.resolve(None)), (None, Some(a)));
        assert_eq!(context.insert(named("a")), Ok(a), "the same name is the same project");
        assert_eq!(context.projects().len(), 1);
    }

    #[test]
    fn projects_are_bounded() {
        let mut context = Context::default();
        for index in 0..limits::PROJECTS_MAX {
            assert!(context.insert(named(&index.to_string())).is_ok());
        }
        assert_eq!(context.insert(named("more")), Err(Error::TooManyProjects));
        assert!(context.insert(named("7")).is_ok(), "replacing needs no room");
    }
}
