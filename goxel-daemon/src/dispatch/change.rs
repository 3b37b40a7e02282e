//! [`Change`]: what makes an edit, by the kind of its handler.

use goxel_proto::Args;
use goxel_proto::json::Writer;

use crate::fault::Result;
use crate::gate::Projects;
use crate::handler::{EditFn, EditFromFn, Editing, Snapshot};

/// What makes an edit.
#[derive(Clone, Copy)]
pub(super) enum Change {
    /// What the call says alone.
    Alone(EditFn),
    /// That, and another project where the call names one.
    From(EditFromFn),
}

impl Change {
    /// The project that a call names as the one that something comes from.
    pub(super) fn source(self, projects: &Projects, args: &Args<'_>) -> Result<Option<Snapshot>> {
        let Self::From(_) = self else { return Ok(None) };
        let Some(name) = args.get::<String>("from_project")? else { return Ok(None) };
        let found = projects.find(&name, "params.from_project")?;
        Ok(Some(Snapshot(projects.read(Some(found))?.snapshot())))
    }

    pub(super) fn make(
        self,
        project: &mut Editing<'_>,
        args: &Args<'_>,
        source: Option<&Snapshot>,
        writer: &mut Writer<'_>,
    ) -> Result {
        match self {
            Self::Alone(make) => make(project, args, writer),
            Self::From(make) => make(project, args, source, writer),
        }
    }
}
