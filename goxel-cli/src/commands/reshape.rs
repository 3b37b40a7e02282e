//! Layers as wholes: moved, turned, mirrored, scaled, cropped, recoloured, grown, hollowed; and
//! copies of parts.

use goxel_proto::Method;
use goxel_proto::json::Value;
use goxel_proto::types::Word;

use super::values::{count, counted};
use super::voxels::{write_id, write_layer, write_next, write_region};
use crate::args::{Command, Growth};
use goxel_client::Requests;

pub(super) fn build(command: &Command, out: &mut Requests) {
    use Command as C;
    match command {
        C::ReplaceColor { from, to, tolerance, on } => out.call(Method::ReplaceColor, |writer| {
            writer.member("from", from.0);
            writer.member("to", to.0);
            if let Some(tolerance) = tolerance {
                writer.member("tolerance", *tolerance);
            }
            write_layer(on, writer);
        }),
        C::Mirror { axis, at, keep, side, on } => out.call(Method::Mirror, |writer| {
            writer.member("axis", axis.name());
            if let Some(at) = at {
                writer.member("at", *at);
            }
            if *keep {
                writer.member("keep", true);
            }
            if let Some(side) = side {
                writer.member("side", side.name());
            }
            write_layer(on, writer);
        }),
        C::Rotate { axis, degrees, around, on } => out.call(Method::Rotate, |writer| {
            writer.member("axis", axis.name());
            writer.member("degrees", *degrees);
            if let Some(pivot) = around {
                writer.member("pivot", pivot.pos.to_array());
            }
            write_layer(on, writer);
        }),
        C::Move { by, on } => out.call(Method::Translate, |writer| {
            writer.member("by", by.pos.to_array());
            write_layer(on, writer);
        }),
        C::Scale { factor, on } => out.call(Method::Scale, |writer| {
            writer.member("factor", *factor);
            write_layer(on, writer);
        }),
        C::Crop { range, on } => out.call(Method::Crop, |writer| {
            write_region("region", *range, writer);
            write_layer(on, writer);
        }),
        C::Extrude { range, axis, times, on } => out.call(Method::Extrude, |writer| {
            write_region("region", *range, writer);
            writer.member("axis", axis.name());
            writer.member("times", *times);
            write_layer(on, writer);
        }),
        C::Hollow { thickness, on } => out.call(Method::Hollow, |writer| {
            writer.member("thickness", *thickness);
            write_layer(on, writer);
        }),
        C::Dilate(growth) => grow(Method::Dilate, growth, out),
        C::Erode(growth) => grow(Method::Erode, growth, out),
        C::Copy { range, to, on, into, from, mode } => out.call(Method::Copy, |writer| {
            write_region("region", *range, writer);
            writer.member("to", to.pos.to_array());
            write_id("target_layer_id", into.as_ref(), writer);
            if let Some(from) = from {
                writer.member("from_project", from);
            }
            if let Some(mode) = mode {
                writer.member("mode", mode.name());
            }
            write_layer(on, writer);
        }),
        _ => {}
    }
}

fn grow(method: Method, growth: &Growth, out: &mut Requests) {
    out.call(method, |writer| {
        writer.member("steps", growth.steps);
        write_next(growth.next, writer);
        write_layer(&growth.on, writer);
    });
}

/// `layer 2 has 45 voxels now`
pub(super) fn show(result: &Value<'_>) -> String {
    let voxels = counted(count(result, "voxel_count"), "voxel");
    format!("layer {} has {voxels} now", count(result, "layer_id"))
}

#[cfg(test)]
mod tests {
    use crate::commands::testing::{sends, shows};

    #[test]
    fn requests() {
        sends(
            "replace-color red '#00f' --tolerance 9",
            &["goxel.replace_color { \"from\": [ 255, 0, 0, 255 ], \"to\": [ 0, 0, 255, 255 ], \
               \"tolerance\": 9, \"project\": \"p\" }"],
        );
        sends("mirror x", &[r#"goxel.mirror { "axis": "x", "project": "p" }"#]);
        sends(
            "mirror y --at -2.5 --keep --layer 3",
            &["goxel.mirror { \"axis\": \"y\", \"at\": -2.5, \"keep\": true, \"layer_id\": 3, \
               \"project\": \"p\" }"],
        );
        sends("rotate z", &[r#"goxel.rotate { "axis": "z", "degrees": 90, "project": "p" }"#]);
        sends(
            "rotate x -180 --around -1,2,3",
            &["goxel.rotate { \"axis\": \"x\", \"degrees\": -180, \"pivot\": [ -1, 2, 3 ], \
               \"project\": \"p\" }"],
        );
        sends("move -1,0,5", &[r#"goxel.translate { "by": [ -1, 0, 5 ], "project": "p" }"#]);
        sends("scale 2", &[r#"goxel.scale { "factor": 2, "project": "p" }"#]);
        sends("scale 0.5", &[r#"goxel.scale { "factor": 0.5, "project": "p" }"#]);
        sends(
            "crop 0..1,0,0",
            &["goxel.crop { \"region\": { \"min\": [ 0, 0, 0 ], \"max\": [ 1, 0, 0 ] }, \
               \"project\": \"p\" }"],
        );
        sends(
            "copy 0..1,0,0 5,5,5 --layer 1 --into 2",
            &["goxel.copy { \"region\": { \"min\": [ 0, 0, 0 ], \"max\": [ 1, 0, 0 ] }, \
               \"to\": [ 5, 5, 5 ], \"target_layer_id\": 2, \"layer_id\": 1, \"project\": \"p\" }"],
        );
        sends(
            "copy 0..1,0,0 5,5,5 --from other --mode intersect",
            &["goxel.copy { \"region\": { \"min\": [ 0, 0, 0 ], \"max\": [ 1, 0, 0 ] }, \
               \"to\": [ 5, 5, 5 ], \"from_project\": \"other\", \"mode\": \"intersect\", \
               \"project\": \"p\" }"],
        );
    }

    #[test]
    fn growth() {
        sends(
            "mirror x --side low",
            &[r#"goxel.mirror { "axis": "x", "side": "low", "project": "p" }"#],
        );
        sends(
            "extrude 0..1,0,0 y -3",
            &["goxel.extrude { \"region\": { \"min\": [ 0, 0, 0 ], \"max\": [ 1, 0, 0 ] }, \
               \"axis\": \"y\", \"times\": -3, \"project\": \"p\" }"],
        );
        sends("hollow 2", &[r#"goxel.hollow { "thickness": 2, "project": "p" }"#]);
        sends("dilate", &[r#"goxel.dilate { "steps": 1, "project": "p" }"#]);
        sends(
            "erode 3 --connectivity 26 --layer 2",
            &[r#"goxel.erode { "steps": 3, "connectivity": 26, "layer_id": 2, "project": "p" }"#],
        );
    }

    #[test]
    fn results() {
        shows(
            "mirror x",
            &[r#"{"layer_id": 2, "voxel_count": 4500}"#],
            "layer 2 has 4,500 voxels now",
        );
    }
}
