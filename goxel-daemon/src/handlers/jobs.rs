//! What runs on workers and what waits, and how it is stopped.

use goxel_proto::json::Writer;
use goxel_proto::{Args, Method};

use crate::fault::Result;
use crate::handler::Entry;
use crate::handler::Handler::System;
use crate::session::Session;
use crate::state::State;

pub(super) const HANDLERS: &[Entry] =
    &[(Method::ListJobs, System(list)), (Method::Cancel, System(cancel))];

fn list(state: &mut State, _: &mut Session, _: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let projects = &state.projects;
    state.jobs.write(|id| projects.read(Some(id)).ok().map(goxel_core::Project::name), w);
    Ok(())
}

fn cancel(state: &mut State, _: &mut Session, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let found = state.jobs.cancel(args.need("job")?);
    // One that waits is told at once; one that runs is when it has stopped.
    if let Some(Some(client)) = found {
        state.projects.call(client);
    }
    w.object(|w| w.member("success", found.is_some()));
    Ok(())
}
