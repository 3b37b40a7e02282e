//! Questions about voxels and colours.

use super::super::kind::{Field, Kind, may, named, needs};
use super::super::row::{Example, Row, Runs};
use super::rows;
use super::shared::{
    BOUNDS, CELL, CONNECTIVITY, CORNER, COUNT_TOLD, EXTENT, LAYERS, OFFSET, PROJECT, RGBA,
    TRUNCATED, VOXEL_COUNT, WITHIN,
};
use crate::error::ErrorCode;

/// A tolerance for each channel: one for all, or three or four.
const TOLERANCE: Kind =
    Kind::AnyOf(&[Kind::INT, Kind::Array { of: &Kind::Component, min: 3, max: 4 }]);
const FILTER: Field = may(
    "color_filter",
    Kind::Colour,
    "Only voxels of this colour; of alpha 255 whatever their alpha is, of alpha 0 all.",
);
const LIMIT: Field = may(
    "limit",
    Kind::INT,
    "How many at the most; of 0 or less, as many as a reply may hold, a million.",
)
.or("10000");
const HEX: Kind = Kind::Text;
const COLOUR_MEMBERS: [Field; 2] =
    [needs("color", HEX, "The colour, `#RRGGBBAA`."), needs("rgba", RGBA, "The same as numbers.")];
const LISTED: &[Field] = &[
    needs(
        "voxels",
        Kind::list(&Kind::Object(&[
            needs("x", Kind::INT, "East."),
            needs("y", Kind::INT, "North."),
            needs("z", Kind::INT, "Up."),
            needs("color", RGBA, "Its colour."),
            may("layer_id", super::shared::ID, "Whose it is, where all layers are read."),
        ])),
        "The voxels, by z, then y, then x.",
    ),
    COUNT_TOLD,
    TRUNCATED,
    may("bbox", BOUNDS, "The smallest box that holds those that were told."),
];

