//! [`Volume`]: a sparse, unbounded set of voxels.
//!
//! ```text
//! Volume  root: trie, page position -> Page
//!   Page    one colour, or 32 blocks, shared
//!     Block   one colour, or 16 tiles, shared
//!       Tile    one colour, sparse, indexed or dense: 16 x 16 x 16 voxels, shared
//! ```
//!
//! Shared means copy-on-write: each level is held by reference count, and a write copies the path
//! from the root down to its tile, as far as others hold it too (path copying, as in a persistent
//! data structure). So `Volume::clone` is the snapshot: it copies one handle.
//!
//! Code that touches more than a few voxels works by tile or by row, or goes through an [`Accessor`]
//! to write and a [`Reader`] to read.

mod accessor;
mod alphas;
mod apart;
mod changes;
mod cursor;
mod entries;
mod fill;
mod gather;
mod indexed;
mod iter;
mod kernels;
mod new_tile;
mod page;
mod pages;
mod palette;
mod patch;
mod pos;
mod reader;
mod root;
mod row;
mod shift;
mod sparse;
mod tile;
mod view;

use goxel_proto::types::{Pos, Rgba};

pub use accessor::Accessor;
pub(crate) use gather::{Course, FEW, gathered_tile, overlaid, sources};
pub use page::TileRef;
pub use pages::PageRef;
pub(crate) use patch::Patch;
pub use pos::{PagePos, TILE_EDGE, TILE_VOXELS, TilePos, index_in_tile, voxel_index};
pub use reader::Reader;
pub use row::Dense;
pub(crate) use row::runs;
pub use tile::Tile;

use root::Root;
use row::Row;

/// A sparse set of voxels over the whole range of positions. A clone is a snapshot: it costs next to
/// nothing, and later writes to one are not seen in the other.
#[derive(Clone, Debug, Default)]
pub struct Volume {
    root: Root,
    count: u64,
    /// [`page::Page::bytes`] of all pages.
    bytes: usize,
}

impl Volume {
    /// A volume without voxels. Allocates nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many voxels are not empty: a stored number.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Bytes on the heap, nearly: a stored number. What is shared, with snapshots or among tiles,
    /// counts each time, but for large palettes, which do not count.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether there is no voxel.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// The voxel at `pos`; [`Rgba::EMPTY`] where there is none.
    #[inline]
    #[must_use]
    pub fn get(&self, pos: Pos) -> Rgba {
        self.tile(TilePos::of(pos)).get(voxel_index(pos))
    }

    /// Sets the voxel at `pos`, or removes it where alpha is 0. Returns what was there.
    #[inline(always)]
    pub fn set(&mut self, pos: Pos, rgba: Rgba) -> Rgba {
        let (page, tile) = TilePos::of(pos).split();
        if let Some(page) = self.root.get_unshared(page)
            && let Some(old) = page.set_in_place(tile, voxel_index(pos), rgba)
        {
            self.count += u64::from(old.empty);
            return old.rgba;
        }
        self.set_slow(pos, rgba.normalised())
    }

    /// The slow path of [`Volume::set`]: removing, and what changes more than a voxel in its place.
    #[inline(never)]
    fn set_slow(&mut self, pos: Pos, rgba: Rgba) -> Rgba {
        let old = self.get(pos);
        if old != rgba {
            self.change_tile(TilePos::of(pos), |tile| {
                tile.set(voxel_index(pos), rgba);
            });
        }
        old
    }

    /// The tile at `at`; a uniform empty one where nothing is stored.
    #[inline]
    #[must_use]
    pub fn tile(&self, at: TilePos) -> TileRef<'_> {
        let (page, index) = at.split();
        self.root.get(page).map_or(TileRef::Uniform(Rgba::EMPTY), |page| page.tile(index))
    }

    /// Puts `tile` in the place of the one at `at`, and returns that one.
    pub fn replace_tile(&mut self, at: TilePos, tile: Tile) -> Tile {
        if tile.is_empty() && self.root.get(at.split().0).is_none() {
            return Tile::EMPTY;
        }
        self.change_tile(at, |old| std::mem::replace(old, tile))
    }

    /// Puts the voxels of a patch into a tile, which holds then those that were there.
    pub(crate) fn patch_tile(&mut self, at: TilePos, patch: &mut Patch) {
        self.change_tile(at, |tile| patch.swap(tile));
    }

    /// Changes a tile in its place.
    fn change_tile<R>(&mut self, at: TilePos, change: impl FnOnce(&mut Tile) -> R) -> R {
        let (page, index) = at.split();
        self.change_page(page, |page| page.change_tile(index, change))
    }

    /// Changes a page in its place, and takes it out if nothing is left in it.
    fn change_page<R>(&mut self, at: PagePos, change: impl FnOnce(&mut page::Page) -> R) -> R {
        let page = self.root.page_mut(at);
        let (before, bytes) = (page.count(), page.bytes());
        let result = change(page);
        let after = page.count();
        self.bytes = self.bytes + page.bytes() - bytes;
        if after == 0 {
            self.bytes -= page.bytes();
            self.root.remove(at);
        }
        self.count = self.count + after - before;
        result
    }

    /// A cursor for many reads and writes that lie close together.
    pub fn accessor(&mut self) -> Accessor<'_> {
        Accessor::new(self)
    }

    /// A cursor for many reads that lie close together.
    #[must_use]
    pub fn reader(&self) -> Reader<'_> {
        Reader::new(self)
    }

    /// Brings every page and tile into its smallest form. Worth it after bulk edits.
    pub fn compact(&mut self) {
        let mut compact = Root::default();
        for (at, page) in self.root.pages() {
            if let Some(page) = page.clone().compacted() {
                *compact.page_mut(at) = page;
            }
        }
        self.root = compact;
        self.bytes = self.root.pages().map(|(_, page)| page.bytes()).sum();
    }
}

/// Two volumes are equal where they hold the same voxels, however they are stored.
impl PartialEq for Volume {
    fn eq(&self, other: &Self) -> bool {
        self.count == other.count
            && self.changed_tiles(other).all(|at| {
                let (a, b) = (self.tile(at), other.tile(at));
                (0..TILE_VOXELS).all(|index| a.get(index) == b.get(index))
            })
    }
}

impl Eq for Volume {}

impl FromIterator<(Pos, Rgba)> for Volume {
    fn from_iter<I: IntoIterator<Item = (Pos, Rgba)>>(voxels: I) -> Self {
        let mut volume = Self::new();
        let mut accessor = volume.accessor();
        for (pos, rgba) in voxels {
            accessor.set(pos, rgba);
        }
        drop(accessor);
        volume
    }
}

#[cfg(test)]
mod tests;
