//! [`between`]: what tells one project from another, or a version from an older one.
//!
//! Layers are told apart by their ids. Storage that both share is not looked into, so two versions of a
//! project cost by what was edited between them; two projects that share nothing cost by their tiles.

mod boxes;

use goxel_proto::types::{Aabb, LayerId, Rgba};

pub use self::boxes::boxes;

use crate::executor::map_chunks;
use crate::work::PARTIAL_UNITS;
use crate::{Layer, Project, Result, TILE_EDGE, TILE_UNITS, TILE_VOXELS, TilePos, TileRef};
use crate::{Volume, Work};

/// What it costs to compare two tiles voxel by voxel, in units of [`Work`].
const COMPARE_UNITS: u64 = TILE_VOXELS as u64;

/// What differs between two projects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProjectDiff {
    /// Voxels of all layers. A place that several layers change counts for each.
    pub voxels: VoxelDiff,
    /// The layers that differ: those of the later project, bottom first, then those that are gone.
    pub layers: Vec<LayerDiff>,
    /// Whether the layers that both have lie in another order.
    pub reordered: bool,
    /// What else differs.
    pub parts: Vec<Part>,
}

/// What differs in a layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerDiff {
    /// Its id, which is the same in both projects.
    pub id: LayerId,
    /// What it is called in the later one, or was where it is gone.
    pub name: String,
    /// What became of it.
    pub fate: Fate,
    /// Its voxels. Those of a layer that is new are added, and of one that is gone removed.
    pub voxels: VoxelDiff,
}

/// What became of a layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Only the later project has it.
    Added,
    /// Only the earlier project has it.
    Removed,
    /// Both have it, and these properties differ.
    Kept(Vec<Property>),
}

/// What a layer has beside its voxels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Property {
    /// [`Layer::name`].
    Name,
    /// [`Layer::visible`].
    Visible,
    /// [`Layer::mode`].
    Mode,
    /// [`Layer::material`].
    Material,
    /// [`Layer::transform`].
    Transform,
    /// [`Layer::bounds`].
    Bounds,
    /// [`Layer::picture`].
    Picture,
}

/// What a project has beside its layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// [`Project::name`].
    Name,
    /// [`Project::image_box`].
    ImageBox,
    /// [`Project::active`].
    ActiveLayer,
    /// [`crate::Scene::materials`].
    Materials,
    /// [`crate::Scene::cameras`], and which of them is active.
    Cameras,
    /// [`crate::Scene::light`].
    Light,
    /// [`crate::Scene::palette`].
    Palette,
}

/// Voxels that differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VoxelDiff {
    /// Where there was none.
    pub added: Extent,
    /// Where there is none any more.
    pub removed: Extent,
    /// Those of another colour, alpha included.
    pub recoloured: Extent,
}

/// Some voxels: how many, and where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    /// How many they are.
    pub voxels: u64,
    /// The smallest box that holds them all; `None` where they are none.
    pub bounds: Option<Aabb>,
}

impl ProjectDiff {
    /// Whether nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl VoxelDiff {
    /// Whether no voxel differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Adds those of elsewhere.
    fn add(&mut self, other: &Self) {
        self.added.add(&other.added);
        self.removed.add(&other.removed);
        self.recoloured.add(&other.recoloured);
    }
}

impl Extent {
    fn of(volume: &Volume, work: &Work<'_>) -> Result<Self> {
        Ok(Self { voxels: volume.count(), bounds: volume.bounds_within(work)? })
    }

    fn add(&mut self, other: &Self) {
        self.voxels += other.voxels;
        let both = self.bounds.into_iter().chain(other.bounds);
        self.bounds = both.reduce(|a, b| a.union(&b));
    }
}

/// What differs between two projects. They need not be versions of one.
///
/// # Errors
/// What `work` says.
pub fn between(before: &Project, after: &Project, work: &Work<'_>) -> Result<ProjectDiff> {
    let mut diff = ProjectDiff {
        reordered: reordered(before.layers(), after.layers()),
        parts: parts(before, after),
        ..ProjectDiff::default()
    };
    for layer in after.layers() {
        let (fate, voxels) = match find(before.layers(), layer.id) {
            Some(old) => {
                let voxels = volumes(&old.volume, &layer.volume, work)?;
                (Fate::Kept(properties(old, layer)), voxels)
            }
            None => {
                let added = Extent::of(&layer.volume, work)?;
                (Fate::Added, VoxelDiff { added, ..VoxelDiff::default() })
            }
        };
        diff.add(layer, fate, voxels);
    }
    for layer in before.layers() {
        if find(after.layers(), layer.id).is_none() {
            let removed = Extent::of(&layer.volume, work)?;
            diff.add(layer, Fate::Removed, VoxelDiff { removed, ..VoxelDiff::default() });
        }
    }
    Ok(diff)
}

impl ProjectDiff {
    fn add(&mut self, layer: &Layer, fate: Fate, voxels: VoxelDiff) {
        if fate == Fate::Kept(Vec::new()) && voxels.is_empty() {
            return;
        }
        self.voxels.add(&voxels);
        self.layers.push(LayerDiff { id: layer.id, name: layer.name.clone(), fate, voxels });
    }
}

fn find(layers: &[Layer], id: LayerId) -> Option<&Layer> {
    layers.iter().find(|layer| layer.id == id)
}

