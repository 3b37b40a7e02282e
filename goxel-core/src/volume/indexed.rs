//! [`IndexedBody`] and [`DenseBody`]: the bodies of tiles that hold more than one colour.
//!
//! Each is a head and, in an allocation of its own, the voxels. The head knows which voxels are not
//! empty ([`Occupancy`]), so counting them, skipping empty rows and telling an empty tile never read the
//! voxels; nor does a write, which at random would be the slowest part of it.

use std::ops::Range;

use goxel_proto::types::Rgba;

use super::kernels::prefetch;
use super::palette::{PALETTE_MAX, Palette};
use super::pos::{TILE_EDGE, TILE_VOXELS, index_in_tile};
use super::row::{Dense, Row, RowBytes, runs};

/// Entries that a full palette must get rid of for its tile to stay indexed. Sorting them out
/// reads the whole tile, so it must not have to be done again soon.
pub(super) const UNUSED_MIN: usize = 16;

/// How far ahead of a row that is read or written the voxels are asked for: two rows, as many cache
/// lines. The next row comes too soon for it, and those after the second have no need to wait.
pub(super) const VOXELS_AHEAD: usize = 2 * TILE_EDGE;
/// The same for entries: a cache line, which is four rows.
pub(super) const ENTRIES_AHEAD: usize = 4 * TILE_EDGE;

/// The body of an indexed tile: a byte a voxel, 0 where it is empty.
#[derive(Clone, Debug)]
pub struct IndexedBody {
    pub(super) palette: Palette,
    pub(super) occupied: Occupancy,
    pub(super) indices: Box<[u8; TILE_VOXELS]>,
}

impl IndexedBody {
    /// A tile that is all of one entry of its palette.
    pub(super) fn uniform(palette: Palette, entry: u8) -> Self {
        let occupied = Occupancy::all(entry != 0);
        let mut indices: Box<[u8; TILE_VOXELS]> = bytemuck::zeroed_box();
        if entry != 0 {
            indices.fill(entry);
        }
        Self { palette, occupied, indices }
    }

    /// These voxels as indices into the smallest palette that has their colours. Nothing where they
    /// have too many.
    pub(super) fn of(voxels: &Dense) -> Option<Self> {
        let mut tile = Self::uniform(Palette::new(), 0);
        let mut last = (Rgba::EMPTY, 0);
        for (index, voxel) in tile.indices.iter_mut().zip(voxels) {
            let voxel = voxel.normalised();
            if voxel != last.0 {
                last = (voxel, tile.palette.entry(voxel)?);
            }
            *index = last.1;
        }
        tile.recount();
        Some(tile)
    }

    /// Voxels that are entries of a list of colours, of which the first is the empty one. Nothing
    /// where they have too many colours for a palette.
    pub(super) fn of_list(entries: &[u8; TILE_VOXELS], colours: &[Rgba; 256]) -> Option<Self> {
        let mut used = [false; 256];
        entries.iter().for_each(|&entry| used[usize::from(entry)] = true);
        let (mut palette, mut table) = (Palette::new(), [0; 256]);
        for entry in (1..256).filter(|&entry| used[entry]) {
            table[entry] = palette.entry(colours[entry].normalised())?;
        }
        let mut indices: Box<[u8; TILE_VOXELS]> = bytemuck::zeroed_box();
        for (index, &entry) in indices.iter_mut().zip(entries) {
            *index = table[usize::from(entry)];
        }
        Some(Self::of_entries(palette, indices))
    }

    /// A tile of these entries of its palette.
    pub(super) fn of_entries(palette: Palette, indices: Box<[u8; TILE_VOXELS]>) -> Self {
        let occupied = occupancy(&indices);
        Self { palette, occupied, indices }
    }

    #[inline]
    pub(super) fn get(&self, index: usize) -> Rgba {
        self.palette.colour(self.indices[index])
    }

    /// Sets a voxel to an entry that is not the empty one.
    #[inline(always)]
    pub(super) fn set(&mut self, index: usize, entry: u8) -> Previous {
        let empty = self.occupied.add(index);
        let old = std::mem::replace(&mut self.indices[index], entry);
        Previous { rgba: self.palette.colour(old), empty }
    }

    /// Sets a row. Returns how many voxels more there are.
    #[inline(always)]
    pub(super) fn set_row(&mut self, start: usize, entries: RowBytes) -> i32 {
        prefetch(&*self.indices, start + ENTRIES_AHEAD);
        let gained = self.occupied.set_row(start, filled(entries));
        let bytes: [u8; TILE_EDGE] = bytemuck::cast(entries.map(u64::to_le));
        self.indices.as_chunks_mut().0[start / TILE_EDGE] = bytes;
        gained
    }

