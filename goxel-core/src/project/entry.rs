//! [`Entry`]: what one command replaced.
//!
//! Single voxels for small edits, tiles or parts of them for large ones, the stack of layers for the
//! rest. Swapped with what is there now it becomes the entry for the other way.
//!
//! Invariant: an entry holds nothing but what its command replaced. A snapshot of a whole volume
//! would keep alive every tile that later edits copy on write, and nobody would have counted those.

use goxel_proto::types::{LayerId, LayerRef, Pos, Rgba, Voxel};
use triomphe::Arc;

use super::Stack;
use super::replaced::ReplacedTiles;
use crate::{Layer, Result, Scene, TILE_UNITS, Volume, Work};

/// What it costs to replace a voxel somewhere, in units of [`Work`].
pub(super) const VOXEL_UNITS: u64 = 8;

/// What a command replaced. 24 bytes: there may be a million of them.
#[derive(Debug)]
pub(crate) enum Entry {
    /// One voxel of a layer.
    Voxel(LayerId, Voxel),
    /// Single voxels of a layer.
    Voxels(LayerId, Box<ReplacedVoxels>),
    /// Tiles of a layer.
    Tiles(LayerId, Box<ReplacedTiles>),
    /// Several entries that are one step, in their order.
    Group(Box<Group>),
    /// Which layer was active.
    Active(LayerId),
    /// The scene: materials, cameras, light and palette.
    Scene(Arc<Scene>),
    /// The stack, where layers were made, removed, renamed, moved ...
    Stack(Box<ReplacedStack>),
}

/// The stack of layers before a command, without those volumes that the stack after it has too.
#[derive(Debug)]
pub(crate) struct ReplacedStack {
    pub(super) stack: Stack,
    /// The layers whose volumes did not change: the current stack holds them.
    pub(super) kept: Vec<LayerId>,
    bytes: usize,
}

impl ReplacedStack {
    /// What `after` replaced. Where a volume is the same in both, `after` keeps it.
    pub(crate) fn new(mut before: Stack, after: &Stack) -> Self {
        let mut kept = Vec::new();
        let mut bytes = 0;
        for layer in &mut before.layers {
            let now = after.layers.iter().find(|now| now.id == layer.id);
            if now.is_some_and(|now| now.volume.same(&layer.volume)) {
                layer.volume = Volume::new();
                kept.push(layer.id);
            }
            bytes += layer.bytes();
        }
        // Whoever replaced it counts it.
        if !Arc::ptr_eq(&before.scene, &after.scene) {
            bytes += before.scene.bytes();
        }
        Self { stack: before, kept, bytes }
    }

    fn swap(&mut self, stack: &mut Stack) {
        for &id in &self.kept {
            let lender = stack.layers.iter_mut().find(|layer| layer.id == id);
            let taker = self.stack.layers.iter_mut().find(|layer| layer.id == id);
            if let (Some(lender), Some(taker)) = (lender, taker) {
                taker.volume = std::mem::take(&mut lender.volume);
            }
        }
        std::mem::swap(&mut self.stack, stack);
        // The volumes that both have are with the current one.
        self.bytes = self.stack.layers.iter().map(Layer::bytes).sum();
        if !Arc::ptr_eq(&self.stack.scene, &stack.scene) {
            self.bytes += self.stack.scene.bytes();
        }
    }
}

/// Single voxels; the first was replaced last.
#[derive(Debug)]
pub(crate) struct ReplacedVoxels {
    voxels: Box<[Voxel]>,
    /// What swapping them takes.
    units: u64,
}

impl ReplacedVoxels {
    /// Where they are.
    pub(super) fn places(&self) -> impl Iterator<Item = Pos> {
        self.voxels.iter().map(|voxel| voxel.pos)
    }
}

impl Entry {
    /// These voxels of a layer, in the order in which they were replaced, and what replacing them cost in
    /// units of [`Work`].
    pub(crate) fn voxels(layer: LayerId, voxels: Vec<Voxel>, units: u64) -> Self {
        Self::Voxels(layer, Box::new(ReplacedVoxels { voxels: voxels.into(), units }))
    }

