//! Transactions: many edits of one connection that are one step, or none. What they mean stands
//! in [`crate::gate`].

use goxel_proto::json::Writer;
use goxel_proto::{Args, Method};

use super::projects::written_name;
use crate::fault::Result;
use crate::gate::Then;
use crate::handler::Handler::Step;
use crate::handler::{Editing, Entry};

pub(super) const HANDLERS: &[Entry] = &[
    (Method::Begin, Step { edit: begin, then: Then::Hold }),
    (Method::Commit, Step { edit: commit, then: Then::LetGo }),
    (Method::Rollback, Step { edit: roll_back, then: Then::LetGo }),
];

fn begin(project: &mut Editing<'_>, _: &Args<'_>, w: &mut Writer<'_>) -> Result {
    project.begin()?;
    written_name(project.name(), w);
    Ok(())
}

fn commit(project: &mut Editing<'_>, _: &Args<'_>, w: &mut Writer<'_>) -> Result {
    let work = project.work();
    project.commit_within(work)?;
    written_name(project.name(), w);
    Ok(())
}

fn roll_back(project: &mut Editing<'_>, _: &Args<'_>, w: &mut Writer<'_>) -> Result {
    project.roll_back()?;
    written_name(project.name(), w);
    Ok(())
}
