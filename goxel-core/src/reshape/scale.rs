//! Larger by whole numbers, and smaller by half, away from and towards the origin.

use goxel_proto::types::{Aabb, Pos, Rgba};

use crate::mask::ROWS;
use crate::rebuild::build;
use crate::scan::all_tiles;
use crate::volume::{TILE_EDGE, TILE_VOXELS, Tile, TilePos, Volume, index_in_tile};
use crate::{Error, Result, Work};

/// Every voxel as a cube: the one at x from `edge * x` on.
pub(super) fn enlarged(volume: &Volume, edge: u32, work: &Work<'_>) -> Result<Volume> {
    let edge = i64::from(edge.max(1));
    let mut large = Volume::new();
    let bounds = volume.bounds().unwrap_or_default();
    let placed = Aabb { min: bounds.min.map(|c| c * edge), max: bounds.max.map(|c| c * edge) };
    if placed.intersection(&Aabb::EVERYTHING) != placed {
        return Err(Error::OutOfRange);
    }
    for (at, tile) in all_tiles(volume, work)? {
        for row in 0..ROWS {
            let voxels = tile.row(row % TILE_EDGE, row / TILE_EDGE);
            let mut first = at.voxel(row * TILE_EDGE);
            for run in voxels.chunk_by(|a, b| a == b) {
                if !run[0].is_empty() {
                    let min = first.to_array().map(|c| i64::from(c) * edge);
                    let max = [min[0] + run.len() as i64 * edge, min[1] + edge, min[2] + edge];
                    large.fill_within(&Aabb { min, max }, run[0], work)?;
                }
                first.x = first.x.wrapping_add(run.len() as i32);
            }
        }
    }
    large.compact();
    Ok(large)
}

/// Every cube of eight voxels as one.
pub(super) fn halved(volume: &Volume, work: &Work<'_>) -> Result<Volume> {
    let tiles = all_tiles(volume, work)?;
    let mut places: Vec<TilePos> =
        tiles.iter().map(|(at, _)| TilePos(at.0.map(|axis| axis >> 1))).collect();
    places.sort_unstable();
    places.dedup();
    build(&places, work, |at| {
        work.spend(HALVE_UNITS)?;
        Ok(halved_tile(volume, at))
    })
}

/// What it takes to make a tile of eight.
const HALVE_UNITS: u64 = 8 * TILE_VOXELS as u64;

fn halved_tile(volume: &Volume, at: TilePos) -> Tile {
    let mut reader = volume.reader();
    let min = at.min();
    let voxels = std::array::from_fn::<_, TILE_VOXELS, _>(|index| {
        let edge = TILE_EDGE;
        let inside = [index % edge, index / edge % edge, index / (edge * edge)];
        let low = [0, 1, 2].map(|axis| (min.to_array()[axis] + inside[axis] as i32) << 1);
        debug_assert_eq!(index, index_in_tile(inside[0], inside[1], inside[2]));
        let part = |bit: i32| [low[0] | bit & 1, low[1] | bit >> 1 & 1, low[2] | bit >> 2];
        most_frequent(std::array::from_fn(|bit| reader.get(Pos::from(part(bit as i32)))))
    });
    Tile::from_dense(&voxels)
}

/// The colour that most of those have that are not empty; of equally many, the lowest.
fn most_frequent(mut voxels: [Rgba; 8]) -> Rgba {
    voxels.sort_unstable();
    let runs = voxels.chunk_by(|a, b| a == b).filter(|run| !run[0].is_empty());
    // The first of the longest: `max_by_key` would give the last.
    runs.rev().max_by_key(|run| run.len()).map_or(Rgba::EMPTY, |run| run[0])
}
