//! [`Tile`]: 16 x 16 x 16 voxels, the unit of storage, of sharing and of history.
//!
//! Layout. A voxel's index in its tile is `x + 16 * y + 256 * z`, so a row along x is sixteen
//! neighbours. A tile is one of:
//!
//! ```text
//! uniform   4 bytes             all voxels alike (empty space, solid inside)
//! indexed   4.6 KiB             a byte a voxel, into a palette that tiles share
//! dense     16.5 KiB            more than 256 colours, the empty one among them
//! ```
//!
//! Rationale. Models are mostly flat colours: at one byte a voxel a row of sixteen is a quarter
//! of a cache line and a tile is 64 lines, where dense tiles take 256. Both larger kinds are
//! shared by reference count and copied on write. The counts have no weak half, so whether a tile is
//! shared is one load, and a write may ask it every time. The heads stand apart from the voxels: the heads of all tiles of a model fit into the processor's caches, so a read or
//! write at random misses once, where head and voxels in one block would miss twice.
//!
//! Invariants: an empty voxel is stored as [`Rgba::EMPTY`], never as another colour of alpha 0;
//! a tile without voxels is stored as uniform.

use std::ops::Range;

use goxel_proto::types::Rgba;
use triomphe::Arc;

use super::indexed::{DenseBody, IndexedBody, Previous, row_occupancy};
use super::palette::Palette;
use super::pos::{TILE_EDGE, TILE_VOXELS, index_in_tile};
use super::row::{Dense, Row, RowBytes};

/// What stands before a shared body: its reference count.
const BODY_HEAD: usize = size_of::<usize>();

/// Sixteen cubed voxels, in the smallest of three forms that can hold them.
#[derive(Clone, Debug)]
pub enum Tile {
    /// Every voxel has this colour.
    Uniform(Rgba),
    /// One byte a voxel, into a palette.
    Indexed(Arc<IndexedBody>),
    /// Four bytes a voxel.
    Dense(Arc<DenseBody>),
}

impl Default for Tile {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl Tile {
    /// A tile without voxels.
    pub const EMPTY: Self = Self::Uniform(Rgba::EMPTY);

    /// The smallest tile that holds these voxels.
    #[must_use]
    pub fn from_dense(voxels: &Dense) -> Self {
        let first = voxels[0].normalised();
        if voxels.iter().all(|voxel| voxel.normalised() == first) {
            return Self::Uniform(first);
        }
        IndexedBody::of(voxels).map_or_else(
            || Self::Dense(Arc::new(DenseBody::of(voxels))),
            |indexed| Self::Indexed(Arc::new(indexed)),
        )
    }

    /// The colour that all voxels share, where the tile is stored as uniform.
    #[must_use]
    pub const fn uniform(&self) -> Option<Rgba> {
        match self {
            Self::Uniform(rgba) => Some(*rgba),
            _ => None,
        }
    }

    /// Whether there is no voxel here.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        matches!(self, Self::Uniform(rgba) if rgba.is_empty())
    }

    /// The voxel at `index` (see [`index_in_tile`]).
    ///
    /// # Panics
    /// Where `index` is not below [`TILE_VOXELS`].
    #[inline]
    #[must_use]
    pub fn get(&self, index: usize) -> Rgba {
        match self {
            Self::Uniform(rgba) => *rgba,
            Self::Indexed(tile) => tile.get(index),
            Self::Dense(tile) => tile.voxels[index],
        }
    }

    /// The sixteen voxels along x at `y` and `z`, each below 16.
    #[inline]
    #[must_use]
    pub fn row(&self, y: usize, z: usize) -> [Rgba; TILE_EDGE] {
        match self {
            Self::Uniform(rgba) => [*rgba; TILE_EDGE],
            Self::Indexed(tile) => tile.row(index_in_tile(0, y, z)),
            Self::Dense(tile) => tile.row(index_in_tile(0, y, z)),
        }
    }

    /// Reads the row that starts at `start`. An empty one is known from the head alone.
    #[inline(always)]
    pub(super) fn read_row(&self, start: usize, row: &mut Row) {
        match self {
            Self::Uniform(rgba) => *row = [*rgba; TILE_EDGE],
            Self::Indexed(tile) if tile.occupied.row(start) != 0 => tile.read_row(start, row),
            Self::Dense(tile) if tile.occupied.row(start) != 0 => tile.read_row(start, row),
            _ => *row = Row::default(),
        }
    }

