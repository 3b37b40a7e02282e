//! [`Accessor`]: a cursor that remembers its tile, for neighbouring reads and writes.
//!
//! The tile under the cursor is lifted out of the volume while the cursor is on it, and put back
//! when it moves on or is dropped. So a write in the same tile costs no look-up and no reference
//! count, and the borrow checker sees to it that nobody reads the volume meanwhile.

use goxel_proto::types::{Pos, Rgba};

use super::{Tile, TilePos, Volume, voxel_index};

/// A cursor over a volume. The volume is whole again when it is dropped.
#[derive(Debug)]
pub struct Accessor<'a> {
    volume: &'a mut Volume,
    at: TilePos,
    tile: Tile,
    /// How the tile's count of voxels changed since it was lifted out.
    gained: i64,
    changed: bool,
}

impl<'a> Accessor<'a> {
    pub(super) fn new(volume: &'a mut Volume) -> Self {
        let at = TilePos([0; 3]);
        let tile = volume.tile(at).to_tile();
        Self { volume, at, tile, gained: 0, changed: false }
    }

    /// The voxel at `pos`.
    #[inline]
    #[must_use]
    pub fn get(&mut self, pos: Pos) -> Rgba {
        self.move_to(TilePos::of(pos));
        self.tile.get(voxel_index(pos))
    }

    /// Sets the voxel at `pos`, or removes it where alpha is 0. Returns what was there.
    #[inline]
    pub fn set(&mut self, pos: Pos, rgba: Rgba) -> Rgba {
        self.move_to(TilePos::of(pos));
        if !self.changed {
            self.lift();
        }
        let old = self.tile.set(voxel_index(pos), rgba);
        self.gained += i64::from(!rgba.is_empty()) - i64::from(!old.is_empty());
        old
    }

    #[inline]
    fn move_to(&mut self, at: TilePos) {
        if at != self.at {
            self.put_back();
            self.at = at;
            self.tile = self.volume.tile(at).to_tile();
        }
    }

    /// Takes the tile out of the volume, so that it is not copied by the first write for being
    /// shared with itself.
    #[cold]
    fn lift(&mut self) {
        self.tile = Tile::EMPTY;
        self.tile = self.volume.swap_tile(self.at, Tile::EMPTY);
        self.changed = true;
    }

    fn put_back(&mut self) {
        if std::mem::take(&mut self.changed) {
            let tile = std::mem::take(&mut self.tile);
            self.volume.swap_tile(self.at, tile);
            let count = self.volume.count.wrapping_add_signed(std::mem::take(&mut self.gained));
            self.volume.count = count;
        }
    }
}

impl Drop for Accessor<'_> {
    fn drop(&mut self) {
        self.put_back();
    }
}

impl Volume {
    /// Exchanges a tile without counting its voxels: the accessor keeps the books.
    fn swap_tile(&mut self, at: TilePos, tile: Tile) -> Tile {
        let (page, index) = at.split();
        if tile.is_empty() && !self.pages.contains_key(&page) {
            return Tile::EMPTY;
        }
        let page = self.pages.entry(page).or_insert_with(super::page::Page::empty);
        std::mem::replace(page.tile_mut(index), tile)
    }
}
