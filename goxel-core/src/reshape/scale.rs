//! Larger by whole numbers, and smaller by half, away from and towards the origin.

use goxel_proto::types::{Aabb, Pos, Rgba};

use crate::rebuild::build;
use crate::scan::{all_tiles, for_each_voxel, gathered, met_tiles, read_units, tile_positions};
use crate::volume::{
    Course, FEW, TILE_EDGE, TILE_VOXELS, Tile, TilePos, TileRef, Volume, gathered_tile,
};
use crate::{Error, Result, Work, check};

/// Every voxel as a cube: the one at x from `edge * x` on.
pub(super) fn enlarged(volume: &Volume, edge: u32, work: &Work<'_>) -> Result<Volume> {
    let edge = i64::from(edge.max(1));
    if edge == 1 {
        return Ok(volume.clone());
    }
    let bounds = volume.bounds_within(work)?.unwrap_or_default();
    let placed = Aabb { min: bounds.min.map(|c| c * edge), max: bounds.max.map(|c| c * edge) };
    if placed.intersection(&Aabb::EVERYTHING) != placed {
        return Err(Error::OutOfRange);
    }
    let places = enlarged_places(volume, edge, work)?;
    build(&places, work, |TilePos(at)| {
        let courses = [0, 1, 2].map(|axis| {
            let first = i64::from(at[axis]) * TILE_EDGE as i64;
            Course::new(axis, |along| (first + along).div_euclid(edge))
        });
        let tile = gathered_tile(&courses.each_ref(), |at| volume.tile(at));
        work.spend(read_units(TileRef::Stored(&tile)))?;
        Ok(tile)
    })
}

/// The tiles that the enlarged voxels reach into.
fn enlarged_places(volume: &Volume, edge: i64, work: &Work<'_>) -> Result<Vec<TilePos>> {
    let mut places = Vec::new();
    let mut count = 0;
    let mut reach = |low: Pos, high: Pos| {
        let cell = Aabb::spanning(low, high);
        let large = Aabb { min: cell.min.map(|c| c * edge), max: cell.max.map(|c| c * edge) };
        count += met_tiles(&large);
        check::check_reshaped(count)?;
        places.extend(gathered(tile_positions(&large), |_| true, work)?);
        Ok(())
    };
    for (at, tile) in all_tiles(volume, work)? {
        // Of a tile of few voxels, most of the enlarged one is empty.
        if tile.count() <= FEW {
            let mut voxels = Vec::with_capacity(tile.count());
            for_each_voxel(tile, |index, _| voxels.push(at.voxel(index)));
            voxels.into_iter().try_for_each(|pos| reach(pos, pos))?;
        } else {
            reach(at.min(), at.voxel(TILE_VOXELS - 1))?;
        }
    }
    places.sort_unstable();
    places.dedup();
    Ok(places)
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
    let octants = [0, 1, 2, 3, 4, 5, 6, 7].map(|octant| {
        let part = [octant & 1, octant >> 1 & 1, octant >> 2];
        volume.tile(TilePos([0, 1, 2].map(|axis| (at.0[axis] << 1) + part[axis])))
    });
    if let Some(rgba) = octants[0].uniform()
        && octants.iter().all(|tile| tile.uniform() == Some(rgba))
    {
        return Tile::Uniform(rgba);
    }
    let mut voxels = Box::new([Rgba::EMPTY; TILE_VOXELS]);
    for (row, line) in voxels.as_chunks_mut::<TILE_EDGE>().0.iter_mut().enumerate() {
        let (y, z) = (row % TILE_EDGE * 2, row / TILE_EDGE * 2);
        let across = y / TILE_EDGE * 2 + z / TILE_EDGE * 4;
        let (y, z) = (y % TILE_EDGE, z % TILE_EDGE);
        for (half, line) in line.as_chunks_mut::<{ TILE_EDGE / 2 }>().0.iter_mut().enumerate() {
            let tile = octants[across + half];
            let rows = [(y, z), (y + 1, z), (y, z + 1), (y + 1, z + 1)];
            if rows.iter().all(|&(y, z)| tile.row_mask(y, z) == 0) {
                continue;
            }
            let rows = rows.map(|(y, z)| tile.row(y, z));
            for (x, voxel) in line.iter_mut().enumerate() {
                let part = |bit: usize| rows[bit / 2][2 * x + bit % 2];
                *voxel = most_frequent([0, 1, 2, 3, 4, 5, 6, 7].map(part));
            }
        }
    }
    Tile::from_dense(&voxels)
}

/// The colour that most of those have that are not empty; of equally many, the lowest.
fn most_frequent(voxels: [Rgba; 8]) -> Rgba {
    // As numbers they are in the order of their channels, and the empty one is 0.
    let colours = voxels.map(|rgba| u32::from_be_bytes(rgba.0));
    let alike = |colour: u32| colours.iter().map(|&other| u64::from(other == colour)).sum::<u64>();
    let score =
        |colour: u32| if colour == 0 { 0 } else { alike(colour) << 32 | u64::from(!colour) };
    let best = colours.map(score).into_iter().fold(0, u64::max);
    if best == 0 { Rgba::EMPTY } else { Rgba((!(best as u32)).to_be_bytes()) }
}
