//! [`Motion`]: a map that takes whole voxels to whole voxels: shifts, flips, quarter turns, and what
//! they compose to.

use goxel_proto::types::{Aabb, Pos};

use crate::scan::all_tiles;
use crate::volume::{TILE_EDGE, TilePos, Volume};
use crate::{Error, Result, TILE_UNITS, Work};

/// What it takes to move a voxel.
const MOVE_UNITS: u64 = 4;

/// A signed permutation of the axes, followed by a shift.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Motion {
    /// Which coordinate each new one is made of, and with which sign.
    axes: [(usize, i64); 3],
    /// What is added to it.
    offset: [i64; 3],
}

impl Motion {
    /// Every voxel `by` further.
    #[must_use]
    pub fn translation(by: [i64; 3]) -> Self {
        Self { axes: [(0, 1), (1, 1), (2, 1)], offset: by }
    }

    /// Mirrored along an axis (0 is x). A coordinate and its mirror image add up to `sum`: twice
    /// a voxel's coordinate to mirror about its middle, one more to mirror about its upper side.
    #[must_use]
    pub fn flip(axis: usize, sum: i64) -> Self {
        let mut flip = Self::translation([0; 3]);
        flip.axes[axis % 3].1 = -1;
        flip.offset[axis % 3] = sum;
        flip
    }

    /// Turned by quarters about an axis (0 is x) through the middle of the voxel `pivot`: from the
    /// next axis towards the one after it, so from x to y about z.
    #[must_use]
    pub fn turn(axis: usize, quarters: i32, pivot: Pos) -> Self {
        let [u, v] = [(axis + 1) % 3, (axis + 2) % 3];
        let (cos, sin) = [(1, 0), (0, 1), (-1, 0), (0, -1)][quarters.rem_euclid(4) as usize];
        let mut turn = Self::translation([0; 3]);
        if sin != 0 {
            turn.axes[u] = (v, -sin);
            turn.axes[v] = (u, sin);
        } else {
            turn.axes[u].1 = cos;
            turn.axes[v].1 = cos;
        }
        let pivot = pivot.to_array().map(i64::from);
        let moved = turn.map(pivot);
        turn.offset = [0, 1, 2].map(|axis| pivot[axis] - moved[axis]);
        turn
    }

    fn map(&self, pos: [i64; 3]) -> [i64; 3] {
        [0, 1, 2].map(|axis| {
            let (from, sign) = self.axes[axis];
            (sign * pos[from]).saturating_add(self.offset[axis])
        })
    }

    /// The image of a box.
    pub(super) fn map_box(&self, aabb: &Aabb) -> Aabb {
        let (a, b) = (self.map(aabb.min), self.map(aabb.max.map(|end| end - 1)));
        Aabb {
            min: [0, 1, 2].map(|axis| a[axis].min(b[axis])),
            max: [0, 1, 2].map(|axis| a[axis].max(b[axis]).saturating_add(1)),
        }
    }

    /// By how many whole tiles this shifts, if that is all it does.
    fn whole_tiles(&self) -> Option<[i32; 3]> {
        let edge = TILE_EDGE as i64;
        let shifts = self.axes == Self::translation([0; 3]).axes;
        let whole = shifts && self.offset.iter().all(|by| by % edge == 0);
        whole.then(|| self.offset.map(|by| (by / edge) as i32))
    }

    /// The volume of the moved voxels.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] where one would have no position.
    pub(super) fn apply(&self, volume: &Volume, work: &Work<'_>) -> Result<Volume> {
        let Some(bounds) = volume.bounds() else { return Ok(Volume::new()) };
        let placed = self.map_box(&bounds);
        if placed.intersection(&Aabb::EVERYTHING) != placed {
            return Err(Error::OutOfRange);
        }
        let mut moved = Volume::new();
        if let Some(by) = self.whole_tiles() {
            for (at, tile) in all_tiles(volume, work)? {
                work.spend(TILE_UNITS)?;
                let at = TilePos([0, 1, 2].map(|axis| at.0[axis] + by[axis]));
                moved.replace_tile(at, tile.to_tile());
            }
            return Ok(moved);
        }
        let mut accessor = moved.accessor();
        for (at, tile) in all_tiles(volume, work)? {
            work.spend(TILE_UNITS + MOVE_UNITS * tile.count() as u64)?;
            for (index, rgba) in tile.to_tile().voxels() {
                let pos = self.map(at.voxel(index).to_array().map(i64::from));
                accessor.set(Pos::from(pos.map(|axis| axis as i32)), rgba);
            }
        }
        drop(accessor);
        Ok(moved)
    }
}
