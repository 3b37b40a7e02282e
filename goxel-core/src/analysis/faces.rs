//! [`exposed_faces`]: how much of the surface of the voxels can be seen.

use crate::executor::map_chunks;
use crate::neighbourhood::Neighbourhood;
use crate::scan::all_tiles;
use crate::volume::{TILE_VOXELS, TilePos, Volume};
use crate::{Result, Work};

/// How many faces of voxels border on an empty place. Tiles inside of solids are passed over.
///
/// # Errors
/// What `work` says.
pub fn exposed_faces(volume: &Volume, work: &Work<'_>) -> Result<u64> {
    let tiles = all_tiles(volume, work)?;
    let faces = map_chunks(work.executor(), &tiles, |tiles| {
        tiles.iter().try_fold(0, |faces, (at, _)| {
            work.spend(VISIT_UNITS)?;
            Ok(faces + tile_faces(volume, *at))
        })
    });
    faces.into_iter().sum()
}

/// What it takes to look at a tile and those around it, in [`Work`]'s units.
const VISIT_UNITS: u64 = TILE_VOXELS as u64 / 4;

fn tile_faces(volume: &Volume, at: TilePos) -> u64 {
    Neighbourhood::new(volume, at).map_or(0, |near| near.exposed_faces())
}
