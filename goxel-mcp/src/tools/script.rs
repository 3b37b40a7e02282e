//! `script`: JavaScript that edits a project, as one step or not at all.

use goxel_proto::Method;
use goxel_proto::method::{Field, Kind};
use serde_json::{Value, json};

use super::args::Args;
use super::ask::Request;
use super::edit::{Editing, LOOK};
use super::params::{self, PROJECT};
use super::spec::{Does, Spec};
use super::voxels::members;
use crate::tool::{Effect, Object, Refused};

/// Bytes of what a script has printed, and of its value, that a model is told: a page each.
const TOLD_BYTES_MAX: usize = 8 << 10;

pub(super) const SCRIPT: Spec = Spec {
    name: "run_script",
    title: "Run JavaScript",
    about: "Runs a script on a project: one step, or nothing where it throws. goxel.addVoxel(x,y,z,[r,g,b]), \
            removeVoxel, getVoxel; goxel.image.activeLayer.volume has fill([min,max],color or f(pos)), shape, \
            fromSdf; goxel.noise().simplex(x,y,z). Boxes end before max. For loops, noise, random; \
            tells what it prints and the last value.",
    effect: Effect::Changes,
    idempotent: false,
    params: &[
        PROJECT,
        Field::needed("script", Kind::Text, "JavaScript."),
        Field::absent("args", Kind::Any, "Its args."),
        params::said(params::of(Method::ExecuteScript, "seed"), "Of random."),
        Field::absent("dry_run", Kind::Bool, "Change nothing."),
        LOOK,
    ],
    examples: &[],
    gives: &[
        Field::absent("value", Kind::Any, ""),
        Field::absent("output", Kind::Text, ""),
        Field::absent("changed", Kind::Any, ""),
    ],
    does: Does::Edits(run),
};

fn run(editing: &mut Editing<'_, '_>, args: &mut Args) -> Result<Object, Refused> {
    let script = args.take("script").unwrap_or_default();
    let request = Request::new(Method::ExecuteScript)
        .with("script", script)
        .with("dry_run", args.flag("dry_run"))
        .maybe("args", args.take("args"))
        .maybe("seed", args.take("seed"));
    let mut told = editing.ask(request)?;
    let output = told["output"].as_str().map(|output| shortened(output.to_owned()));
    if told["success"] != json!(true) {
        return Err(failed(&told["error"], output.as_deref()));
    }
    let mut result = json!({});
    if let Some(value) = told.get_mut("value").map(Value::take) {
        let is_long = value.to_string().len() > TOLD_BYTES_MAX;
        result["value"] = if is_long { shortened(value.to_string()).into() } else { value };
    }
    if let Some(output) = output {
        result["output"] = output.into();
    }
    if let Some(changed) = told.get("changed") {
        result["changed"] = json!({
            "added": changed["added"],
            "removed": changed["removed"],
            "recoloured": changed["recoloured"],
        });
    }
    Ok(members(result))
}

/// Why a script has failed, where, and what it printed before.
fn failed(error: &Value, output: Option<&str>) -> Refused {
    let text = |name: &str| error[name].as_str().unwrap_or_default().to_owned();
    let mut words = format!("{}: {}", text("name"), text("message"));
    if let Some(line) = error["line"].as_u64() {
        words.push_str(&format!(" (line {line}"));
        if let Some(column) = error["column"].as_u64() {
            words.push_str(&format!(", column {column}"));
        }
        words.push_str(&format!(": {})", text("source_line").trim()));
    }
    words.push_str(". Nothing was changed.");
    if let Some(output) = output {
        words.push_str(&format!(" It had printed: {output}"));
    }
    Refused::new(words)
}

/// As much of a text as a model is told.
fn shortened(mut text: String) -> String {
    if text.len() > TOLD_BYTES_MAX {
        let mut kept = TOLD_BYTES_MAX;
        while !text.is_char_boundary(kept) {
            kept -= 1;
        }
        let more = text.len() - kept;
        text.truncate(kept);
        text.push_str(&format!("... {more} bytes more"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_says_where_and_what_it_had_printed() {
        let error = json!({"name": "TypeError", "message": "no", "line": 2, "column": 4, "source_line": "  f(x)"});
        assert_eq!(
            failed(&error, Some("a\n")).words,
            "TypeError: no (line 2, column 4: f(x)). Nothing was changed. It had printed: a\n"
        );
        let error = json!({"name": "Error", "message": "no"});
        assert_eq!(failed(&error, None).words, "Error: no. Nothing was changed.");
    }

    #[test]
    fn what_is_long_is_told_in_part() {
        assert_eq!(shortened("a".to_owned()), "a");
        let long = shortened("ä".repeat(TOLD_BYTES_MAX));
        assert!(long.ends_with("... 8192 bytes more") && long.len() < TOLD_BYTES_MAX + 40);
    }
}
