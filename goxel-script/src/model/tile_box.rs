//! [`TileBox`]: the tiles that a box touches, or those that lie in it.

use goxel_core::{TILE_EDGE, TilePos};
use goxel_proto::types::Aabb;

const EDGE: i64 = TILE_EDGE as i64;

/// A box of tiles: low inside, high outside, for each axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TileBox {
    low: [i64; 3],
    high: [i64; 3],
}

impl TileBox {
    /// The tiles that a box touches.
    pub(crate) fn touched(aabb: &Aabb) -> Self {
        Self { low: aabb.min.map(|axis| axis.div_euclid(EDGE)), high: aabb.max.map(up) }
    }

    /// The tiles that lie in a box.
    pub(crate) fn within(aabb: &Aabb) -> Self {
        Self { low: aabb.min.map(up), high: aabb.max.map(|axis| axis.div_euclid(EDGE)) }
    }

    pub(crate) fn contains(&self, at: TilePos) -> bool {
        (0..3).all(|axis| (self.low[axis]..self.high[axis]).contains(&i64::from(at.0[axis])))
    }

    /// How many tiles it has.
    pub(crate) fn count(&self) -> u128 {
        (0..3).map(|axis| u128::try_from(self.high[axis] - self.low[axis]).unwrap_or(0)).product()
    }

    /// The tiles by z, then y, then x.
    pub(crate) fn tiles(self) -> impl Iterator<Item = TilePos> {
        let [xs, ys, zs] = [0, 1, 2].map(|axis| self.low[axis]..self.high[axis]);
        zs.flat_map(move |z| {
            let xs = xs.clone();
            let row =
                move |y| xs.clone().map(move |x| TilePos([x, y, z].map(|axis: i64| axis as i32)));
            ys.clone().flat_map(row)
        })
    }
}

/// The edge of a tile at or above this place, in tiles.
fn up(axis: i64) -> i64 {
    (axis + EDGE - 1).div_euclid(EDGE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_are_touched_or_within() {
        let aabb = Aabb { min: [-17, 0, 1], max: [16, 16, 33] };
        let (touched, within) = (TileBox::touched(&aabb), TileBox::within(&aabb));
        assert_eq!((touched.count(), within.count()), (9, 2));
        assert_eq!(touched.tiles().count(), 9);
        assert!(within.tiles().eq([TilePos([-1, 0, 1]), TilePos([0, 0, 1])]));
        assert!(
            touched
                .tiles()
                .all(|at| touched.contains(at) && !at.aabb().intersection(&aabb).is_empty())
        );
        assert_eq!(TileBox::within(&Aabb { min: [1; 3], max: [15; 3] }).count(), 0);
    }
}
