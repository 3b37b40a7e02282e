//! Commands that change the voxels of one layer.

use goxel_proto::types::{Aabb, LayerRef, Rgba, Voxel};

use super::Effect;
use crate::check::check_tiles;
use crate::project::history::Entry;
use crate::scan::partial_tiles;
use crate::{Error, Project, Result, Tile, TilePos, Volume, limits};

impl Project {
    /// Few or many single voxels: the history keeps them one by one.
    pub(super) fn set_points(&mut self, layer: LayerRef, voxels: &[Voxel]) -> Result<Effect> {
        self.edit(layer, |volume| {
            // By far the most common edit, which need not allocate.
            if let [Voxel { pos, rgba }] = *voxels {
                return ReplacedVoxels::One(Voxel { pos, rgba: volume.set(pos, rgba) });
            }
            let mut accessor = volume.accessor();
            let mut set = |voxel: &Voxel| Voxel {
                pos: voxel.pos,
                rgba: accessor.replace(voxel.pos, voxel.rgba),
            };
            ReplacedVoxels::Many(voxels.iter().map(&mut set).collect())
        })
    }

    /// Boxes may cover any number of voxels: the history keeps the tiles that they replace.
    pub(super) fn set_boxes(
        &mut self,
        layer: LayerRef,
        boxes: &[(Aabb, Rgba)],
        voxels: &[Voxel],
    ) -> Result<Effect> {
        // Clearing costs no more than what is there, however large the box is.
        let filled = boxes.iter().filter(|(_, rgba)| !rgba.is_empty());
        let covered: u128 = filled.clone().map(|(aabb, _)| aabb.volume()).sum();
        if covered > limits::FILL_VOXELS_MAX {
            return Err(Error::FillTooLarge(covered));
        }
        check_tiles(filled.map(|(aabb, _)| partial_tiles(aabb)).sum())?;
        self.edit(layer, |volume| {
            let before = volume.clone();
            boxes.iter().for_each(|(aabb, rgba)| volume.fill(aabb, *rgba));
            let mut accessor = volume.accessor();
            for voxel in voxels {
                accessor.set(voxel.pos, voxel.rgba);
            }
            drop(accessor);
            ReplacedVoxels::Tiles(before.replaced_tiles(volume))
        })
    }

    /// Changes one layer's voxels and keeps what was replaced.
    pub(super) fn edit(
        &mut self,
        layer: LayerRef,
        change: impl FnOnce(&mut Volume) -> ReplacedVoxels,
    ) -> Result<Effect> {
        let index = self.stack.index(layer)?;
        let layer = &mut self.stack.layers[index];
        let before = layer.volume.count();
        let entry = match change(&mut layer.volume) {
            ReplacedVoxels::One(voxel) => Entry::Voxel(layer.id, voxel),
            ReplacedVoxels::Many(voxels) => Entry::Voxels(layer.id, voxels.into()),
            ReplacedVoxels::Tiles(tiles) => Entry::Tiles(layer.id, tiles.into()),
        };
        let gained = layer.volume.count().wrapping_sub(before).cast_signed();
        self.history.push(entry);
        Ok(Effect::Voxels(gained))
    }
}

/// What an edit of one layer replaced.
pub(super) enum ReplacedVoxels {
    One(Voxel),
    /// In the order in which they were replaced.
    Many(Vec<Voxel>),
    Tiles(Vec<(TilePos, Tile)>),
}
