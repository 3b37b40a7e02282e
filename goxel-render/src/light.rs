//! [`Light`]: a directional light, the sun over the viewer's left shoulder, and an ambient one, the sky;
//! how much of both reaches each of the six sides of a voxel.
//!
//! Where nobody says where the sun is, it turns with the camera, so that every view has lit sides and
//! shadows. Its strength is chosen so that the side it lights most, among those seen, shows its colour
//! unchanged.

use glam::{DVec3, Vec3};
use goxel_proto::types::{Look, Quality, Shadow};

use crate::camera::Axes;
use crate::march::Heading;
use crate::turn::{direction, sin_cos};

/// Where the sun stands: parts of the way to the viewer, up, and to the left.
const SUN_BACK: f64 = 1.0;
const SUN_UP: f64 = 0.75;
const SUN_LEFT: f64 = 0.5;
/// How high the sun stands where only its azimuth is given, in degrees.
const ELEVATION: f32 = 45.0;
/// Ambient light that reaches a side that faces down, sideways or up.
const SKY: [f32; 3] = [0.30, 0.40, 0.50];
/// The sky is a little blue, the sun makes up for it.
const SKY_TINT: Vec3 = Vec3::new(0.94, 0.98, 1.08);
/// How strongly ambient occlusion dims the sun, too; the sky it dims fully.
const OCCLUSION_OF_SUN: f32 = 0.3;

/// Points of the sun's disc that shadow rays go to, spread evenly: each pixel of 4 x 4 has another.
pub(crate) const SUN_POINTS: usize = 16;
/// Where they are in a disc of radius 1. Pixels of even rows and columns look at four points of its rim: what
/// hides a part of the sun hides one of these.
const DISC: [(f64, f64); SUN_POINTS] = [
    (0.834, 0.337),
    (0.591, 0.104),
    (-0.337, 0.834),
    (0.352, 0.828),
    (-0.591, -0.104),
    (-0.352, -0.828),
    (-0.043, 0.246),
    (0.205, 0.564),
    (0.337, -0.834),
    (-0.828, 0.352),
    (-0.834, -0.337),
    (-0.205, -0.564),
    (0.043, -0.246),
    (0.828, -0.352),
    (-0.386, 0.460),
    (0.386, -0.460),
];

/// The light on a picture.
#[derive(Clone, Debug)]
pub(crate) struct Light {
    /// Towards points of the sun's disc, then towards its middle.
    pub(crate) suns: [(DVec3, Heading); SUN_POINTS + 1],
    pub(crate) shadow: Shadow,
    sides: [Side; 6],
    /// How much of ambient occlusion there is.
    pub(crate) occlusion: f32,
}

/// What reaches one of the six sides.
#[derive(Clone, Copy, Debug, Default)]
struct Side {
    sky: Vec3,
    sun: Vec3,
}

impl Light {
    pub(crate) fn new(axes: &Axes, look: &Look) -> Self {
        let sun = match (look.sun_azimuth, look.sun_elevation) {
            (None, None) => axes.back * SUN_BACK + axes.up * SUN_UP - axes.right * SUN_LEFT,
            (Some(azimuth), elevation) => direction(azimuth, elevation.unwrap_or(ELEVATION)),
            (None, Some(elevation)) => {
                let level = axes.back * SUN_BACK - axes.right * SUN_LEFT;
                let level = DVec3::new(level.x, level.y, 0.0).normalize_or(-DVec3::Y);
                let (up, along) = sin_cos(f64::from(elevation));
                level * along + DVec3::Z * up
            }
        };
        let sun = sun.normalize();
        let strength = strength(axes, sun) * look.sun.max(0.0);
        let sides = std::array::from_fn(|index| {
            let facing = normal(index).dot(sun).max(0.0) as f32;
            Side { sky: sky(index) * look.sky.max(0.0), sun: strength * facing }
        });
        let is_draft = look.quality == Quality::Draft;
        let usual = if is_draft { Shadow::Hard } else { Shadow::Soft };
        Self {
            suns: suns(sun, f64::from(look.sun_size)),
            shadow: look.shadow.unwrap_or(usual),
            sides,
            occlusion: if is_draft { 0.0 } else { look.occlusion.clamp(0.0, 1.0) },
        }
    }

