//! Scripts.

use super::super::kind::{Field, Kind, may, named, needs};
use super::super::row::{Example, Files, Row, Runs};
use super::rows;
use super::shared::{NAMED_LAYER, PROJECT};
use super::versions::{ADDED, LAYERS, OTHER_PARTS, RECOLOURED, REMOVED, REORDERED, WITHIN};
use crate::error::ErrorCode;

const CHANGED: Field = may(
    "changed",
    Kind::Object(&[ADDED, REMOVED, RECOLOURED, WITHIN, LAYERS, REORDERED, OTHER_PARTS]),
    "What the script has changed, or would have; nothing where that is nothing.",
);

const THROWN: Field = may(
    "error",
    Kind::Object(&[
        needs("name", Kind::Text, "What kind of error, as `TypeError`."),
        needs("message", Kind::Text, "What went wrong."),
        may("line", Kind::COUNT, "Where, from 1."),
        may("column", Kind::COUNT, "Where, from 1."),
        may("stack", Kind::Text, "The calls that led there, innermost first, a line each."),
        may("source_line", Kind::Text, "That line of the script."),
    ]),
    "Why the script failed.",
);

rows! {
    after super::events::END;

    ExecuteScript: Row::edits("goxel.execute_script", ErrorCode::Internal)
        .runs(Runs::Worker).files(Files::ReadsAndWrites).lenient()
        .about(
            "Run a script",
            "Runs JavaScript that reads and edits the project, in a process of its own: docs/SCRIPTS.md has what \
             it can call. All that it changes is one step, or nothing: a script that fails changes nothing, \
             and neither does one whose tiles others have changed since it began (-1030). An error of the \
             script is a result without success. A script that does not end is ended (-32603). Without \
             a project a script may compute, and change nothing.",
        )
        .params(&[
            named("script", Kind::Text, "The code; it goes before path."),
            named("path", Kind::Path, "The file that has it."),
            named("name", Kind::Text, "What errors call it; the path where it is not said."),
            named("timeout_ms", Kind::INT, "How long it may run; 30000 where it is 0, less, or more than \
                300000. It is ended then: error -32603.").or("30000").in_unit("ms"),
            named("args", Kind::Any, "What the script finds in `args`, an empty list where it is not said; a list is in \
                `scriptArgs`, too, behind the script's name."),
            named("seed", Kind::COUNT, "What `Math.random` and noise start from: the same numbers at every run.").or("0"),
            named("dry_run", Kind::Bool, "Whether it only says what it would change.").or("false"),
            named("retry", Kind::Integer { min: 0, max: 100 }, "How many times it begins anew where others have \
                changed the same.").or("0"),
            NAMED_LAYER,
            PROJECT,
        ])
        .gives(&[
            needs("success", Kind::Bool, "Whether it ran to its end."),
            needs("code", Kind::INT, "0, or -1 where it failed."),
            needs("message", Kind::Text, "The same in words."),
            may("value", Kind::Any, "The value of its last expression, where JSON has it."),
            may("output", Kind::Text, "What it printed."),
            may("output_cut", Kind::COUNT, "How much more it printed than is kept.").in_unit("bytes"),
            CHANGED,
            may("dry_run", Kind::True, "That nothing was changed, as that was asked for."),
            may("runs", Kind::COUNT, "How many times it ran, where others had it begin anew."),
            may("scripts", Kind::list(&Kind::Text), "The names of scripts that it registered."),
            may("formats", Kind::list(&Kind::Text), "The names of formats that it registered."),
            THROWN,
        ])
        .examples(&[
            Example::of(r#"{"script": "1 + 1"}"#, r#"{"success": true, "code": 0, "message": "Script executed successfully", "value": 2}"#),
            Example::of(r#"{"script": "goxel.addVoxel(9, 9, 9, [255, 0, 0, 255])", "seed": 7}"#, r#"{"success": true, "code": 0, "message": "Script executed successfully", "value": 0, "changed": {"added": 1, "removed": 0, "recoloured": 0, "box": {"min": [9, 9, 9], "max": [9, 9, 9]}, "layers": [{"id": 2, "name": "tower", "fate": "changed", "changed": [], "added": 1, "removed": 0, "recoloured": 0, "box": {"min": [9, 9, 9], "max": [9, 9, 9]}}], "reordered": false, "changed": []}}"#),
        ]);
}
