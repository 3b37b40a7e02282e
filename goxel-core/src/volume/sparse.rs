//! [`SparseBody`]: the body of a tile that holds few voxels.
//!
//! ```text
//! length, capacity
//! voxels    6 bytes each: the index in the tile, the colour; sorted by the index
//! ```
//!
//! Rationale. A voxel that lies alone would take 4.6 KiB in an indexed tile: two million at random in
//! 1024³ took 640 bytes each. Here they take 20. Up to [`SPARSE_MAX`] voxels, which are six cache lines,
//! finding one takes no longer than a cache miss, and neither does moving those behind a new one.

use std::ops::Range;

use goxel_proto::types::Rgba;

use super::indexed::Previous;
use super::pos::{TILE_EDGE, TILE_VOXELS};
use super::row::{Dense, Row};

/// Voxels that are held one by one. So many take 0.4 KiB, a tenth of what an indexed tile takes; one
/// more, and a voxel takes 70 bytes.
pub(super) const SPARSE_MAX: usize = 64;

/// What a list of voxels takes room for when it gets its first one.
const CAPACITY_MIN: usize = 4;

/// Few voxels, none of them empty.
#[derive(Debug, Default)]
pub struct SparseBody {
    voxels: Vec<(u16, Rgba)>,
}

/// A copy is made to be written to, so it has room for a voxel more, as if it had grown to that.
impl Clone for SparseBody {
    fn clone(&self) -> Self {
        let room = (self.count() + 1).next_power_of_two().clamp(CAPACITY_MIN, SPARSE_MAX);
        let mut voxels = Vec::with_capacity(room);
        voxels.extend_from_slice(&self.voxels);
        Self { voxels }
    }
}

impl SparseBody {
    /// The voxels of these that are not empty. There must be no more than [`SPARSE_MAX`].
    pub(super) fn of(voxels: &Dense) -> Self {
        let set = (0..).zip(voxels).filter(|(_, rgba)| !rgba.is_empty());
        Self { voxels: set.map(|(index, rgba)| (index, *rgba)).collect() }
    }

    pub(super) fn count(&self) -> usize {
        self.voxels.len()
    }

    /// Whether there is room for so many voxels more.
    pub(super) fn has_room(&self, more: usize) -> bool {
        self.count() + more <= SPARSE_MAX
    }

    /// Where the voxel is, or where it would be.
    #[inline]
    fn find(&self, index: usize) -> Result<usize, usize> {
        self.voxels.binary_search_by_key(&index, |&(known, _)| usize::from(known))
    }

    #[inline]
    pub(super) fn get(&self, index: usize) -> Rgba {
        get(&self.voxels, index)
    }

    /// All voxels, by their indices.
    pub(super) fn voxels(&self) -> &[(u16, Rgba)] {
        &self.voxels
    }

    /// [`SparseBody::set`] where that takes no more memory.
    pub(super) fn set_in_place(&mut self, index: usize, rgba: Rgba) -> Option<Previous> {
        if self.voxels.len() < self.voxels.capacity() { self.set(index, rgba) } else { None }
    }

    /// Sets a voxel to a colour that is not the empty one. Nothing where there is no room.
    pub(super) fn set(&mut self, index: usize, rgba: Rgba) -> Option<Previous> {
        match self.find(index) {
            Ok(at) => {
                let old = std::mem::replace(&mut self.voxels[at].1, rgba);
                Some(Previous { rgba: old, empty: false })
            }
            Err(at) if self.has_room(1) => {
                self.voxels.insert(at, (index as u16, rgba));
                Some(Previous { rgba: Rgba::EMPTY, empty: true })
            }
            Err(_) => None,
        }
    }

    /// Removes a voxel.
    pub(super) fn remove(&mut self, index: usize) {
        if let Ok(at) = self.find(index) {
            self.voxels.remove(at);
        }
    }

    /// Replaces the row that starts at `start`. There must be room for it.
    pub(super) fn set_row(&mut self, start: usize, row: &Row) {
        let held = self.row_range(start);
        let set = row.iter().enumerate().filter(|(_, rgba)| !rgba.is_empty());
        self.voxels.splice(held, set.map(|(x, rgba)| ((start + x) as u16, *rgba)));
    }

    /// Which of the voxels are in the row that starts at `start`.
    fn row_range(&self, start: usize) -> Range<usize> {
        let below =
            |end: usize| self.voxels.partition_point(|&(index, _)| usize::from(index) < end);
        below(start)..below(start + TILE_EDGE)
    }

    pub(super) fn row(&self, start: usize) -> Row {
        let mut row = Row::default();
        for &(index, rgba) in &self.voxels[self.row_range(start)] {
            row[usize::from(index) % TILE_EDGE] = rgba;
        }
        row
    }

    pub(super) fn row_mask(&self, start: usize) -> u16 {
        let held = &self.voxels[self.row_range(start)];
        held.iter().fold(0, |mask, (index, _)| mask | 1 << (usize::from(*index) % TILE_EDGE))
    }

    pub(super) fn to_dense(&self) -> Box<Dense> {
        let mut dense: Box<Dense> = bytemuck::zeroed_box();
        for &(index, rgba) in &self.voxels {
            dense[usize::from(index) % TILE_VOXELS] = rgba;
        }
        dense
    }

    /// Bytes on the heap besides the body itself.
    pub(super) fn heap_bytes(&self) -> usize {
        self.voxels.capacity() * size_of::<(u16, Rgba)>()
    }
}

/// The voxel at `index` of sorted ones.
#[inline]
pub(super) fn get(voxels: &[(u16, Rgba)], index: usize) -> Rgba {
    match voxels.binary_search_by_key(&index, |&(known, _)| usize::from(known)) {
        Ok(at) => voxels[at].1,
        Err(_) => Rgba::EMPTY,
    }
}
