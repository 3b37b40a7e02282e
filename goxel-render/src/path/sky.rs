//! [`Sky`]: light from far away, that of the standard picture: a sky that is brighter above, and a sun.
//!
//! The standard picture says how much light reaches each of a voxel's six sides. The sky here is the
//! one that causes just that: its radiance towards a direction `d` is `level + slope d.z`, whose mean
//! over the hemisphere around a normal `n`, weighted by the cosine, is `level + 2/3 slope n.z`. The sun
//! is a disc of even radiance. So a model looks alike in both pictures, but for the light that
//! bounces, and corners and shadows as they are.

use std::f32::consts::PI;

use glam::{DVec3, Vec3};

use super::math::sin_cos;
use crate::light::{Light, side};

/// Suns that are smaller than this are points, in degrees: their shadows are hard, and rays that
/// bounce never meet them.
const POINT_DEGREES: f32 = 0.1;
/// The largest sun, in degrees: half of the sky.
const DEGREES_MAX: f32 = 180.0;
/// The least cosine of a side from whose light the sun's strength is read.
const FACING_MIN: f32 = 1e-3;

/// Light from far away.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sky {
    pub(super) level: Vec3,
    pub(super) slope: Vec3,
    pub(super) sun: Option<Sun>,
}

/// A disc, as seen from everywhere.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Sun {
    /// Towards its middle, and two directions across.
    axes: [Vec3; 3],
    /// Light that it brings to a surface that faces it, by pi: a white one is so bright.
    strength: Vec3,
    /// One less the cosine of its radius; 0 for a point.
    bend: f32,
}

impl Sky {
    /// The light of a standard picture. `degrees` is how large the sun is seen.
    pub(super) fn of(light: &Light, degrees: f32) -> Self {
        let on = |axis: usize, up: bool| light.on(side(axis, up), 1.0);
        let (below, above) = (on(2, false).0, on(2, true).0);
        let sun = light.sun().as_vec3();
        // The side that faces the sun most tells its strength best.
        let key = (0..3).max_by(|&a, &b| sun[a].abs().total_cmp(&sun[b].abs())).unwrap_or(2);
        let (up, facing) = (sun[key] > 0.0, sun[key].abs().max(FACING_MIN));
        let strength = on(key, up).1 / facing;
        Self {
            level: (above + below) * 0.5,
            slope: (above - below) * 0.75,
            sun: (strength != Vec3::ZERO).then(|| Sun::new(light.sun(), strength, degrees)),
        }
    }

    /// The same light from everywhere, and no sun.
    #[cfg(test)]
    pub(super) fn even(level: f32) -> Self {
        Self { level: Vec3::splat(level), slope: Vec3::ZERO, sun: None }
    }

    /// Light that comes from `direction`, without the sun's.
    #[inline]
    pub(super) fn radiance(&self, direction: Vec3) -> Vec3 {
        self.level + self.slope * direction.z
    }

    /// How bright a white plane that faces up is, where nothing is in the way.
    pub(super) fn on_ground(&self) -> Vec3 {
        let sun = self.sun.map_or(Vec3::ZERO, |sun| sun.strength * sun.axes[0].z.max(0.0));
        self.level + self.slope * (2.0 / 3.0) + sun
    }
}

impl Sun {
    fn new(middle: DVec3, strength: Vec3, degrees: f32) -> Self {
        let degrees = degrees.clamp(0.0, DEGREES_MAX);
        // One less a cosine is twice the squared sine of half the angle, which small angles keep.
        let (sin, _) = sin_cos(degrees / 4.0 / 360.0);
        let bend = if degrees < POINT_DEGREES { 0.0 } else { 2.0 * sin * sin };
        let middle = middle.as_vec3().normalize();
        let (x, y) = across(middle);
        Self { axes: [middle, x, y], strength, bend }
    }

