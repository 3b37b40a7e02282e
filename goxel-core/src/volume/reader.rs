//! [`Reader`]: a cursor that remembers its page and tile, for neighbouring reads.
//!
//! Moving to a tile pays when more than one voxel of it is read. After a move that did not pay the
//! cursor stays where it is and reads the volume directly, until one tile is read twice in a row.

use goxel_proto::types::{Pos, Rgba};

use super::page::Page;
use super::pos::HeldTile;
use super::view::View;
use super::{PagePos, TilePos, Volume, voxel_index};

/// A cursor over a volume that is only read. Cheap to make.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    volume: &'a Volume,
    standing: HeldTile,
    /// The tile that the cursor holds.
    tile: View<'a>,
    /// Whether that was read since the cursor moved to it.
    again: bool,
    /// The tile of the last read that went past the cursor.
    passed: TilePos,
    page_at: PagePos,
    page: &'a Page,
}

impl<'a> Reader<'a> {
    pub(super) fn new(volume: &'a Volume) -> Self {
        let at = TilePos([0; 3]);
        let (page_at, index) = at.split();
        let page = volume.root.get(page_at).unwrap_or(&Page::EMPTY);
        let tile = page.view(index);
        Self { volume, standing: HeldTile::on(at), tile, again: false, passed: at, page_at, page }
    }

    /// The voxel at `pos`; [`Rgba::EMPTY`] where there is none.
    #[inline(always)]
    #[must_use]
    pub fn get(&mut self, pos: Pos) -> Rgba {
        match self.standing.index(pos) {
            Some(index) => {
                self.again = true;
                self.tile.get(index)
            }
            // As three numbers, which are passed in registers.
            None => self.get_elsewhere(pos.x, pos.y, pos.z),
        }
    }

    #[inline(never)]
    fn get_elsewhere(&mut self, x: i32, y: i32, z: i32) -> Rgba {
        let pos = Pos::new(x, y, z);
        let at = TilePos::of(pos);
        if self.again || self.passed == at {
            let (tile, index) = (self.move_to(at), voxel_index(pos));
            tile.prefetch_rows(index);
            return tile.get(index);
        }
        self.passed = at;
        self.volume.get(pos)
    }

    fn move_to(&mut self, at: TilePos) -> View<'a> {
        let (page_at, index) = at.split();
        if page_at != self.page_at {
            self.page_at = page_at;
            self.page = self.volume.root.get(page_at).unwrap_or(&Page::EMPTY);
        }
        self.standing = HeldTile::on(at);
        self.tile = self.page.view(index);
        self.again = false;
        self.tile
    }
}
