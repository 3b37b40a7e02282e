//! [`Quad`]: a rectangle of voxel faces of one colour, what the mesher hands out.

use goxel_proto::types::Rgba;

/// The two axes of a plane, by its normal's axis: rows go along the first.
pub(super) const PLANE_AXES: [[usize; 2]; 3] = [[1, 2], [0, 2], [0, 1]];

/// A rectangle of voxel faces. It is kept by the voxels behind it, whose coordinates are whole numbers
/// of 32 bits, which those of the corners are not at the end of the range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quad {
    /// The lowest of the voxels behind it.
    pub(crate) min: [i32; 3],
    /// The highest one.
    pub(crate) max: [i32; 3],
    /// The colour of all of them.
    pub(crate) rgba: Rgba,
    /// Where it looks.
    pub(crate) side: Side,
}

/// Where a face looks, as an index: -x, +x, -y, +y, -z, +z.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Side(u8);

impl Side {
    pub(crate) const fn new(axis: usize, positive: bool) -> Self {
        Self(2 * axis as u8 + positive as u8)
    }

    /// The axis that the face is perpendicular to.
    #[inline]
    pub(crate) const fn axis(self) -> usize {
        (self.0 / 2) as usize
    }

    /// Whether it looks towards larger coordinates.
    #[inline]
    pub(crate) const fn positive(self) -> bool {
        self.0 % 2 == 1
    }

    /// Its place in the order of all six.
    #[inline]
    pub(crate) fn number(self) -> u64 {
        u64::from(self.0)
    }

    /// A vector of length 1 away from the voxels behind.
    #[inline]
    pub(crate) fn normal(self) -> [i8; 3] {
        let mut normal = [0; 3];
        normal[self.axis()] = if self.positive() { 1 } else { -1 };
        normal
    }
}

impl Quad {
    /// Where it is on the axis that it is perpendicular to: the low faces of the voxel at 0 are at 0,
    /// the high ones at 1.
    #[inline]
    pub(crate) fn plane(&self) -> i64 {
        i64::from(self.min[self.side.axis()]) + i64::from(self.side.positive())
    }

    /// How many voxels it covers along the two axes of its plane.
    #[inline]
    pub(crate) fn size(&self) -> [i64; 2] {
        PLANE_AXES[self.side.axis()]
            .map(|axis| i64::from(self.max[axis]) - i64::from(self.min[axis]) + 1)
    }

    /// The corners, counter-clockwise as seen from the front.
    #[inline]
    pub(crate) fn corners(&self) -> [[i64; 3]; 4] {
        let axis = self.side.axis();
        let [u, v] = PLANE_AXES[axis];
        let mut low = self.min.map(i64::from);
        low[axis] = self.plane();
        let [along_u, along_v] = self.size();
        let mut corners = [low; 4];
        corners[1][u] += along_u;
        corners[2][u] += along_u;
        corners[2][v] += along_v;
        corners[3][v] += along_v;
        // The axes of a plane across y, x and z, form a left-handed pair with it; the others are
        // right-handed.
        if self.side.positive() == (axis == 1) {
            corners.swap(1, 3);
        }
        corners
    }
}
