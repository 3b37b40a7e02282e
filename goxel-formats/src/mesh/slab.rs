//! Slabs: the tiles of one coordinate along an axis, gone through a plane at a time.
//!
//! The planes of a slab do not depend on each other. Several are meshed at once where the executor of
//! the work has threads, and handed on in their order, so memory is that of one slab's tiles and of a
//! few planes' rectangles.

use std::collections::BTreeMap;

use goxel_core::{TILE_EDGE, TILE_UNITS, TILE_VOXELS, TilePos, TileRef, Work};
use goxel_proto::types::Rgba;

use super::cell::{Cell, STRIDES, Solids};
use super::parallel;
use super::plane::{Plane, Way};
use super::quad::{PLANE_AXES, Quad, Side};
use crate::Result;

/// What it costs to hand out a rectangle, in units of work: five lines of text are made of it.
const QUAD_UNITS: u64 = 512;
/// Planes that are meshed at once at the most, whatever the number of threads: each is as much memory as
/// its rectangles and what is made of them.
const PLANES_MAX: usize = 16;
/// The two sides of the slices of a slab: its planes, in their order.
const PLANES: usize = 2 * TILE_EDGE;
/// Tiles whose bits are found in one task.
const TASK_TILES: usize = 64;

type Tiles<'a> = Vec<(TilePos, TileRef<'a>)>;

/// Calls `each` with what `map` makes of the planes of a volume, some at a time in their order: those
/// across x first, by coordinate; the faces that look back before those that look on. Planes without
/// faces are left out.
pub(super) fn for_each<R: Send + Sync>(
    solids: &Solids<'_>,
    greedy: bool,
    work: &Work<'_>,
    map: impl Fn(Vec<Quad>) -> Result<R> + Sync,
    mut each: impl FnMut(Vec<R>) -> Result<()>,
) -> Result<()> {
    let at_once = work.executor().tasks().clamp(1, PLANES_MAX);
    for axis in 0..3 {
        for slab in by_coordinate(solids.volume.tiles(), axis, work)?.into_values() {
            let cells = cells(solids, slab, axis, work)?;
            for planes in (0..PLANES).step_by(at_once) {
                let planes: Vec<usize> = (planes..PLANES.min(planes + at_once)).collect();
                let made = parallel::map(work, &planes, |plane| {
                    work.check()?;
                    let quads = quads(&cells, axis, plane / 2, plane % 2 == 1, greedy);
                    work.spend(QUAD_UNITS * quads.len() as u64)?;
                    if quads.is_empty() { Ok(None) } else { map(quads).map(Some) }
                })?;
                each(made.into_iter().flatten().collect())?;
            }
        }
    }
    Ok(())
}

/// The tiles of a slab that have faces, in the order of their rows.
fn cells<'a>(
    solids: &Solids<'_>,
    slab: Tiles<'a>,
    axis: usize,
    work: &Work<'_>,
) -> Result<Vec<Cell<'a>>> {
    let [u, v] = PLANE_AXES[axis];
    let mut tiles = Vec::with_capacity(slab.len());
    for mut strip in by_coordinate(slab, v, work)?.into_values() {
        strip.sort_unstable_by_key(|(at, _)| at.0[u]);
        tiles.append(&mut strip);
    }
    let chunks: Vec<_> = tiles.chunks(TASK_TILES).collect();
    let cells = parallel::map(work, &chunks, |chunk| {
        let mut cells = Vec::new();
        for &(at, tile) in chunk {
            work.spend(if tile.uniform().is_some() { TILE_UNITS } else { TILE_VOXELS as u64 })?;
            cells.extend(Cell::new(solids, at, tile, axis));
        }
        Ok(cells)
    })?;
    Ok(cells.into_iter().flatten().collect())
}

/// Tiles by their place along an axis. All at once they are not sorted: that would be long, and asks nobody.
fn by_coordinate<'a>(
    tiles: impl IntoIterator<Item = (TilePos, TileRef<'a>)>,
    axis: usize,
    work: &Work<'_>,
) -> Result<BTreeMap<i32, Tiles<'a>>> {
    let mut sorted: BTreeMap<i32, Vec<_>> = BTreeMap::new();
    for (at, tile) in tiles {
        work.spend(TILE_UNITS)?;
        sorted.entry(at.0[axis]).or_default().push((at, tile));
    }
    Ok(sorted)
}

/// The rectangles of a plane: greedy ones grow in two ways, and the fewer are taken.
fn quads(cells: &[Cell<'_>], axis: usize, slice: usize, positive: bool, greedy: bool) -> Vec<Quad> {
    let Some(first) = cells.first() else { return Vec::new() };
    let at = origin(first, axis) + slice as i32;
    let plane = |way: Way| Plane::new(Side::new(axis, positive), at, way);
    if !greedy {
        let mut single = plane(Way::Single);
        for_each_row(cells, axis, slice, positive, |row, faces| {
            faces.iter().for_each(|(at, rgba)| single.face(*at, *rgba));
            single.end_row(row);
        });
        return single.finish();
    }
    let (mut alike, mut split) = (plane(Way::Alike), plane(Way::Split));
    for_each_row(cells, axis, slice, positive, |row, faces| {
        for (at, rgba) in faces {
            alike.face(*at, *rgba);
            split.face(*at, *rgba);
        }
        alike.end_row(row);
        split.end_row(row);
    });
    let (alike, split) = (alike.finish(), split.finish());
    if split.len() < alike.len() { split } else { alike }
}

fn origin(cell: &Cell<'_>, axis: usize) -> i32 {
    cell.at.min().to_array()[axis]
}

/// Calls `each` with the rows of a plane in their order, and the faces of each.
fn for_each_row(
    cells: &[Cell<'_>],
    axis: usize,
    slice: usize,
    positive: bool,
    mut each: impl FnMut(i32, &[(i32, Rgba)]),
) {
    let [u, v] = PLANE_AXES[axis];
    let mut found = Vec::new();
    for strip in cells.chunk_by(|a, b| a.at.0[v] == b.at.0[v]) {
        if !strip.iter().any(|cell| cell.has(slice, positive)) {
            continue;
        }
        for row in 0..TILE_EDGE {
            found.clear();
            for cell in strip.iter().filter(|cell| cell.has(slice, positive)) {
                let mut faces = cell.faces(slice, row, positive);
                while faces != 0 {
                    let bit = faces.trailing_zeros() as usize;
                    faces &= faces - 1;
                    let index = slice * STRIDES[axis] + row * STRIDES[v] + bit * STRIDES[u];
                    found.push((origin(cell, u) + bit as i32, cell.tile.get(index)));
                }
            }
            each(origin(&strip[0], v) + row as i32, &found);
        }
    }
}
