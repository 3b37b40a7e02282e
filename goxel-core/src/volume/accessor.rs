//! [`Accessor`]: a cursor that remembers its page and tile, for neighbouring reads and writes.
//!
//! What is written to is lifted out of the volume while the cursor is on it, and put back when it
//! moves on or is dropped. So a write in the same tile costs no look-up and no reference count,
//! and the borrow checker sees to it that nobody reads the volume meanwhile.
//!
//! The cursor carries the palette of the tile it wrote to last along, for the next tile to share.

use goxel_proto::types::{Pos, Rgba};

use super::page::Page;
use super::palette::Palette;
use super::{PagePos, Tile, TilePos, Volume, voxel_index};

/// A cursor over a volume. The volume is whole again when it is dropped.
#[derive(Debug)]
pub struct Accessor<'a> {
    volume: &'a mut Volume,
    /// The page that is lifted out, while a tile of it is.
    page: Page,
    /// A tile that is lifted out, or a copy of one: where, what, and how many voxels it had.
    tile: Tile,
    at: TilePos,
    before: u64,
    lifted: bool,
    /// The tile of the last read that went elsewhere. Two in a row move the cursor.
    read: Option<TilePos>,
    palette: Option<Palette>,
}

impl<'a> Accessor<'a> {
    pub(super) fn new(volume: &'a mut Volume) -> Self {
        let at = TilePos([0; 3]);
        let tile = volume.tile(at).to_tile();
        Self {
            volume,
            page: Page::EMPTY,
            tile,
            at,
            before: 0,
            lifted: false,
            read: None,
            palette: None,
        }
    }

    /// The voxel at `pos`.
    #[inline]
    #[must_use]
    pub fn get(&mut self, pos: Pos) -> Rgba {
        let at = TilePos::of(pos);
        if at == self.at { self.tile.get(voxel_index(pos)) } else { self.get_elsewhere(at, pos) }
    }

    /// Sets the voxel at `pos`, or removes it where alpha is 0. Returns what was there.
    #[inline]
    pub fn set(&mut self, pos: Pos, rgba: Rgba) -> Rgba {
        let at = TilePos::of(pos);
        if at != self.at || !self.lifted {
            self.lift(at);
        }
        self.tile.write(voxel_index(pos), rgba.normalised(), self.palette.as_ref())
    }

    fn get_elsewhere(&mut self, at: TilePos, pos: Pos) -> Rgba {
        if self.read.replace(at) == Some(at) {
            self.put_back();
            self.at = at;
            self.tile = self.volume.tile(at).to_tile();
            return self.tile.get(voxel_index(pos));
        }
        let (page, index) = at.split();
        if self.lifted && page == self.at.split().0 {
            self.page.tile(index).get(voxel_index(pos))
        } else {
            self.volume.get(pos)
        }
    }

    /// Takes a tile out of the volume, so that it is not copied by the first write for being
    /// shared with itself.
    fn lift(&mut self, at: TilePos) {
        let (page, index) = at.split();
        if self.lifted && page == self.at.split().0 {
            self.put_tile_back();
        } else {
            self.put_back();
            self.page = self.volume.take_page(page);
        }
        self.tile = self.page.take_tile(index);
        self.before = self.tile.count() as u64;
        self.at = at;
        self.lifted = true;
    }

    fn put_tile_back(&mut self) {
        if let Some(palette) = self.tile.palette()
            && !self.palette.as_ref().is_some_and(|known| known.address() == palette.address())
        {
            self.palette = Some(palette.clone());
        }
        let tile = std::mem::take(&mut self.tile);
        self.page.put_tile(self.at.split().1, tile, self.before);
    }

    fn put_back(&mut self) {
        if std::mem::take(&mut self.lifted) {
            self.put_tile_back();
            let page = std::mem::replace(&mut self.page, Page::EMPTY);
            self.volume.put_page(self.at.split().0, page);
        }
    }
}

impl Drop for Accessor<'_> {
    fn drop(&mut self) {
        self.put_back();
    }
}

impl Volume {
    /// Takes a page out, to be given back with [`Volume::put_page`].
    fn take_page(&mut self, at: PagePos) -> Page {
        let page = std::mem::replace(self.root.page_mut(at), Page::EMPTY);
        self.count -= page.count();
        page
    }

    fn put_page(&mut self, at: PagePos, page: Page) {
        self.count += page.count();
        if page.count() == 0 {
            self.root.remove(at);
        } else {
            *self.root.page_mut(at) = page;
        }
    }
}
