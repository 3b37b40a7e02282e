//! [`Scene`]: the light that a surface sends to the camera: ambient occlusion, shadow rays, and voxels
//! behind voxels where they are translucent.
//!
//! Colours here are light (see module `srgb`) with premultiplied alpha, so that surfaces and samples
//! can be added up.

use glam::{DVec3, Vec3, Vec4};
use goxel_proto::types::{Rgba, Shadow};

use crate::camera::Ray;
use crate::corners::Corners;
use crate::light::{Light, SUN_POINTS, side};
use crate::march::first_voxel;
use crate::samples::Face;
use crate::srgb::{FAINT, linear};
use crate::traversal::{Hit, Traversal};
use crate::tree::{At, Cursor, VoxelTree};

/// Translucent surfaces that a ray passes through; the next one is taken as opaque. Sixteen of half
/// opacity leave nothing to see behind them.
const LAYERS_MAX: usize = 16;

/// A point on a face.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Point {
    pub(crate) place: DVec3,
    /// The axis that the face is square to, and whether it faces up that axis.
    pub(crate) axis: usize,
    pub(crate) upwards: bool,
    /// The voxel before the face.
    pub(crate) front: At,
}

impl Point {
    /// The point of a side of the voxel `at` that is nearest to `place`.
    #[inline]
    pub(crate) fn on(place: DVec3, at: At, axis: usize, upwards: bool) -> Self {
        let mut front = at;
        front[axis] += if upwards { 1 } else { -1 };
        let mut place = place.to_array();
        for other in 0..3 {
            let low = at[other] as f64;
            let plane = if upwards { low + 1.0 } else { low };
            place[other] = if other == axis { plane } else { place[other].max(low).min(low + 1.0) };
        }
        Self { place: DVec3::from(place), axis, upwards, front }
    }

    /// The point of a face that is nearest to where a ray meets its plane.
    #[inline]
    pub(crate) fn of(face: &Face, ray: Ray) -> Self {
        let (at, distance) = face.meets(ray);
        let place = ray.origin + ray.direction * distance;
        Self::on(place, at, usize::from(face.axis), face.upwards)
    }
}

/// Everything that is in the picture, and the light on it.
pub(crate) struct Scene<'a> {
    pub(crate) tree: VoxelTree<'a>,
    pub(crate) light: Light,
    /// Whether voxels have just their colours.
    pub(crate) unlit: bool,
    /// What light is multiplied with.
    pub(crate) exposure: f32,
}

impl Scene<'_> {
    /// What a ray from outside sees of the model: light and how much it hides of what is behind.
    pub(crate) fn through(&self, ray: Ray, pattern: usize) -> Vec4 {
        let Some(mut traversal) = Traversal::enter(&self.tree, ray) else { return Vec4::ZERO };
        let mut colour = Vec4::ZERO;
        let mut transmittance = 1.0;
        for layer in 0..=LAYERS_MAX {
            let Some(hit) = traversal.next_hit() else { break };
            let alpha = match layer {
                LAYERS_MAX => 1.0,
                _ => f32::from(hit.rgba.alpha()) / 255.0,
            };
            let light = self.shaded(traversal.cursor(), ray, &hit, pattern);
            colour += light.extend(1.0) * (transmittance * alpha);
            transmittance *= 1.0 - alpha;
            if transmittance < FAINT {
                return colour / colour.w;
            }
        }
        colour
    }

    /// The light of a voxel's side.
    fn shaded<'t>(&'t self, cursor: Cursor<'t, '_>, ray: Ray, hit: &Hit, pattern: usize) -> Vec3 {
        let own = linear(hit.rgba);
        if self.unlit {
            return own;
        }
        let upwards = ray.direction[hit.axis] < 0.0;
        let place = ray.origin + ray.direction * hit.distance;
        let point = Point::on(place, hit.at, hit.axis, upwards);
        let (sky, sun) = self.lit(&mut Corners::new(cursor), &point);
        let shadow = if sun == Vec3::ZERO { 0.0 } else { self.sunlit(cursor, &point, pattern) };
        own * (sky + sun * shadow) * self.exposure
    }

    /// The light of the sky at a point, and that of the sun where nothing is before it.
    #[inline]
    pub(crate) fn lit(&self, corners: &mut Corners<'_, '_>, point: &Point) -> (Vec3, Vec3) {
        let strength = self.light.occlusion;
        let ambient = match strength {
            0.0 => 1.0,
            _ => 1.0 - strength * (1.0 - corners.ambient_occlusion(point)),
        };
        self.light.on(side(point.axis, point.upwards), ambient)
    }

    /// How much of the sun gets to a point: a shadow ray, dimmed by the translucent voxels that it passes
    /// through. `pattern` chooses where on the sun's disc it goes.
    #[inline]
    pub(crate) fn sunlit(&self, mut cursor: Cursor<'_, '_>, point: &Point, pattern: usize) -> f32 {
        let nth = match self.light.shadow {
            Shadow::None => return 1.0,
            Shadow::Hard => SUN_POINTS,
            Shadow::Soft => pattern % SUN_POINTS,
        };
        let (direction, heading) = &self.light.suns[nth];
        let ray = Ray { origin: point.place, direction: *direction };
        if self.tree.contains(point.front) {
            match first_voxel(&self.tree, heading, point.place, point.front) {
                None => 1.0,
                Some(met) if met.is_opaque => 0.0,
                Some(_) => {
                    let inside = cursor.cube(point.front).rgba;
                    passed(Traversal::new(cursor, ray, point.front, inside))
                }
            }
        } else if point.is_at_edge(&self.tree, *direction) {
            1.0
        } else {
            Traversal::enter(&self.tree, ray).map_or(1.0, passed)
        }
    }
}

impl Point {
    /// Whether a ray from here leaves the model's box at once: most faces at its border are lit so.
    fn is_at_edge(&self, tree: &VoxelTree<'_>, direction: DVec3) -> bool {
        let front = self.front[self.axis];
        match self.upwards {
            true => front >= tree.high()[self.axis] && direction[self.axis] >= 0.0,
            false => front < tree.low()[self.axis] && direction[self.axis] <= 0.0,
        }
    }
}

/// How much of the light gets through what a ray meets.
fn passed(mut traversal: Traversal<'_, '_>) -> f32 {
    let mut transmittance = 1.0;
    for _ in 0..LAYERS_MAX {
        let Some(hit) = traversal.next_hit() else { return transmittance };
        transmittance *= 1.0 - f32::from(hit.rgba.alpha()) / 255.0;
        if transmittance < FAINT {
            return 0.0;
        }
    }
    0.0
}

/// Whether light goes through a voxel of this colour.
pub(crate) fn is_translucent(rgba: Rgba) -> bool {
    rgba.alpha() < 255
}
