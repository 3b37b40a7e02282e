//! [`Mask`]: a set of voxels of one tile, a bit each, in rows along x.
//!
//! Row `y + 16 * z` holds the voxels of that row, the one at `x` in bit `x`. Code that finds a set
//! of voxels (a shape, a flood) works on rows of sixteen, and one function here colours the set.

use std::sync::Mutex;

use goxel_proto::types::{Aabb, Rgba};

use crate::volume::{TILE_EDGE, TILE_VOXELS, Tile, TilePos, TileRef};

/// Rows of a tile.
pub(crate) const ROWS: usize = TILE_EDGE * TILE_EDGE;

/// A set of voxels of one tile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mask(pub(crate) [u16; ROWS]);

impl Mask {
    /// No voxel.
    pub(crate) const EMPTY: Self = Self([0; ROWS]);
    /// Every voxel.
    pub(crate) const FULL: Self = Self([u16::MAX; ROWS]);

    /// The voxels whose colours `selects` selects.
    pub(crate) fn of(tile: TileRef<'_>, selects: impl Fn(Rgba) -> bool) -> Self {
        if let Some(rgba) = tile.uniform() {
            return if selects(rgba) { Self::FULL } else { Self::EMPTY };
        }
        if let Some((entries, colours)) = tile.indexed() {
            return Self::of_entries(entries, colours, selects);
        }
        if let Some(voxels) = tile.sparse() {
            let mut mask = if selects(Rgba::EMPTY) { Self::FULL } else { Self::EMPTY };
            for &(index, rgba) in voxels {
                let (row, bit) =
                    (usize::from(index) / TILE_EDGE, 1 << (index as usize % TILE_EDGE));
                mask.0[row] = mask.0[row] & !bit | if selects(rgba) { bit } else { 0 };
            }
            return mask;
        }
        Self(std::array::from_fn(|row| {
            let first = row * TILE_EDGE;
            let bit = |x: usize| u16::from(selects(tile.get(first + x))) << x;
            (0..TILE_EDGE).fold(0, |bits, x| bits | bit(x))
        }))
    }

    /// Calls `selects` once a palette entry, not once a voxel; where none is selected, no voxel is
    /// read.
    fn of_entries(
        entries: &[u8; TILE_VOXELS],
        colours: &[Rgba],
        selects: impl Fn(Rgba) -> bool,
    ) -> Self {
        let mut selected = [0; 1 << u8::BITS];
        selected
            .iter_mut()
            .zip(colours)
            .for_each(|(selected, rgba)| *selected = u16::from(selects(*rgba)));
        if selected.iter().all(|&selected| selected == 0) {
            return Self::EMPTY;
        }
        let (rows, _) = entries.as_chunks::<TILE_EDGE>();
        let bits = |row: &[u8; TILE_EDGE]| {
            (0..TILE_EDGE).fold(0, |bits, x| bits | selected[usize::from(row[x])] << x)
        };
        Self(std::array::from_fn(|row| bits(&rows[row])))
    }

    /// The voxels that are there.
    pub(crate) fn occupied(tile: TileRef<'_>) -> Self {
        Self(tile.row_masks())
    }

    /// The voxels of the tile at `at` that lie in `aabb`.
    pub(crate) fn within(at: TilePos, aabb: &Aabb) -> Self {
        let cell = at.aabb();
        let shared = cell.intersection(aabb);
        if shared == cell {
            return Self::FULL;
        }
        let mut mask = Self::EMPTY;
        if shared.is_empty() {
            return mask;
        }
        let span = |axis: usize| {
            let low = (shared.min[axis] - cell.min[axis]) as usize;
            low..(shared.max[axis] - cell.min[axis]) as usize
        };
        let (x, y, z) = (span(0), span(1), span(2));
        let bits = (u32::from(u16::MAX) >> (TILE_EDGE - x.len()) << x.start) as u16;
        for z in z {
            for y in y.clone() {
                mask.0[y + TILE_EDGE * z] = bits;
            }
        }
        mask
    }

    /// The intersection with `other`.
    pub(crate) fn intersect(&mut self, other: &Self) {
        self.0.iter_mut().zip(&other.0).for_each(|(row, other)| *row &= other);
    }

    /// The complement: every voxel that it did not have, and no other.
    pub(crate) fn invert(&mut self) {
        self.0.iter_mut().for_each(|row| *row = !*row);
    }

