//! Morphology: dilation, erosion and hollowing, by rows of sixteen bits.

use std::collections::BTreeSet;

use goxel_proto::types::Rgba;

use super::check_work;
use crate::mask::{Mask, ROWS};
use crate::neighbourhood::{Neighbourhood, tiles_around};
use crate::volume::{TILE_EDGE, Tile, TilePos, Volume};
use crate::{Connectivity, Result};

/// Empty places next to a voxel take its colour: of several, the one with the lowest z, then y,
/// then x. So many times, as far as the work stays within its limit.
pub(super) fn dilated(volume: &Volume, connectivity: Connectivity, steps: u32) -> Result<Volume> {
    let mut grown = volume.clone();
    for step in 0..steps {
        check_work(&grown, u128::from(steps - step))?;
        grown = dilated_once(&grown, connectivity);
        if grown.is_empty() {
            break;
        }
    }
    Ok(grown)
}

fn dilated_once(volume: &Volume, connectivity: Connectivity) -> Volume {
    let mut grown = volume.clone();
    let places: BTreeSet<TilePos> = volume.tiles().flat_map(|(at, _)| tiles_around(at)).collect();
    for at in places {
        let near = Neighbourhood::new(volume, at);
        let mut voxels = None;
        for row in 0..ROWS {
            let fresh = near.any_neighbour(row, connectivity) & !near.row(row);
            for x in (0..TILE_EDGE).filter(|x| fresh >> x & 1 == 1) {
                let voxels = voxels.get_or_insert_with(|| volume.tile(at).to_tile().to_dense());
                voxels[row * TILE_EDGE + x] = near.first_neighbour(row, x, connectivity);
            }
        }
        if let Some(voxels) = voxels {
            grown.replace_tile(at, Tile::from_dense(&voxels));
        }
    }
    grown
}

/// Without the voxels that have an empty place next to them, so many times.
pub(super) fn eroded(volume: &Volume, connectivity: Connectivity, steps: u32) -> Volume {
    let mut left = volume.clone();
    for _ in 0..steps {
        if left.is_empty() {
            break;
        }
        left = eroded_once(&left, connectivity);
    }
    left
}

fn eroded_once(volume: &Volume, connectivity: Connectivity) -> Volume {
    let mut left = volume.clone();
    for (at, _) in volume.tiles() {
        let near = Neighbourhood::new(volume, at);
        let gone =
            std::array::from_fn(|row| near.row(row) & !near.all_neighbours(row, connectivity));
        if Mask(gone) != Mask::EMPTY {
            Mask(gone).paint(&mut left, at, Rgba::EMPTY);
        }
    }
    left
}

/// Without the voxels that are more than so many steps from the outside.
pub(super) fn hollowed(volume: &Volume, layers: u32) -> Volume {
    let inside = eroded(volume, Connectivity::Faces, layers);
    let mut shell = volume.clone();
    for (at, tile) in inside.tiles() {
        Mask::occupied(tile).paint(&mut shell, at, Rgba::EMPTY);
    }
    shell
}
