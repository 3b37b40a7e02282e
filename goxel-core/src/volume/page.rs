//! [`Page`]: 8 x 8 x 8 tiles, in blocks of sixteen.
//!
//! ```text
//! Page    one colour, or 32 blocks and the count of voxels, shared
//!   Block   one colour, or 16 tiles (8 along x, 2 along y), shared
//! ```
//!
//! Rationale. The first write after a snapshot copies the handles on its path. A flat page has
//! 512 of them, each a reference count in a cache line of its own, far away in memory: 50
//! microseconds. Two levels have 32 and 16. They also let a page that holds a single tile take 800
//! bytes instead of 8 KiB, and a page or block of one colour takes none.

use goxel_proto::types::Rgba;
use triomphe::Arc;

use super::indexed::Previous;
use super::pos::{PAGE_TILES, TILE_VOXELS};
use super::row::Row;
use super::tile::Tile;
use super::view::View;

/// Tiles in a block.
const BLOCK_TILES: usize = 16;
/// Blocks in a page.
const PAGE_BLOCKS: usize = PAGE_TILES / BLOCK_TILES;
/// What a block of tiles takes.
const BLOCK_BYTES: usize = size_of::<[Tile; BLOCK_TILES]>();
/// What a page of blocks takes.
const PAGE_BYTES: usize = size_of::<Blocks>();
const PAGE_VOXELS: u64 = (PAGE_TILES * TILE_VOXELS) as u64;

/// A handle to 128 cubed voxels.
#[derive(Clone, Debug)]
pub(super) enum Page {
    /// Every voxel has this colour.
    Uniform(Rgba),
    /// Blocks, shared and copied on write.
    Blocks(Arc<Blocks>),
}

/// The parts of a page, in the order of the tiles in them: x fastest, then y, then z.
#[derive(Clone, Debug)]
pub(super) struct Blocks {
    /// Voxels that are not empty.
    count: u64,
    /// Bytes on the heap: [`Tile::own_bytes`] of all tiles, and the handles to them.
    bytes: usize,
    blocks: [Block; PAGE_BLOCKS],
}

#[derive(Clone, Debug)]
enum Block {
    Uniform(Rgba),
    Tiles(Arc<[Tile; BLOCK_TILES]>),
}

impl Page {
    /// A page without voxels.
    pub(super) const EMPTY: Self = Self::Uniform(Rgba::EMPTY);

    /// A page of these tiles, in its smallest form but for that of the tiles.
    pub(super) fn of_tiles(tiles: [Tile; PAGE_TILES]) -> Self {
        let mut tiles = tiles.into_iter();
        let blocks: [Block; PAGE_BLOCKS] = std::array::from_fn(|_| {
            let block: [Tile; BLOCK_TILES] =
                std::array::from_fn(|_| tiles.next().unwrap_or_default());
            match shared_colour(&block, Tile::uniform) {
                Some(rgba) => Block::Uniform(rgba),
                None => Block::Tiles(Arc::new(block)),
            }
        });
        if let Some(rgba) = shared_colour(&blocks, Block::uniform) {
            return Self::Uniform(rgba);
        }
        let count = blocks.iter().map(Block::count).sum();
        let bytes = PAGE_BYTES + blocks.iter().map(Block::bytes).sum::<usize>();
        Self::Blocks(Arc::new(Blocks { count, bytes, blocks }))
    }

    /// How many voxels are not empty: a stored number.
    pub(super) fn count(&self) -> u64 {
        match self {
            Self::Uniform(rgba) => u64::from(!rgba.is_empty()) * PAGE_VOXELS,
            Self::Blocks(blocks) => blocks.count,
        }
    }

