//! [`Gloss`]: reflection by microfacets, after Trowbridge and Reitz (GGX), and Fresnel's equations.
//!
//! All directions here are of length 1 in the surface's own frame, where z is its normal, and point
//! away from it. With the half vector `h` between the directions of view `o` and of light `i`:
//!
//! ```text
//! f(o, i)   = F(o.h) D(h) G2(o, i) / (4 o.z i.z)                   Cook and Torrance
//! D(h)      = a^2 / (pi (h.z^2 (a^2 - 1) + 1)^2)                    normals of microfacets
//! G1(w)     = 1 / (1 + L(w)),  G2 = 1 / (1 + L(o) + L(i))           masking, height-correlated (Smith)
//! L(w)      = (sqrt(1 + a^2 (1 - w.z^2) / w.z^2) - 1) / 2
//! ```
//!
//! Half vectors are drawn from those that are seen from `o` (Heitz 2018), over a spherical cap (Dupuy
//! and Benyoub 2023). Light that hits a second microfacet would be lost; what it is is known
//! from the directional albedo `E`, and given back in proportion (Turquin 2019), so that a white
//! metal in white surroundings is white however rough it is.

use std::f32::consts::PI;
use std::sync::LazyLock;

use glam::Vec3;

use super::math::sin_cos;

/// Below this width of the microfacets' slopes a surface is a mirror: what is left of the blur is
/// finer than a pixel of any picture.
const MIRROR: f32 = 1e-3;
/// The least cosine that is divided by: rays closer along the surface than this meet nothing anyway.
const COSINE_MIN: f32 = 1e-4;

/// A glossy surface.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Gloss {
    /// The width of the distribution of slopes: roughness squared, as glTF and Goxel have it.
    a: f32,
}

impl Gloss {
    pub(super) fn new(roughness: f32) -> Self {
        Self { a: roughness * roughness }
    }

    /// Whether light comes from one direction only, so that looking for it in others is vain.
    pub(super) fn is_mirror(self) -> bool {
        self.a < MIRROR
    }

    /// A half vector as it is seen from `view`, by two numbers from 0 to 1.
    pub(super) fn half(self, view: Vec3, (u, v): (f32, f32)) -> Vec3 {
        if self.is_mirror() {
            return Vec3::Z;
        }
        let stretched = Vec3::new(view.x * self.a, view.y * self.a, view.z).normalize();
        let (sin, cos) = sin_cos(u);
        let z = (1.0 - v) * (1.0 + stretched.z) - stretched.z;
        let across = (1.0 - z * z).max(0.0).sqrt();
        let cap = Vec3::new(across * cos, across * sin, z) + stretched;
        Vec3::new(cap.x * self.a, cap.y * self.a, cap.z.max(COSINE_MIN * self.a)).normalize()
    }

    /// How much of the light that a half vector reflects gets out, for one that [`Gloss::half`] drew:
    /// `G2 / G1(view)`, and what is given back.
    pub(super) fn escape(self, view: Vec3, light: Vec3) -> f32 {
        if self.is_mirror() {
            return 1.0;
        }
        self.shown(view, light) * self.given_back(view)
    }

    fn shown(self, view: Vec3, light: Vec3) -> f32 {
        let (view, light) = (self.lambda(view), self.lambda(light));
        (1.0 + view) / (1.0 + view + light)
    }

    /// `f i.z` without Fresnel's factor, and the density with which [`Gloss::half`] leads to `light`,
    /// in solid angle.
    pub(super) fn evaluate(self, view: Vec3, light: Vec3, half: Vec3) -> (f32, f32) {
        let t = half.z * half.z * (self.a * self.a - 1.0) + 1.0;
        let normals = self.a * self.a / (PI * t * t);
        let seen = normals / ((1.0 + self.lambda(view)) * 4.0 * view.z.max(COSINE_MIN));
        (seen * self.shown(view, light) * self.given_back(view), seen)
    }

    fn lambda(self, w: Vec3) -> f32 {
        let cosine2 = (w.z * w.z).max(COSINE_MIN * COSINE_MIN);
        let slope2 = self.a * self.a * (1.0 - cosine2).max(0.0) / cosine2;
        ((1.0 + slope2).sqrt() - 1.0) / 2.0
    }

    /// The factor that makes up for single scattering, where Fresnel's factor is 1. Coloured metals
    /// lose a part of each further bounce: see [`conductor`].
    fn given_back(self, view: Vec3) -> f32 {
        ALBEDOS.at(self.a, view.z).recip()
    }

    /// The directional albedo of single scattering without Fresnel's factor.
    fn albedo(self, view: Vec3) -> f32 {
        if self.is_mirror() { 1.0 } else { ALBEDOS.at(self.a, view.z) }
    }
}

