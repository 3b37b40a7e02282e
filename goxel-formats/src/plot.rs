//! [`Plot`]: fills a volume voxel by voxel, within the [`Budget`] of its file.
//!
//! For formats that store a box of positions or a list of voxels. What the voxels take is paid for
//! a batch at a time, once it is known: a batch of voxels far from each other takes some megabytes.

use goxel_core::{Layer, Volume};
use goxel_proto::types::{Aabb, LayerId, Pos, Rgba};

use crate::budget::Budget;
use crate::bytes::Cursor;
use crate::limits::BOX_VOXELS_MAX;
use crate::{Document, Error, Result};

/// Voxels of a batch. At the worst each begins a tile and a block of tiles of its own, some hundred
/// bytes: 20 MB are taken before they are paid for.
const BATCH_VOXELS: usize = 1 << 15;

/// A volume that is being read.
#[derive(Debug)]
pub(crate) struct Plot<'a, 'w> {
    volume: Volume,
    budget: &'a mut Budget<'w>,
    batch: Vec<(Pos, Rgba)>,
}

impl<'a, 'w> Plot<'a, 'w> {
    pub(crate) fn new(budget: &'a mut Budget<'w>) -> Self {
        Self { volume: Volume::new(), budget, batch: Vec::new() }
    }

    /// Sets a voxel; an empty one leaves what is there.
    #[inline]
    pub(crate) fn set(&mut self, pos: Pos, rgba: Rgba) -> Result<()> {
        if !rgba.is_empty() {
            self.batch.push((pos, rgba));
            if self.batch.len() == BATCH_VOXELS {
                self.pay()?;
            }
        }
        Ok(())
    }

    /// Pays for positions that were looked at and found empty.
    pub(crate) fn pass(&mut self, positions: u64) -> Result<()> {
        self.budget.spend_voxels(positions)
    }

    /// Puts the batch into the volume.
    fn pay(&mut self) -> Result<()> {
        self.budget.spend_voxels(self.batch.len() as u64)?;
        let before = self.volume.bytes();
        let mut accessor = self.volume.accessor();
        for (pos, rgba) in self.batch.drain(..) {
            accessor.set(pos, rgba);
        }
        drop(accessor);
        self.budget.spend_bytes(self.volume.bytes().saturating_sub(before) as u64)
    }

    /// The volume.
    pub(crate) fn finish(mut self) -> Result<Volume> {
        self.pay()?;
        Ok(self.volume)
    }
}

/// The box of a file: where its lowest position is, and how long its edges are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) min: [i64; 3],
    pub(crate) size: [u32; 3],
}

impl Extent {
    /// A box that is in the range of positions and no larger than the largest that is read.
    pub(crate) fn checked(min: [i64; 3], size: [u32; 3], here: &Cursor<'_>) -> Result<Self> {
        let [x, y, z] = size;
        if size.iter().map(|&edge| u128::from(edge)).product::<u128>() > BOX_VOXELS_MAX {
            return Err(Error::TooLarge(format!(
                "a box of {x} x {y} x {z}: it may have {BOX_VOXELS_MAX} positions"
            )));
        }
        let Aabb { min: low, max: high } = Aabb::EVERYTHING;
        let fits = |axis: usize| {
            let end = min[axis].checked_add(size[axis].into());
            min[axis] >= low[axis] && end.is_some_and(|end| end <= high[axis])
        };
        if !(0..3).all(fits) && !size.contains(&0) {
            let what = format!("a box of {x} x {y} x {z} at {min:?} leaves the range of positions");
            return Err(here.malformed(what));
        }
        Ok(Self { min, size })
    }

    /// How many positions it has.
    pub(crate) fn positions(&self) -> u64 {
        self.size.iter().map(|&edge| u64::from(edge)).product()
    }

    /// The position at these steps from the lowest one, which must be inside.
    #[inline]
    pub(crate) fn at(&self, steps: [u32; 3]) -> Pos {
        Pos::from([0, 1, 2].map(|axis| (self.min[axis] + i64::from(steps[axis])) as i32))
    }
}

/// A document of one layer.
pub(crate) fn document(name: &str, volume: Volume) -> Document {
    let mut layer = Layer::new(LayerId(0), name);
    layer.volume = volume;
    Document { layers: vec![layer], ..Document::default() }
}

#[cfg(test)]
mod tests {
    use goxel_core::Work;

    use super::*;

    #[test]
    fn voxels_are_set_and_paid_for() {
        let work = Work::unbounded();
        let mut budget = Budget::for_file(0, &work);
        let mut plot = Plot::new(&mut budget);
        for i in 0..100_000 {
            plot.set(Pos::new(i % 50, i / 50 % 50, i / 2500), Rgba::WHITE).unwrap();
        }
        plot.set(Pos::ZERO, Rgba::EMPTY).unwrap();
        assert_eq!(plot.finish().unwrap().count(), 100_000);
        let mut plot = Plot::new(&mut budget);
        let far = (0..10_000_000).try_for_each(|i| {
            plot.set(Pos::new(i * 211, i % 977 * 131, 0), Rgba::opaque(i as u8, 1, 2))
        });
        assert!(matches!(far, Err(Error::TooLarge(_))));
    }

    #[test]
    fn boxes_are_bounded() {
        let here = Cursor::new(&[], "test");
        let check = |min: i64, edge: u32| Extent::checked([min; 3], [edge; 3], &here).is_ok();
        assert!(check(0, 2048) && check(i64::from(i32::MAX), 1) && check(i64::from(i32::MIN), 9));
        assert!(!check(0, 2049) && !check(i64::from(i32::MAX), 2));
        assert!(!check(i64::MAX, 1) && !check(i64::from(i32::MIN) - 1, 5) && !check(0, u32::MAX));
        assert!(check(i64::from(i32::MAX) + 1, 0));
        let extent = Extent::checked([-2, 0, 5], [3, 4, 5], &here).unwrap();
        assert_eq!((extent.positions(), extent.at([2, 3, 4])), (60, Pos::new(0, 3, 9)));
    }
}
