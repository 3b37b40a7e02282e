//! Single voxels.

use super::super::kind::{Field, Kind, named, needs};
use super::super::row::{Arguments, Example, Row};
use super::rows;
use super::shared::{
    A, AT, B, COLOR, G, LAYER, NAMED_LAYER, PROJECT, R, REGION, RGBA, SUCCESS, X, Y, Z,
};
use crate::error::ErrorCode;

const X_BACK: Field = needs("x", Kind::INT, "East.");
const Y_BACK: Field = needs("y", Kind::INT, "North.");
const Z_BACK: Field = needs("z", Kind::INT, "Up.");
const LAYER_BACK: Field = needs("layer_id", Kind::INT, "As it was sent, 0 where it was not.");

rows! {
    after super::analysis::END;

    AddVoxel: Row::edits("goxel.add_voxel", ErrorCode::AddVoxel)
        .tool("goxel_add_voxels", Arguments::Position).lenient().repeatable()
        .about(
            "Set a voxel",
            "Sets one voxel. Without a colour it is opaque white by name and black by position; \
             alpha 0 removes it. Many at once are faster by goxel.add_voxels.",
        )
        .params(&[X, Y, Z, R, G, B, A, LAYER, COLOR, AT, PROJECT])
        .gives(&[SUCCESS, X_BACK, Y_BACK, Z_BACK, LAYER_BACK, needs("color", RGBA, "Its colour.")])
        .examples(&[
            Example::of(r#"{"position": [4, 4, 5], "color": "gold"}"#, r#"{"success": true, "x": 4, "y": 4, "z": 5, "layer_id": 0, "color": [255, 215, 0, 255]}"#),
            Example::of(r#"[4, 4, 5, 255, 0, 0]"#, r#"{"success": true, "x": 4, "y": 4, "z": 5, "layer_id": 0, "color": [255, 0, 0, 255]}"#),
        ]);

    RemoveVoxel: Row::edits("goxel.remove_voxel", ErrorCode::RemoveVoxel)
        .tool("goxel_remove_voxels", Arguments::Position).lenient().repeatable()
        .about("Remove a voxel", "Removes one voxel; where there is none, nothing changes.")
        .params(&[X, Y, Z, LAYER, AT, PROJECT])
        .gives(&[SUCCESS, X_BACK, Y_BACK, Z_BACK, LAYER_BACK])
        .examples(&[Example::of(r#"{"position": [2, 2, 1]}"#, r#"{"success": true, "x": 2, "y": 2, "z": 1, "layer_id": 0}"#)]);

    GetVoxel: Row::reads("goxel.get_voxel", ErrorCode::GetVoxel)
        .tool("goxel_get_voxel", Arguments::Position).lenient()
        .about("Read a voxel", "Reads one voxel of the active layer, or of another one.")
        .params(&[X, Y, Z, NAMED_LAYER, AT, PROJECT])
        .gives(&[
            X_BACK, Y_BACK, Z_BACK,
            needs("exists", Kind::Bool, "Whether there is one."),
            needs("color", RGBA, "Its colour; of alpha 0 where there is none."),
        ])
        .examples(&[Example::of(r#"{"position": [2, 2, 1]}"#, r#"{"x": 2, "y": 2, "z": 1, "color": [255, 215, 0, 255], "exists": true}"#)]);

    PaintVoxels: Row::edits("goxel.paint_voxels", ErrorCode::Paint)
        .tool("goxel_paint_voxels", Arguments::Position)
        .aliases(&["goxel.paint_voxel"]).lenient().repeatable()
        .about(
            "Paint voxels",
            "Gives a voxel that is there another colour, or all of those of a region; empty places \
             stay empty.",
        )
        .params(&[
            X, Y, Z, R, G, B, A, LAYER, COLOR,
            named("region", REGION, "All voxels in this box, rather than one."),
            AT, PROJECT,
        ])
        .gives(&[SUCCESS, needs("painted", Kind::COUNT, "How many voxels were there.").in_unit("voxels")])
        .examples(&[Example::of(r#"{"region": {"min": [0, 0, 0], "max": [9, 9, 9]}, "color": "red"}"#, r#"{"success": true, "painted": 16}"#)]);
}