    /// Towards the middle of the sun.
    pub(crate) fn sun(&self) -> DVec3 {
        self.suns[SUN_POINTS].0
    }

    /// The light that comes from a direction of the sky.
    pub(crate) fn sky(&self, direction: DVec3) -> Vec3 {
        let (below, above) = (self.sides[side(2, false)].sky, self.sides[side(2, true)].sky);
        below + (above - below) * (0.5 + 0.5 * direction.z as f32)
    }

    /// The light of the sky and that of the sun on a side. `ambient` is its ambient occlusion factor,
    /// 1 where nothing is near.
    #[inline]
    pub(crate) fn on(&self, side: usize, ambient: f32) -> (Vec3, Vec3) {
        let Side { sky, sun } = self.sides[side];
        (sky * ambient, sun * (1.0 - OCCLUSION_OF_SUN * (1.0 - ambient)))
    }
}

/// Two to the power of `stops`, from exact products: the same on every machine.
pub(crate) fn power_of_two(stops: f32) -> f32 {
    let whole = stops.floor();
    let part = f64::from(stops - whole) * std::f64::consts::LN_2;
    // The series of e^x; its twelfth term is below the last bit of a float.
    let series = (1..12).rev().fold(1.0, |sum, nth| 1.0 + sum * part / f64::from(nth));
    (series * 2f64.powi(whole as i32)) as f32
}

/// Directions towards points of a sun that is seen as a disc of so many degrees.
fn suns(sun: DVec3, degrees: f64) -> [(DVec3, Heading); SUN_POINTS + 1] {
    let (u, v) = sun.any_orthonormal_pair();
    // Half the angle; small angles are their own tangents, and large suns need not be exact.
    let radius = degrees.clamp(0.0, 90.0).to_radians() / 2.0;
    std::array::from_fn(|nth| {
        let (x, y) = DISC.get(nth).copied().unwrap_or_default();
        let direction = (sun + (u * x + v * y) * radius).normalize();
        (direction, Heading::new(direction))
    })
}

/// The number of a side: the axis it is square to, and whether it faces up that axis.
pub(crate) fn side(axis: usize, upwards: bool) -> usize {
    2 * axis + usize::from(upwards)
}

pub(crate) fn normal(side: usize) -> DVec3 {
    DVec3::AXES[side / 2] * if side % 2 == 1 { 1.0 } else { -1.0 }
}

fn sky(side: usize) -> Vec3 {
    SKY_TINT * SKY[(normal(side).z + 1.0) as usize]
}

/// The strength of the sun: its light on a side that faces it.
fn strength(axes: &Axes, sun: DVec3) -> Vec3 {
    let seen = (0..6).filter(|&side| normal(side).dot(axes.back) > 1e-9);
    let key = seen.max_by(|&a, &b| normal(a).dot(sun).total_cmp(&normal(b).dot(sun)));
    let facing = key.map_or(0.0, |key| normal(key).dot(sun));
    // A sun behind the model lights no side that is seen: it is as strong as one that comes slanted.
    let facing = facing.max(FACING_MIN) as f32;
    key.map_or(Vec3::ZERO, |key| (Vec3::ONE - sky(key)) / facing)
}

/// The sun is not made stronger than so that a side that it meets at 20 degrees shows its colour.
const FACING_MIN: f64 = 0.34;

#[cfg(test)]
mod tests {
    use super::*;
    use goxel_proto::types::{CameraPreset, Word};

    #[test]
    fn the_brightest_side_in_sight_keeps_its_colour() {
        for preset in CameraPreset::all().map(Some).chain([None]) {
            let axes = Axes::of(preset);
            let light = Light::new(&axes, &Look::default());
            let seen = (0..6).filter(|&side| normal(side).dot(axes.back) > 1e-9);
            let all = |side| {
                let (sky, sun) = light.on(side, 1.0);
                (sky + sun).max_element()
            };
            let most = seen.map(all).fold(0.0, f32::max);
            assert!((most - 1.0).abs() < 1e-5, "{preset:?}: {most}");
        }
    }

    #[test]
    fn exposure_counts_in_stops() {
        for (stops, expected) in [(0.0, 1.0), (1.0, 2.0), (-2.0, 0.25), (0.5, 2f32.sqrt())] {
            assert!((power_of_two(stops) - expected).abs() < 1e-6, "{stops}");
        }
    }
}
