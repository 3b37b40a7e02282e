//! Setting, removing and painting voxels.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use goxel_client::Requests;
use goxel_proto::Method;
use goxel_proto::json::{Value, Writer};
use goxel_proto::types::Rgba;

use super::members::{write_boxes, write_id, write_layer, write_next, write_region};
use super::shared::{Next, OnLayer};
use super::values::{count, counted, text};
use super::{Action, All, Layers, Named, OutputStyle, Traits, Way, last};
use crate::parse::{Colour, LayerSpec, Point, Range};
use crate::points::Work;

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct AddVoxels {
    /// x,y,z or x,y,z,COLOR
    #[arg(id = "voxels", required_unless_present = "file", conflicts_with = "file")]
    #[arg(value_name = "POINT")]
    pub(crate) points: Vec<Point>,
    /// The colour of points that have none [default: white]
    #[arg(long, value_name = "COLOR")]
    pub(crate) color: Option<Colour>,
    #[command(flatten)]
    pub(crate) on: OnLayer,
    /// Read points from a file, or - for standard input: one a line, as x,y,z or x,y,z,COLOR,
    /// with commas or white space, or as JSON
    #[arg(long)]
    pub(crate) file: Option<PathBuf>,
}

impl AddVoxels {
    const METHOD: Method = Method::AddVoxels;
    /// What the result counts.
    const COUNTS: &str = "added";
}

impl Action for AddVoxels {
    const ABOUT: &str = "Set voxels";

    fn traits(&self) -> Traits {
        Traits::EDIT.overlapping(self.file.is_none())
    }

    fn layers(&mut self) -> Layers<'_> {
        self.on.named(All::Refused)
    }

    fn way(&self) -> Way<'_> {
        let Some(file) = &self.file else { return Way::Requests };
        Way::Points(Work {
            file,
            method: Self::METHOD,
            counts: Self::COUNTS,
            on: &self.on,
            colour: self.color.map_or(Rgba::WHITE, |Colour(rgba)| rgba),
        })
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Self::METHOD, |writer| {
            writer.key("voxels").array(|writer| {
                for point in &self.points {
                    write_point(point, writer.item());
                }
            });
            if let Some(Colour(rgba)) = self.color {
                writer.member("color", rgba);
            }
            write_layer(&self.on, writer);
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(show_changed("added", last(results)?, Self::COUNTS))
    }
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

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct RemoveVoxels {
    /// x,y,z where each is a number or a range a..b, both ends inside
    #[arg(id = "boxes", required_unless_present = "file", conflicts_with = "file")]
    #[arg(value_name = "RANGE|POINT")]
    pub(crate) ranges: Vec<Range>,
    #[command(flatten)]
    pub(crate) on: OnLayer,
    /// Read points from a file, or - for standard input, as add-voxels does
    #[arg(long)]
    pub(crate) file: Option<PathBuf>,
}

impl RemoveVoxels {
    const METHOD: Method = Method::RemoveVoxels;
    /// What the result counts.
    const COUNTS: &str = "removed";
}

impl Action for RemoveVoxels {
    const ABOUT: &str = "Remove voxels";

    fn traits(&self) -> Traits {
        Traits::EDIT.overlapping(self.file.is_none())
    }

