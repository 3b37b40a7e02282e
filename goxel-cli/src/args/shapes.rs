//! Arguments of what builds: shapes, lines and height maps; and what grows and mirrors.
//!
//! As in `groups`, groups have plain comments.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::groups::OnLayer;
use crate::parse::{Colour, Point, Triple};

// A shape to build.
#[derive(Args, Clone, Debug, PartialEq)]
pub(crate) struct Shape {
    /// What to build
    #[arg(value_enum, value_name = "KIND")]
    pub(crate) kind: Kind,
    /// The middle of it
    #[arg(value_name = "POINT")]
    pub(crate) center: Point,
    /// Its edges in voxels: one number, or W,H,D
    #[arg(value_name = "SIZE")]
    pub(crate) size: Triple,
    #[arg(value_name = "COLOR")]
    pub(crate) colour: Colour,
    /// Which way it points, or a ring lies about, or a plane across
    #[arg(long, value_enum, default_value_t = Axis::Z)]
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
    #[arg(long, value_enum, value_name = "MODE", default_value_t = Mode::Add)]
    pub(crate) mode: Mode,
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
    #[arg(long, value_enum, value_name = "COUNT", default_value_t = Neighbours::Six)]
    pub(crate) connectivity: Neighbours,
}

/// The shapes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    #[value(alias = "cube")]
    Box,
    Sphere,
    Ellipsoid,
    Cylinder,
    Cone,
    Pyramid,
    Torus,
    Plane,
}

impl Kind {
    /// Its name on the wire.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Box => "box",
            Self::Sphere => "sphere",
            Self::Ellipsoid => "ellipsoid",
            Self::Cylinder => "cylinder",
            Self::Cone => "cone",
            Self::Pyramid => "pyramid",
            Self::Torus => "torus",
            Self::Plane => "plane",
        }
    }
}

/// An axis of space.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Axis {
    X,
    Y,
    Z,
}

impl Axis {
    /// Its name on the wire.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::X => "x",
            Self::Y => "y",
            Self::Z => "z",
        }
    }
}

/// One of the two sides of a plane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Side {
    Low,
    High,
}

impl Side {
    /// Its name on the wire.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::High => "high",
        }
    }
}

/// What a set of voxels does to a layer. What clap finds as documentation of a value makes the whole
/// help long, so these have plain comments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Mode {
    // They are set.
    #[default]
    Add,
    // What is in their places goes.
    Subtract,
    // What is in their places gets their colours.
    Paint,
    // What is not in their places goes.
    Intersect,
}

impl Mode {
    /// Its name on the wire.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Subtract => "subtract",
            Self::Paint => "paint",
            Self::Intersect => "intersect",
        }
    }
}

/// How many of the 26 voxels around one are next to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Neighbours {
    #[default]
    #[value(name = "6")]
    Six,
    #[value(name = "18")]
    Eighteen,
    #[value(name = "26")]
    TwentySix,
}

impl Neighbours {
    /// As the wire has it.
    pub(crate) fn count(self) -> i32 {
        match self {
            Self::Six => 6,
            Self::Eighteen => 18,
            Self::TwentySix => 26,
        }
    }
}
