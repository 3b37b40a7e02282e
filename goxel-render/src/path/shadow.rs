//! [`World::reaches`]: how much of a light gets to a spot, along a straight line.
//!
//! Glass is looked straight through here, without refraction: each of its sides lets through what
//! Fresnel's factor leaves, the voxel's colour and its medium take their part. So there are
//! shadows of coloured glass and light inside of lanterns at once, in place of caustics, which would
//! take thousands of samples; paths that find a lamp through glass by chance do not count it again.

use glam::{DVec3, Vec3};

use super::gloss::dielectric;
use super::math::exp;
use super::matter::Inside;
use super::world::{Spot, World};
use crate::tree::At;

/// Changes of colour on the way to a light, beyond which it is taken to be hidden.
const CHANGES_MAX: usize = 64;
/// Less of a light than this is nothing.
const FAINT: f32 = 1.0 / 4096.0;

/// Where a light is.
#[derive(Clone, Copy, Debug)]
pub(super) enum Target {
    /// Beyond everything.
    Sky,
    /// On this voxel, at this place.
    Voxel(At, DVec3),
}

impl<'a> World<'a> {
    /// How much of a light that lies in `direction` reaches a spot: 0 where it is hidden.
    pub(super) fn reaches(&self, spot: &Spot<'_, 'a>, direction: Vec3, target: Target) -> Vec3 {
        let mut march = self.from(spot, direction);
        let mut left = Vec3::ONE;
        let mut glass = spot.inside.as_ref().and_then(|inside| {
            let matter = self.matter(inside.at, inside.rgba);
            (matter.transmission > 0.0).then(|| matter.inside(inside.rgba))
        });
        let mut since = 0.0;
        for _ in 0..CHANGES_MAX {
            let crossing = march.next();
            let distance = crossing.map_or(since, |crossing| crossing.hit.distance);
            if let Some(inside) = &glass {
                left *= inside.left((distance - since) as f32);
            }
            since = distance;
            let Some(crossing) = crossing else {
                return match target {
                    Target::Sky if self.to_ground(&march.ray).is_none() => left,
                    Target::Sky => Vec3::ZERO,
                    // Rounding led past its edge: nothing was in the way.
                    Target::Voxel(..) => left,
                };
            };
            if let Target::Voxel(voxel, point) = target
                && (crossing.hit.at == voxel
                    || is_past(&march.ray.direction, crossing.point, point))
            {
                return left;
            }
            let rgba = crossing.hit.rgba;
            if rgba.is_empty() {
                glass = None;
                continue;
            }
            let matter = self.matter(crossing.hit.at, rgba);
            let opacity = matter.opacity(rgba);
            let mut through = Vec3::splat(1.0 - opacity);
            if matter.transmission > 0.0 {
                let cosine = direction[crossing.hit.axis].abs();
                let once = 1.0 - dielectric(cosine, matter.ior);
                let share = opacity * matter.transmission * (1.0 - matter.metallic) * once * once;
                through += matter.filter(rgba) * share;
                glass = Some(matter.inside(rgba));
            } else {
                glass = None;
            }
            left *= through;
            if left.max_element() < FAINT {
                return Vec3::ZERO;
            }
        }
        Vec3::ZERO
    }
}

/// Whether a place on a ray lies no nearer than another.
fn is_past(direction: &DVec3, place: DVec3, other: DVec3) -> bool {
    (place - other).dot(*direction) >= 0.0
}

impl Inside {
    /// What is left of light after this way, by Beer and Lambert: what is scattered is gone from it.
    pub(super) fn left(&self, distance: f32) -> Vec3 {
        let gone = self.absorption + Vec3::splat(self.scattering);
        if gone == Vec3::ZERO { Vec3::ONE } else { (gone * -distance).map(exp) }
    }
}
