//! [`Scene`]: the light that a surface sends to the camera: ambient occlusion, shadow rays, and voxels
//! behind voxels where they are translucent.
//!
//! Colours here are light (see module `srgb`) with premultiplied alpha, so that surfaces and samples
//! can be added up.

use glam::{DVec3, Vec3, Vec4};
use goxel_proto::types::{Rgba, Shadow};

use crate::camera::Ray;
use crate::corners::Corners;
use crate::finish::{Finish, Finishes, mirrored};
use crate::light::{Light, SUN_POINTS, side};
use crate::march::{Heading, first_voxel};
use crate::point::Point;
use crate::srgb::{FAINT, linear};
use crate::traversal::{Hit, Traversal};
use crate::tree::{At, Cursor, VoxelTree};

/// Translucent surfaces that a ray passes through; the next one is taken as opaque. Sixteen of half
/// opacity leave nothing to see behind them.
const LAYERS_MAX: usize = 16;

/// How bright the sun's highlight is on a mirror.
const HIGHLIGHT: f32 = 1.5;
/// How much brighter a mirror shows the sky than the sky is as a light: models stand before bright
/// backgrounds, and metal would be black.
const MIRRORED_SKY: f32 = 1.8;
/// How much of the sun falls on what a mirror shows, where no ray asks.
const MIRRORED_SUN: f32 = 0.5;

/// Everything that is in the picture, and the light on it.
pub(crate) struct Scene<'a> {
    pub(crate) tree: VoxelTree<'a>,
    pub(crate) light: Light,
    /// Whether voxels have just their colours.
    pub(crate) unlit: bool,
    /// What light is multiplied with.
    pub(crate) exposure: f32,
    pub(crate) finishes: Finishes<'a>,
}

/// What a surface sends to the camera, for each color that it is multiplied with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lit {
    /// What scattered light is multiplied with: the surface's colour.
    pub(crate) own: Vec3,
    /// The light of the sky.
    pub(crate) sky: Vec3,
    /// That of the sun where nothing is before it.
    pub(crate) sun: Vec3,
    /// What comes from it whatever light falls on it: mirrored, or its own.
    pub(crate) glow: Vec3,
    /// What it mirrors of the sun where nothing is before that.
    pub(crate) shine: Vec3,
}

