//! Edits that make a layer into another one: moved, turned, mirrored, scaled, cropped, recoloured,
//! or with a part of it a second time.

use super::super::kind::{Field, Kind, may, named, needs};
use super::super::row::{Example, Row};
use super::rows;
use super::shared::{AXIS, CONNECTIVITY, CORNER, LAYER, LAYER_DONE, PROJECT, REGION, word};
use crate::error::ErrorCode;
use crate::types::{Axis, Combine, Side};

/// A coordinate, or half way between two: times two it is a whole number.
const HALF_WAY: Kind = Kind::Number { min: -5e9, max: 5e9 };
const STEPS: Field = may("steps", Kind::POSITIVE, "How many voxels.").or("1").in_unit("voxels");

rows! {
    after super::scene::END;

    ReplaceColor: Row::edits("goxel.replace_color", ErrorCode::Layer).repeatable()
        .about(
            "Replace a colour",
            "Gives the voxels of a colour another one, or removes them where its alpha is 0.",
        )
        .params(&[
            needs("from", Kind::Colour, "Which colour."),
            needs("to", Kind::Colour, "The new one."),
            may("tolerance", Kind::BYTE, "How far each channel may be off.").or("0"),
            LAYER, PROJECT,
        ])
        .gives(LAYER_DONE)
        .examples(&[Example::of(r#"{"from": "gold", "to": "silver"}"#, r#"{"success": true, "layer_id": 2, "voxel_count": 16}"#)]);

    Mirror: Row::edits("goxel.mirror", ErrorCode::Layer)
        .about(
            "Mirror a layer",
            "Mirrors a layer across an axis, at a coordinate or half way between two. With keep, \
             what was there stays too; with side, only what is on that side stays, and the other \
             side becomes like it.",
        )
        .params(&[
            needs("axis", word::<Axis>(), "Across which axis."),
            may("at", HALF_WAY, "Where: a coordinate, or half way between two; the middle of what is \
                there where it is not said.").in_unit("voxels"),
            may("keep", Kind::Bool, "Whether what was there stays.").or("false"),
            LAYER,
            named("side", word::<Side>(), "Which side is kept and copied to the other."),
            PROJECT,
        ])
        .gives(LAYER_DONE)
        .examples(&[Example::of(r#"{"axis": "x", "at": 0, "keep": true}"#, r#"{"success": true, "layer_id": 2, "voxel_count": 32}"#)]);

    Rotate: Row::edits("goxel.rotate", ErrorCode::Layer)
        .about(
            "Rotate a layer",
            "Turns a layer about an axis by a multiple of 90 degrees, from x to y about z, around a voxel.",
        )
        .params(&[
            AXIS,
            may("degrees", Kind::INT, "A multiple of 90.").or("90").in_unit("degrees"),
            may("pivot", CORNER, "Around which voxel; the one in the middle of what is there where it \
                is not said."),
            LAYER, PROJECT,
        ])
        .gives(LAYER_DONE)
        .examples(&[Example::of(r#"{"axis": "z", "degrees": 90}"#, r#"{"success": true, "layer_id": 2, "voxel_count": 16}"#)]);

    Translate: Row::edits("goxel.translate", ErrorCode::Layer)
        .about("Move a layer", "Moves the voxels of a layer.")
        .params(&[needs("by", CORNER, "How far.").in_unit("voxels"), LAYER, PROJECT])
        .gives(LAYER_DONE)
        .examples(&[Example::of(r#"{"by": [0, 0, 3]}"#, r#"{"success": true, "layer_id": 2, "voxel_count": 16}"#)]);

    Scale: Row::edits("goxel.scale", ErrorCode::Layer)
        .about(
            "Scale a layer",
            "Makes each voxel of a layer a cube of a whole number of voxels, or of each eight one: 0.5.",
        )
        .params(&[needs("factor", Kind::NUMBER,
            "A whole number from 1 on, or 0.5."), LAYER, PROJECT])
        .gives(LAYER_DONE)
        .examples(&[Example::of(r#"{"factor": 2}"#, r#"{"success": true, "layer_id": 2, "voxel_count": 128}"#)]);

    Crop: Row::edits("goxel.crop", ErrorCode::Layer).repeatable()
        .about("Crop a layer", "Removes the voxels of a layer that are outside of a box.")
        .params(&[needs("region", REGION, "The box."), LAYER, PROJECT])
        .gives(LAYER_DONE)
        .examples(&[Example::of(r#"{"region": {"min": [0, 0, 0], "max": [9, 9, 2]}}"#, r#"{"success": true, "layer_id": 2, "voxel_count": 8}"#)]);

    Extrude: Row::edits("goxel.extrude", ErrorCode::Layer)
        .about(
            "Extrude a part",
            "Puts what is in a box behind it again and again along an axis; where there is a voxel, \
             that stays.",
        )
        .params(&[
            needs("region", REGION, "The box."),
            AXIS,
            may("times", Kind::INT, "How many times; backwards where negative.").or("1"),
            LAYER, PROJECT,
        ])
        .gives(LAYER_DONE)
        .examples(&[Example::of(r#"{"region": {"min": [0, 0, 1], "max": [9, 9, 1]}, "times": 2}"#, r#"{"success": true, "layer_id": 2, "voxel_count": 16}"#)]);

    Hollow: Row::edits("goxel.hollow", ErrorCode::Layer).repeatable()
        .about("Hollow a layer", "Leaves a shell of a layer.")
        .params(&[
            may("thickness", Kind::POSITIVE, "How thick the shell is.").or("1").in_unit("voxels"),
            LAYER, PROJECT,
        ])
        .gives(LAYER_DONE)
        .examples(&[Example::of(r#"{"thickness": 1}"#, r#"{"success": true, "layer_id": 2, "voxel_count": 16}"#)]);

    Dilate: Row::edits("goxel.dilate", ErrorCode::Layer)
        .about(
            "Dilate a layer",
            "Makes a layer thicker: empty places next to a voxel become like it.",
        )
        .params(&[STEPS, CONNECTIVITY, LAYER, PROJECT])
        .gives(LAYER_DONE)
        .examples(&[Example::of(r#"{"steps": 1, "connectivity": 26}"#, r#"{"success": true, "layer_id": 2, "voxel_count": 96}"#)]);

    Erode: Row::edits("goxel.erode", ErrorCode::Layer)
        .about("Erode a layer", "Makes a layer thinner: voxels next to an empty place go.")
        .params(&[STEPS, CONNECTIVITY, LAYER, PROJECT])
        .gives(LAYER_DONE)
        .examples(&[Example::of("{}", r#"{"success": true, "layer_id": 2, "voxel_count": 0}"#)]);

    Copy: Row::edits("goxel.copy", ErrorCode::Layer)
        .about(
            "Copy a part",
            "Puts what is in a box, but for empty space, somewhere else too: in the same layer, in \
             another one, or out of a layer of another open project. It lies over what is there, or \
             does what mode says.",
        )
        .params(&[
            needs("region", REGION, "Which part."),
            needs("to", CORNER, "Where the low corner of the box goes.").in_unit("voxels"),
            may("layer_id", Kind::Layer, "From which layer.").or("0"),
            named("target_layer_id", Kind::Layer, "To which layer; the same where it is not said, of \
                another project the active one."),
            named("from_project", Kind::Text, "Out of which other open project, by its name."),
            named("mode", word::<Combine>(), "What becomes of the voxels that are meant, as of \
                goxel.procedural_shape; lying over what is there where it is not said."),
            PROJECT,
        ])
        .gives(LAYER_DONE)
        .examples(&[Example::of(r#"{"region": {"min": [0, 0, 0], "max": [9, 9, 9]}, "to": [10, 0, 0]}"#, r#"{"success": true, "layer_id": 2, "voxel_count": 32}"#)]);
}
