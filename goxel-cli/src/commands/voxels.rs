//! Setting, removing and reading voxels.

use anyhow::{Context as _, Result};
use goxel_proto::Method;
use goxel_proto::json::{Value, Writer};
use goxel_proto::types::Rgba;

use super::{Outbox, counted};
use crate::args::AddVoxels;
use crate::parse::{Colour, Point, Range};

pub(super) fn add(add: &AddVoxels, out: &mut Outbox<'_>) {
    write_points(&add.points, add, out);
}

/// One call that sets `points`; layer and colour are those of `add`.
pub(crate) fn write_points(points: &[Point], add: &AddVoxels, out: &mut Outbox<'_>) {
    out.call(Method::AddVoxels, |writer| {
        writer.key("voxels").array(|writer| {
            for point in points {
                write_point(point, writer.item());
            }
        });
        if let Some(Colour(rgba)) = add.color {
            writer.member("color", rgba);
        }
        write_layer(add.layer, writer);
    });
}

/// A row of three numbers or of seven.
fn write_point(point: &Point, writer: &mut Writer<'_>) {
    let [x, y, z] = point.pos.to_array();
    match point.rgba {
        None => writer.value([x, y, z]),
        Some(Rgba(channels)) => {
            let [r, g, b, a] = channels.map(i32::from);
            writer.value([x, y, z, r, g, b, a]);
        }
    }
}

fn write_layer(layer: Option<i32>, writer: &mut Writer<'_>) {
    if let Some(layer) = layer {
        writer.member("layer_id", layer);
    }
}

pub(super) fn remove(ranges: &[Range], layer: Option<i32>, out: &mut Outbox<'_>) {
    out.call(Method::RemoveVoxels, |writer| {
        writer.key("boxes").array(|writer| {
            for range in ranges {
                writer.element(range.corners());
            }
        });
        write_layer(layer, writer);
    });
}

pub(super) fn fill(range: Range, colour: Colour, layer: Option<i32>, out: &mut Outbox<'_>) {
    let [x1, y1, z1, x2, y2, z2] = range.corners();
    let [r, g, b, a] = colour.0.0.map(i32::from);
    out.call(Method::AddVoxels, |writer| {
        writer.member("boxes", [[x1, y1, z1, x2, y2, z2, r, g, b, a]]);
        write_layer(layer, writer);
    });
}

pub(super) fn get(point: &Point, out: &mut Outbox<'_>) {
    out.call(Method::GetVoxel, |writer| {
        writer.member("x", point.pos.x);
        writer.member("y", point.pos.y);
        writer.member("z", point.pos.z);
    });
}

pub(super) fn show_changed(done: &str, count: u64) -> String {
    format!("{done} {}", counted(count, "voxel"))
}

pub(super) fn show_colour(result: &Value<'_>) -> Result<String> {
    if result.get("exists").is_none_or(|exists| exists.raw() == b"false") {
        return Ok("empty".to_owned());
    }
    let colour = result.get("color").context("the daemon's reply has no colour")?;
    let component = |part: Value<'_>| u8::try_from(part.as_number()?.to_i64()?).ok();
    let channels: Option<Vec<u8>> = colour.elements().map(component).collect();
    match channels.as_deref() {
        Some(&[r, g, b, a]) => Ok(format!("#{r:02x}{g:02x}{b:02x}{a:02x}")),
        _ => anyhow::bail!("the daemon's reply has no colour of four components"),
    }
}

#[cfg(test)]
mod tests {
    use crate::commands::testing::{sends, shows};

    #[test]
    fn points_go_into_one_request() {
        sends(
            "add-voxels 1,2,3 -4,5,6,f80 --color '#00f' --layer 2",
            &["goxel.add_voxels { \"voxels\": [ [ 1, 2, 3 ], [ -4, 5, 6, 255, 136, 0, 255 ] ], \
               \"color\": [ 0, 0, 255, 255 ], \"layer_id\": 2, \"project\": \"p\" }"],
        );
    }

    #[test]
    fn boxes() {
        sends(
            "fill 0..9,0,9..0 ff8800",
            &["goxel.add_voxels { \"boxes\": [ [ 0, 0, 0, 9, 0, 9, 255, 136, 0, 255 ] ], \
               \"project\": \"p\" }"],
        );
        sends(
            "remove-voxels 1,2,3 -5..5,0,0 --layer 1",
            &["goxel.remove_voxels { \"boxes\": [ [ 1, 2, 3, 1, 2, 3 ], [ -5, 0, 0, 5, 0, 0 ] ], \
               \"layer_id\": 1, \"project\": \"p\" }"],
        );
    }

    #[test]
    fn one_voxel() {
        sends(
            "get-voxel -1,2,3",
            &[r#"goxel.get_voxel { "x": -1, "y": 2, "z": 3, "project": "p" }"#],
        );
        shows("get-voxel 0,0,0", &[r#"{"exists": true, "color": [255, 136, 0, 9]}"#], "#ff880009");
        shows("get-voxel 0,0,0", &[r#"{"exists": false, "color": [0, 0, 0, 0]}"#], "empty");
    }

    #[test]
    fn confirmations() {
        shows("add-voxels 1,2,3", &[r#"{"success": true, "added": 1}"#], "added 1 voxel");
        shows("fill 0..99,0..9,0 red", &[r#"{"added": 1000}"#], "added 1,000 voxels");
        shows("remove-voxels 0,0,0", &[r#"{"removed": 0}"#], "removed 0 voxels");
    }
}
