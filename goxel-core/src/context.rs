//! [`Context`]: the projects that a daemon holds, and which of them is current.
//!
//! A project is found by its name or its [`Identity`]. Making one under a name that is taken
//! replaces that one, as clients of the single-project daemon expect of `create_project`: the new
//! one has the old one's [`ProjectId`] and [`Identity`], and is a later version of it.

use triomphe::Arc;

use crate::project::{FIRST_VERSION, History, UndoRoom};
use crate::{Error, Identity, Leftovers, Project, Result, limits};

/// A handle of an open project, or of what replaced it since: who holds one works on whatever has
/// the name. It is never used again once the name is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProjectId(u64);

/// Bytes that one history forgets before it is asked again whose steps are the oldest.
const TRIM_BYTES: usize = 256 << 10;
/// How often that is done in one call: some ten thousand single voxels, a tenth of a millisecond. What
/// is more goes with the next calls.
const TRIM_ROUNDS: usize = 4;

/// The open projects. The current one is the one that was inserted or chosen last.
#[derive(Debug, Default)]
pub struct Context {
    /// By id: there are few, and one is looked up at every call.
    projects: Vec<(ProjectId, Project)>,
    current: Option<ProjectId>,
    last_id: u64,
    /// The number behind the last identity that was given.
    last_number: u64,
    /// What the histories of all projects may hold together.
    undo_room: Arc<UndoRoom>,
}

impl Context {
    /// An empty one whose projects get identities of the numbers behind this one.
    #[must_use]
    pub fn counting_from(number: u64) -> Self {
        Self { last_number: number, ..Self::default() }
    }

    /// Says what a project of this name is known as when it is taken in: by the identity of the one
    /// that has the name, and a version above that one's; else by an identity that none ever had.
    ///
    /// # Errors
    /// [`Error::TooManyProjects`], [`Error::NameTooLong`].
    pub fn expect(&self, name: &str) -> Result<(Identity, u64)> {
        let length = name.len();
        if length > limits::NAME_BYTES_MAX {
            return Err(Error::NameTooLong(length));
        }
        if let Some(id) = self.find_name(name) {
            let open = self.project(Some(id))?;
            return Ok((open.identity(), open.version().saturating_add(1)));
        }
        if self.projects.len() >= limits::PROJECTS_MAX {
            return Err(Error::TooManyProjects);
        }
        Ok((Identity::of(self.last_number + 1), FIRST_VERSION))
    }

    /// Takes in a project and makes it current. It replaces one of the same name, whose handle and
    /// identity then are its own, and gives that back: freeing it may take long.
    ///
    /// # Errors
    /// As [`Context::expect`].
    pub fn insert(&mut self, project: Project) -> Result<(ProjectId, Option<Project>)> {
        let (identity, version) = self.expect(project.name())?;
        let (id, replaced) = self.restore(project.known_as(identity, version))?;
        self.current = Some(id);
        Ok((id, replaced))
    }

    /// Takes in a project that was in a context before, with the identity and the version that it has.
    /// Identities of those that come later are of numbers above its own, wherever the clock stands. The
    /// current project stays what it is; one of the same name is given back.
    ///
    /// # Errors
    /// As [`Context::expect`].
    pub fn restore(&mut self, mut project: Project) -> Result<(ProjectId, Option<Project>)> {
        self.expect(project.name())?;
        self.count_from(project.identity.number());
        project.since = project.version();
        project.share_undo_room(&self.undo_room);
        let taken = self.find_name(project.name()).and_then(|id| self.index(id));
        Ok(match taken {
            Some(index) => {
                let (id, open) = &mut self.projects[index];
                (*id, Some(std::mem::replace(open, project)))
            }
            None => {
                self.last_id += 1;
                self.projects.push((ProjectId(self.last_id), project));
                (ProjectId(self.last_id), None)
            }
        })
    }

    /// Identities of those that come later are of numbers above this one.
    pub fn count_from(&mut self, number: u64) {
        self.last_number = self.last_number.max(number);
    }

    /// Sets how many bytes the histories of all projects may hold together.
    pub fn limit_undo(&mut self, bytes: usize) {
        self.undo_room.set_max(bytes);
    }

    /// Has histories forget until all together hold no more than they may: first what could be done
    /// again, the most at once, then the oldest steps, whichever projects' they are. As far as a
    /// call has time; and not while one is with a worker, which may hold more than all others: those
    /// would pay for it. Gives what that leaves, which may take long to free.
    #[inline]
    pub fn trim_undo(&mut self) -> Option<Leftovers> {
        if self.undo_room.is_over() { self.trim_full_undo() } else { None }
    }

