//! [`VoxelTree`]: a volume as a sparse tree for ray traversal: it gives the largest cube of one colour
//! around a position, so that a ray can leap over it.
//!
//! Each node splits a cube into 4 x 4 x 4 parts and keeps those that hold something, with a mask of
//! which these are (a sparse 64-tree):
//!
//! ```text
//! edge  1   4   16     64      256 ...  root, which covers the bounds
//!       \mask/  tile   block   nodes
//! ```
//!
//! Rationale. A ray crosses empty space in steps as large as the emptiest cube around it, so two
//! voxels at both ends of the range cost a dozen steps, and memory follows what is stored, not
//! the bounds. Small models have one or two nodes above their tiles. Cubes of one colour stay
//! one cell whatever their size. Inside a tile a mask of one bit a voxel finds gaps; it is made
//! when the first ray arrives, so what no ray sees costs nothing.
//!
//! Positions here count from the lowest corner of the lowest block, so they are never negative
//! inside and arithmetic on them cannot overflow.

use goxel_core::{PagePos, PageRef, Result, TILE_EDGE, TileRef, Volume, Work, index_in_tile};
use goxel_proto::types::{Aabb, Rgba};

use crate::leaf::Leaf;
pub(crate) use crate::parts::At;
use crate::parts::{PART_BITS, PARTS, TILE_BITS, part};

/// Bits of a coordinate inside a block: the 4 x 4 x 4 tiles that the tree is built from.
const BLOCK_BITS: u32 = TILE_BITS + PART_BITS;
/// Blocks in a page: 2 x 2 x 2.
const PAGE_BLOCKS: usize = 8;
/// Bits of a tile's place in a page, on each axis.
const PAGE_TILE_BITS: u32 = 3;
/// What a block costs, in units of [`Work`]: its tiles are looked up, some tens of nanoseconds each.
const BLOCK_UNITS: u64 = 4096;

/// A cube around a position, of edge `1 << shift` and aligned to it, that is all of one colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cube {
    pub(crate) rgba: Rgba,
    pub(crate) shift: u32,
}

/// A volume as a sparse tree for ray traversal. Lives as long as the snapshot it was made from.
#[derive(Debug)]
pub(crate) struct VoxelTree<'a> {
    low: At,
    high: At,
    root: Cell,
    root_shift: u32,
    cells: Vec<Cell>,
    leaves: Vec<Leaf<'a>>,
}

/// A part of the tree that is not empty.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cell {
    Uniform(Rgba),
    /// A tile of more than one colour, by its index in `leaves`.
    Leaf(usize),
    /// The mask of the parts that hold something. Their cells stand in the order of its bits in
    /// `cells`, from `first` on.
    Node {
        mask: u64,
        first: usize,
    },
}

impl<'a> VoxelTree<'a> {
    /// Builds the tree of a volume whose bounds are `bounds`, which are not empty.
    ///
    /// # Errors
    /// Where the work has to end.
    pub(crate) fn new(volume: &'a Volume, bounds: &Aabb, work: &Work<'_>) -> Result<Self> {
        let base = bounds.min.map(|low| low >> BLOCK_BITS);
        let mut tree = Self {
            low: [0, 1, 2].map(|axis| bounds.min[axis] - (base[axis] << BLOCK_BITS)),
            high: [0, 1, 2].map(|axis| bounds.max[axis] - (base[axis] << BLOCK_BITS)),
            root: Cell::Uniform(Rgba::EMPTY),
            root_shift: BLOCK_BITS,
            cells: Vec::new(),
            leaves: Vec::new(),
        };
        let mut level = Vec::new();
        for (place, page) in pages(volume) {
            for nth in 0..PAGE_BLOCKS {
                work.spend(BLOCK_UNITS)?;
                let inside = [nth & 1, nth >> 1 & 1, nth >> 2];
                let at = std::array::from_fn(|axis| {
                    (i64::from(place.0[axis]) << 1) + inside[axis] as i64 - base[axis]
                });
                level.extend(tree.block(page, inside).map(|cell| (at, cell)));
            }
        }
        while level.len() > 1 || level.iter().any(|(at, _)| *at != [0; 3]) {
            level = tree.raise(level);
            tree.root_shift += PART_BITS;
        }
        if let Some((_, root)) = level.pop() {
            tree.root = root;
        }
        Ok(tree)
    }

    /// The lowest position that holds a voxel on each axis.
    pub(crate) fn low(&self) -> At {
        self.low
    }

    /// The whole tree: a cell, and the edge of its cube as a power of two. Its lowest corner is 0.
    pub(crate) fn root(&self) -> (Cell, u32) {
        (self.root, self.root_shift)
    }

    /// The cells of the parts of a node that hold something, in the order of the bits of its mask.
    pub(crate) fn parts(&self, mask: u64, first: usize) -> &[Cell] {
        &self.cells[first..first + mask.count_ones() as usize]
    }

