//! [`Volume`]: a sparse, unbounded set of voxels.
//!
//! ```text
//! Volume  root: hash map, page position -> Page
//!   Page  one colour, or 8 x 8 x 8 tiles, shared
//!     Tile  one colour, indexed or dense: 16 x 16 x 16 voxels, shared
//! ```
//!
//! `Volume::clone` is the snapshot: it copies the root's handles and shares everything below.
//! Code that touches more than a few voxels works by tile (module `page` has the arithmetic), or
//! through an [`Accessor`].

mod accessor;
mod page;
mod tile;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

pub use accessor::Accessor;
pub use page::{PagePos, TilePos, TileRef, voxel_index};
pub use tile::{Dense, TILE_EDGE, TILE_VOXELS, Tile, index_in_tile};

use goxel_proto::types::{Aabb, Pos, Rgba};
use page::{PAGE_TILES, Page};

/// A sparse set of voxels over the whole range of positions. A clone is a snapshot: cheap, and
/// apart from then on.
#[derive(Clone, Debug, Default)]
pub struct Volume {
    // Positions are chosen by clients: the hasher is seeded at random.
    pages: HashMap<PagePos, Page, RandomState>,
    count: u64,
}

impl Volume {
    /// A volume without voxels. Allocates nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many voxels are not empty. Takes no time.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
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
    #[inline]
    pub fn set(&mut self, pos: Pos, rgba: Rgba) -> Rgba {
        let (page, index) = TilePos::of(pos).split();
        if rgba.is_empty() && !self.pages.contains_key(&page) {
            return Rgba::EMPTY;
        }
        let page = self.pages.entry(page).or_insert_with(Page::empty);
        if page.tile(index).get(voxel_index(pos)) == rgba.normalised() {
            return rgba.normalised();
        }
        let old = page.tile_mut(index).set(voxel_index(pos), rgba);
        self.count += u64::from(!rgba.is_empty());
        self.count -= u64::from(!old.is_empty());
        old
    }

    /// The tile at `at`; a uniform empty one where nothing is stored.
    #[inline]
    #[must_use]
    pub fn tile(&self, at: TilePos) -> TileRef<'_> {
        let (page, index) = at.split();
        self.pages.get(&page).map_or(TileRef::Uniform(Rgba::EMPTY), |page| page.tile(index))
    }

    /// Puts `tile` in the place of the one at `at`, and returns that one.
    pub fn replace_tile(&mut self, at: TilePos, tile: Tile) -> Tile {
        let (page, index) = at.split();
        if tile.is_empty() && !self.pages.contains_key(&page) {
            return Tile::EMPTY;
        }
        self.count += tile.count() as u64;
        let page = self.pages.entry(page).or_insert_with(Page::empty);
        let old = std::mem::replace(page.tile_mut(index), tile);
        self.count -= old.count() as u64;
        old
    }

    /// A cursor for many reads and writes that lie close together.
    pub fn accessor(&mut self) -> Accessor<'_> {
        Accessor::new(self)
    }

    /// The tiles that are not known to be empty, in no particular order.
    pub fn tiles(&self) -> impl Iterator<Item = (TilePos, TileRef<'_>)> {
        self.pages.iter().flat_map(|(&at, page)| {
            (0..PAGE_TILES)
                .map(move |index| (TilePos::in_page(at, index), page.tile(index)))
                .filter(|(_, tile)| tile.uniform() != Some(Rgba::EMPTY))
        })
    }

    /// The tiles of [`Volume::tiles`], sorted by z, then y, then x.
    #[must_use]
    pub fn sorted_tiles(&self) -> Vec<(TilePos, TileRef<'_>)> {
        let mut tiles: Vec<_> = self.tiles().collect();
        tiles.sort_unstable_by_key(|(at, _)| [at.0[2], at.0[1], at.0[0]]);
        tiles
    }

    /// The voxels that are not empty: by tile in no particular order, then by index.
    pub fn voxels(&self) -> impl Iterator<Item = (Pos, Rgba)> {
        self.tiles().flat_map(|(at, tile)| {
            (0..TILE_VOXELS)
                .map(move |index| (at.voxel(index), tile.get(index)))
                .filter(|(_, rgba)| !rgba.is_empty())
        })
    }

    /// The smallest box that holds every voxel, or `None` where there is none.
    #[must_use]
    pub fn bounds(&self) -> Option<Aabb> {
        let mut bounds: Option<Aabb> = None;
        for (at, tile) in self.tiles() {
            let cell = at.aabb();
            // Most tiles lie inside what is known already.
            if bounds.is_some_and(|known| known.union(&cell) == known) {
                continue;
            }
            if let Some(found) = tile_bounds(at, tile) {
                bounds = Some(bounds.map_or(found, |known| known.union(&found)));
            }
        }
        bounds
    }

    /// Fills a box with one colour, or clears it where alpha is 0. Whole tiles and pages inside
    /// cost a handle each, however large the box is.
    pub fn fill(&mut self, aabb: &Aabb, rgba: Rgba) {
        let aabb = aabb.intersection(&Aabb::EVERYTHING);
        if aabb.is_empty() {
            return;
        }
        let rgba = rgba.normalised();
        if rgba.is_empty() {
            let touched: Vec<PagePos> = self.pages.keys().copied().collect();
            touched.into_iter().for_each(|page| self.fill_page(page, &aabb, rgba));
        } else {
            for_each_cell(&aabb, page::PAGE_SPAN, |page| {
                self.fill_page(PagePos(page), &aabb, rgba);
            });
        }
    }

    /// Fills what `aabb` and the page at `at` share.
    fn fill_page(&mut self, at: PagePos, aabb: &Aabb, rgba: Rgba) {
        let cell = at.aabb();
        let shared = cell.intersection(aabb);
        if shared.is_empty() {
            return;
        }
        if shared == cell {
            let before = self.pages.remove(&at).map_or(0, |page| page_count(&page));
            self.count -= before;
            if !rgba.is_empty() {
                self.pages.insert(at, Page::Uniform(rgba));
                self.count += cell.volume() as u64;
            }
            return;
        }
        let page = self.pages.entry(at).or_insert_with(Page::empty);
        for_each_cell(&shared, TILE_EDGE as i64, |tile| {
            let at = TilePos(tile);
            let (_, index) = at.split();
            if page.tile(index).uniform() == Some(rgba) {
                return;
            }
            let tile = page.tile_mut(index);
            self.count -= tile.count() as u64;
            fill_tile(tile, at, &shared, rgba);
            self.count += tile.count() as u64;
        });
    }

    /// Brings every page and tile into its smallest form. Worth it after bulk edits.
    pub fn compact(&mut self) {
        let pages = std::mem::take(&mut self.pages);
        self.pages =
            pages.into_iter().filter_map(|(at, page)| Some((at, page.compacted()?))).collect();
    }

    /// Bytes of the root: what a snapshot copies.
    pub(crate) fn root_bytes(&self) -> usize {
        self.pages.allocation_size()
    }

    /// Bytes on the heap, counting what is shared with snapshots.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        let root = self.root_bytes();
        let pages = self.pages.values().map(|page| match page {
            Page::Uniform(_) => 0,
            Page::Tiles(tiles) => {
                size_of_val(&**tiles) + tiles.0.iter().map(Tile::heap_bytes).sum::<usize>()
            }
        });
        root + pages.sum::<usize>()
    }
}

