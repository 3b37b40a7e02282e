//! Iteration over a volume by tile, by row and by voxel; its bounds and its size in memory.

use goxel_proto::types::{Aabb, Pos, Rgba};
use hashbrown::HashSet;

use super::pos::TILE_EDGE;
use super::{TILE_VOXELS, Tile, TilePos, TileRef, Volume, index_in_tile};
use crate::scan::read_units;
use crate::{Result, TILE_UNITS, Work};

/// Rows of a tile.
const ROWS: usize = TILE_VOXELS / TILE_EDGE;

impl Volume {
    /// The tiles that are not empty, in no particular order.
    pub fn tiles(&self) -> impl Iterator<Item = (TilePos, TileRef<'_>)> {
        self.root.pages().flat_map(|(at, page)| {
            page.tiles().map(move |(index, tile)| (TilePos::in_page(at, index), tile))
        })
    }

    /// The tiles of [`Volume::tiles`], sorted by z, then y, then x.
    #[must_use]
    pub fn sorted_tiles(&self) -> Vec<(TilePos, TileRef<'_>)> {
        let mut tiles: Vec<_> = self.tiles().collect();
        tiles.sort_unstable_by_key(|(at, _)| [at.0[2], at.0[1], at.0[0]]);
        tiles
    }

    /// Calls `visit` with each row of sixteen voxels along x that holds any, and the position of
    /// its first: by tile in no particular order, then by z, then by y. The fastest way through
    /// all voxels.
    pub fn for_each_row(&self, mut visit: impl FnMut(Pos, &[Rgba; TILE_EDGE])) {
        for (at, tile) in self.tiles() {
            let rows = rows_of(tile);
            match tile {
                TileRef::Stored(Tile::Indexed(tile)) => {
                    let colours = tile.palette.table();
                    rows.for_each(|(y, z)| {
                        let entries = tile.entries(index_in_tile(0, y, z));
                        visit(
                            row_start(at, y, z),
                            &entries.map(|entry| colours[usize::from(entry)]),
                        );
                    });
                }
                _ => rows.for_each(|(y, z)| visit(row_start(at, y, z), &tile.row(y, z))),
            }
        }
    }

    /// The voxels that are not empty: by tile in no particular order, then by index.
    pub fn voxels(&self) -> impl Iterator<Item = (Pos, Rgba)> {
        let rows = self.tiles().flat_map(|(at, tile)| {
            rows_of(tile).map(move |(y, z)| (row_start(at, y, z), tile.row(y, z)))
        });
        rows.flat_map(|(start, row)| {
            let at = move |(x, rgba)| (Pos { x: start.x + x, ..start }, rgba);
            (0..).zip(row).filter(|(_, rgba)| !rgba.is_empty()).map(at)
        })
    }

    /// The smallest box that holds every voxel, or `None` where there is none.
    #[must_use]
    pub fn bounds(&self) -> Option<Aabb> {
        // Nobody refuses work that is unbounded.
        self.bounds_within(&Work::unbounded()).unwrap_or_default()
    }

    /// A box that holds every voxel, of whole pages.
    ///
    /// # Errors
    /// What `work` says.
    pub(crate) fn page_bounds(&self, work: &Work<'_>) -> Result<Option<Aabb>> {
        let mut bounds: Option<Aabb> = None;
        for (at, _) in self.root.pages() {
            work.spend(TILE_UNITS)?;
            bounds = Some(bounds.map_or(at.aabb(), |known| known.union(&at.aabb())));
        }
        Ok(bounds)
    }

    /// [`Volume::bounds`] as far as `work` lets it.
    ///
    /// # Errors
    /// What `work` says.
    pub fn bounds_within(&self, work: &Work<'_>) -> Result<Option<Aabb>> {
        let mut bounds: Option<Aabb> = None;
        // Most pages and tiles lie inside what is known already.
        let known = |bounds: Option<Aabb>, cell: &Aabb| {
            bounds.is_some_and(|known| known.union(cell) == known)
        };
        for (at, page) in self.root.pages() {
            work.spend(TILE_UNITS)?;
            if known(bounds, &at.aabb()) {
                continue;
            }
            if page.is_full() {
                bounds = Some(bounds.map_or(at.aabb(), |known| known.union(&at.aabb())));
                continue;
            }
            for (index, tile) in page.tiles() {
                let at = TilePos::in_page(at, index);
                if !known(bounds, &at.aabb()) {
                    work.spend(read_units(tile))?;
                    let found = tile_bounds(at, tile);
                    bounds = bounds.into_iter().chain(found).reduce(|a, b| a.union(&b));
                }
            }
        }
        Ok(bounds)
    }

    /// Bytes on the heap. What is shared, with snapshots or among tiles, counts once.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        let mut seen = HashSet::with_hasher(foldhash::fast::RandomState::default());
        let pages = self.root.pages().map(|(_, page)| page.heap_bytes()).sum::<usize>();
        let tiles = self.tiles().map(|(_, tile)| tile_bytes(tile, &mut |at| seen.insert(at)));
        self.root.heap_bytes() + pages + tiles.sum::<usize>()
    }
}

fn tile_bytes(tile: TileRef<'_>, is_new: &mut impl FnMut(usize) -> bool) -> usize {
    let TileRef::Stored(tile) = tile else { return 0 };
    tile.parts().into_iter().flatten().map(|(at, bytes)| if is_new(at) { bytes } else { 0 }).sum()
}

/// The rows along x that hold a voxel, by y and z.
fn rows_of(tile: TileRef<'_>) -> impl Iterator<Item = (usize, usize)> {
    let mut held = [0_u64; ROWS / 64];
    let mut hold = |row: usize, holds: bool| held[row / 64] |= u64::from(holds) << (row % 64);
    match tile.sparse() {
        Some(voxels) => {
            voxels.iter().for_each(|(index, _)| hold(usize::from(*index) / TILE_EDGE, true));
        }
        None => (0..ROWS).for_each(|row| {
            hold(row, tile.row_mask(row % TILE_EDGE, row / TILE_EDGE) != 0);
        }),
    }
    let rows = held.into_iter().zip(0..).flat_map(|(mut bits, word)| {
        std::iter::from_fn(move || {
            let first = (bits != 0).then(|| 64 * word + bits.trailing_zeros() as usize)?;
            bits &= bits - 1;
            Some(first)
        })
    });
    rows.map(|row| (row % TILE_EDGE, row / TILE_EDGE))
}

fn row_start(at: TilePos, y: usize, z: usize) -> Pos {
    at.voxel(index_in_tile(0, y, z))
}

fn tile_bounds(at: TilePos, tile: TileRef<'_>) -> Option<Aabb> {
    if let Some(rgba) = tile.uniform() {
        return (!rgba.is_empty()).then(|| at.aabb());
    }
    let row = |(y, z): (usize, usize)| {
        let (start, mask) = (row_start(at, y, z), tile.row_mask(y, z));
        let end = |x: u32| Pos { x: start.x + x.cast_signed(), ..start };
        let last = u16::BITS - 1;
        (mask != 0)
            .then(|| Aabb::spanning(end(mask.trailing_zeros()), end(last - mask.leading_zeros())))
    };
    rows_of(tile).filter_map(row).reduce(|a, b| a.union(&b))
}
