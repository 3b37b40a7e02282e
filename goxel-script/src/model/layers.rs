//! Layers that are made, copied, merged and removed. Where their voxels have not come, they need not.

use goxel_core::{BlendMode, Command, Effect, Volume, Work};
use goxel_proto::types::{LayerId, LayerRef};

use super::{Lazy, Model, Refusal, Result};

impl Model {
    /// Carries out what changes layers or the scene, but no voxels.
    ///
    /// # Errors
    /// Where it is refused.
    pub fn apply(&mut self, command: Command<'_>) -> Result<Effect> {
        Ok(self.now.apply(command)?)
    }

    /// Adds an empty layer on top and makes it active.
    ///
    /// # Errors
    /// Where there are too many, or its name is too long.
    pub fn add_layer(&mut self, name: &str) -> Result<LayerId> {
        match self.apply(Command::CreateLayer { name, visible: true })? {
            Effect::Layer(id) => Ok(id),
            _ => Ok(self.now.active()),
        }
    }

    /// Puts a copy of a layer above it and makes that active.
    ///
    /// # Errors
    /// Where there are too many layers or voxels.
    pub fn duplicate(&mut self, layer: LayerId) -> Result<LayerId> {
        let copy = self.volume(layer).borrow().copy()?;
        self.apply(Command::DuplicateLayer(LayerRef::Id(layer)))?;
        let id = self.now.active();
        self.volume(id).borrow_mut().assign(&copy)?;
        Ok(id)
    }

    /// Lays a layer over another, by the layer's mode, and removes it.
    ///
    /// # Errors
    /// Where they are one, or their voxels do not come or are too many.
    pub fn merge(&mut self, source: LayerId, target: LayerId) -> Result<()> {
        let mode = self.now.layer(LayerRef::Id(source))?.mode;
        self.now.layer(LayerRef::Id(target))?;
        if source == target {
            return Err(Refusal::Core(goxel_core::Error::SameLayer(source)));
        }
        let (above, below) = (self.volume(source), self.volume(target));
        lay_over(&mut below.borrow_mut(), &mut above.borrow_mut(), mode)?;
        let was_active = self.now.active() == source;
        self.apply(Command::DeleteLayer(LayerRef::Id(source)))?;
        if was_active {
            self.apply(Command::SetActiveLayer(LayerRef::Id(target)))?;
        }
        Ok(())
    }

    /// All visible layers laid over each other.
    ///
    /// # Errors
    /// Where their voxels do not come or are too many.
    pub fn visible(&mut self) -> Result<Lazy> {
        let layers = self.now.layers().iter().filter(|layer| layer.visible);
        let layers: Vec<(LayerId, BlendMode)> =
            layers.map(|layer| (layer.id, layer.mode)).collect();
        let mut merged = self.detached();
        for (index, (id, mode)) in layers.into_iter().enumerate() {
            let layer = self.volume(id);
            let is_plain = matches!(mode, BlendMode::Over | BlendMode::Max | BlendMode::Replace);
            if index == 0 && is_plain {
                merged = layer.borrow().copy()?;
            } else {
                lay_over(&mut merged, &mut layer.borrow_mut(), mode)?;
            }
        }
        Ok(merged)
    }
}

/// Lays one volume over another.
///
/// # Errors
/// Where their voxels do not come or are too many.
pub(super) fn lay_over(below: &mut Lazy, above: &mut Lazy, mode: BlendMode) -> Result<()> {
    above.need_all()?;
    let above: Volume = above.volume().clone();
    below.check_room(above.bytes() as u64)?;
    if mode == BlendMode::Replace {
        return below.replace(above);
    }
    let keeps =
        !matches!(mode, BlendMode::Intersect | BlendMode::IntersectFill | BlendMode::MultAlpha);
    if keeps {
        below.need(above.tiles().map(|(at, _)| at))?;
    } else {
        below.need_all()?;
    }
    below.change(|volume| Ok(volume.merge_within(&above, mode, &Work::unbounded())?))
}
