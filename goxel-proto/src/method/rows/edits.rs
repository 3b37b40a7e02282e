//! Floods, shapes and height maps.

use super::super::kind::{Field, Kind, may, named, needs};
use super::super::row::{Arguments, Example, Files, Row, Runs};
use super::rows;
use super::shared::{
    A, AT, AXIS, B, COLOR, CONNECTIVITY, CORNER, G, LAYER, LAYER_ID, MODE, PROJECT, R, REGION,
    SUCCESS, X, Y, Z, word,
};
use crate::error::ErrorCode;
use crate::types::ShapeKind;

const CREATED: Field =
    needs("voxels_created", Kind::COUNT, "How many were set; 0 in other modes.").in_unit("voxels");
const REMOVED: Field =
    may("voxels_removed", Kind::COUNT, "How many went, in modes that remove.").in_unit("voxels");
const PAINTED: Field =
    may("voxels_painted", Kind::COUNT, "How many got a colour, in the mode that paints.")
        .in_unit("voxels");

rows! {
    after super::many::END;

    FloodFill: Row::edits("goxel.flood_fill", ErrorCode::Flood)
        .tool("goxel_flood_fill", Arguments::Position).lenient()
        .about(
            "Flood fill",
            "Colours the connected voxels of one colour, from a position on; in empty space, what \
             is enclosed or inside of bounds.",
        )
        .params(&[
            X, Y, Z, R, G, B, A, LAYER, COLOR,
            named("tolerance", Kind::BYTE, "How far each channel may be from the colour at the start.").or("0"),
            CONNECTIVITY.by_name(),
            named("bounds", REGION, "Where it must stay."),
            AT, PROJECT,
        ])
        .gives(&[SUCCESS, needs("voxels_filled", Kind::COUNT, "How many were coloured.").in_unit("voxels")])
        .examples(&[Example::of(r#"{"position": [2, 2, 1], "color": "red"}"#, r#"{"success": true, "voxels_filled": 16}"#)]);

    ProceduralShape: Row::edits("goxel.procedural_shape", ErrorCode::Shape)
        .tool("goxel_procedural_shape", Arguments::Same).lenient()
        .about(
            "Build a shape",
            "Builds a shape around a center, along an axis; a torus as wide as the size says, made \
             of a tube; the part of a plane across a normal that lies in a box of this size; or a \
             line from one voxel to another. Modes subtract, paint and intersect use its voxels \
             without setting them.",
        )
        .params(&[
            may("shape_type|shape|type", word::<ShapeKind>(), "What it looks like.").or("\"cube\""),
            may("size_x", Kind::INT, "The edge along x; 10 where not positive.").or("10").in_unit("voxels"),
            may("size_y", Kind::INT, "Along y; of a sphere and a torus as along x.").or("10").in_unit("voxels"),
            may("size_z", Kind::INT, "Along z; of a sphere and a torus as along x.").or("10").in_unit("voxels"),
            may("center_x", Kind::Coordinate, "The middle, along x.").or("0").in_unit("voxels"),
            may("center_y", Kind::Coordinate, "Along y.").or("0").in_unit("voxels"),
            may("center_z", Kind::Coordinate, "Along z.").or("0").in_unit("voxels"),
            R, G, B, A, LAYER, COLOR,
            named("size", Kind::AnyOf(&[Kind::INT, Kind::Array { of: &Kind::INT, min: 1, max: 3 }]),
                "All edges in one: a number, or an array of three.").in_unit("voxels"),
            named("center|from", CORNER, "The middle in one; of a line, where it begins."),
            AXIS.by_name(),
            MODE,
            named("tube", Kind::POSITIVE, "How thick the tube of a torus is; where it is not said, the \
                edge along the axis, or a quarter of the width.").in_unit("voxels"),
            named("normal", CORNER, "What a plane lies across: integers of 16 bits that are not all 0; \
                the axis where it is not said."),
            named("to", CORNER, "Where a line ends."),
            PROJECT,
        ])
        .gives(&[
            SUCCESS,
            needs("shape_type", Kind::Text, "What was built."),
            CREATED, REMOVED, PAINTED,
        ])
        .examples(&[
            Example::of(r#"{"shape": "sphere", "center": [12, 12, 8], "size": 5, "color": "gold"}"#, r#"{"success": true, "shape_type": "sphere", "voxels_created": 81}"#),
            Example::of(r#"{"shape": "line", "from": [0, 0, 9], "to": [7, 7, 9], "color": "red"}"#, r#"{"success": true, "shape_type": "line", "voxels_created": 8}"#),
        ]);

    Heightmap: Row::edits("goxel.heightmap", ErrorCode::Shape)
        .files(Files::Reads).runs(Runs::Worker)
        .about(
            "Build a height map",
            "Builds columns of so many voxels, one row of them after another along y, from a \
             position on; or as bright as the pixels of a PNG file are, whose top row lies at the \
             highest y.",
        )
        .params(&[
            may("heights", Kind::list(&Kind::list(&Kind::Integer { min: 0, max: u32::MAX as i64 })),
                "Rows of heights, all equally long.").in_unit("voxels"),
            AT.by_place(),
            LAYER,
            named("path|file_path", Kind::Path, "A PNG file, in place of heights."),
            named("height", Kind::POSITIVE, "How high white is in the file.").or("64").in_unit("voxels"),
            named("color|rgba", Kind::Colour, "The colour.").or("\"#ffffff\""),
            MODE, PROJECT,
        ])
        .gives(&[SUCCESS, LAYER_ID, CREATED, REMOVED, PAINTED])
        .examples(&[Example::of(r#"{"heights": [[1, 2], [2, 3]], "position": [10, 10, 0], "color": "green"}"#, r#"{"success": true, "layer_id": 2, "voxels_created": 8}"#)]);
}
