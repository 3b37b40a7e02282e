//! [`Leaf`]: a tile of the tree, and the mask of its voxels.
//!
//! The mask has a word for each 4 x 4 x 4 voxels and a bit for each voxel. A ray that finds a word
//! empty leaps over 4 x 4 x 4 voxels; a rasteriser finds the faces of 64 voxels with a few shifts.

use std::sync::OnceLock;

use goxel_core::{TILE_EDGE, Tile, TileRef};

use crate::parts::{PART_BITS, PARTS, part};

/// Bits of a row's mask that fall into one word.
const ROW_PART: u16 = 0xf;

/// A tile of more than one colour.
#[derive(Debug)]
pub(crate) struct Leaf<'a> {
    pub(crate) tile: &'a Tile,
    inside: OnceLock<Inside>,
}

/// Which voxels of a tile there are. Words that are 0 are not stored: rays through a world of scattered
/// voxels come by many tiles, and wait for memory.
#[derive(Debug)]
pub(crate) struct Inside {
    /// Which words of the mask are not 0.
    pub(crate) words: u64,
    /// Whether light surely goes through no voxel.
    pub(crate) is_opaque: bool,
    stored: Box<[u64]>,
}

impl Inside {
    #[cold]
    fn of(tile: &Tile) -> Self {
        let mask = mask(tile);
        let stored: Box<[u64]> = mask.iter().copied().filter(|&word| word != 0).collect();
        let set = mask.iter().enumerate().filter(|(_, word)| **word != 0);
        let words = set.fold(0, |words, (nth, _)| words | 1 << nth);
        Self { words, is_opaque: is_opaque(tile), stored }
    }

    /// The voxels of a word that is not 0.
    #[inline]
    pub(crate) fn set_word(&self, part: usize) -> u64 {
        self.stored[(self.words & ((1 << part) - 1)).count_ones() as usize]
    }

    /// The voxels of a word.
    #[inline]
    pub(crate) fn word(&self, part: usize) -> u64 {
        if self.words >> part & 1 == 0 { 0 } else { self.set_word(part) }
    }
}

impl<'a> Leaf<'a> {
    pub(crate) fn new(tile: &'a Tile) -> Self {
        Self { tile, inside: OnceLock::new() }
    }

    /// How many voxels there are.
    pub(crate) fn count(&self) -> usize {
        self.tile.count()
    }

    /// Which voxels there are. It is made when the first ray arrives, so what nobody sees costs nothing.
    #[inline]
    pub(crate) fn inside(&self) -> &Inside {
        self.inside.get_or_init(|| Inside::of(self.tile))
    }
}

/// A word for each 4 x 4 x 4 voxels, a bit for each voxel; words and bits are in the order x, y, z.
fn mask(tile: &Tile) -> [u64; PARTS] {
    let mut mask = [0; PARTS];
    if let Some(voxels) = TileRef::Stored(tile).sparse() {
        for &(index, _) in voxels {
            let at = [index & 15, index >> 4 & 15, index >> 8].map(i64::from);
            mask[part(at, PART_BITS)] |= 1 << part(at, 0);
        }
        return mask;
    }
    for (row, &bits) in tile.row_masks().iter().enumerate() {
        let (y, z) = (row % TILE_EDGE, row / TILE_EDGE);
        let first = (y / 4) * 4 + (z / 4) * 16;
        let shift = (y % 4) * 4 + (z % 4) * 16;
        for (x, word) in mask[first..first + 4].iter_mut().enumerate() {
            *word |= u64::from(bits >> (4 * x) & ROW_PART) << shift;
        }
    }
    mask
}

fn is_opaque(tile: &Tile) -> bool {
    const THIN: std::ops::RangeInclusive<u8> = 1..=254;
    let stored = TileRef::Stored(tile);
    match stored.indexed() {
        // A palette has 256 colours at the most; one that no voxel has costs time, nothing else.
        Some((_, colours)) => !colours.iter().any(|rgba| THIN.contains(&rgba.alpha())),
        None => stored.count_alphas(&THIN) == 0,
    }
}

#[cfg(test)]
mod tests {
    use goxel_proto::types::Rgba;

    use super::*;

    #[test]
    fn the_mask_has_the_voxels_of_the_tile() {
        let mut tile = Tile::EMPTY;
        for index in (0..4096).filter(|index| index % 7 == 0 || index % 11 == 3) {
            tile.set(index, Rgba::WHITE);
        }
        let inside = Inside::of(&tile);
        for index in 0..4096 {
            let at = [index & 15, index >> 4 & 15, index >> 8].map(|axis| axis as i64);
            let bit = inside.word(part(at, PART_BITS)) >> part(at, 0) & 1;
            assert_eq!(bit == 1, !tile.get(index).is_empty(), "{index}");
        }
    }

    #[test]
    fn translucent_voxels_are_known() {
        let mut tile = Tile::EMPTY;
        tile.set(5, Rgba::WHITE);
        assert!(is_opaque(&tile));
        tile.set(9, Rgba::new(1, 2, 3, 254));
        assert!(!is_opaque(&tile));
        for index in 0..900 {
            tile.set(index, Rgba::new(index as u8, (index / 256) as u8, 3, 255));
        }
        assert!(is_opaque(&tile));
        tile.set(9, Rgba::new(1, 2, 3, 1));
        assert!(!is_opaque(&tile));
    }
}
