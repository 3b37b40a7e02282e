//! [`Accessor`]: a cursor that remembers the row it is on, for neighbouring reads and writes.
//!
//! The row's sixteen voxels are copied into the cursor and written back, all at once, when it moves
//! on or is dropped. So most reads and writes look nothing up; what they cost is paid once a row.
//! The borrow checker sees to it that nobody reads the volume meanwhile.
//!
//! Moving to a row pays when more than one voxel of it is asked for. So a cursor that was moved in
//! vain stays, and reads and writes past itself, until the same row is asked for twice in a row.
//!
//! The cursor carries the last large palette that it met along, for other tiles to share.

use goxel_proto::types::{Pos, Rgba};

use super::palette::Palette;
use super::pos::RowPos;
use super::{Row, TilePos, Volume, voxel_index};

/// A cursor over a volume. The volume is whole again when it is dropped.
#[derive(Debug)]
pub struct Accessor<'a> {
    volume: &'a mut Volume,
    /// The voxels of the row that is held, if one is.
    row: Row,
    /// Which one it is.
    reading: RowPos,
    /// The same, if it was written to and is to be written back.
    writing: RowPos,
    /// Whether it was used since the cursor moved there.
    again: bool,
    /// The row that was asked for last and is not held.
    passed: RowPos,
    palette: Option<Palette>,
}

impl<'a> Accessor<'a> {
    pub(super) fn new(volume: &'a mut Volume) -> Self {
        Self {
            volume,
            row: Row::default(),
            reading: RowPos::NOWHERE,
            writing: RowPos::NOWHERE,
            again: false,
            passed: RowPos::NOWHERE,
            palette: None,
        }
    }

    /// The voxel at `pos`.
    #[inline(always)]
    #[must_use]
    pub fn get(&mut self, pos: Pos) -> Rgba {
        let (row, x) = RowPos::split(pos);
        if row != self.reading {
            return self.get_elsewhere(row, x);
        }
        self.again = true;
        self.row[x]
    }

    /// Sets the voxel at `pos`, or removes it where alpha is 0. Returns what was there.
    #[inline(always)]
    pub fn set(&mut self, pos: Pos, rgba: Rgba) -> Rgba {
        let (row, x) = RowPos::split(pos);
        if row != self.writing {
            return self.set_elsewhere(row, x, rgba);
        }
        self.again = true;
        std::mem::replace(&mut self.row[x], rgba.normalised())
    }

    #[inline(never)]
    fn get_elsewhere(&mut self, row: RowPos, x: usize) -> Rgba {
        if self.moves(row) { self.row[x] } else { self.volume.get(row.voxel(x)) }
    }

    #[inline(never)]
    fn set_elsewhere(&mut self, row: RowPos, x: usize, rgba: Rgba) -> Rgba {
        if self.reading != row && !self.moves(row) {
            return self.volume.set(row.voxel(x), rgba);
        }
        self.writing = row;
        std::mem::replace(&mut self.row[x], rgba.normalised())
    }

    /// Moves to a row that is not held, if that seems worth it.
    #[inline(always)]
    fn moves(&mut self, row: RowPos) -> bool {
        if !std::mem::take(&mut self.again) && std::mem::replace(&mut self.passed, row) != row {
            return false;
        }
        self.put_back();
        self.volume.read_row(row.voxel(0), &mut self.row);
        self.reading = row;
        true
    }

    /// Writes the row back if it was written to, so that the volume is whole.
    #[inline(always)]
    fn put_back(&mut self) {
        if self.writing != RowPos::NOWHERE {
            self.volume.put_row(self.writing.voxel(0), &self.row, &mut self.palette);
            self.writing = RowPos::NOWHERE;
        }
    }
}

impl Drop for Accessor<'_> {
    fn drop(&mut self) {
        self.put_back();
    }
}

impl Volume {
    /// The row of sixteen voxels along x that `pos` is in.
    #[inline(always)]
    fn read_row(&self, pos: Pos, row: &mut Row) {
        let (page, tile) = TilePos::of(pos).split();
        match self.root.get(page) {
            Some(page) => page.tile(tile).read_row(voxel_index(pos), row),
            None => *row = Row::default(),
        }
    }

    /// Replaces the row of sixteen voxels whose first one is at `pos`.
    #[inline(always)]
    fn put_row(&mut self, pos: Pos, row: &Row, palette: &mut Option<Palette>) {
        let (page, tile) = TilePos::of(pos).split();
        if let Some(page) = self.root.own(page)
            && let Some(gained) = page.overwrite_row(tile, voxel_index(pos), row)
        {
            self.count = self.count.wrapping_add_signed(gained.into());
            return;
        }
        self.put_row_rarely(pos, row, palette);
    }

    /// Rows that remove, or that change more than voxels in their places.
    #[inline(never)]
    fn put_row_rarely(&mut self, pos: Pos, row: &Row, palette: &mut Option<Palette>) {
        let mut before = Row::default();
        self.read_row(pos, &mut before);
        if before == *row {
            return;
        }
        self.change_tile(TilePos::of(pos), |tile| {
            tile.write_row(voxel_index(pos), row, palette.as_ref());
            if let Some(met) = tile.palette()
                && met.is_large()
                && palette.as_ref().is_none_or(|known| known.address() != met.address())
            {
                *palette = Some(met.clone());
            }
        });
    }
}
