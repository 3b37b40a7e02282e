//! [`Finishes`]: what the materials of voxels look like in pictures that are not path-traced.
//!
//! | of the material | here |
//! |---|---|
//! | `color` | multiplied with the voxel's; the alphas too |
//! | `metallic`, `roughness` | the smoother metal is, the more it mirrors the sky and what is near, in its colour; all else mirrors a little, most where it is seen at a slant |
//! | `emission` | added, in shadow too |
//! | `transmission` | as so much less alpha |
//!
//! Voxels without a material are matt.

use glam::{DVec3, Vec3};
use goxel_core::Material;
use goxel_proto::types::{Pos, Rgba};

use crate::srgb::linear;
use crate::surface::{SurfaceIndex, Surfaces};
use crate::tree::At;

/// What is left to see of a surface that lets all light through: else clear glass could not be seen.
const CLEAREST: f32 = 0.25;
/// How much of its light a surface that is no metal mirrors, where one looks straight at it.
const MIRRORED: f32 = 0.04;
/// How much of its colour metal shows by scattering where it is as rough as can be.
const ROUGHEST: f32 = 0.85;
/// The brightest emission: what is brighter is white all the same, and sums stay finite.
const EMISSION_MAX: f32 = 64.0;

/// How a material looks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Finish {
    tint: Vec3,
    opacity: f32,
    metallic: f32,
    roughness: f32,
    pub(crate) emission: Vec3,
}

/// How light leaves a surface towards the camera.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gloss {
    /// What scattered light is multiplied with.
    pub(crate) scattered: Vec3,
    /// What mirrored light is multiplied with.
    pub(crate) mirrored: Vec3,
    /// How often the sun's highlight is squared: the smoother the surface, the smaller it is.
    pub(crate) squares: u32,
}

impl Finish {
    fn new(material: &Material) -> Self {
        let [r, g, b, opacity] = material.color;
        Self {
            tint: Vec3::new(r, g, b),
            opacity: opacity * (1.0 - material.transmission * (1.0 - CLEAREST)),
            metallic: material.metallic,
            roughness: material.roughness,
            emission: Vec3::from(material.emission).min(Vec3::splat(EMISSION_MAX)),
        }
    }

    /// The light of a voxel's colour.
    pub(crate) fn own(&self, rgba: Rgba) -> Vec3 {
        linear(rgba) * self.tint
    }

    /// `facing` is the cosine of the angle at which the surface is seen.
    pub(crate) fn gloss(&self, own: Vec3, facing: f32) -> Gloss {
        let slant = (1.0 - facing).clamp(0.0, 1.0);
        // Schlick's approximation of Fresnel's equations.
        let slanted = slant * slant * slant * slant * slant;
        let smooth = 1.0 - self.roughness * ROUGHEST;
        let plain = (MIRRORED + (1.0 - MIRRORED) * slanted) * smooth * smooth;
        let metal = (own + (Vec3::ONE - own) * slanted) * smooth;
        Gloss {
            scattered: own * (1.0 - self.metallic * smooth - (1.0 - self.metallic) * plain),
            mirrored: metal * self.metallic + Vec3::splat(plain * (1.0 - self.metallic)),
            squares: 2 + (smooth * 6.0) as u32,
        }
    }
}

/// The finishes of a picture's materials.
#[derive(Debug)]
pub(crate) struct Finishes<'a> {
    surfaces: &'a Surfaces,
    /// By the numbers of materials.
    all: Vec<Finish>,
    /// Added to positions of the tree this gives those of the model.
    base: At,
    is_plain: bool,
    /// Whether light goes through voxels that look opaque by their colour.
    pub(crate) has_glass: bool,
}

impl<'a> Finishes<'a> {
    pub(crate) fn new(surfaces: &'a Surfaces, base: At) -> Self {
        let all: Vec<_> = surfaces.materials().iter().map(Finish::new).collect();
        let is_plain = surfaces.is_plain();
        let has_glass = !is_plain && all.iter().any(|finish| finish.opacity < 1.0);
        Self { surfaces, all, base, is_plain, has_glass }
    }

    /// That of a voxel of this colour; none where it has no material.
    #[inline]
    pub(crate) fn of(&self, at: At, rgba: Rgba) -> Option<&Finish> {
        if self.is_plain { None } else { self.find(at, rgba) }
    }

    fn find(&self, at: At, rgba: Rgba) -> Option<&Finish> {
        let pos = [0, 1, 2].map(|axis| (at[axis] + self.base[axis]) as i32);
        let index: SurfaceIndex = self.surfaces.index(Pos::from(pos), rgba);
        self.all.get(index.checked_sub(1)?)
    }

    /// How much of what is behind a voxel it hides.
    #[inline]
    pub(crate) fn opacity(&self, at: At, rgba: Rgba) -> f32 {
        let alpha = f32::from(rgba.alpha()) / 255.0;
        self.of(at, rgba).map_or(alpha, |finish| alpha * finish.opacity)
    }
}

/// The direction in which a ray is mirrored at a side.
pub(crate) fn mirrored(direction: DVec3, axis: usize) -> DVec3 {
    let mut away = direction;
    away[axis] = -away[axis];
    away
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gloss(metallic: f32, roughness: f32, facing: f32) -> Gloss {
        let material = Material { metallic, roughness, ..Material::default() };
        Finish::new(&material).gloss(Vec3::new(0.8, 0.5, 0.1), facing)
    }

    #[test]
    fn nothing_sends_back_more_light_than_it_gets() {
        for metallic in [0.0, 0.3, 1.0] {
            for roughness in [0.0, 0.4, 1.0] {
                for facing in [0.0, 0.3, 1.0] {
                    let gloss = gloss(metallic, roughness, facing);
                    let all = gloss.scattered + gloss.mirrored;
                    assert!(all.max_element() <= 1.0 + 1e-5, "{metallic} {roughness} {facing}");
                    assert!(gloss.scattered.min_element() >= -1e-6);
                }
            }
        }
    }

    #[test]
    fn metal_mirrors_in_its_colour_and_all_else_in_white() {
        let metal = gloss(1.0, 0.0, 1.0);
        assert!(metal.scattered.length() < 1e-6 && metal.mirrored.x > 7.0 * metal.mirrored.z);
        let lacquer = gloss(0.0, 0.0, 1.0).mirrored;
        assert!(lacquer.x == lacquer.z && lacquer.x < 0.1);
        assert!(gloss(0.0, 0.0, 0.05).mirrored.x > 0.6);
    }
}
