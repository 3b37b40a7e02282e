//! Whole pages, read and put: for whoever keeps volumes as bytes.
//!
//! A page of one colour is said in one word, and a page that is put takes the smallest form at once,
//! block by block, where putting its tiles one by one would make a block for each sixteen.

use goxel_proto::types::{Pos, Rgba};

use super::page::Page;
use super::pos::{PAGE_SPAN, PAGE_TILES};
use super::{PagePos, Tile, TileRef, Volume};

/// A page to read.
#[derive(Clone, Copy, Debug)]
pub struct PageRef<'a>(&'a Page);

impl<'a> PageRef<'a> {
    /// Tiles in a page: see [`super::TilePos::in_page`].
    pub const TILES: usize = PAGE_TILES;

    /// The colour that all its voxels share, where it is stored so.
    #[must_use]
    pub fn uniform(self) -> Option<Rgba> {
        match self.0 {
            Page::Uniform(rgba) => Some(*rgba),
            Page::Blocks(_) => None,
        }
    }

    /// The tile at `index`, which must be below [`PageRef::TILES`].
    #[must_use]
    pub fn tile(self, index: usize) -> TileRef<'a> {
        self.0.tile(index)
    }
}

impl PagePos {
    /// Whether there are voxels at such a place: a page's coordinates have 25 bits.
    #[must_use]
    pub fn is_in_range(self) -> bool {
        let edge = (1_i64 << i32::BITS) / PAGE_SPAN / 2;
        self.0.iter().all(|&axis| (-edge..edge).contains(&i64::from(axis)))
    }

    /// The page's lowest voxel. The page must be in range.
    #[must_use]
    pub fn min(self) -> Pos {
        Pos::from(self.0.map(|axis| axis.wrapping_mul(PAGE_SPAN as i32)))
    }
}

impl Volume {
    /// The pages that are not empty, in no particular order.
    pub fn pages(&self) -> impl Iterator<Item = (PagePos, PageRef<'_>)> {
        self.root.pages().map(|(at, page)| (at, PageRef(page)))
    }

    /// Puts a page of one colour in the place of the one at `at`, which must be in range.
    pub fn replace_uniform_page(&mut self, at: PagePos, rgba: Rgba) {
        self.replace(at, Page::Uniform(rgba.normalised()));
    }

    /// Puts a page of these tiles in the place of the one at `at`, which must be in range.
    pub fn replace_page(&mut self, at: PagePos, tiles: Box<[Tile; PAGE_TILES]>) {
        self.replace(at, Page::of_tiles(*tiles));
    }

    fn replace(&mut self, at: PagePos, page: Page) {
        if page.count() > 0 || self.root.get(at).is_some() {
            self.change_page(at, |old| *old = page);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TilePos;

    fn copied(volume: &Volume) -> Volume {
        let mut copy = Volume::new();
        for (at, page) in volume.pages() {
            match page.uniform() {
                Some(rgba) => copy.replace_uniform_page(at, rgba),
                None => {
                    let tiles = std::array::from_fn(|index| page.tile(index).to_tile());
                    copy.replace_page(at, Box::new(tiles));
                }
            }
        }
        copy
    }

    #[test]
    fn pages_that_are_put_are_those_that_were_read() {
        let mut volume = Volume::new();
        volume.replace_uniform_page(PagePos([-1, 0, 3]), Rgba::WHITE);
        for at in [[0; 3], [1, 0, 0], [-1, 5, 390], [i32::MAX; 3], [i32::MIN; 3]] {
            volume.set(Pos::from(at), Rgba::opaque(1, 2, 3));
        }
        volume.replace_tile(TilePos([100, 2, 3]), Tile::Uniform(Rgba::WHITE));
        let copy = copied(&volume);
        assert!(copy == volume);
        assert_eq!((copy.count(), copy.bytes()), (volume.count(), volume.bytes()));
        assert!(volume.pages().all(|(at, _)| at.is_in_range()));
    }

    #[test]
    fn a_page_takes_its_smallest_form() {
        let mut volume = Volume::new();
        let at = PagePos([2, -1, 0]);
        let white = || Box::new(std::array::from_fn(|_| Tile::Uniform(Rgba::WHITE)));
        volume.replace_page(at, white());
        assert_eq!((volume.count(), volume.bytes()), (128 * 128 * 128, 0));
        let mut tiles = white();
        tiles[500] = Tile::EMPTY;
        volume.replace_page(at, tiles);
        assert_eq!(volume.count(), 128 * 128 * 128 - 4096);
        assert!(volume.bytes() < 2048, "{} bytes", volume.bytes());
        volume.replace_page(at, Box::new(std::array::from_fn(|_| Tile::EMPTY)));
        assert_eq!((volume.count(), volume.bytes(), volume.pages().count()), (0, 0, 0));
        assert!(volume == Volume::new());
    }

    #[test]
    fn the_range_ends_where_positions_end() {
        let (low, high) = (-(1 << 24), (1 << 24) - 1);
        assert!(PagePos([low; 3]).is_in_range() && PagePos([high; 3]).is_in_range());
        assert!(
            !PagePos([low - 1, 0, 0]).is_in_range() && !PagePos([0, 0, high + 1]).is_in_range()
        );
        assert_eq!(PagePos([low; 3]).min(), Pos::from([i32::MIN; 3]));
    }
}
