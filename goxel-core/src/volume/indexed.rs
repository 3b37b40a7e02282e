//! [`Indexed`] and [`Plain`]: the bodies of tiles that hold more than one colour.
//!
//! Both know how many of their voxels are not empty, so that counting, and telling an empty tile,
//! never reads the voxels.

use std::ops::Range;

use goxel_proto::types::Rgba;

use super::palette::Palette;
use super::pos::{TILE_EDGE, TILE_VOXELS, index_in_tile};
use super::tile::Dense;

/// The body of an indexed tile: a byte a voxel, 0 where it is empty.
#[derive(Clone, Debug)]
pub struct Indexed {
    pub(super) palette: Palette,
    count: usize,
    indices: [u8; TILE_VOXELS],
}

impl Indexed {
    /// A tile that is all of one entry of its palette.
    pub(super) fn uniform(palette: Palette, entry: u8) -> Self {
        let count = if entry == 0 { 0 } else { TILE_VOXELS };
        Self { palette, count, indices: [entry; TILE_VOXELS] }
    }

    /// The smallest palette for these voxels, and them in its terms. Nothing where they have too
    /// many colours.
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

    pub(super) fn count(&self) -> usize {
        self.count
    }

    #[inline]
    pub(super) fn get(&self, index: usize) -> Rgba {
        self.palette.colour(self.indices[index])
    }

    #[inline]
    pub(super) fn set(&mut self, index: usize, entry: u8) {
        let before = usize::from(self.indices[index] != 0);
        self.count = self.count + usize::from(entry != 0) - before;
        self.indices[index] = entry;
    }

    /// Sets a box inside the tile, given by its ranges of x, y and z.
    pub(super) fn fill(&mut self, part: &[Range<usize>; 3], entry: u8) {
        for start in row_starts(part) {
            self.indices[start..][..part[0].len()].fill(entry);
        }
        self.recount();
    }

    fn recount(&mut self) {
        self.count = self.indices.iter().filter(|&&index| index != 0).count();
    }

    /// The sixteen entries of the row that starts at `start`.
    #[inline]
    fn entries(&self, start: usize) -> [u8; TILE_EDGE] {
        let rows = self.indices.as_chunks().0;
        rows[start / TILE_EDGE]
    }

    #[inline]
    pub(super) fn row(&self, start: usize) -> [Rgba; TILE_EDGE] {
        self.entries(start).map(|entry| self.palette.colour(entry))
    }

    #[inline]
    pub(super) fn row_mask(&self, start: usize) -> u16 {
        mask(&self.entries(start).map(|entry| entry != 0))
    }

    pub(super) fn to_dense(&self) -> Box<Dense> {
        let mut dense = Box::new([Rgba::EMPTY; TILE_VOXELS]);
        for (voxel, &entry) in dense.iter_mut().zip(&self.indices) {
            *voxel = self.palette.colour(entry);
        }
        dense
    }

    /// How many of the palette's entries a voxel has.
    pub(super) fn used(&self) -> usize {
        let mut seen = [false; 256];
        for &index in &self.indices {
            seen[usize::from(index)] = true;
        }
        seen.iter().filter(|&&seen| seen).count()
    }
}

/// The body of a dense tile: four bytes a voxel.
#[derive(Clone, Debug)]
pub struct Plain {
    count: usize,
    pub(super) voxels: Dense,
}

impl Plain {
    pub(super) fn of(voxels: &Dense) -> Self {
        let mut tile = Self { count: 0, voxels: *voxels };
        tile.voxels.iter_mut().for_each(|voxel| *voxel = voxel.normalised());
        tile.recount();
        tile
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    #[inline]
    pub(super) fn set(&mut self, index: usize, rgba: Rgba) {
        let before = usize::from(!self.voxels[index].is_empty());
        self.count = self.count + usize::from(!rgba.is_empty()) - before;
        self.voxels[index] = rgba;
    }

    /// Sets a box inside the tile, given by its ranges of x, y and z.
    pub(super) fn fill(&mut self, part: &[Range<usize>; 3], rgba: Rgba) {
        for start in row_starts(part) {
            self.voxels[start..][..part[0].len()].fill(rgba);
        }
        self.recount();
    }

    fn recount(&mut self) {
        self.count = self.voxels.iter().filter(|voxel| !voxel.is_empty()).count();
    }

    #[inline]
    pub(super) fn row(&self, start: usize) -> [Rgba; TILE_EDGE] {
        self.voxels.as_chunks().0[start / TILE_EDGE]
    }

    #[inline]
    pub(super) fn row_mask(&self, start: usize) -> u16 {
        mask(&self.row(start).map(|voxel| !voxel.is_empty()))
    }
}

/// Where the rows of a box inside a tile start.
fn row_starts(part: &[Range<usize>; 3]) -> impl Iterator<Item = usize> + use<> {
    let [x, y, z] = part.clone();
    z.flat_map(move |z| y.clone().map(move |y| index_in_tile(x.start, y, z)))
}

/// A bit for each that is set, the lowest first.
#[inline]
fn mask(set: &[bool; TILE_EDGE]) -> u16 {
    set.iter().enumerate().fold(0, |mask, (at, &set)| mask | u16::from(set) << at)
}
