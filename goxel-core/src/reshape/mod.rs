//! [`Reshape`]: a volume made from a volume. Moving, turning, mirroring, scaling, growing,
//! shrinking, hollowing, cropping, recolouring.
//!
//! Each is a function from the volume that is to the one that will be; the command that carries it
//! out keeps the tiles that differ. All work tile by tile and keep no state between tiles.

mod colour;
mod morphology;
mod motion;
mod scale;

pub use motion::Motion;

use goxel_proto::types::{Aabb, Rgba};

use crate::analysis::Near;
use crate::mask::Mask;
use crate::rebuild::{build, change_tiles};
use crate::scan::{all_tiles, read_units, tiles_within};
use crate::volume::{TILE_VOXELS, TilePos, Volume, overlaid};
use crate::{Connectivity, Result, TILE_UNITS, Work, check};

/// What becomes of a volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reshape {
    /// Every voxel goes somewhere else.
    Move(Motion),
    /// Every voxel is there a second time, moved; where there is one already, that stays.
    Repeat(Motion),
    /// A voxel becomes a cube with edges of so many voxels, away from the origin.
    Enlarge(u32),
    /// Eight voxels become one: there if any of them is, in their most frequent colour.
    Halve,
    /// What is on one side of a plane is all that is left, and is there on the other side too.
    Symmetry {
        /// Across which axis; 0 is x.
        axis: usize,
        /// Twice the coordinate of the plane, as for [`Motion::flip`].
        sum: i64,
        /// The side that stays: that of higher coordinates, or that of lower ones.
        high: bool,
    },
    /// Empty places next to a voxel become like it, so many times.
    Dilate(Connectivity, u32),
    /// Voxels next to an empty place go, so many times.
    Erode(Connectivity, u32),
    /// Only so many layers of voxels are left, counted from the outside.
    Hollow(u32),
    /// Only what is in the box is left.
    Crop(Aabb),
    /// Voxels near a colour get another; alpha 0 removes them.
    Recolour(Near, Rgba),
    /// The voxels of a box are there again and again along an axis: so many times, one after
    /// another, backwards where negative.
    Extrude {
        /// What is repeated.
        aabb: Aabb,
        /// Along which axis; 0 is x.
        axis: usize,
        /// How many times.
        times: i32,
    },
}

impl Reshape {
    /// The volume that comes of `volume`.
    ///
    /// # Errors
    /// [`crate::Error::OutOfRange`] where a voxel would have no position, [`crate::Error::ReshapeTooLarge`],
    /// [`crate::Error::TooManyTiles`], [`crate::Error::TooMuchMade`], what `work` says.
    pub fn apply(&self, volume: &Volume, work: &Work<'_>) -> Result<Volume> {
        match *self {
            Self::Move(motion) => motion.apply(volume, work),
            Self::Repeat(motion) => motion.apply(volume, work)?.under(volume, work),
            Self::Enlarge(edge) => scale::enlarged(volume, edge, work),
            Self::Halve => scale::halved(volume, work),
            Self::Symmetry { axis, sum, high } => symmetric(volume, axis % 3, sum, high, work),
            Self::Dilate(connectivity, steps) => {
                morphology::dilated(volume, connectivity, steps, work)
            }
            Self::Erode(connectivity, steps) => {
                morphology::eroded(volume, connectivity, steps, work)
            }
            Self::Hollow(layers) => morphology::hollowed(volume, layers, work),
            Self::Crop(aabb) => volume.region(&aabb, work),
            Self::Recolour(near, rgba) => colour::recoloured(volume, &near, rgba, work),
            Self::Extrude { aabb, axis, times } => extruded(volume, &aabb, axis, times, work),
        }
    }

    /// The box that becomes of one that belongs to the volume; `None` where that is out of range.
    pub(crate) fn map_box(&self, aabb: &Aabb) -> Option<Aabb> {
        let scaled = |low: &dyn Fn(i64) -> i64, high: &dyn Fn(i64) -> i64| Aabb {
            min: aabb.min.map(low),
            max: aabb.max.map(high),
        };
        let placed = match *self {
            Self::Move(motion) => motion.map_box(aabb),
            Self::Enlarge(edge) => {
                let times = |at: i64| at.saturating_mul(i64::from(edge));
                scaled(&times, &times)
            }
            Self::Halve => scaled(&|at| at.div_euclid(2), &|at| (at + 1).div_euclid(2)),
            _ => *aabb,
        };
        (placed.intersection(&Aabb::EVERYTHING) == placed).then_some(placed)
    }
}

fn symmetric(
    volume: &Volume,
    axis: usize,
    sum: i64,
    high: bool,
    work: &Work<'_>,
) -> Result<Volume> {
    let mut side = Aabb::EVERYTHING;
    if high {
        // What lies in the plane stays, whichever side does.
        side.min[axis] = side.min[axis].max(sum.saturating_add(1).div_euclid(2));
    } else {
        side.max[axis] = side.max[axis].min(sum.div_euclid(2).saturating_add(1));
    }
    let half = volume.region(&side, work)?;
    Motion::flip(axis, sum).apply(&half, work)?.under(&half, work)
}

fn extruded(
    volume: &Volume,
    aabb: &Aabb,
    axis: usize,
    times: i32,
    work: &Work<'_>,
) -> Result<Volume> {
    let part = volume.region(aabb, work)?;
    let mut all = volume.clone();
    if part.is_empty() {
        return Ok(all);
    }
    let tiles = all_tiles(&part, work)?.len() as u128;
    check::check_tiles(tiles * u128::from(times.unsigned_abs()))?;
    let step = (aabb.max[axis % 3] - aabb.min[axis % 3]) * i64::from(times.signum());
    for time in 1..=i64::from(times.unsigned_abs()) {
        let mut by = [0; 3];
        by[axis % 3] = step * time;
        all.fill_in(&Motion::translation(by).apply(&part, work)?, work)?;
    }
    Ok(all)
}

impl Volume {
    /// The part of the volume that lies in a box, as a volume of its own. Whole tiles are shared,
    /// so it costs what lies at the sides of the box.
    ///
    /// # Errors
    /// What `work` says.
    pub fn region(&self, aabb: &Aabb, work: &Work<'_>) -> Result<Self> {
        let places: Vec<TilePos> =
            tiles_within(self, aabb, work)?.into_iter().map(|(at, _)| at).collect();
        build(&places, work, |at| {
            let tile = self.tile(at);
            let mut outside = Mask::within(at, aabb);
            if outside == Mask::FULL {
                work.spend(TILE_UNITS)?;
                return Ok(tile.to_tile());
            }
            work.spend(TILE_VOXELS as u64)?;
            outside.invert();
            Ok(outside.painted(tile, Rgba::EMPTY))
        })
    }

    /// This volume with `above` over it: a voxel of `above` stands for the one below it.
    fn under(self, above: &Self, work: &Work<'_>) -> Result<Self> {
        let mut both = above.clone();
        both.fill_in(&self, work)?;
        Ok(both)
    }

    /// Takes in the voxels of `other` where this volume has none. Some of them, where `work` stops
    /// it.
    fn fill_in(&mut self, other: &Self, work: &Work<'_>) -> Result<()> {
        let places: Vec<TilePos> = all_tiles(other, work)?.into_iter().map(|(at, _)| at).collect();
        change_tiles(self, &places, work, |at, known| {
            if known.count() == TILE_VOXELS {
                work.spend(TILE_UNITS)?;
                return Ok(None);
            }
            work.spend(read_units(other.tile(at)))?;
            Ok(Some(overlaid(other.tile(at), known)))
        })
    }
}

#[cfg(test)]
mod tests;
