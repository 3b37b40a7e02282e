//! Commands that make a layer's volume into another one. The history keeps the tiles that differ.

use goxel_proto::types::LayerRef;

use super::{Effect, voxels::Replaced};
use crate::{BlendMode, Layer, Project, Reshape, Result, Volume};

impl Project {
    pub(super) fn reshape(&mut self, layer: LayerRef, reshape: &Reshape) -> Result<Effect> {
        let Layer { volume, bounds, .. } = self.layer(layer)?;
        let reshaped = reshape.apply(volume)?;
        let moved = bounds.and_then(|bounds| reshape.place_box(&bounds));
        if moved == *bounds {
            return self.exchange(layer, |volume| *volume = reshaped);
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
        self.exchange(layer, |volume| volume.merge(above, mode))
    }

    /// Changes a volume as a whole.
    fn exchange(&mut self, layer: LayerRef, change: impl FnOnce(&mut Volume)) -> Result<Effect> {
        self.edit(layer, |volume| {
            let before = volume.clone();
            change(volume);
            Replaced::Tiles(before.replaced_tiles(volume))
        })
    }
}
