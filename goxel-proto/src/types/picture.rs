//! What a picture is asked to be: [`View`], from where, and [`Look`], how.
//!
//! The wire reads both, the renderer draws them; their words stand in the table of methods and in the
//! command line. What is not said is `None` where only the renderer knows what suits the scene.

use super::space::CameraPreset;
use super::word::words;
use super::{Aabb, Rgba};

words! {
    /// How much a picture may cost.
    #[derive(Default)]
    Quality, "quality" {
        /// One sample a pixel, and a sun with hard shadows.
        Draft: "draft" | "low",
        /// Smooth edges, soft shadows and ambient occlusion.
        #[default]
        Standard: "standard" | "high",
        /// Light as it travels: a path tracer.
        Path: "path" | "path_traced",
    }
}

words! {
    /// How lines that are parallel run in a picture.
    Projection, "projection" {
        /// Parallel: what is far away is as large as what is near.
        Orthographic: "orthographic" | "parallel",
        /// Towards a point: what is far away is smaller.
        Perspective: "perspective",
    }
}

words! {
    /// What the sun's shadows are like.
    Shadow, "kind of shadow" {
        /// There are none.
        None: "none",
        /// With sharp edges.
        Hard: "hard",
        /// Blurred with the distance from what casts them.
        Soft: "soft",
    }
}

words! {
    /// What the model stands on.
    #[derive(Default)]
    Ground, "kind of ground" {
        /// Nothing.
        #[default]
        None: "none",
        /// Nothing that is seen but the model's shadow; the background shows elsewhere.
        Shadow: "shadow" | "shadow_catcher",
        /// A plane.
        Plane: "plane",
    }
}

words! {
    /// Lines that are drawn on the model.
    #[derive(Default)]
    Edges, "kind of edges" {
        /// None.
        #[default]
        None: "none",
        /// Around each face of a voxel.
        Grid: "grid",
        /// Around shapes: where the surface ends or bends.
        Outline: "outline",
    }
}

words! {
    /// What a pixel tells.
    #[derive(Default)]
    Pass, "pass" {
        /// The colour that is seen.
        #[default]
        Color: "color" | "colour",
        /// How far away what is seen is.
        Depth: "depth",
        /// Which way the surface that is seen faces.
        Normal: "normal",
        /// Which layer is seen.
        Id: "id" | "layer",
    }
}

/// What is behind the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Background {
    /// One colour; with alpha 0 nothing is.
    Plain(Rgba),
    /// From the first at the picture's upper edge to the second at its lower one.
    Gradient(Rgba, Rgba),
}

/// From where a picture is seen. Positions are in voxels, z is up.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct View {
    /// The direction; without one a little above the front right corner.
    pub preset: Option<CameraPreset>,
    /// Where the camera is. Without one it is so far away that all of the model is seen.
    pub eye: Option<[f64; 3]>,
    /// What is in the middle of the picture; the middle of the model where it is not said.
    pub target: Option<[f64; 3]>,
    /// What points up in the picture.
    pub up: Option<[f64; 3]>,
    /// The angle from the lower to the upper edge of a perspective picture, in degrees.
    pub fov: Option<f64>,
    /// Presets are orthographic, all else is perspective, where it is not said.
    pub projection: Option<Projection>,
    /// The part of each half of the picture that stays free around a model that is framed; a tenth
    /// where it is not said.
    pub margin: Option<f64>,
    /// How far the camera goes around the model, counter-clockwise from above, in degrees.
    pub turn: f64,
}

/// How a picture looks.
#[derive(Clone, Debug, PartialEq)]
pub struct Look {
    /// How much it may cost.
    pub quality: Quality,
    /// What a pixel tells.
    pub pass: Pass,
    /// Whether each voxel has just its colour, without light and shadow.
    pub unlit: bool,
    /// Shadows of the sun; as the quality has them where it is not said.
    pub shadow: Option<Shadow>,
    /// How dark corners are, 0 for not at all.
    pub occlusion: f32,
    /// Where the sun is around the z axis, in degrees from the x axis, counter-clockwise; over the
    /// viewer's left shoulder where it is not said.
    pub sun_azimuth: Option<f32>,
    /// How high the sun is, in degrees.
    pub sun_elevation: Option<f32>,
    /// How large the sun is seen, in degrees: the softness of shadows.
    pub sun_size: f32,
    /// How bright the sun is; 1 is as it is where it is not said.
    pub sun: f32,
    /// How bright the sky is; 1 is as it is where it is not said.
    pub sky: f32,
    /// How many times brighter all is, as a power of two.
    pub exposure: f32,
    /// What the model stands on.
    pub ground: Ground,
    /// The ground's colour.
    pub ground_color: Rgba,
    /// Lines on the model.
    pub edges: Edges,
    /// What is behind all.
    pub background: Background,
    /// Samples a pixel, at the most; as the quality has it where it is not said.
    pub samples: Option<u32>,
    /// The longest that a path tracer takes, in seconds.
    pub seconds: Option<f32>,
    /// The noise at which a path tracer leaves a pixel, of its brightness.
    pub noise: Option<f32>,
    /// How often light bounces in a path tracer, at the most.
    pub bounces: Option<u32>,
    /// Where a path tracer's random numbers start.
    pub seed: u64,
    /// Whether a path tracer's noise is smoothed away.
    pub denoise: bool,
    /// Only voxels in these boxes are there, where there are some.
    pub clip: Vec<Aabb>,
    /// Voxels in these boxes are not there.
    pub cut: Vec<Aabb>,
}

impl Look {
    /// A light grey that neither white nor dark models vanish in.
    pub const BACKGROUND: Rgba = Rgba::opaque(238, 240, 243);
    /// White, a little darker than paper.
    pub const GROUND: Rgba = Rgba::opaque(226, 228, 231);
    /// How large the sun is seen where it is not said, in degrees. The real one's half degree blurs
    /// shadows by less than a pixel at the size of most models.
    pub const SUN_SIZE: f32 = 6.0;
}

impl Default for Look {
    fn default() -> Self {
        Self {
            quality: Quality::Standard,
            pass: Pass::Color,
            unlit: false,
            shadow: None,
            occlusion: 1.0,
            sun_azimuth: None,
            sun_elevation: None,
            sun_size: Self::SUN_SIZE,
            sun: 1.0,
            sky: 1.0,
            exposure: 0.0,
            ground: Ground::None,
            ground_color: Self::GROUND,
            edges: Edges::None,
            background: Background::Plain(Self::BACKGROUND),
            samples: None,
            seconds: None,
            noise: None,
            bounces: None,
            seed: 0,
            denoise: true,
            clip: Vec::new(),
            cut: Vec::new(),
        }
    }
}
