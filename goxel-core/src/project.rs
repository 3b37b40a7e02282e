//! [`Project`]: the document. A stack of layers, one of them active, a scene, and their history.
//!
//! Invariants: there is at least one layer; the active id names one; ids are unique. Voxels are
//! changed through [`Project::apply`] only, so that every change can be undone.

mod changed;
pub(crate) mod entry;
mod fork;
pub(crate) mod history;
#[cfg(test)]
mod history_tests;
mod overtaking;
pub(crate) mod replaced;
mod restore;
mod saved;
mod transaction;
mod undo_room;

use goxel_proto::types::{Aabb, LayerId, LayerRef, LayerScope};
use triomphe::Arc;

pub use self::changed::Changed;
use self::entry::Entry;
pub(crate) use self::history::History;
pub use self::history::{Leftovers, Mark};
pub(crate) use self::restore::check_ids;
pub use self::restore::{Parts, Unfit};
use self::transaction::Transaction;
pub(crate) use self::undo_room::UndoRoom;
use crate::check::check_name;
use crate::{BlendMode, Error, Identity, Layer, Result, Scene, Volume, Work};

/// Edge of a project's image box where none was asked for, in voxels.
const DEFAULT_EDGE: i32 = 64;
/// The version of a project that is new: above 0, which stands for none at all.
pub(crate) const FIRST_VERSION: u64 = 1;
/// What the first layer of a project is called, as in Goxel.
const FIRST_LAYER: &str = "background";

/// A document of layers.
#[derive(Debug)]
pub struct Project {
    /// Given by the context that takes it in.
    pub(crate) identity: Identity,
    /// The version with which the context took it in.
    pub(crate) since: u64,
    /// Whether every change of it is kept by whoever has it.
    pub(crate) kept: bool,
    name: String,
    image: Aabb,
    pub(crate) stack: Stack,
    pub(crate) history: History,
    /// The state from before the open transaction, if there is one.
    pub(crate) transaction: Option<Box<Transaction>>,
}

/// The part of a project that undo and redo restore: the layers, which one is active, the scene.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stack {
    pub(crate) layers: Vec<Layer>,
    pub(crate) active: LayerId,
    pub(crate) next_id: u32,
    /// Shared with snapshots and history entries, copied on write.
    pub(crate) scene: Arc<Scene>,
}

impl Project {
    /// A project of one empty layer. Sizes are those of the image box that clients are told of;
    /// voxels may lie outside. A size that is not positive becomes 64.
    #[must_use]
    pub fn new(name: impl Into<String>, size: [i32; 3]) -> Self {
        Self::from_layers(name, size, Vec::new())
    }

    /// A project of these layers, bottom first; the last one is active. Ids that are 0 or taken
    /// are given anew. Without layers there is one empty one. Materials that they name have to
    /// come by [`Project::with_scene`].
    #[must_use]
    pub fn from_layers(name: impl Into<String>, size: [i32; 3], mut layers: Vec<Layer>) -> Self {
        if layers.is_empty() {
            layers.push(Layer::new(LayerId(1), FIRST_LAYER));
        }
        let mut next_id =
            layers.iter().map(|layer| layer.id.0).max().unwrap_or(0).saturating_add(1);
        let mut seen = std::collections::BTreeSet::new();
        for layer in &mut layers {
            if layer.id.0 == 0 || !seen.insert(layer.id) {
                layer.id = LayerId(next_id);
                next_id = next_id.saturating_add(1);
            }
        }
        let active = layers.last().map_or(LayerId(1), |layer| layer.id);
        Self {
            identity: Identity::default(),
            since: 0,
            kept: false,
            name: name.into(),
            image: image_box(size),
            stack: Stack { layers, active, next_id, scene: Arc::default() },
            history: History::default(),
            transaction: None,
        }
    }

    /// The same project with this scene. A layer whose material is not in it has none.
    #[must_use]
    pub fn with_scene(mut self, scene: Scene) -> Self {
        for layer in &mut self.stack.layers {
            layer.material = layer.material.filter(|&id| scene.material(id).is_ok());
        }
        self.stack.scene = Arc::new(scene);
        self
    }

    /// The project as it is now, without its history, for a job to work on. Voxels are shared and
    /// copied on write, so this is cheap.
    #[must_use]
    pub fn snapshot(&self) -> Self {
        Self {
            identity: self.identity,
            since: self.since,
            kept: self.kept,
            name: self.name.clone(),
            image: self.image,
            stack: self.stack.clone(),
            history: History::of_version(self.version()),
            transaction: None,
        }
    }

    /// What tells it from every other project, closed ones too. One that replaces another has that
    /// one's, as its later version.
    #[must_use]
    pub fn identity(&self) -> Identity {
        self.identity
    }

    /// The version with which its context took it in: whoever began something when this was another
    /// meant what has been replaced since.
    #[must_use]
    pub fn since(&self) -> u64 {
        self.since
    }

    /// The version that it took the place of when its context took it in, where whoever keeps every change has
    /// that still: for whoever has just opened it.
    #[must_use]
    pub fn replaced(&self) -> Option<u64> {
        (self.kept && self.since > FIRST_VERSION).then(|| self.since - 1)
    }