    pub(crate) fn leaf(&self, index: usize) -> &Leaf<'a> {
        &self.leaves[index]
    }

    /// One past the highest position that holds a voxel on each axis.
    pub(crate) fn high(&self) -> At {
        self.high
    }

    /// Whether `at` lies in the bounds of the volume.
    pub(crate) fn contains(&self, at: At) -> bool {
        (0..3).all(|axis| self.low[axis] <= at[axis] && at[axis] < self.high[axis])
    }

    /// Goes down the tree to `at`, which it contains: to a tile, or a larger cube of one colour.
    #[inline]
    pub(crate) fn descend(&self, at: At) -> Found<'_, 'a> {
        let mut cell = self.root;
        let mut shift = self.root_shift;
        loop {
            match cell {
                Cell::Uniform(rgba) => return Found::Cube(Cube { rgba, shift }),
                Cell::Leaf(index) => return Found::Leaf(&self.leaves[index]),
                Cell::Node { mask, first } => {
                    shift -= PART_BITS;
                    let bit = 1u64 << part(at, shift);
                    if mask & bit == 0 {
                        return Found::Cube(Cube { rgba: Rgba::EMPTY, shift });
                    }
                    cell = self.cells[first + (mask & (bit - 1)).count_ones() as usize];
                }
            }
        }
    }

    /// The cell of one of a page's blocks, if it holds anything.
    fn block(&mut self, page: PageRef<'a>, block: [usize; 3]) -> Option<Cell> {
        if let Some(rgba) = page.uniform() {
            return (!rgba.is_empty()).then_some(Cell::Uniform(rgba));
        }
        let mut parts = [None; PARTS];
        for (index, part) in parts.iter_mut().enumerate() {
            let inside = [index & 3, index >> PART_BITS & 3, index >> (2 * PART_BITS)];
            let [x, y, z] = [0, 1, 2].map(|axis| (block[axis] << PART_BITS) + inside[axis]);
            *part = self.tile(page.tile(x | y << PAGE_TILE_BITS | z << (2 * PAGE_TILE_BITS)));
        }
        self.parent(&parts)
    }

    fn tile(&mut self, tile: TileRef<'a>) -> Option<Cell> {
        match (tile.uniform(), tile) {
            (Some(rgba), _) | (None, TileRef::Uniform(rgba)) => {
                (!rgba.is_empty()).then_some(Cell::Uniform(rgba))
            }
            (None, TileRef::Stored(tile)) => {
                self.leaves.push(Leaf::new(tile));
                Some(Cell::Leaf(self.leaves.len() - 1))
            }
        }
    }

    /// Builds the level above a level of cells: each 4 x 4 x 4 become one.
    fn raise(&mut self, mut level: Vec<(At, Cell)>) -> Vec<(At, Cell)> {
        let parent = |at: At| at.map(|axis| axis >> PART_BITS);
        level.sort_unstable_by_key(|&(at, _)| parent(at));
        let groups = level.chunk_by(|a, b| parent(a.0) == parent(b.0));
        let raised = groups.filter_map(|group| {
            let mut parts = [None; PARTS];
            for &(at, cell) in group {
                parts[part(at, 0)] = Some(cell);
            }
            Some((parent(group[0].0), self.parent(&parts)?))
        });
        raised.collect()
    }

    /// The cell above these parts: a node, or one colour where all are alike; nothing where there are
    /// none.
    fn parent(&mut self, parts: &[Option<Cell>; PARTS]) -> Option<Cell> {
        if let Some(rgba) = shared_colour(parts) {
            return Some(Cell::Uniform(rgba));
        }
        let first = self.cells.len();
        self.cells.extend(parts.iter().flatten());
        let bits = parts.iter().enumerate();
        let mask = bits.fold(0, |mask, (i, part)| mask | u64::from(part.is_some()) << i);
        (mask != 0).then_some(Cell::Node { mask, first })
    }
}

/// Where a descent ends.
pub(crate) enum Found<'t, 'a> {
    Cube(Cube),
    Leaf(&'t Leaf<'a>),
}

/// A cursor that remembers the tile it was last in, since most reads stay there.
#[derive(Clone, Copy)]
pub(crate) struct Cursor<'t, 'a> {
    tree: &'t VoxelTree<'a>,
    /// A position in the tile, and what is known of it.
    at: At,
    leaf: Option<&'t Leaf<'a>>,
}

impl<'t, 'a> Cursor<'t, 'a> {
    pub(crate) fn new(tree: &'t VoxelTree<'a>) -> Self {
        // No tile of the tree is here, so the first read looks its tile up.
        Self { tree, at: [-1; 3], leaf: None }
    }

    pub(crate) fn tree(&self) -> &'t VoxelTree<'a> {
        self.tree
    }

    /// The largest cube known around `at`, which the tree contains.
    #[inline(always)]
    pub(crate) fn cube(&mut self, at: At) -> Cube {
        let leaf = match self.find(at) {
            Found::Cube(cube) => return cube,
            Found::Leaf(leaf) => leaf,
        };
        let word = leaf.inside().word(part(at, PART_BITS));
        if word >> part(at, 0) & 1 != 0 {
            return Cube { rgba: leaf.tile.get(index(at)), shift: 0 };
        }
        Cube { rgba: Rgba::EMPTY, shift: if word == 0 { PART_BITS } else { 0 } }
    }