    /// Removes a voxel.
    pub(super) fn remove(&mut self, index: usize) {
        self.occupied.remove(index);
        self.indices[index] = 0;
    }

    /// Sets a box inside the tile, given by its ranges of x, y and z.
    pub(super) fn fill(&mut self, part: &[Range<usize>; 3], entry: u8) {
        for start in row_starts(part) {
            self.indices[start..][..part[0].len()].fill(entry);
        }
        self.recount();
    }

    fn recount(&mut self) {
        self.occupied = occupancy(&self.indices);
    }

    /// Sets voxels, a bit for each in rows along x, to an entry.
    pub(super) fn paint(&mut self, rows: &[u16; TILE_VOXELS / TILE_EDGE], entry: u8) {
        for (line, &bits) in self.indices.as_chunks_mut::<TILE_EDGE>().0.iter_mut().zip(rows) {
            for_each_run(bits, |run| line[run].fill(entry));
        }
        self.recount();
    }

    /// The sixteen entries of the row that starts at `start`.
    #[inline]
    pub(super) fn entries(&self, start: usize) -> [u8; TILE_EDGE] {
        self.indices.as_chunks().0[start / TILE_EDGE]
    }

    #[inline]
    pub(super) fn row(&self, start: usize) -> [Rgba; TILE_EDGE] {
        self.entries(start).map(|entry| self.palette.colour(entry))
    }

    #[inline(always)]
    pub(super) fn read_row(&self, start: usize, row: &mut Row) {
        let entries = &self.indices.as_chunks::<TILE_EDGE>().0[start / TILE_EDGE];
        let words = self.palette.words();
        prefetch(&*self.indices, start + ENTRIES_AHEAD);
        if let Some(colours) = words.first_chunk::<PALETTE_MAX>() {
            // Enough of them for any entry, so nothing has to be checked.
            row.iter_mut()
                .zip(entries)
                .for_each(|(rgba, &entry)| *rgba = colours[usize::from(entry)]);
        } else {
            row.iter_mut()
                .zip(entries)
                .for_each(|(rgba, &entry)| *rgba = self.palette.colour(entry));
        }
    }

    pub(super) fn to_dense(&self) -> Box<Dense> {
        let colours = self.palette.table();
        let mut dense: Box<Dense> = bytemuck::zeroed_box();
        for (start, entries) in self.rows() {
            let row = entries.map(|entry| colours[usize::from(entry)]);
            dense.as_chunks_mut().0[start / TILE_EDGE] = row;
        }
        dense
    }

    /// The rows that are not empty: where they start, and their entries.
    fn rows(&self) -> impl Iterator<Item = (usize, &[u8; TILE_EDGE])> {
        let rows = (0..TILE_VOXELS).step_by(TILE_EDGE).zip(self.indices.as_chunks().0);
        rows.filter(|(start, _)| self.occupied.row(*start) != 0)
    }

    /// Translates the indices to another palette, which has all colours of this one.
    pub(super) fn change_palette(&mut self, palette: Palette) {
        if !palette.extends(&self.palette) {
            let mut entries = [0; PALETTE_MAX];
            for (entry, &rgba) in entries.iter_mut().zip(self.palette.colours()) {
                *entry = palette.find(rgba).unwrap_or(0);
            }
            for (row, indices) in self.indices.as_chunks_mut::<TILE_EDGE>().0.iter_mut().enumerate()
            {
                if self.occupied.row(row * TILE_EDGE) != 0 {
                    *indices = indices.map(|entry| entries[usize::from(entry)]);
                }
            }
        }
        self.palette = palette;
    }

    /// The entry of a colour. A new colour is added to the palette, if there is room.
    pub(super) fn entry_or_add(&mut self, rgba: Rgba, shared: &mut Option<Palette>) -> Option<u8> {
        if rgba.is_empty() {
            return Some(0);
        }
        if let Some(entry) = self.palette.find(rgba) {
            return Some(entry);
        }
        let simple = self.palette.has_room() && !self.palette.is_large();
        if !simple && self.make_room(shared) {
            return self.palette.entry(rgba);
        }
        let entry = self.palette.push(rgba);
        if self.palette.is_large()
            && shared.as_ref().is_none_or(|known| self.palette.extends(known))
        {
            *shared = Some(self.palette.clone());
        }
        entry
    }

    /// [`IndexedBody::entry_or_add`] for each colour of a row. Where one finds no room, those before it
    /// have been added all the same.
    pub(super) fn entries_or_add(
        &mut self,
        row: &Row,
        shared: &mut Option<Palette>,
    ) -> Option<RowBytes> {
        // A colour that is added may bring another palette, with other entries for those before it.
        for &rgba in row {
            self.entry_or_add(rgba, shared)?;
        }
        self.palette.entries(row)
    }

