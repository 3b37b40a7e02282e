//! Layers that grow, shrink and repeat.

use anyhow::Result;
use clap::Args;
use goxel_client::Requests;
use goxel_proto::Method;
use goxel_proto::json::{Value, Writer};
use goxel_proto::types::{Axis, Word};

use super::members::{write_layer, write_next, write_region};
use super::reshape::show;
use super::shared::{Next, OnLayer};
use super::word::word;
use super::{Action, All, Layers, OutputStyle, Traits, last};
use crate::parse::Range;

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Extrude {
    /// The box: x,y,z where each is a number or a range a..b, both ends inside
    #[arg(id = "region", value_name = "RANGE")]
    range: Range,
    /// The axis
    #[arg(value_parser = word::<Axis>())]
    axis: Axis,
    /// How many times; backwards where negative
    #[arg(default_value_t = 1, allow_negative_numbers = true)]
    times: i32,
    #[command(flatten)]
    on: OnLayer,
}

impl Action for Extrude {
    const ABOUT: &str = "Repeat what is in a box along an axis";

    fn traits(&self) -> Traits {
        Traits::EDIT
    }

    fn layers(&mut self) -> Layers<'_> {
        self.on.named(All::Each)
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::Extrude, |writer| {
            write_region("region", self.range, writer);
            writer.member("axis", self.axis.name());
            writer.member("times", self.times);
            write_layer(&self.on, writer);
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(show(last(results)?))
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Hollow {
    /// How many voxels thick
    #[arg(value_name = "VOXELS", default_value_t = 1)]
    #[arg(value_parser = clap::value_parser!(i32).range(1..))]
    thickness: i32,
    #[command(flatten)]
    on: OnLayer,
}

impl Action for Hollow {
    const ABOUT: &str = "Remove the inside of a layer, so that a shell is left";

    fn traits(&self) -> Traits {
        Traits::EDIT
    }

    fn layers(&mut self) -> Layers<'_> {
        self.on.named(All::Each)
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::Hollow, |writer| {
            writer.member("thickness", self.thickness);
            write_layer(&self.on, writer);
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(show(last(results)?))
    }
}

// How far a layer grows or shrinks.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub(crate) struct Growth {
    /// By how many voxels
    #[arg(value_name = "VOXELS", default_value_t = 1)]
    #[arg(value_parser = clap::value_parser!(i32).range(1..))]
    steps: i32,
    #[command(flatten)]
    next: Next,
    #[command(flatten)]
    on: OnLayer,
}

impl Growth {
    fn write(&self, writer: &mut Writer<'_>) {
        writer.member("steps", self.steps);
        write_next(self.next, writer);
        write_layer(&self.on, writer);
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Dilate {
    #[command(flatten)]
    growth: Growth,
}

impl Action for Dilate {
    const ABOUT: &str = "Make a layer thicker: empty places next to a voxel become like it";

    fn traits(&self) -> Traits {
        Traits::EDIT
    }

    fn layers(&mut self) -> Layers<'_> {
        self.growth.on.named(All::Each)
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::Dilate, |writer| self.growth.write(writer));
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(show(last(results)?))
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Erode {
    #[command(flatten)]
    growth: Growth,
}

impl Action for Erode {
    const ABOUT: &str = "Make a layer thinner: voxels next to an empty place go";

    fn traits(&self) -> Traits {
        Traits::EDIT
    }

    fn layers(&mut self) -> Layers<'_> {
        self.growth.on.named(All::Each)
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::Erode, |writer| self.growth.write(writer));
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(show(last(results)?))
    }
}

#[cfg(test)]
mod tests {
    use crate::commands::testing::sends;

    #[test]
    fn growth() {
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
}