rows! {
    after super::history::END;

    GetBoundingBox: Row::reads("goxel.get_bounding_box", ErrorCode::Internal).lenient()
        .runs(Runs::Either)
        .about("Bounds of the voxels", "The smallest box that holds all voxels.")
        .params(&[
            LAYERS,
            may("exact", Kind::Bool, "false for a box of whole tiles of 16 voxels.").or("true"),
            PROJECT,
        ])
        .gives(EXTENT)
        .examples(&[Example::of(r#"{"layer_id": -2}"#, r#"{"min": [0, 0, 0], "max": [7, 7, 4], "dimensions": [8, 8, 5], "empty": false}"#)]);

    GetVoxelsRegion: Row::reads("goxel.get_voxels_region", ErrorCode::Internal).lenient()
        .runs(Runs::Either)
        .about("List the voxels of a box", "Lists the voxels of a box, whose corners belong to it.")
        .params(&[
            needs("min", CORNER, "The lowest corner."),
            needs("max", CORNER, "The highest corner."),
            LAYERS, FILTER, OFFSET, LIMIT, PROJECT,
        ])
        .gives(LISTED)
        .examples(&[Example::of(r#"{"min": [0, 0, 0], "max": [1, 0, 0], "layer_id": 1}"#, r#"{"count": 2, "bbox": {"min": [0, 0, 0], "max": [1, 0, 0]}, "truncated": false, "voxels": [{"x": 0, "y": 0, "z": 0, "color": [34, 139, 34, 255]}, {"x": 1, "y": 0, "z": 0, "color": [34, 139, 34, 255]}]}"#)]);

    GetLayerVoxels: Row::reads("goxel.get_layer_voxels", ErrorCode::Internal).lenient()
        .runs(Runs::Either)
        .about("List the voxels of a layer", "Lists the voxels of a layer, or of all layers.")
        .params(&[LAYERS, FILTER, OFFSET, LIMIT, PROJECT])
        .gives(LISTED)
        .examples(&[Example::of(r#"{"layer_id": 2, "limit": 2}"#, r#"{"count": 2, "bbox": {"min": [2, 2, 1], "max": [3, 2, 1]}, "truncated": true, "voxels": [{"x": 2, "y": 2, "z": 1, "color": [255, 215, 0, 255]}, {"x": 3, "y": 2, "z": 1, "color": [255, 215, 0, 255]}]}"#)]);

    GetColorHistogram: Row::reads("goxel.get_color_histogram", ErrorCode::Internal).lenient()
        .runs(Runs::Either)
        .about("Histogram of colours", "Counts the voxels of each colour, or of each step of bin_size.")
        .params(&[
            LAYERS, WITHIN,
            may("bin_size", Kind::Integer { min: i32::MIN as i64, max: 255 },
                "How wide a step of a channel is; 0 or less for exact colours.").or("0"),
            may("sort_by_count", Kind::Bool, "The most frequent first, rather than by colour.").or("true"),
            may("top_n", Kind::INT, "How many colours at the most, the most frequent; of 0 or less, \
                as many as a reply may hold, a million.").or("0"),
            PROJECT,
        ])
        .gives(&[
            needs("histogram", Kind::list(&Kind::Object(&[
                COLOUR_MEMBERS[0], COLOUR_MEMBERS[1],
                needs("count", Kind::COUNT, "How many voxels have it.").in_unit("voxels"),
                needs("percentage", Kind::NUMBER, "Of all voxels.").in_unit("percent"),
            ])), "The colours."),
            needs("total_voxels", Kind::COUNT, "Voxels of all colours.").in_unit("voxels"),
            needs("unique_colors", Kind::COUNT, "Colours that were told."),
            needs("metadata", Kind::Object(&[
                needs("binned", Kind::Bool, "Whether colours were put together."),
                may("bin_size", Kind::BYTE, "How wide a step was."),
                TRUNCATED,
            ]), "How it was counted."),
        ])
        .examples(&[Example::of(r#"{"layer_id": -2}"#, r##"{"histogram": [{"count": 64, "color": "#228B22FF", "rgba": [34, 139, 34, 255], "percentage": 80}, {"count": 16, "color": "#FFD700FF", "rgba": [255, 215, 0, 255], "percentage": 20}], "total_voxels": 80, "unique_colors": 2, "metadata": {"binned": false, "truncated": false}}"##)]);

    FindVoxelsByColor: Row::reads("goxel.find_voxels_by_color", ErrorCode::Internal).lenient()
        .runs(Runs::Either)
        .about("Find the voxels of a colour", "Finds the voxels of a colour, each channel at most tolerance away.")
        .params(&[
            needs("color", Kind::Colour, "Which colour."),
            may("tolerance", TOLERANCE, "How far a channel may be off: one for all, or three or four.").or("0"),
            LAYERS, WITHIN,
            may("max_results", Kind::INT, "How many at the most; of 0 or less, as many as a reply may \
                hold, a million.").or("1000"),
            may("include_locations", Kind::Bool, "Whether to tell where they are.").or("true"),
            PROJECT,
        ])
        .gives(&[
            needs("target_color", HEX, "The colour, `#RRGGBBAA`."),
            needs("match_count", Kind::COUNT, "How many were found, up to max_results."),
            TRUNCATED,
            may("locations", Kind::list(&Kind::Object(&[
                needs("x", Kind::INT, "East."),
                needs("y", Kind::INT, "North."),
                needs("z", Kind::INT, "Up."),
                needs("layer", Kind::Text, "The layer's name."),
                needs("layer_id", super::shared::ID, "The layer's id."),
            ])), "Where they are."),
            needs("metadata", Kind::Object(&[needs("tolerance", RGBA, "For each channel.")]),
                "How it was compared."),
        ])
        .examples(&[Example::of(r#"{"color": "gold", "layer_id": 2, "max_results": 2}"#, r##"{"target_color": "#FFD700FF", "match_count": 2, "locations": [{"x": 2, "y": 2, "z": 1, "layer_id": 2, "layer": "tower"}, {"x": 3, "y": 2, "z": 1, "layer_id": 2, "layer": "tower"}], "metadata": {"tolerance": [0, 0, 0, 0]}, "truncated": true}"##)]);

    GetUniqueColors: Row::reads("goxel.get_unique_colors", ErrorCode::Internal).lenient()
        .runs(Runs::Either)
        .about("List the colours", "Lists the colours; similar ones may go to the most frequent of them.")
        .params(&[
            LAYERS, WITHIN,
            may("merge_similar", Kind::Bool, "Whether similar ones are put together.").or("false"),
            may("merge_threshold", Kind::Integer { min: i32::MIN as i64, max: 255 },
                "How far apart similar ones are at the most, in each channel.").or("10"),
            may("sort_by_count", Kind::Bool, "The most frequent first, rather than by colour.").or("false"),
            PROJECT,
        ])
        .gives(&[
            needs("colors", Kind::list(&Kind::Object(&[
                needs("hex", HEX, "The colour, `#RRGGBBAA`."),
                needs("rgba", RGBA, "The same as numbers."),
            ])), "The colours."),
            COUNT_TOLD,
            needs("metadata", Kind::Object(&[
                needs("layer_id", Kind::Integer { min: -2, max: u32::MAX as i64 }, "As it was sent, -1 for the active layer."),
                needs("sorted_by_count", Kind::Bool, "In which order they are."),
                TRUNCATED,
            ]), "How they were found."),
        ])
        .examples(&[Example::of(r#"{"layer_id": -2}"#, r##"{"count": 2, "colors": [{"rgba": [34, 139, 34, 255], "hex": "#228B22FF"}, {"rgba": [255, 215, 0, 255], "hex": "#FFD700FF"}], "metadata": {"layer_id": -2, "sorted_by_count": false, "truncated": false}}"##)]);

    CountVoxels: Row::reads("goxel.count_voxels", ErrorCode::Internal).runs(Runs::Either)
        .about("Count voxels", "Counts the voxels of a layer, or of a box or a colour in it.")
        .params(&[
            LAYERS, WITHIN,
            may("color", Kind::Colour, "Only voxels of this colour."),
            may("tolerance", TOLERANCE, "How far a channel may be off: one for all, or three or four.").or("0"),
            PROJECT,
        ])
        .gives(&[needs("count", Kind::COUNT, "How many there are.").in_unit("voxels")])
        .examples(&[
            Example::of(r#"{"layer_id": -2}"#, r#"{"count": 80}"#),
            Example::of(r##"{"layer_id": 2, "color": "#ffd700", "tolerance": 8}"##, r#"{"count": 16}"#),
        ]);

    FindComponents: Row::reads("goxel.find_components", ErrorCode::Internal).runs(Runs::Either)
        .about(
            "Find the connected components",
            "Lists the connected components of a layer, or of what shows of all layers (-2), \
             whatever their colours, the largest first.",
        )
        .params(&[
            LAYERS, CONNECTIVITY, WITHIN, OFFSET,
            may("limit", Kind::INT, "How many at the most; of 0 or less, as many as a reply may hold, \
                a million.").or("1000"),
            PROJECT,
        ])
        .gives(&[
            needs("components", Kind::list(&Kind::Object(&[
                VOXEL_COUNT,
                may("min", CELL, "The lowest corner of its bounds."),
                may("max", CELL, "The highest corner, which belongs to it."),
                needs("first", CELL, "One of its voxels: the first by z, then y, then x."),
            ])), "The components."),
            COUNT_TOLD,
            needs("total", Kind::COUNT, "How many there are."),
            TRUNCATED,
        ])
        .examples(&[Example::of(r#"{"layer_id": -2}"#, r#"{"count": 1, "components": [{"min": [0, 0, 0], "max": [7, 7, 4], "voxel_count": 80, "first": [0, 0, 0]}], "total": 1, "truncated": false}"#)]);

    ExposedFaces: Row::reads("goxel.exposed_faces", ErrorCode::Internal).runs(Runs::Either)
        .about(
            "Count the exposed faces",
            "Counts the faces of voxels that have no voxel before them, of a layer or of what shows \
             of all layers (-2).",
        )
        .params(&[LAYERS, PROJECT])
        .gives(&[needs("exposed_faces", Kind::COUNT, "How many faces."), VOXEL_COUNT])
        .examples(&[Example::of(r#"{"layer_id": 2}"#, r#"{"voxel_count": 16, "exposed_faces": 40}"#)]);

    GetVoxels: Row::reads("goxel.get_voxels", ErrorCode::GetVoxel).runs(Runs::Either)
        .about(
            "Read many voxels",
            "Tells voxels in a form that goxel.add_voxels takes, of a layer or of what shows of all layers \
             (-2): all of them, or those of runs and boxes, by z, then y, then x; of points each, empty \
             ones with alpha 0.",
        )
        .params(&[
            may("voxels", super::shared::POINTS, "Points to look at."),
            named("runs", super::shared::RUNS, "Runs to look into."),
            named("boxes", super::shared::SOLIDS, "Boxes to look into."),
            named("data", super::shared::DATA, "Points to look at, as records."),
            named("encoding", super::shared::word::<crate::types::Encoding>(), "How they are told.").or("\"points\""),
            named("offset", Kind::INT, "How many to pass over; negative counts as 0.").or("0"),
            named("limit", Kind::INT, "How many at the most; of 0 or less, as many as a reply may \
                hold, a million.").or("10000"),
            LAYERS.by_name(),
            PROJECT,
        ])
        .gives(&[
            may("voxels", Kind::list(&Kind::tuple(&Kind::INT, 7)), "`[x, y, z, r, g, b, a]` each."),
            may("runs", Kind::list(&Kind::tuple(&Kind::INT, 8)), "`[x, y, z, length, r, g, b, a]` each."),
            may("data", Kind::Base64, "Records."),
            COUNT_TOLD,
            TRUNCATED,
            super::shared::LAYER_ID.optional(),
        ])
        .examples(&[
            Example::of(r#"{"voxels": [[2, 2, 1], [9, 9, 9]]}"#, r#"{"count": 2, "layer_id": 2, "voxels": [[2, 2, 1, 255, 215, 0, 255], [9, 9, 9, 0, 0, 0, 0]], "truncated": false}"#),
            Example::of(r#"{"encoding": "runs", "limit": 4}"#, r#"{"count": 4, "layer_id": 2, "runs": [[2, 2, 1, 2, 255, 215, 0, 255], [2, 3, 1, 2, 255, 215, 0, 255]], "truncated": true}"#),
        ]);
}
