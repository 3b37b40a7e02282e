//! [`Material`]: how the surface of a layer, or of a colour, takes light, and what is behind it.

use goxel_proto::types::{MaterialId, Medium};

use super::Range;
use super::list::Item;
use crate::{Result, limits};

/// A material of metal and roughness, as glTF has it, and what light meets behind the surface. Its
/// colour is multiplied with that of the voxels.
#[derive(Clone, Debug, PartialEq)]
pub struct Material {
    /// Unique in its project, never used again there. 0 in one that is to be added.
    pub id: MaterialId,
    /// What people call it. Need not be unique.
    pub name: String,
    /// Base colour and opacity, linear, each 0 to 1.
    pub color: [f32; 4],
    /// 0 for what is no metal, 1 for metal.
    pub metallic: f32,
    /// 0 for a mirror, 1 for chalk.
    pub roughness: f32,
    /// Light that it gives off itself, linear red, green and blue, 0 or more.
    pub emission: [f32; 3],
    /// How much of the light goes through the surface: 0 for what is opaque, 1 for clear glass.
    pub transmission: f32,
    /// Index of refraction, 1 or more: 1.33 for water, 1.5 for glass.
    pub ior: f32,
    /// What becomes of light behind the surface.
    pub medium: Medium,
    /// How dense the medium is, 0 or more: so much happens to light in a voxel.
    pub density: f32,
}

/// The index of refraction where nobody says one, as in glTF.
const DEFAULT_IOR: f32 = 1.5;

impl Default for Material {
    /// Goxel's: white, a little metal, half rough, dark, without a name.
    fn default() -> Self {
        Self {
            id: MaterialId(0),
            name: String::new(),
            color: [1.0; 4],
            metallic: 0.2,
            roughness: 0.5,
            emission: [0.0; 3],
            transmission: 0.0,
            ior: DEFAULT_IOR,
            medium: Medium::Clear,
            density: 0.0,
        }
    }
}

impl Item for Material {
    const KIND: &'static str = "material";
    const PREFIX: &'static str = "Material";
    const MAX: usize = limits::MATERIALS_MAX;

    fn id(&self) -> u32 {
        self.id.0
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn admit(&mut self, id: u32, name: impl FnOnce() -> String) {
        self.id = MaterialId(id);
        if self.name.is_empty() {
            self.name = name();
        }
    }

    fn check(&self) -> Result<()> {
        self.color.iter().try_for_each(|&part| Range::Unit.check("color", part))?;
        Range::Unit.check("metallic", self.metallic)?;
        Range::Unit.check("roughness", self.roughness)?;
        self.emission.iter().try_for_each(|&part| Range::Positive.check("emission", part))?;
        Range::Unit.check("transmission", self.transmission)?;
        Range::FromOne.check("ior", self.ior)?;
        Range::Positive.check("density", self.density)
    }
}
