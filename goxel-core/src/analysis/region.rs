//! [`Query`]: the voxels of a box that have a colour, in order, from one place in the order to
//! another.
//!
//! The order is z, then y, then x, then the layers from the bottom up. Tiles are gone through slab
//! by slab, and a slab plane by plane and row by row; a slab, plane or row that lies before the
//! place asked for is counted and passed over, which for tiles of one colour is one step each.

use std::ops::{ControlFlow, Range};

use goxel_proto::types::{Aabb, Rgba, Voxel};

use crate::scan::tiles_within;
use crate::volume::{TILE_EDGE, TilePos, TileRef, index_in_tile};
use crate::{Layer, Volume};

/// Colours near one: each channel at most so far away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Near {
    /// The colour.
    pub target: Rgba,
    /// How far each channel may be away.
    pub tolerance: [u8; 4],
}

impl Near {
    /// Every colour.
    pub const ANY: Self = Self { target: Rgba::WHITE, tolerance: [255; 4] };

    /// Whether a voxel of this colour is there and near.
    #[must_use]
    pub fn matches(&self, rgba: Rgba) -> bool {
        let near = |channel: usize| {
            rgba.0[channel].abs_diff(self.target.0[channel]) <= self.tolerance[channel]
        };
        !rgba.is_empty() && (0..4).all(near)
    }
}

/// Which voxels are asked for.
#[derive(Clone, Copy, Debug)]
pub struct Query {
    /// Where.
    pub aabb: Aabb,
    /// In which colours.
    pub near: Near,
    /// How many to pass over.
    pub offset: u64,
    /// How many to give at the most.
    pub limit: usize,
}

/// A voxel that was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The voxel.
    pub voxel: Voxel,
    /// Which of the layers it is in, as an index.
    pub layer: usize,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extract {
    /// The voxels, in order.
    pub found: Vec<Found>,
    /// Whether there are more behind them.
    pub truncated: bool,
    /// How many were passed over: fewer than were asked to be, where there are no more.
    pub skipped: u64,
}

impl Extract {
    /// The smallest box that holds what was found.
    #[must_use]
    pub fn bounds(&self) -> Option<Aabb> {
        let boxes = self.found.iter().map(|found| Aabb::of(found.voxel.pos));
        boxes.reduce(|a, b| a.union(&b))
    }
}

impl Query {
    /// Looks at the voxels of these layers.
    #[must_use]
    pub fn run(&self, layers: &[Layer]) -> Extract {
        let mut parts: Vec<Part<'_>> = Vec::new();
        for (layer, Layer { volume, .. }) in layers.iter().enumerate() {
            parts.extend(self.parts(volume, layer));
        }
        parts.sort_unstable_by_key(|part| {
            let [x, y, z] = part.at.0;
            ([z, y, x], part.layer)
        });
        let mut walk = Walk { query: self, skip: self.offset, extract: Extract::default() };
        let slabs = parts.chunk_by(|a, b| a.at.0[2] == b.at.0[2]);
        // Breaking off early is how the walk ends when it has enough.
        let _ = { slabs }.try_for_each(|slab| walk.slab(slab));
        walk.extract.skipped = self.offset - walk.skip;
        walk.extract
    }

    /// The tiles that may hold what is asked for.
    fn parts<'a>(
        &self,
        volume: &'a Volume,
        layer: usize,
    ) -> impl Iterator<Item = Part<'a>> + use<'a, '_> {
        let tiles = tiles_within(volume, &self.aabb).into_iter();
        let wanted = tiles.filter(|(_, tile)| tile.uniform().is_none_or(|c| self.near.matches(c)));
        wanted.map(move |(at, tile)| {
            let (cell, shared) = (at.aabb(), at.aabb().intersection(&self.aabb));
            let cells = [0, 1, 2].map(|axis| {
                let cell = |place: i64| (place - cell.min[axis]) as usize;
                cell(shared.min[axis])..cell(shared.max[axis])
            });
            Part { at, tile, layer, cells }
        })
    }
}