    /// Whether every voxel is in `other` too.
    pub(crate) fn is_subset_of(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).all(|(row, other)| row & !other == 0)
    }

    /// Whether the voxel at `index` of the tile is in the set.
    pub(crate) fn has(&self, index: usize) -> bool {
        self.0[index / TILE_EDGE] >> (index % TILE_EDGE) & 1 == 1
    }

    /// How many voxels are in the set.
    pub(crate) fn count(&self) -> u64 {
        self.0.iter().map(|row| u64::from(row.count_ones())).sum()
    }

    /// A tile whose voxels in the set have this colour, or are gone where alpha is 0. The others are as
    /// in `tile`.
    pub(crate) fn painted(&self, tile: TileRef<'_>, rgba: Rgba) -> Tile {
        let rgba = rgba.normalised();
        if *self == Self::FULL {
            return Tile::Uniform(rgba);
        }
        if tile.uniform() == Some(rgba) || *self == Self::EMPTY {
            return tile.to_tile();
        }
        if rgba.is_empty() && Self::occupied(tile).is_subset_of(self) {
            return Tile::EMPTY;
        }
        let mut painted = tile.to_tile();
        if rgba.is_empty() {
            // Few voxels stay few.
            let mut gone = self.clone();
            gone.intersect(&Self::occupied(tile));
            painted.paint(&gone.0, rgba);
        } else {
            painted.paint(&self.0, rgba);
        }
        painted
    }
}

/// A painter that remembers the last tile that it painted. Tiles that begin alike and are painted alike
/// share their voxels: the parts of a slab or of a flat shape cost a handle each.
#[derive(Default)]
pub(crate) struct Painter(Mutex<Option<(Mask, Rgba, Tile)>>);

impl Painter {
    /// [`Mask::painted`], always with the same colour.
    pub(crate) fn paint(&self, mask: &Mask, tile: TileRef<'_>, rgba: Rgba) -> Tile {
        let Some(before) = tile.uniform() else { return mask.painted(tile, rgba) };
        // Threads do not wait for each other: whoever comes too late paints for itself.
        if let Ok(mut last) = self.0.try_lock() {
            if let Some((known, colour, painted)) = &*last
                && *colour == before
                && known == mask
            {
                return painted.clone();
            }
            let painted = mask.painted(tile, rgba);
            *last = Some((mask.clone(), before, painted.clone()));
            return painted;
        }
        mask.painted(tile, rgba)
    }
}

#[cfg(test)]
mod tests {
    use goxel_proto::types::Pos;

    use super::*;
    use crate::Volume;

    fn boxed(low: i32, high: i32) -> Aabb {
        Aabb::spanning(Pos::from([low; 3]), Pos::from([high; 3]))
    }

    #[test]
    fn boxes_become_masks() {
        let at = TilePos([-1, -1, -1]);
        for (aabb, count) in [
            (boxed(-16, -1), 4096),
            (boxed(-100, 100), 4096),
            (boxed(-16, -16), 1),
            (boxed(-1, 30), 1),
            (boxed(-10, -7), 64),
            (boxed(0, 3), 0),
        ] {
            let mask = Mask::within(at, &aabb);
            assert_eq!(mask.count(), count, "{aabb:?}");
            for index in 0..4096 {
                let (row, x) = (index / TILE_EDGE, index % TILE_EDGE);
                assert_eq!(mask.0[row] >> x & 1 == 1, aabb.contains(at.voxel(index)), "{aabb:?}");
            }
        }
    }

    #[test]
    fn the_set_is_painted_and_nothing_else() {
        let mut volume = Volume::new();
        let at = TilePos([0, -1, 3]);
        let mask = Mask::within(at, &Aabb::spanning(Pos::new(2, -9, 50), Pos::new(11, -4, 51)));
        volume.replace_tile(at, mask.painted(volume.tile(at), Rgba::WHITE));
        assert_eq!((volume.count(), mask.count()), (120, 120));
        assert_eq!(Mask::of(volume.tile(at), |rgba| !rgba.is_empty()), mask);
        assert!(Mask::FULL.painted(volume.tile(at), Rgba::new(1, 2, 3, 0)).is_empty());
        assert!(mask.is_subset_of(&Mask::FULL) && !Mask::FULL.is_subset_of(&mask));
    }

    #[test]
    fn uniform_tiles_stay_uniform() {
        let some = Mask::within(TilePos([0; 3]), &boxed(3, 7));
        let painted = |mask: &Mask, tile: &Tile, rgba| mask.painted(TileRef::Stored(tile), rgba);
        let white = painted(&Mask::FULL, &Tile::EMPTY, Rgba::WHITE);
        assert_eq!(white.uniform(), Some(Rgba::WHITE));
        assert_eq!(painted(&some, &white, Rgba::WHITE).uniform(), Some(Rgba::WHITE));
        let black = painted(&Mask::FULL, &white, Rgba::BLACK);
        assert_eq!(black.uniform(), Some(Rgba::BLACK));
        let mut rest = some.clone();
        rest.invert();
        let part = painted(&rest, &black, Rgba::EMPTY);
        assert_eq!(Mask::occupied(TileRef::Stored(&part)), some);
        assert!(painted(&some, &part, Rgba::EMPTY).is_empty());
    }
}
