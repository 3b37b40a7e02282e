//! [`Motion`]: a map that takes whole voxels to whole voxels: shifts, flips, quarter turns, and what
//! they compose to.

use goxel_proto::types::{Aabb, Pos, Rgba};

use crate::executor::try_map_items;
use crate::rebuild::build;
use crate::scan::{StoredTile, all_tiles, for_each_voxel, read_units, tiles_along};
use crate::volume::{Course, FEW, TILE_EDGE, TilePos, TileRef, Volume, gathered_tile, sources};
use crate::{Error, Result, TILE_UNITS, Work};

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

    /// Where the voxels of a tile that is there along an axis come from.
    fn course(&self, axis: usize, tile: i32) -> Course {
        let (from, sign) = self.axes[axis];
        let first = i64::from(tile) * TILE_EDGE as i64 - self.offset[axis];
        Course::new(from, |along| sign * (first + along))
    }

    /// The tiles that one is moved into. Of several tiles that are moved into the same one, only the
    /// first is said to be.
    fn reached(&self, from: TilePos, is_source: impl Fn(TilePos) -> bool) -> Vec<TilePos> {
        let reach = self.map_box(&from.aabb()).intersection(&Aabb::EVERYTHING);
        let courses = [0, 1, 2].map(|axis| {
            let tiles = tiles_along(&reach, axis);
            tiles.map(|tile| (tile, self.course(axis, tile))).collect::<Vec<_>>()
        });
        let [xs, ys, zs] = &courses;
        let mut reached = Vec::new();
        for (z, z_course) in zs {
            for (y, y_course) in ys {
                for (x, x_course) in xs {
                    let courses = [x_course, y_course, z_course];
                    if sources(&courses).find(|at| is_source(*at)) == Some(from) {
                        reached.push(TilePos([*x, *y, *z]));
                    }
                }
            }
        }
        reached
    }

    /// The volume of the moved voxels.
    ///
    /// # Errors
    /// [`Error::OutOfRange`] where one would have no position, what `work` says.
    pub(super) fn apply(&self, volume: &Volume, work: &Work<'_>) -> Result<Volume> {
        if *self == Self::translation([0; 3]) {
            return Ok(volume.clone());
        }
        let fits = |bounds: Option<Aabb>| {
            let placed = bounds.map(|bounds| self.map_box(&bounds));
            placed.is_none_or(|placed| placed.intersection(&Aabb::EVERYTHING) == placed)
        };
        // Where exactly the outermost voxels are is only looked up where that matters.
        if !fits(volume.page_bounds(work)?) && !fits(volume.bounds_within(work)?) {
            return Err(Error::OutOfRange);
        }
        if let Some(by) = self.whole_tiles() {
            return volume.shifted(by, work);
        }
        let (few, many): (Vec<_>, Vec<_>) =
            all_tiles(volume, work)?.into_iter().partition(|(_, tile)| is_few(*tile));
        let mut moved = self.apply_to_many(volume, &many, work)?;
        self.apply_to_few(&mut moved, &few, work)?;
        Ok(moved)
    }

    /// Moves what stands in tiles of many voxels, tile by tile.
    fn apply_to_many(
        &self,
        volume: &Volume,
        tiles: &[StoredTile<'_>],
        work: &Work<'_>,
    ) -> Result<Volume> {
        let source = |at| Some(volume.tile(at)).filter(|tile| !is_few(*tile)).unwrap_or(NOTHING);
        let places = try_map_items(work.executor(), tiles, |(from, _)| {
            work.spend(REACH_UNITS)?;
            Ok(self.reached(*from, |at| source(at).count() > 0))
        })?;
        let places: Vec<TilePos> = places.into_iter().flatten().collect();
        build(&places, work, |at| {
            let courses = [0, 1, 2].map(|axis| self.course(axis, at.0[axis]));
            let tile = gathered_tile(&courses.each_ref(), source);
            work.spend(read_units(TileRef::Stored(&tile)))?;
            Ok(tile)
        })
    }

    /// Moves what stands in tiles of few voxels, voxel by voxel.
    fn apply_to_few(
        &self,
        moved: &mut Volume,
        tiles: &[StoredTile<'_>],
        work: &Work<'_>,
    ) -> Result<()> {
        let mut accessor = moved.accessor();
        for (at, tile) in tiles {
            work.spend(TILE_UNITS + VOXEL_UNITS * tile.count() as u64)?;
            for_each_voxel(*tile, |index, rgba| {
                let pos = self.map(at.voxel(index).to_array().map(i64::from));
                accessor.set(Pos::from(pos.map(|axis| axis as i32)), rgba);
            });
        }
        Ok(())
    }
}

const NOTHING: TileRef<'static> = TileRef::Uniform(Rgba::EMPTY);

/// What it takes to move a voxel that stands alone.
const VOXEL_UNITS: u64 = 128;
/// What it takes to find the tiles that one comes to stand in.
const REACH_UNITS: u64 = 2048;

/// Whether voxels are moved one by one: the up to eight tiles that a tile falls into would take longer.
fn is_few(tile: TileRef<'_>) -> bool {
    tile.count() <= FEW
}