/// Fresnel's factor of a metal of colour `facing` (Schlick 1994), less what [`Gloss::escape`] and
/// [`Gloss::evaluate`] give back too much: a coloured metal takes its part again at each further bounce.
pub(super) fn conductor(gloss: Gloss, facing: Vec3, view: Vec3, cosine: f32) -> Vec3 {
    let away = (1.0 - cosine).clamp(0.0, 1.0);
    let away2 = away * away;
    let schlick = facing + (Vec3::ONE - facing) * (away2 * away2 * away);
    // Turquin's 1 + F0 (1 - E) / E, in place of the 1 / E that is in the gloss.
    let albedo = gloss.albedo(view);
    schlick * (albedo + facing * (1.0 - albedo))
}

/// Fresnel's factor between media that are not metals, not polarised. `cosine` is that of the
/// direction of view, `eta` the index of refraction behind the surface by that before it.
pub(super) fn dielectric(cosine: f32, eta: f32) -> f32 {
    if eta == 1.0 {
        return 0.0;
    }
    let sine2 = (1.0 - cosine * cosine).max(0.0) / (eta * eta);
    if sine2 >= 1.0 {
        return 1.0;
    }
    let behind = (1.0 - sine2).sqrt();
    let across = (cosine - eta * behind) / (cosine + eta * behind);
    let along = (eta * cosine - behind) / (eta * cosine + behind);
    (across * across + along * along) / 2.0
}

/// The direction behind a surface whose normal is `half`, where there is no total reflection.
pub(super) fn refracted(view: Vec3, half: Vec3, eta: f32) -> Vec3 {
    let cosine = view.dot(half);
    let sine2 = (1.0 - cosine * cosine).max(0.0) / (eta * eta);
    let behind = (1.0 - sine2).max(0.0).sqrt();
    (half * (cosine / eta - behind) - view / eta).normalize()
}

/// A direction by the cosine to the normal, and its density in solid angle.
pub(super) fn cosine_weighted((u, v): (f32, f32)) -> (Vec3, f32) {
    let (sin, cos) = sin_cos(u);
    let (radius, z) = (v.sqrt(), (1.0 - v).max(0.0).sqrt());
    (Vec3::new(radius * cos, radius * sin, z), z / PI)
}

/// Steps of the table of albedos, along the width of slopes and the cosine of the view.
const STEPS: usize = 24;
/// Half vectors along each of two numbers, of which an albedo is the mean: many along the second, whose
/// end leads to the few that throw light back into the surface.
const DRAWS: [usize; 2] = [6, 128];

/// The directional albedo of single scattering by the width of slopes and the cosine of view; both steps
/// are closer where it changes more.
struct Albedos([[f32; STEPS]; STEPS]);

/// Some milliseconds of work, done when the first glossy surface that is no mirror is seen.
static ALBEDOS: LazyLock<Albedos> = LazyLock::new(|| {
    let step = |index: usize| index as f32 / (STEPS - 1) as f32;
    Albedos(std::array::from_fn(|a| {
        std::array::from_fn(|cosine| {
            let cosine = (step(cosine) * step(cosine)).max(COSINE_MIN);
            measured(Gloss { a: step(a) * step(a) }, cosine)
        })
    }))
});

impl Albedos {
    /// Interpolated between the four nearest.
    fn at(&self, a: f32, cosine: f32) -> f32 {
        let place = |value: f32| {
            let step = value.clamp(0.0, 1.0).sqrt() * (STEPS - 1) as f32;
            let low = (step as usize).min(STEPS - 2);
            (low, step - low as f32)
        };
        let ((row, down), (column, across)) = (place(a), place(cosine));
        let between =
            |values: &[f32; STEPS]| values[column] + (values[column + 1] - values[column]) * across;
        let (above, below) = (between(&self.0[row]), between(&self.0[row + 1]));
        above + (below - above) * down
    }
}

