//! Bodies that are told by what is inside of them: a volume is made from a question about boxes.
//!
//! The question is asked about tiles first, then about rows, then about voxels, so that what is
//! far from the surface costs a question a tile.

use goxel_proto::types::{Aabb, Rgba};

use crate::Volume;
use crate::mask::{Mask, ROWS};
use crate::scan::tile_positions;
use crate::volume::{TILE_EDGE, TilePos};

/// How much of a box is inside of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inside {
    None,
    /// Or it is not known. Never the answer about a single voxel.
    Some,
    All,
}

/// The voxels of `aabb`, which lies in [`Aabb::EVERYTHING`], that are inside.
pub(super) fn body(aabb: &Aabb, rgba: Rgba, judge: impl Fn(&Aabb) -> Inside) -> Volume {
    let mut volume = Volume::new();
    for at in tile_positions(aabb) {
        let mask = match judge(&at.aabb().intersection(aabb)) {
            Inside::None => continue,
            Inside::All => Mask::within(at, aabb),
            Inside::Some => by_row(at, aabb, &judge),
        };
        if mask != Mask::EMPTY {
            mask.paint(&mut volume, at, rgba);
        }
    }
    volume
}

fn by_row(at: TilePos, aabb: &Aabb, judge: &impl Fn(&Aabb) -> Inside) -> Mask {
    let mut mask = Mask::within(at, aabb);
    for row in (0..ROWS).filter(|&row| mask.0[row] != 0).collect::<Vec<_>>() {
        let voxel = |x: usize| at.voxel(x + TILE_EDGE * row);
        let bits = mask.0[row];
        let (first, last) = (bits.trailing_zeros() as usize, 15 - bits.leading_zeros() as usize);
        mask.0[row] = match judge(&Aabb::spanning(voxel(first), voxel(last))) {
            Inside::None => 0,
            Inside::All => bits,
            Inside::Some => by_voxel(first..=last, |x| judge(&Aabb::of(voxel(x)))),
        };
    }
    mask
}

fn by_voxel(xs: std::ops::RangeInclusive<usize>, judge: impl Fn(usize) -> Inside) -> u16 {
    xs.fold(0, |bits, x| bits | u16::from(judge(x) == Inside::All) << x)
}

/// The lowest and the highest square of a number between two.
pub(super) fn squares(low: i64, high: i64) -> (i64, i64) {
    let (a, b) = (low.pow(2), high.pow(2));
    let least = if low <= 0 && high >= 0 { 0 } else { a.min(b) };
    (least, a.max(b))
}
