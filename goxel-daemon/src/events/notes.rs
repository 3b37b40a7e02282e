//! What the gate and jobs tell of: an edit, a project as a whole, a job.

use std::rc::Rc;

use goxel_core::{Changed, Mark, Project};
use goxel_proto::Method;
use goxel_proto::types::Happening;

use super::span::{By, Span};

/// An edit that is decided.
pub(crate) struct Edited {
    /// What it changed.
    pub(crate) changed: Changed,
    /// Which step of the history it was, if any.
    pub(crate) step: Option<Happening>,
    pub(super) span: Span,
    pub(super) number: u64,
    pub(super) name: Rc<str>,
}

impl Edited {
    /// What was done since the mark to a project, which is as it is by now; by this method. Nothing where
    /// nothing is decided that changed anything.
    pub(crate) fn since(mark: &Mark, project: &Project, method: Method, by: By) -> Option<Self> {
        Self::by_worker(mark, project, project.changed_since(mark), method, by)
    }

    /// The same of what is known to have changed, as a worker did it.
    pub(crate) fn by_worker(
        mark: &Mark,
        project: &Project,
        changed: Changed,
        method: Method,
        by: By,
    ) -> Option<Self> {
        if project.in_transaction() || project.version() == mark.decided_version() {
            return None;
        }
        let edited = Self::of(project, changed, mark.decided_version(), by)?;
        Some(Self { step: happening(method), ..edited })
    }

    /// What was changed since this version.
    pub(crate) fn of(project: &Project, changed: Changed, from: u64, by: By) -> Option<Self> {
        // A transaction that came to nothing has made versions, and changed nothing.
        (changed != Changed::default()).then(|| Self {
            changed,
            step: None,
            span: Span { from, to: project.version(), by },
            number: project.identity().number(),
            name: project.name().into(),
        })
    }
}

/// Which step of the history a method is.
fn happening(method: Method) -> Option<Happening> {
    match method {
        Method::Undo => Some(Happening::Undo),
        Method::Redo => Some(Happening::Redo),
        Method::Restore => Some(Happening::Restore),
        _ => None,
    }
}

/// What became of a project as a whole.
#[derive(Clone, Debug)]
pub(super) struct Fate {
    pub(super) what: Happening,
    pub(super) number: u64,
    pub(super) name: Rc<str>,
    /// What it was called before.
    pub(super) from: Option<Rc<str>>,
    /// The version that it has, where it has one still.
    pub(super) version: Option<u64>,
    pub(super) by: By,
}

impl Fate {
    /// Of a project as it is.
    pub(super) fn of(what: Happening, project: &Project, by: By) -> Self {
        let (number, version) = (project.identity().number(), Some(project.version()));
        Self { what, number, name: project.name().into(), from: None, version, by }
    }
}

/// How far a job is, or what it came to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct JobNote {
    pub(crate) job: u64,
    pub(crate) what: Happening,
    pub(crate) method: Method,
    /// The number of its project's identity.
    pub(crate) project: Option<u64>,
    pub(crate) done: u64,
    pub(crate) total: u64,
    pub(crate) unit: &'static str,
    pub(crate) error: Option<i32>,
    pub(crate) by: By,
}
