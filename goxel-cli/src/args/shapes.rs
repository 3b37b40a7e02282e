//! Arguments of what builds: shapes, lines and height maps; and what grows and mirrors.
//!
//! As in `groups`, groups have plain comments.

use std::path::PathBuf;

use clap::Args;
use goxel_proto::types::{Axis, Combine, Connectivity, ShapeKind, Word};

use super::groups::OnLayer;
use super::word::{word, word_if};
use crate::parse::{Colour, Point, Triple};

// A shape to build.
#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Shape {
    /// What to build
    #[arg(value_parser = word_if(is_sized), value_name = "KIND")]
    pub(crate) kind: ShapeKind,
    /// The middle of it
    #[arg(value_name = "POINT")]
    pub(crate) center: Point,
    /// Its edges in voxels: one number, or W,H,D
    #[arg(value_name = "SIZE")]
    pub(crate) size: Triple,
    #[arg(value_name = "COLOR")]
    pub(crate) colour: Colour,
    /// Which way it points, or a ring lies about, or a plane across
    #[arg(long, value_parser = word::<Axis>(), default_value = Axis::Z.name())]
    pub(crate) axis: Axis,
    /// How thick the tube of a torus is [default: a quarter of its size]
    #[arg(long, value_name = "VOXELS", value_parser = clap::value_parser!(i32).range(1..))]
    pub(crate) tube: Option<i32>,
    /// Across which direction a plane lies, where that is no axis: 1,0,1 is a slope
    #[arg(long, value_name = "X,Y,Z", allow_hyphen_values = true)]
    pub(crate) normal: Option<Point>,
    #[command(flatten)]
    pub(crate) how: How,
    #[command(flatten)]
    pub(crate) on: OnLayer,
}

/// Whether a shape is told by its middle and its edges. A line is not: it has a command of its own.
fn is_sized(kind: &ShapeKind) -> bool {
    *kind != ShapeKind::Line
}

// A line to draw.
#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Stroke {
    /// Where it begins
    #[arg(value_name = "FROM")]
    pub(crate) from: Point,
    /// Where it ends
    #[arg(value_name = "TO")]
    pub(crate) to: Point,
    #[arg(value_name = "COLOR")]
    pub(crate) colour: Colour,
    #[command(flatten)]
    pub(crate) how: How,
    #[command(flatten)]
    pub(crate) on: OnLayer,
}

// Columns as high as a picture is bright.
#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Heightmap {
    /// A PNG file: black is nothing, white the highest
    pub(crate) file: PathBuf,
    /// The corner of the ground: its lowest x, y and z
    #[arg(value_name = "POINT")]
    pub(crate) low: Point,
    #[arg(value_name = "COLOR")]
    pub(crate) colour: Colour,
    /// How high white is, in voxels
    #[arg(long, value_name = "VOXELS", default_value_t = 64, value_parser = clap::value_parser!(i32).range(1..))]
    pub(crate) height: i32,
    #[command(flatten)]
    pub(crate) how: How,
    #[command(flatten)]
    pub(crate) on: OnLayer,
}

// What a set of voxels does to a layer.
#[derive(Args, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct How {
    /// Add its voxels, take away what is there, give that its colour, or leave nothing else
    #[arg(long, value_parser = word::<Combine>(), value_name = "MODE", default_value = Combine::Add.name())]
    pub(crate) mode: Combine,
}

// How far a layer grows or shrinks.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
pub(crate) struct Growth {
    /// By how many voxels
    #[arg(value_name = "VOXELS", default_value_t = 1, value_parser = clap::value_parser!(i32).range(1..))]
    pub(crate) steps: i32,
    #[command(flatten)]
    pub(crate) next: Next,
    #[command(flatten)]
    pub(crate) on: OnLayer,
}

// Which voxels are next to each other.
#[derive(Args, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Next {
    /// Which voxels are neighbours: those that share a face, an edge too, or a corner too
    #[arg(long, value_parser = word::<Connectivity>(), value_name = "COUNT", default_value = Connectivity::Faces.name())]
    pub(crate) connectivity: Connectivity,
}
