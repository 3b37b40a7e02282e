//! [`Accessor`]: a cursor that remembers the row it is on, for neighbouring reads and writes.
//!
//! The row's sixteen voxels are copied into the cursor and written back, all at once, when it moves
//! on or is dropped. So most reads and writes look nothing up; what they cost is paid once a row.
//! The borrow checker sees to it that nobody reads the volume meanwhile.
//!
//! Moving to a row pays when several voxels of it are asked for. So after a row of which few were,
//! the cursor stays, and reads and writes past itself: one by one where they are anywhere, with a
//! [`TileCursor`] where they are in one tile, until one row is asked for several times on end.
//!
//! New tiles begin in the way of their neighbours: see module `neighbour`.

use goxel_proto::types::{Pos, Rgba};

use super::cursor::TileCursor;
use super::palette::Palette;
use super::pos::{Place, RowPos};
use super::{Row, TilePos, Volume};

/// Times that a row must have been asked for before the cursor holds it. Moving there and back costs
/// as much as a few look-ups.
const HOLD_AFTER: usize = 4;

/// A cursor over a volume. The volume is whole again when it is dropped.
#[derive(Debug)]
pub struct Accessor<'a> {
    /// For rows that are not held.
    tiles: TileCursor<'a>,
    /// The voxels of the row that is held, if one is.
    row: Row,
    /// Which one it is.
    reading: RowPos,
    place: Place,
    /// The same, if it was written to and is to be written back.
    writing: RowPos,
    /// Where in it the cursor was first and last. What is between tells whether holding it paid: a
    /// count of uses would have to be read before each next one.
    first: usize,
    last: usize,
    /// The last row that was asked for and not held, and how often on end.
    passed: RowPos,
    asked: usize,
}

impl<'a> Accessor<'a> {
    pub(super) fn new(volume: &'a mut Volume) -> Self {
        Self {
            tiles: TileCursor::new(volume),
            row: Row::default(),
            reading: RowPos::NOWHERE,
            place: RowPos::NOWHERE.place(),
            writing: RowPos::NOWHERE,
            first: 0,
            last: 0,
            passed: RowPos::NOWHERE,
            asked: 0,
        }
    }

    /// The voxel at `pos`.
    #[inline(always)]
    #[must_use]
    pub fn get(&mut self, pos: Pos) -> Rgba {
        let (row, x) = RowPos::split(pos);
        if row == self.reading {
            self.last = x;
            return self.row[x];
        }
        if self.paid() {
            self.move_and_get(row, x)
        } else if self.passes(row) {
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
        if row == self.writing {
            self.last = x;
            self.row[x] = rgba.normalised();
        } else if self.paid() {
            self.move_and_set(row, x, rgba);
        } else if self.passes(row) {
            self.set_far(row, x, rgba);
        } else {
            self.set_near(row, x, rgba);
        }
    }

    /// [`Accessor::set`], for those who ask what was there.
    #[inline(always)]
    pub fn replace(&mut self, pos: Pos, rgba: Rgba) -> Rgba {
        let (row, x) = RowPos::split(pos);
        if row == self.writing {
            self.last = x;
            return std::mem::replace(&mut self.row[x], rgba.normalised());
        }
        if self.paid() {
            self.move_and_set(row, x, rgba)
        } else if self.passes(row) {
            self.whole_volume().set(pos, rgba)
        } else {
            self.set_near(row, x, rgba)
        }
    }

    /// Whether holding the row paid, so that the next one should be held too.
    #[inline(always)]
    fn paid(&self) -> bool {
        self.first.abs_diff(self.last) >= HOLD_AFTER - 1
    }

    /// Whether `row` is far from the one that was asked for before, and not held.
    #[inline(always)]
    fn passes(&mut self, row: RowPos) -> bool {
        let far = row != self.reading && !row.shares_tile(self.passed);
        if far {
            self.passed = row;
            self.asked = 1;
        }
        far
    }

    /// Whether `row` was asked for often enough to be held.
    #[inline(always)]
    fn stays(&mut self, row: RowPos) -> bool {
        let again = std::mem::replace(&mut self.passed, row) == row;
        self.asked = if again { self.asked + 1 } else { 1 };
        self.asked >= HOLD_AFTER
    }

    #[inline(never)]
    fn move_and_get(&mut self, row: RowPos, x: usize) -> Rgba {
        self.move_to(row, x);
        self.row[x]
    }

    #[inline(never)]
    fn move_and_set(&mut self, row: RowPos, x: usize, rgba: Rgba) -> Rgba {
        // It may be held already, only for reading so far.
        if row != self.reading {
            self.move_to(row, x);
        }
        self.writing = row;
        std::mem::replace(&mut self.row[x], rgba.normalised())
    }

    #[inline(never)]
    fn set_far(&mut self, row: RowPos, x: usize, rgba: Rgba) {
        self.whole_volume().set(row.voxel(x), rgba);
    }

    #[inline(never)]
    fn get_near(&mut self, row: RowPos, x: usize) -> Rgba {
        if self.stays(row) { self.move_and_get(row, x) } else { self.tiles.get(row.voxel(x)) }
    }

    #[inline(never)]
    fn set_near(&mut self, row: RowPos, x: usize, rgba: Rgba) -> Rgba {
        if row == self.reading || self.stays(row) {
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
        self.reading = row;
        self.first = x;
        self.last = x;
        self.asked = 0;
    }

    /// Writes the row back if it was written to, and reads the one at `place`.
    #[inline(always)]
    fn exchange(&mut self, place: Place) {
        let (volume, palette) = self.tiles.volume_and_palette();
        if self.writing == RowPos::NOWHERE {
            volume.read_row(place, &mut self.row);
        } else {
            volume.exchange_row(self.place, &mut self.row, place, palette);
            self.writing = RowPos::NOWHERE;
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
        if let Some(page) = self.root.own(put.page)
            && let Some(gained) = page.overwrite_row(put.tile, put.start, row)
        {
            self.count = self.count.wrapping_add_signed(gained.into());
            if take.page == put.page {
                return page.tile(take.tile).read_row(take.start, row);
            }
        } else {
            self.put_row_rarely(put, row, palette);
        }
        self.read_row(take, row);
    }

    /// Rows that remove, or that change more than voxels in their places.
    #[inline(never)]
    fn put_row_rarely(&mut self, place: Place, row: &Row, palette: &mut Option<Palette>) {
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
