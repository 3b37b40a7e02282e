//! Shapes, lines and height maps.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use goxel_client::Requests;
use goxel_proto::Method;
use goxel_proto::json::{Value, Writer};
use goxel_proto::types::{Axis, Combine, ShapeKind, Word};

use super::members::write_layer;
use super::paths::absolute;
use super::shared::{How, OnLayer};
use super::voxels::show_changed;
use super::word::{word, word_if};
use super::{Action, All, Layers, OutputStyle, Traits, last};
use crate::parse::{Colour, Point, Triple};

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Shape {
    /// What to build
    #[arg(id = "shape_type", value_parser = word_if(is_sized), value_name = "KIND")]
    kind: ShapeKind,
    /// The middle of it
    #[arg(value_name = "POINT")]
    center: Point,
    /// Its edges in voxels: one number, or W,H,D
    #[arg(value_name = "SIZE")]
    size: Triple,
    /// The colour: a name such as tomato, rrggbb, r,g,b ...
    #[arg(id = "color", value_name = "COLOR")]
    colour: Colour,
    /// Which way it points, or a ring lies about, or a plane across
    #[arg(long, value_parser = word::<Axis>(), default_value = Axis::Z.name())]
    axis: Axis,
    /// How thick the tube of a torus is [default: a quarter of its size]
    #[arg(long, value_name = "VOXELS", value_parser = clap::value_parser!(i32).range(1..))]
    tube: Option<i32>,
    /// Across which direction a plane lies, where that is no axis: 1,0,1 is a slope
    #[arg(long, value_name = "X,Y,Z", allow_hyphen_values = true)]
    normal: Option<Point>,
    #[command(flatten)]
    how: How,
    #[command(flatten)]
    on: OnLayer,
}

/// Whether a shape is told by its middle and its edges. A line is not: it has a command of its own.
fn is_sized(kind: &ShapeKind) -> bool {
    *kind != ShapeKind::Line
}

impl Shape {
    const METHOD: Method = Method::ProceduralShape;

    /// One without options of its own; none where `kind` is no name of one that has a middle.
    pub(crate) fn plain(
        kind: &str,
        center: Point,
        size: Triple,
        colour: Colour,
        how: How,
        on: OnLayer,
    ) -> Option<Self> {
        let kind = ShapeKind::named(kind).filter(is_sized)?;
        Some(Self { kind, center, size, colour, axis: Axis::Z, tube: None, normal: None, how, on })
    }
}

impl Action for Shape {
    const ABOUT: &str = "Build a box, sphere, ellipsoid, cylinder, cone, pyramid, torus or plane";

    fn traits(&self) -> Traits {
        Traits::EDIT.overlapping(true)
    }

    fn layers(&mut self) -> Layers<'_> {
        self.on.named(All::Refused)
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        let Triple([width, height, depth]) = self.size;
        requests.call(Self::METHOD, |writer| {
            writer.member("shape_type", self.kind.name());
            writer.member("size", [width, height, depth]);
            writer.member("center", self.center.pos.to_array());
            writer.member("color", self.colour.0);
            writer.member("axis", self.axis.name());
            if let Some(tube) = self.tube {
                writer.member("tube", tube);
            }
            if let Some(normal) = self.normal {
                writer.member("normal", normal.pos.to_array());
            }
            write_mode(self.how, writer);
            write_layer(&self.on, writer);
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(show(self.how, last(results)?))
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Line {
    /// Where it begins
    #[arg(value_name = "FROM")]
    pub(crate) from: Point,
    /// Where it ends
    #[arg(value_name = "TO")]
    pub(crate) to: Point,
    /// The colour: a name such as tomato, rrggbb, r,g,b ...
    #[arg(id = "color", value_name = "COLOR")]
    pub(crate) colour: Colour,
    #[command(flatten)]
    pub(crate) how: How,
    #[command(flatten)]
    pub(crate) on: OnLayer,
}

impl Action for Line {
    const ABOUT: &str = "Draw a line from one voxel to another";

    fn traits(&self) -> Traits {
        Traits::EDIT.overlapping(true)
    }

    fn layers(&mut self) -> Layers<'_> {
        self.on.named(All::Refused)
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Shape::METHOD, |writer| {
            writer.member("shape_type", ShapeKind::Line.name());
            writer.member("from", self.from.pos.to_array());
            writer.member("to", self.to.pos.to_array());
            writer.member("color", self.colour.0);
            write_mode(self.how, writer);
            write_layer(&self.on, writer);
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(show(self.how, last(results)?))
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Heightmap {
    /// A PNG file: black is nothing, white the highest
    #[arg(id = "path", value_name = "FILE")]
    file: PathBuf,
    /// The corner of the ground: its lowest x, y and z
    #[arg(id = "position", value_name = "POINT")]
    low: Point,
    /// The colour: a name such as tomato, rrggbb, r,g,b ...
    #[arg(id = "color", value_name = "COLOR")]
    colour: Colour,
    /// How high white is, in voxels
    #[arg(long, value_name = "VOXELS", default_value_t = 64, value_parser = clap::value_parser!(i32).range(1..))]
    height: i32,
    #[command(flatten)]
    how: How,
    #[command(flatten)]
    on: OnLayer,
}

impl Action for Heightmap {
    const ABOUT: &str = "Build a landscape: columns as high as the pixels of a picture are bright";

    fn traits(&self) -> Traits {
        Traits::EDIT
    }

    fn layers(&mut self) -> Layers<'_> {
        self.on.named(All::Refused)
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        let path = absolute(&self.file)?;
        requests.call(Method::Heightmap, |writer| {
            writer.member("path", path);
            writer.member("position", self.low.pos.to_array());
            writer.member("height", self.height);
            writer.member("color", self.colour.0);
            write_mode(self.how, writer);
            write_layer(&self.on, writer);
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(show(self.how, last(results)?))
    }
}

fn write_mode(how: How, writer: &mut Writer<'_>) {
    if how != How::default() {
        writer.member("mode", how.mode.name());
    }
}

/// What was done, and to how many voxels.
fn show(how: How, result: &Value<'_>) -> String {
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