    /// A direction into the sun, and the light from there by the density with which it is drawn.
    pub(super) fn draw(&self, (u, v): (f32, f32)) -> (Vec3, Vec3) {
        let [middle, x, y] = self.axes;
        let (sin, cos) = sin_cos(u);
        let below = v * self.bend;
        let out = (below * (2.0 - below)).max(0.0).sqrt();
        let direction = middle * (1.0 - below) + x * (out * cos) + y * (out * sin);
        (direction.normalize(), self.strength * PI)
    }

    /// The density of [`Sun::draw`] in solid angle, the same all over the disc; `None` for a point,
    /// whose light other ways never find.
    pub(super) fn density(&self) -> Option<f32> {
        (self.bend > 0.0).then(|| 1.0 / (2.0 * PI * self.bend))
    }

    /// Light from `direction`.
    pub(super) fn radiance(&self, direction: Vec3) -> Vec3 {
        match self.density() {
            // By the distance to the middle, since cosines near 1 are coarse.
            Some(density) if (direction - self.axes[0]).length_squared() <= 2.0 * self.bend => {
                self.strength * (PI * density)
            }
            _ => Vec3::ZERO,
        }
    }
}

/// Two directions square to one of length 1, and to each other (Duff et al. 2017).
pub(super) fn across(z: Vec3) -> (Vec3, Vec3) {
    let sign = if z.z < 0.0 { -1.0 } else { 1.0 };
    let a = -1.0 / (sign + z.z);
    let b = z.x * z.y * a;
    let x = Vec3::new(1.0 + sign * z.x * z.x * a, sign * b, -sign * z.x);
    (x, Vec3::new(b, sign + z.y * z.y * a, -z.y))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::camera::Axes;
    use crate::path::gloss::cosine_weighted;
    use crate::path::lattice::{Sampler, Turn};
    use goxel_proto::types::Look;

    #[test]
    fn each_side_gets_the_light_of_the_standard_picture() {
        let light = Light::new(&Axes::of(None), &Look::default());
        let sky = Sky::of(&light, 6.0);
        let sun = sky.sun.unwrap();
        const SAMPLES: u32 = 1024;
        for axis in 0..3 {
            for up in [false, true] {
                let normal = Vec3::AXES[axis] * if up { 1.0 } else { -1.0 };
                let (x, y) = across(normal);
                let mut sum = Vec3::ZERO;
                for number in 0..SAMPLES {
                    let mut sampler = Sampler::new(1, 2, number);
                    sampler.at_vertex(0);
                    let (local, _) = cosine_weighted(sampler.two(Turn::Direction));
                    sum += sky.radiance(x * local.x + y * local.y + normal * local.z);
                    let (to, radiance) = sun.draw(sampler.two(Turn::Sun));
                    sum += radiance * to.dot(normal).max(0.0) / PI;
                }
                let (of_sky, of_sun) = light.on(side(axis, up), 1.0);
                let right = of_sky + of_sun;
                let error = (sum / SAMPLES as f32 - right).abs().max_element();
                assert!(error < 0.004, "{axis} {up}: {error}");
            }
        }
        let (of_sky, of_sun) = light.on(side(2, true), 1.0);
        assert!((sky.on_ground() - of_sky - of_sun).length() < 1e-5);
    }

    #[test]
    fn the_sun_is_where_it_is_drawn() {
        for degrees in [0.5, 6.0, 60.0, 180.0] {
            let sun = Sun::new(DVec3::new(0.3, -0.5, 0.8), Vec3::ONE, degrees);
            for number in 0..256 {
                let mut sampler = Sampler::new(1, 2, number);
                sampler.at_vertex(0);
                let (u, v) = sampler.two(Turn::Sun);
                let (to, radiance) = sun.draw((u, v * 0.999));
                let expected = radiance * sun.density().unwrap();
                assert!((sun.radiance(to) - expected).length() < 1e-3 * expected.x, "{degrees}");
            }
            assert_eq!(sun.radiance(-sun.axes[0]), Vec3::ZERO);
        }
        assert_eq!(Sun::new(DVec3::Z, Vec3::ONE, 0.05).density(), None);
    }
}