    /// Which voxels of [`Tile::row`] are not empty: bit x for the one at x.
    #[inline]
    #[must_use]
    pub fn row_mask(&self, y: usize, z: usize) -> u16 {
        match self {
            Self::Uniform(rgba) if rgba.is_empty() => 0,
            Self::Uniform(_) => u16::MAX,
            Self::Indexed(tile) => tile.occupied.row(index_in_tile(0, y, z)),
            Self::Dense(tile) => tile.occupied.row(index_in_tile(0, y, z)),
        }
    }

    /// All of [`Tile::row_mask`], by z, then y.
    #[must_use]
    pub fn row_masks(&self) -> [u16; TILE_EDGE * TILE_EDGE] {
        match self {
            Self::Indexed(tile) => tile.occupied.rows(),
            Self::Dense(tile) => tile.occupied.rows(),
            _ => std::array::from_fn(|row| self.row_mask(row % TILE_EDGE, row / TILE_EDGE)),
        }
    }

    /// Sets the voxel at `index` and returns what was there.
    ///
    /// # Panics
    /// Where `index` is not below [`TILE_VOXELS`].
    #[inline]
    pub fn set(&mut self, index: usize, rgba: Rgba) -> Rgba {
        self.write(index, rgba.normalised(), &mut None)
    }

    /// [`Tile::set`] of a normalised colour. A tile of very many colours may use `palette`, so that
    /// neighbours share one.
    #[inline(always)]
    pub(super) fn write(
        &mut self,
        index: usize,
        rgba: Rgba,
        palette: &mut Option<Palette>,
    ) -> Rgba {
        match self.set_in_place(index, rgba) {
            Some(old) => old.rgba,
            None => self.write_slow(index, rgba, palette),
        }
    }

    /// The fast path of setting a voxel: it succeeds where nothing but that voxel changes, because
    /// the tile is not shared and its palette has the colour, which is not the empty one.
    #[inline(always)]
    pub(super) fn set_in_place(&mut self, index: usize, rgba: Rgba) -> Option<Previous> {
        if rgba.is_empty() {
            return None;
        }
        match self {
            Self::Uniform(_) => None,
            Self::Indexed(shared) => {
                let tile = Arc::get_mut(shared)?;
                let entry = tile.palette.find(rgba)?;
                Some(tile.set(index, entry))
            }
            Self::Dense(shared) => Some(Arc::get_mut(shared)?.set(index, rgba)),
        }
    }

    /// [`Tile::set_in_place`] of a row that is not all empty. Returns how many voxels more there are.
    #[inline(always)]
    pub(super) fn set_row_in_place(&mut self, start: usize, row: &Row) -> Option<i32> {
        match self {
            Self::Uniform(_) => None,
            Self::Indexed(shared) => {
                let tile = Arc::get_mut(shared)?;
                let entries = tile.palette.entries(row)?;
                (entries != RowBytes::default()).then(|| tile.set_row(start, entries))
            }
            Self::Dense(shared) => {
                let tile = Arc::get_mut(shared)?;
                let occupancy = row_occupancy(row);
                (occupancy != 0).then(|| tile.set_row(start, row, occupancy))
            }
        }
    }

    /// Sets a row of normalised colours, whatever that takes: the slow path of
    /// [`Tile::set_row_in_place`].
    pub(super) fn write_row(&mut self, start: usize, row: &Row, palette: &mut Option<Palette>) {
        if let Some(tile) = self.indexed()
            && let Some(entries) = tile.entries_or_add(row, palette)
        {
            tile.set_row(start, entries);
        } else {
            self.change_dense(|tile| tile.set_row(start, row, row_occupancy(row)));
        }
        if self.count() == 0 {
            *self = Self::EMPTY;
        }
    }

    /// The slow path of [`Tile::write`]: it removes, changes the tile's form or palette, or copies a
    /// shared tile.
    #[inline(never)]
    fn write_slow(&mut self, index: usize, rgba: Rgba, palette: &mut Option<Palette>) -> Rgba {
        let old = self.get(index);
        if old == rgba {
            return old;
        }
        if rgba.is_empty() {
            self.remove(index);
        } else if let Some((tile, entry)) = self.entry_or_add(rgba, palette) {
            tile.set(index, entry);
        } else {
            self.change_dense(|tile| tile.set(index, rgba));
        }
        old
    }

    /// Removes a voxel that is there.
    fn remove(&mut self, index: usize) {
        if self.count() == 1 {
            *self = Self::EMPTY;
        } else if let Some((tile, _)) = self.entry_or_add(Rgba::EMPTY, &mut None) {
            tile.remove(index);
        } else {
            self.change_dense(|tile| tile.remove(index));
        }
    }

