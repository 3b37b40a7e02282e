//! `undo`: back and forth in the history of a project.

use goxel_proto::Method;
use goxel_proto::method::{Field, Kind};
use serde_json::json;

use super::args::Args;
use super::ask::Request;
use super::edit::{Editing, LOOK};
use super::params::{self, PROJECT};
use super::spec::{Does, Spec};
use super::voxels::members;
use crate::tool::{Effect, Object, Refused};

/// Steps of one call: whoever wants to go back further knows a version to go back to.
const STEPS_MAX: i64 = 100;

pub(super) const UNDO: Spec = Spec {
    name: "undo",
    title: "Undo, redo, go back to a version",
    about: "Takes back the last steps of a project, whoever made them, or does them again (redo); or makes it \
            what it was at to_version, which can be undone. get_project lists versions.",
    effect: Effect::Changes,
    idempotent: false,
    params: &[
        PROJECT,
        Field::absent("steps", Kind::Integer { min: 1, max: STEPS_MAX }, "Default: 1."),
        Field::absent("redo", Kind::Bool, "Forward."),
        Field::absent(
            "to_version",
            params::kind(Method::Restore, "version"),
            "Number, tag, or \"15m\" ago.",
        ),
        LOOK,
    ],
    examples: &[],
    gives: &[Field::absent("steps", Kind::COUNT, "")],
    does: Does::Edits(undo),
};

fn undo(editing: &mut Editing<'_, '_>, args: &mut Args) -> Result<Object, Refused> {
    if let Some(version) = args.take("to_version") {
        if args.has("steps") || args.flag("redo") {
            return Err(Refused::new("Say to_version, or steps and redo, not both."));
        }
        let request = Request::new(Method::Restore).with("version", version).with("in_place", true);
        let told = editing.ask(request)?;
        return Ok(members(json!({"to_version": told["version"]})));
    }
    let method = if args.flag("redo") { Method::Redo } else { Method::Undo };
    let (wanted, mut steps) = (args.integer("steps").unwrap_or(1), 0);
    while steps < wanted && editing.ask(Request::new(method))?["success"] == json!(true) {
        steps += 1;
    }
    if steps == 0 {
        let what = if args.flag("redo") { "done again" } else { "taken back" };
        return Err(Refused::new(format!(
            "There is nothing to be {what}. get_project tells undo and redo steps."
        )));
    }
    Ok(members(json!({"steps": steps})))
}
