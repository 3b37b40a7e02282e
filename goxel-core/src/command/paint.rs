//! Painting: voxels get another colour, empty places stay empty.

use goxel_proto::types::{Aabb, LayerRef, Rgba, Voxel};

use super::{Effect, voxels::ReplacedVoxels};
use crate::mask::Mask;
use crate::scan::tiles_within;
use crate::volume::TilePos;
use crate::{Error, Project, Result};

impl Project {
    /// Paints the voxels of a box. One that is a single position must hold a voxel.
    pub(super) fn paint(&mut self, layer: LayerRef, aabb: &Aabb, rgba: Rgba) -> Result<Effect> {
        let volume = &self.layer(layer)?.volume;
        if let Some((pos, _)) = aabb.corners().filter(|(low, high)| low == high) {
            if volume.get(pos).is_empty() {
                return Err(Error::NoVoxel(pos.to_array()));
            }
            // The history keeps the voxel instead of its tile.
            self.set_points(layer, &[Voxel { pos, rgba }])?;
            return Ok(Effect::Covered(1));
        }
        let parts: Vec<(TilePos, Mask)> = tiles_within(volume, aabb)
            .into_iter()
            .map(|(at, tile)| {
                let mut mask = Mask::occupied(tile);
                mask.intersect(&Mask::within(at, aabb));
                (at, mask)
            })
            .filter(|(_, mask)| *mask != Mask::EMPTY)
            .collect();
        if parts.is_empty() {
            return Ok(Effect::Covered(0));
        }
        self.paint_masks(layer, &parts, rgba)
    }

    /// Gives the voxels of these masks one colour, whatever they were.
    pub(super) fn paint_masks(
        &mut self,
        layer: LayerRef,
        parts: &[(TilePos, Mask)],
        rgba: Rgba,
    ) -> Result<Effect> {
        self.edit(layer, |volume| {
            let paint = |(at, mask): &(TilePos, Mask)| (*at, mask.paint(volume, *at, rgba));
            ReplacedVoxels::Tiles(parts.iter().map(paint).collect())
        })?;
        Ok(Effect::Covered(parts.iter().map(|(_, mask)| mask.count()).sum()))
    }
}
