//! [`Accessor`]: a write-back cache of one row, for reads and writes of neighbouring voxels.
//!
//! The row's sixteen voxels are copied into the cursor and written back, all at once, when it moves
//! on or is dropped. So most reads and writes are hits that look nothing up. The borrow checker sees
//! to it that nobody reads the volume meanwhile.
//!
//! Holding a row pays when several voxels of it are used. After a row of which few were, the cursor
//! stays where it is and misses go past it: to the volume where they are far apart, through a
//! [`TileCursor`] where they are in one tile, until one row is used several times on end.
//!
//! Tiles that are written to for the first time begin like their neighbours: see module `new_tile`.

use goxel_proto::types::{Pos, Rgba};

use super::cursor::TileCursor;
use super::palette::Palette;
use super::pos::{Place, RowPos};
use super::{Row, TilePos, Volume};

/// How often on end a row must have been used before the cursor holds it. Moving there and back costs
/// as much as a few look-ups.
const HOLD_AFTER: usize = 4;

/// A cursor over a volume. The volume is whole again when it is dropped.
#[derive(Debug)]
pub struct Accessor<'a> {
    /// The way of misses that stay in one tile.
    tiles: TileCursor<'a>,
    /// The voxels of the held row, if one is.
    row: Row,
    /// Which row is held.
    held: RowPos,
    place: Place,
    /// The held row, if it was written to and has to be written back.
    dirty: RowPos,
    /// Where in it the cursor was first and last. The distance says whether holding it paid: a
    /// count of uses would have to be read before each next one.
    first: usize,
    last: usize,
    /// The row of the last miss, and how often it was used on end.
    missed: RowPos,
    misses: usize,
}

impl<'a> Accessor<'a> {
    pub(super) fn new(volume: &'a mut Volume) -> Self {
        Self {
            tiles: TileCursor::new(volume),
            row: Row::default(),
            held: RowPos::NOWHERE,
            place: RowPos::NOWHERE.place(),
            dirty: RowPos::NOWHERE,
            first: 0,
            last: 0,
            missed: RowPos::NOWHERE,
            misses: 0,
        }
    }

    /// The voxel at `pos`.
    #[inline(always)]
    #[must_use]
    pub fn get(&mut self, pos: Pos) -> Rgba {
        let (row, x) = RowPos::split(pos);
        if row == self.held {
            self.last = x;
            return self.row[x];
        }
        if self.holding_pays() {
            self.move_and_get(row, x)
        } else if self.passes_by(row) {
            self.whole_volume().get(pos)
        } else {
            self.get_near(row, x)
        }
    }

    /// Sets the voxel at `pos`, or removes it where alpha is 0. What was there is not even read, which
    /// at random places takes longer than all else.
    #[inline(always)]
    pub fn set(&mut self, pos: Pos, rgba: Rgba) {
        let (row, x) = RowPos::split(pos);
        if row == self.dirty {
            self.last = x;
            self.row[x] = rgba.normalised();
        } else if self.holding_pays() {
            self.move_and_set(row, x, rgba);
        } else if self.passes_by(row) {
            self.set_far(row, x, rgba);
        } else {
            self.set_near(row, x, rgba);
        }
    }

    /// [`Accessor::set`], that returns what was there before.
    #[inline(always)]
    pub fn replace(&mut self, pos: Pos, rgba: Rgba) -> Rgba {
        let (row, x) = RowPos::split(pos);
        if row == self.dirty {
            self.last = x;
            return std::mem::replace(&mut self.row[x], rgba.normalised());
        }
        if self.holding_pays() {
            self.move_and_set(row, x, rgba)
        } else if self.passes_by(row) {
            self.whole_volume().set(pos, rgba)
        } else {
            self.set_near(row, x, rgba)
        }
    }

    /// Whether holding the row has paid, so that the next one should be held too.
    #[inline(always)]
    fn holding_pays(&self) -> bool {
        self.first.abs_diff(self.last) >= HOLD_AFTER - 1
    }

    /// Whether `row` is a miss that is not in the tile of the last one.
    #[inline(always)]
    fn passes_by(&mut self, row: RowPos) -> bool {
        let far = row != self.held && !row.shares_tile(self.missed);
        if far {
            self.missed = row;
            self.misses = 1;
        }
        far
    }

