//! Morphology: dilation, erosion and hollowing, by rows of sixteen bits.

use std::collections::BTreeSet;

use goxel_proto::types::Rgba;

use super::check_work;
use crate::mask::{Mask, ROWS};
use crate::neighbourhood::{Neighbourhood, tiles_around};
use crate::rebuild::change_tiles;
use crate::scan::all_tiles;
use crate::volume::{TILE_EDGE, TILE_VOXELS, Tile, TilePos, Volume};
use crate::{Connectivity, Result, Work};

/// Empty places next to a voxel take its colour: of several, the one with the lowest z, then y,
/// then x. So many times, as far as the work stays within its limit.
pub(super) fn dilated(
    volume: &Volume,
    connectivity: Connectivity,
    steps: u32,
    work: &Work<'_>,
) -> Result<Volume> {
    let mut grown = volume.clone();
    for step in 0..steps {
        check_work(&grown, u128::from(steps - step))?;
        grown = dilated_once(&grown, connectivity, work)?;
        if grown.is_empty() {
            break;
        }
    }
    Ok(grown)
}

/// What it takes to look at a tile and all around it.
const VISIT_UNITS: u64 = TILE_VOXELS as u64;

fn dilated_once(volume: &Volume, connectivity: Connectivity, work: &Work<'_>) -> Result<Volume> {
    let mut grown = volume.clone();
    let tiles = all_tiles(volume, work)?;
    work.expect(tiles.len() as u64 * VISIT_UNITS)?;
    let places: BTreeSet<TilePos> = tiles.iter().flat_map(|(at, _)| tiles_around(*at)).collect();
    let places: Vec<TilePos> = places.into_iter().collect();
    change_tiles(&mut grown, &places, work, |at, _| {
        work.spend(VISIT_UNITS)?;
        let near = Neighbourhood::new(volume, at);
        let mut voxels = None;
        for row in 0..ROWS {
            let fresh = near.any_neighbour(row, connectivity) & !near.row(row);
            for x in (0..TILE_EDGE).filter(|x| fresh >> x & 1 == 1) {
                let voxels = voxels.get_or_insert_with(|| volume.tile(at).to_tile().to_dense());
                voxels[row * TILE_EDGE + x] = near.first_neighbour(row, x, connectivity);
            }
        }
        Ok(voxels.map(|voxels| Tile::from_dense(&voxels)))
    })?;
    Ok(grown)
}

/// Without the voxels that have an empty place next to them, so many times.
pub(super) fn eroded(
    volume: &Volume,
    connectivity: Connectivity,
    steps: u32,
    work: &Work<'_>,
) -> Result<Volume> {
    let mut left = volume.clone();
    for _ in 0..steps {
        if left.is_empty() {
            break;
        }
        left = eroded_once(&left, connectivity, work)?;
    }
    Ok(left)
}

fn eroded_once(volume: &Volume, connectivity: Connectivity, work: &Work<'_>) -> Result<Volume> {
    let mut left = volume.clone();
    let places: Vec<TilePos> = all_tiles(volume, work)?.into_iter().map(|(at, _)| at).collect();
    work.expect(places.len() as u64 * VISIT_UNITS)?;
    change_tiles(&mut left, &places, work, |at, tile| {
        work.spend(VISIT_UNITS)?;
        let near = Neighbourhood::new(volume, at);
        let gone =
            std::array::from_fn(|row| near.row(row) & !near.all_neighbours(row, connectivity));
        Ok((Mask(gone) != Mask::EMPTY).then(|| Mask(gone).painted(tile, Rgba::EMPTY)))
    })?;
    Ok(left)
}

/// Without the voxels that are more than so many steps from the outside.
pub(super) fn hollowed(volume: &Volume, layers: u32, work: &Work<'_>) -> Result<Volume> {
    let inside = eroded(volume, Connectivity::Faces, layers, work)?;
    let mut shell = volume.clone();
    let places: Vec<TilePos> = all_tiles(&inside, work)?.into_iter().map(|(at, _)| at).collect();
    change_tiles(&mut shell, &places, work, |at, tile| {
        work.spend(VISIT_UNITS)?;
        Ok(Some(Mask::occupied(inside.tile(at)).painted(tile, Rgba::EMPTY)))
    })?;
    Ok(shell)
}
