//! Arguments that several commands have, and the words that stand in them.
//!
//! What clap finds as a documentation of a group would stand for the help of the commands that have
//! it, so groups have plain comments.

use clap::Args;
use goxel_proto::types::{Combine, Connectivity, Word};

use super::word::word;
use crate::parse::LayerSpec;

// Which layer a command works on.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct OnLayer {
    /// The layer, by number or name, or `all` [default: the active one]
    #[arg(id = "layer_id", long = "layer", value_name = "LAYER", allow_hyphen_values = true)]
    pub(crate) layer: Option<LayerSpec>,
}

impl OnLayer {
    /// Whether it stands for all layers.
    pub(crate) fn is_all(&self) -> bool {
        self.layer == Some(LayerSpec::All)
    }
}

// What a set of voxels does to a layer.
#[derive(Args, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct How {
    /// Add its voxels, take away what is there, give that its colour, or leave nothing else
    #[arg(long, value_parser = word::<Combine>(), value_name = "MODE")]
    #[arg(default_value = Combine::Add.name())]
    pub(crate) mode: Combine,
}

// Which voxels are next to each other.
#[derive(Args, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Next {
    /// Which voxels are neighbours: those that share a face, an edge too, or a corner too
    #[arg(long, value_parser = word::<Connectivity>(), value_name = "COUNT")]
    #[arg(default_value = Connectivity::Faces.name())]
    pub(crate) connectivity: Connectivity,
}
