//! Larger by whole numbers, and smaller by half, away from and towards the origin.

use std::collections::BTreeSet;

use goxel_proto::types::{Aabb, Pos, Rgba};

use crate::volume::{TILE_EDGE, TILE_VOXELS, Tile, TilePos, Volume, index_in_tile};
use crate::{Error, Result};

/// Every voxel as a cube: the one at x from `edge * x` on.
pub(super) fn enlarged(volume: &Volume, edge: u32) -> Result<Volume> {
    let edge = i64::from(edge.max(1));
    let mut large = Volume::new();
    let bounds = volume.bounds().unwrap_or_default();
    let placed = Aabb { min: bounds.min.map(|c| c * edge), max: bounds.max.map(|c| c * edge) };
    if placed.intersection(&Aabb::EVERYTHING) != placed {
        return Err(Error::OutOfRange);
    }
    volume.for_each_row(|start, row| {
        for_each_run(row, |first, length, rgba| {
            let from = Pos { x: start.x + first as i32, ..start };
            let min = from.to_array().map(|c| i64::from(c) * edge);
            let max = [min[0] + length as i64 * edge, min[1] + edge, min[2] + edge];
            large.fill(&Aabb { min, max }, rgba);
        });
    });
    large.compact();
    Ok(large)
}

/// Calls `f` with the start, length and colour of each run of like voxels.
fn for_each_run(row: &[Rgba; TILE_EDGE], mut f: impl FnMut(usize, usize, Rgba)) {
    let mut start = 0;
    for run in row.chunk_by(|a, b| a == b) {
        if !run[0].is_empty() {
            f(start, run.len(), run[0]);
        }
        start += run.len();
    }
}

/// Every cube of eight voxels as one.
pub(super) fn halved(volume: &Volume) -> Volume {
    let places: BTreeSet<TilePos> =
        volume.tiles().map(|(at, _)| TilePos(at.0.map(|axis| axis >> 1))).collect();
    let mut small = Volume::new();
    for at in places {
        small.replace_tile(at, halved_tile(volume, at));
    }
    small
}

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
