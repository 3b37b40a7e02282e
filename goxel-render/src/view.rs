//! [`Picture`]: a picture about to be drawn: what is in it, from where it is seen, and what is behind.

use glam::{DVec3, Vec4};
use goxel_proto::types::{Background, Quality, Shadow};

use crate::camera::{Camera, Projector, Ray, Rays};
use crate::finish::Finishes;
use crate::ground::Floor;
use crate::light::{Light, power_of_two};
use crate::lines::Lines;
use crate::samples::SAMPLES_MAX;
use crate::shade::Scene;
use crate::srgb::linear_alpha;
use crate::stand::stand;
use crate::surface::Surfaces;
use crate::tree::{At, VoxelTree};
use crate::{Error, RenderOptions};

/// Samples a pixel where nobody says how many: enough for smooth edges.
const SAMPLES: u32 = 4;

/// Pixels along a voxel's edge below which one point of a face is lit for all of it.
const SMALL: f64 = 4.0;

/// A picture about to be drawn.
pub(crate) struct Picture<'a> {
    pub(crate) scene: Scene<'a>,
    camera: Camera,
    pub(crate) rays: Rays,
    pub(crate) width: usize,
    pub(crate) height: usize,
    /// Samples a pixel.
    pub(crate) samples: usize,
    pub(crate) floor: Option<Floor>,
    pub(crate) lines: Lines,
    /// Behind the upper and the lower edge of the picture.
    background: [Vec4; 2],
    /// Whether shadows are averaged over pixels.
    pub(crate) is_averaged: bool,
    /// Whether faces are so small that the light in their middle will do for all of them.
    pub(crate) has_small_faces: bool,
    /// How far apart planes may be whose shadows are averaged: 0 where voxels are larger than pixels.
    pub(crate) plane_reach: i64,
}

impl<'a> Picture<'a> {
    /// `min` is the volume's lowest corner, which the tree has at its own.
    pub(crate) fn new(
        tree: VoxelTree<'a>,
        min: At,
        surfaces: &'a Surfaces,
        options: &RenderOptions,
    ) -> Result<Self, Error> {
        let finishes = Finishes::new(surfaces, [0, 1, 2].map(|axis| min[axis] - tree.low()[axis]));
        let [min, low, high] =
            [min, tree.low(), tree.high()].map(|at| DVec3::from(at.map(|x| x as f64)));
        let aspect = f64::from(options.width) / f64::from(options.height);
        let view = &options.view;
        let (camera, axes) = match &options.placed {
            Some(placed) => (placed.camera(min - low, aspect)?, placed.axes()?),
            None => stand(view, [low, high, low - min], aspect)?,
        };
        let look = &options.look;
        let light = Light::new(&axes, look);
        let samples = match look.quality {
            Quality::Draft => 1,
            _ => look.samples.unwrap_or(SAMPLES),
        };
        let (width, height) = (options.width as usize, options.height as usize);
        let middle = (low + high) / 2.0;
        let pixels = camera.voxel_pixels(middle, height);
        Ok(Self {
            floor: if look.unlit { None } else { Floor::new(look, &tree, camera.is_parallel()) },
            lines: Lines {
                edges: look.edges,
                pixels: camera.axis_pixels(width, height),
                parallel: camera.is_parallel(),
            },
            rays: camera.rays(width, height),
            camera,
            is_averaged: light.shadow == Shadow::Soft && !look.unlit,
            has_small_faces: pixels < SMALL && !look.unlit,
            // Where a pixel shows many voxels, their planes count as one as far as a pixel reaches.
            plane_reach: if pixels >= 1.0 { 0 } else { (1.0 / pixels) as i64 },
            scene: Scene {
                tree,
                light,
                unlit: look.unlit,
                exposure: power_of_two(look.exposure),
                finishes,
            },
            width,
            height,
            samples: samples.clamp(1, SAMPLES_MAX as u32) as usize,
            background: background(look.background),
        })
    }

    /// The rays through places that are counted from a pixel.
    pub(crate) fn rays_from(&self, corner: [isize; 2]) -> Rays {
        self.rays.counted_from(corner[0] as f64, corner[1] as f64)
    }

    /// The ray through a place, in pixels from `corner`.
    #[inline]
    pub(crate) fn ray(&self, corner: [isize; 2], place: (f64, f64)) -> Ray {
        self.rays.at(corner[0] as f64 + place.0, corner[1] as f64 + place.1)
    }

    /// Where points fall, if all of the model does somewhere.
    pub(crate) fn projector(&self) -> Option<Projector> {
        let projector = self.camera.projector(self.width, self.height);
        let [low, high] = [self.scene.tree.low(), self.scene.tree.high()]
            .map(|at| DVec3::from(at.map(|x| x as f64)));
        projector.is_before(low, high).then_some(projector)
    }

    /// What is behind a pixel row.
    pub(crate) fn behind(&self, y: usize) -> Vec4 {
        let part = (y as f32 + 0.5) / self.height as f32;
        behind(&self.background, part)
    }
}

/// The light of a background at its upper and its lower edge.
pub(crate) fn background(background: Background) -> [Vec4; 2] {
    match background {
        Background::Plain(rgba) => [linear_alpha(rgba); 2],
        Background::Gradient(upper, lower) => [upper, lower].map(linear_alpha),
    }
}

/// The background so far down, from 0 to 1.
pub(crate) fn behind(background: &[Vec4; 2], part: f32) -> Vec4 {
    background[0] + (background[1] - background[0]) * part
}
