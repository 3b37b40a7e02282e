//! Reading voxels.

use anyhow::{Context as _, Result};
use clap::Args;
use goxel_client::Requests;
use goxel_proto::Method;
use goxel_proto::json::Value;

use super::members::write_layer;
use super::shared::OnLayer;
use super::table::swatch;
use super::values::{colour, flag, hex, raw};
use super::{Action, All, Layers, OutputStyle, Traits, Way, last};
use crate::listing::{Listing, Style};
use crate::parse::{Point, Range};

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct GetVoxel {
    /// The voxel: x,y,z
    #[arg(value_name = "POINT")]
    pub(crate) point: Point,
    #[command(flatten)]
    pub(crate) on: OnLayer,
}

impl Action for GetVoxel {
    const ABOUT: &str = "Print the colour of a voxel, or \"empty\"";

    fn traits(&self) -> Traits {
        Traits::QUESTION.overlapping(true)
    }

    fn layers(&mut self) -> Layers<'_> {
        self.on.named(All::Refused)
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::GetVoxel, |writer| {
            writer.member("x", self.point.pos.x);
            writer.member("y", self.point.pos.y);
            writer.member("z", self.point.pos.z);
            write_layer(&self.on, writer);
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], style: OutputStyle) -> Result<String> {
        let result = last(results)?;
        let [exists, rgba] = result.pick(["exists", "color"]);
        if exists.is_none_or(|exists| exists.raw() != b"true") {
            return Ok("empty".to_owned());
        }
        let rgba = rgba.and_then(|value| colour(&value));
        let rgba = rgba.context("the daemon's reply has no colour of four components")?;
        Ok(format!("{}{}", swatch(rgba, style.colour), hex(rgba)))
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct GetVoxels {
    /// x,y,z where each is a number or a range a..b, both ends inside
    #[arg(id = "boxes", value_name = "RANGE")]
    ranges: Vec<Range>,
    #[command(flatten)]
    on: OnLayer,
    /// How many at the most [default: all]
    #[arg(long, value_name = "COUNT")]
    limit: Option<u64>,
    /// How they are written
    #[arg(long, value_enum, default_value_t = Style::Points)]
    style: Style,
}

impl Action for GetVoxels {
    const ABOUT: &str = "Print the voxels of boxes, or of the layer, as add-voxels reads them";

    fn traits(&self) -> Traits {
        Traits::QUESTION
    }

    fn layers(&mut self) -> Layers<'_> {
        self.on.named(All::Refused)
    }

    fn way(&self) -> Way<'_> {
        let Self { ranges, on, limit, style } = self;
        Way::Listing(Listing { ranges, on, limit: *limit, style: *style })
    }

    /// The pages are asked for one by one.
    fn build(&self, _: &mut Requests) -> Result<()> {
        Ok(())
    }

    /// They are printed as they come.
    fn show(&self, _: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(String::new())
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Bbox {
    #[command(flatten)]
    on: OnLayer,
}

impl Bbox {
    pub(super) const METHOD: Method = Method::GetBoundingBox;

    pub(super) fn call(on: &OnLayer, requests: &mut Requests) {
        requests.call(Self::METHOD, |writer| write_layer(on, writer));
    }
}

impl Action for Bbox {
    const ABOUT: &str = "Print the smallest box that holds all voxels";

    fn traits(&self) -> Traits {
        Traits::QUESTION.overlapping(true)
    }

    fn layers(&mut self) -> Layers<'_> {
        self.on.named(All::Together)
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        Self::call(&self.on, requests);
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(show_bounds(last(results)?))
    }
}

pub(super) fn show_bounds(bounds: &Value<'_>) -> String {
    if flag(bounds, "empty") {
        return "empty".to_owned();
    }
    let joined = |name: &str, by: &str| {
        let parts = bounds.get(name).map(|list| list.elements().map(|part| raw(&part)).collect());
        parts.map_or_else(|| "?".to_owned(), |parts: Vec<_>| parts.join(by))
    };
    format!("{} to {} ({})", joined("min", ","), joined("max", ","), joined("dimensions", " x "))
}

#[cfg(test)]
mod tests {
    use crate::commands::testing::{sends, shown, shows};

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
    fn bounds() {
        sends("bbox --layer -2", &[r#"goxel.get_bounding_box { "layer_id": -2, "project": "p" }"#]);
        sends(
            "bbox --layer all",
            &[r#"goxel.get_bounding_box { "layer_id": -2, "project": "p" }"#],
        );
        shows("bbox", &[r#"{"empty": true}"#], "empty");
    }
}
