//! Shapes, lines and height maps.

use anyhow::Result;
use goxel_proto::Method;
use goxel_proto::json::{Value, Writer};
use goxel_proto::types::{Combine, ShapeKind, Word};

use super::projects::absolute;
use super::voxels::{show_changed, write_layer};
use crate::args::{Command, Heightmap, How, Shape, Stroke};
use crate::parse::Triple;
use goxel_client::Requests;

pub(super) fn build(command: &Command, out: &mut Requests) -> Result<()> {
    match command {
        Command::Shape(solid) => shape(solid, out),
        Command::Line(stroke) => line(stroke, out),
        Command::Heightmap(map) => height_map(map, out)?,
        _ => {}
    }
    Ok(())
}

fn shape(solid: &Shape, out: &mut Requests) {
    let Triple([width, height, depth]) = solid.size;
    out.call(Method::ProceduralShape, |writer| {
        writer.member("shape_type", solid.kind.name());
        writer.member("size", [width, height, depth]);
        writer.member("center", solid.center.pos.to_array());
        writer.member("color", solid.colour.0);
        writer.member("axis", solid.axis.name());
        if let Some(tube) = solid.tube {
            writer.member("tube", tube);
        }
        if let Some(normal) = solid.normal {
            writer.member("normal", normal.pos.to_array());
        }
        write_mode(solid.how, writer);
        write_layer(&solid.on, writer);
    });
}

fn line(stroke: &Stroke, out: &mut Requests) {
    out.call(Method::ProceduralShape, |writer| {
        writer.member("shape_type", ShapeKind::Line.name());
        writer.member("from", stroke.from.pos.to_array());
        writer.member("to", stroke.to.pos.to_array());
        writer.member("color", stroke.colour.0);
        write_mode(stroke.how, writer);
        write_layer(&stroke.on, writer);
    });
}

fn height_map(map: &Heightmap, out: &mut Requests) -> Result<()> {
    let path = absolute(&map.file)?;
    out.call(Method::Heightmap, |writer| {
        writer.member("path", path);
        writer.member("position", map.low.pos.to_array());
        writer.member("height", map.height);
        writer.member("color", map.colour.0);
        write_mode(map.how, writer);
        write_layer(&map.on, writer);
    });
    Ok(())
}

fn write_mode(how: How, writer: &mut Writer<'_>) {
    if how != How::default() {
        writer.member("mode", how.mode.name());
    }
}

/// What was done, and to how many voxels.
pub(super) fn show(how: How, result: &Value<'_>) -> String {
    // A colour that is clear removes, whatever was asked.
    if how.mode == Combine::Paint && result.get("voxels_removed").is_none() {
        return show_changed("painted", result, "voxels_painted");
    }
    if result.get("voxels_removed").is_some() {
        return show_changed("removed", result, "voxels_removed");
    }
    show_changed("added", result, "voxels_created")
}

#[cfg(test)]
mod tests {
    use crate::commands::testing::{sends, shows};

    #[test]
    fn requests() {
        sends(
            "shape cone 0,0,-4 5,5,9 red --axis x",
            &["goxel.procedural_shape { \"shape_type\": \"cone\", \"size\": [ 5, 5, 9 ], \
               \"center\": [ 0, 0, -4 ], \"color\": [ 255, 0, 0, 255 ], \"axis\": \"x\", \
               \"project\": \"p\" }"],
        );
        sends(
            "shape torus 0,0,0 21 red --tube 5 --mode subtract --layer 2",
            &["goxel.procedural_shape { \"shape_type\": \"torus\", \"size\": [ 21, 21, 21 ], \
               \"center\": [ 0, 0, 0 ], \"color\": [ 255, 0, 0, 255 ], \"axis\": \"z\", \
               \"tube\": 5, \"mode\": \"subtract\", \"layer_id\": 2, \"project\": \"p\" }"],
        );
        sends(
            "shape plane 0,0,0 9 red --normal -1,0,1",
            &["goxel.procedural_shape { \"shape_type\": \"plane\", \"size\": [ 9, 9, 9 ], \
               \"center\": [ 0, 0, 0 ], \"color\": [ 255, 0, 0, 255 ], \"axis\": \"z\", \
               \"normal\": [ -1, 0, 1 ], \"project\": \"p\" }"],
        );
        sends(
            "line -1,2,3 4,5,6 red --mode paint",
            &["goxel.procedural_shape { \"shape_type\": \"line\", \"from\": [ -1, 2, 3 ], \
               \"to\": [ 4, 5, 6 ], \"color\": [ 255, 0, 0, 255 ], \"mode\": \"paint\", \
               \"project\": \"p\" }"],
        );
        sends(
            "heightmap /a/b.png 0,0,-5 green --height 30",
            &["goxel.heightmap { \"path\": \"/a/b.png\", \"position\": [ 0, 0, -5 ], \
               \"height\": 30, \"color\": [ 0, 128, 0, 255 ], \"project\": \"p\" }"],
        );
    }

    #[test]
    fn confirmations() {
        let box_of = |mode: &str| format!("shape box 0,0,0 1 red --mode {mode}");
        shows("line 0,0,0 1,1,1 red", &[r#"{"voxels_created": 2}"#], "added 2 voxels");
        shows(&box_of("add"), &[r#"{"voxels_created": 1}"#], "added 1 voxel");
        let removed = r#"{"voxels_created": 0, "voxels_removed": 7}"#;
        shows(&box_of("subtract"), &[removed], "removed 7 voxels");
        shows(&box_of("intersect"), &[removed], "removed 7 voxels");
        let painted = r#"{"voxels_created": 0, "voxels_painted": 3}"#;
        shows(&box_of("paint"), &[painted], "painted 3 voxels");
        shows(&box_of("paint"), &[removed], "removed 7 voxels");
    }
}