    /// Bytes on the heap: a stored number. What is shared counts each time, large palettes never.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Uniform(_) => 0,
            Self::Blocks(blocks) => blocks.bytes,
        }
    }

    /// Whether there is a voxel everywhere.
    pub(super) fn is_full(&self) -> bool {
        self.count() == PAGE_VOXELS
    }

    /// The tile at `index`.
    #[inline]
    pub(super) fn tile(&self, index: usize) -> TileRef<'_> {
        match self {
            Self::Uniform(rgba) => TileRef::Uniform(*rgba),
            Self::Blocks(page) => page.blocks[index / BLOCK_TILES].tile(index % BLOCK_TILES),
        }
    }

    /// The tile at `index`, to be read voxel by voxel.
    #[inline]
    pub(super) fn view(&self, index: usize) -> View<'_> {
        match self {
            Self::Uniform(rgba) => View::uniform(rgba),
            Self::Blocks(page) => match &page.blocks[index / BLOCK_TILES] {
                Block::Uniform(rgba) => View::uniform(rgba),
                Block::Tiles(tiles) => tiles[index % BLOCK_TILES].view(),
            },
        }
    }

    /// Takes the tile at `index` out, to be given back with [`Page::put_tile`]. Meanwhile an empty
    /// one stands in its place.
    #[inline]
    pub(super) fn take_tile(&mut self, index: usize) -> Tile {
        self.blocks_mut().take_tile(index)
    }

    /// Puts back what [`Page::take_tile`] took.
    #[inline]
    pub(super) fn put_tile(&mut self, index: usize, tile: Tile) {
        self.blocks_mut().put_tile(index, tile);
    }

    /// Puts one tile back and takes another out.
    #[inline]
    pub(super) fn exchange_tile(&mut self, put: usize, tile: &mut Tile, take: usize) {
        let page = self.blocks_mut();
        page.put_tile(put, std::mem::take(tile));
        *tile = page.take_tile(take);
    }

    /// Changes the tile at `index` in its place.
    #[inline]
    pub(super) fn change_tile<R>(
        &mut self,
        index: usize,
        change: impl FnOnce(&mut Tile) -> R,
    ) -> R {
        let page = self.blocks_mut();
        let tile = page.tile_mut(index);
        let (count, bytes) = (tile.count() as u64, tile.own_bytes());
        let result = change(tile);
        let (now, bytes_now) = (tile.count() as u64, tile.own_bytes());
        page.count = page.count + now - count;
        page.bytes = page.bytes + bytes_now - bytes;
        result
    }

    /// Whether the tile at `index` is shared with nobody, nor is the way to it, and it stays in its
    /// form where a voxel of it is set.
    pub(super) fn has_own_tile(&self, index: usize) -> bool {
        let Self::Blocks(page) = self else { return false };
        let Block::Tiles(tiles) = &page.blocks[index / BLOCK_TILES] else { return false };
        page.is_unique() && tiles.is_unique() && tiles[index % BLOCK_TILES].is_own()
    }

    /// The fast path of setting a voxel of the tile at `tile`: it succeeds where nothing but that
    /// voxel changes, because no snapshot shares the path to it and the tile's palette has the
    /// colour. Returns what was there.
    #[inline(always)]
    pub(super) fn set_in_place(
        &mut self,
        tile: usize,
        index: usize,
        rgba: Rgba,
    ) -> Option<Previous> {
        let Self::Blocks(page) = self else { return None };
        let page = Arc::get_mut(page)?;
        let Block::Tiles(tiles) = &mut page.blocks[tile / BLOCK_TILES] else { return None };
        let old = Arc::get_mut(tiles)?[tile % BLOCK_TILES].set_in_place(index, rgba)?;
        page.count += u64::from(old.empty);
        Some(old)
    }

    /// [`Page::set_in_place`] of the row that starts at `start`. Returns how many voxels more there
    /// are.
    #[inline(always)]
    pub(super) fn set_row_in_place(&mut self, tile: usize, start: usize, row: &Row) -> Option<i32> {
        let Self::Blocks(page) = self else { return None };
        let page = Arc::get_mut(page)?;
        let Block::Tiles(tiles) = &mut page.blocks[tile / BLOCK_TILES] else { return None };
        let gained = Arc::get_mut(tiles)?[tile % BLOCK_TILES].set_row_in_place(start, row)?;
        page.count = page.count.wrapping_add_signed(gained.into());
        Some(gained)
    }

    #[inline]
    fn blocks_mut(&mut self) -> &mut Blocks {
        if let Self::Uniform(rgba) = *self {
            self.split(rgba);
        }
        match self {
            Self::Blocks(blocks) => Arc::make_mut(blocks),
            Self::Uniform(_) => unreachable!("made blocks of above"),
        }
    }

    #[cold]
    fn split(&mut self, rgba: Rgba) {
        let count = self.count();
        let blocks = std::array::from_fn(|_| Block::Uniform(rgba));
        *self = Self::Blocks(Arc::new(Blocks { count, bytes: PAGE_BYTES, blocks }));
    }

    /// The tiles that are not empty, with their indices.
    pub(super) fn tiles(&self) -> impl Iterator<Item = (usize, TileRef<'_>)> {
        let stands = move |block: usize| !self.block_is(block, Rgba::EMPTY);
        let tiles = (0..PAGE_BLOCKS).filter(move |&block| stands(block)).flat_map(move |block| {
            let first = block * BLOCK_TILES;
            (first..first + BLOCK_TILES).map(move |index| (index, self.tile(index)))
        });
        tiles.filter(|(_, tile)| tile.uniform() != Some(Rgba::EMPTY))
    }

    fn block_is(&self, block: usize, rgba: Rgba) -> bool {
        match self {
            Self::Uniform(known) => *known == rgba,
            Self::Blocks(page) => {
                matches!(page.blocks[block], Block::Uniform(known) if known == rgba)
            }
        }
    }

    /// The indices of tiles that are not the same storage in `other`; whole blocks that both
    /// share are never looked into.
    pub(super) fn changes<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = usize> + 'a {
        let blocks = (0..PAGE_BLOCKS).filter(move |&block| !self.shares_block(other, block));
        let tiles = blocks.flat_map(|block| block * BLOCK_TILES..(block + 1) * BLOCK_TILES);
        tiles.filter(move |&index| !self.tile(index).same(other.tile(index)))
    }

    /// Whether both are the same storage, or uniform alike.
    pub(super) fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Uniform(a), Self::Uniform(b)) => a == b,
            (Self::Blocks(a), Self::Blocks(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }

    fn shares_block(&self, other: &Self, block: usize) -> bool {
        match (self, other) {
            (Self::Uniform(rgba), page) | (page, Self::Uniform(rgba)) => {
                page.block_is(block, *rgba)
            }
            (Self::Blocks(a), Self::Blocks(b)) => {
                Arc::ptr_eq(a, b) || a.blocks[block].same(&b.blocks[block])
            }
        }
    }

    /// Brings page, blocks and tiles into their smallest form; nothing where no voxel is left.
    pub(super) fn compacted(mut self) -> Option<Self> {
        if self.count() == 0 {
            return None;
        }
        if let Self::Blocks(shared) = &mut self {
            if shared.blocks.iter().any(|block| block.uniform().is_none()) {
                let page = Arc::make_mut(shared);
                page.blocks.iter_mut().for_each(Block::compact);
                page.bytes = PAGE_BYTES + page.blocks.iter().map(Block::bytes).sum::<usize>();
            }
            if let Some(rgba) = shared_colour(&shared.blocks, Block::uniform) {
                self = Self::Uniform(rgba);
            }
        }
        Some(self)
    }

    /// Bytes of the handles on the heap, without the tiles' bodies.
    pub(super) fn heap_bytes(&self) -> usize {
        let Self::Blocks(page) = self else { return 0 };
        let own = |block: &&Block| matches!(block, Block::Tiles(_));
        let blocks = page.blocks.iter().filter(own).count() * BLOCK_BYTES;
        PAGE_BYTES + blocks
    }
}

