//! [`Command`]: everything that changes a project, as data, and [`Project::apply`].
//!
//! A command is deterministic, checks everything before it changes anything, and leaves the
//! project as it was where it is refused.

mod batch;
mod few;
mod flood;
mod layers;
mod paint;
mod points;
mod reshape;
mod scene;
mod shape;
mod voxels;

pub use batch::{Act, Operation};
pub use flood::FloodFill;
pub use layers::LayerSettings;
use scene::set_camera;
pub use shape::{Shape, Solid};

use goxel_proto::types::{Aabb, CameraId, LayerId, LayerRef, MaterialId, Pos, Rgba, Voxel};

use crate::check::check_name;
use crate::{
    BlendMode, Camera, Combine, Error, Layer, Material, Project, Reshape, Result, Scene, Swatch,
    Volume, Work,
};

/// A change to a project.
#[derive(Clone, Debug)]
pub enum Command<'a> {
    /// Fills boxes, then sets voxels, each in their order; alpha 0 clears. Nothing is blended.
    SetVoxels {
        /// The layer.
        layer: LayerRef,
        /// Boxes, filled before the single voxels are set.
        boxes: &'a [(Aabb, Rgba)],
        /// Single voxels.
        voxels: &'a [Voxel],
    },
    /// Gives the voxels of a box another colour; empty places stay empty.
    Paint {
        /// The layer.
        layer: LayerRef,
        /// The box.
        aabb: Aabb,
        /// The colour; alpha 0 removes them.
        rgba: Rgba,
    },
    /// Flood fill: colours the voxels that are connected with one.
    Flood {
        /// The layer.
        layer: LayerRef,
        /// From which voxel, and through what.
        flood: FloodFill,
        /// The colour; alpha 0 removes them.
        rgba: Rgba,
    },
    /// Fills a shape.
    AddShape {
        /// The layer.
        layer: LayerRef,
        /// The shape.
        solid: Solid,
        /// The colour; alpha 0 carves it out.
        rgba: Rgba,
    },
    /// Sets the voxels from one to another: [`crate::generate::line`].
    AddLine {
        /// The layer.
        layer: LayerRef,
        /// Where it begins.
        from: Pos,
        /// Where it ends.
        to: Pos,
        /// The colour.
        rgba: Rgba,
    },
    /// Makes a layer's volume into another one.
    Reshape {
        /// The layer.
        layer: LayerRef,
        /// What becomes of it.
        reshape: Reshape,
    },
    /// Lays a volume over a layer: what was copied or generated is added, taken away, painted on
    /// or intersected, as the mode says.
    Stamp {
        /// The layer.
        layer: LayerRef,
        /// What is laid over it.
        volume: &'a Volume,
        /// How the voxels of both are combined.
        mode: BlendMode,
    },
    /// Sets, removes, paints or keeps the voxels that a volume has: a shape, a height map, a copy.
    Combine {
        /// The layer.
        layer: LayerRef,
        /// The set of voxels.
        set: &'a Volume,
        /// What becomes of them.
        mode: Combine,
    },
    /// Operations on single voxels, in their order, as one step. One that is refused does not keep
    /// the others from being carried out.
    Batch(&'a [Operation]),
    /// Adds an empty layer on top and makes it active.
    CreateLayer {
        /// What it is called.
        name: &'a str,
        /// Whether it shows.
        visible: bool,
    },
    /// Makes a layer the active one, which calls work on that name none.
    SetActiveLayer(LayerRef),
    /// Removes a layer. Where it is the only one, an empty one stands in its place.
    DeleteLayer(LayerRef),
    /// Lays one layer over another and removes it.
    MergeLayers {
        /// What is laid over; it is removed.
        source: LayerRef,
        /// What is laid under; it stays.
        target: LayerRef,
    },
    /// Shows or hides a layer.
    SetVisible {
        /// The layer.
        layer: LayerRef,
        /// Whether it shows.
        visible: bool,
    },
    /// Gives a layer another name.
    RenameLayer {
        /// The layer.
        layer: LayerRef,
        /// What it is called from now on.
        name: &'a str,
    },
    /// Puts a copy of a layer above it and makes that active.
    DuplicateLayer(LayerRef),
    /// Moves a layer in the order.
    MoveLayer {
        /// The layer.
        layer: LayerRef,
        /// Its new place in the order: 0 is the bottom.
        index: usize,
    },
    /// Removes all voxels of a layer.
    ClearLayer(LayerRef),
    /// Adds layers on top, as from a file; the last is made active.
    AddLayers {
        /// The layers.
        layers: Vec<Layer>,
        /// What they name: materials, and the swatches that have some. Those that the project has not are
        /// added, materials under new ids; a layer whose material is not among them has none.
        scene: &'a Scene,
    },
    /// Changes what a layer is beside its voxels.
    SetLayer {
        /// The layer.
        layer: LayerRef,
        /// What it is from now on.
        settings: &'a LayerSettings<'a>,
    },
    /// Adds a material, or changes the one of its id: [`crate::Scene::set_material`].
    SetMaterial(&'a Material),
    /// Removes a material. Layers that have it have none afterwards.
    RemoveMaterial(MaterialId),
    /// Adds a camera, or changes the one of its id: [`crate::Scene::set_camera`].
    SetCamera {
        /// The camera.
        camera: &'a Camera,
        /// Whether it is the active one from now on; `None` leaves that as it is.
        active: Option<bool>,
    },
    /// Removes a camera.
    RemoveCamera(CameraId),
    /// Sets all colours of the palette.
    SetPalette(&'a [Swatch]),
}

/// What a command did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// How many voxels the layer now has more (or fewer) than before.
    Voxels(i64),
    /// How many voxels were set, whatever was there before; by [`Command::Combine`], or removed
    /// or painted.
    Covered(u64),
    /// The operations of a batch that were not carried out, by index, and why.
    Refused(Vec<(usize, Error)>),
    /// The layer that was made or changed, or is now the active one.
    Layer(LayerId),
    /// The material that was made, changed or removed.
    Material(MaterialId),
    /// The camera that was made, changed or removed.
    Camera(CameraId),
    /// The palette was set.
    Palette,
}

impl Project {
    /// Carries out a command, however long it takes.
    ///
    /// # Errors
    /// Where the command is refused; nothing has changed then.
    pub fn apply(&mut self, command: Command<'_>) -> Result<Effect> {
        self.apply_within(command, &Work::unbounded())
    }

    /// Carries out a command as far as `work` lets it.
    ///
    /// # Errors
    /// Where the command is refused or stopped; nothing has changed then.
    pub fn apply_within(&mut self, command: Command<'_>, work: &Work<'_>) -> Result<Effect> {
        match command {
            Command::SetVoxels { layer, boxes: [], voxels } => self.set_points(layer, voxels, work),
            Command::SetVoxels { layer, boxes, voxels } => match few::of_boxes(boxes, voxels) {
                Some(few) => self.set_points(layer, &few, work),
                None => self.set_boxes(layer, boxes, voxels, work),
            },
            Command::Paint { layer, aabb, rgba } => self.paint(layer, &aabb, rgba, work),
            Command::Flood { layer, flood, rgba } => self.flood(layer, &flood, rgba, work),
            Command::AddShape { layer, solid, rgba } => self.add_shape(layer, &solid, rgba, work),
            Command::AddLine { layer, from, to, rgba } => {
                self.add_line(layer, from, to, rgba, work)
            }
            Command::Reshape { layer, reshape } => self.reshape(layer, &reshape, work),
            Command::Stamp { layer, volume, mode } => self.stamp(layer, volume, mode, work),
            Command::Combine { layer, set, mode } => self.combine(layer, set, mode, work),
            Command::Batch(operations) => self.batch(operations, work),
            Command::CreateLayer { name, visible } => {
                let mut layer = Layer::new(LayerId(0), name);
                layer.visible = visible;
                self.add_layers(vec![layer], &Scene::default())
            }
            Command::SetActiveLayer(layer) => Ok(Effect::Layer(self.set_active(layer)?)),
            Command::AddLayers { layers, scene } => self.add_layers(layers, scene),
            Command::DeleteLayer(layer) => self.delete_layer(layer),
            Command::MergeLayers { source, target } => self.merge_layers(source, target, work),
            Command::SetVisible { layer, visible } => {
                self.change_layer(layer, |layer| layer.visible = visible)
            }
            Command::RenameLayer { layer, name } => {
                check_name(name)?;
                self.change_layer(layer, |layer| name.clone_into(&mut layer.name))
            }
            Command::DuplicateLayer(layer) => self.duplicate_layer(layer),
            Command::MoveLayer { layer, index } => self.move_layer(layer, index),
            Command::ClearLayer(layer) => {
                self.change_layer(layer, |layer| layer.volume = Volume::new())
            }
            Command::SetLayer { layer, settings } => self.set_layer(layer, settings),
            Command::SetMaterial(material) => self
                .change_scene(|scene| scene.set_material(material.clone()).map(Effect::Material)),
            Command::RemoveMaterial(id) => self.remove_material(id),
            Command::SetCamera { camera, active } => {
                self.change_scene(|scene| set_camera(scene, camera, active))
            }
            Command::RemoveCamera(id) => {
                self.change_scene(|scene| scene.remove_camera(id).map(|()| Effect::Camera(id)))
            }
            Command::SetPalette(palette) => self.change_scene(|scene| {
                scene.set_palette(palette.to_vec()).map(|()| Effect::Palette)
            }),
        }
    }
}

#[cfg(test)]
mod scene_tests;
#[cfg(test)]
mod shape_tests;
#[cfg(test)]
mod stop_tests;
#[cfg(test)]
mod tests;
