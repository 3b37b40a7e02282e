//! Setting, removing, painting and reading voxels.

use anyhow::{Context as _, Result};
use goxel_client::Requests;
use goxel_proto::Method;
use goxel_proto::json::{Value, Writer};
use goxel_proto::types::Rgba;

use super::values::{colour, count, counted, hex};
use super::{Look, swatch};
use crate::args::{Command, Next, OnLayer};
use crate::parse::{Colour, LayerSpec, Point, Range};

pub(super) fn build(command: &Command, out: &mut Requests) {
    use Command as C;
    match command {
        C::AddVoxels(add) => points(&add.points, add.color, &add.on, out),
        C::RemoveVoxels(remove) => boxes(&remove.ranges, &remove.on, out),
        C::Fill { range, colour, on } => fill(*range, *colour, on, out),
        C::PaintVoxels { range, colour, on } => {
            out.call(Method::PaintVoxels, |writer| {
                write_region("region", *range, writer);
                writer.member("color", colour.0);
                write_layer(on, writer);
            });
        }
        C::GetVoxel { point, on } => get(point, on, out),
        C::Flood { point, colour, tolerance, bounds, next, on } => {
            out.call(Method::FloodFill, |writer| {
                writer.member("position", point.pos.to_array());
                writer.member("color", colour.0);
                if let Some(tolerance) = tolerance {
                    writer.member("tolerance", *tolerance);
                }
                if let Some(bounds) = bounds {
                    write_region("bounds", *bounds, writer);
                }
                write_next(*next, writer);
                write_layer(on, writer);
            });
        }
        C::Clear { layer } => out.call(Method::Clear, |writer| {
            write_id("layer_id", layer.as_ref(), writer);
        }),
        C::Bbox(on) => out.call(Method::GetBoundingBox, |writer| write_layer(on, writer)),
        _ => {}
    }
}

