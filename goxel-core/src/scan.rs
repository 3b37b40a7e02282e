//! Which tiles an operation on a box has to visit, and how many they are.

use goxel_proto::types::{Aabb, Pos, Rgba};

use crate::mask::Mask;
use crate::volume::{TILE_EDGE, TILE_VOXELS, TilePos, TileRef, Volume, runs};
use crate::work::PARTIAL_UNITS;
use crate::{Result, TILE_UNITS, Work};

/// Tiles of a box up to which each is looked up on its own. Past that, going through what is
/// stored is cheaper for most volumes, and it never costs more than what is stored.
const LOOKED_UP_MAX: i64 = 4096;

/// The tiles of `volume` that are not known to be empty and meet `aabb`, in no particular order.
pub(crate) fn tiles_within<'a>(
    volume: &'a Volume,
    aabb: &Aabb,
    work: &Work<'_>,
) -> Result<Vec<StoredTile<'a>>> {
    let aabb = aabb.intersection(&Aabb::EVERYTHING);
    if aabb.is_empty() || volume.is_empty() {
        return Ok(Vec::new());
    }
    let cells = tile_cells(&aabb);
    let count = cells.iter().try_fold(1_i64, |count, (first, last)| {
        count.checked_mul(i64::from(*last) - i64::from(*first) + 1)
    });
    if count.is_some_and(|count| count <= LOOKED_UP_MAX) {
        let tiles = positions(cells).map(|at| (at, volume.tile(at)));
        return gathered(tiles, |(_, tile)| tile.uniform() != Some(Rgba::EMPTY), work);
    }
    gathered(volume.tiles(), |(at, _)| !at.aabb().intersection(&aabb).is_empty(), work)
}

/// A tile that is not known to be empty, and where it is.
pub(crate) type StoredTile<'a> = (TilePos, TileRef<'a>);

/// The tiles of `volume` that are not known to be empty, in no particular order.
pub(crate) fn all_tiles<'a>(volume: &'a Volume, work: &Work<'_>) -> Result<Vec<StoredTile<'a>>> {
    // As many there are at the least, so what is too much is known without listing it.
    work.expect(volume.count() / TILE_VOXELS as u64 * LISTED_UNITS)?;
    gathered(volume.tiles(), |_| true, work)
}

/// How often a list of tiles says what it has cost: an atomic addition each would be half of that.
const LISTED_AT_ONCE: usize = 64;
/// What a tile of a list costs, in [`Work`]'s units: its head comes from memory.
const LISTED_UNITS: u64 = TILE_UNITS;

/// Gathers what is wanted of a list that has an item for each tile.
pub(crate) fn gathered<T>(
    items: impl Iterator<Item = T>,
    wanted: impl Fn(&T) -> bool,
    work: &Work<'_>,
) -> Result<Vec<T>> {
    let mut all = Vec::new();
    let mut seen = 0;
    for item in items {
        seen += 1;
        if seen % LISTED_AT_ONCE == 0 {
            work.spend(LISTED_AT_ONCE as u64 * LISTED_UNITS)?;
        }
        if wanted(&item) {
            all.push(item);
        }
    }
    work.spend((seen % LISTED_AT_ONCE) as u64 * LISTED_UNITS)?;
    Ok(all)
}

/// Calls `take` with the index and the colour of each voxel of a tile. Empty rows cost next to nothing.
pub(crate) fn for_each_voxel(tile: TileRef<'_>, mut take: impl FnMut(usize, Rgba)) {
    if let Some(voxels) = tile.sparse() {
        return voxels.iter().for_each(|&(index, rgba)| take(usize::from(index), rgba));
    }
    for (row, bits) in Mask::occupied(tile).0.into_iter().enumerate() {
        for x in runs(bits).flatten() {
            let index = row * TILE_EDGE + x;
            take(index, tile.get(index));
        }
    }
}

/// What it takes to read all voxels of a tile, in [`Work`]'s units.
pub(crate) fn read_units(tile: TileRef<'_>) -> u64 {
    if tile.uniform().is_some() { TILE_UNITS } else { TILE_VOXELS as u64 }
}

/// The first and the last tile that a box meets, for each axis. The box is not empty.
fn tile_cells(aabb: &Aabb) -> [(i32, i32); 3] {
    let tile = |voxel: i64| voxel.div_euclid(TILE_EDGE as i64) as i32;
    [0, 1, 2].map(|axis| (tile(aabb.min[axis]), tile(aabb.max[axis] - 1)))
}

fn positions([x, y, z]: [(i32, i32); 3]) -> impl Iterator<Item = TilePos> {
    let rows = (z.0..=z.1).flat_map(move |z| (y.0..=y.1).map(move |y| (y, z)));
    rows.flat_map(move |(y, z)| (x.0..=x.1).map(move |x| TilePos([x, y, z])))
}

/// How many tiles a box covers partially.
pub(crate) fn partial_tiles(aabb: &Aabb) -> u128 {
    let aabb = aabb.intersection(&Aabb::EVERYTHING);
    let edge = TILE_EDGE as i64;
    let whole = |axis: usize| {
        aabb.max[axis].div_euclid(edge) - (aabb.min[axis] + edge - 1).div_euclid(edge)
    };
    if aabb.is_empty() { 0 } else { met_tiles(&aabb) - product(whole) }
}

