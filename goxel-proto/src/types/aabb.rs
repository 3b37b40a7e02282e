//! [`Aabb`]: a box of voxels.

use super::Pos;

/// A box of voxels, aligned to the axes: `min` belongs to it, `max` does not.
///
/// The corners are 64 bits wide so that the box of a voxel at `i32::MAX` can be said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Aabb {
    /// The lowest position inside, for each axis.
    pub min: [i64; 3],
    /// One past the highest position inside, for each axis.
    pub max: [i64; 3],
}

impl Aabb {
    /// The box of every position that an [`Pos`] can say.
    pub const EVERYTHING: Self = Self { min: [i32::MIN as i64; 3], max: [i32::MAX as i64 + 1; 3] };

    /// The box that spans two positions, both inside, whichever way round they are given.
    #[must_use]
    pub fn spanning(a: Pos, b: Pos) -> Self {
        let (a, b) = (a.to_array(), b.to_array());
        Self {
            min: [0, 1, 2].map(|axis| i64::from(a[axis].min(b[axis]))),
            max: [0, 1, 2].map(|axis| i64::from(a[axis].max(b[axis])) + 1),
        }
    }

    /// The box of one voxel.
    #[must_use]
    pub fn of(pos: Pos) -> Self {
        Self::spanning(pos, pos)
    }

    /// The box of these edges around `center`: of an even edge, the voxel above the middle.
    #[must_use]
    pub fn around(center: Pos, size: [u32; 3]) -> Self {
        let center = center.to_array().map(i64::from);
        let min = [0, 1, 2].map(|axis| center[axis] - i64::from(size[axis] / 2));
        Self { min, max: [0, 1, 2].map(|axis| min[axis] + i64::from(size[axis])) }
    }

    /// Whether no position is inside.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        (0..3).any(|axis| self.min[axis] >= self.max[axis])
    }

    /// Whether `pos` is inside.
    #[must_use]
    pub fn contains(&self, pos: Pos) -> bool {
        let pos = pos.to_array().map(i64::from);
        (0..3).all(|axis| self.min[axis] <= pos[axis] && pos[axis] < self.max[axis])
    }

    /// What both boxes share; empty where they do not meet.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        Self {
            min: [0, 1, 2].map(|axis| self.min[axis].max(other.min[axis])),
            max: [0, 1, 2].map(|axis| self.max[axis].min(other.max[axis])),
        }
    }

    /// The smallest box that holds both.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self {
            min: [0, 1, 2].map(|axis| self.min[axis].min(other.min[axis])),
            max: [0, 1, 2].map(|axis| self.max[axis].max(other.max[axis])),
        }
    }

    /// Edge lengths in voxels, zero where the box is empty on that axis.
    #[must_use]
    pub fn size(&self) -> [u64; 3] {
        [0, 1, 2].map(|axis| u64::try_from(self.max[axis] - self.min[axis]).unwrap_or(0))
    }

    /// How many positions are inside. 96 bits are enough for [`Aabb::EVERYTHING`].
    #[must_use]
    pub fn volume(&self) -> u128 {
        self.size().iter().map(|&edge| u128::from(edge)).product()
    }

    /// The lowest and the highest position inside, or `None` where the box is empty or leaves
    /// the range of `i32`. This is how replies show boxes: both ends inclusive.
    #[must_use]
    pub fn corners(&self) -> Option<(Pos, Pos)> {
        if self.is_empty() {
            return None;
        }
        let mut low = [0; 3];
        let mut high = [0; 3];
        for axis in 0..3 {
            low[axis] = i32::try_from(self.min[axis]).ok()?;
            high[axis] = i32::try_from(self.max[axis] - 1).ok()?;
        }
        Some((low.into(), high.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boxes_hold_both_given_corners() {
        let aabb = Aabb::spanning(Pos::new(3, -1, 0), Pos::new(1, 1, 0));
        assert_eq!(aabb.size(), [3, 3, 1]);
        assert_eq!(aabb.corners(), Some((Pos::new(1, -1, 0), Pos::new(3, 1, 0))));
        assert!(aabb.contains(Pos::new(2, 0, 0)) && !aabb.contains(Pos::new(2, 0, 1)));
        assert!(aabb.intersection(&Aabb::of(Pos::new(9, 9, 9))).is_empty());
    }

    #[test]
    fn boxes_lie_around_their_middle() {
        let aabb = Aabb::around(Pos::new(0, 5, -9), [3, 4, 1]);
        assert_eq!(aabb, Aabb { min: [-1, 3, -9], max: [2, 7, -8] });
    }

    #[test]
    fn the_whole_range_can_be_said() {
        let all = Aabb::spanning(Pos::from([i32::MIN; 3]), Pos::from([i32::MAX; 3]));
        assert_eq!(all, Aabb::EVERYTHING);
        assert_eq!(all.volume(), 1 << 96);
    }
}
