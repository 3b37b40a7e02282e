//! Commands that change the stack of layers. The history keeps the stack from before, and
//! of its volumes those that changed.

use goxel_proto::types::{Aabb, LayerId, LayerRef, MaterialId};
use triomphe::Arc;

use super::Effect;
use crate::check::check_name;
use crate::project::Stack;
use crate::project::entry::{Entry, ReplacedStack};
use crate::{
    BlendMode, Error, Layer, Material, Project, Result, Scene, Swatch, Transform, Work, limits,
};

/// What a layer is to be beside its voxels. What is `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct LayerSettings<'a> {
    /// What it is called.
    pub name: Option<&'a str>,
    /// Whether it shows.
    pub visible: Option<bool>,
    /// How it is laid over the layers below.
    pub mode: Option<BlendMode>,
    /// Its material, or none.
    pub material: Option<Option<MaterialId>>,
    /// Its base transform.
    pub transform: Option<Transform>,
    /// The box that it is meant to keep to, or none.
    pub bounds: Option<Option<Aabb>>,
}

impl LayerSettings<'_> {
    fn check(&self, scene: &Scene) -> Result<()> {
        self.name.map_or(Ok(()), check_name)?;
        if let Some(Some(material)) = self.material {
            scene.material(material)?;
        }
        self.bounds.flatten().map_or(Ok(()), |bounds| check_bounds(&bounds))
    }

    fn apply(&self, layer: &mut Layer) {
        if let Some(name) = self.name {
            name.clone_into(&mut layer.name);
        }
        layer.visible = self.visible.unwrap_or(layer.visible);
        layer.mode = self.mode.unwrap_or(layer.mode);
        layer.material = self.material.unwrap_or(layer.material);
        layer.transform = self.transform.unwrap_or(layer.transform);
        layer.bounds = self.bounds.unwrap_or(layer.bounds);
    }
}

fn check_bounds(bounds: &Aabb) -> Result<()> {
    if bounds.is_empty() || bounds.intersection(&Aabb::EVERYTHING) != *bounds {
        return Err(Error::BadBounds);
    }
    Ok(())
}

impl Project {
    /// Changes the stack of layers, after everything was checked.
    pub(super) fn change_stack(
        &mut self,
        change: impl FnOnce(&mut Stack) -> LayerId,
    ) -> Result<Effect> {
        let before = self.stack.clone();
        let changed = change(&mut self.stack);
        let replaced = ReplacedStack::new(before, &self.stack);
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

    pub(super) fn set_layer(
        &mut self,
        layer: LayerRef,
        settings: &LayerSettings<'_>,
    ) -> Result<Effect> {
        settings.check(self.scene())?;
        self.change_layer(layer, |layer| settings.apply(layer))
    }

    pub(super) fn add_layers(&mut self, mut layers: Vec<Layer>, theirs: &Scene) -> Result<Effect> {
        if self.stack.layers.len() + layers.len() > limits::LAYERS_MAX {
            return Err(Error::TooManyLayers);
        }
        for layer in &layers {
            check_name(&layer.name)?;
            layer.picture.as_deref().map_or(Ok(()), check_name)?;
            layer.bounds.as_ref().map_or(Ok(()), check_bounds)?;
        }
        let mut scene = self.stack.scene.clone();
        take_over(&mut scene, &mut layers, theirs)?;
        self.change_stack(|stack| {
            stack.scene = scene;
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

    pub(super) fn merge_layers(
        &mut self,
        source: LayerRef,
        target: LayerRef,
        work: &Work<'_>,
    ) -> Result<Effect> {
        let (source, target) = (self.stack.index(source)?, self.stack.index(target)?);
        if source == target {
            return Err(Error::SameLayer(self.stack.layers[source].id));
        }
        let above = self.stack.layers[source].clone();
        let mut merged = self.stack.layers[target].volume.clone();
        merged.merge_within(&above.volume, above.mode, work)?;
        self.change_stack(|stack| {
            let target = &mut stack.layers[target];
            target.volume = merged;
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

/// Gives layers and colours from elsewhere the materials of this scene that equal their own. Missing ones
/// are added to it, and swatches for colours that have no material here.
fn take_over(scene: &mut Arc<Scene>, layers: &mut [Layer], theirs: &Scene) -> Result<()> {
    for layer in layers {
        let Some(id) = layer.material.take() else { continue };
        layer.material = own_material(scene, theirs, id)?;
    }
    let known = scene.materials_of_colours();
    let new = |swatch: &&Swatch| swatch.material.is_some() && !known.contains_key(&swatch.rgba);
    let new: Vec<&Swatch> = theirs.palette().iter().filter(new).collect();
    if new.is_empty() {
        return Ok(());
    }
    let mut palette = scene.palette().to_vec();
    for swatch in new {
        let material = swatch.material.map(|id| own_material(scene, theirs, id)).transpose()?;
        let material = material.flatten();
        match palette.iter_mut().find(|ours| ours.rgba == swatch.rgba) {
            // The first swatch of a colour says what it is of.
            Some(ours) => ours.material = ours.material.or(material),
            None => palette.push(Swatch { material, ..swatch.clone() }),
        }
    }
    Arc::make_mut(scene).set_palette(palette)
}

/// The material of this scene that equals another scene's, which is added where there is none.
fn own_material(
    scene: &mut Arc<Scene>,
    theirs: &Scene,
    id: MaterialId,
) -> Result<Option<MaterialId>> {
    let Ok(theirs) = theirs.material(id) else { return Ok(None) };
    let alike = |ours: &&Material| Material { id: ours.id, ..theirs.clone() } == **ours;
    if let Some(ours) = scene.materials().iter().find(alike) {
        return Ok(Some(ours.id));
    }
    let fresh = Material { id: MaterialId(0), ..theirs.clone() };
    Arc::make_mut(scene).set_material(fresh).map(Some)
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