impl Scene<'_> {
    /// What a ray from outside sees of the model: light and how much it hides of what is behind.
    pub(crate) fn through(&self, ray: Ray) -> Vec4 {
        let Some(mut traversal) = Traversal::enter(&self.tree, ray) else { return Vec4::ZERO };
        let mut colour = Vec4::ZERO;
        let mut transmittance = 1.0;
        for layer in 0..=LAYERS_MAX {
            let Some(hit) = traversal.next_hit() else { break };
            let alpha = match layer {
                LAYERS_MAX => 1.0,
                _ => self.finishes.opacity(hit.at, hit.rgba),
            };
            let light = self.shaded(traversal.cursor(), ray, &hit);
            colour += light.extend(1.0) * (transmittance * alpha);
            transmittance *= 1.0 - alpha;
            if transmittance < FAINT {
                return colour / colour.w;
            }
        }
        colour
    }

    /// The light of a voxel's side.
    fn shaded<'t>(&'t self, cursor: Cursor<'t, '_>, ray: Ray, hit: &Hit) -> Vec3 {
        if self.unlit {
            return linear(hit.rgba);
        }
        let upwards = ray.direction[hit.axis] < 0.0;
        let place = ray.origin + ray.direction * hit.distance;
        let point = Point::on(place, hit.at, hit.axis, upwards);
        let lit = self.surface(&mut Corners::new(cursor), &point, hit.at, hit.rgba, ray);
        let faces_sun = lit.sun != Vec3::ZERO;
        let shadow = if faces_sun { self.sunlit(cursor, &point, SUN_POINTS) } else { 0.0 };
        let light = lit.own * (lit.sky + lit.sun * shadow) + lit.glow + lit.shine * shadow;
        light * self.exposure
    }

    /// What the surface of a voxel sends to the camera.
    #[inline]
    pub(crate) fn surface(
        &self,
        corners: &mut Corners<'_, '_>,
        point: &Point,
        at: At,
        rgba: Rgba,
        ray: Ray,
    ) -> Lit {
        let (sky, sun) = self.lit(corners, point);
        let plain = Lit { own: linear(rgba), sky, sun, glow: Vec3::ZERO, shine: Vec3::ZERO };
        match self.finishes.of(at, rgba) {
            Some(finish) => self.finished(finish, plain, point, rgba, ray),
            None => plain,
        }
    }

    /// The same of a voxel that has a material.
    fn finished(&self, finish: &Finish, plain: Lit, point: &Point, rgba: Rgba, ray: Ray) -> Lit {
        let forward = ray.direction.normalize();
        let gloss = finish.gloss(finish.own(rgba), forward[point.axis].abs() as f32);
        let away = mirrored(forward, point.axis);
        let seen = self.mirrored(point, away) * gloss.mirrored;
        let mut highlight = away.dot(self.light.sun()).max(0.0) as f32;
        for _ in 0..gloss.squares {
            highlight *= highlight;
        }
        Lit {
            own: gloss.scattered,
            glow: finish.emission + seen,
            shine: gloss.mirrored * plain.sun * (highlight * HIGHLIGHT),
            ..plain
        }
    }

    /// What a mirror sees: the sky, or the model in it.
    fn mirrored(&self, point: &Point, away: DVec3) -> Vec3 {
        let met = match self.tree.contains(point.front) {
            true => first_voxel(&self.tree, &Heading::new(away), point.place, point.front),
            false => None,
        };
        match met {
            Some(met) => {
                let rgba = Cursor::new(&self.tree).cube(met.at).rgba;
                let (sky, sun) = self.light.on(side(met.axis, away[met.axis] < 0.0), 1.0);
                linear(rgba) * (sky + sun * MIRRORED_SUN)
            }
            None => self.light.sky(away) * MIRRORED_SKY,
        }
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
    /// through. `pattern` chooses where on the sun's disc it goes:
    /// to one of [`SUN_POINTS`], or to its middle.
    #[inline]
    pub(crate) fn sunlit(&self, mut cursor: Cursor<'_, '_>, point: &Point, pattern: usize) -> f32 {
        let nth = match self.light.shadow {
            Shadow::None => return 1.0,
            Shadow::Hard => SUN_POINTS,
            Shadow::Soft => pattern.min(SUN_POINTS),
        };
        let (direction, heading) = &self.light.suns[nth];
        let ray = Ray { origin: point.place, direction: *direction };
        if self.tree.contains(point.front) {
            match first_voxel(&self.tree, heading, point.place, point.front) {
                None => 1.0,
                Some(met) if met.is_opaque && !self.finishes.has_glass => 0.0,
                Some(_) => {
                    let inside = cursor.cube(point.front).rgba;
                    self.passed(Traversal::new(cursor, ray, point.front, inside))
                }
            }
        } else if point.is_at_edge(&self.tree, *direction) {
            1.0
        } else {
            Traversal::enter(&self.tree, ray).map_or(1.0, |traversal| self.passed(traversal))
        }
    }

    /// How much of the light gets through what a ray meets.
    fn passed(&self, mut traversal: Traversal<'_, '_>) -> f32 {
        let mut transmittance = 1.0;
        for _ in 0..LAYERS_MAX {
            let Some(hit) = traversal.next_hit() else { return transmittance };
            transmittance *= 1.0 - self.finishes.opacity(hit.at, hit.rgba);
            if transmittance < FAINT {
                return 0.0;
            }
        }
        0.0
    }

    /// Whether light goes through a voxel.
    #[inline]
    pub(crate) fn is_translucent(&self, at: At, rgba: Rgba) -> bool {
        rgba.alpha() < 255 || (self.finishes.has_glass && self.finishes.opacity(at, rgba) < 1.0)
    }
}
