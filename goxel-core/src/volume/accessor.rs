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
    /// The page that is lifted out, while a tile of it is.
    page: Page,
    tile: Tile,
    hold: Hold,
    standing: Standing,
    /// Whether it was used there. A cursor that moved in vain waits to be asked twice in a row.
    again: bool,
    palette: Option<Palette>,
}

/// What a cursor holds of the tile that it stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hold {
    Nothing,
    /// A copy, to read.
    Copy,
    /// The tile itself and its page: the volume lacks them meanwhile.
    Lifted,
}

impl<'a> Accessor<'a> {
    pub(super) fn new(volume: &'a mut Volume) -> Self {
        Self {
            volume,
            page: Page::EMPTY,
            tile: Tile::EMPTY,
            hold: Hold::Nothing,
            standing: Standing::on(TilePos([0; 3])),
            again: false,
            palette: None,
        }
    }

    /// The voxel at `pos`.
    #[inline]
    #[must_use]
    pub fn get(&mut self, pos: Pos) -> Rgba {
        if let Some(index) = self.standing.index(pos)
            && self.hold != Hold::Nothing
        {
            self.again = true;
            return self.tile.get(index);
        }
        self.get_elsewhere(pos)
    }

    /// Sets the voxel at `pos`, or removes it where alpha is 0. Returns what was there.
    #[inline]
    pub fn set(&mut self, pos: Pos, rgba: Rgba) -> Rgba {
        if let Some(index) = self.standing.index(pos)
            && self.hold == Hold::Lifted
        {
            self.again = true;
            return self.tile.write(index, rgba.normalised(), self.palette.as_ref());
        }
        if self.again || self.hold != Hold::Nothing || self.standing.index(pos).is_some() {
            return self.set_elsewhere(pos, rgba.normalised());
        }
        self.standing = Standing::on(TilePos::of(pos));
        self.volume.set(pos, rgba)
    }

    fn get_elsewhere(&mut self, pos: Pos) -> Rgba {
        let at = TilePos::of(pos);
        let (page, index) = at.split();
        if self.holds_page(page) {
            return self.page.tile(index).get(voxel_index(pos));
        }
        let moves = self.moves(pos);
        self.put_back();
        self.standing = Standing::on(at);
        if moves {
            self.hold = Hold::Copy;
            self.tile = self.volume.tile(at).to_tile();
        }
        self.volume.get(pos)
    }

    fn set_elsewhere(&mut self, pos: Pos, rgba: Rgba) -> Rgba {
        let at = TilePos::of(pos);
        if self.moves(pos) {
            self.lift(at);
            return self.tile.write(voxel_index(pos), rgba, self.palette.as_ref());
        }
        self.put_back();
        self.standing = Standing::on(at);
        self.volume.set(pos, rgba)
    }

    /// Whether to hold the tile of `pos`, which is not held in the way that it should be.
    #[inline]
    fn moves(&mut self, pos: Pos) -> bool {
        std::mem::take(&mut self.again) || self.standing.index(pos).is_some()
    }

    fn holds_page(&self, page: PagePos) -> bool {
        self.hold == Hold::Lifted && self.standing.tile().split().0 == page
    }

    /// Takes a tile out of the volume, so that it is not copied by the first write for being
    /// shared with itself.
    fn lift(&mut self, at: TilePos) {
        let (page, index) = at.split();
        if self.holds_page(page) {
            self.remember_palette();
            let (_, standing) = self.standing.tile().split();
            let tile = std::mem::take(&mut self.tile);
            self.tile = self.page.exchange_tile(standing, tile, index);
        } else {
            self.put_back();
            self.page = self.volume.take_page(page);
            self.tile = self.page.take_tile(index);
        }
        self.standing = Standing::on(at);
        self.hold = Hold::Lifted;
    }

    #[inline]
    fn remember_palette(&mut self) {
        if let Some(palette) = self.tile.palette()
            && palette.is_large()
            && !self.palette.as_ref().is_some_and(|known| known.address() == palette.address())
        {
            self.palette = Some(palette.clone());
        }
    }

    /// Lets go of everything, so that the volume is whole.
    #[inline]
    fn put_back(&mut self) {
        if self.hold == Hold::Lifted {
            self.remember_palette();
            let (at, index) = self.standing.tile().split();
            self.page.put_tile(index, std::mem::take(&mut self.tile));
            self.volume.put_page(at, std::mem::replace(&mut self.page, Page::EMPTY));
        }
        if self.hold != Hold::Nothing {
            // A copy would make the tile a shared one, which the next write has to copy.
            self.tile = Tile::EMPTY;
            self.hold = Hold::Nothing;
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
