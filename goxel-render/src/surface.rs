//! [`Subject`]: what a picture is made of, voxels and the materials of their surfaces; [`Surfaces`]
//! finds the material of one voxel.
//!
//! A voxel has the material of its colour, where the palette gives that one, else that of the layer
//! that owns it: the highest visible layer that puts a voxel of its own there, else the lowest that has
//! one there, as a meshed export decides it too. A voxel whose layer has no material is *plain*: it
//! scatters its colour evenly to all sides, with no gloss at all.
//!
//! Nothing is prepared a voxel. Where all visible layers agree, as in a project of one layer, the
//! layer is not looked for; where there are no materials, nothing is.

use foldhash::HashMap;
use goxel_core::{Layer, Material, Project, Result, Scene, Volume, Work};
use goxel_proto::types::{BlendMode, MaterialId, Pos, Rgba};

/// What a picture is made of. It shares the voxels of the project, as a snapshot does.
#[derive(Clone, Debug, Default)]
pub struct Subject {
    volume: Volume,
    surfaces: Surfaces,
}

impl Subject {
    /// What shows of a project, with its materials.
    ///
    /// # Errors
    /// Where the work has to end.
    pub fn of(project: &Project, work: &Work<'_>) -> Result<Self> {
        let volume = project.visible_within(work)?;
        Ok(Self { volume, surfaces: Surfaces::new(project.layers(), project.scene()) })
    }

    /// The voxels that show.
    #[must_use]
    pub fn volume(&self) -> &Volume {
        &self.volume
    }

    /// The same materials on other voxels: what is left of them.
    #[must_use]
    pub fn with_volume(self, volume: Volume) -> Self {
        Self { volume, ..self }
    }

    pub(crate) fn surfaces(&self) -> &Surfaces {
        &self.surfaces
    }
}

impl From<&Volume> for Subject {
    /// Voxels without materials.
    fn from(volume: &Volume) -> Self {
        Self { volume: volume.clone(), surfaces: Surfaces::default() }
    }
}

/// The number of a material among [`Surfaces::materials`], from 1 on.
pub(crate) type SurfaceIndex = usize;

/// The number of plain voxels, which have no material.
pub(crate) const PLAIN: SurfaceIndex = 0;

/// The materials of voxels.
#[derive(Clone, Debug, Default)]
pub(crate) struct Surfaces {
    materials: Vec<Material>,
    of_colours: HashMap<Rgba, SurfaceIndex>,
    of_layers: OfLayers,
}

/// The materials of layers.
#[derive(Clone, Debug)]
enum OfLayers {
    /// All visible layers have this one.
    Alike(SurfaceIndex),
    /// From the lowest up.
    Apart(Vec<LayerSurface>),
}

impl Default for OfLayers {
    fn default() -> Self {
        Self::Alike(PLAIN)
    }
}

#[derive(Clone, Debug)]
struct LayerSurface {
    volume: Volume,
    /// Whether the layer's voxels are there whatever is below, so that they are its own.
    adds: bool,
    surface: SurfaceIndex,
}

impl Surfaces {
    fn new(layers: &[Layer], scene: &Scene) -> Self {
        let materials = scene.materials().to_vec();
        let index = |id: MaterialId| {
            materials.iter().position(|material| material.id == id).map_or(PLAIN, |at| at + 1)
        };
        let colours = scene.materials_of_colours().into_iter();
        let of_colours = colours.map(|(rgba, id)| (rgba, index(id))).collect();
        let visible = layers.iter().filter(|layer| layer.visible && !layer.volume.is_empty());
        let apart: Vec<LayerSurface> = visible
            .map(|layer| LayerSurface {
                volume: layer.volume.clone(),
                adds: matches!(layer.mode, BlendMode::Over | BlendMode::Max | BlendMode::Replace),
                surface: layer.material.map_or(PLAIN, index),
            })
            .collect();
        let first = apart.first().map_or(PLAIN, |layer| layer.surface);
        let alike = apart.iter().all(|layer| layer.surface == first);
        let of_layers = if alike { OfLayers::Alike(first) } else { OfLayers::Apart(apart) };
        Self { materials, of_colours, of_layers }
    }

    /// Whether every voxel is plain.
    pub(crate) fn is_plain(&self) -> bool {
        self.of_colours.is_empty() && matches!(self.of_layers, OfLayers::Alike(PLAIN))
    }

    /// Whether all voxels of one colour have the same material, wherever they are.
    pub(crate) fn goes_by_colour(&self) -> bool {
        matches!(self.of_layers, OfLayers::Alike(_))
    }

