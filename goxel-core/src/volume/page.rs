//! [`Page`]: 8 x 8 x 8 tiles, and where a position falls among pages, tiles and voxels.
//!
//! Positions are split with Euclidean arithmetic, so negative coordinates are as good as
//! positive ones:
//!
//! ```text
//! x = 128 * page + 16 * tile + voxel       0 <= tile < 8, 0 <= voxel < 16
//! ```
//!
//! Rationale. A snapshot of a volume copies the root, one handle a page; the first write after it
//! copies one page of 512 handles and one tile. A page that is all of one colour is a handle
//! without a page behind it, so a solid block of any size costs a few bytes.

use std::sync::Arc;

use goxel_proto::types::{Aabb, Pos, Rgba};

use super::tile::{TILE_EDGE, Tile, index_in_tile};

/// Tiles along an edge of a page.
pub(super) const PAGE_EDGE: usize = 8;
/// Tiles in a page.
pub(super) const PAGE_TILES: usize = PAGE_EDGE * PAGE_EDGE * PAGE_EDGE;
/// Voxels along an edge of a page.
pub(super) const PAGE_SPAN: i64 = (PAGE_EDGE * TILE_EDGE) as i64;

const TILE_BITS: u32 = TILE_EDGE.trailing_zeros();
const PAGE_BITS: u32 = PAGE_EDGE.trailing_zeros();

/// A handle to 128 cubed voxels.
#[derive(Clone, Debug)]
pub(super) enum Page {
    /// Every voxel has this colour, which is not the empty one.
    Uniform(Rgba),
    /// A tile of its own for each part. Shared; copied at the first write.
    Tiles(Arc<Tiles>),
}

/// The tiles of a page, in the order x fastest, then y, then z.
#[derive(Clone, Debug)]
pub(super) struct Tiles(pub(super) [Tile; PAGE_TILES]);

impl Tiles {
    /// Tiles that are all alike.
    fn uniform(rgba: Rgba) -> Self {
        Self(std::array::from_fn(|_| Tile::Uniform(rgba)))
    }

    /// The colour of all voxels, where every tile is stored as uniform in it.
    fn shared_colour(&self) -> Option<Rgba> {
        let first = self.0[0].uniform()?;
        self.0.iter().all(|tile| tile.uniform() == Some(first)).then_some(first)
    }
}

impl Page {
    /// A page without voxels, to be filled.
    pub(super) fn empty() -> Self {
        Self::Tiles(Arc::new(Tiles::uniform(Rgba::EMPTY)))
    }

    /// The tile at `index`.
    #[inline]
    pub(super) fn tile(&self, index: usize) -> TileRef<'_> {
        match self {
            Self::Uniform(rgba) => TileRef::Uniform(*rgba),
            Self::Tiles(tiles) => TileRef::Stored(&tiles.0[index]),
        }
    }

    /// The tile at `index`, to write to; the page is made this volume's own first.
    #[inline]
    pub(super) fn tile_mut(&mut self, index: usize) -> &mut Tile {
        &mut self.tiles_mut().0[index]
    }

    fn tiles_mut(&mut self) -> &mut Tiles {
        if let Self::Uniform(rgba) = *self {
            *self = Self::Tiles(Arc::new(Tiles::uniform(rgba)));
        }
        match self {
            Self::Tiles(tiles) => Arc::make_mut(tiles),
            Self::Uniform(_) => unreachable!("made tiles of above"),
        }
    }

    /// Brings page and tiles into their smallest form; `None` where no voxel is left.
    pub(super) fn compacted(mut self) -> Option<Self> {
        if let Self::Tiles(shared) = &mut self {
            if shared.0.iter().any(|tile| tile.uniform().is_none()) {
                Arc::make_mut(shared).0.iter_mut().for_each(Tile::compact);
            }
            if let Some(rgba) = shared.shared_colour() {
                self = Self::Uniform(rgba);
            }
        }
        (!matches!(self, Self::Uniform(rgba) if rgba.is_empty())).then_some(self)
    }
}

/// A tile as it is read: one that is stored, or a part of a page of one colour.
#[derive(Clone, Copy, Debug)]
pub enum TileRef<'a> {
    /// Every voxel has this colour.
    Uniform(Rgba),
    /// A tile of its own.
    Stored(&'a Tile),
}

impl TileRef<'_> {
    /// The voxel at `index` (see [`index_in_tile`]), which must be below 4096.
    #[inline]
    #[must_use]
    pub fn get(self, index: usize) -> Rgba {
        match self {
            Self::Uniform(rgba) => rgba,
            Self::Stored(tile) => tile.get(index),
        }
    }

    /// The colour that all voxels share, where the tile is stored so.
    #[must_use]
    pub fn uniform(self) -> Option<Rgba> {
        match self {
            Self::Uniform(rgba) => Some(rgba),
            Self::Stored(tile) => tile.uniform(),
        }
    }

    /// The tile by value; tiles are cheap to copy.
    #[must_use]
    pub fn to_tile(self) -> Tile {
        match self {
            Self::Uniform(rgba) => Tile::Uniform(rgba),
            Self::Stored(tile) => tile.clone(),
        }
    }
}

/// Which page a position is in.
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

/// Which tile a position is in: tile coordinates, a sixteenth of the voxels' ones.
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
    fn positions_are_split_and_joined_over_the_whole_range() {
        for x in [i32::MIN, -129, -128, -17, -16, -1, 0, 15, 16, 127, 128, i32::MAX] {
            for pos in [Pos::new(x, 0, -1), Pos::new(5, x, 3), Pos::new(-7, 100, x)] {
                let tile = TilePos::of(pos);
                let (page, index) = tile.split();
                assert_eq!(page, PagePos::of(pos));
                assert_eq!(TilePos::in_page(page, index), tile);
                assert_eq!(tile.voxel(voxel_index(pos)), pos);
                assert!(tile.aabb().contains(pos) && page.aabb().contains(tile.min()));
            }
        }
    }
}
