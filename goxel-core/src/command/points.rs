//! What single voxels cost that are set one by one, and in how many tiles they may be.

use goxel_proto::types::{Pos, Voxel};
use hashbrown::HashSet;

use crate::check::check_tiles;
use crate::scan::points_units;
use crate::volume::TilePos;
use crate::{Result, Work, limits};

/// Voxels that are set between two looks at whether to go on: a millisecond where they are
/// scattered.
pub(super) const AT_ONCE: usize = 1024;
/// Voxels on end that are in one tile, on average, for tiles to be worth comparing.
const IN_A_ROW: usize = 8;

/// Refuses voxels that are too many to be set, or in too many tiles. Gives what setting them costs, in
/// units of [`Work`].
pub(super) fn check(
    places: impl ExactSizeIterator<Item = Pos> + Clone,
    work: &Work<'_>,
) -> Result<u64> {
    let units = points_units(places.clone());
    work.expect(units)?;
    if places.len() as u128 <= limits::PARTIAL_TILES_MAX {
        return Ok(units);
    }
    let mut tiles = HashSet::with_hasher(foldhash::fast::RandomState::default());
    let mut last = None;
    for at in places.map(TilePos::of) {
        if last.replace(at) != Some(at) && tiles.insert(at) {
            check_tiles(tiles.len() as u128)?;
        }
    }
    Ok(units)
}

/// Whether voxels are so many, and lie side by side in tiles so much, that what they replace is less
/// as tiles.
pub(super) fn are_many_in_rows(voxels: &[Voxel]) -> bool {
    let tiles = || voxels.iter().map(|voxel| TilePos::of(voxel.pos));
    let moves = || tiles().zip(tiles().skip(1)).filter(|(last, next)| last != next).count();
    voxels.len() > AT_ONCE && moves() * IN_A_ROW <= voxels.len()
}
