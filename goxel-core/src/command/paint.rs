//! Painting: voxels get another colour, empty places stay empty.

use std::sync::atomic::{AtomicU64, Ordering};

use goxel_proto::types::{Aabb, LayerRef, Rgba, Voxel};

use super::Effect;
use crate::mask::{Mask, Painter};
use crate::rebuild::change_tiles;
use crate::scan::{read_units, tiles_within};
use crate::volume::{TilePos, TileRef};
use crate::{Error, Project, Result, TILE_UNITS, Work};

impl Project {
    /// Paints the voxels of a box. One that is a single position must hold a voxel.
    pub(super) fn paint(
        &mut self,
        layer: LayerRef,
        aabb: &Aabb,
        rgba: Rgba,
        work: &Work<'_>,
    ) -> Result<Effect> {
        let volume = &self.layer(layer)?.volume;
        if let Some((pos, _)) = aabb.corners().filter(|(low, high)| low == high) {
            if volume.get(pos).is_empty() {
                return Err(Error::NoVoxel(pos.to_array()));
            }
            // The history keeps the voxel instead of its tile.
            self.set_points(layer, &[Voxel { pos, rgba }], work)?;
            return Ok(Effect::Covered(1));
        }
        let few = self.paint_few(layer, aabb, rgba, work);
        few.unwrap_or_else(|| self.paint_tiles(layer, aabb, rgba, work))
    }

    /// Paints the voxels of a box, tile by tile.
    pub(super) fn paint_tiles(
        &mut self,
        layer: LayerRef,
        aabb: &Aabb,
        rgba: Rgba,
        work: &Work<'_>,
    ) -> Result<Effect> {
        let volume = &self.layer(layer)?.volume;
        let tiles = tiles_within(volume, aabb, work)?;
        let mask = |at: TilePos, tile: TileRef<'_>| {
            let mut mask = Mask::within(at, aabb);
            mask.intersect(&Mask::occupied(tile));
            mask
        };
        let mut paints = false;
        for (at, tile) in &tiles {
            work.spend(TILE_UNITS)?;
            paints = mask(*at, *tile) != Mask::EMPTY;
            if paints {
                break;
            }
        }
        if !paints {
            return Ok(Effect::Covered(0));
        }
        let places: Vec<TilePos> = tiles.into_iter().map(|(at, _)| at).collect();
        self.paint_masks(layer, &places, rgba, work, mask)
    }

    /// Gives the voxels of these tiles that `mask` says one colour, whatever they were.
    pub(super) fn paint_masks(
        &mut self,
        layer: LayerRef,
        places: &[TilePos],
        rgba: Rgba,
        work: &Work<'_>,
        mask: impl Fn(TilePos, TileRef<'_>) -> Mask + Sync,
    ) -> Result<Effect> {
        let (covered, painter) = (AtomicU64::new(0), Painter::default());
        let paint = |at: TilePos, tile: TileRef<'_>| {
            let mask = mask(at, tile);
            if mask == Mask::EMPTY {
                work.spend(TILE_UNITS)?;
                return Ok(None);
            }
            covered.fetch_add(mask.count(), Ordering::Relaxed);
            let painted = painter.paint(&mask, tile, rgba);
            work.spend(read_units(TileRef::Stored(&painted)))?;
            Ok(Some(painted))
        };
        self.edit_whole(layer, work, |volume| change_tiles(volume, places, work, paint))?;
        Ok(Effect::Covered(covered.into_inner()))
    }
}
