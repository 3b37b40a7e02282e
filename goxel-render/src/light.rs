//! [`Light`]: a directional light, the sun over the viewer's left shoulder, and an ambient one, the sky;
//! how much of both reaches each of the six sides of a voxel.
//!
//! The sun turns with the camera, so that every view has lit sides and shadows. Its strength is
//! chosen so that the side it lights most, among those seen, shows its colour unchanged.
//!
//! Brightness is linear: a colour's value is the square of what a byte of it says. That is close
//! to what screens do, and unlike the exact curve it is rounded alike everywhere.

use glam::{DVec3, Vec3};

use crate::camera::Axes;

/// Where the sun stands: parts of the way to the viewer, up, and to the left.
const SUN_BACK: f64 = 1.0;
const SUN_UP: f64 = 0.75;
const SUN_LEFT: f64 = 0.5;
/// Ambient light that reaches a side that faces down, sideways or up.
const SKY: [f32; 3] = [0.30, 0.38, 0.46];
/// The sky is a little blue, the sun makes up for it.
const SKY_TINT: Vec3 = Vec3::new(0.94, 0.98, 1.08);
/// How strongly ambient occlusion dims the sun, too; the sky it dims fully.
const OCCLUSION_OF_SUN: f32 = 0.4;

/// The light on a picture.
#[derive(Clone, Debug)]
pub(crate) struct Light {
    /// Towards the sun.
    pub(crate) sun: DVec3,
    sides: [Side; 6],
}

/// What reaches one of the six sides.
#[derive(Clone, Copy, Debug, Default)]
struct Side {
    sky: Vec3,
    sun: Vec3,
}

impl Light {
    pub(crate) fn new(axes: &Axes) -> Self {
        let sun = axes.back * SUN_BACK + axes.up * SUN_UP - axes.right * SUN_LEFT;
        let sun = sun.normalize();
        let strength = strength(axes, sun);
        let sides = std::array::from_fn(|index| {
            let facing = normal(index).dot(sun).max(0.0) as f32;
            Side { sky: sky(index), sun: strength * facing }
        });
        Self { sun, sides }
    }

    /// Whether the sun can reach the side at all.
    pub(crate) fn reaches(&self, side: usize) -> bool {
        self.sides[side].sun != Vec3::ZERO
    }

    /// The light on a side. `ambient` is its ambient occlusion factor, 1 where nothing is near;
    /// `sunlit` is how much of the sun gets there, 0 in its shadow.
    pub(crate) fn on(&self, side: usize, ambient: f32, sunlit: f32) -> Vec3 {
        let Side { sky, sun } = self.sides[side];
        sky * ambient + sun * (sunlit * (1.0 - OCCLUSION_OF_SUN * (1.0 - ambient)))
    }
}

/// The number of a side: the axis it is square to, and whether it faces up that axis.
pub(crate) fn side(axis: usize, upwards: bool) -> usize {
    2 * axis + usize::from(upwards)
}

fn normal(side: usize) -> DVec3 {
    DVec3::AXES[side / 2] * if side % 2 == 1 { 1.0 } else { -1.0 }
}

fn sky(side: usize) -> Vec3 {
    SKY_TINT * SKY[(normal(side).z + 1.0) as usize]
}

/// The strength of the sun: its light on a side that faces it.
fn strength(axes: &Axes, sun: DVec3) -> Vec3 {
    let seen = (0..6).filter(|&side| normal(side).dot(axes.back) > 0.0);
    let key = seen.max_by(|&a, &b| normal(a).dot(sun).total_cmp(&normal(b).dot(sun)));
    key.map_or(Vec3::ZERO, |key| (Vec3::ONE - sky(key)) / normal(key).dot(sun) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use goxel_proto::types::{CameraPreset, Word};

    #[test]
    fn the_brightest_side_in_sight_keeps_its_colour() {
        for preset in CameraPreset::all().map(Some).chain([None]) {
            let axes = Axes::of(preset);
            let light = Light::new(&axes);
            let seen = (0..6).filter(|&side| normal(side).dot(axes.back) > 0.0);
            let most = seen.map(|side| light.on(side, 1.0, 1.0).max_element()).fold(0.0, f32::max);
            assert!((most - 1.0).abs() < 1e-5, "{preset:?}: {most}");
        }
    }
}
