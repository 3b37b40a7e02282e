//! [`Histogram`]: how many voxels have which colours, for a palette that has room for few.
//!
//! Colours are counted one by one while they are few enough to choose from; beyond that, as in noise,
//! near ones are counted together, in a table of cells.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::OnceLock;

use goxel_core::{TILE_UNITS, TILE_VOXELS, TilePos, TileRef, Work};
use goxel_proto::types::Rgba;

use crate::Result;

/// Colours that are counted one by one. Choosing 255 of so many takes milliseconds.
const SINGLE_MAX: usize = 1 << 16;
/// Cells: five bits of red, green and blue, three of alpha.
pub(super) const CELLS: usize = 1 << 18;

/// A map by colour. Colours are no keys that somebody chose to collide: a product mixes them well enough.
pub(crate) type ColourMap<T> = HashMap<Rgba, T, BuildHasherDefault<ColourHasher>>;

/// Mixes the four bytes of a colour.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct ColourHasher(u64);

impl Hasher for ColourHasher {
    fn write(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u64(&mut self, word: u64) {
        // The map takes the lowest and the highest bits; the product's best are the highest.
        let mixed = (self.0 ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ mixed >> 32;
    }

    fn write_usize(&mut self, length: usize) {
        // Of an array, which has always four bytes.
        self.0 ^= length as u64;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// The colours that fall together.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Cell {
    count: u64,
    sums: [u64; 4],
}

/// Colours, and how many voxels have each.
#[derive(Clone, Debug)]
pub(crate) enum Histogram {
    Single(ColourMap<u64>),
    Cells(Box<[Cell]>),
}

impl Default for Histogram {
    fn default() -> Self {
        Self::Single(ColourMap::default())
    }
}

/// The cell of a colour.
pub(super) fn cell(Rgba([r, g, b, a]): Rgba) -> usize {
    let [r, g, b] = [r, g, b].map(|level| usize::from(level >> 3));
    r << 13 | g << 8 | b << 3 | usize::from(a >> 5)
}

impl Histogram {
    /// The colours of tiles.
    pub(crate) fn of(tiles: &[(TilePos, TileRef<'_>)], work: &Work<'_>) -> Result<Self> {
        let executor = work.executor();
        let chunks: Vec<_> =
            tiles.chunks(tiles.len().div_ceil(executor.tasks().max(1)).max(1)).collect();
        let parts: Vec<OnceLock<Result<Self>>> = chunks.iter().map(|_| OnceLock::new()).collect();
        executor.run(chunks.len(), &|at| {
            parts[at].get_or_init(|| Self::of_part(chunks[at], work));
        });
        let mut all = Self::default();
        for part in parts.into_iter().filter_map(OnceLock::into_inner) {
            all.merge(part?);
        }
        Ok(all)
    }

    fn of_part(tiles: &[(TilePos, TileRef<'_>)], work: &Work<'_>) -> Result<Self> {
        let mut counts = Self::default();
        for (_, tile) in tiles {
            work.spend(TILE_UNITS)?;
            counts.add_tile(*tile);
        }
        Ok(counts)
    }

    fn add_tile(&mut self, tile: TileRef<'_>) {
        if let Some(rgba) = tile.uniform() {
            return self.add(rgba, TILE_VOXELS as u64);
        }
        if let Some((indices, colours)) = tile.indexed() {
            let mut counts = [0; 256];
            indices.iter().for_each(|&index| counts[usize::from(index)] += 1);
            for (rgba, count) in colours.iter().zip(counts).filter(|(_, count)| *count > 0) {
                self.add(*rgba, count);
            }
            return;
        }
        if let Some(voxels) = tile.sparse() {
            return voxels.iter().for_each(|(_, rgba)| self.add(*rgba, 1));
        }
        (0..TILE_VOXELS).for_each(|index| self.add(tile.get(index), 1));
    }

    /// Adds voxels of a colour.
    fn add(&mut self, rgba: Rgba, count: u64) {
        if rgba.is_empty() || count == 0 {
            return;
        }
        match self {
            Self::Single(counts) => {
                *counts.entry(rgba).or_insert(0) += count;
                if counts.len() > SINGLE_MAX {
                    self.coarsen();
                }
            }
            Self::Cells(cells) => cells[cell(rgba)].add(rgba, count),
        }
    }

    /// Puts near colours together.
    fn coarsen(&mut self) {
        if let Self::Single(counts) = self {
            let mut cells = vec![Cell::default(); CELLS].into_boxed_slice();
            counts.iter().for_each(|(&rgba, &count)| cells[cell(rgba)].add(rgba, count));
            *self = Self::Cells(cells);
        }
    }

    /// Adds what was counted elsewhere.
    pub(super) fn merge(&mut self, other: Self) {
        match other {
            Self::Single(counts) => counts.iter().for_each(|(&rgba, &count)| self.add(rgba, count)),
            Self::Cells(theirs) => {
                self.coarsen();
                let Self::Cells(ours) = self else { return };
                for (ours, theirs) in ours.iter_mut().zip(theirs) {
                    ours.count += theirs.count;
                    (0..4).for_each(|channel| ours.sums[channel] += theirs.sums[channel]);
                }
            }
        }
    }

    /// The colours, or the means of those that fall together, each with how many voxels have it.
    pub(super) fn colours(&self) -> Vec<(Rgba, u64)> {
        match self {
            Self::Single(counts) => counts.iter().map(|(&rgba, &count)| (rgba, count)).collect(),
            Self::Cells(cells) => {
                let used = cells.iter().filter(|cell| cell.count > 0);
                used.map(|cell| (cell.mean(), cell.count)).collect()
            }
        }
    }
}

impl Cell {
    fn add(&mut self, rgba: Rgba, count: u64) {
        self.count += count;
        for (sum, level) in self.sums.iter_mut().zip(rgba.0) {
            *sum += u64::from(level) * count;
        }
    }

    /// The mean of a cell lies in the cell.
    fn mean(&self) -> Rgba {
        Rgba(self.sums.map(|sum| ((sum + self.count / 2) / self.count.max(1)) as u8))
    }
}
