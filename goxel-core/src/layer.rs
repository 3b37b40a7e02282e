//! [`Layer`]: a named volume in a project's stack.

use goxel_proto::types::{Aabb, LayerId, MaterialId};

use crate::{BlendMode, Transform, Volume};

/// One layer. A clone shares the voxels, which are copied on write, so it is cheap.
#[derive(Clone, Debug, PartialEq)]
pub struct Layer {
    /// Unique in its project, never used again there.
    pub id: LayerId,
    /// What people call it. Need not be unique.
    pub name: String,
    /// Whether pictures and merged exports show it.
    pub visible: bool,
    /// How it is laid over the layers below.
    pub mode: BlendMode,
    /// Its voxels.
    pub volume: Volume,
    /// What its surface is like: a material of the project.
    pub material: Option<MaterialId>,
    /// Its base transform, as data: the voxels are where they are whatever this says. Goxel places
    /// a layer's picture by it.
    pub transform: Transform,
    /// The box that the layer is meant to keep to, where it has one. Nothing holds edits to it; it
    /// goes along where the layer is moved, turned, flipped or scaled as a whole.
    pub bounds: Option<Aabb>,
    /// The path of a flat picture that Goxel shows in the layer, as it stands in the file. Nobody
    /// opens it here.
    pub picture: Option<String>,
}

impl Layer {
    /// A visible, empty layer.
    #[must_use]
    pub fn new(id: LayerId, name: impl Into<String>) -> Self {
        Self {
            id,
            name: name.into(),
            visible: true,
            mode: BlendMode::Over,
            volume: Volume::new(),
            material: None,
            transform: Transform::IDENTITY,
            bounds: None,
            picture: None,
        }
    }

    /// Bytes that it takes in memory.
    pub(crate) fn bytes(&self) -> usize {
        let picture = self.picture.as_ref().map_or(0, String::len);
        size_of::<Self>() + self.name.len() + picture + self.volume.bytes()
    }
}
