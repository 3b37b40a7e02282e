//! [`SceneParts`]: a scene taken apart, to be put together with the same ids.

use goxel_proto::types::CameraId;

use super::list::{Item, List};
use super::{Camera, Light, Material, Opaque, Scene, Swatch};
use crate::check::check_name;
use crate::{Error, Unfit};

/// All that makes a scene, with the ids that come next.
#[derive(Clone, Debug, PartialEq)]
pub struct SceneParts {
    /// See [`Scene::materials`].
    pub materials: Vec<Material>,
    /// The id that the next material gets.
    pub next_material: u32,
    /// See [`Scene::cameras`].
    pub cameras: Vec<Camera>,
    /// The id that the next camera gets.
    pub next_camera: u32,
    /// See [`Scene::active_camera`].
    pub active_camera: Option<CameraId>,
    /// See [`Scene::light`].
    pub light: Option<Light>,
    /// See [`Scene::palette`].
    pub palette: Vec<Swatch>,
    /// See [`Scene::opaque`].
    pub opaque: Vec<Opaque>,
}

impl Scene {
    /// The scene of these parts.
    ///
    /// # Errors
    /// [`Unfit`].
    pub fn restored(parts: SceneParts) -> Result<Self, Unfit> {
        let mut scene = Self {
            materials: List::restored(parts.materials, parts.next_material)?,
            cameras: List::restored(parts.cameras, parts.next_camera)?,
            ..Self::default()
        };
        scene.set_active_camera(parts.active_camera)?;
        scene.set_light(parts.light)?;
        scene.set_palette(parts.palette)?;
        scene.set_opaque(parts.opaque)?;
        Ok(scene)
    }

    /// What it is made of, to be changed and put together again.
    #[must_use]
    pub fn parts(&self) -> SceneParts {
        SceneParts {
            materials: self.materials().to_vec(),
            next_material: self.next_material(),
            cameras: self.cameras().to_vec(),
            next_camera: self.next_camera(),
            active_camera: self.active_camera,
            light: self.light.clone(),
            palette: self.palette.clone(),
            opaque: self.opaque().to_vec(),
        }
    }

    /// The id that the next material gets.
    #[must_use]
    pub fn next_material(&self) -> u32 {
        self.materials.next()
    }

    /// The id that the next camera gets.
    #[must_use]
    pub fn next_camera(&self) -> u32 {
        self.cameras.next()
    }
}

impl<T: Item> List<T> {
    fn restored(items: Vec<T>, next: u32) -> Result<Self, Unfit> {
        if items.len() > T::MAX {
            return Err(Error::TooMany { kind: T::KIND, max: T::MAX }.into());
        }
        if next == 0 {
            return Err(Unfit::BadId { kind: T::KIND, id: 0 });
        }
        crate::project::check_ids(T::KIND, items.iter().map(Item::id), next)?;
        for item in &items {
            check_name(item.name())?;
            item.check()?;
            if item.name().is_empty() {
                return Err(Unfit::NoName(T::KIND));
            }
        }
        Ok(Self::of(items, next))
    }
}
