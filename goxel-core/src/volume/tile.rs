//! [`Tile`]: 16 x 16 x 16 voxels, the unit of storage, of sharing and of history.
//!
//! Layout. A voxel's index in its tile is `x + 16 * y + 256 * z`, so a row along x is sixteen
//! neighbours. A tile is one of:
//!
//! ```text
//! uniform   4 bytes             all voxels alike (empty space, solid inside)
//! sparse    32 bytes, 6 a voxel   64 voxels at the most
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

use super::indexed::{DenseBody, IndexedBody, Previous, row_occupancy, row_starts};
use super::palette::{LARGE_PALETTE_BYTES, Palette};
use super::pos::{TILE_EDGE, TILE_VOXELS, index_in_tile};
use super::row::{Dense, Row, RowBytes, runs};
use super::sparse::{SPARSE_MAX, SparseBody};

/// Voxels of a row with which an empty tile begins as a sparse one: where more come at once, more will
/// follow.
const FEW: usize = 4;

/// What stands before a shared body: its reference count.
const BODY_HEAD: usize = size_of::<usize>();

/// Sixteen cubed voxels, in the smallest of four forms that can hold them.
#[derive(Clone, Debug)]
pub enum Tile {
    /// Every voxel has this colour.
    Uniform(Rgba),
    /// Few voxels, each with its index.
    Sparse(Arc<SparseBody>),
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
        match IndexedBody::of(voxels) {
            Some(tile) => Self::from_indexed(tile),
            None => Self::Dense(Arc::new(DenseBody::of(voxels))),
        }
    }

    /// An indexed tile, which is sparse where that is smaller. It is not all of one colour.
    pub(super) fn from_indexed(tile: IndexedBody) -> Self {
        if tile.occupied.count() <= SPARSE_MAX {
            Self::Sparse(Arc::new(SparseBody::of(&tile.to_dense())))
        } else {
            Self::Indexed(Arc::new(tile))
        }
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
            Self::Sparse(tile) => tile.get(index),
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
            Self::Sparse(tile) => tile.row(index_in_tile(0, y, z)),
            Self::Indexed(tile) => tile.row(index_in_tile(0, y, z)),
            Self::Dense(tile) => tile.row(index_in_tile(0, y, z)),
        }
    }

    /// Reads the row that starts at `start`. An empty one is known from the head alone.
    #[inline(always)]
    pub(super) fn read_row(&self, start: usize, row: &mut Row) {
        match self {
            Self::Uniform(rgba) => *row = [*rgba; TILE_EDGE],
            Self::Sparse(tile) => *row = tile.row(start),
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
            Self::Sparse(tile) => tile.row_mask(index_in_tile(0, y, z)),
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
            Self::Sparse(tile) => {
                let mut rows = [0; TILE_EDGE * TILE_EDGE];
                for &(index, _) in tile.voxels() {
                    rows[usize::from(index) / TILE_EDGE] |= 1 << (usize::from(index) % TILE_EDGE);
                }
                rows
            }
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
            Self::Sparse(shared) => set_sparse(shared, index, rgba),
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
            Self::Uniform(_) | Self::Sparse(_) => None,
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
        let occupancy = row_occupancy(row);
        if let Some(tile) = self.sparse(occupancy.count_ones() as usize) {
            tile.set_row(start, row);
        } else if let Some(tile) = self.indexed()
            && let Some(entries) = tile.entries_or_add(row, palette)
        {
            tile.set_row(start, entries);
        } else {
            self.change_dense(|tile| tile.set_row(start, row, occupancy));
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
        } else if let Some(tile) = self.sparse(usize::from(old.is_empty())) {
            tile.set(index, rgba);
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
        } else if let Some(tile) = self.sparse(0) {
            tile.remove(index);
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
        } else if part.iter().map(Range::len).product::<usize>() <= TILE_EDGE {
            voxels_of(part).for_each(|index| {
                self.write(index, rgba, &mut None);
            });
        } else if rgba.is_empty() && matches!(self, Self::Sparse(_)) {
            self.clear_some(part);
        } else if let Some((tile, entry)) = self.entry_or_add(rgba, &mut None) {
            tile.fill(part, entry);
        } else {
            self.change_dense(|tile| tile.fill(part, rgba));
        }
        if self.count() == 0 {
            *self = Self::EMPTY;
        }
    }

    /// Clears a part of a sparse tile, which is not written to where nothing is in the part.
    fn clear_some(&mut self, part: &[Range<usize>; 3]) {
        let Self::Sparse(tile) = self else { return };
        let is_inside = |index: usize| {
            let at = [index, index / TILE_EDGE, index / TILE_EDGE / TILE_EDGE];
            part.iter().zip(at).all(|(range, at)| range.contains(&(at % TILE_EDGE)))
        };
        let places = tile.voxels().iter().map(|(index, _)| usize::from(*index));
        let inside: Vec<usize> = places.filter(|index| is_inside(*index)).collect();
        if !inside.is_empty() {
            let tile = Arc::make_mut(tile);
            inside.into_iter().for_each(|index| tile.remove(index));
        }
    }

    /// Sets voxels, a bit for each in rows along x, to a normalised colour.
    pub(crate) fn paint(&mut self, rows: &[u16; TILE_EDGE * TILE_EDGE], rgba: Rgba) {
        if rows.iter().map(|row| row.count_ones() as usize).sum::<usize>() <= SPARSE_MAX {
            for (row, &bits) in rows.iter().enumerate() {
                runs(bits).flatten().for_each(|x| {
                    self.write(row * TILE_EDGE + x, rgba, &mut None);
                });
            }
        } else if let Some((tile, entry)) = self.entry_or_add(rgba, &mut None) {
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

    /// The tile as a sparse one that is shared with nobody, if it is sparse or empty and has room for
    /// so many voxels more.
    fn sparse(&mut self, more: usize) -> Option<&mut SparseBody> {
        match self {
            Self::Uniform(Rgba::EMPTY) if more <= FEW => *self = Self::Sparse(Arc::default()),
            Self::Sparse(tile) if tile.has_room(more) => {}
            _ => return None,
        }
        match self {
            Self::Sparse(shared) => Some(Arc::make_mut(shared)),
            _ => None,
        }
    }

    /// The tile as an indexed one that is shared with nobody, if it is not dense.
    fn indexed(&mut self) -> Option<&mut IndexedBody> {
        if let Self::Uniform(fill) = *self {
            let mut palette = Palette::new();
            let entry = palette.entry(fill)?;
            *self = Self::Indexed(Arc::new(IndexedBody::uniform(palette, entry)));
        }
        if let Self::Sparse(tile) = self {
            *self = Self::Indexed(Arc::new(IndexedBody::of(&tile.to_dense())?));
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
            Self::Sparse(tile) => DenseBody::of(&tile.to_dense()),
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
            Self::Sparse(tile) => tile.to_dense(),
            Self::Indexed(tile) => tile.to_dense(),
            Self::Dense(tile) => tile.voxels.clone(),
        }
    }

    /// How many voxels are not empty: a stored number.
    #[must_use]
    pub fn count(&self) -> usize {
        match self {
            Self::Uniform(rgba) => usize::from(!rgba.is_empty()) * TILE_VOXELS,
            Self::Sparse(tile) => tile.count(),
            Self::Indexed(tile) => tile.occupied.count(),
            Self::Dense(tile) => tile.occupied.count(),
        }
    }

    /// The voxels that are not empty, with their indices, in index order.
    pub fn voxels(&self) -> impl Iterator<Item = (usize, Rgba)> + '_ {
        let (few, end) = match self {
            Self::Sparse(tile) => (tile.voxels(), 0),
            tile => (&[][..], if tile.is_empty() { 0 } else { TILE_VOXELS }),
        };
        let few = few.iter().map(|&(index, rgba)| (usize::from(index), rgba));
        let all = (0..end).map(|index| (index, self.get(index)));
        few.chain(all.filter(|(_, rgba)| !rgba.is_empty()))
    }

    /// Brings the tile into its smallest form, after many writes.
    pub fn compact(&mut self) {
        if !matches!(self, Self::Uniform(_) | Self::Sparse(_)) {
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
            Self::Sparse(tile) => Some(Arc::as_ptr(tile).addr()),
            Self::Indexed(tile) => Some(Arc::as_ptr(tile).addr()),
            Self::Dense(tile) => Some(Arc::as_ptr(tile).addr()),
        }
    }

    /// Bytes on the heap that this tile holds, shared ones too.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        self.parts().iter().flatten().map(|(_, bytes)| bytes).sum()
    }

    /// Bytes on the heap that are this tile's own, unless it is shared as a whole: without a large
    /// palette, which tiles share. They do not change while voxels are set in place.
    pub(super) fn own_bytes(&self) -> usize {
        let [body, palette] = self.parts();
        let small = |&(_, bytes): &(usize, usize)| bytes < LARGE_PALETTE_BYTES;
        [body, palette.filter(small)].into_iter().flatten().map(|(_, bytes)| bytes).sum()
    }

    /// What is shared apart from each other, body and palette: where it is and its size in bytes.
    pub(super) fn parts(&self) -> [Option<(usize, usize)>; 2] {
        let body = |bytes: usize| self.address().map(|at| (at, BODY_HEAD + bytes));
        match self {
            Self::Uniform(_) => [None; 2],
            Self::Sparse(tile) => [body(size_of::<SparseBody>() + tile.heap_bytes()), None],
            Self::Indexed(tile) => [
                body(size_of::<IndexedBody>() + TILE_VOXELS),
                Some((tile.palette.address(), tile.palette.heap_bytes())),
            ],
            Self::Dense(_) => [body(size_of::<DenseBody>() + size_of::<Dense>()), None],
        }
    }
}

/// The voxels of a box inside a tile.
fn voxels_of(part: &[Range<usize>; 3]) -> impl Iterator<Item = usize> + use<> {
    let xs = part[0].clone();
    row_starts(part).flat_map(move |start| start..start + xs.len())
}

/// Sets a voxel of a sparse tile, where that is shared with nobody and has room.
#[inline(never)]
fn set_sparse(shared: &mut Arc<SparseBody>, index: usize, rgba: Rgba) -> Option<Previous> {
    Arc::get_mut(shared)?.set_in_place(index, rgba)
}

#[cfg(test)]
#[path = "tile_tests.rs"]
mod tests;