/// The mean part of light that gets out, over evenly spread half vectors.
fn measured(gloss: Gloss, cosine: f32) -> f32 {
    let view = Vec3::new((1.0 - cosine * cosine).max(0.0).sqrt(), 0.0, cosine);
    if gloss.is_mirror() {
        return 1.0;
    }
    let step = |index: usize, draws: usize| (index as f32 + 0.5) / draws as f32;
    let mut sum = 0.0;
    for u in 0..DRAWS[0] {
        for v in 0..DRAWS[1] {
            // Half of a turn: the other half mirrors it.
            let numbers = (step(u, DRAWS[0]) / 2.0, step(v, DRAWS[1]));
            let half = gloss.half(view, numbers);
            let light = half * (2.0 * view.dot(half)) - view;
            if light.z > 0.0 {
                sum += gloss.shown(view, light);
            }
        }
    }
    sum / (DRAWS[0] * DRAWS[1]) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::lattice::{Sampler, Turn};

    const SAMPLES: u32 = 4096;

    fn view(cosine: f32) -> Vec3 {
        Vec3::new(
            (1.0 - cosine * cosine).sqrt() * 0.6,
            (1.0 - cosine * cosine).sqrt() * 0.8,
            cosine,
        )
    }

    /// The mean of `f` of two numbers.
    fn mean(mut f: impl FnMut((f32, f32)) -> f64) -> f64 {
        let each = (0..SAMPLES).map(|number| {
            let mut sampler = Sampler::new(3, 4, number);
            sampler.at_vertex(0);
            f(sampler.two(Turn::Direction))
        });
        each.sum::<f64>() / f64::from(SAMPLES)
    }

    #[test]
    fn a_white_metal_in_a_white_furnace_is_white() {
        for roughness in [0.0, 0.1, 0.2, 0.37, 0.5, 0.8, 0.93, 1.0] {
            for cosine in [0.05, 0.2, 0.5, 0.77, 0.95, 1.0] {
                let (gloss, view) = (Gloss::new(roughness), view(cosine));
                let light = mean(|numbers| {
                    let half = gloss.half(view, numbers);
                    let light = half * (2.0 * view.dot(half)) - view;
                    let metal = conductor(gloss, Vec3::ONE, view, view.dot(half));
                    if light.z > 0.0 { f64::from(gloss.escape(view, light) * metal.x) } else { 0.0 }
                });
                assert!((light - 1.0).abs() < 0.01, "{roughness} {cosine}: {light}");
            }
        }
    }

    #[test]
    fn what_is_drawn_has_the_density_that_is_said() {
        // The integral over all directions of the reflected light, by even directions, is that of
        // the drawn ones; and so is the share of those that go up.
        for roughness in [0.4, 0.7, 1.0] {
            for cosine in [0.2, 0.6, 1.0] {
                let (gloss, view) = (Gloss::new(roughness), view(cosine));
                let (mut light, mut density) = (0.0, 0.0);
                let even = |(u, v): (f32, f32)| {
                    let (sin, cos) = sin_cos(u);
                    let across = (1.0 - v * v).sqrt();
                    Vec3::new(across * cos, across * sin, v)
                };
                mean(|numbers| {
                    let to = even(numbers);
                    let (value, pdf) = gloss.evaluate(view, to, (view + to).normalize());
                    light += f64::from(value * 2.0 * PI) / f64::from(SAMPLES);
                    density += f64::from(pdf * 2.0 * PI) / f64::from(SAMPLES);
                    0.0
                });
                let upwards = mean(|numbers| {
                    let half = gloss.half(view, numbers);
                    let to = half * (2.0 * view.dot(half)) - view;
                    if to.z > 0.0 { 1.0 } else { 0.0 }
                });
                let case = format!("{roughness} {cosine}: {light} {density} {upwards}");
                assert!((light - 1.0).abs() < 0.02 && (density - upwards).abs() < 0.02, "{case}");
            }
        }
    }

    #[test]
    fn fresnel_knows_its_ends() {
        let check = |cosine, eta, expected: f32| {
            let factor = dielectric(cosine, eta);
            assert!((factor - expected).abs() < 1e-4, "{cosine} {eta}: {factor}");
        };
        check(1.0, 1.5, 0.04);
        check(1.0, 1.0 / 1.5, 0.04);
        check(0.0, 1.5, 1.0);
        check(0.5, 1.0, 0.0);
        check(0.0, 1.0, 0.0);
        // Total reflection, and Brewster's angle: half of 1 - cos^2(2 b) is left.
        check(0.6, 1.0 / 1.5, 1.0);
        check((1.0f32 / 3.25).sqrt(), 1.5, 0.0740);
    }

    #[test]
    fn refraction_follows_snell() {
        for (cosine, eta) in [(0.3, 1.5), (0.9, 1.33), (1.0, 2.0), (0.9, 1.0 / 1.5), (0.4, 1.0)] {
            let (view, to) = (view(cosine), refracted(view(cosine), Vec3::Z, eta));
            let sine = |w: Vec3| (1.0 - w.z * w.z).max(0.0).sqrt();
            assert!((sine(view) - eta * sine(to)).abs() < 1e-3 && to.z < 0.0, "{cosine} {eta}");
            assert!(view.x * to.x <= 1e-6 && (to.length() - 1.0).abs() < 1e-5);
        }
    }

    #[test]
    fn cosine_weighting_has_the_mean_of_its_density() {
        let z = mean(|numbers| f64::from(cosine_weighted(numbers).0.z));
        assert!((z - 2.0 / 3.0).abs() < 1e-3, "{z}");
    }
}