/// Whether the layers of both are in another order, whatever was put between them.
fn reordered(before: &[Layer], after: &[Layer]) -> bool {
    let old = before.iter().filter(|layer| find(after, layer.id).is_some());
    let new = after.iter().filter(|layer| find(before, layer.id).is_some());
    old.zip(new).any(|(old, new)| old.id != new.id)
}

fn properties(before: &Layer, after: &Layer) -> Vec<Property> {
    let Layer { id: _, name, visible, mode, volume: _, material, transform, bounds, picture } =
        before;
    let differ = [
        (Property::Name, *name != after.name),
        (Property::Visible, *visible != after.visible),
        (Property::Mode, *mode != after.mode),
        (Property::Material, *material != after.material),
        (Property::Transform, *transform != after.transform),
        (Property::Bounds, *bounds != after.bounds),
        (Property::Picture, *picture != after.picture),
    ];
    differ.into_iter().filter(|(_, differs)| *differs).map(|(property, _)| property).collect()
}

fn parts(before: &Project, after: &Project) -> Vec<Part> {
    let (old, new) = (before.scene(), after.scene());
    let differ = [
        (Part::Name, before.name() != after.name()),
        (Part::ImageBox, before.image_box() != after.image_box()),
        (Part::ActiveLayer, before.active() != after.active()),
        (Part::Materials, old.materials() != new.materials()),
        (
            Part::Cameras,
            old.cameras() != new.cameras() || old.active_camera() != new.active_camera(),
        ),
        (Part::Light, old.light() != new.light()),
        (Part::Palette, old.palette() != new.palette()),
    ];
    differ.into_iter().filter(|(_, differs)| *differs).map(|(part, _)| part).collect()
}

/// What differs between two volumes.
///
/// # Errors
/// What `work` says.
pub fn volumes(before: &Volume, after: &Volume, work: &Work<'_>) -> Result<VoxelDiff> {
    let mut places = Vec::new();
    for at in before.changed_tiles(after) {
        work.spend(TILE_UNITS)?;
        places.push(at);
    }
    let chunks = map_chunks(work.executor(), &places, |places| {
        let mut diff = VoxelDiff::default();
        for &at in places {
            diff.add(&tiles(at, before.tile(at), after.tile(at), work)?);
        }
        Ok(diff)
    });
    let mut diff = VoxelDiff::default();
    for chunk in chunks {
        diff.add(&chunk?);
    }
    Ok(diff)
}

fn tiles(
    at: TilePos,
    before: TileRef<'_>,
    after: TileRef<'_>,
    work: &Work<'_>,
) -> Result<VoxelDiff> {
    if let (Some(before), Some(after)) = (before.uniform(), after.uniform()) {
        let whole = Extent { voxels: TILE_VOXELS as u64, bounds: Some(at.aabb()) };
        let none = VoxelDiff::default();
        return Ok(match (before.is_empty(), after.is_empty()) {
            _ if before == after => none,
            (true, _) => VoxelDiff { added: whole, ..none },
            (_, true) => VoxelDiff { removed: whole, ..none },
            _ => VoxelDiff { recoloured: whole, ..none },
        });
    }
    let is_empty = |tile: TileRef<'_>| tile.uniform().is_some_and(Rgba::is_empty);
    let reads_masks = is_empty(before) || is_empty(after);
    work.spend(if reads_masks { PARTIAL_UNITS } else { COMPARE_UNITS })?;
    let (old, new) = (before.row_masks(), after.row_masks());
    let [mut added, mut removed, mut recoloured] = [Marks::default(); 3];
    for row in 0..TILE_EDGE * TILE_EDGE {
        let (y, z) = (row % TILE_EDGE, row / TILE_EDGE);
        added.row(new[row] & !old[row], y, z);
        removed.row(old[row] & !new[row], y, z);
        let both = old[row] & new[row];
        if both != 0 {
            let (old, new) = (before.row(y, z), after.row(y, z));
            let differ = (0..TILE_EDGE).fold(0, |bits, x| bits | u16::from(old[x] != new[x]) << x);
            recoloured.row(both & differ, y, z);
        }
    }
    Ok(VoxelDiff {
        added: added.extent(at),
        removed: removed.extent(at),
        recoloured: recoloured.extent(at),
    })
}

/// Some voxels of a tile: how many, and which places along each axis hold any.
#[derive(Clone, Copy, Default)]
struct Marks {
    voxels: u32,
    along: [u16; 3],
}

impl Marks {
    fn row(&mut self, bits: u16, y: usize, z: usize) {
        if bits != 0 {
            self.voxels += bits.count_ones();
            self.along = [self.along[0] | bits, self.along[1] | 1 << y, self.along[2] | 1 << z];
        }
    }

    fn extent(self, at: TilePos) -> Extent {
        if self.voxels == 0 {
            return Extent::default();
        }
        let tile = at.aabb();
        let low = self.along.map(|bits| i64::from(bits.trailing_zeros()));
        let high = self.along.map(|bits| i64::from(u16::BITS - bits.leading_zeros()));
        let bounds = Aabb {
            min: std::array::from_fn(|axis| tile.min[axis] + low[axis]),
            max: std::array::from_fn(|axis| tile.min[axis] + high[axis]),
        };
        Extent { voxels: self.voxels.into(), bounds: Some(bounds) }
    }
}

#[cfg(test)]
mod tests;