    /// The number of the material of the voxel at `pos`, whose colour is `rgba`.
    #[inline]
    pub(crate) fn index(&self, pos: Pos, rgba: Rgba) -> SurfaceIndex {
        if !self.of_colours.is_empty()
            && let Some(&index) = self.of_colours.get(&rgba)
        {
            return index;
        }
        match &self.of_layers {
            OfLayers::Alike(index) => *index,
            OfLayers::Apart(layers) => owner(layers, pos),
        }
    }

    /// All materials, in the order of their numbers: the first has number 1.
    pub(crate) fn materials(&self) -> &[Material] {
        &self.materials
    }
}

/// The material of the layer that owns the voxel at `pos`.
fn owner(layers: &[LayerSurface], pos: Pos) -> SurfaceIndex {
    let has = |layer: &&LayerSurface| !layer.volume.get(pos).is_empty();
    let own = layers.iter().rev().filter(|layer| layer.adds).find(has);
    own.or_else(|| layers.iter().find(has)).map_or(PLAIN, |layer| layer.surface)
}

#[cfg(test)]
mod tests {
    use goxel_core::Swatch;
    use goxel_proto::types::LayerId;

    use super::*;

    const RED: Rgba = Rgba::opaque(200, 0, 0);
    const BLUE: Rgba = Rgba::opaque(0, 0, 200);

    fn layer(mode: BlendMode, material: Option<u32>, voxels: &[(i32, Rgba)]) -> Layer {
        let mut layer = Layer::new(LayerId(0), "layer");
        layer.volume = voxels.iter().map(|&(x, rgba)| (Pos::new(x, 0, 0), rgba)).collect();
        (layer.mode, layer.material) = (mode, material.map(MaterialId));
        layer
    }

    /// A scene with materials 1, 2 and 3, the third of which blue has where it is said.
    fn scene(blue: bool) -> Scene {
        let mut scene = Scene::default();
        let ids = [0.25, 0.5, 0.75].map(|roughness| {
            scene.set_material(Material { roughness, ..Material::default() }).unwrap()
        });
        let material = blue.then_some(ids[2]);
        let swatch = Swatch { rgba: BLUE, name: String::new(), material };
        scene.set_palette(vec![swatch]).unwrap();
        scene
    }

    /// Compares the roughness of voxels' materials, by x.
    fn check(layers: &[Layer], blue: bool, expected: &[(i32, Option<f32>)]) {
        let project = Project::from_layers("p", [8; 3], layers.to_vec()).with_scene(scene(blue));
        let subject = Subject::of(&project, &Work::unbounded()).unwrap();
        for &(x, roughness) in expected {
            let pos = Pos::new(x, 0, 0);
            let rgba = subject.volume().get(pos);
            let index = subject.surfaces().index(pos, rgba).checked_sub(1);
            let found = index.map(|index| subject.surfaces().materials()[index].roughness);
            assert_eq!(found, roughness, "{x} {layers:?}");
        }
    }

    #[test]
    fn the_highest_layer_that_adds_a_voxel_owns_it() {
        let row = [(0, RED), (1, RED), (2, RED)];
        let below = layer(BlendMode::Over, Some(1), &row);
        let above = layer(BlendMode::Over, Some(2), &[(1, RED), (5, RED)]);
        let paint = layer(BlendMode::Paint, Some(3), &[(1, BLUE), (2, BLUE)]);
        let expected = [(0, Some(0.25)), (1, Some(0.5)), (2, Some(0.25)), (5, Some(0.5))];
        check(&[below, above, paint], false, &expected);
    }

    #[test]
    fn the_material_of_a_colour_goes_first() {
        let row = [(0, RED), (1, BLUE)];
        check(&[layer(BlendMode::Over, Some(1), &row)], true, &[(0, Some(0.25)), (1, Some(0.75))]);
        check(&[layer(BlendMode::Over, None, &row)], true, &[(0, None), (1, Some(0.75))]);
    }

    #[test]
    fn hidden_layers_and_layers_without_material_are_plain() {
        let mut hidden = layer(BlendMode::Over, Some(1), &[(0, RED)]);
        hidden.visible = false;
        let plain = layer(BlendMode::Over, None, &[(0, RED), (1, RED)]);
        check(&[plain.clone(), hidden.clone()], false, &[(0, None), (1, None)]);
        let project = Project::from_layers("p", [8; 3], vec![plain, hidden]);
        let subject = Subject::of(&project, &Work::unbounded()).unwrap();
        assert!(subject.surfaces().is_plain());
    }
}
