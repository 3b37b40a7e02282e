//! [`count`]: how many voxels of some colours lie in a box.

use goxel_proto::types::Aabb;

use super::Near;
use crate::mask::Mask;
use crate::scan::{read_units, tiles_within};
use crate::volume::{TilePos, TileRef};
use crate::{Layer, Result, Work};

/// How many voxels of `layers` lie in `aabb` and are near a colour. A place that several layers
/// fill counts for each. One thread reads as fast as memory delivers, so
/// it is not spread.
///
/// # Errors
/// What `work` says.
pub fn count(layers: &[Layer], aabb: &Aabb, near: &Near, work: &Work<'_>) -> Result<u64> {
    if *aabb == Aabb::EVERYTHING && *near == Near::ANY {
        return Ok(layers.iter().map(|layer| layer.volume.count()).sum());
    }
    let mut count = 0;
    for layer in layers {
        for (at, tile) in tiles_within(&layer.volume, aabb, work)? {
            work.spend(read_units(tile))?;
            count += count_tile(at, tile, aabb, near);
        }
    }
    Ok(count)
}

fn count_tile(at: TilePos, tile: TileRef<'_>, aabb: &Aabb, near: &Near) -> u64 {
    let mut mask = match near {
        &Near::ANY => Mask::occupied(tile),
        near => Mask::of(tile, |rgba| near.matches(rgba)),
    };
    mask.intersect(&Mask::within(at, aabb));
    mask.count()
}
