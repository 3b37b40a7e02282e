//! Commands that make a layer's volume into another one. The history keeps the tiles that differ.

use goxel_proto::types::LayerRef;

use super::{Effect, voxels::ReplacedVoxels};
use crate::mask::Mask;
use crate::{BlendMode, Combine, Layer, Project, Reshape, Result, Volume};

impl Project {
    pub(super) fn reshape(&mut self, layer: LayerRef, reshape: &Reshape) -> Result<Effect> {
        let Layer { volume, bounds, .. } = self.layer(layer)?;
        let reshaped = reshape.apply(volume)?;
        let moved = bounds.and_then(|bounds| reshape.map_box(&bounds));
        if moved == *bounds {
            return self.edit_whole(layer, |volume| *volume = reshaped);
        }
        let gained = reshaped.count().wrapping_sub(volume.count()).cast_signed();
        self.change_layer(layer, |layer| (layer.volume, layer.bounds) = (reshaped, moved))?;
        Ok(Effect::Voxels(gained))
    }

    pub(super) fn stamp(
        &mut self,
        layer: LayerRef,
        above: &Volume,
        mode: BlendMode,
    ) -> Result<Effect> {
        self.edit_whole(layer, |volume| volume.merge(above, mode))
    }

    /// The effect says how many voxels were set, painted or removed.
    pub(super) fn combine(
        &mut self,
        layer: LayerRef,
        set: &Volume,
        mode: Combine,
    ) -> Result<Effect> {
        let meant = match mode {
            Combine::Paint => count_shared(&self.layer(layer)?.volume, set),
            _ => set.count(),
        };
        let effect = self.edit_whole(layer, |volume| volume.combine(set, mode))?;
        Ok(match (mode, effect) {
            (Combine::Subtract | Combine::Intersect, Effect::Voxels(gained)) => {
                Effect::Covered(gained.unsigned_abs())
            }
            _ => Effect::Covered(meant),
        })
    }

    /// Changes a volume as a whole; the history keeps the tiles that differ afterwards.
    fn edit_whole(&mut self, layer: LayerRef, change: impl FnOnce(&mut Volume)) -> Result<Effect> {
        self.edit(layer, |volume| {
            let before = volume.clone();
            change(volume);
            ReplacedVoxels::Tiles(before.replaced_tiles(volume))
        })
    }
}

/// In how many places both volumes have a voxel.
fn count_shared(a: &Volume, b: &Volume) -> u64 {
    let tiles = b.tiles().map(|(at, tile)| {
        let mut both = Mask::occupied(tile);
        both.intersect(&Mask::occupied(a.tile(at)));
        both.count()
    });
    tiles.sum()
}