    /// Sets a box inside the tile, given by its ranges of x, y and z, each within 0..16.
    pub(super) fn fill(&mut self, part: &[Range<usize>; 3], rgba: Rgba) {
        if part.iter().all(|axis| axis.len() == TILE_EDGE) {
            *self = Self::Uniform(rgba);
        } else if self.uniform() == Some(rgba) || part.iter().any(Range::is_empty) {
            return;
        } else if let Some((tile, entry)) = self.entry_or_add(rgba, &mut None) {
            tile.fill(part, entry);
        } else {
            self.change_dense(|tile| tile.fill(part, rgba));
        }
        if self.count() == 0 {
            *self = Self::EMPTY;
        }
    }

    /// Sets voxels, a bit for each in rows along x, to a normalised colour.
    pub(crate) fn paint(&mut self, rows: &[u16; TILE_EDGE * TILE_EDGE], rgba: Rgba) {
        if let Some((tile, entry)) = self.entry_or_add(rgba, &mut None) {
            tile.paint(rows, entry);
        } else {
            self.change_dense(|tile| tile.paint(rows, rgba));
        }
        if self.count() == 0 {
            *self = Self::EMPTY;
        }
    }

    /// Makes the tile an indexed one, shared with nobody, that has an entry for `rgba`; nothing where
    /// that cannot be, as for all dense tiles.
    fn entry_or_add(
        &mut self,
        rgba: Rgba,
        palette: &mut Option<Palette>,
    ) -> Option<(&mut IndexedBody, u8)> {
        let tile = self.indexed()?;
        let entry = tile.entry_or_add(rgba, palette)?;
        Some((tile, entry))
    }

    /// The tile as an indexed one that is shared with nobody, if it is not dense.
    fn indexed(&mut self) -> Option<&mut IndexedBody> {
        if let Self::Uniform(fill) = *self {
            let mut palette = Palette::new();
            let entry = palette.entry(fill)?;
            *self = Self::Indexed(Arc::new(IndexedBody::uniform(palette, entry)));
        }
        match self {
            Self::Indexed(shared) => Some(Arc::make_mut(shared)),
            _ => None,
        }
    }

    /// Changes the tile as a dense one that is shared with nobody.
    fn change_dense<R>(&mut self, change: impl FnOnce(&mut DenseBody) -> R) -> R {
        let mut tile = match self {
            Self::Dense(shared) => return change(Arc::make_mut(shared)),
            Self::Indexed(tile) => DenseBody::from(&**tile),
            Self::Uniform(rgba) => DenseBody::of(&[*rgba; TILE_VOXELS]),
        };
        let result = change(&mut tile);
        *self = Self::Dense(Arc::new(tile));
        result
    }

    /// All voxels, one by one.
    #[must_use]
    pub fn to_dense(&self) -> Box<Dense> {
        match self {
            Self::Uniform(rgba) => Box::new([*rgba; TILE_VOXELS]),
            Self::Indexed(tile) => tile.to_dense(),
            Self::Dense(tile) => tile.voxels.clone(),
        }
    }

    /// How many voxels are not empty: a stored number.
    #[must_use]
    pub fn count(&self) -> usize {
        match self {
            Self::Uniform(rgba) => usize::from(!rgba.is_empty()) * TILE_VOXELS,
            Self::Indexed(tile) => tile.occupied.count(),
            Self::Dense(tile) => tile.occupied.count(),
        }
    }

