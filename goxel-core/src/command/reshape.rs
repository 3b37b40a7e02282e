//! Commands that make a layer's volume into another one. The history keeps the tiles that differ.

use goxel_proto::types::LayerRef;

use super::{Effect, voxels::Replaced};
use crate::{BlendMode, Project, Reshape, Result, Volume};

impl Project {
    pub(super) fn reshape(&mut self, layer: LayerRef, reshape: &Reshape) -> Result<Effect> {
        let reshaped = reshape.apply(&self.layer(layer)?.volume)?;
        self.exchange(layer, |volume| *volume = reshaped)
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
