//! How a layer is seen: shown or hidden, its blend mode, its material.

use anyhow::Result;
use clap::Args;
use goxel_client::Requests;
use goxel_proto::Method;
use goxel_proto::json::Value;
use goxel_proto::types::{BlendMode, Word};

use super::named;
use crate::commands::members::write_id;
use crate::commands::word::word;
use crate::commands::{Action, All, Layers, Named, OutputStyle, Traits};
use crate::parse::LayerSpec;

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Show {
    /// The layer, by number or name
    #[arg(id = "layer_id", value_name = "LAYER", allow_negative_numbers = true)]
    pub(crate) layer: LayerSpec,
}

impl Action for Show {
    const ABOUT: &str = "Make a layer visible";

    fn traits(&self) -> Traits {
        Traits::EDIT
    }

    fn layers(&mut self) -> Layers<'_> {
        [Named::new(&mut self.layer, All::Each), None]
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        set_visible(&self.layer, true, requests);
        Ok(())
    }

    fn show(&self, _: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(format!("showing layer {}", self.layer))
    }
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Hide {
    /// The layer, by number or name
    #[arg(id = "layer_id", value_name = "LAYER", allow_negative_numbers = true)]
    pub(crate) layer: LayerSpec,
}

impl Action for Hide {
    const ABOUT: &str = "Make a layer invisible";

    fn traits(&self) -> Traits {
        Traits::EDIT
    }

    fn layers(&mut self) -> Layers<'_> {
        [Named::new(&mut self.layer, All::Each), None]
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        set_visible(&self.layer, false, requests);
        Ok(())
    }

    fn show(&self, _: &[Value<'_>], _: OutputStyle) -> Result<String> {
        Ok(format!("hiding layer {}", self.layer))
    }
}

fn set_visible(layer: &LayerSpec, visible: bool, requests: &mut Requests) {
    requests.call(Method::SetLayerVisibility, |writer| {
        write_id("layer_id", Some(layer), writer);
        writer.member("visible", visible);
    });
}

#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Set {
    /// The layer, by number or name
    #[arg(id = "layer_id", value_name = "LAYER", allow_negative_numbers = true)]
    layer: LayerSpec,
    #[command(flatten)]
    properties: Properties,
}

impl Action for Set {
    const ABOUT: &str = "Change what a layer is beside its voxels";

    fn traits(&self) -> Traits {
        Traits::EDIT
    }

    fn layers(&mut self) -> Layers<'_> {
        [Named::new(&mut self.layer, All::Each), None]
    }

    fn build(&self, requests: &mut Requests) -> Result<()> {
        requests.call(Method::SetLayer, |writer| {
            write_id("layer_id", Some(&self.layer), writer);
            let Properties { mode, material, no_material } = &self.properties;
            if let Some(mode) = mode {
                writer.member("mode", mode.name());
            }
            if let Some(material) = material {
                writer.member("material", material);
            }
            if *no_material {
                writer.member("material", false);
            }
        });
        Ok(())
    }

    fn show(&self, results: &[Value<'_>], _: OutputStyle) -> Result<String> {
        named("set", results)
    }
}

// What a layer is beside its voxels.
#[derive(Args, Clone, Debug, Default, PartialEq)]
#[group(required = true, multiple = true)]
pub(crate) struct Properties {
    /// How it is laid over the layers below
    #[arg(long, value_parser = word::<BlendMode>())]
    mode: Option<BlendMode>,
    /// A material, by name
    #[arg(long, value_name = "NAME")]
    material: Option<String>,
    /// No material
    #[arg(long, conflicts_with = "material")]
    no_material: bool,
}