    /// The voxels that are not empty, with their indices, in index order.
    pub fn voxels(&self) -> impl Iterator<Item = (usize, Rgba)> + '_ {
        let end = if self.is_empty() { 0 } else { TILE_VOXELS };
        (0..end).map(|index| (index, self.get(index))).filter(|(_, rgba)| !rgba.is_empty())
    }

    /// Brings the tile into its smallest form, after many writes.
    pub fn compact(&mut self) {
        if self.uniform().is_none() {
            *self = Self::from_dense(&self.to_dense());
        }
    }

    /// Whether both are the same storage, or uniform alike. Never true for tiles that differ.
    #[must_use]
    pub fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Uniform(a), Self::Uniform(b)) => a == b,
            _ => self.address().is_some() && self.address() == other.address(),
        }
    }

    /// Where the voxels are stored, which is the same for tiles that share; nothing for uniform
    /// tiles. A key for them as long as they are held.
    #[must_use]
    pub fn address(&self) -> Option<usize> {
        match self {
            Self::Uniform(_) => None,
            Self::Indexed(tile) => Some(Arc::as_ptr(tile).addr()),
            Self::Dense(tile) => Some(Arc::as_ptr(tile).addr()),
        }
    }

    /// Bytes on the heap that this tile holds, shared ones too.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        self.parts().iter().flatten().map(|(_, bytes)| bytes).sum()
    }

    /// What is shared apart from each other, body and palette: where it is and its size in bytes.
    pub(super) fn parts(&self) -> [Option<(usize, usize)>; 2] {
        let body = |bytes: usize| self.address().map(|at| (at, BODY_HEAD + bytes));
        match self {
            Self::Uniform(_) => [None; 2],
            Self::Indexed(tile) => [
                body(size_of::<IndexedBody>() + TILE_VOXELS),
                Some((tile.palette.address(), tile.palette.heap_bytes())),
            ],
            Self::Dense(_) => [body(size_of::<DenseBody>() + size_of::<Dense>()), None],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::volume::indexed::UNUSED_MIN;

    fn grey(value: usize) -> Rgba {
        Rgba::new(value as u8, (value >> 8) as u8, 7, 255)
    }

    #[test]
    fn a_tile_grows_through_its_forms_and_shrinks_back() {
        let mut tile = Tile::EMPTY;
        let mut plain = [Rgba::EMPTY; TILE_VOXELS];
        for (index, voxel) in plain.iter_mut().enumerate().take(600) {
            assert_eq!(tile.set(index, grey(index)), Rgba::EMPTY);
            *voxel = grey(index);
            // One of the palette's 256 entries is the empty colour.
            assert_eq!(matches!(tile, Tile::Dense(_)), index >= 255, "after {index}");
        }
        assert_eq!(*tile.to_dense(), plain);
        assert_eq!((tile.count(), tile.voxels().count()), (600, 600));
        for index in 0..500 {
            assert_eq!(tile.set(index, Rgba::EMPTY), grey(index));
        }
        tile.compact();
        assert!(matches!(tile, Tile::Indexed(_)));
        for index in 500..600 {
            assert!(!tile.is_empty());
            assert_eq!(tile.set(index, Rgba::EMPTY), grey(index));
        }
        assert!(tile.is_empty(), "without being told to compact");
    }

    #[test]
    fn a_full_palette_makes_room_when_entries_are_unused() {
        let mut tile = Tile::EMPTY;
        for index in 0..1000 {
            tile.set(3, grey(index));
        }
        assert!(matches!(tile, Tile::Indexed(_)));
        assert_eq!((tile.get(3), tile.count()), (grey(999), 1));
    }

    #[test]
    fn a_palette_that_stays_nearly_full_is_given_up() {
        let mut tile = Tile::EMPTY;
        (0..256 - UNUSED_MIN).for_each(|index| {
            tile.set(index, grey(index));
        });
        for colour in 256..999 {
            tile.set(4000, grey(colour));
        }
        assert!(matches!(tile, Tile::Dense(_)));
        assert_eq!((tile.get(4000), tile.count()), (grey(998), 257 - UNUSED_MIN));
    }

    #[test]
    fn a_copy_is_not_touched_by_writes() {
        let mut tile = Tile::EMPTY;
        tile.set(0, grey(1));
        let copy = tile.clone();
        tile.set(0, grey(2));
        assert_eq!(copy.get(0), grey(1));
        assert!(!copy.same(&tile) && copy.same(&copy.clone()));
    }

    #[test]
    fn every_empty_voxel_is_stored_alike() {
        let mut tile = Tile::from_dense(&[Rgba::new(9, 9, 9, 0); TILE_VOXELS]);
        assert!(tile.is_empty());
        tile.set(5, Rgba::new(1, 2, 3, 0));
        assert!(tile.is_empty());
    }

    #[test]
    fn rows_are_the_voxels_that_get_reads() {
        let mut indexed = Tile::EMPTY;
        (0..300).for_each(|index| {
            indexed.set(index * 7, grey(index % 90));
        });
        let mut dense = indexed.clone();
        (0..600).for_each(|index| {
            dense.set(index * 5, grey(index));
        });
        assert!(matches!((&indexed, &dense), (Tile::Indexed(_), Tile::Dense(_))));
        for tile in [Tile::EMPTY, Tile::Uniform(Rgba::WHITE), indexed, dense] {
            for (y, z) in [(0, 0), (3, 9), (15, 15), (0, 1)] {
                let row = std::array::from_fn(|x| tile.get(index_in_tile(x, y, z)));
                let set = (0..16).filter(|&x: &usize| !row[x].is_empty());
                let mask = set.fold(0, |mask, x| mask | 1 << x);
                assert_eq!((tile.row(y, z), tile.row_mask(y, z)), (row, mask));
            }
        }
    }
}
