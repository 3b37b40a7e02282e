//! Implicit solids: a function says how much of a box is inside, and the box is filled accordingly.
//!
//! The function is called for tiles first, then for the rows and the voxels of those that the
//! surface passes through, so that what is far from the surface costs one call a tile.

use goxel_proto::types::{Aabb, Rgba};

use crate::mask::{Mask, ROWS};
use crate::rebuild::build;
use crate::scan::{met_tiles, tile_positions};
use crate::volume::{TILE_EDGE, TILE_VOXELS, TilePos, TileRef};
use crate::{Result, TILE_UNITS, Volume, Work};

/// How much of a box is inside of a solid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Coverage {
    None,
    /// Some of it, or that is not known. Never the answer about a single voxel.
    Partial,
    All,
}

/// A volume of the voxels of `aabb` that are inside. The box lies in [`Aabb::EVERYTHING`].
pub(super) fn fill_implicit(
    aabb: &Aabb,
    rgba: Rgba,
    work: &Work<'_>,
    classify: impl Fn(&Aabb) -> Coverage + Sync,
) -> Result<Volume> {
    work.expect(met_tiles(aabb) as u64 * TILE_UNITS)?;
    let places: Vec<TilePos> = tile_positions(aabb).collect();
    build(&places, work, |at| {
        let coverage = classify(&at.aabb().intersection(aabb));
        work.spend(if coverage == Coverage::Partial { PARTIAL_UNITS } else { TILE_UNITS })?;
        let mask = match coverage {
            Coverage::None => Mask::EMPTY,
            Coverage::All => Mask::within(at, aabb),
            Coverage::Partial => by_row(at, aabb, &classify),
        };
        Ok(mask.painted(TileRef::Uniform(Rgba::EMPTY), rgba))
    })
}

/// What it takes to work a tile out row by row, some of them voxel by voxel.
const PARTIAL_UNITS: u64 = 2 * TILE_VOXELS as u64;

fn by_row(at: TilePos, aabb: &Aabb, classify: &impl Fn(&Aabb) -> Coverage) -> Mask {
    let mut mask = Mask::within(at, aabb);
    for row in (0..ROWS).filter(|&row| mask.0[row] != 0).collect::<Vec<_>>() {
        let voxel = |x: usize| at.voxel(x + TILE_EDGE * row);
        let bits = mask.0[row];
        let (first, last) = (bits.trailing_zeros() as usize, 15 - bits.leading_zeros() as usize);
        mask.0[row] = match classify(&Aabb::spanning(voxel(first), voxel(last))) {
            Coverage::None => 0,
            Coverage::All => bits,
            Coverage::Partial => by_voxel(first..=last, |x| classify(&Aabb::of(voxel(x)))),
        };
    }
    mask
}

fn by_voxel(xs: std::ops::RangeInclusive<usize>, classify: impl Fn(usize) -> Coverage) -> u16 {
    xs.fold(0, |bits, x| bits | u16::from(classify(x) == Coverage::All) << x)
}

/// The lowest and the highest square of a number between two.
pub(super) fn squares(low: i64, high: i64) -> (i64, i64) {
    let (a, b) = (low.pow(2), high.pow(2));
    let least = if low <= 0 && high >= 0 { 0 } else { a.min(b) };
    (least, a.max(b))
}
