//! Transactions: many edits of one connection that are one step, or none. What they mean stands
//! in [`crate::gate`].

use goxel_core::Project;
use goxel_proto::json::Writer;
use goxel_proto::{Args, Method};

use super::projects::written_name;
use crate::fault::Result;
use crate::gate::{Edit, Projects};
use crate::handler::Entry;
use crate::handler::Handler::System;
use crate::session::Session;
use crate::state::State;

pub(super) const HANDLERS: &[Entry] = &[
    (Method::Begin, System(begin)),
    (Method::Commit, System(commit)),
    (Method::Rollback, System(roll_back)),
];

fn begin(state: &mut State, session: &mut Session, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let project = state.target(session, args)?;
    written_name(state.projects.begin(session, project)?.name(), w);
    Ok(())
}

fn commit(state: &mut State, session: &mut Session, args: &Args<'_>, w: &mut Writer<'_>) -> Result {
    end(state, session, args, Projects::commit, w)
}

fn roll_back(
    state: &mut State,
    session: &mut Session,
    args: &Args<'_>,
    w: &mut Writer<'_>,
) -> Result {
    end(state, session, args, Projects::roll_back, w)
}

fn end(
    state: &mut State,
    session: &Session,
    args: &Args<'_>,
    how: for<'a> fn(&'a mut Projects, Edit<'_>) -> Result<&'a Project>,
    w: &mut Writer<'_>,
) -> Result {
    let edit = Edit { session, project: state.target(session, args)? };
    written_name(how(&mut state.projects, edit)?.name(), w);
    Ok(())
}