    #[cold]
    fn trim_full_undo(&mut self) -> Option<Leftovers> {
        let mut trimmed: Option<Leftovers> = None;
        for _ in 0..TRIM_ROUNDS {
            if !self.undo_room.is_over() || self.histories().any(|history| history.is_lent()) {
                break;
            }
            let most = self.histories().max_by_key(|history| history.redo_bytes());
            let left = match most.filter(|history| history.redo_bytes() > 0) {
                Some(history) => history.shed_redo(),
                None => {
                    let with_oldest =
                        self.histories().filter_map(|history| Some((history.oldest()?, history)));
                    let oldest = with_oldest.min_by_key(|(stamp, _)| *stamp);
                    let Some((_, history)) = oldest else { break };
                    history.shed_bytes(TRIM_BYTES)
                }
            };
            match &mut trimmed {
                Some(trimmed) => trimmed.extend(left),
                None => trimmed = Some(left),
            }
        }
        trimmed
    }

    fn histories(&mut self) -> impl Iterator<Item = &mut History> {
        self.projects.iter_mut().flat_map(|(_, project)| project.histories())
    }

    /// The project of this name, else the one whose identity is written so.
    ///
    /// # Errors
    /// [`Error::UnknownProject`].
    pub fn find(&self, text: &str) -> Result<ProjectId> {
        self.find_name(text)
            .or_else(|| self.find_identity(Identity::parse(text)?))
            .ok_or_else(|| Error::UnknownProject(text.to_owned()))
    }

    /// The project of this name.
    #[must_use]
    pub fn find_name(&self, name: &str) -> Option<ProjectId> {
        let found = self.projects.iter().find(|(_, project)| project.name() == name);
        found.map(|(id, _)| *id)
    }

    /// The project of this identity, unless it was closed or replaced.
    #[must_use]
    pub fn find_identity(&self, identity: Identity) -> Option<ProjectId> {
        let found = self.projects.iter().find(|(_, project)| project.identity() == identity);
        found.map(|(id, _)| *id)
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

    fn insert(context: &mut Context, project: Project) -> ProjectId {
        context.insert(project).expect("room").0
    }

    #[test]
    fn the_last_project_in_is_current_until_it_is_closed() {
        let mut context = Context::default();
        assert_eq!(context.project(None).map(|_| ()), Err(Error::NoProject));
        let a = insert(&mut context, named("a"));
        let b = insert(&mut context, named("b"));
        assert_eq!(context.project(None).expect("b").name(), "b");
        assert_eq!(context.project(Some(a)).expect("a").name(), "a");
        assert!(context.close(b).is_some() && context.close(b).is_none());
        assert_eq!(context.current(), Some(a));
        assert_eq!(context.project_mut(Some(b)).map(|_| ()), Err(Error::ClosedProject));
        assert_eq!((context.resolve(Some(b)), context.resolve(None)), (None, Some(a)));
        assert_eq!(insert(&mut context, named("a")), a, "the same name has the same handle");
        assert_eq!(context.projects().len(), 1);
    }

    #[test]
    fn a_project_is_found_by_its_name_before_its_identity() {
        let mut context = Context::counting_from(1 << 48);
        let identity = |context: &Context, id| context.project(Some(id)).expect("open").identity();
        let a = insert(&mut context, named("a"));
        let first = identity(&context, a);
        assert_eq!(context.find(&first.to_string()), Ok(a));
        let odd = insert(&mut context, named(&first.to_string()));
        assert_eq!(context.find(&first.to_string()), Ok(odd), "a name goes first");
        assert_eq!(context.find_identity(first), Some(a));
        let version = |context: &Context| context.project(Some(a)).expect("open").version();
        let before = version(&context);
        let again = insert(&mut context, named("a"));
        assert!(again == a && identity(&context, again) == first, "both stay");
        assert!(version(&context) > before, "it is a later version");
        context.close(a);
        let last = insert(&mut context, named("a"));
        assert!(first != identity(&context, last) && last != a);
        let unknown = "0123456789";
        assert_eq!(context.find(unknown), Err(Error::UnknownProject(unknown.to_owned())));
    }

    #[test]
    fn a_restored_project_keeps_its_identity_and_later_ones_count_on_above_it() {
        let mut before = Context::counting_from(5000);
        let id = insert(&mut before, named("a"));
        let old = before.close(id).expect("open");
        let identity = old.identity();
        // The clock was put back in between.
        let mut context = Context::counting_from(70);
        let current = insert(&mut context, named("b"));
        let version = old.version();
        let (id, replaced) = context.restore(old).expect("room");
        assert!(replaced.is_none() && context.current() == Some(current));
        let restored = context.project(Some(id)).expect("open");
        assert_eq!((restored.identity(), restored.version()), (identity, version));
        let next = insert(&mut context, named("c"));
        let number = context.project(Some(next)).expect("open").identity().number();
        assert_eq!((identity.number(), number), (5001, 5002));
    }

    #[test]
    fn projects_are_bounded() {
        let mut context = Context::default();
        for index in 0..limits::PROJECTS_MAX {
            assert!(context.insert(named(&index.to_string())).is_ok());
        }
        let refused = context.insert(named("more"));
        assert_eq!(refused.map(|_| ()), Err(Error::TooManyProjects));
        let (_, replaced) = context.insert(named("7")).expect("replacing needs no room");
        assert!(replaced.is_some_and(|replaced| replaced.name() == "7"));
    }
}
