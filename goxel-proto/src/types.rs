//! Plain data that the wire and the model share: positions, boxes, colours and layer ids.
//!
//! This is the only module of the crate that `goxel-core` may use. Everything here is `Copy`,
//! knows no JSON and no volume.

use bytemuck::{Pod, Zeroable};

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

/// A colour of four bytes, straight alpha. Alpha 0 is an empty voxel, whatever the rest says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Pod, Zeroable)]
#[repr(C)]
pub struct Rgba(pub [u8; 4]);

impl Rgba {
    /// No voxel.
    pub const EMPTY: Self = Self([0; 4]);
    /// Opaque white.
    pub const WHITE: Self = Self([255; 4]);
    /// Opaque black.
    pub const BLACK: Self = Self::opaque(0, 0, 0);

    /// A colour from its four components.
    #[must_use]
    pub const fn new(r: u8, g: u8, b: u8, a: u8) -> Self {
        Self([r, g, b, a])
    }

    /// A colour that nothing shines through.
    #[must_use]
    pub const fn opaque(r: u8, g: u8, b: u8) -> Self {
        Self([r, g, b, 255])
    }

    /// The opacity, 0 to 255.
    #[must_use]
    pub const fn alpha(self) -> u8 {
        self.0[3]
    }

    /// Whether this is no voxel at all.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0[3] == 0
    }

    /// The colour that is stored for this one: every empty voxel is [`Rgba::EMPTY`].
    #[must_use]
    pub const fn normalised(self) -> Self {
        if self.is_empty() { Self::EMPTY } else { self }
    }

    /// Reads `#rgb`, `#rrggbb` or `#rrggbbaa`; the `#` may be left out.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').unwrap_or(text).as_bytes();
        let nibble = |at: usize| char::from(digits[at]).to_digit(16).map(|digit| digit as u8);
        let byte = |at: usize| Some(nibble(at)? << 4 | nibble(at + 1)?);
        let double = |at: usize| Some(nibble(at)? * 0x11);
        match digits.len() {
            3 => Some(Self::opaque(double(0)?, double(1)?, double(2)?)),
            6 => Some(Self::opaque(byte(0)?, byte(2)?, byte(4)?)),
            8 => Some(Self::new(byte(0)?, byte(2)?, byte(4)?, byte(6)?)),
            _ => None,
        }
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

/// A layer's id: 1, 2, 3 ... in a fresh project, never used twice in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LayerId(pub u32);

/// A material's id: 1, 2, 3 ... in a fresh project, never used twice in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MaterialId(pub u32);

/// A camera's id: 1, 2, 3 ... in a fresh project, never used twice in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CameraId(pub u32);

/// Which layers a call reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LayerScope {
    /// One layer.
    One(LayerRef),
    /// All of them, hidden ones too: what -2 says.
    All,
}

/// Which layer a call means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum LayerRef {
    /// The project's active layer: what 0, -1 and an absent `layer_id` say.
    #[default]
    Active,
    /// The layer of this id.
    Id(LayerId),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_colours() {
        assert_eq!(Rgba::from_hex("#f80"), Some(Rgba::opaque(255, 136, 0)));
        assert_eq!(Rgba::from_hex("FF8800"), Some(Rgba::opaque(255, 136, 0)));
        assert_eq!(Rgba::from_hex("#ff880080"), Some(Rgba::new(255, 136, 0, 128)));
        for bad in ["", "#", "#ff", "#ff88", "#ff88zz", "#ff88001", "#é0000"] {
            assert_eq!(Rgba::from_hex(bad), None, "{bad}");
        }
    }

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
