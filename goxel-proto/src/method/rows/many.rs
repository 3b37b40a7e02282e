//! Many voxels at once.

use super::super::kind::{Field, Kind, may, named, needs};
use super::super::row::{Arguments, Example, Row};
use super::rows;
use super::shared::{
    DATA, LAYER_ID, NAMED_LAYER, OPERATIONS, POINTS, PROJECT, RUNS, SOLIDS, SUCCESS,
};
use crate::error::ErrorCode;

// The whole reply of goxel.get_voxels can be sent back.
const COUNT_SENT: Field = named("count", Kind::Any, "Passed over, as goxel.get_voxels answers it.");
const TRUNCATED_SENT: Field =
    named("truncated", Kind::Any, "Passed over, as goxel.get_voxels answers it.");

rows! {
    after super::voxels::END;

    AddVoxels: Row::edits("goxel.add_voxels", ErrorCode::AddVoxel)
        .tool("goxel_add_voxels", Arguments::Many)
        .aliases(&["goxel.add_voxel_batch"]).repeatable()
        .about(
            "Set many voxels",
            "Sets many voxels as one step, all or none: points, runs along x, boxes, or records in \
             base64. Boxes are carried out first, then runs, then points, then records.",
        )
        .params(&[
            may("voxels", POINTS, "Points."),
            named("runs", RUNS, "Runs."),
            named("boxes", SOLIDS, "Boxes."),
            named("data", DATA, "Points as records."),
            named("color|rgba", Kind::Colour, "The colour of what has none of its own.").or("\"#ffffff\""),
            NAMED_LAYER,
            COUNT_SENT, TRUNCATED_SENT,
            PROJECT,
        ])
        .gives(&[
            SUCCESS,
            needs("added", Kind::COUNT, "How many voxels the call named; those named twice count twice.").in_unit("voxels"),
            LAYER_ID,
        ])
        .examples(&[
            Example::of(r#"{"voxels": [[4, 4, 5], [4, 4, 6, 255, 0, 0]], "color": "gold"}"#, r#"{"success": true, "layer_id": 2, "added": 2}"#),
            Example::of(r#"{"boxes": [[0, 0, 8, 7, 7, 8, 160, 82, 45]], "runs": [[0, 0, 9, 8]]}"#, r#"{"success": true, "layer_id": 2, "added": 72}"#),
        ]);

    RemoveVoxels: Row::edits("goxel.remove_voxels", ErrorCode::RemoveVoxel)
        .tool("goxel_remove_voxels", Arguments::Many).repeatable()
        .about(
            "Remove many voxels",
            "Removes many voxels as one step, all or none: points, runs along x, boxes, or records \
             in base64. Colours in them are passed over.",
        )
        .params(&[
            may("voxels", POINTS, "Points."),
            named("runs", RUNS, "Runs."),
            named("boxes", SOLIDS, "Boxes."),
            named("data", DATA, "Points as records."),
            NAMED_LAYER,
            COUNT_SENT, TRUNCATED_SENT,
            PROJECT,
        ])
        .gives(&[SUCCESS, needs("removed", Kind::COUNT, "How many voxels were there.").in_unit("voxels"), LAYER_ID])
        .examples(&[Example::of(r#"{"boxes": [[0, 0, 0, 3, 3, 1]]}"#, r#"{"success": true, "layer_id": 2, "removed": 4}"#)]);

    AddEach: Row::edits("add_voxels", ErrorCode::AddVoxel).lenient().repeatable()
        .about(
            "Set voxels, leaving out bad ones",
            "Sets voxels of the active layer; those that are wrong are counted, the others set.",
        )
        .params(&[needs("voxels", Kind::list(&Kind::Any), "An array of {x, y, z, r, g, b, a?}, or of \
            {position, color}."), PROJECT])
        .gives(&[
            needs("success", Kind::Bool, "Whether none was wrong."),
            needs("added", Kind::COUNT, "How many were set.").in_unit("voxels"),
            needs("failed", Kind::COUNT, "How many were wrong.").in_unit("voxels"),
        ])
        .examples(&[Example::of(r#"{"voxels": [{"x": 1, "y": 2, "z": 3, "r": 255, "g": 0, "b": 0}]}"#, r#"{"success": true, "added": 1, "failed": 0}"#)]);

    BatchOperations: Row::edits("goxel.batch_operations", ErrorCode::AddVoxel)
        .tool("goxel_batch_voxel_operations", Arguments::Operations).lenient()
        .about(
            "Do many operations on single voxels",
            "Does many operations as one step: add_voxel, remove_voxel, paint_voxel. Those that \
             fail are told, the others done.",
        )
        .params(&[
            needs("operations", OPERATIONS, "The operations, in their order."),
            named("layer_id", Kind::Layer, "The layer of those that name none.").or("0"),
            PROJECT,
        ])
        .gives(&[
            needs("success", Kind::Bool, "Whether all were done."),
            needs("total_operations", Kind::COUNT, "How many there were."),
            needs("successful_operations", Kind::COUNT, "How many were done."),
            needs("failed_operations", Kind::COUNT, "How many failed."),
            needs("errors", Kind::list(&Kind::Object(&[
                needs("index", Kind::COUNT, "Which operation, from 0."),
                needs("message", Kind::Text, "What was wrong."),
            ])), "The first 100 of those that failed."),
        ])
        .examples(&[Example::of(r#"{"operations": [{"type": "add_voxel", "x": 1, "y": 1, "z": 1, "color": "red"},
                {"type": "remove_voxel", "position": [2, 2, 1]}]}"#, r#"{"success": true, "total_operations": 2, "successful_operations": 2, "failed_operations": 0, "errors": []}"#)]);
}
