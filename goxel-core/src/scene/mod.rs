//! [`Scene`]: what a project has beside its layers. Materials, cameras, a light, a palette.
//!
//! All of it is data that files keep and other programs use: no voxel changes with it. Invariants:
//! every number is finite and in its range, names are not empty, ids are unique and never used
//! again, the active camera is one of the list.

mod camera;
mod light;
mod list;
mod material;
mod opaque;
mod palette;
mod restore;
mod transform;

pub use camera::Camera;
pub use light::Light;
pub use material::Material;
pub use opaque::{Opaque, Owner};
pub use palette::Swatch;
pub use restore::SceneParts;
pub use transform::Transform;

use std::collections::HashMap;

use goxel_proto::types::{CameraId, MaterialId, Rgba};
use triomphe::Arc;

use crate::{Error, Result};
use list::List;

/// The materials, cameras, light and palette of a project.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    materials: List<Material>,
    cameras: List<Camera>,
    active_camera: Option<CameraId>,
    light: Option<Light>,
    palette: Vec<Swatch>,
    /// Shared, for it may be large, and the history holds many scenes.
    opaque: Arc<Vec<Opaque>>,
}

impl Scene {
    /// The materials, in the order in which files number them.
    #[must_use]
    pub fn materials(&self) -> &[Material] {
        self.materials.items()
    }

    /// The cameras.
    #[must_use]
    pub fn cameras(&self) -> &[Camera] {
        self.cameras.items()
    }

    /// The camera that programs with a window look through, if one is chosen.
    #[must_use]
    pub fn active_camera(&self) -> Option<CameraId> {
        self.active_camera
    }

    /// The light; `None` leaves it to whoever makes a picture.
    #[must_use]
    pub fn light(&self) -> Option<&Light> {
        self.light.as_ref()
    }

    /// The colours that people pick from.
    #[must_use]
    pub fn palette(&self) -> &[Swatch] {
        &self.palette
    }

    /// What files said that the project has no place for.
    #[must_use]
    pub fn opaque(&self) -> &[Opaque] {
        &self.opaque
    }

    /// The materials that colours have, whichever layer they are in. Where two swatches are of the
    /// same colour, the first counts.
    #[must_use]
    pub fn materials_of_colours(&self) -> HashMap<Rgba, MaterialId> {
        let mut found = HashMap::new();
        for swatch in self.palette.iter().rev() {
            match swatch.material {
                Some(material) => found.insert(swatch.rgba, material),
                None => found.remove(&swatch.rgba),
            };
        }
        found
    }

    /// Adds a material whose id is 0, or puts it in the place of the one that has its id. An empty
    /// name becomes `Material.N`, as in Goxel.
    ///
    /// # Errors
    /// Where a number or the name is not allowed, the id names none, or there are too many.
    pub fn set_material(&mut self, material: Material) -> Result<MaterialId> {
        self.materials.set(material).map(MaterialId)
    }

    /// Removes a material; colours that have it have none then. Layers that have it are for the
    /// caller to change.
    ///
    /// # Errors
    /// [`Error::Unknown`].
    pub fn remove_material(&mut self, id: MaterialId) -> Result<()> {
        self.materials.remove(id.0)?;
        for swatch in &mut self.palette {
            swatch.material = swatch.material.filter(|&of| of != id);
        }
        Ok(())
    }

    /// Adds a camera whose id is 0, or puts it in the place of the one that has its id. An empty
    /// name becomes `Camera.N`.
    ///
    /// # Errors
    /// Where a number or the name is not allowed, the id names none, or there are too many.
    pub fn set_camera(&mut self, camera: Camera) -> Result<CameraId> {
        self.cameras.set(camera).map(CameraId)
    }

    /// Removes a camera; where it was the active one, none is.
    ///
    /// # Errors
    /// [`Error::Unknown`].
    pub fn remove_camera(&mut self, id: CameraId) -> Result<()> {
        self.cameras.remove(id.0)?;
        self.active_camera = self.active_camera.filter(|&active| active != id);
        Ok(())
    }

    /// Chooses the active camera.
    ///
    /// # Errors
    /// [`Error::Unknown`].
    pub fn set_active_camera(&mut self, id: Option<CameraId>) -> Result<()> {
        if let Some(id) = id {
            self.cameras.get(id.0)?;
        }
        self.active_camera = id;
        Ok(())
    }

    /// Sets the light.
    ///
    /// # Errors
    /// [`Error::BadNumber`].
    pub fn set_light(&mut self, light: Option<Light>) -> Result<()> {
        light.as_ref().map_or(Ok(()), Light::check)?;
        self.light = light;
        Ok(())
    }

    /// Sets all colours of the palette.
    ///
    /// # Errors
    /// Where there are too many, or one of them is empty, has too long a name, or a material that
    /// is not there.
    pub fn set_palette(&mut self, palette: Vec<Swatch>) -> Result<()> {
        palette::check(&palette)?;
        for id in palette.iter().filter_map(|swatch| swatch.material) {
            self.materials.get(id.0)?;
        }
        self.palette = palette;
        Ok(())
    }

    /// Keeps this of a file, in place of all that was kept before.
    ///
    /// # Errors
    /// [`Error::TooMuchOpaque`].
    pub fn set_opaque(&mut self, opaque: Vec<Opaque>) -> Result<()> {
        opaque::check(&opaque)?;
        self.opaque = Arc::new(opaque);
        Ok(())
    }

    /// The material of this id.
    ///
    /// # Errors
    /// [`Error::Unknown`].
    pub fn material(&self, id: MaterialId) -> Result<&Material> {
        self.materials.get(id.0)
    }

    /// The first material of this name.
    ///
    /// # Errors
    /// [`Error::UnknownName`].
    pub fn material_named(&self, name: &str) -> Result<&Material> {
        self.materials.named(name)
    }

    /// The camera of this id.
    ///
    /// # Errors
    /// [`Error::Unknown`].
    pub fn camera(&self, id: CameraId) -> Result<&Camera> {
        self.cameras.get(id.0)
    }

    /// The first camera of this name.
    ///
    /// # Errors
    /// [`Error::UnknownName`].
    pub fn camera_named(&self, name: &str) -> Result<&Camera> {
        self.cameras.named(name)
    }

    /// Bytes that it takes in memory, beside what is opaque: no command changes that, so all scenes
    /// of a history share it.
    pub(crate) fn bytes(&self) -> usize {
        let names = self.palette.iter().map(|swatch| swatch.name.len()).sum::<usize>();
        size_of::<Self>()
            + self.materials.bytes()
            + self.cameras.bytes()
            + size_of_val(&self.palette[..])
            + names
    }
}

/// What a number may be. None of these is not a number, or infinite.
#[derive(Clone, Copy)]
enum Range {
    Unit,
    Positive,
    FromOne,
    Any,
}

impl Range {
    fn check(self, what: &'static str, number: f32) -> Result<()> {
        let (needs, fits) = match self {
            Self::Unit => ("from 0 to 1", (0.0..=1.0).contains(&number)),
            Self::Positive => ("of 0 or more", number >= 0.0),
            Self::FromOne => ("of 1 or more", number >= 1.0),
            Self::Any => ("that is finite", true),
        };
        if fits && number.is_finite() { Ok(()) } else { Err(Error::BadNumber { what, needs }) }
    }
}

#[cfg(test)]
mod tests;