    fn layers(&mut self) -> Layers<'_> {
        // The points of a file are read once.
        let all = if self.file.is_some() { All::Refused } else { All::Each };
        self.on.named(all)
    }

    fn way(&self) -> Way<'_> {
        let Some(file) = &self.file else { return Way::Requests };
        Way::Points(Work {
            file,
            method: Self::METHOD,
            counts: Self::COUNTS,
            on: &self.on,
            colour: Rgba::WHITE,
        })
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Self::METHOD, |writer| {
            write_boxes(&self.ranges, writer);
            write_layer(&self.on, writer);
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(show_changed("removed", last(results)?, Self::COUNTS))
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct PaintVoxels {
    /// The box: x,y,z where each is a number or a range a..b, both ends inside
    #[arg(id = "region", value_name = "RANGE")]
    pub(crate) range: Range,
    /// The colour: a name such as tomato, rrggbb, r,g,b ...
    #[arg(id = "color", value_name = "COLOR")]
    pub(crate) colour: Colour,
    #[command(flatten)]
    pub(crate) on: OnLayer,
}

impl Action for PaintVoxels {
    const ABOUT: &str = "Give the voxels of a box another colour";

    fn traits(&self) -> Traits {
        Traits::EDIT.overlapping(true)
    }

    fn layers(&mut self) -> Layers<'_> {
        self.on.named(All::Each)
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::PaintVoxels, |writer| {
            write_region("region", self.range, writer);
            writer.member("color", self.colour.0);
            write_layer(&self.on, writer);
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(show_changed("painted", last(results)?, "painted"))
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Fill {
    /// The box: x,y,z where each is a number or a range a..b, both ends inside
    #[arg(id = "boxes", value_name = "RANGE")]
    pub(crate) range: Range,
    /// The colour: a name such as tomato, rrggbb, r,g,b ...
    #[arg(value_name = "COLOR")]
    pub(crate) colour: Colour,
    #[command(flatten)]
    pub(crate) on: OnLayer,
}

impl Action for Fill {
    const ABOUT: &str = "Fill a box with a colour: fill 0..9,0,0..9 tomato";

    fn traits(&self) -> Traits {
        Traits::EDIT.overlapping(true)
    }

    fn layers(&mut self) -> Layers<'_> {
        self.on.named(All::Refused)
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        let [x1, y1, z1, x2, y2, z2] = self.range.corners();
        let [r, g, b, a] = self.colour.0.0.map(i32::from);
        requests.call(AddVoxels::METHOD, |writer| {
            writer.member("boxes", [[x1, y1, z1, x2, y2, z2, r, g, b, a]]);
            write_layer(&self.on, writer);
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(show_changed("added", last(results)?, AddVoxels::COUNTS))
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Flood {
    /// The voxel: x,y,z
    #[arg(id = "position", value_name = "POINT")]
    point: Point,
    /// The colour: a name such as tomato, rrggbb, r,g,b ...
    #[arg(id = "color", value_name = "COLOR")]
    colour: Colour,
    /// How far each channel may be from that colour
    #[arg(long, value_name = "0-255")]
    tolerance: Option<u8>,
    /// How far it spreads in empty space
    #[arg(long, value_name = "RANGE")]
    bounds: Option<Range>,
    #[command(flatten)]
    next: Next,
    #[command(flatten)]
    on: OnLayer,
}

impl Action for Flood {
    const ABOUT: &str = "Give the voxels connected with one, of its colour, another colour";

    fn traits(&self) -> Traits {
        Traits::EDIT
    }

    fn layers(&mut self) -> Layers<'_> {
        self.on.named(All::Refused)
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::FloodFill, |writer| {
            writer.member("position", self.point.pos.to_array());
            writer.member("color", self.colour.0);
            if let Some(tolerance) = self.tolerance {
                writer.member("tolerance", tolerance);
            }
            if let Some(bounds) = self.bounds {
                write_region("bounds", bounds, writer);
            }
            write_next(self.next, writer);
            write_layer(&self.on, writer);
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(show_changed("coloured", last(results)?, "voxels_filled"))
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Clear {
    /// The layer, by number or name, or `all` [default: the active one]
    #[arg(id = "layer_id", value_name = "LAYER", allow_negative_numbers = true)]
    layer: Option<LayerSpec>,
}

impl Action for Clear {
    const ABOUT: &str = "Remove all voxels of a layer";

    fn traits(&self) -> Traits {
        Traits::EDIT
    }

    fn layers(&mut self) -> Layers<'_> {
        [self.layer.as_mut().and_then(|layer| Named::new(layer, All::Each)), None]
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::Clear, |writer| {
            write_id("layer_id", self.layer.as_ref(), writer);
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(format!("cleared {}", text(last(results)?, "name")))
    }
}

pub(super) fn show_changed(done: &str, result: &Value<'_>, member: &str) -> String {
    format!("{done} {}", counted(count(result, member), "voxel"))
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