impl Blocks {
    #[inline]
    fn tile_mut(&mut self, index: usize) -> &mut Tile {
        let block = &mut self.blocks[index / BLOCK_TILES];
        if block.uniform().is_some() {
            self.bytes += BLOCK_BYTES;
        }
        block.tile_mut(index % BLOCK_TILES)
    }

    #[inline]
    fn take_tile(&mut self, index: usize) -> Tile {
        let tile = std::mem::take(self.tile_mut(index));
        self.count -= tile.count() as u64;
        self.bytes -= tile.own_bytes();
        tile
    }

    #[inline]
    fn put_tile(&mut self, index: usize, tile: Tile) {
        self.count += tile.count() as u64;
        self.bytes += tile.own_bytes();
        *self.tile_mut(index) = tile;
    }
}

impl Block {
    #[inline]
    fn tile(&self, index: usize) -> TileRef<'_> {
        match self {
            Self::Uniform(rgba) => TileRef::Uniform(*rgba),
            Self::Tiles(tiles) => TileRef::Stored(&tiles[index]),
        }
    }

    fn uniform(&self) -> Option<Rgba> {
        match self {
            Self::Uniform(rgba) => Some(*rgba),
            Self::Tiles(_) => None,
        }
    }

    #[inline]
    fn tile_mut(&mut self, index: usize) -> &mut Tile {
        if let Self::Uniform(rgba) = *self {
            *self = Self::Tiles(Arc::new(std::array::from_fn(|_| Tile::Uniform(rgba))));
        }
        match self {
            Self::Tiles(tiles) => &mut Arc::make_mut(tiles)[index],
            Self::Uniform(_) => unreachable!("made tiles of above"),
        }
    }

    fn count(&self) -> u64 {
        (0..BLOCK_TILES).map(|index| self.tile(index).count() as u64).sum()
    }

    fn bytes(&self) -> usize {
        match self {
            Self::Uniform(_) => 0,
            Self::Tiles(tiles) => BLOCK_BYTES + tiles.iter().map(Tile::own_bytes).sum::<usize>(),
        }
    }

    fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Uniform(a), Self::Uniform(b)) => a == b,
            (Self::Tiles(a), Self::Tiles(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }

    fn compact(&mut self) {
        if let Self::Tiles(shared) = self {
            if shared.iter().any(|tile| tile.uniform().is_none()) {
                Arc::make_mut(shared).iter_mut().for_each(Tile::compact);
            }
            if let Some(rgba) = shared_colour(&**shared, Tile::uniform) {
                *self = Self::Uniform(rgba);
            }
        }
    }
}

