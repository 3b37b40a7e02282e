//! [`count`]: how many voxels of some colours lie in a box.

use goxel_proto::types::Aabb;

use super::Near;
use crate::Layer;
use crate::mask::Mask;
use crate::scan::tiles_within;
use crate::volume::{TilePos, TileRef};

/// How many voxels of `layers` lie in `aabb` and are near a colour. A place that several layers
/// fill counts for each. One thread reads as fast as memory delivers, so
/// it takes no executor.
#[must_use]
pub fn count(layers: &[Layer], aabb: &Aabb, near: &Near) -> u64 {
    if *aabb == Aabb::EVERYTHING && *near == Near::ANY {
        return layers.iter().map(|layer| layer.volume.count()).sum();
    }
    let tiles = layers.iter().flat_map(|layer| tiles_within(&layer.volume, aabb));
    tiles.map(|(at, tile)| count_tile(at, tile, aabb, near)).sum()
}

fn count_tile(at: TilePos, tile: TileRef<'_>, aabb: &Aabb, near: &Near) -> u64 {
    let mut mask = match near {
        &Near::ANY => Mask::occupied(tile),
        near => Mask::of(tile, |rgba| near.matches(rgba)),
    };
    mask.intersect(&Mask::within(at, aabb));
    mask.count()
}
