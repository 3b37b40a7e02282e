//! [`Accessor`]: a cursor that remembers its page and tile, for neighbouring reads and writes.
//!
//! What is written to is lifted out of the volume while the cursor is on it, and put back when it
//! moves on or is dropped. So a write in the same tile costs no look-up and no reference count,
//! and the borrow checker sees to it that nobody reads the volume meanwhile.
//!
//! The cursor carries the last large palette that it met along, for other tiles to share.

use goxel_proto::types::{Pos, Rgba};

use super::page::Page;
use super::palette::Palette;
use super::pos::Standing;
use super::{PagePos, Tile, TilePos, Volume, voxel_index};

/// A cursor over a volume. The volume is whole again when it is dropped.
#[derive(Debug)]
pub struct Accessor<'a> {
    volume: &'a mut Volume,
    /// The page that is lifted out, while a tile of it is; where, and which tile.
    page: Page,
    page_at: PagePos,
    held: usize,
    /// The tile that is lifted out, or a copy of one.
    tile: Tile,
    /// Where the tile may be read.
    reading: Standing,
    /// Where it may be written to, because it is lifted out.
    writing: Standing,
    /// Whether it was used there. A cursor that moved in vain waits to be asked twice in a row.
    again: bool,
    palette: Option<Palette>,
}

impl<'a> Accessor<'a> {
    pub(super) fn new(volume: &'a mut Volume) -> Self {
        let nowhere = Standing::on(TilePos([0; 3]), false);
        Self {
            volume,
            page: Page::EMPTY,
            page_at: PagePos([0; 3]),
            held: 0,
            tile: Tile::EMPTY,
            reading: nowhere,
            writing: nowhere,
            again: false,
            palette: None,
        }
    }

    /// The voxel at `pos`.
    #[inline(always)]
    #[must_use]
    pub fn get(&mut self, pos: Pos) -> Rgba {
        let Some(index) = self.reading.index(pos) else { return self.get_elsewhere(pos) };
        self.again = true;
        self.tile.get(index)
    }

    /// Sets the voxel at `pos`, or removes it where alpha is 0. Returns what was there.
    #[inline(always)]
    pub fn set(&mut self, pos: Pos, rgba: Rgba) -> Rgba {
        if let Some(index) = self.writing.index(pos) {
            self.again = true;
            if let Some(old) = self.tile.overwrite(index, rgba) {
                return old.rgba;
            }
        } else if !self.again && !self.reading.holds() && self.reading.tile() != TilePos::of(pos) {
            self.reading = Standing::on(TilePos::of(pos), false);
            return self.volume.set(pos, rgba);
        }
        self.set_rarely(pos, rgba.normalised())
    }

    #[inline(never)]
    fn get_elsewhere(&mut self, pos: Pos) -> Rgba {
        let at = TilePos::of(pos);
        let (page, index) = at.split();
        if self.holds_page(page) {
            return self.page.tile(index).get(voxel_index(pos));
        }
        let moves = self.moves(at);
        self.put_back();
        self.reading = Standing::on(at, moves);
        if moves {
            self.tile = self.volume.tile(at).to_tile();
        }
        self.volume.get(pos)
    }

    /// Sets that move the cursor, or that change more than a voxel in its place.
    #[inline(never)]
    fn set_rarely(&mut self, pos: Pos, rgba: Rgba) -> Rgba {
        let at = TilePos::of(pos);
        if self.writing.index(pos).is_none() {
            if !self.moves(at) {
                self.put_back();
                self.reading = Standing::on(at, false);
                return self.volume.set(pos, rgba);
            }
            self.lift(at);
        }
        self.tile.write(voxel_index(pos), rgba, self.palette.as_ref())
    }

    /// Whether to hold the tile at `at`, which is not held in the way that it should be.
    fn moves(&mut self, at: TilePos) -> bool {
        std::mem::take(&mut self.again) || self.reading.tile() == at
    }

    fn holds_page(&self, page: PagePos) -> bool {
        self.writing.holds() && self.page_at == page
    }

    /// Takes a tile out of the volume, so that it is not copied by the first write for being
    /// shared with itself.
    fn lift(&mut self, at: TilePos) {
        let (page, index) = at.split();
        if self.holds_page(page) {
            self.remember_palette();
            self.page.exchange_tile(self.held, &mut self.tile, index);
        } else {
            self.put_back();
            self.page = self.volume.take_page(page);
            self.page_at = page;
            self.tile = self.page.take_tile(index);
        }
        self.held = index;
        self.writing = Standing::on(at, true);
        self.reading = self.writing;
    }

    #[inline]
    fn remember_palette(&mut self) {
        if let Some(palette) = self.tile.palette()
            && palette.is_large()
            && self.palette.as_ref().is_none_or(|known| known.address() != palette.address())
        {
            self.palette = Some(palette.clone());
        }
    }

    /// Lets go of everything, so that the volume is whole.
    fn put_back(&mut self) {
        if self.writing.holds() {
            self.remember_palette();
            self.page.put_tile(self.held, std::mem::take(&mut self.tile));
            let page = std::mem::replace(&mut self.page, Page::EMPTY);
            self.volume.put_page(self.page_at, page);
        }
        // A copy would make the tile a shared one, which the next write has to copy.
        self.tile = Tile::EMPTY;
        self.writing = self.writing.let_go();
        self.reading = self.reading.let_go();
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
