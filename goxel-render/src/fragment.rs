//! [`Fragment`]: what a pixel sees of one plane.

use glam::Vec3;

use crate::light::side;
use crate::samples::Face;
use crate::shade::Lit;

/// The number of the floor, among those of faces.
pub(crate) const FLOOR: u32 = u32::MAX - 2;

/// What a pixel sees of one plane.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fragment {
    pub(crate) lit: Lit,
    /// The part of the pixel.
    pub(crate) weight: f32,
    /// How much of the sun is there.
    pub(crate) sunlit: f32,
    pub(crate) plane: Plane,
    /// A face in the plane, and the sample that sees it.
    pub(crate) id: u32,
    pub(crate) sample: u8,
}

impl Fragment {
    /// Whether the sun can reach it at all.
    pub(crate) fn faces_sun(&self) -> bool {
        self.lit.sun != Vec3::ZERO
    }

    /// Whether it is matt, so that all voxels in its plane are lit alike.
    pub(crate) fn is_plain(&self) -> bool {
        self.lit.glow == Vec3::ZERO && self.id != FLOOR
    }
}

/// The plane of a side: where it is on its axis, and in the last three bits which side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Plane(i64);

impl Plane {
    /// No side lies here.
    pub(crate) const NONE: Self = Self(i64::MAX >> 1);

    pub(crate) fn of(face: &Face) -> Self {
        Self::at(face.plane(), side(usize::from(face.axis), face.upwards))
    }

    /// The plane of a side, by where it is on its axis.
    pub(crate) fn at(place: i64, side: usize) -> Self {
        Self(place << 3 | side as i64)
    }

    /// Whether the shadows on both count as one; `reach` is how far apart they may be.
    #[inline]
    pub(crate) fn is_like(self, other: Self, reach: i64) -> bool {
        (self.0 ^ other.0) & 7 == 0 && self.0.wrapping_sub(other.0).wrapping_abs() >> 3 <= reach
    }
}
