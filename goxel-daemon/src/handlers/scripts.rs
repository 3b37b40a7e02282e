//! Scripts: what a call wants of one, and what its reply tells.

use goxel_core::diff::{self, ProjectDiff};
use goxel_core::{Error, Project, Work};
use goxel_proto::Method;
use goxel_proto::json::Writer;
use goxel_proto::worker::{Done, Failed};

use super::system::respaced;
use super::versions::write_changes;
use crate::fault::Result;
use crate::handler::Entry;
use crate::handler::Handler::Script;
use crate::scripts::{Order, Outcome, Output};

pub(super) const HANDLERS: &[Entry] = &[(Method::ExecuteScript, Script(Order::read))];

/// The code of a script that failed.
const FAILED: i32 = -1;

/// What is told of a script.
#[derive(Debug)]
pub(crate) struct Told {
    ended: Result<Done, Failed>,
    output: Output,
    /// What it has changed, where it has.
    changed: Option<ProjectDiff>,
    dry_run: bool,
    runs: u32,
}

impl Told {
    /// Of a script that began with `before` and has run so many times. Gives also the project that it has made
    /// of that, where one is to be.
    ///
    /// # Errors
    /// What `work` says.
    pub(crate) fn of(
        outcome: Outcome,
        before: &Project,
        order: &Order,
        runs: u32,
        work: &Work<'_>,
    ) -> Result<(Self, Option<Project>)> {
        let Outcome { ended, after, output } = outcome;
        let found = after.as_ref().map(|after| diff::between(before, after, work)).transpose()?;
        let changed = found.filter(|found| *found != ProjectDiff::default());
        let after = after.filter(|_| changed.is_some() && !order.dry_run);
        Ok((Self { ended, output, changed, dry_run: order.dry_run, runs }, after))
    }

    /// The same of a script that changed what is not there.
    pub(crate) fn without_project(self) -> Self {
        let message =
            format!("{}: create or load one before the script changes it", Error::NoProject);
        let failed = Failed { name: "Error".to_owned(), message, ..Failed::default() };
        Self { ended: Err(failed), changed: None, ..self }
    }

    /// Writes it as the result of the call.
    pub(crate) fn write(&self, w: &mut Writer<'_>) {
        w.object(|w| {
            match &self.ended {
                Ok(done) => write_done(done, w),
                Err(failed) => write_failed(failed, w),
            }
            if !self.output.text.is_empty() {
                w.member("output", &self.output.text);
            }
            if self.output.cut > 0 {
                w.member("output_cut", self.output.cut);
            }
            if let Some(changed) = &self.changed {
                write_changes(changed, w.key("changed"));
            }
            if self.dry_run {
                w.member("dry_run", true);
            }
            if self.runs > 1 {
                w.member("runs", self.runs);
            }
        });
    }
}

fn write_done(done: &Done, w: &mut Writer<'_>) {
    w.member("success", true);
    w.member("code", 0);
    w.member("message", "Script executed successfully");
    if !done.value.is_empty() {
        w.key("value").raw(&respaced(done.value.as_bytes()));
    }
    if !done.scripts.is_empty() {
        w.key("scripts").array(|w| done.scripts.iter().for_each(|name| w.element(name)));
    }
    if !done.formats.is_empty() {
        w.key("formats").array(|w| done.formats.iter().for_each(|(name, _)| w.element(name)));
    }
}

fn write_failed(failed: &Failed, w: &mut Writer<'_>) {
    let Failed { name, message, line, column, stack, source_line } = failed;
    w.member("success", false);
    w.member("code", FAILED);
    w.member("message", format!("Script execution failed with code {FAILED}"));
    w.key("error").object(|w| {
        w.member("name", name);
        w.member("message", message);
        for (place, number) in [("line", *line), ("column", *column)] {
            if number > 0 {
                w.member(place, number);
            }
        }
        for (member, text) in [("stack", stack), ("source_line", source_line)] {
            if !text.is_empty() {
                w.member(member, text);
            }
        }
    });
}
