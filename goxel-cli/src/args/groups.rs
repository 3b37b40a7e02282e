//! Groups of arguments that commands share, and the commands below `layer` and `daemon`.
//!
//! What clap finds as a documentation of a group would stand for the help of the commands that have
//! it, so groups have plain comments.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use goxel_proto::types::CameraPreset;

use super::scene::LayerLook;
use super::word::word;
use crate::parse::{Colour, LayerSpec, Pixels, Point, Range};

// Which layer a command works on.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct OnLayer {
    /// The layer, by number or name [default: the active one]
    #[arg(long, value_name = "LAYER", allow_hyphen_values = true)]
    pub(crate) layer: Option<LayerSpec>,
}

// What to set: points as arguments, or a file of them.
#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct AddVoxels {
    /// x,y,z or x,y,z,COLOR
    #[arg(required_unless_present = "file", conflicts_with = "file", value_name = "POINT")]
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

// What to remove: ranges as arguments, or a file of points.
#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct RemoveVoxels {
    /// x,y,z where each is a number or a range a..b, both ends inside
    #[arg(required_unless_present = "file", conflicts_with = "file", value_name = "RANGE|POINT")]
    pub(crate) ranges: Vec<Range>,
    #[command(flatten)]
    pub(crate) on: OnLayer,
    /// Read points from a file, or - for standard input, as add-voxels does
    #[arg(long)]
    pub(crate) file: Option<PathBuf>,
}

// How a picture is taken.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct View {
    /// The size of the picture in pixels
    #[arg(long, value_name = "WxH", visible_alias = "resolution")]
    pub(crate) size: Option<Pixels>,
    /// Where from [default: a little above the front right corner]
    #[arg(long, value_parser = word::<CameraPreset>(), value_name = "PRESET")]
    pub(crate) camera: Option<CameraPreset>,
    /// As this camera of the project sees it
    #[arg(long, value_name = "NAME", conflicts_with = "camera")]
    pub(crate) from: Option<String>,
    /// What is behind the model
    #[arg(long, value_name = "COLOR")]
    pub(crate) background: Option<Colour>,
}

/// Commands about layers.
#[derive(Clone, Debug, PartialEq, Subcommand)]
#[command(defer = true)]
pub(crate) enum Layer {
    /// List the layers, bottom first
    List,
    /// Add an empty layer on top and make it active
    Add { name: String },
    /// Remove a layer
    Remove {
        #[arg(value_name = "LAYER", allow_negative_numbers = true)]
        layer: LayerSpec,
    },
    /// Give a layer another name
    Rename {
        #[arg(value_name = "LAYER", allow_negative_numbers = true)]
        layer: LayerSpec,
        name: String,
    },
    /// Lay one layer over another, and remove it
    Merge {
        /// The layer that goes
        #[arg(value_name = "FROM")]
        from: LayerSpec,
        /// The layer that stays
        #[arg(value_name = "INTO")]
        into: LayerSpec,
    },
    /// Put a copy of a layer above it and make it active
    Duplicate {
        #[arg(value_name = "LAYER", allow_negative_numbers = true)]
        layer: LayerSpec,
    },
    /// Make a layer visible
    Show {
        #[arg(value_name = "LAYER", allow_negative_numbers = true)]
        layer: LayerSpec,
    },
    /// Make a layer invisible
    Hide {
        #[arg(value_name = "LAYER", allow_negative_numbers = true)]
        layer: LayerSpec,
    },
    /// Make a layer the one that commands work on
    Use {
        #[arg(value_name = "LAYER", allow_negative_numbers = true)]
        layer: LayerSpec,
    },
    /// Change what a layer is beside its voxels
    Set {
        #[arg(value_name = "LAYER", allow_negative_numbers = true)]
        layer: LayerSpec,
        #[command(flatten)]
        look: LayerLook,
    },
    /// Move a layer in the order: 0 is the bottom
    Move {
        #[arg(value_name = "LAYER", allow_negative_numbers = true)]
        layer: LayerSpec,
        index: u32,
    },
}

/// Commands about the daemon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Subcommand)]
#[command(defer = true)]
pub(crate) enum Daemon {
    /// Start it in the background
    Start,
    /// Stop it, and wait until it has
    Stop,
    /// Say whether it runs; exit status 3 where it does not
    Status,
    /// Stop it if it runs, and start it
    Restart,
    /// Print the end of its log
    Logs {
        /// How many lines
        #[arg(long, short = 'n', value_name = "COUNT", default_value_t = 50)]
        lines: usize,
    },
    /// Have it read its configuration anew
    Reload,
}

/// How voxels are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Style {
    /// x,y,z,rrggbbaa
    #[default]
    Points,
    /// x,y,z,r,g,b,a under a line of their names
    Csv,
    /// {"x": 1, "y": 2, "z": 3, "color": "#rrggbbaa"}
    Json,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    Always,
    #[default]
    Auto,
    Never,
}