    /// What the project is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Gives it another name, which is no step of the history. It is another version all the same.
    ///
    /// # Errors
    /// [`Error::NameTooLong`], and [`Error::InTransaction`]: a rollback would not take it back.
    pub fn rename(&mut self, name: &str) -> Result<()> {
        check_name(name)?;
        if self.in_transaction() {
            return Err(Error::InTransaction);
        }
        name.clone_into(&mut self.name);
        self.history.set_version(self.version() + 1);
        Ok(())
    }

    /// The edges of the image box, in voxels.
    #[must_use]
    pub fn size(&self) -> [i32; 3] {
        self.image.size().map(|edge| i32::try_from(edge).unwrap_or(i32::MAX))
    }

    /// The image box. One that was asked for by its size stands as Goxel puts it: around the
    /// origin on the first two axes, on the ground on the third.
    #[must_use]
    pub fn image_box(&self) -> Aabb {
        self.image
    }

    /// The same project with another image box; an empty one changes nothing.
    #[must_use]
    pub fn with_image_box(mut self, image: Aabb) -> Self {
        if !image.is_empty() {
            self.image = image;
        }
        self
    }

    /// The layers, bottom first. Never empty.
    #[must_use]
    pub fn layers(&self) -> &[Layer] {
        &self.stack.layers
    }

    /// The layer that a call works on where it names none.
    #[must_use]
    pub fn active(&self) -> LayerId {
        self.stack.active
    }

    /// Its materials, cameras, light and palette.
    #[must_use]
    pub fn scene(&self) -> &Scene {
        &self.stack.scene
    }

    /// The layer that `layer` means.
    ///
    /// # Errors
    /// [`Error::UnknownLayer`].
    pub fn layer(&self, layer: LayerRef) -> Result<&Layer> {
        let index = self.stack.index(layer)?;
        Ok(&self.stack.layers[index])
    }

    /// The layers that `scope` means, bottom first.
    ///
    /// # Errors
    /// [`Error::UnknownLayer`].
    pub fn scope(&self, scope: LayerScope) -> Result<&[Layer]> {
        match scope {
            LayerScope::All => Ok(self.layers()),
            LayerScope::One(layer) => self.layer(layer).map(std::slice::from_ref),
        }
    }

    /// The first layer of this name.
    ///
    /// # Errors
    /// [`Error::UnknownLayerName`].
    pub fn layer_named(&self, name: &str) -> Result<&Layer> {
        let found = self.stack.layers.iter().find(|layer| layer.name == name);
        found.ok_or_else(|| Error::UnknownLayerName(name.to_owned()))
    }

    /// Makes a layer the active one.
    ///
    /// # Errors
    /// [`Error::UnknownLayer`].
    pub(crate) fn set_active(&mut self, layer: LayerRef) -> Result<LayerId> {
        let index = self.stack.index(layer)?;
        let id = self.stack.layers[index].id;
        if id != self.stack.active {
            self.history.push(Entry::Active(self.stack.active));
            self.stack.active = id;
        }
        Ok(id)
    }

    /// All visible layers laid over each other.
    #[must_use]
    pub fn visible(&self) -> Volume {
        // Nobody refuses work that is unbounded.
        self.visible_within(&Work::unbounded()).unwrap_or_default()
    }

    /// [`Project::visible`] as far as `work` lets it.
    ///
    /// # Errors
    /// What `work` says.
    pub fn visible_within(&self, work: &Work<'_>) -> Result<Volume> {
        let mut visible = self.stack.layers.iter().filter(|layer| layer.visible);
        // The first layer has nothing below it: where it only adds, it is the start as it is.
        let mut merged = Volume::new();
        if let Some(first) = visible.next() {
            match first.mode {
                BlendMode::Over | BlendMode::Max | BlendMode::Replace => {
                    merged = first.volume.clone();
                }
                mode => merged.merge_within(&first.volume, mode, work)?,
            }
        }
        for layer in visible {
            merged.merge_within(&layer.volume, layer.mode, work)?;
        }
        Ok(merged)
    }

    /// Bytes on the heap that the voxels of all layers take: stored numbers ([`Volume::bytes`]).
    #[must_use]
    pub fn voxel_bytes(&self) -> usize {
        self.stack.layers.iter().map(|layer| layer.volume.bytes()).sum()
    }

    /// Voxels in all layers, hidden ones too.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.stack.layers.iter().map(|layer| layer.volume.count()).sum()
    }
}

/// The box of an image of this size.
fn image_box(size: [i32; 3]) -> Aabb {
    let [x, y, z] = size.map(|edge| i64::from(if edge > 0 { edge } else { DEFAULT_EDGE }));
    let min = [-(x / 2), -(y / 2), 0];
    Aabb { min, max: [min[0] + x, min[1] + y, z] }
}

impl Stack {
    /// Where a layer is in the order.
    pub(crate) fn index(&self, layer: LayerRef) -> Result<usize> {
        let id = match layer {
            LayerRef::Active => self.active,
            LayerRef::Id(id) => id,
        };
        let found = self.layers.iter().position(|layer| layer.id == id);
        found.ok_or(Error::UnknownLayer(id))
    }
}
