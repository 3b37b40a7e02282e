//! How much of the voxels shows.

use crate::Spread;
use crate::mask::ROWS;
use crate::spread::parts;
use crate::surroundings::Surroundings;
use crate::volume::{TilePos, Volume};

/// How many faces of voxels have nothing before them. Inside solid tiles nothing is looked at.
#[must_use]
pub fn exposed_faces(volume: &Volume, spread: &dyn Spread) -> u64 {
    let tiles: Vec<TilePos> = volume.tiles().map(|(at, _)| at).collect();
    let faces =
        parts(spread, &tiles, |tiles| tiles.iter().map(|&at| tile_faces(volume, at)).sum::<u64>());
    faces.into_iter().sum()
}

fn tile_faces(volume: &Volume, at: TilePos) -> u64 {
    let near = Surroundings::new(volume, at);
    if near.is_solid() {
        return 0;
    }
    (0..ROWS).map(|row| u64::from(near.open_faces(row))).sum()
}
