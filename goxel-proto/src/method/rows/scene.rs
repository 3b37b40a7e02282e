//! Materials, cameras and the palette of a project.

use super::super::kind::{Field, Kind, may, named, needs};
use super::super::row::{Example, Row};
use super::rows;
use super::shared::{ID, MATRIX, NAME, PROJECT, RGBA, SUCCESS, SWATCHES, VECTOR, word};
use crate::error::ErrorCode;
use crate::types::Medium;

const ID_SENT: Kind = Kind::Integer { min: 0, max: u32::MAX as i64 };
const MATERIAL_ID: Field = needs("material_id", ID, "The material's id.");
const CAMERA_ID: Field = needs("camera_id", ID, "The camera's id.");
const FROM_ONE: Kind = Kind::Number { min: 1.0, max: f64::MAX };
const FROM_ZERO: Kind = Kind::Number { min: 0.0, max: f64::MAX };
const LINEAR: Kind = Kind::Array { of: &Kind::UNIT, min: 3, max: 4 };

rows! {
    after super::layers::END;

    ListMaterials: Row::reads("goxel.list_materials", ErrorCode::Scene)
        .about("List the materials", "Lists the materials that layers may have.")
        .params(&[PROJECT])
        .gives(&[
            needs("count", Kind::COUNT, "How many there are."),
            needs("materials", Kind::list(&Kind::Object(&[
                needs("id", ID, "Its id, never used again in this project."),
                NAME,
                needs("color", Kind::tuple(&Kind::UNIT, 4), "Base colour and opacity, linear."),
                needs("metallic", Kind::UNIT, "0 for what is no metal, 1 for metal."),
                needs("roughness", Kind::UNIT, "0 for a mirror, 1 for chalk."),
                needs("emission", VECTOR, "Light that it gives off, linear."),
                needs("transmission", Kind::UNIT, "How much light goes through the surface."),
                needs("ior", FROM_ONE, "Index of refraction."),
                needs("medium", word::<Medium>(), "What becomes of light behind the surface."),
                needs("density", FROM_ZERO, "How much of that there is in a voxel."),
            ])), "Each of them."),
        ])
        .examples(&[Example::of("{}", r#"{"count": 1, "materials": [{"name": "steel", "id": 1, "color": [1, 1, 1, 1], "metallic": 1, "roughness": 0.5, "emission": [0, 0, 0], "transmission": 0, "ior": 1.5, "medium": "clear", "density": 0}]}"#)]);

    SetMaterial: Row::edits("goxel.set_material", ErrorCode::Scene)
        .about(
            "Change or add a material",
            "Changes the material of this id, else the one of this name, else adds one. What is not \
             given stays as it is.",
        )
        .params(&[
            may("name", Kind::Text, "What it is called."),
            may("color", Kind::AnyOf(&[LINEAR, Kind::Text]),
                "Base colour: three or four linear numbers from 0 to 1, or a colour in sRGB as text."),
            may("metallic", Kind::UNIT, "0 for what is no metal, 1 for metal."),
            may("roughness", Kind::UNIT, "0 for a mirror, 1 for chalk."),
            may("emission", VECTOR, "Light that it gives off, linear."),
            named("transmission", Kind::UNIT, "How much light goes through the surface: 0 for what is opaque, 1 for clear glass."),
            named("ior", FROM_ONE, "Index of refraction: 1.33 for water, 1.5 for glass."),
            named("medium", word::<Medium>(), "What becomes of light behind the surface."),
            named("density", FROM_ZERO, "How much of that there is in a voxel."),
            named("material_id|id", ID_SENT, "Which one."),
            PROJECT,
        ])
        .gives(&[SUCCESS, MATERIAL_ID, NAME])
        .examples(&[Example::of(r#"{"name": "gold", "color": [1, 0.8, 0.2], "metallic": 1, "roughness": 0.25}"#, r#"{"success": true, "name": "gold", "material_id": 2}"#)]);

    DeleteMaterial: Row::edits("goxel.delete_material", ErrorCode::Scene)
        .about("Delete a material", "Removes a material; layers that have it have none then.")
        .params(&[
            may("material_id|id", ID_SENT, "Which one, by its id."),
            may("name", Kind::Text, "Which one, by its name."),
            PROJECT,
        ])
        .gives(&[SUCCESS, MATERIAL_ID])
        .examples(&[Example::of(r#"{"name": "steel"}"#, r#"{"success": true, "material_id": 1}"#)]);

    ListCameras: Row::reads("goxel.list_cameras", ErrorCode::Scene)
        .about("List the cameras", "Lists the cameras that the project keeps.")
        .params(&[PROJECT])
        .gives(&[
            needs("count", Kind::COUNT, "How many there are."),
            needs("cameras", Kind::list(&Kind::Object(&[
                needs("id", ID, "Its id, never used again in this project."),
                NAME,
                needs("active", Kind::Bool, "Whether it is the active one."),
                needs("distance", Kind::NUMBER, "From the eye to the point it turns around.").in_unit("voxels"),
                needs("orthographic", Kind::Bool, "Whether it is a parallel projection."),
                needs("transform", MATRIX, "From its own space, where it looks to -z, to that of the \
                    voxels, by column."),
            ])), "Each of them."),
        ])
        .examples(&[Example::of("{}", r#"{"count": 1, "cameras": [{"name": "front", "id": 1, "active": false, "distance": 40.311287, "orthographic": false, "transform": [1, 0, 0, 0, 0, 0.12403473, 0.99227786, 0, 0, -0.99227786, 0.12403473, 0, 0, -40, 10, 1]}]}"#)]);

    SetCamera: Row::edits("goxel.set_camera", ErrorCode::Scene)
        .about(
            "Change or add a camera",
            "Changes the camera of this id, else the one of this name, else adds one. What is not \
             given stays as it is.",
        )
        .params(&[
            may("name", Kind::Text, "What it is called."),
            may("eye", VECTOR, "Where it stands; it needs target too.").in_unit("voxels"),
            may("target", VECTOR, "What it looks at.").in_unit("voxels"),
            named("transform", MATRIX, "From its own space, where it looks to -z, to that of the voxels, \
                by column; in place of eye and target."),
            named("distance", Kind::NUMBER, "From the eye to the point it turns around.").in_unit("voxels"),
            named("orthographic", Kind::Bool, "Whether it is a parallel projection."),
            named("active", Kind::Bool, "Whether it is the active one from then on."),
            named("camera_id|id", ID_SENT, "Which one."),
            PROJECT,
        ])
        .gives(&[SUCCESS, CAMERA_ID, NAME])
        .examples(&[Example::of(r#"{"name": "side", "eye": [40, 0, 10], "target": [0, 0, 5]}"#, r#"{"success": true, "name": "side", "camera_id": 2}"#)]);

    DeleteCamera: Row::edits("goxel.delete_camera", ErrorCode::Scene)
        .about("Delete a camera", "Removes a camera.")
        .params(&[
            may("camera_id|id", ID_SENT, "Which one, by its id."),
            may("name", Kind::Text, "Which one, by its name."),
            PROJECT,
        ])
        .gives(&[SUCCESS, CAMERA_ID])
        .examples(&[Example::of(r#"{"name": "front"}"#, r#"{"success": true, "camera_id": 1}"#)]);

    GetPalette: Row::reads("goxel.get_palette", ErrorCode::Scene)
        .about("List the palette", "Lists the colours that the project keeps to pick from.")
        .params(&[PROJECT])
        .gives(&[
            needs("count", Kind::COUNT, "How many there are."),
            needs("colors", Kind::list(&Kind::Object(&[
                needs("hex", Kind::Text, "The colour, `#RRGGBBAA`."),
                needs("rgba", RGBA, "The same as numbers."),
                may("name", Kind::Text, "What it is called."),
                may("material_id", ID, "The material of voxels of this colour, whichever layer they are in."),
                may("material", Kind::Text, "What that is called."),
            ])), "Each of them."),
        ])
        .examples(&[Example::of("{}", r##"{"count": 2, "colors": [{"rgba": [34, 139, 34, 255], "hex": "#228B22FF"}, {"name": "gold", "rgba": [255, 215, 0, 255], "hex": "#FFD700FF"}]}"##)]);

    SetPalette: Row::edits("goxel.set_palette", ErrorCode::Scene).repeatable()
        .about("Replace the palette", "Replaces the colours that the project keeps to pick from.")
        .params(&[needs("colors", SWATCHES, "The colours."), PROJECT])
        .gives(&[SUCCESS, needs("count", Kind::COUNT, "How many there are.")])
        .examples(&[Example::of(r##"{"colors": ["gold", [1, 2, 3], {"color": "#ff0000", "name": "flag"}]}"##, r#"{"success": true, "count": 3}"#)]);
}
