//! [`Surface`]: the side of a voxel as light meets it, and what becomes of light there ([`Lobe`]).
//!
//! A side is metal or not, by the share that its material says. What is no metal reflects a part by Fresnel's
//! equations on its microfacets; the rest goes through, or into the diffuse surface below:
//!
//! ```text
//! metal           f = colour-dependent F, D, G2                        module `gloss`
//! gloss           f = F(o.h, ior) D G2 / (4 o.z i.z)
//! diffuse         f = (1 - mean of F) colour / pi                      Lambert
//! refraction      (1 - F) filter, along Snell's direction at the microfacet
//! ```
//!
//! One of them is chosen at each vertex, with the probability of its share of the light, so shares are
//! not multiplied with. Whether light is reflected is decided by the microfacet that was drawn: so nothing
//! is lost between gloss and what is below, and the mean of `F` need not be known. Radiance is
//! not scaled with the squared index of refraction in glass: what goes in comes out again.

use std::f32::consts::PI;

use glam::Vec3;
use goxel_proto::types::Rgba;

use super::gloss::{Gloss, conductor, cosine_weighted, dielectric, refracted};
use super::lattice::{Sampler, Turn};
use super::matter::{Glass, Matter};

/// A side of a voxel, seen from one direction.
#[derive(Clone, Copy, Debug)]
pub(super) struct Surface {
    axis: usize,
    upwards: bool,
    /// Towards where the path comes from, in the side's own frame.
    view: Vec3,
    colour: Vec3,
    metallic: f32,
    gloss: Option<Gloss>,
    transmission: f32,
    /// The index of refraction behind the side by that before it.
    eta: f32,
    /// What light is multiplied with that goes through.
    filter: Vec3,
}

/// What becomes of light. Half vectors are in the side's own frame.
#[derive(Clone, Copy, Debug)]
pub(super) enum Lobe {
    Diffuse((f32, f32)),
    Metal(Gloss, Vec3),
    Gloss(Gloss, Vec3),
    Refraction(Gloss, Vec3),
}

/// How much of the light from a direction goes along the path, and how densely the path goes there; for
/// each of two ways to go there.
pub(super) type Shares = [(Vec3, f32); 2];

const NOTHING: (Vec3, f32) = (Vec3::ZERO, 0.0);

impl Surface {
    /// A side that scatters evenly. `direction` is that of the path towards it, here and below.
    pub(super) fn diffuse(axis: usize, upwards: bool, colour: Vec3, direction: Vec3) -> Self {
        Self {
            axis,
            upwards,
            view: to_local(axis, upwards, -direction),
            colour,
            metallic: 0.0,
            gloss: None,
            transmission: 0.0,
            eta: 1.0,
            filter: Vec3::ONE,
        }
    }

    /// The side of a voxel in a medium of this index of refraction.
    pub(super) fn entering(
        axis: usize,
        upwards: bool,
        matter: &Matter,
        rgba: Rgba,
        ior: f32,
        direction: Vec3,
    ) -> Self {
        let plain = Self::diffuse(axis, upwards, matter.colour(rgba), direction);
        Self {
            metallic: matter.metallic,
            gloss: matter.gloss,
            transmission: matter.transmission,
            eta: matter.ior / ior,
            filter: matter.filter(rgba),
            ..plain
        }
    }

    /// The side of what a path is inside of, towards empty space.
    pub(super) fn leaving(axis: usize, upwards: bool, glass: &Glass, direction: Vec3) -> Self {
        let plain = Self::diffuse(axis, upwards, Vec3::ONE, direction);
        let eta = glass.ior.recip();
        Self { gloss: Some(glass.gloss), transmission: 1.0, eta, ..plain }
    }

    pub(super) fn normal(&self) -> Vec3 {
        to_world(self.axis, self.upwards, Vec3::Z)
    }

    /// The colour without light, as far as what is seen is that.
    pub(super) fn seen_colour(&self) -> Vec3 {
        self.colour + (Vec3::ONE - self.colour) * self.transmission
    }

    /// Draws what becomes of light.
    pub(super) fn choose(&self, sampler: &mut Sampler) -> Lobe {
        let numbers = sampler.two(Turn::Direction);
        let Some(gloss) = self.gloss else { return Lobe::Diffuse(numbers) };
        let which = sampler.one(Turn::Lobe);
        if which < self.metallic {
            return Lobe::Metal(gloss, gloss.half(self.view, numbers));
        }
        // Where light may go below, its direction there must not depend on the microfacet.
        let goes_through = self.transmission >= 1.0;
        let facet = if goes_through { numbers } else { (sampler.random(), sampler.random()) };
        let half = gloss.half(self.view, facet);
        let reflected = dielectric(self.view.dot(half), self.eta);
        if (which - self.metallic) / (1.0 - self.metallic) < reflected {
            Lobe::Gloss(gloss, half)
        } else if goes_through || sampler.random() < self.transmission {
            Lobe::Refraction(gloss, half)
        } else {
            Lobe::Diffuse(numbers)
        }
    }

