//! [`MeshOptions`], how a mesh is made, and its words: what its surface is, where its colours stand, how it
//! lies in space.
//!
//! The wire reads the options and the formats follow them: both have this one struct.

use super::word::words;

words! {
    /// What the surface of a mesh is made of.
    #[derive(Default)]
    Surface, "surface" {
        /// As few rectangles as greedy meshing finds, each of one colour.
        #[default]
        Greedy: "greedy",
        /// A square for each face of a voxel.
        Faces: "faces" | "plain",
        /// A smooth one (surface nets), close to the voxels.
        Smooth: "smooth" | "surface_nets",
    }
}

words! {
    /// Where the colours of a mesh stand.
    #[derive(Default)]
    MeshColors, "place of colours" {
        /// At the corners.
        #[default]
        Vertex: "vertex" | "vertices",
        /// In a texture: a small PNG of one pixel a colour.
        Texture: "texture" | "palette",
        /// In both.
        Both: "both",
        /// Nowhere: the shape only.
        None: "none",
    }
}

words! {
    /// The axis that points up in a file.
    #[derive(Default)]
    Up, "axis that points up" {
        /// Y, as in glTF and most programs for games.
        Y: "y",
        /// Z, as here and in programs for printing.
        #[default]
        Z: "z",
    }
}

words! {
    /// What a file's numbers are measured in.
    #[derive(Default)]
    Unit, "unit" {
        /// Metres.
        #[default]
        Metre: "metre" | "m" | "meter",
        /// Centimetres.
        Centimetre: "centimetre" | "cm" | "centimeter",
        /// Millimetres.
        Millimetre: "millimetre" | "mm" | "millimeter",
        /// Inches.
        Inch: "inch" | "in",
    }
}

impl Unit {
    /// How many metres one of it is.
    #[must_use]
    pub const fn metres(self) -> f64 {
        match self {
            Self::Metre => 1.0,
            Self::Centimetre => 0.01,
            Self::Millimetre => 0.001,
            Self::Inch => 0.0254,
        }
    }
}

words! {
    /// Where the origin of a mesh is.
    #[derive(Default)]
    Origin, "origin" {
        /// Where it is in the project.
        #[default]
        World: "world",
        /// At the lowest corner of the voxels.
        Corner: "corner",
        /// In the middle of the box around the voxels.
        Center: "center" | "centre",
        /// In the middle of that box's floor, for what stands on the ground.
        Ground: "ground",
    }
}

words! {
    /// What becomes of the inside of a mesh that is read as voxels.
    #[derive(Default)]
    Fill, "filling" {
        /// The inside is filled.
        #[default]
        Solid: "solid",
        /// Only what the surface passes through.
        Surface: "surface" | "shell",
    }
}

/// How a mesh is made. What is not said is for the format to say.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeshOptions {
    /// What the surface is made of.
    pub surface: Surface,
    /// Where colours stand.
    pub colors: Option<MeshColors>,
    /// Whether each layer is a mesh of its own; else there is one for all.
    pub layers: Option<bool>,
    /// Whether edges meet only at corners (no T-junctions).
    pub junction_free: bool,
    /// Whether the mesh is closed and manifold, as printing needs it.
    pub closed: bool,
    /// Whether the walls of cavities that nobody sees from outside are there.
    pub cavities: bool,
    /// The axis that points up.
    pub up: Option<Up>,
    /// How long a voxel's edge is, in [`Self::unit`].
    pub scale: f32,
    /// What the file's numbers are measured in.
    pub unit: Option<Unit>,
    /// Where the origin is.
    pub origin: Origin,
    /// How many coarser meshes come along, each of voxels twice as long.
    pub lods: u8,
    /// Whether all is in one file where the format can have several.
    pub embed: bool,
    /// Whether positions are whole numbers (`KHR_mesh_quantization`).
    pub quantize: bool,
    /// Whether the file is text where the format can be text or binary.
    pub text: bool,
}

impl Default for MeshOptions {
    fn default() -> Self {
        Self {
            surface: Surface::Greedy,
            colors: None,
            layers: None,
            junction_free: false,
            closed: false,
            cavities: true,
            up: None,
            scale: 1.0,
            unit: None,
            origin: Origin::World,
            lods: 0,
            embed: false,
            quantize: false,
            text: false,
        }
    }
}
