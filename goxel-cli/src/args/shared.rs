//! Arguments that several commands have, and the words that stand in them.
//!
//! What clap finds as a documentation of a group would stand for the help of the commands that have
//! it, so groups have plain comments.

use clap::{Args, ValueEnum};

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
    #[arg(long, value_enum, value_name = "MODE", default_value_t = Mode::Add)]
    pub(crate) mode: Mode,
}

// Which voxels are next to each other.
#[derive(Args, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Next {
    /// Which voxels are neighbours: those that share a face, an edge too, or a corner too
    #[arg(long, value_enum, value_name = "COUNT", default_value_t = Neighbours::Six)]
    pub(crate) connectivity: Neighbours,
}

/// Where a picture is taken from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Preset {
    Front,
    Back,
    Left,
    Right,
    Top,
    Bottom,
    #[value(alias = "iso")]
    Isometric,
}

impl Preset {
    /// Its name on the wire.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Front => "front",
            Self::Back => "back",
            Self::Left => "left",
            Self::Right => "right",
            Self::Top => "top",
            Self::Bottom => "bottom",
            Self::Isometric => "isometric",
        }
    }
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
