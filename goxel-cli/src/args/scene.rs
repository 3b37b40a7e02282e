//! The commands about materials and cameras, and what `layer set` takes.

use clap::{Args, Subcommand};
use goxel_proto::types::BlendMode;

use super::word::word;
use crate::parse::{Colour, Numbers};

/// Commands about materials.
#[derive(Clone, Debug, PartialEq, Subcommand)]
#[command(defer = true)]
pub(crate) enum Material {
    /// List the materials
    List,
    /// Change a material, or make it where there is none of this name
    Set {
        name: String,
        #[command(flatten)]
        look: MaterialLook,
    },
    /// Remove a material; layers that have it have none then
    Remove { name: String },
}

// What a material is like.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub(crate) struct MaterialLook {
    /// What the colours of voxels are multiplied with
    #[arg(long, value_name = "COLOR")]
    pub(crate) color: Option<Colour>,
    /// From 0 to 1: metal
    #[arg(long, value_name = "NUMBER")]
    pub(crate) metallic: Option<f32>,
    /// From 0, a mirror, to 1, chalk
    #[arg(long, value_name = "NUMBER")]
    pub(crate) roughness: Option<f32>,
    /// The light that it gives off itself, linear
    #[arg(long, value_name = "R,G,B")]
    pub(crate) emission: Option<Numbers>,
}

/// Commands about cameras.
#[derive(Clone, Debug, PartialEq, Subcommand)]
#[command(defer = true)]
pub(crate) enum Camera {
    /// List the cameras
    List,
    /// Change a camera, or make it where there is none of this name
    Set {
        name: String,
        #[command(flatten)]
        place: CameraPlace,
    },
    /// Remove a camera
    Remove { name: String },
}

// Where a camera is and what it sees.
#[derive(Args, Clone, Debug, Default, PartialEq)]
pub(crate) struct CameraPlace {
    /// Where it stands
    #[arg(long, value_name = "X,Y,Z", requires = "target")]
    pub(crate) eye: Option<Numbers>,
    /// What it looks at
    #[arg(long, value_name = "X,Y,Z", requires = "eye")]
    pub(crate) target: Option<Numbers>,
    /// A parallel projection that shows so many voxels to either side of its middle
    #[arg(long, value_name = "NUMBER")]
    pub(crate) parallel: Option<f32>,
    /// Make it the active one
    #[arg(long)]
    pub(crate) active: bool,
}

// What a layer is beside its voxels.
#[derive(Args, Clone, Debug, Default, PartialEq)]
#[group(required = true, multiple = true)]
pub(crate) struct LayerLook {
    /// How it is laid over the layers below
    #[arg(long, value_parser = word::<BlendMode>())]
    pub(crate) mode: Option<BlendMode>,
    /// A material, by name
    #[arg(long, value_name = "NAME")]
    pub(crate) material: Option<String>,
    /// No material
    #[arg(long, conflicts_with = "material")]
    pub(crate) no_material: bool,
}