    /// Makes room for one more colour, if that can be; returns whether the palette is another one
    /// now. One that is about to become large is given up for the shared one, where that has room
    /// for its colours.
    #[cold]
    fn make_room(&mut self, shared: &mut Option<Palette>) -> bool {
        if let Some(known) = shared
            && self.palette.may_join(known)
            && let Some(joined) = known.joined(&self.palette)
        {
            *known = joined.clone();
            self.change_palette(joined);
            return true;
        }
        if self.palette.is_full() && self.uses_at_most(PALETTE_MAX - UNUSED_MIN) {
            let fewer = Self::of(&self.to_dense());
            return fewer.map(|fewer| *self = fewer).is_some();
        }
        false
    }

    /// Whether no more than so many of the palette's entries are those of a voxel.
    fn uses_at_most(&self, entries: usize) -> bool {
        let mut seen = [false; PALETTE_MAX];
        let new = |entry: &&u8| !std::mem::replace(&mut seen[usize::from(**entry)], true);
        self.rows().flat_map(|(_, row)| row).filter(new).nth(entries).is_none()
    }
}

/// The body of a dense tile: four bytes a voxel.
#[derive(Clone, Debug)]
pub struct DenseBody {
    pub(super) occupied: Occupancy,
    pub(super) voxels: Box<Dense>,
}

impl From<&IndexedBody> for DenseBody {
    fn from(tile: &IndexedBody) -> Self {
        Self { occupied: tile.occupied.clone(), voxels: tile.to_dense() }
    }
}

impl DenseBody {
    /// A tile without voxels, which is about to get some.
    pub(super) fn empty() -> Self {
        Self { occupied: Occupancy::all(false), voxels: bytemuck::zeroed_box() }
    }

    pub(super) fn of(voxels: &Dense) -> Self {
        let mut voxels = Box::new(*voxels);
        voxels.iter_mut().for_each(|voxel| *voxel = voxel.normalised());
        Self::of_voxels(voxels)
    }

    /// A tile of these voxels, of which all empty ones are stored as such.
    pub(super) fn of_voxels(voxels: Box<Dense>) -> Self {
        let mut tile = Self { occupied: Occupancy::all(false), voxels };
        tile.recount();
        tile
    }

    /// Sets a row. Returns how many voxels more there are.
    #[inline(always)]
    pub(super) fn set_row(&mut self, start: usize, row: &Row, occupancy: u16) -> i32 {
        prefetch(&*self.voxels, start + VOXELS_AHEAD);
        let gained = self.occupied.set_row(start, occupancy);
        self.voxels.as_chunks_mut().0[start / TILE_EDGE] = *row;
        gained
    }

    /// Removes a voxel.
    pub(super) fn remove(&mut self, index: usize) {
        self.occupied.remove(index);
        self.voxels[index] = Rgba::EMPTY;
    }

    /// Sets a voxel to a colour that is not the empty one.
    #[inline(always)]
    pub(super) fn set(&mut self, index: usize, rgba: Rgba) -> Previous {
        let empty = self.occupied.add(index);
        Previous { rgba: std::mem::replace(&mut self.voxels[index], rgba), empty }
    }

    /// Sets a box inside the tile, given by its ranges of x, y and z.
    pub(super) fn fill(&mut self, part: &[Range<usize>; 3], rgba: Rgba) {
        for start in row_starts(part) {
            self.voxels[start..][..part[0].len()].fill(rgba);
        }
        self.recount();
    }

    /// Sets voxels, a bit for each in rows along x.
    pub(super) fn paint(&mut self, rows: &[u16; TILE_VOXELS / TILE_EDGE], rgba: Rgba) {
        for (line, &bits) in self.voxels.as_chunks_mut::<TILE_EDGE>().0.iter_mut().zip(rows) {
            for_each_run(bits, |run| line[run].fill(rgba));
        }
        self.recount();
    }

    fn recount(&mut self) {
        let rows = self.voxels.as_chunks().0;
        self.occupied = Occupancy::of(|row| mask(&rows[row].map(|voxel: Rgba| !voxel.is_empty())));
    }

    #[inline]
    pub(super) fn row(&self, start: usize) -> Row {
        self.voxels.as_chunks().0[start / TILE_EDGE]
    }

    /// [`DenseBody::row`] for those who go on to the next rows.
    #[inline(always)]
    pub(super) fn read_row(&self, start: usize, row: &mut Row) {
        prefetch(&*self.voxels, start + VOXELS_AHEAD);
        *row = self.row(start);
    }
}

/// Which voxels of a tile are not empty, and how many.
#[derive(Clone, Debug)]
pub(super) struct Occupancy {
    count: usize,
    /// Bit `index % 64` of word `index / 64` for the voxel at `index`: four rows a word.
    words: [u64; TILE_VOXELS / 64],
}

