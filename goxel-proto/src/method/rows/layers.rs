//! Layers.

use super::super::kind::{Kind, may, named, needs};
use super::super::row::{Arguments, Example, Row};
use super::rows;
use super::shared::{
    B, BOUNDS, G, ID, LAYER_CHANGED, LAYER_ENTRY, LAYER_ID, LAYER_OR_ID, MATRIX, NAME, PROJECT, R,
    REGION, SUCCESS, VOXEL_COUNT, word,
};
use crate::error::ErrorCode;
use crate::types::BlendMode;

rows! {
    after super::edits::END;

    ListLayers: Row::reads("goxel.list_layers", ErrorCode::Layer)
        .tool("goxel_list_layers", Arguments::Same).lenient()
        .about("List the layers", "Lists the layers, bottom first. Without a project there are none.")
        .params(&[PROJECT])
        .gives(&[
            needs("count", Kind::COUNT, "How many there are."),
            needs("layers", Kind::list(&LAYER_ENTRY), "Each of them."),
        ])
        .examples(&[Example::of("{}", r#"{"count": 2, "layers": [{"name": "background", "id": 1, "voxel_count": 64, "visible": true, "active": false}, {"name": "tower", "id": 2, "voxel_count": 16, "visible": true, "active": true}]}"#)]);

    CreateLayer: Row::edits("goxel.create_layer", ErrorCode::Layer)
        .tool("goxel_new_layer", Arguments::Same).lenient()
        .about(
            "Create a layer",
            "Adds an empty layer on top and makes it active. A colour is given back and used for \
             nothing: voxels have colours, layers have none.",
        )
        .params(&[
            may("name", Kind::Text, "What it is called.").or("\"New Layer\""),
            R, G, B,
            may("visible", Kind::Bool, "Whether it shows.").or("true"),
            PROJECT,
        ])
        .gives(&[
            SUCCESS, NAME,
            needs("visible", Kind::Bool, "Whether it shows."),
            needs("color", Kind::tuple(&Kind::BYTE, 3), "As it was sent, else white."),
            LAYER_ID,
        ])
        .examples(&[Example::of(r#"{"name": "roof"}"#, r#"{"success": true, "name": "roof", "layer_id": 3, "color": [255, 255, 255], "visible": true}"#)]);

    SetActiveLayer: Row::edits("goxel.set_active_layer", ErrorCode::Layer).repeatable()
        .about("Choose the active layer", "Makes a layer the one that calls work on which name none.")
        .params(&[
            may("layer_id|id", Kind::Layer, "Which layer, by its id."),
            may("name|layer_name", Kind::Text, "Which layer, by its name."),
            PROJECT,
        ])
        .gives(LAYER_CHANGED)
        .examples(&[Example::of(r#"{"name": "background"}"#, r#"{"success": true, "name": "background", "layer_id": 1}"#)]);

    DeleteLayer: Row::edits("goxel.delete_layer", ErrorCode::DeleteLayer)
        .tool("goxel_delete_layer", Arguments::Same).lenient()
        .about(
            "Delete a layer",
            "Removes a layer, by id or by name; where it is the only one, an empty one takes its place.",
        )
        .params(&[
            may("layer_id|id", Kind::INT, "Which layer, by its id; 0 and less stand for none."),
            may("layer_name|name", Kind::Text, "Which layer, by its name."),
            PROJECT,
        ])
        .gives(&[SUCCESS])
        .examples(&[Example::of(r#"{"layer_name": "tower"}"#, r#"{"success": true}"#)]);

    MergeLayers: Row::edits("goxel.merge_layers", ErrorCode::MergeLayers)
        .tool("goxel_merge_layers", Arguments::Same).lenient()
        .about("Merge two layers", "Lays one layer over another and removes it.")
        .params(&[
            needs("source_layer_id", Kind::INT, "What is laid over; it is removed."),
            needs("target_layer_id", Kind::INT, "What is laid under; it stays."),
            PROJECT,
        ])
        .gives(&[SUCCESS])
        .examples(&[Example::of(r#"{"source_layer_id": 2, "target_layer_id": 1}"#, r#"{"success": true}"#)]);

    SetLayerVisibility: Row::edits("goxel.set_layer_visibility", ErrorCode::LayerVisibility)
        .tool("goxel_set_layer_visibility", Arguments::Same)
        .lenient().repeatable()
        .about("Show or hide a layer", "Shows or hides a layer.")
        .params(&[
            needs("layer_id|id", Kind::INT, "Which layer, by its id."),
            may("visible", Kind::Bool, "Whether it shows.").or("true"),
            PROJECT,
        ])
        .gives(&[SUCCESS, needs("visible", Kind::Bool, "Whether it shows.")])
        .examples(&[Example::of(r#"{"layer_id": 2, "visible": false}"#, r#"{"success": true, "visible": false}"#)]);

    RenameLayer: Row::edits("goxel.rename_layer", ErrorCode::Layer).repeatable()
        .about("Rename a layer", "Gives a layer another name.")
        .params(&[LAYER_OR_ID, needs("name", Kind::Text, "What it is called from then on."), PROJECT])
        .gives(LAYER_CHANGED)
        .examples(&[Example::of(r#"{"layer_id": 2, "name": "keep"}"#, r#"{"success": true, "name": "keep", "layer_id": 2}"#)]);

    DuplicateLayer: Row::edits("goxel.duplicate_layer", ErrorCode::Layer)
        .about("Duplicate a layer", "Puts a copy of a layer above it and makes it active.")
        .params(&[LAYER_OR_ID, PROJECT])
        .gives(LAYER_CHANGED)
        .examples(&[Example::of(r#"{"layer_id": 2}"#, r#"{"success": true, "name": "tower", "layer_id": 3}"#)]);

    MoveLayer: Row::edits("goxel.move_layer", ErrorCode::Layer).repeatable()
        .about("Move a layer in the order", "Moves a layer in the order: index 0 is the bottom.")
        .params(&[
            LAYER_OR_ID,
            needs("index", Kind::Integer { min: 0, max: i32::MAX as i64 }, "Its place in the order, from 0."),
            PROJECT,
        ])
        .gives(LAYER_CHANGED)
        .examples(&[Example::of(r#"{"layer_id": 2, "index": 0}"#, r#"{"success": true, "name": "tower", "layer_id": 2}"#)]);

    Clear: Row::edits("goxel.clear", ErrorCode::Layer).repeatable()
        .about("Clear a layer", "Removes all voxels of a layer.")
        .params(&[LAYER_OR_ID, PROJECT])
        .gives(LAYER_CHANGED)
        .examples(&[Example::of(r#"{"layer_id": 2}"#, r#"{"success": true, "name": "tower", "layer_id": 2}"#)]);

    GetLayer: Row::reads("goxel.get_layer", ErrorCode::Layer)
        .about("Describe a layer", "Tells what a layer is beside its voxels.")
        .params(&[LAYER_OR_ID, PROJECT])
        .gives(&[
            needs("id", ID, "Its id."),
            NAME,
            needs("visible", Kind::Bool, "Whether it shows."),
            needs("active", Kind::Bool, "Whether calls work on it that name none."),
            VOXEL_COUNT,
            needs("mode", word::<BlendMode>(), "How it is laid over the layers below."),
            needs("material_id", Kind::Integer { min: 0, max: u32::MAX as i64 }, "Its material; 0 for none."),
            may("material", Kind::Text, "The material's name."),
            needs("transform", MATRIX, "Its base transform, by column; it moves no voxel."),
            may("bounds", BOUNDS, "The box that it is meant to keep to."),
            may("picture", Kind::Path, "The picture that it was made from."),
        ])
        .examples(&[Example::of(r#"{"layer_id": 2}"#, r#"{"name": "tower", "id": 2, "voxel_count": 16, "visible": true, "active": true, "mode": "over", "material_id": 0, "transform": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]}"#)]);

    SetLayer: Row::edits("goxel.set_layer", ErrorCode::Layer).repeatable()
        .about(
            "Change what a layer is",
            "Changes what a layer is beside its voxels. What is not given stays as it is.",
        )
        .params(&[
            LAYER_OR_ID,
            named("name", Kind::Text, "What it is called."),
            named("visible", Kind::Bool, "Whether it shows."),
            named("mode", Kind::AnyOf(&[word::<BlendMode>(), Kind::Integer { min: 0, max: 8 }]),
                "How it is laid over the layers below: a name, or its number in .gox files."),
            named("material", Kind::AnyOf(&[Kind::Text, Kind::Integer { min: 0, max: u32::MAX as i64 }, Kind::False]),
                "A material by its name or id, or false for none."),
            named("transform", MATRIX, "Its base transform, by column; it moves no voxel."),
            named("bounds", Kind::AnyOf(&[REGION, Kind::False]),
                "The box that it is meant to keep to, or false for none."),
            PROJECT,
        ])
        .gives(LAYER_CHANGED)
        .examples(&[Example::of(r#"{"layer_id": 2, "mode": "subtract", "material": "steel"}"#, r#"{"success": true, "name": "tower", "layer_id": 2}"#)]);
}
