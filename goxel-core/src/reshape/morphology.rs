//! Morphology: dilation, erosion and hollowing, by rows of sixteen bits.

use goxel_proto::types::Rgba;

use crate::executor::try_map_items;
use crate::mask::Mask;
use crate::neighbourhood::{Neighbourhood, tiles_reached};
use crate::rebuild::change_tiles;
use crate::scan::all_tiles;
use crate::volume::{FEW, TILE_EDGE, TILE_VOXELS, Tile, TilePos, TileRef, Volume};
use crate::{Connectivity, Result, TILE_UNITS, Work, check};

/// What it takes to look at a tile and at those around it, in [`Work`]'s units.
const LOOK_UNITS: u64 = TILE_VOXELS as u64 / 2;
/// What it takes to make another tile of one, beside that.
const MAKE_UNITS: u64 = 2 * TILE_VOXELS as u64;

/// What it takes at the least to go through so many tiles so many times.
fn steps_units(tiles: usize, steps: u32) -> u64 {
    (tiles as u64 * LOOK_UNITS).saturating_mul(u64::from(steps))
}

/// Empty places next to a voxel take its colour: of several, the one with the lowest z, then y,
/// then x. So many times.
pub(super) fn dilated(
    volume: &Volume,
    connectivity: Connectivity,
    steps: u32,
    work: &Work<'_>,
) -> Result<Volume> {
    let mut grown = volume.clone();
    for step in 0..steps {
        let before = grown.clone();
        let tiles = all_tiles(&before, work)?;
        // All steps are one piece of work.
        work.expect(steps_units(tiles.len(), steps - step))?;
        let reached = try_map_items(work.executor(), &tiles, |(at, tile)| {
            work.spend(LOOK_UNITS / 8)?;
            let has_room = |at: &TilePos| before.tile(*at).count() < TILE_VOXELS;
            Ok(tiles_reached(*at, *tile).filter(has_room).collect::<Vec<_>>())
        })?;
        let mut places: Vec<TilePos> = reached.into_iter().flatten().collect();
        places.sort_unstable();
        places.dedup();
        check::check_reshaped(tiles.len() as u128 + places.len() as u128)?;
        change_tiles(&mut grown, &places, work, |at, tile| {
            dilated_tile(&before, at, tile, connectivity, work)
        })?;
        if grown.is_empty() {
            break;
        }
    }
    Ok(grown)
}

/// What becomes of a tile that has empty places; nothing where no voxel is next to them.
fn dilated_tile(
    volume: &Volume,
    at: TilePos,
    tile: TileRef<'_>,
    connectivity: Connectivity,
    work: &Work<'_>,
) -> Result<Option<Tile>> {
    work.spend(LOOK_UNITS)?;
    let Some(near) = Neighbourhood::new(volume, at) else { return Ok(None) };
    let mut fresh = near.next_to_any(connectivity);
    fresh.0.iter_mut().enumerate().for_each(|(row, bits)| *bits &= !near.row(row));
    if fresh == Mask::EMPTY {
        return Ok(None);
    }
    if fresh.count() as usize + tile.count() <= FEW {
        let mut grown = tile.to_tile();
        for (row, &bits) in fresh.0.iter().enumerate().filter(|(_, bits)| **bits != 0) {
            near.for_each_first(row, bits, connectivity, |x, rgba| {
                grown.set(row * TILE_EDGE + x, rgba);
            });
        }
        return Ok(Some(grown));
    }
    work.spend(MAKE_UNITS)?;
    let mut voxels = tile.to_tile().to_dense();
    for (row, &bits) in fresh.0.iter().enumerate().filter(|(_, bits)| **bits != 0) {
        let line = &mut voxels.as_chunks_mut::<TILE_EDGE>().0[row];
        near.for_each_first(row, bits, connectivity, |x, rgba| line[x] = rgba);
    }
    Ok(Some(Tile::from_dense(&voxels)))
}

/// Without the voxels that have an empty place next to them, so many times.
pub(super) fn eroded(
    volume: &Volume,
    connectivity: Connectivity,
    steps: u32,
    work: &Work<'_>,
) -> Result<Volume> {
    let mut left = volume.clone();
    for step in 0..steps {
        if left.is_empty() {
            break;
        }
        let before = left.clone();
        let places = places(&before, work)?;
        work.expect(steps_units(places.len(), steps - step))?;
        change_tiles(&mut left, &places, work, |at, tile| {
            eroded_tile(&before, at, tile, connectivity, work)
        })?;
    }
    Ok(left)
}

fn places(volume: &Volume, work: &Work<'_>) -> Result<Vec<TilePos>> {
    Ok(all_tiles(volume, work)?.into_iter().map(|(at, _)| at).collect())
}

/// What is left of a tile; nothing where all is.
fn eroded_tile(
    volume: &Volume,
    at: TilePos,
    tile: TileRef<'_>,
    connectivity: Connectivity,
    work: &Work<'_>,
) -> Result<Option<Tile>> {
    // There are 27 to look up.
    work.spend(12 * TILE_UNITS)?;
    let Some(near) = Neighbourhood::new(volume, at) else { return Ok(None) };
    work.spend(LOOK_UNITS)?;
    let mut gone = near.next_to_all(connectivity);
    gone.0.iter_mut().enumerate().for_each(|(row, bits)| *bits = near.row(row) & !*bits);
    if gone == Mask::EMPTY {
        return Ok(None);
    }
    Ok(Some(gone.painted(tile, Rgba::EMPTY)))
}

/// Without the voxels that are more than so many steps from the outside.
pub(super) fn hollowed(volume: &Volume, layers: u32, work: &Work<'_>) -> Result<Volume> {
    let inside = eroded(volume, Connectivity::Faces, layers, work)?;
    let mut shell = volume.clone();
    change_tiles(&mut shell, &places(&inside, work)?, work, |at, tile| {
        let inside = inside.tile(at);
        if inside.count() == tile.count() {
            work.spend(TILE_UNITS)?;
            return Ok(Some(Tile::EMPTY));
        }
        work.spend(LOOK_UNITS)?;
        Ok(Some(Mask::occupied(inside).painted(tile, Rgba::EMPTY)))
    })?;
    Ok(shell)
}
