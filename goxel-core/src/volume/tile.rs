//! [`Tile`]: 16 x 16 x 16 voxels, the unit of storage, of sharing and of history.
//!
//! Layout. A voxel's index in its tile is `x + 16 * y + 256 * z`, so a row along x is sixteen
//! neighbours. A tile is one of:
//!
//! ```text
//! uniform   4 bytes             all voxels alike (empty space, solid inside)
//! indexed   4096 + 4n bytes     n <= 256 colours, one byte a voxel
//! dense     16 KiB              more than 256 colours
//! ```
//!
//! Rationale. Models are mostly flat colours: at one byte a voxel a row of sixteen is a quarter
//! of a cache line and a tile is 64 lines, where dense tiles take 256. Both larger kinds are
//! shared by reference count and copied at the first write.
//!
//! Invariant: an empty voxel is stored as [`Rgba::EMPTY`], never as another colour of alpha 0.

use std::sync::Arc;

use goxel_proto::types::Rgba;

/// Voxels along an edge of a tile.
pub const TILE_EDGE: usize = 16;
/// Voxels in a tile.
pub const TILE_VOXELS: usize = TILE_EDGE * TILE_EDGE * TILE_EDGE;
/// Colours an indexed tile can hold: what one byte can tell apart.
const PALETTE_MAX: usize = 256;

/// The voxels of a tile, one by one, in index order.
pub type Dense = [Rgba; TILE_VOXELS];

/// Sixteen cubed voxels, in the smallest of three forms that can hold them.
#[derive(Clone, Debug)]
pub enum Tile {
    /// Every voxel has this colour.
    Uniform(Rgba),
    /// One byte a voxel, into a palette.
    Indexed(Arc<Indexed>),
    /// Four bytes a voxel.
    Dense(Arc<Dense>),
}

/// The body of an indexed tile.
#[derive(Clone, Debug)]
pub struct Indexed {
    indices: [u8; TILE_VOXELS],
    /// At most [`PALETTE_MAX`]; an entry may have no voxel left.
    palette: Vec<Rgba>,
}

impl Indexed {
    /// The index of `rgba` in the palette, which is added if there is room.
    fn entry(&mut self, rgba: Rgba) -> Option<u8> {
        let at = self.palette.iter().position(|&known| known == rgba).unwrap_or_else(|| {
            self.palette.push(rgba);
            self.palette.len() - 1
        });
        if at == PALETTE_MAX {
            self.palette.pop();
        }
        u8::try_from(at).ok()
    }
}

/// The index in a tile of a voxel whose coordinates in the tile are given, each below 16.
#[must_use]
pub const fn index_in_tile(x: usize, y: usize, z: usize) -> usize {
    x + TILE_EDGE * y + TILE_EDGE * TILE_EDGE * z
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
        let mut indexed = Indexed { indices: [0; TILE_VOXELS], palette: vec![first] };
        let mut last = (first, 0);
        for (index, voxel) in indexed_voxels(voxels) {
            if voxel != last.0 {
                let Some(entry) = indexed.entry(voxel) else {
                    let mut dense = Arc::new(*voxels);
                    Arc::make_mut(&mut dense).iter_mut().for_each(|v| *v = v.normalised());
                    return Self::Dense(dense);
                };
                last = (voxel, entry);
            }
            indexed.indices[index] = last.1;
        }
        if indexed.palette.len() == 1 {
            return Self::Uniform(first);
        }
        indexed.palette.shrink_to_fit();
        Self::Indexed(Arc::new(indexed))
    }

    /// The colour that all voxels share, where the tile is stored as uniform.
    #[must_use]
    pub const fn uniform(&self) -> Option<Rgba> {
        match self {
            Self::Uniform(rgba) => Some(*rgba),
            _ => None,
        }
    }

    /// Whether there is surely no voxel here. A tile whose last voxel was removed one by one may
    /// still answer no, until [`Tile::compact`].
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
            Self::Indexed(tile) => tile.palette[usize::from(tile.indices[index])],
            Self::Dense(tile) => tile[index],
        }
    }

    /// Sets the voxel at `index` and returns what was there.
    ///
    /// # Panics
    /// Where `index` is not below [`TILE_VOXELS`].
    #[inline]
    pub fn set(&mut self, index: usize, rgba: Rgba) -> Rgba {
        let rgba = rgba.normalised();
        let old = self.get(index);
        if old != rgba {
            self.replace(index, rgba);
        }
        old
    }

    fn replace(&mut self, index: usize, rgba: Rgba) {
        match self {
            Self::Uniform(fill) => {
                let mut palette = Vec::with_capacity(4);
                palette.extend([*fill, rgba]);
                let mut tile = Indexed { indices: [0; TILE_VOXELS], palette };
                tile.indices[index] = 1;
                *self = Self::Indexed(Arc::new(tile));
            }
            Self::Indexed(shared) => {
                let tile = Arc::make_mut(shared);
                if let Some(entry) = tile.entry(rgba) {
                    tile.indices[index] = entry;
                } else {
                    let mut dense = self.to_dense();
                    dense[index] = rgba;
                    // Removals may have left palette entries without voxels: sort that out here.
                    *self = Self::from_dense(&dense);
                }
            }
            Self::Dense(shared) => Arc::make_mut(shared)[index] = rgba,
        }
    }

    /// All voxels, one by one.
    #[must_use]
    pub fn to_dense(&self) -> Box<Dense> {
        match self {
            Self::Uniform(rgba) => Box::new([*rgba; TILE_VOXELS]),
            Self::Indexed(tile) => {
                Box::new(std::array::from_fn(|i| tile.palette[usize::from(tile.indices[i])]))
            }
            Self::Dense(tile) => Box::new(**tile),
        }
    }

    /// How many voxels are not empty.
    #[must_use]
    pub fn count(&self) -> usize {
        match self {
            Self::Uniform(rgba) => usize::from(!rgba.is_empty()) * TILE_VOXELS,
            Self::Indexed(tile) => {
                // The empty colour stands in the palette once at most.
                let Some(empty) = tile.palette.iter().position(|rgba| rgba.is_empty()) else {
                    return TILE_VOXELS;
                };
                tile.indices.iter().filter(|&&index| usize::from(index) != empty).count()
            }
            Self::Dense(tile) => tile.iter().filter(|rgba| !rgba.is_empty()).count(),
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
            (Self::Indexed(a), Self::Indexed(b)) => Arc::ptr_eq(a, b),
            (Self::Dense(a), Self::Dense(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }

    /// Bytes on the heap that this tile holds, shared ones too.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        match self {
            Self::Uniform(_) => 0,
            Self::Indexed(tile) => size_of::<Indexed>() + 4 * tile.palette.capacity(),
            Self::Dense(_) => size_of::<Dense>(),
        }
    }
}

fn indexed_voxels(voxels: &Dense) -> impl Iterator<Item = (usize, Rgba)> + '_ {
    voxels.iter().map(|voxel| voxel.normalised()).enumerate()
}

#[cfg(test)]
mod tests {
    use super::*;

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
        for index in 0..600 {
            assert_eq!(tile.set(index, Rgba::EMPTY), grey(index));
        }
        tile.compact();
        assert!(tile.is_empty());
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
}
