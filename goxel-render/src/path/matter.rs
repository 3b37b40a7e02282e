//! [`Matter`]: what a voxel does with light, worked out once for each material of a picture.
//!
//! | of the material | here |
//! |---|---|
//! | none | an even diffuse surface of the voxel's colour |
//! | `color` | multiplied with the voxel's; the alphas too, which say how often light meets the voxel at all |
//! | `metallic` | the share of the surface that is metal, which reflects its colour |
//! | `roughness` | of the microfacets of metal, of the gloss on all else, and of what refracts |
//! | `transmission` | the share of what does not reflect that goes through, refracted by `ior` |
//! | `emission` | radiance of the surface, evenly to all sides, whatever the voxel's colour |
//! | `medium`, `density` | what happens inside of what transmits: see [`Inside`] |

use glam::Vec3;
use goxel_core::Material;
use goxel_proto::types::{Medium, Rgba};

use super::gloss::Gloss;
use crate::srgb;
use crate::surface::Surfaces;

/// The brightest surface: what is brighter whitens all that it reaches alike, and sums stay finite.
const EMISSION_MAX: f32 = 1e6;
/// The densest medium: nothing gets through a hundredth of a voxel of it.
const DENSITY_MAX: f32 = 1e3;
/// The strongest refraction: diamonds have 2.4, nothing clear has more than 5.
const IOR_MAX: f32 = 16.0;

/// What voxels of one material do with light.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Matter {
    tint: Vec3,
    opacity: f32,
    pub(super) metallic: f32,
    /// `None` on plain voxels.
    pub(super) gloss: Option<Gloss>,
    pub(super) transmission: f32,
    pub(super) ior: f32,
    pub(super) emission: Vec3,
    medium: Medium,
    density: f32,
    /// Light that the medium gives off in a voxel; none where it has the voxel's colour.
    glow: Option<Vec3>,
}

/// What happens to light on its way inside of a voxel, for each voxel's length.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Inside {
    /// What is taken up: Beer and Lambert's coefficient.
    pub(super) absorption: Vec3,
    /// How often it is sent elsewhere, evenly to all sides.
    pub(super) scattering: f32,
    /// What is left of it then.
    pub(super) albedo: Vec3,
    /// What is given off.
    pub(super) glow: Vec3,
}

/// What light goes through, refracted at its sides.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Glass {
    pub(super) inside: Inside,
    pub(super) ior: f32,
    pub(super) gloss: Gloss,
}

impl Matter {
    /// That of voxels without material.
    const PLAIN: Self = Self {
        tint: Vec3::ONE,
        opacity: 1.0,
        metallic: 0.0,
        gloss: None,
        transmission: 0.0,
        ior: 1.0,
        emission: Vec3::ZERO,
        medium: Medium::Clear,
        density: 0.0,
        glow: None,
    };

    fn new(material: &Material) -> Self {
        let [r, g, b, opacity] = material.color;
        let emission = Vec3::from(material.emission).min(Vec3::splat(EMISSION_MAX));
        let inner = material.medium == Medium::Emit && material.transmission > 0.0;
        Self {
            tint: Vec3::new(r, g, b),
            opacity,
            metallic: material.metallic,
            gloss: Some(Gloss::new(material.roughness)),
            transmission: material.transmission,
            ior: material.ior.min(IOR_MAX),
            // A flame gives off its light on the way through it, not on its surface.
            emission: if inner { Vec3::ZERO } else { emission },
            medium: material.medium,
            density: material.density.min(DENSITY_MAX),
            glow: (inner && emission != Vec3::ZERO).then_some(emission),
        }
    }

    /// Those of all materials of a picture, by their numbers.
    pub(super) fn all(surfaces: &Surfaces) -> Vec<Self> {
        std::iter::once(Self::PLAIN).chain(surfaces.materials().iter().map(Self::new)).collect()
    }

    /// The colour of a voxel, linear.
    #[inline]
    pub(super) fn colour(&self, rgba: Rgba) -> Vec3 {
        srgb::linear(rgba) * self.tint
    }

