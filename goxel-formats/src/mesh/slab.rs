//! A slab: the tiles of one coordinate along an axis, and which of their voxels are solid.
//!
//! A row of sixteen voxels is a `u16`, so the visible faces of a row are its bits without those of
//! the row before it or behind it. Colours are looked up for these only.

use std::collections::BTreeMap;

use goxel_core::{TILE_EDGE, TILE_UNITS, TILE_VOXELS, TilePos, TileRef, Volume, Work};

use super::plane::Plane;
use super::{PLANE_AXES, Quad};
use crate::scan;

/// The difference between the indices of neighbouring voxels in a tile, along each axis.
const STRIDES: [usize; 3] = [1, TILE_EDGE, TILE_EDGE * TILE_EDGE];

/// The solid voxels of a slice of a tile: a row for each step along `v`, a bit for each along `u`.
type Slice = [u16; TILE_EDGE];

/// A tile, and its slices with those of the neighbours at both ends.
struct Cell<'a> {
    at: TilePos,
    tile: TileRef<'a>,
    slices: Box<[Slice; TILE_EDGE + 2]>,
}

/// Calls `sink` for the rectangles that are perpendicular to `axis`. What a tile costs is spent where its
/// slices are made; its faces are gone through a plane at a time, in which nobody is asked.
pub(super) fn for_each<E: From<goxel_core::Error>>(
    volume: &Volume,
    axis: usize,
    work: &Work<'_>,
    sink: &mut impl FnMut(&Quad) -> Result<(), E>,
) -> Result<(), E> {
    let [u, v] = PLANE_AXES[axis];
    let tiles = volume.tiles();
    for slab in by_coordinate(tiles, axis, work)?.into_values() {
        let mut cells = Vec::new();
        for mut strip in by_coordinate(slab, v, work)?.into_values() {
            strip.sort_unstable_by_key(|(at, _)| at.0[u]);
            for (at, tile) in strip {
                work.spend(if tile.uniform().is_some() { TILE_UNITS } else { TILE_VOXELS as u64 })?;
                cells.extend(Cell::new(volume, at, tile, axis));
            }
        }
        for slice in 0..TILE_EDGE {
            for positive in [false, true] {
                work.check()?;
                for_each_in_plane(&cells, axis, slice, positive, sink)?;
            }
        }
    }
    Ok(())
}

/// Tiles by their place along an axis. All at once they are not sorted: that would be long, and asks nobody.
fn by_coordinate<'a>(
    tiles: impl IntoIterator<Item = (TilePos, TileRef<'a>)>,
    axis: usize,
    work: &Work<'_>,
) -> goxel_core::Result<BTreeMap<i32, Vec<(TilePos, TileRef<'a>)>>> {
    let mut sorted: BTreeMap<i32, Vec<_>> = BTreeMap::new();
    for (at, tile) in tiles {
        work.spend(TILE_UNITS)?;
        sorted.entry(at.0[axis]).or_default().push((at, tile));
    }
    Ok(sorted)
}

fn for_each_in_plane<E>(
    cells: &[Cell<'_>],
    axis: usize,
    slice: usize,
    positive: bool,
    sink: &mut impl FnMut(&Quad) -> Result<(), E>,
) -> Result<(), E> {
    let Some(first) = cells.first() else { return Ok(()) };
    let [u, v] = PLANE_AXES[axis];
    let origin = |cell: &Cell<'_>, axis: usize| i64::from(cell.at.min().to_array()[axis]);
    let at = origin(first, axis) + slice as i64 + i64::from(positive);
    let mut plane = Plane::new(axis, positive, at);
    for strip in cells.chunk_by(|a, b| a.at.0[v] == b.at.0[v]) {
        for row in 0..TILE_EDGE {
            for cell in strip {
                let mut faces = cell.faces(slice, row, positive);
                while faces != 0 {
                    let bit = faces.trailing_zeros() as usize;
                    faces &= faces - 1;
                    let index = slice * STRIDES[axis] + row * STRIDES[v] + bit * STRIDES[u];
                    plane.face(origin(cell, u) + bit as i64, cell.tile.get(index));
                }
            }
            plane.end_row(origin(&strip[0], v) + row as i64, sink)?;
        }
    }
    plane.finish(sink)
}

impl<'a> Cell<'a> {
    /// The cell of a tile; `None` where it can have no visible face, as inside of large solids.
    fn new(volume: &Volume, at: TilePos, tile: TileRef<'a>, axis: usize) -> Option<Self> {
        let beside = |step: i32| {
            let mut at = at;
            at.0[axis] += step;
            volume.tile(at)
        };
        let (before, behind) = (beside(-1), beside(1));
        if [before, tile, behind].iter().all(|tile| tile.uniform().is_some_and(scan::shown)) {
            return None;
        }
        let mut slices = Box::new([[0; TILE_EDGE]; TILE_EDGE + 2]);
        slices[0] = slice_bits(before, axis, TILE_EDGE - 1);
        for (slice, bits) in slices[1..=TILE_EDGE].iter_mut().enumerate() {
            *bits = slice_bits(tile, axis, slice);
        }
        slices[TILE_EDGE + 1] = slice_bits(behind, axis, 0);
        Some(Self { at, tile, slices })
    }

    /// The bits of a row that have a face on the given side.
    #[inline]
    fn faces(&self, slice: usize, row: usize, positive: bool) -> u16 {
        let beside = if positive { slice + 2 } else { slice };
        self.slices[slice + 1][row] & !self.slices[beside][row]
    }
}

fn slice_bits(tile: TileRef<'_>, axis: usize, slice: usize) -> Slice {
    if let Some(rgba) = tile.uniform() {
        return [if scan::shown(rgba) { u16::MAX } else { 0 }; TILE_EDGE];
    }
    let [u, v] = PLANE_AXES[axis];
    std::array::from_fn(|row| {
        let start = slice * STRIDES[axis] + row * STRIDES[v];
        (0..TILE_EDGE).fold(0, |bits, bit| {
            bits | u16::from(scan::shown(tile.get(start + bit * STRIDES[u]))) << bit
        })
    })
}
