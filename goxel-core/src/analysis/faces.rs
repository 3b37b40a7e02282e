//! [`exposed_faces`]: how much of the surface of the voxels can be seen.

use crate::Executor;
use crate::executor::map_chunks;
use crate::mask::ROWS;
use crate::neighbourhood::Neighbourhood;
use crate::volume::{TilePos, Volume};

/// How many faces of voxels border on an empty place. Tiles inside of solids are passed over.
#[must_use]
pub fn exposed_faces(volume: &Volume, executor: &dyn Executor) -> u64 {
    let tiles: Vec<TilePos> = volume.tiles().map(|(at, _)| at).collect();
    let faces = map_chunks(executor, &tiles, |tiles| {
        tiles.iter().map(|&at| tile_faces(volume, at)).sum::<u64>()
    });
    faces.into_iter().sum()
}

fn tile_faces(volume: &Volume, at: TilePos) -> u64 {
    let near = Neighbourhood::new(volume, at);
    if near.is_solid() {
        return 0;
    }
    (0..ROWS).map(|row| u64::from(near.exposed_faces_of_row(row))).sum()
}