    /// How often light meets the surface of a voxel, 0 to 1: else it goes on as if nothing were there.
    #[inline]
    pub(super) fn opacity(&self, rgba: Rgba) -> f32 {
        f32::from(rgba.alpha()) / 255.0 * self.opacity
    }

    /// Whether no light gets past the surface of a voxel.
    pub(super) fn is_opaque(&self, rgba: Rgba) -> bool {
        self.opacity(rgba) >= 1.0 && self.transmission == 0.0
    }

    /// Whether the surface gives off light.
    #[inline]
    pub(super) fn is_lamp(&self) -> bool {
        self.emission != Vec3::ZERO
    }

    /// What light is multiplied with that goes into a voxel of this colour: nothing where the medium does
    /// it on the way.
    pub(super) fn filter(&self, rgba: Rgba) -> Vec3 {
        match self.medium {
            Medium::Clear => self.colour(rgba),
            _ => Vec3::ONE,
        }
    }

    /// What light is in behind the surface of a voxel, where any gets there.
    pub(super) fn glass(&self, rgba: Rgba) -> Option<Glass> {
        let gloss = self.gloss.filter(|_| self.transmission > 0.0)?;
        Some(Glass { inside: self.inside(rgba), ior: self.ior, gloss })
    }

    /// What happens to light inside.
    pub(super) fn inside(&self, rgba: Rgba) -> Inside {
        let colour = self.colour(rgba);
        match self.medium {
            Medium::Clear => Inside::default(),
            Medium::Absorb => {
                Inside { absorption: (Vec3::ONE - colour) * self.density, ..Inside::default() }
            }
            Medium::Scatter | Medium::Subsurface => {
                Inside { scattering: self.density, albedo: colour, ..Inside::default() }
            }
            Medium::Emit => {
                Inside { glow: self.glow.unwrap_or(colour) * self.density, ..Inside::default() }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alphas_are_multiplied() {
        let half = Matter::new(&Material { color: [1.0, 1.0, 1.0, 0.5], ..Material::default() });
        let check = |matter: &Matter, alpha, opacity: f32, opaque| {
            let rgba = Rgba::new(9, 9, 9, alpha);
            assert!((matter.opacity(rgba) - opacity).abs() < 1e-6);
            assert_eq!(matter.is_opaque(rgba), opaque);
        };
        check(&half, 255, 0.5, false);
        check(&half, 51, 0.1, false);
        check(&Matter::PLAIN, 255, 1.0, true);
        check(&Matter::PLAIN, 51, 0.2, false);
        let glass = Matter::new(&Material { transmission: 0.1, ..Material::default() });
        check(&glass, 255, 1.0, false);
    }

    #[test]
    fn a_medium_colours_light_on_its_way_or_the_surface_does() {
        let material = |medium, density| Material {
            medium,
            density,
            transmission: 1.0,
            ..Material::default()
        };
        let red = Rgba::opaque(255, 0, 0);
        for medium in [Medium::Absorb, Medium::Scatter, Medium::Emit, Medium::Subsurface] {
            let matter = Matter::new(&material(medium, 2.0));
            assert_eq!(matter.filter(red), Vec3::ONE);
            assert_ne!(matter.inside(red), Inside::default());
        }
        let clear = Matter::new(&material(Medium::Clear, 2.0));
        assert_eq!((clear.filter(red), clear.inside(red)), (Vec3::X, Inside::default()));
        let absorbing = Matter::new(&material(Medium::Absorb, 2.0)).inside(red);
        assert_eq!(absorbing.absorption, Vec3::new(0.0, 2.0, 2.0));
    }

    #[test]
    fn a_flame_is_lit_inside() {
        let flame = Material {
            emission: [3.0, 2.0, 1.0],
            medium: Medium::Emit,
            density: 0.5,
            transmission: 1.0,
            ..Material::default()
        };
        let matter = Matter::new(&flame);
        assert!(!matter.is_lamp());
        assert_eq!(matter.inside(Rgba::WHITE).glow, Vec3::new(1.5, 1.0, 0.5));
        assert!(Matter::new(&Material { transmission: 0.0, ..flame }).is_lamp());
    }
}