/// The colour that all parts are stored as.
fn shared_colour<T>(parts: &[T], uniform: impl Fn(&T) -> Option<Rgba>) -> Option<Rgba> {
    let first = uniform(parts.first()?)?;
    parts.iter().all(|part| uniform(part) == Some(first)).then_some(first)
}

/// A tile to read: one that is stored, or a part of a page or block of one colour.
#[derive(Clone, Copy, Debug)]
pub enum TileRef<'a> {
    /// Every voxel has this colour.
    Uniform(Rgba),
    /// A tile of its own.
    Stored(&'a Tile),
}

impl<'a> TileRef<'a> {
    /// An entry for each voxel and the colours of entries, where the tile is stored so. A colour
    /// may be that of no voxel.
    #[must_use]
    pub fn indexed(self) -> Option<(&'a [u8; TILE_VOXELS], &'a [Rgba])> {
        match self {
            Self::Stored(Tile::Indexed(tile)) => Some((&tile.indices, tile.palette.colours())),
            _ => None,
        }
    }
}

impl<'a> TileRef<'a> {
    /// The voxels that are there with their indices, in index order, where the tile is stored so.
    #[must_use]
    pub fn sparse(self) -> Option<&'a [(u16, Rgba)]> {
        match self {
            Self::Stored(Tile::Sparse(tile)) => Some(tile.voxels()),
            _ => None,
        }
    }
}

impl TileRef<'_> {
    /// The voxel at `index` (see [`super::index_in_tile`]), which must be below 4096.
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

    /// How many voxels are not empty: a stored number.
    #[must_use]
    pub fn count(self) -> usize {
        self.with(Tile::count)
    }

    /// See [`Tile::row`].
    #[inline]
    #[must_use]
    pub fn row(self, y: usize, z: usize) -> [Rgba; super::TILE_EDGE] {
        self.with(|tile| tile.row(y, z))
    }

    /// See [`Tile::read_row`].
    #[inline(always)]
    pub(super) fn read_row(self, start: usize, row: &mut Row) {
        match self {
            Self::Uniform(rgba) => *row = [rgba; super::TILE_EDGE],
            Self::Stored(tile) => tile.read_row(start, row),
        }
    }

    /// See [`Tile::row_mask`].
    #[inline]
    #[must_use]
    pub fn row_mask(self, y: usize, z: usize) -> u16 {
        self.with(|tile| tile.row_mask(y, z))
    }

    /// See [`Tile::row_masks`].
    #[must_use]
    pub fn row_masks(self) -> [u16; super::TILE_EDGE * super::TILE_EDGE] {
        self.with(Tile::row_masks)
    }

    /// See [`Tile::same`].
    #[must_use]
    pub fn same(self, other: TileRef<'_>) -> bool {
        self.with(|tile| other.with(|other| tile.same(other)))
    }

    /// The tile by value; tiles are cheap to copy.
    #[must_use]
    pub fn to_tile(self) -> Tile {
        match self {
            Self::Uniform(rgba) => Tile::Uniform(rgba),
            Self::Stored(tile) => tile.clone(),
        }
    }

    #[inline]
    fn with<R>(self, read: impl FnOnce(&Tile) -> R) -> R {
        match self {
            Self::Uniform(rgba) => read(&Tile::Uniform(rgba)),
            Self::Stored(tile) => read(tile),
        }
    }
}