    /// Whether `row` was used often enough on end to be held.
    #[inline(always)]
    fn is_worth_holding(&mut self, row: RowPos) -> bool {
        let again = std::mem::replace(&mut self.missed, row) == row;
        self.misses = if again { self.misses + 1 } else { 1 };
        self.misses >= HOLD_AFTER
    }

    #[inline(never)]
    fn move_and_get(&mut self, row: RowPos, x: usize) -> Rgba {
        self.move_to(row, x);
        self.row[x]
    }

    #[inline(never)]
    fn move_and_set(&mut self, row: RowPos, x: usize, rgba: Rgba) -> Rgba {
        // It may be held already, and only read so far.
        if row != self.held {
            self.move_to(row, x);
        }
        self.dirty = row;
        std::mem::replace(&mut self.row[x], rgba.normalised())
    }

    #[inline(never)]
    fn set_far(&mut self, row: RowPos, x: usize, rgba: Rgba) {
        self.whole_volume().set(row.voxel(x), rgba);
    }

    #[inline(never)]
    fn get_near(&mut self, row: RowPos, x: usize) -> Rgba {
        if self.is_worth_holding(row) {
            self.move_and_get(row, x)
        } else {
            self.tiles.get(row.voxel(x))
        }
    }

    #[inline(never)]
    fn set_near(&mut self, row: RowPos, x: usize, rgba: Rgba) -> Rgba {
        if row == self.held || self.is_worth_holding(row) {
            return self.move_and_set(row, x, rgba);
        }
        self.tiles.set(row.voxel(x), rgba)
    }

    #[inline(always)]
    fn whole_volume(&mut self) -> &mut Volume {
        self.tiles.volume_and_palette().0
    }

    /// Moves to a row that is not held.
    #[inline(always)]
    fn move_to(&mut self, row: RowPos, x: usize) {
        let place = row.place();
        self.exchange(place);
        self.place = place;
        self.held = row;
        self.first = x;
        self.last = x;
        self.misses = 0;
    }

    /// Writes the row back if it was written to, and reads the one at `place`.
    #[inline(always)]
    fn exchange(&mut self, place: Place) {
        let (volume, palette) = self.tiles.volume_and_palette();
        if self.dirty == RowPos::NOWHERE {
            volume.read_row(place, &mut self.row);
        } else {
            volume.exchange_row(self.place, &mut self.row, place, palette);
            self.dirty = RowPos::NOWHERE;
        }
    }
}

impl Drop for Accessor<'_> {
    fn drop(&mut self) {
        self.exchange(self.place);
    }
}

impl Volume {
    /// The row of sixteen voxels along x at `place`.
    #[inline(always)]
    fn read_row(&self, place: Place, row: &mut Row) {
        match self.root.get(place.page) {
            Some(page) => page.tile(place.tile).read_row(place.start, row),
            None => *row = Row::default(),
        }
    }

    /// Replaces the row at `put`, and reads the one at `take`.
    #[inline(always)]
    fn exchange_row(
        &mut self,
        put: Place,
        row: &mut Row,
        take: Place,
        palette: &mut Option<Palette>,
    ) {
        if let Some(page) = self.root.get_unshared(put.page)
            && let Some(gained) = page.set_row_in_place(put.tile, put.start, row)
        {
            self.count = self.count.wrapping_add_signed(gained.into());
            if take.page == put.page {
                return page.tile(take.tile).read_row(take.start, row);
            }
        } else {
            self.write_row_slow(put, row, palette);
        }
        self.read_row(take, row);
    }

    /// The slow path of writing a row back: it removes, or changes more than voxels in their places.
    #[inline(never)]
    fn write_row_slow(&mut self, place: Place, row: &Row, palette: &mut Option<Palette>) {
        let mut before = Row::default();
        self.read_row(place, &mut before);
        if before == *row {
            return;
        }
        let at = TilePos::in_page(place.page, place.tile);
        let begun = match self.tile(at).uniform() {
            Some(Rgba::EMPTY) => self.begin_tile(at, row, palette),
            _ => None,
        };
        self.change_tile(at, |tile| {
            if let Some(begun) = begun {
                *tile = begun;
            }
            tile.write_row(place.start, row, palette);
        });
    }
}
