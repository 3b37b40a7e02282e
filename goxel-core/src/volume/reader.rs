//! [`Reader`]: a cursor that remembers its page and tile, for neighbouring reads.

use goxel_proto::types::{Pos, Rgba};

use super::page::Page;
use super::{PagePos, TilePos, TileRef, Volume, voxel_index};

/// A cursor over a volume that is only read. Cheap to make and to copy.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    volume: &'a Volume,
    at: TilePos,
    tile: TileRef<'a>,
    page_at: PagePos,
    page: &'a Page,
}

impl<'a> Reader<'a> {
    pub(super) fn new(volume: &'a Volume) -> Self {
        let at = TilePos([0; 3]);
        let page_at = at.split().0;
        let page = volume.root.get(page_at).unwrap_or(&Page::EMPTY);
        Self { volume, at, tile: volume.tile(at), page_at, page }
    }

    /// The voxel at `pos`; [`Rgba::EMPTY`] where there is none.
    #[inline]
    #[must_use]
    pub fn get(&mut self, pos: Pos) -> Rgba {
        self.tile(TilePos::of(pos)).get(voxel_index(pos))
    }

    /// The tile at `at`; a uniform empty one where nothing is stored.
    #[inline]
    #[must_use]
    pub fn tile(&mut self, at: TilePos) -> TileRef<'a> {
        if at != self.at {
            self.move_to(at);
        }
        self.tile
    }

    #[inline]
    fn move_to(&mut self, at: TilePos) {
        let (page_at, index) = at.split();
        if page_at != self.page_at {
            self.page_at = page_at;
            self.page = self.volume.root.get(page_at).unwrap_or(&Page::EMPTY);
        }
        self.at = at;
        self.tile = self.page.tile(index);
    }
}