    /// Several entries as one step.
    pub(crate) fn group(entries: Vec<Self>) -> Self {
        Self::Group(Box::new(Group::new(entries)))
    }

    /// Bytes that the entry keeps alive: a stored number, where it is not plain.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Self>()
            + match self {
                Self::Voxel(..) | Self::Active(_) => 0,
                Self::Scene(scene) => scene.bytes(),
                Self::Voxels(_, replaced) => {
                    size_of::<ReplacedVoxels>() + size_of_val(&replaced.voxels[..])
                }
                Self::Tiles(_, tiles) => tiles.bytes(),
                Self::Stack(replaced) => size_of::<ReplacedStack>() + replaced.bytes,
                Self::Group(group) => group.bytes(),
            }
    }

    /// What swapping it costs, in units of [`Work`].
    pub(super) fn units(&self) -> u64 {
        match self {
            Self::Voxel(..) | Self::Active(_) | Self::Scene(_) => 1,
            Self::Voxels(_, replaced) => replaced.units,
            Self::Tiles(_, tiles) => tiles.units(),
            Self::Stack(replaced) => {
                // Handles are swapped. But whoever keeps what has changed writes all that comes back.
                let voxels = replaced.bytes / size_of::<Rgba>();
                replaced.stack.layers.len() as u64 * TILE_UNITS + voxels as u64
            }
            Self::Group(group) => group.units,
        }
    }

    /// Asks whether it may be swapped.
    pub(super) fn ask(&self, work: &Work<'_>) -> Result<()> {
        let units = self.units();
        work.expect(units)?;
        work.spend(units)
    }

    /// Swaps what the entry holds with what the project holds.
    pub(super) fn swap(&mut self, stack: &mut Stack) {
        match self {
            Self::Active(before) => std::mem::swap(before, &mut stack.active),
            Self::Scene(before) => std::mem::swap(before, &mut stack.scene),
            Self::Stack(before) => before.swap(stack),
            Self::Voxel(layer, voxel) => with_volume(stack, *layer, |volume| {
                voxel.rgba = volume.set(voxel.pos, voxel.rgba);
            }),
            Self::Group(group) => group.swap(|entry| entry.swap(stack)),
            Self::Voxels(layer, replaced) => {
                with_volume(stack, *layer, |volume| swap_voxels(volume, &mut replaced.voxels));
            }
            Self::Tiles(layer, tiles) => with_volume(stack, *layer, |volume| tiles.swap(volume)),
        }
    }
}

/// Changes the volume of a layer, which is there: the history brings stacks back in their order.
fn with_volume(stack: &mut Stack, layer: LayerId, change: impl FnOnce(&mut Volume)) {
    if let Ok(index) = stack.index(LayerRef::Id(layer)) {
        change(&mut stack.layers[index].volume);
    }
}

fn swap_voxels(volume: &mut Volume, voxels: &mut [Voxel]) {
    let mut accessor = volume.accessor();
    // The last replaced goes back first; reversed, the same holds for doing it again.
    voxels.reverse();
    for voxel in voxels {
        voxel.rgba = accessor.replace(voxel.pos, voxel.rgba);
    }
}

/// Several entries that are one step, in their order.
#[derive(Debug)]
pub(crate) struct Group {
    bytes: usize,
    /// What swapping them takes.
    units: u64,
    pub(super) entries: Box<[Entry]>,
}

impl Group {
    fn new(entries: Vec<Entry>) -> Self {
        let bytes = size_of::<Self>() + entries.iter().map(Entry::bytes).sum::<usize>();
        let units = entries.iter().map(Entry::units).sum();
        Self { bytes, units, entries: entries.into() }
    }

    /// What they take on the heap.
    fn bytes(&self) -> usize {
        self.bytes
    }

    /// Swaps all with what the project holds. As with voxels the last goes back first, and then the
    /// other way round.
    fn swap(&mut self, swap: impl FnMut(&mut Entry)) {
        self.entries.reverse();
        self.entries.iter_mut().for_each(swap);
        self.bytes = size_of::<Self>() + self.entries.iter().map(Entry::bytes).sum::<usize>();
    }
}
