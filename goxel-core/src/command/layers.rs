//! Commands that change the stack of layers. The history keeps the stack that was, and of its
//! volumes those that were changed.

use goxel_proto::types::{LayerId, LayerRef};

use super::Effect;
use crate::history::{Entry, Replaced};
use crate::project::Stack;
use crate::{Error, Layer, Project, Result, limits};

pub(super) fn check_name(name: &str) -> Result<()> {
    if name.len() > limits::NAME_BYTES_MAX {
        return Err(Error::NameTooLong(name.len()));
    }
    Ok(())
}

impl Project {
    /// Changes the stack, which was found to allow it.
    fn change_stack(&mut self, change: impl FnOnce(&mut Stack) -> LayerId) -> Result<Effect> {
        let before = self.stack.clone();
        let changed = change(&mut self.stack);
        let replaced = Replaced::new(before, &self.stack);
        self.history.push(Entry::Stack(Box::new(replaced)));
        Ok(Effect::Layer(changed))
    }

    pub(super) fn change_layer(
        &mut self,
        layer: LayerRef,
        change: impl FnOnce(&mut Layer),
    ) -> Result<Effect> {
        let index = self.stack.index(layer)?;
        self.change_stack(|stack| {
            change(&mut stack.layers[index]);
            stack.layers[index].id
        })
    }

    pub(super) fn add_layers(&mut self, layers: Vec<Layer>) -> Result<Effect> {
        if self.stack.layers.len() + layers.len() > limits::LAYERS_MAX {
            return Err(Error::TooManyLayers);
        }
        layers.iter().try_for_each(|layer| check_name(&layer.name))?;
        self.change_stack(|stack| {
            layers.into_iter().for_each(|layer| stack.insert(stack.layers.len(), layer));
            stack.active
        })
    }

    pub(super) fn delete_layer(&mut self, layer: LayerRef) -> Result<Effect> {
        let index = self.stack.index(layer)?;
        self.change_stack(|stack| {
            stack.remove(index);
            stack.active
        })
    }

    pub(super) fn merge_layers(&mut self, source: LayerRef, target: LayerRef) -> Result<Effect> {
        let (source, target) = (self.stack.index(source)?, self.stack.index(target)?);
        if source == target {
            return Err(Error::SameLayer(self.stack.layers[source].id));
        }
        self.change_stack(|stack| {
            let above = stack.layers[source].clone();
            let target = &mut stack.layers[target];
            target.volume.merge(&above.volume, above.mode);
            let merged = target.id;
            if stack.active == above.id {
                stack.active = merged;
            }
            stack.remove(source);
            merged
        })
    }

    pub(super) fn duplicate_layer(&mut self, layer: LayerRef) -> Result<Effect> {
        let index = self.stack.index(layer)?;
        if self.stack.layers.len() >= limits::LAYERS_MAX {
            return Err(Error::TooManyLayers);
        }
        self.change_stack(|stack| {
            stack.insert(index + 1, stack.layers[index].clone());
            stack.active
        })
    }

    pub(super) fn move_layer(&mut self, layer: LayerRef, to: usize) -> Result<Effect> {
        let from = self.stack.index(layer)?;
        let count = self.stack.layers.len();
        if to >= count {
            return Err(Error::LayerIndex { index: to, count });
        }
        self.change_stack(|stack| {
            let layer = stack.layers.remove(from);
            let id = layer.id;
            stack.layers.insert(to, layer);
            id
        })
    }
}

impl Stack {
    /// Puts a layer at `index` under an id of its own and makes it active.
    fn insert(&mut self, index: usize, mut layer: Layer) {
        layer.id = LayerId(self.next_id);
        self.next_id += 1;
        self.active = layer.id;
        self.layers.insert(index, layer);
    }

    /// Takes a layer out. There is always one left, and one that is active: the one below.
    fn remove(&mut self, index: usize) {
        let removed = self.layers.remove(index);
        if self.layers.is_empty() {
            self.insert(0, Layer::new(removed.id, removed.name));
        } else if self.active == removed.id {
            self.active = self.layers[index.saturating_sub(1)].id;
        }
    }
}