    /// Whether the voxel at `at`, which the tree contains, lets no light through.
    #[inline]
    pub(crate) fn is_opaque(&mut self, at: At) -> bool {
        let leaf = match self.find(at) {
            Found::Cube(cube) => return cube.rgba.alpha() == u8::MAX,
            Found::Leaf(leaf) => leaf,
        };
        let inside = leaf.inside();
        inside.word(part(at, PART_BITS)) >> part(at, 0) & 1 != 0
            && (inside.is_opaque || leaf.tile.get(index(at)).alpha() == u8::MAX)
    }

    #[inline(always)]
    fn find(&mut self, at: At) -> Found<'t, 'a> {
        let [x, y, z] = [0, 1, 2].map(|axis| at[axis] ^ self.at[axis]);
        match self.leaf {
            Some(leaf) if (x | y | z) >> TILE_BITS == 0 => Found::Leaf(leaf),
            _ => {
                let found = self.tree.descend(at);
                if let Found::Leaf(leaf) = found {
                    (self.at, self.leaf) = (at, Some(leaf));
                }
                found
            }
        }
    }
}

/// The index of a voxel in its tile.
pub(crate) fn index(at: At) -> usize {
    let [x, y, z] = at.map(|axis| axis as usize & (TILE_EDGE - 1));
    index_in_tile(x, y, z)
}

/// The pages that hold tiles, along a Morton curve: the tree comes out the same each time, and tiles that are
/// near each other lie near each other in memory.
fn pages(volume: &Volume) -> Vec<(PagePos, PageRef<'_>)> {
    let mut pages: Vec<_> = volume.pages().collect();
    pages.sort_unstable_by_key(|(at, _)| morton(at.0));
    pages
}

/// The place of a page on a Morton curve: the bits of its coordinates in turns.
fn morton(page: [i32; 3]) -> u128 {
    // Negative coordinates come first, as in the order of numbers.
    let [x, y, z] = page.map(|axis| spread(axis as u32 ^ 1 << 31));
    x | y << 1 | z << 2
}

/// The bits of a number, each three places from the next.
fn spread(number: u32) -> u128 {
    (0..32).fold(0, |spread, bit| spread | u128::from(number >> bit & 1) << (3 * bit))
}

/// The colour of all parts, where they are alike.
fn shared_colour(parts: &[Option<Cell>; PARTS]) -> Option<Rgba> {
    let colour = |part: &Option<Cell>| match part {
        Some(Cell::Uniform(rgba)) => Some(*rgba),
        _ => None,
    };
    let first = colour(&parts[0])?;
    parts.iter().all(|part| colour(part) == Some(first)).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use goxel_proto::types::Pos;

    fn tree(volume: &Volume) -> VoxelTree<'_> {
        VoxelTree::new(volume, &volume.bounds().unwrap(), &Work::unbounded()).unwrap()
    }

    #[test]
    fn every_voxel_is_found_where_it_is() {
        let red = Rgba::opaque(255, 0, 0);
        let mut volume = Volume::new();
        volume.fill(&Aabb::spanning(Pos::from([-70; 3]), Pos::from([9; 3])), red);
        volume.set(Pos::from([300, -5, 2]), Rgba::WHITE);
        let tree = tree(&volume);
        let base = [0, 1, 2].map(|axis| volume.bounds().unwrap().min[axis] - tree.low()[axis]);
        for z in tree.low()[2]..tree.high()[2] {
            for y in tree.low()[1]..tree.high()[1] {
                for x in tree.low()[0]..tree.high()[0] {
                    let pos = [x + base[0], y + base[1], z + base[2]].map(|axis| axis as i32);
                    assert_eq!(
                        Cursor::new(&tree).cube([x, y, z]).rgba,
                        volume.get(pos.into()),
                        "{pos:?}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_solid_cube_is_one_cell() {
        let mut volume = Volume::new();
        volume.fill(&Aabb::spanning(Pos::ZERO, Pos::from([1023; 3])), Rgba::WHITE);
        let tree = tree(&volume);
        let expected = Cube { rgba: Rgba::WHITE, shift: 10 };
        assert_eq!(Cursor::new(&tree).cube([5; 3]), expected);
    }

    #[test]
    fn both_ends_of_the_range_take_little() {
        let voxels = [i32::MIN, i32::MAX].map(|axis| (Pos::from([axis; 3]), Rgba::WHITE));
        let volume: Volume = voxels.into_iter().collect();
        let tree = tree(&volume);
        assert!(tree.cells.len() < 64, "{}", tree.cells.len());
        assert_eq!(Cursor::new(&tree).cube([0; 3]).rgba, Rgba::WHITE);
        assert_eq!(Cursor::new(&tree).cube(tree.high().map(|axis| axis - 1)).rgba, Rgba::WHITE);
        assert!(Cursor::new(&tree).cube([1 << 31; 3]).shift >= 28);
    }
}
