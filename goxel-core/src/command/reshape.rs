//! Commands that make a layer's volume into another one. The history keeps the tiles that differ.

use goxel_proto::types::LayerRef;

use super::Effect;
use crate::mask::{Mask, ROWS};
use crate::{BlendMode, Combine, Layer, Project, Reshape, Result, Volume, Work};

impl Project {
    pub(super) fn reshape(
        &mut self,
        layer: LayerRef,
        reshape: &Reshape,
        work: &Work<'_>,
    ) -> Result<Effect> {
        let Layer { volume, bounds, .. } = self.layer(layer)?;
        let reshaped = reshape.apply(volume, work)?;
        let moved = bounds.and_then(|bounds| reshape.map_box(&bounds));
        if moved == *bounds {
            return self.edit_whole(layer, work, |volume| {
                *volume = reshaped;
                Ok(())
            });
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
        work: &Work<'_>,
    ) -> Result<Effect> {
        self.edit_whole(layer, work, |volume| volume.merge_within(above, mode, work))
    }

    /// The effect says how many voxels were set, painted or removed.
    pub(super) fn combine(
        &mut self,
        layer: LayerRef,
        set: &Volume,
        mode: Combine,
        work: &Work<'_>,
    ) -> Result<Effect> {
        let meant = match mode {
            Combine::Paint => count_shared(&self.layer(layer)?.volume, set, work)?,
            _ => set.count(),
        };
        let effect = self.edit_whole(layer, work, |volume| volume.combine(set, mode, work))?;
        Ok(match (mode, effect) {
            (Combine::Subtract | Combine::Intersect, Effect::Voxels(gained)) => {
                Effect::Covered(gained.unsigned_abs())
            }
            _ => Effect::Covered(meant),
        })
    }
}

/// In how many places both volumes have a voxel.
fn count_shared(a: &Volume, b: &Volume, work: &Work<'_>) -> Result<u64> {
    let mut count = 0;
    for (at, tile) in b.tiles() {
        work.spend(ROWS as u64)?;
        let mut both = Mask::occupied(tile);
        both.intersect(&Mask::occupied(a.tile(at)));
        count += both.count();
    }
    Ok(count)
}
