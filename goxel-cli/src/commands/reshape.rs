//! Layers as wholes: moved, turned, mirrored, scaled, cropped and recoloured; and copies of parts.

use anyhow::Result;
use clap::Args;
use goxel_client::{Client, Requests};
use goxel_proto::Method;
use goxel_proto::json::Value;
use goxel_proto::types::{Axis, Combine, Pos, Side, Word};

use super::members::{ALL_LAYERS, write_id, write_layer, write_region};
use super::reading::Bbox;
use super::shared::OnLayer;
use super::values::{count, counted};
use super::word::word;
use super::{Action, All, Layers, Named, OutputStyle, Traits, last};
use crate::parse::{Colour, LayerSpec, Point, Range};

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct ReplaceColor {
    /// The colour that goes
    #[arg(value_name = "FROM")]
    from: Colour,
    /// The colour that comes in its place
    #[arg(value_name = "TO")]
    to: Colour,
    /// How far each channel may be from FROM
    #[arg(long, value_name = "0-255")]
    tolerance: Option<u8>,
    #[command(flatten)]
    on: OnLayer,
}

impl Action for ReplaceColor {
    const ABOUT: &str = "Give the voxels of a colour another one";

    fn traits(&self) -> Traits {
        Traits::EDIT
    }

    fn layers(&mut self) -> Layers<'_> {
        self.on.named(All::Each)
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::ReplaceColor, |writer| {
            writer.member("from", self.from.0);
            writer.member("to", self.to.0);
            if let Some(tolerance) = self.tolerance {
                writer.member("tolerance", tolerance);
            }
            write_layer(&self.on, writer);
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(show(last(results)?))
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Mirror {
    /// The axis
    #[arg(value_parser = word::<Axis>())]
    axis: Axis,
    /// At which coordinate, or half way between two [default: in the middle of what is there]
    #[arg(long, value_name = "NUMBER", allow_negative_numbers = true)]
    at: Option<f64>,
    /// What was there stays too
    #[arg(long)]
    keep: bool,
    /// Keep this side only, and make the other one like it
    #[arg(long, value_parser = word::<Side>(), conflicts_with = "keep")]
    side: Option<Side>,
    #[command(flatten)]
    on: OnLayer,
}

impl Action for Mirror {
    const ABOUT: &str = "Mirror a layer across an axis";

    fn traits(&self) -> Traits {
        Traits::EDIT
    }

    fn layers(&mut self) -> Layers<'_> {
        self.on.named(All::Each)
    }

    /// All layers are mirrored across one plane, not each across its own.
    fn is_complete(&self) -> bool {
        self.at.is_some() || !self.on.is_all()
    }

    fn complete(&mut self, client: &mut Client, project: Option<&str>) -> Result<()> {
        let sums = sums(client, project)?;
        self.at = sums.map(|sums| sums[self.axis as usize] as f64 / 2.0);
        Ok(())
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::Mirror, |writer| {
            writer.member("axis", self.axis.name());
            if let Some(at) = self.at {
                writer.member("at", at);
            }
            if self.keep {
                writer.member("keep", true);
            }
            if let Some(side) = self.side {
                writer.member("side", side.name());
            }
            write_layer(&self.on, writer);
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(show(last(results)?))
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Rotate {
    /// The axis
    #[arg(value_parser = word::<Axis>())]
    axis: Axis,
    /// A multiple of 90
    #[arg(default_value_t = 90, allow_negative_numbers = true)]
    degrees: i32,
    /// Around which voxel [default: the one in the middle of what is there]
    #[arg(id = "pivot", long = "around", value_name = "POINT")]
    around: Option<Point>,
    #[command(flatten)]
    on: OnLayer,
}

impl Action for Rotate {
    const ABOUT: &str = "Turn a layer about an axis, from x to y about z";

    fn traits(&self) -> Traits {
        Traits::EDIT
    }

    fn layers(&mut self) -> Layers<'_> {
        self.on.named(All::Each)
    }

    /// All layers are turned around one voxel, not each around its own.
    fn is_complete(&self) -> bool {
        self.around.is_some() || !self.on.is_all()
    }

    fn complete(&mut self, client: &mut Client, project: Option<&str>) -> Result<()> {
        let sums = sums(client, project)?;
        let middle = |sum: i64| i32::try_from(sum.div_euclid(2)).unwrap_or_default();
        self.around = sums.map(|sums| {
            let [x, y, z] = sums.map(middle);
            Point { pos: Pos::new(x, y, z), rgba: None }
        });
        Ok(())
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::Rotate, |writer| {
            writer.member("axis", self.axis.name());
            writer.member("degrees", self.degrees);
            if let Some(pivot) = self.around {
                writer.member("pivot", pivot.pos.to_array());
            }
            write_layer(&self.on, writer);
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(show(last(results)?))
    }
}

/// The lowest and the highest coordinate of all layers, added up, on each axis: twice the middle.
/// None where there are no voxels.
fn sums(client: &mut Client, project: Option<&str>) -> Result<Option<[i64; 3]>> {
    let bounds = client.call(Bbox::METHOD, project, |writer| {
        writer.member("layer_id", ALL_LAYERS);
    })?;
    let corner = |name: &str| -> Option<[i64; 3]> {
        let axes = bounds.get(name)?;
        let axes: Option<Vec<i64>> =
            axes.elements().map(|axis| axis.as_number()?.to_i64()).collect();
        axes?.try_into().ok()
    };
    let corners = corner("min").zip(corner("max"));
    Ok(corners.map(|(low, high)| [0, 1, 2].map(|axis| low[axis] + high[axis])))
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Move {
    /// How far: x,y,z
    #[arg(value_name = "POINT")]
    by: Point,
    #[command(flatten)]
    on: OnLayer,
}

impl Action for Move {
    const ABOUT: &str = "Move a layer";

    fn traits(&self) -> Traits {
        Traits::EDIT
    }

    fn layers(&mut self) -> Layers<'_> {
        self.on.named(All::Each)
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::Translate, |writer| {
            writer.member("by", self.by.pos.to_array());
            write_layer(&self.on, writer);
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(show(last(results)?))
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Scale {
    /// A whole number, or 0.5
    factor: f64,
    #[command(flatten)]
    on: OnLayer,
}

impl Action for Scale {
    const ABOUT: &str =
        "Make each voxel of a layer a cube of FACTOR voxels; with 0.5, of each eight one";

    fn traits(&self) -> Traits {
        Traits::EDIT
    }

    fn layers(&mut self) -> Layers<'_> {
        self.on.named(All::Each)
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::Scale, |writer| {
            writer.member("factor", self.factor);
            write_layer(&self.on, writer);
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(show(last(results)?))
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Crop {
    /// The box: x,y,z where each is a number or a range a..b, both ends inside
    #[arg(id = "region", value_name = "RANGE")]
    range: Range,
    #[command(flatten)]
    on: OnLayer,
}

impl Action for Crop {
    const ABOUT: &str = "Remove the voxels of a layer that are outside of a box";

    fn traits(&self) -> Traits {
        Traits::EDIT
    }

    fn layers(&mut self) -> Layers<'_> {
        self.on.named(All::Each)
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::Crop, |writer| {
            write_region("region", self.range, writer);
            write_layer(&self.on, writer);
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(show(last(results)?))
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Copy {
    /// The box: x,y,z where each is a number or a range a..b, both ends inside
    #[arg(id = "region", value_name = "RANGE")]
    range: Range,
    /// Where the low corner of the box goes
    #[arg(value_name = "POINT")]
    to: Point,
    #[command(flatten)]
    on: OnLayer,
    /// Into another layer
    #[arg(id = "target_layer_id", long = "into", value_name = "LAYER")]
    #[arg(allow_hyphen_values = true)]
    into: Option<LayerSpec>,
    /// Out of another open project; --layer is one of its layers then
    #[arg(id = "from_project", long = "from", value_name = "PROJECT")]
    from: Option<String>,
    /// Add its voxels, take away what is there, give that its colour, or leave nothing else
    /// [default: it lies over what is there]
    #[arg(long, value_parser = word::<Combine>(), value_name = "MODE")]
    mode: Option<Combine>,
}

impl Action for Copy {
    const ABOUT: &str = "Put what is in a box somewhere else too";

    fn traits(&self) -> Traits {
        Traits::EDIT
    }

    fn layers(&mut self) -> Layers<'_> {
        let Self { on, into, from, .. } = self;
        let layer = on.layer.as_mut();
        let project = from.as_deref();
        [
            layer.map(|layer| Named { layer, project, all: All::Refused }),
            into.as_mut().and_then(|into| Named::new(into, All::Refused)),
        ]
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::Copy, |writer| {
            write_region("region", self.range, writer);
            writer.member("to", self.to.pos.to_array());
            write_id("target_layer_id", self.into.as_ref(), writer);
            if let Some(from) = &self.from {
                writer.member("from_project", from);
            }
            if let Some(mode) = self.mode {
                writer.member("mode", mode.name());
            }
            write_layer(&self.on, writer);
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(show(last(results)?))
    }
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
    fn sides() {
        sends(
            "mirror x --side low",
            &[r#"goxel.mirror { "axis": "x", "side": "low", "project": "p" }"#],
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