impl Occupancy {
    fn all(set: bool) -> Self {
        Self::of(|_| if set { u16::MAX } else { 0 })
    }

    /// From the rows along x, by their numbers.
    fn of(row: impl Fn(usize) -> u16) -> Self {
        let word = |word: usize| {
            (0..4).fold(0, |bits, part| bits | u64::from(row(4 * word + part)) << (16 * part))
        };
        let words: [u64; TILE_VOXELS / 64] = std::array::from_fn(word);
        let count = words.iter().map(|word| word.count_ones() as usize).sum();
        Self { count, words }
    }

    /// All rows along x, by their numbers.
    pub(super) fn rows(&self) -> [u16; TILE_VOXELS / TILE_EDGE] {
        let rows: [u16; TILE_VOXELS / TILE_EDGE] = bytemuck::cast(self.words.map(u64::to_le));
        rows.map(u16::from_le)
    }

    /// Adds a voxel. Returns whether it was not there yet.
    #[inline(always)]
    fn add(&mut self, index: usize) -> bool {
        let word = &mut self.words[index / 64];
        let new = *word >> (index % 64) & 1 == 0;
        // Most writes are like the ones before them, so the branch is predicted well.
        if new {
            *word |= 1 << (index % 64);
            self.count += 1;
        }
        new
    }

    /// Replaces a row. Returns how many voxels more there are.
    #[inline(always)]
    fn set_row(&mut self, start: usize, row: u16) -> i32 {
        let (word, shift) = (&mut self.words[start / 64], start % 64);
        let old = (*word >> shift) as u16;
        if row == old {
            return 0;
        }
        *word ^= u64::from(row ^ old) << shift;
        // Counting takes long without an instruction for it, and most rows are filled at once.
        let gained = match (old, row) {
            (0, u16::MAX) => u16::BITS.cast_signed(),
            _ => row.count_ones().cast_signed() - old.count_ones().cast_signed(),
        };
        self.count = self.count.wrapping_add_signed(gained as isize);
        gained
    }

    fn remove(&mut self, index: usize) {
        let word = &mut self.words[index / 64];
        self.count -= (*word >> (index % 64) & 1) as usize;
        *word &= !(1 << (index % 64));
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The row that begins at the voxel `start`.
    #[inline]
    pub(super) fn row(&self, start: usize) -> u16 {
        (self.words[start / 64] >> (start % 64)) as u16
    }
}

/// Which of these entries are not the empty one.
fn occupancy(indices: &[u8; TILE_VOXELS]) -> Occupancy {
    let rows = indices.as_chunks::<TILE_EDGE>().0;
    Occupancy::of(|row| {
        let bytes: RowBytes = bytemuck::cast(rows[row]);
        filled(bytes.map(u64::from_le))
    })
}

/// Calls `take` with each run of bits that are set.
fn for_each_run(bits: u16, mut take: impl FnMut(Range<usize>)) {
    if bits == u16::MAX {
        take(0..TILE_EDGE);
    } else {
        runs(bits).for_each(take);
    }
}

/// What stood in a place before a voxel was set there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Previous {
    pub(super) rgba: Rgba,
    /// Whether that is the empty colour, from the occupancy: the voxel itself need not be read.
    pub(super) empty: bool,
}

/// Where the rows of a box inside a tile start.
pub(super) fn row_starts(part: &[Range<usize>; 3]) -> impl Iterator<Item = usize> + use<> {
    let [x, y, z] = part.clone();
    z.flat_map(move |z| y.clone().map(move |y| index_in_tile(x.start, y, z)))
}

/// A bit for each that is set, the lowest first.
#[inline]
fn mask(set: &[bool; TILE_EDGE]) -> u16 {
    set.iter().enumerate().fold(0, |mask, (at, &set)| mask | u16::from(set) << at)
}

/// A bit for each voxel of a row that is not empty, the lowest first.
#[inline(always)]
pub(super) fn row_occupancy(row: &Row) -> u16 {
    if row.iter().fold(true, |all, rgba| all & !rgba.is_empty()) {
        return u16::MAX;
    }
    mask(&row.map(|rgba| !rgba.is_empty()))
}

/// A bit for each byte that is not 0, the lowest first.
#[inline(always)]
fn filled(bytes: RowBytes) -> u16 {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    // Gathers the lowest bits of the bytes into the highest byte.
    const GATHER: u64 = 0x0102_0408_1020_4080;
    let [low, high] = bytes.map(|bytes| {
        let set = (((bytes & LOW) + LOW) | bytes) >> 7 & 0x0101_0101_0101_0101;
        (set.wrapping_mul(GATHER) >> 56) as u16
    });
    low | high << 8
}
