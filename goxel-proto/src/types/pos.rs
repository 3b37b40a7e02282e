//! [`Pos`]: where a voxel is; [`Voxel`]: a position with its colour.

use bytemuck::{Pod, Zeroable};

use super::Rgba;

/// A voxel's position: the integer cell, on three axes of which the third, `z`, points up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Pod, Zeroable)]
#[repr(C)]
pub struct Pos {
    /// East.
    pub x: i32,
    /// North.
    pub y: i32,
    /// Up.
    pub z: i32,
}

impl Pos {
    /// The origin.
    pub const ZERO: Self = Self::new(0, 0, 0);

    /// A position from its three coordinates.
    #[must_use]
    pub const fn new(x: i32, y: i32, z: i32) -> Self {
        Self { x, y, z }
    }

    /// The three coordinates in the order x, y, z, for code that runs over the axes.
    #[must_use]
    pub const fn to_array(self) -> [i32; 3] {
        [self.x, self.y, self.z]
    }

    /// Applies `f` to each coordinate.
    #[must_use]
    pub fn map(self, f: impl FnMut(i32) -> i32) -> Self {
        Self::from(self.to_array().map(f))
    }

    /// Coordinate-wise sum, or `None` where one leaves the range of `i32`.
    #[must_use]
    pub fn checked_add(self, other: Self) -> Option<Self> {
        Some(Self {
            x: self.x.checked_add(other.x)?,
            y: self.y.checked_add(other.y)?,
            z: self.z.checked_add(other.z)?,
        })
    }
}

impl From<[i32; 3]> for Pos {
    fn from([x, y, z]: [i32; 3]) -> Self {
        Self { x, y, z }
    }
}

/// One voxel as it is sent in bulk: sixteen bytes, so a slice of them is a slice of bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Pod, Zeroable)]
#[repr(C)]
pub struct Voxel {
    /// Where it is.
    pub pos: Pos,
    /// What colour it has; alpha 0 removes.
    pub rgba: Rgba,
}