/// How many tiles a box meets.
pub(crate) fn met_tiles(aabb: &Aabb) -> u128 {
    let aabb = aabb.intersection(&Aabb::EVERYTHING);
    if aabb.is_empty() { 0 } else { product(|axis| count_along(&aabb, axis)) }
}

/// How many tiles lie at the boundary of a box. The surface of a convex solid in it is smaller than
/// that of the box, so this is about how many tiles the solid covers partially, at the most.
pub(crate) fn boundary_tiles(aabb: &Aabb) -> u128 {
    let aabb = aabb.intersection(&Aabb::EVERYTHING);
    let inner = |axis| count_along(&aabb, axis) - 2;
    if aabb.is_empty() { 0 } else { met_tiles(&aabb) - product(inner) }
}

/// The tiles that a box meets along an axis. The box is not empty and lies in [`Aabb::EVERYTHING`].
pub(crate) fn tiles_along(aabb: &Aabb, axis: usize) -> impl Iterator<Item = i32> + use<> {
    let (first, last) = tile_cells(aabb)[axis];
    first..=last
}

/// How many tiles a box meets along an axis.
fn count_along(aabb: &Aabb, axis: usize) -> i64 {
    let edge = TILE_EDGE as i64;
    (aabb.max[axis] + edge - 1).div_euclid(edge) - aabb.min[axis].div_euclid(edge)
}

fn product(count: impl Fn(usize) -> i64) -> u128 {
    (0..3).map(|axis| u128::try_from(count(axis)).unwrap_or(0)).product()
}

/// Every tile that a box meets, z slowest, stored or not. The box lies in [`Aabb::EVERYTHING`].
pub(crate) fn tile_positions(aabb: &Aabb) -> impl Iterator<Item = TilePos> {
    let cells = (!aabb.is_empty()).then(|| tile_cells(aabb));
    cells.into_iter().flat_map(positions)
}

/// What a voxel costs, in [`Work`]'s units.
const POINT_UNITS: u64 = 4;
/// What one costs that may be the first of its tile.
pub(crate) const NEW_TILE_UNITS: u64 = PARTIAL_UNITS / 2;

/// What it takes to set voxels in this order: each that is in another tile than the one before it may
/// be the first of a tile.
pub(crate) fn points_units(places: impl Iterator<Item = Pos>) -> u64 {
    let (mut units, mut last) = (0, None);
    for at in places.map(TilePos::of) {
        units += if last == Some(at) { POINT_UNITS } else { NEW_TILE_UNITS };
        last = Some(at);
    }
    units
}

#[cfg(test)]
mod tests {
    use goxel_proto::types::Pos;

    use super::*;

    #[test]
    fn tiles_are_met_and_covered() {
        let check = |low: [i32; 3], high: [i32; 3], expected: u128| {
            let aabb = Aabb::spanning(low.into(), high.into());
            let covered = |at: &TilePos| at.aabb().intersection(&aabb) == at.aabb();
            let counted = tile_positions(&aabb).filter(|at| !covered(at)).count() as u128;
            assert_eq!((partial_tiles(&aabb), counted), (expected, expected), "{aabb:?}");
        };
        check([0; 3], [15; 3], 0);
        check([-16; 3], [31; 3], 0);
        check([1; 3], [15; 3], 1);
        check([-1; 3], [16; 3], 26);
        check([0; 3], [99, 0, 0], 7);
        check([0; 3], [31, 31, 32], 4);
        assert_eq!(partial_tiles(&Aabb::EVERYTHING), 0);
        assert_eq!(partial_tiles(&Aabb::default()), 0);
        let sides =
            |edge: i32| boundary_tiles(&Aabb::spanning(Pos::ZERO, Pos::from([edge - 1; 3])));
        assert_eq!([16, 32, 48, 64].map(sides), [1, 8, 26, 56]);
        assert_eq!(boundary_tiles(&Aabb::spanning(Pos::ZERO, Pos::new(0, 0, 159))), 10);
        assert_eq!(boundary_tiles(&Aabb::default()), 0);
    }

    #[test]
    fn both_ways_find_the_same_tiles() {
        let places =
            [[0, 0, 0], [-1, -1, -1], [40, 0, 0], [i32::MAX, 0, i32::MIN], [500, 500, 500]];
        let volume: Volume = places.map(|at| (Pos::from(at), Rgba::WHITE)).into_iter().collect();
        let count =
            |aabb: &Aabb| tiles_within(&volume, aabb, &Work::unbounded()).expect("no budget").len();
        let reach = |edge: i32| Aabb::spanning(Pos::from([-edge; 3]), Pos::from([edge; 3]));
        assert_eq!(count(&reach(0)), 1);
        assert_eq!(count(&reach(1)), 2);
        assert_eq!(count(&reach(40)), 3);
        assert_eq!(count(&reach(499)), 4);
        assert_eq!(count(&Aabb::EVERYTHING), 5);
        assert_eq!(count(&Aabb::default()), 0);
    }
}
