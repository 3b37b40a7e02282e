//! [`Query`]: the voxels of a box that have a colour, in order, from one place in the order to
//! another.
//!
//! The order is z, then y, then x, then the layers from the bottom up. Tiles are gone through slab
//! by slab, and a slab plane by plane and row by row; a slab, plane or row that lies before the
//! place asked for is counted and passed over, which for tiles of one colour is one step each.

use std::ops::{ControlFlow, Range};

use goxel_proto::types::{Aabb, Rgba, Voxel};

use crate::mask::{Mask, ROWS};
use crate::scan::{read_units, tiles_within};
use crate::volume::{TILE_EDGE, TilePos, TileRef, index_in_tile, runs};
use crate::{Layer, Result, Volume, Work};

/// Colours near one: no channel further away than its tolerance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Near {
    /// The colour to compare with.
    pub target: Rgba,
    /// How far each channel may be from that of the target.
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
    /// The box that they lie in.
    pub aabb: Aabb,
    /// The colours that they have.
    pub near: Near,
    /// How many of them to pass over, in their order.
    pub offset: u64,
    /// How many of those that follow to give at the most.
    pub limit: usize,
}

/// A voxel that a query found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The voxel.
    pub voxel: Voxel,
    /// Which of the layers it is in, as an index.
    pub layer: usize,
}

/// The result of a query.
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
    /// Carries out the query over these layers, bottom first.
    ///
    /// # Errors
    /// What `work` says.
    pub fn run(&self, layers: &[Layer], work: &Work<'_>) -> Result<Extract> {
        let mut parts: Vec<Part<'_>> = Vec::new();
        for (layer, Layer { volume, .. }) in layers.iter().enumerate() {
            parts.extend(self.parts(volume, layer, work)?);
        }
        parts.sort_unstable_by_key(|part| {
            let [x, y, z] = part.at.0;
            ([z, y, x], part.layer)
        });
        let mut walk = Walk { query: self, skip: self.offset, extract: Extract::default() };
        let slabs = parts.chunk_by(|a, b| a.at.0[2] == b.at.0[2]);
        for slab in slabs {
            // Breaking off early is how the walk ends when it has enough.
            if walk.slab(slab, work)?.is_break() {
                break;
            }
        }
        walk.extract.skipped = self.offset - walk.skip;
        Ok(walk.extract)
    }

    /// The tiles that may hold what is asked for.
    fn parts<'a>(
        &self,
        volume: &'a Volume,
        layer: usize,
        work: &Work<'_>,
    ) -> Result<impl Iterator<Item = Part<'a>> + use<'a, '_>> {
        let tiles = tiles_within(volume, &self.aabb, work)?.into_iter();
        let wanted = tiles.filter(|(_, tile)| self.may_be_in(*tile));
        Ok(wanted.map(move |(at, tile)| Part { at, tile, layer }))
    }

    /// Whether a tile may hold a colour that is asked for, from its palette alone.
    fn may_be_in(&self, tile: TileRef<'_>) -> bool {
        let matches = |rgba: &Rgba| self.near.matches(*rgba);
        match (tile.uniform(), tile.indexed()) {
            (Some(rgba), _) => matches(&rgba),
            (_, Some((_, colours))) => colours.iter().any(matches),
            _ => true,
        }
    }

    /// The voxels of a tile that are asked for.
    fn mask(&self, part: &Part<'_>) -> Mask {
        let mut mask = match self.near {
            Near::ANY => Mask::occupied(part.tile),
            near => Mask::of(part.tile, |rgba| near.matches(rgba)),
        };
        mask.intersect(&Mask::within(part.at, &self.aabb));
        mask
    }
}

/// A tile of a layer.
#[derive(Clone, Copy)]
struct Part<'a> {
    at: TilePos,
    tile: TileRef<'a>,
    layer: usize,
}

/// A tile with the voxels of it that are asked for.
type Asked<'a> = (Part<'a>, Mask);

/// The way through the order of voxels, and what was found on it.
struct Walk<'a> {
    query: &'a Query,
    skip: u64,
    extract: Extract,
}

impl Walk<'_> {
    /// Passes over these rows where what is asked for lies behind them.
    fn passes(&mut self, parts: &[Asked<'_>], rows: &Range<usize>) -> bool {
        if self.skip == 0 {
            return false;
        }
        let ones = |row: &u16| u64::from(row.count_ones());
        let count = |mask: &Mask| mask.0[rows.clone()].iter().map(ones).sum::<u64>();
        let count: u64 = parts.iter().map(|(_, mask)| count(mask)).sum();
        if count > self.skip {
            return false;
        }
        self.skip -= count;
        true
    }

    fn slab(&mut self, parts: &[Part<'_>], work: &Work<'_>) -> Result<ControlFlow<()>> {
        let query = self.query;
        let mut asked = Vec::new();
        for part in parts {
            work.spend(read_units(part.tile))?;
            let mask = query.mask(part);
            if mask != Mask::EMPTY {
                asked.push((*part, mask));
            }
        }
        if self.passes(&asked, &(0..ROWS)) {
            return Ok(ControlFlow::Continue(()));
        }
        for z in 0..TILE_EDGE {
            work.spend(TILE_EDGE as u64 * asked.len() as u64)?;
            if self.plane(&asked, z).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
        Ok(ControlFlow::Continue(()))
    }

    fn plane(&mut self, parts: &[Asked<'_>], z: usize) -> ControlFlow<()> {
        let first = index_in_tile(0, 0, z) / TILE_EDGE;
        if self.passes(parts, &(first..first + TILE_EDGE)) {
            return ControlFlow::Continue(());
        }
        let mut lines = parts.chunk_by(|(a, _), (b, _)| a.at.0[1] == b.at.0[1]);
        lines
            .try_for_each(|line| (first..first + TILE_EDGE).try_for_each(|row| self.row(line, row)))
    }

    fn row(&mut self, parts: &[Asked<'_>], row: usize) -> ControlFlow<()> {
        if self.passes(parts, &(row..row + 1)) {
            return ControlFlow::Continue(());
        }
        // Tiles at one place differ in their layers only.
        let mut stacks = parts.chunk_by(|(a, _), (b, _)| a.at.0[0] == b.at.0[0]);
        stacks.try_for_each(|stack| {
            let any = stack.iter().fold(0, |any, (_, mask)| any | mask.0[row]);
            runs(any).flatten().try_for_each(|x| {
                let mut there = stack.iter().filter(|(_, mask)| mask.0[row] >> x & 1 == 1);
                there.try_for_each(|(part, _)| self.take(part, row * TILE_EDGE + x))
            })
        })
    }

    /// Takes a voxel that is asked for.
    fn take(&mut self, part: &Part<'_>, index: usize) -> ControlFlow<()> {
        if self.skip > 0 {
            self.skip -= 1;
            return ControlFlow::Continue(());
        }
        if self.extract.found.len() == self.query.limit {
            self.extract.truncated = true;
            return ControlFlow::Break(());
        }
        let voxel = Voxel { pos: part.at.voxel(index), rgba: part.tile.get(index) };
        self.extract.found.push(Found { voxel, layer: part.layer });
        ControlFlow::Continue(())
    }
}
