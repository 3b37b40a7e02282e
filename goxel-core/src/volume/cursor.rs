//! [`TileCursor`]: a cursor that holds a page and a tile, for reads and writes in one tile.
//!
//! A tile that is written to is taken out of the volume while the cursor is on it, and put back when
//! it moves on. So a write in the same tile costs no look-up and asks no reference count.

use goxel_proto::types::{Pos, Rgba};

use super::page::Page;
use super::palette::Palette;
use super::pos::HeldTile;
use super::{PagePos, Tile, TilePos, Volume, voxel_index};

/// A cursor over a volume; [`TileCursor::volume_and_palette`] puts back what was taken out.
#[derive(Debug)]
pub(super) struct TileCursor<'a> {
    volume: &'a mut Volume,
    /// The page that was taken out together with a tile of it; its position, and which tile.
    page: Page,
    page_at: PagePos,
    held: usize,
    /// The tile that was taken out, or a handle to one.
    tile: Tile,
    /// Where the tile may be read.
    reading: HeldTile,
    /// Where it may be written to, because it was taken out.
    writing: HeldTile,
    /// The last large palette that was seen, for other tiles to share.
    palette: Option<Palette>,
}

impl<'a> TileCursor<'a> {
    pub(super) fn new(volume: &'a mut Volume) -> Self {
        Self {
            volume,
            page: Page::EMPTY,
            page_at: PagePos([0; 3]),
            held: 0,
            tile: Tile::EMPTY,
            reading: HeldTile::NOWHERE,
            writing: HeldTile::NOWHERE,
            palette: None,
        }
    }

    /// The voxel at `pos`.
    #[inline]
    pub(super) fn get(&mut self, pos: Pos) -> Rgba {
        if let Some(index) = self.reading.index(pos) {
            return self.tile.get(index);
        }
        let at = TilePos::of(pos);
        let (page, index) = at.split();
        if self.writing.holds() && self.page_at == page {
            return self.page.tile(index).get(voxel_index(pos));
        }
        self.put_back();
        self.tile = self.volume.tile(at).to_tile();
        self.reading = HeldTile::on(at);
        self.tile.get(voxel_index(pos))
    }

    /// Sets the voxel at `pos`, or removes it where alpha is 0. Returns what was there.
    #[inline]
    pub(super) fn set(&mut self, pos: Pos, rgba: Rgba) -> Rgba {
        let index = match self.writing.index(pos) {
            Some(index) => index,
            None => {
                self.take_out(TilePos::of(pos));
                voxel_index(pos)
            }
        };
        match self.tile.set_in_place(index, rgba) {
            Some(old) => old.rgba,
            None => self.tile.write(index, rgba.normalised(), &mut self.palette),
        }
    }

    /// Takes a tile out of the volume. With a handle left there the first write would copy it.
    #[inline(never)]
    fn take_out(&mut self, at: TilePos) {
        let (page, index) = at.split();
        if self.writing.holds() && self.page_at == page {
            self.page.exchange_tile(self.held, &mut self.tile, index);
        } else {
            self.put_back();
            self.page = self.volume.take_page(page);
            self.page_at = page;
            self.tile = self.page.take_tile(index);
        }
        self.held = index;
        self.writing = HeldTile::on(at);
        self.reading = self.writing;
    }

    /// The volume, of which nothing is held any more, and the palette for tiles that grow one.
    #[inline(always)]
    pub(super) fn volume_and_palette(&mut self) -> (&mut Volume, &mut Option<Palette>) {
        if self.reading.holds() {
            self.put_back();
        }
        (self.volume, &mut self.palette)
    }

    #[inline(never)]
    fn put_back(&mut self) {
        // A copy would make the tile a shared one, which the next write has to copy.
        let tile = std::mem::take(&mut self.tile);
        if self.writing.holds() {
            self.page.put_tile(self.held, tile);
            let page = std::mem::replace(&mut self.page, Page::EMPTY);
            self.volume.put_page(self.page_at, page);
        }
        self.writing = HeldTile::NOWHERE;
        self.reading = HeldTile::NOWHERE;
    }
}

impl Volume {
    /// Takes a page out, to be given back with [`Volume::put_page`].
    fn take_page(&mut self, at: PagePos) -> Page {
        let page = std::mem::replace(self.root.page_mut(at), Page::EMPTY);
        self.count -= page.count();
        self.bytes -= page.bytes();
        page
    }

    fn put_page(&mut self, at: PagePos, page: Page) {
        self.count += page.count();
        if page.count() == 0 {
            self.root.remove(at);
        } else {
            self.bytes += page.bytes();
            *self.root.page_mut(at) = page;
        }
    }
}
