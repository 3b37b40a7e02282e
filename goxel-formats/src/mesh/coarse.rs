//! Coarser volumes: each voxel of eight, for meshes that are seen from far away.

use std::collections::BTreeSet;

use goxel_core::{TILE_EDGE, TILE_VOXELS, Tile, TilePos, Volume, Work, index_in_tile};
use goxel_proto::types::Rgba;

use crate::Result;

/// Of eight voxels, how many have to be there for the one in their place: a wall that is one voxel
/// thick stays.
const VOXELS_MIN: usize = 4;

/// A volume of voxels twice as long. Each has the colour that most of its eight have.
pub(super) fn coarser(volume: &Volume, work: &Work<'_>) -> Result<Volume> {
    let mut places = BTreeSet::new();
    for (at, _) in volume.tiles() {
        places.insert(TilePos(at.0.map(|c| c.div_euclid(2))));
    }
    let mut coarse = Volume::new();
    for at in places {
        work.spend(8 * TILE_VOXELS as u64)?;
        let mut voxels = Box::new([Rgba::EMPTY; TILE_VOXELS]);
        for part in 0..8 {
            let offset = [0, 1, 2].map(|axis| part >> axis & 1);
            let fine = TilePos([0, 1, 2].map(|axis| 2 * at.0[axis] + offset[axis] as i32));
            add(volume, fine, offset, &mut voxels);
        }
        coarse.replace_tile(at, Tile::from_dense(&voxels));
    }
    Ok(coarse)
}

/// Puts a tile into the eighth of a coarse one that it covers.
fn add(volume: &Volume, fine: TilePos, offset: [usize; 3], voxels: &mut [Rgba; TILE_VOXELS]) {
    const HALF: usize = TILE_EDGE / 2;
    let tile = volume.tile(fine);
    if tile.uniform() == Some(Rgba::EMPTY) {
        return;
    }
    for z in 0..HALF {
        for y in 0..HALF {
            let rows =
                [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(dy, dz)| tile.row(2 * y + dy, 2 * z + dz));
            for x in 0..HALF {
                let eight = rows.iter().flat_map(|row| [row[2 * x], row[2 * x + 1]]);
                let at = [x, y, z];
                let [x, y, z] = [0, 1, 2].map(|axis| at[axis] + HALF * offset[axis]);
                voxels[index_in_tile(x, y, z)] = most(eight);
            }
        }
    }
}

/// The colour that most have; empty where too few are there.
fn most(eight: impl Iterator<Item = Rgba> + Clone) -> Rgba {
    let there = eight.filter(|rgba| !rgba.is_empty());
    if there.clone().count() < VOXELS_MIN {
        return Rgba::EMPTY;
    }
    let count = |rgba: &Rgba| there.clone().filter(|other| other == rgba).count();
    there.clone().max_by_key(|rgba| (count(rgba), rgba.0)).unwrap_or(Rgba::EMPTY)
}

#[cfg(test)]
mod tests {
    use goxel_proto::types::{Aabb, Pos};

    use super::*;

    #[test]
    fn half_of_a_voxel_is_enough() {
        let mut volume = Volume::new();
        volume.fill(&Aabb { min: [-8, 0, 0], max: [8, 8, 1] }, Rgba::WHITE);
        volume.set(Pos::new(100, 0, 0), Rgba::WHITE);
        volume.set(Pos::new(-8, 0, 0), Rgba::BLACK);
        let mut expected = Volume::new();
        expected.fill(&Aabb { min: [-4, 0, 0], max: [4, 4, 1] }, Rgba::WHITE);
        assert_eq!(coarser(&volume, &Work::unbounded()).unwrap(), expected);
    }
}
