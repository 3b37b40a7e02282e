//! Where a position falls among pages, tiles and voxels.
//!
//! Positions are split with Euclidean arithmetic, so negative coordinates are as good as
//! positive ones:
//!
//! ```text
//! x = 128 * page + 16 * tile + voxel       0 <= tile < 8, 0 <= voxel < 16
//! ```

use goxel_proto::types::{Aabb, Pos};

/// Voxels along an edge of a tile.
pub const TILE_EDGE: usize = 16;
/// Voxels in a tile.
pub const TILE_VOXELS: usize = TILE_EDGE * TILE_EDGE * TILE_EDGE;
/// Tiles along an edge of a page.
pub(super) const PAGE_EDGE: usize = 8;
/// Tiles in a page.
pub(super) const PAGE_TILES: usize = PAGE_EDGE * PAGE_EDGE * PAGE_EDGE;
/// Voxels along an edge of a page.
pub(super) const PAGE_SPAN: i64 = (PAGE_EDGE * TILE_EDGE) as i64;

const TILE_BITS: u32 = TILE_EDGE.trailing_zeros();
const PAGE_BITS: u32 = PAGE_EDGE.trailing_zeros();

/// The index in a tile of a voxel whose coordinates in the tile are given, each below 16.
#[must_use]
pub const fn index_in_tile(x: usize, y: usize, z: usize) -> usize {
    x + TILE_EDGE * y + TILE_EDGE * TILE_EDGE * z
}

/// The tile that a cursor holds, for finding out whether the next position is in it too.
#[derive(Clone, Copy, Debug)]
pub(super) struct HeldTile {
    min: Pos,
    /// How far coordinates inside may go: an edge, or nothing where the cursor holds no tile.
    edge: usize,
}

impl HeldTile {
    pub(super) const NOWHERE: Self = Self { min: Pos::ZERO, edge: 0 };

    pub(super) fn on(at: TilePos) -> Self {
        Self { min: at.min(), edge: TILE_EDGE }
    }

    /// Whether the cursor holds a tile.
    #[inline]
    pub(super) fn holds(self) -> bool {
        self.edge != 0
    }

    /// The index of `pos`, if it is in this tile and the cursor holds that.
    #[inline(always)]
    pub(super) fn index(self, pos: Pos) -> Option<usize> {
        // The lowest voxel's coordinates end in four zeros, so what is left of a position in the
        // same tile is its coordinates inside.
        let x = (pos.x ^ self.min.x).cast_unsigned() as usize;
        let y = (pos.y ^ self.min.y).cast_unsigned() as usize;
        let z = (pos.z ^ self.min.z).cast_unsigned() as usize;
        ((x | y | z) < self.edge).then_some(index_in_tile(x, y, z) % TILE_VOXELS)
    }
}

/// The row of sixteen voxels along x that a position is in. Two numbers, so that it is passed in
/// registers and compared at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct RowPos {
    /// The coordinate of its first voxel: 32 bits, so that no row equals [`RowPos::NOWHERE`].
    x: u64,
    /// y in the lower half, z in the upper one.
    yz: u64,
}

impl RowPos {
    /// No row.
    pub(super) const NOWHERE: Self = Self { x: u64::MAX, yz: 0 };

    /// The row of `pos`, and the index of `pos` in it.
    #[inline(always)]
    pub(super) fn split(pos: Pos) -> (Self, usize) {
        let [x, y, z] = pos.to_array().map(|axis| u64::from(axis.cast_unsigned()));
        let along = x % TILE_EDGE as u64;
        (Self { x: x - along, yz: y | z << 32 }, along as usize)
    }

    /// Whether both rows are in one tile.
    #[inline(always)]
    pub(super) fn shares_tile(self, other: Self) -> bool {
        const INSIDE: u64 = TILE_EDGE as u64 - 1;
        self.x == other.x && (self.yz ^ other.yz) & !(INSIDE | INSIDE << 32) == 0
    }

    /// Where the row is stored.
    #[inline(always)]
    pub(super) fn place(self) -> Place {
        let first = self.voxel(0);
        let (page, tile) = TilePos::of(first).split();
        Place { page, tile, start: voxel_index(first) }
    }

    /// The voxel of this row that is so far along it.
    #[inline(always)]
    pub(super) fn voxel(self, along: usize) -> Pos {
        let x = self.x as u32 + along as u32;
        let [y, z] = [self.yz as u32, (self.yz >> 32) as u32];
        Pos::from([x, y, z].map(u32::cast_signed))
    }
}

/// Where a row is stored: its page, its tile there, and the index of its first voxel in that.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) page: PagePos,
    pub(super) tile: usize,
    pub(super) start: usize,
}