/// Two volumes are equal where they hold the same voxels, however they are stored.
impl PartialEq for Volume {
    fn eq(&self, other: &Self) -> bool {
        self.count == other.count
            && self.tiles().all(|(at, tile)| {
                let other = other.tile(at);
                (0..TILE_VOXELS).all(|index| tile.get(index) == other.get(index))
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

fn page_count(page: &Page) -> u64 {
    (0..PAGE_TILES)
        .map(|index| match page.tile(index) {
            TileRef::Uniform(_) => TILE_VOXELS as u64,
            TileRef::Stored(tile) => tile.count() as u64,
        })
        .sum()
}

fn tile_bounds(at: TilePos, tile: TileRef<'_>) -> Option<Aabb> {
    if let Some(rgba) = tile.uniform() {
        return (!rgba.is_empty()).then(|| at.aabb());
    }
    (0..TILE_VOXELS)
        .filter(|&index| !tile.get(index).is_empty())
        .map(|index| Aabb::of(at.voxel(index)))
        .reduce(|a, b| a.union(&b))
}

/// Fills what `aabb` and the tile at `at` share, a row at a time.
fn fill_tile(tile: &mut Tile, at: TilePos, aabb: &Aabb, rgba: Rgba) {
    let cell = at.aabb();
    let shared = cell.intersection(aabb);
    if shared == cell {
        *tile = Tile::Uniform(rgba);
        return;
    }
    let [x, y, z] = [0, 1, 2].map(|axis| {
        let low = (shared.min[axis] - cell.min[axis]) as usize;
        low..(shared.max[axis] - cell.min[axis]) as usize
    });
    let mut voxels = tile.to_dense();
    for z in z {
        for y in y.clone() {
            voxels[index_in_tile(x.start, y, z)..][..x.len()].fill(rgba);
        }
    }
    *tile = Tile::from_dense(&voxels);
}

/// Calls `f` with the coordinates of every cell of edge `span` that a box meets, z slowest.
fn for_each_cell(aabb: &Aabb, span: i64, mut f: impl FnMut([i32; 3])) {
    let cells = |axis: usize| {
        let first = aabb.min[axis].div_euclid(span) as i32;
        first..=(aabb.max[axis] - 1).div_euclid(span) as i32
    };
    for z in cells(2) {
        for y in cells(1) {
            for x in cells(0) {
                f([x, y, z]);
            }
        }
    }
}

#[cfg(test)]
mod tests;