    /// Whether light from other directions than the drawn one would count too.
    pub(super) fn spreads(&self, lobe: &Lobe) -> bool {
        match lobe {
            Lobe::Diffuse(_) => true,
            Lobe::Metal(gloss, _) | Lobe::Gloss(gloss, _) | Lobe::Refraction(gloss, _) => {
                !gloss.is_mirror()
            }
        }
    }

    /// How much of the light from a direction goes along the path, for a light that is looked for.
    pub(super) fn evaluate(&self, direction: Vec3, lobe: &Lobe) -> Shares {
        let light = to_local(self.axis, self.upwards, direction);
        if light.z <= 0.0 {
            return [NOTHING; 2];
        }
        match lobe {
            Lobe::Metal(gloss, _) => {
                let half = (self.view + light).normalize();
                let (value, density) = gloss.evaluate(self.view, light, half);
                let metal = conductor(*gloss, self.colour, self.view, self.view.dot(half));
                [(metal * value, density), NOTHING]
            }
            Lobe::Diffuse(_) => [(self.colour * (light.z / PI), light.z / PI), self.glossy(light)],
            Lobe::Gloss(..) | Lobe::Refraction(..) => [NOTHING, self.glossy(light)],
        }
    }

    /// The part of what is no metal but reflects.
    fn glossy(&self, light: Vec3) -> (Vec3, f32) {
        let Some(gloss) = self.gloss.filter(|gloss| !gloss.is_mirror()) else { return NOTHING };
        let density = self.glossy_density(gloss, light, (self.view + light).normalize());
        (Vec3::splat(density), density)
    }

    /// How densely the gloss sends paths into a direction. All of them bring their light: what other
    /// microfacets are in the way of is taken to get out the same way.
    fn glossy_density(&self, gloss: Gloss, light: Vec3, half: Vec3) -> f32 {
        let reflected = dielectric(self.view.dot(half), self.eta);
        gloss.evaluate(self.view, light, half).1 * reflected
    }

    /// Where a path goes on, what it carries then, and how densely it went there; none for a
    /// direction that is the only one.
    pub(super) fn follow(&self, lobe: &Lobe) -> Option<(Vec3, Vec3, Option<f32>)> {
        let (local, weight, density) = match *lobe {
            Lobe::Diffuse(numbers) => {
                let (local, density) = cosine_weighted(numbers);
                (local, self.colour, Some(density))
            }
            Lobe::Metal(gloss, half) => {
                let light = reflected(self.view, half);
                if light.z <= 0.0 {
                    // The gloss gives back what is lost here.
                    return None;
                }
                let metal = conductor(gloss, self.colour, self.view, self.view.dot(half));
                let density = gloss.evaluate(self.view, light, half).1;
                let density = (!gloss.is_mirror()).then_some(density);
                (light, metal * gloss.escape(self.view, light), density)
            }
            Lobe::Gloss(gloss, half) => {
                let mut light = reflected(self.view, half);
                // A second microfacet throws what would go into the surface out again, somewhere:
                // lights are not looked for there.
                let once = light.z > 0.0 && !gloss.is_mirror();
                let density = once.then(|| self.glossy_density(gloss, light, half));
                light.z = light.z.abs();
                (light, Vec3::ONE, density)
            }
            Lobe::Refraction(_, half) => {
                let mut light = refracted(self.view, half, self.eta);
                // Steep microfacets would throw it back: it goes through all the same.
                light.z = -light.z.abs();
                (light, self.filter, None)
            }
        };
        Some((to_world(self.axis, self.upwards, local), weight, density))
    }
}

/// The direction that a microfacet reflects to, which may be into the surface.
fn reflected(view: Vec3, half: Vec3) -> Vec3 {
    (half * (2.0 * view.dot(half)) - view).normalize()
}

/// A direction in the frame of a side: its normal is z. The frame of half of the sides is left-handed, which
/// nothing here can tell.
fn to_local(axis: usize, upwards: bool, direction: Vec3) -> Vec3 {
    let sign = if upwards { 1.0 } else { -1.0 };
    Vec3::new(direction[(axis + 1) % 3], direction[(axis + 2) % 3], direction[axis] * sign)
}

fn to_world(axis: usize, upwards: bool, local: Vec3) -> Vec3 {
    let sign = if upwards { 1.0 } else { -1.0 };
    let mut direction = Vec3::ZERO;
    direction[axis] = local.z * sign;
    direction[(axis + 1) % 3] = local.x;
    direction[(axis + 2) % 3] = local.y;
    direction
}