/// The position of a page: a 128th of the voxels' coordinates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PagePos(pub [i32; 3]);

impl PagePos {
    /// The page of `pos`.
    #[inline]
    #[must_use]
    pub fn of(pos: Pos) -> Self {
        Self(pos.to_array().map(|axis| axis >> (TILE_BITS + PAGE_BITS)))
    }

    /// The box of the page's voxels.
    #[must_use]
    pub fn aabb(self) -> Aabb {
        cell(self.0, PAGE_SPAN)
    }
}

/// The position of a tile: a sixteenth of the voxels' coordinates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TilePos(pub [i32; 3]);

impl TilePos {
    /// The tile of `pos`.
    #[inline]
    #[must_use]
    pub fn of(pos: Pos) -> Self {
        Self(pos.to_array().map(|axis| axis >> TILE_BITS))
    }

    /// The tile at `index` of page `page`.
    #[inline]
    #[must_use]
    pub fn in_page(page: PagePos, index: usize) -> Self {
        let part = [index, index >> PAGE_BITS, index >> (2 * PAGE_BITS)];
        Self(
            [0, 1, 2]
                .map(|axis| (page.0[axis] << PAGE_BITS) + (part[axis] & (PAGE_EDGE - 1)) as i32),
        )
    }

    /// The page that holds this tile, and its index there.
    #[inline]
    #[must_use]
    pub fn split(self) -> (PagePos, usize) {
        let part = self.0.map(|axis| axis as usize & (PAGE_EDGE - 1));
        let index = part[0] | part[1] << PAGE_BITS | part[2] << (2 * PAGE_BITS);
        (PagePos(self.0.map(|axis| axis >> PAGE_BITS)), index)
    }

    /// The tile's lowest voxel.
    #[inline]
    #[must_use]
    pub fn min(self) -> Pos {
        Pos::from(self.0.map(|axis| axis << TILE_BITS))
    }

    /// The voxel at `index` of this tile.
    #[inline]
    #[must_use]
    pub fn voxel(self, index: usize) -> Pos {
        let part = [index, index >> TILE_BITS, index >> (2 * TILE_BITS)];
        Pos::from(
            [0, 1, 2]
                .map(|axis| (self.0[axis] << TILE_BITS) + (part[axis] & (TILE_EDGE - 1)) as i32),
        )
    }

    /// The box of the tile's voxels.
    #[must_use]
    pub fn aabb(self) -> Aabb {
        cell(self.0, TILE_EDGE as i64)
    }
}

fn cell(at: [i32; 3], edge: i64) -> Aabb {
    Aabb {
        min: at.map(|axis| i64::from(axis) * edge),
        max: at.map(|axis| (i64::from(axis) + 1) * edge),
    }
}

/// The index of `pos` in its tile.
#[inline]
#[must_use]
pub fn voxel_index(pos: Pos) -> usize {
    let [x, y, z] = pos.to_array().map(|axis| axis as usize & (TILE_EDGE - 1));
    index_in_tile(x, y, z)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_share_a_tile_where_their_voxels_do() {
        let axis = [i32::MIN, -17, -16, -1, 0, 15, 16, i32::MAX];
        let all = || axis.iter().flat_map(|&y| axis.map(|z| Pos::new(y ^ z, y, z)));
        for (a, b) in all().flat_map(|a| all().map(move |b| (a, b))) {
            let shared = TilePos::of(a) == TilePos::of(b);
            assert_eq!(RowPos::split(a).0.shares_tile(RowPos::split(b).0), shared, "{a:?} {b:?}");
        }
    }

    #[test]
    fn positions_are_split_and_joined_over_the_whole_range() {
        for x in [i32::MIN, -129, -128, -17, -16, -1, 0, 15, 16, 127, 128, i32::MAX] {
            for pos in [Pos::new(x, 0, -1), Pos::new(5, x, 3), Pos::new(-7, 100, x)] {
                let tile = TilePos::of(pos);
                let (page, index) = tile.split();
                assert_eq!(page, PagePos::of(pos));
                assert_eq!(TilePos::in_page(page, index), tile);
                assert_eq!(tile.voxel(voxel_index(pos)), pos);
                let (row, along) = RowPos::split(pos);
                let place = row.place();
                assert_eq!((row.voxel(along), place.page, place.tile), (pos, page, index));
                assert_eq!(place.start + along, voxel_index(pos));
                assert!(row != RowPos::NOWHERE && !row.shares_tile(RowPos::NOWHERE));
                assert!(tile.aabb().contains(pos) && page.aabb().contains(tile.min()));
            }
        }
    }
}