fn points(points: &[Point], color: Option<Colour>, on: &OnLayer, out: &mut Requests) {
    out.call(Method::AddVoxels, |writer| {
        writer.key("voxels").array(|writer| {
            for point in points {
                write_point(point, writer.item());
            }
        });
        if let Some(Colour(rgba)) = color {
            writer.member("color", rgba);
        }
        write_layer(on, writer);
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

/// The layer of a command; every name has been made a number before.
pub(crate) fn write_layer(on: &OnLayer, writer: &mut Writer<'_>) {
    write_id("layer_id", on.layer.as_ref(), writer);
}

pub(super) fn write_id(name: &str, layer: Option<&LayerSpec>, writer: &mut Writer<'_>) {
    match layer {
        Some(LayerSpec::Id(id)) => writer.member(name, *id),
        Some(LayerSpec::Name(layer)) => writer.member(name, layer),
        None => {}
    }
}

/// Which voxels are next to each other, where it is not the usual.
pub(super) fn write_next(next: Next, writer: &mut Writer<'_>) {
    if next != Next::default() {
        writer.member("connectivity", next.connectivity.count());
    }
}

/// `{min, max}`
pub(super) fn write_region(name: &str, range: Range, writer: &mut Writer<'_>) {
    writer.key(name).object(|writer| {
        writer.member("min", range.low.to_array());
        writer.member("max", range.high.to_array());
    });
}

fn boxes(ranges: &[Range], on: &OnLayer, out: &mut Requests) {
    out.call(Method::RemoveVoxels, |writer| {
        write_boxes(ranges, writer);
        write_layer(on, writer);
    });
}

fn write_boxes(ranges: &[Range], writer: &mut Writer<'_>) {
    writer.key("boxes").array(|writer| {
        for range in ranges {
            writer.element(range.corners());
        }
    });
}

fn fill(range: Range, colour: Colour, on: &OnLayer, out: &mut Requests) {
    let [x1, y1, z1, x2, y2, z2] = range.corners();
    let [r, g, b, a] = colour.0.0.map(i32::from);
    out.call(Method::AddVoxels, |writer| {
        writer.member("boxes", [[x1, y1, z1, x2, y2, z2, r, g, b, a]]);
        write_layer(on, writer);
    });
}

fn get(point: &Point, on: &OnLayer, out: &mut Requests) {
    out.call(Method::GetVoxel, |writer| {
        writer.member("x", point.pos.x);
        writer.member("y", point.pos.y);
        writer.member("z", point.pos.z);
        write_layer(on, writer);
    });
}

/// Which part of the voxels that were asked for a call is to give.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    pub(crate) offset: u64,
    pub(crate) limit: u64,
}

/// A call that gives a page of voxels as records in base64.
pub(crate) fn page(ranges: &[Range], on: &OnLayer, page: Page, out: &mut Requests) {
    out.call(Method::GetVoxels, |writer| {
        if !ranges.is_empty() {
            write_boxes(ranges, writer);
        }
        writer.member("encoding", "base64");
        writer.member("offset", page.offset);
        writer.member("limit", page.limit);
        write_layer(on, writer);
    });
}

pub(super) fn show_changed(done: &str, result: &Value<'_>, member: &str) -> String {
    format!("{done} {}", counted(count(result, member), "voxel"))
}

pub(super) fn show_colour(result: &Value<'_>, look: Look) -> Result<String> {
    if result.get("exists").is_none_or(|exists| exists.raw() == b"false") {
        return Ok("empty".to_owned());
    }
    let rgba = result.get("color").and_then(|value| colour(&value));
    let rgba = rgba.context("the daemon's reply has no colour of four components")?;
    Ok(format!("{}{}", swatch(rgba, look.colour), hex(rgba)))
}

#[cfg(test)]
mod tests {
    use crate::commands::testing::{sends, shown, shows};

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
        sends(
            "paint-voxels 0..9,1,1 red",
            &["goxel.paint_voxels { \"region\": { \"min\": [ 0, 1, 1 ], \"max\": [ 9, 1, 1 ] }, \
               \"color\": [ 255, 0, 0, 255 ], \"project\": \"p\" }"],
        );
    }

    #[test]
    fn floods_and_layers() {
        sends(
            "flood 1,2,3 blue --tolerance 5 --bounds 0..9,0..9,0..9",
            &["goxel.flood_fill { \"position\": [ 1, 2, 3 ], \"color\": [ 0, 0, 255, 255 ], \
               \"tolerance\": 5, \
               \"bounds\": { \"min\": [ 0, 0, 0 ], \"max\": [ 9, 9, 9 ] }, \"project\": \"p\" }"],
        );
        sends(
            "flood 1,2,3 blue --connectivity 26",
            &["goxel.flood_fill { \"position\": [ 1, 2, 3 ], \"color\": [ 0, 0, 255, 255 ], \
               \"connectivity\": 26, \"project\": \"p\" }"],
        );
        sends("clear", &[r#"goxel.clear { "project": "p" }"#]);
        sends("clear 3", &[r#"goxel.clear { "layer_id": 3, "project": "p" }"#]);
        sends("bbox --layer -2", &[r#"goxel.get_bounding_box { "layer_id": -2, "project": "p" }"#]);
    }

    #[test]
    fn one_voxel() {
        sends(
            "get-voxel -1,2,3 --layer 2",
            &[r#"goxel.get_voxel { "x": -1, "y": 2, "z": 3, "layer_id": 2, "project": "p" }"#],
        );
        let there = r#"{"exists": true, "color": [255, 136, 0, 9]}"#;
        shows("get-voxel 0,0,0", &[there], "#ff880009");
        assert_eq!(
            shown("get-voxel 0,0,0", &[there], true),
            "\x1b[48;2;255;136;0m  \x1b[0m #ff880009"
        );
        shows("get-voxel 0,0,0", &[r#"{"exists": false, "color": [0, 0, 0, 0]}"#], "empty");
    }

    #[test]
    fn confirmations() {
        shows("add-voxels 1,2,3", &[r#"{"success": true, "added": 1}"#], "added 1 voxel");
        shows("fill 0..99,0..9,0 red", &[r#"{"added": 1000}"#], "added 1,000 voxels");
        shows("remove-voxels 0,0,0", &[r#"{"removed": 0}"#], "removed 0 voxels");
        shows("paint-voxels 0,0,0 red", &[r#"{"painted": 3}"#], "painted 3 voxels");
        shows("flood 0,0,0 red", &[r#"{"voxels_filled": 3}"#], "coloured 3 voxels");
        shows("clear", &[r#"{"layer_id": 1, "name": "base"}"#], "cleared base");
    }
}
