//! [`Reader`]: a cursor that remembers its page and tile, for neighbouring reads.

use goxel_proto::types::{Pos, Rgba};

use super::page::Page;
use super::pos::{Habit, Standing};
use super::tile::View;
use super::{PagePos, TilePos, Volume, voxel_index};

/// A cursor over a volume that is only read. Cheap to make.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    volume: &'a Volume,
    standing: Standing,
    tile: View<'a>,
    page_at: PagePos,
    page: &'a Page,
    habit: Habit,
}

impl<'a> Reader<'a> {
    pub(super) fn new(volume: &'a Volume) -> Self {
        let at = TilePos([0; 3]);
        let (page_at, index) = at.split();
        let page = volume.root.get(page_at).unwrap_or(&Page::EMPTY);
        let tile = page.tile(index).view();
        Self { volume, standing: Standing::on(at), tile, page_at, page, habit: Habit::on(at) }
    }

    /// The voxel at `pos`; [`Rgba::EMPTY`] where there is none.
    #[inline]
    #[must_use]
    pub fn get(&mut self, pos: Pos) -> Rgba {
        let Some(index) = self.standing.index(pos) else { return self.get_elsewhere(pos) };
        self.habit.again = true;
        self.tile.get(index)
    }

    fn get_elsewhere(&mut self, pos: Pos) -> Rgba {
        let at = TilePos::of(pos);
        if !self.habit.moves(at) {
            return self.volume.get(pos);
        }
        let (page_at, index) = at.split();
        if page_at != self.page_at {
            self.page_at = page_at;
            self.page = self.volume.root.get(page_at).unwrap_or(&Page::EMPTY);
        }
        self.standing = Standing::on(at);
        self.tile = self.page.tile(index).view();
        self.tile.get(voxel_index(pos))
    }
}