/// A tile, and the part of it that lies in the box.
struct Part<'a> {
    at: TilePos,
    tile: TileRef<'a>,
    layer: usize,
    cells: [Range<usize>; 3],
}

impl Part<'_> {
    fn row(&self, y: usize, z: usize) -> Range<usize> {
        let [xs, ys, zs] = &self.cells;
        if ys.contains(&y) && zs.contains(&z) { xs.clone() } else { 0..0 }
    }

    /// How many voxels of these rows and planes are near.
    fn count(&self, near: &Near, ys: Range<usize>, zs: Range<usize>) -> u64 {
        let within = |a: &Range<usize>, b: Range<usize>| a.start.max(b.start)..a.end.min(b.end);
        let (ys, zs) = (within(&self.cells[1], ys), within(&self.cells[2], zs));
        if self.tile.uniform().is_some() {
            return (self.cells[0].len() * ys.len() * zs.len()) as u64;
        }
        let row = |y, z| {
            let matches = |x: &usize| near.matches(self.tile.get(index_in_tile(*x, y, z)));
            self.cells[0].clone().filter(matches).count() as u64
        };
        zs.map(|z| ys.clone().map(|y| row(y, z)).sum::<u64>()).sum()
    }
}

struct Walk<'a> {
    query: &'a Query,
    skip: u64,
    extract: Extract,
}

const WHOLE: Range<usize> = 0..TILE_EDGE;

impl Walk<'_> {
    /// Passes over these rows and planes where what is asked for lies behind them.
    fn passes(&mut self, parts: &[Part<'_>], ys: Range<usize>, zs: Range<usize>) -> bool {
        if self.skip == 0 {
            return false;
        }
        let count = |part: &Part<'_>| part.count(&self.query.near, ys.clone(), zs.clone());
        let count: u64 = parts.iter().map(count).sum();
        if count > self.skip {
            return false;
        }
        self.skip -= count;
        true
    }

    fn slab(&mut self, parts: &[Part<'_>]) -> ControlFlow<()> {
        if self.passes(parts, WHOLE, WHOLE) {
            return ControlFlow::Continue(());
        }
        (0..TILE_EDGE).try_for_each(|z| self.plane(parts, z))
    }

    fn plane(&mut self, parts: &[Part<'_>], z: usize) -> ControlFlow<()> {
        if self.passes(parts, WHOLE, z..z + 1) {
            return ControlFlow::Continue(());
        }
        let mut lines = parts.chunk_by(|a, b| a.at.0[1] == b.at.0[1]);
        lines.try_for_each(|line| (0..TILE_EDGE).try_for_each(|y| self.row(line, y, z)))
    }

    fn row(&mut self, parts: &[Part<'_>], y: usize, z: usize) -> ControlFlow<()> {
        if self.passes(parts, y..y + 1, z..z + 1) {
            return ControlFlow::Continue(());
        }
        let mut stacks = parts.chunk_by(|a, b| a.at.0[0] == b.at.0[0]);
        stacks.try_for_each(|stack| {
            // Tiles at one place differ in their layers only.
            let cells = stack.first().map_or(0..0, |part| part.row(y, z));
            { cells }.try_for_each(|x| {
                let index = index_in_tile(x, y, z);
                stack.iter().try_for_each(|part| self.take(part, index))
            })
        })
    }

    fn take(&mut self, part: &Part<'_>, index: usize) -> ControlFlow<()> {
        let rgba = part.tile.get(index);
        if !self.query.near.matches(rgba) {
            return ControlFlow::Continue(());
        }
        if self.skip > 0 {
            self.skip -= 1;
            return ControlFlow::Continue(());
        }
        if self.extract.found.len() == self.query.limit {
            self.extract.truncated = true;
            return ControlFlow::Break(());
        }
        let voxel = Voxel { pos: part.at.voxel(index), rgba };
        self.extract.found.push(Found { voxel, layer: part.layer });
        ControlFlow::Continue(())
    }
}
