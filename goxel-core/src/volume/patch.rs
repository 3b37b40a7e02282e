//! [`Patch`]: what some of a tile's voxels were, to be put back: what the history keeps of a tile that an
//! edit changed in part.
//!
//! ```text
//! rows       which of the 256 rows along x have such voxels, a bit each
//! masks      for each of those rows which voxels, two bytes
//! colours    those that there are; where they are over 256, one for each voxel
//! entries    which of the colours, a byte a voxel in index order; none where there is one colour
//! ```
//!
//! Rationale. The tile from before takes 4.6 KB, and the one after is another. A slice of one, 256 voxels
//! where there was nothing, takes 0.2 KB here.

use goxel_proto::types::Rgba;

use super::palette::Palette;
use super::pos::{TILE_EDGE, TILE_VOXELS};
use super::row::Row;
use super::{Tile, TileRef};

/// Voxels of a patch at the most. More of them take as much as the tile.
const VOXELS_MAX: usize = TILE_VOXELS / 2;
/// Rows of a tile.
const ROWS: usize = TILE_VOXELS / TILE_EDGE;

/// Some voxels of a tile. In one block, since there may be very many of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Patch(Box<Body>);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Body {
    rows: [u64; ROWS / 64],
    masks: Box<[u16]>,
    colours: Box<[Rgba]>,
    entries: Box<[u8]>,
}

impl Patch {
    /// What makes `old` of `new`; nothing where holding `old` as it is takes little more.
    pub(crate) fn between(old: &Tile, new: TileRef<'_>) -> Option<Self> {
        if matches!(old, Tile::Uniform(_) | Tile::Sparse(_)) {
            return None;
        }
        let mut gathered = Gathered::default();
        for start in (0..TILE_VOXELS).step_by(TILE_EDGE) {
            let (mut before, mut after) = (Row::default(), Row::default());
            old.read_row(start, &mut before);
            new.read_row(start, &mut after);
            let mask = differing(&before, &after);
            if mask != 0 {
                gathered.take(start / TILE_EDGE, mask, &before);
            }
            if gathered.voxels.len() > VOXELS_MAX {
                return None;
            }
        }
        let patch = gathered.into_patch();
        (patch.heap_bytes() < old.heap_bytes() / 2).then_some(patch)
    }

    /// How many rows it has voxels in.
    pub(crate) fn rows(&self) -> usize {
        self.0.masks.len()
    }

    /// Puts the voxels into a tile, and holds those that were there.
    pub(crate) fn swap(&mut self, tile: &mut Tile) {
        let mut there = Gathered::default();
        let mut at = 0;
        let body = &*self.0;
        for (row, &mask) in body.rows().zip(&body.masks) {
            let start = row * TILE_EDGE;
            let mut voxels = Row::default();
            tile.read_row(start, &mut voxels);
            let before = voxels;
            for x in (0..TILE_EDGE).filter(|x| mask >> x & 1 == 1) {
                voxels[x] = body.colour(at);
                at += 1;
            }
            there.take(row, mask, &before);
            tile.write_row(start, &voxels, &mut None);
        }
        *self = there.into_patch();
    }

    /// Bytes on the heap.
    pub(crate) fn heap_bytes(&self) -> usize {
        let Body { masks, colours, entries, .. } = &*self.0;
        size_of::<Body>() + size_of_val(&**masks) + size_of_val(&**colours) + entries.len()
    }
}

impl Body {
    /// The rows that have voxels.
    fn rows(&self) -> impl Iterator<Item = usize> {
        let rows = self.rows;
        (0..ROWS).filter(move |row| rows[row / 64] >> (row % 64) & 1 == 1)
    }

    /// The colour of a voxel, by its number among those that are here.
    fn colour(&self, at: usize) -> Rgba {
        let of_voxel = self.entries.get(at).map_or(at, |entry| usize::from(*entry));
        self.colours.get(of_voxel).or(self.colours.first()).copied().unwrap_or_default()
    }
}

/// A patch that is being made.
#[derive(Default)]
struct Gathered {
    rows: [u64; ROWS / 64],
    masks: Vec<u16>,
    voxels: Vec<Rgba>,
}

impl Gathered {
    /// Takes the voxels of a row that `mask` has.
    fn take(&mut self, row: usize, mask: u16, voxels: &Row) {
        self.rows[row / 64] |= 1 << (row % 64);
        self.masks.push(mask);
        self.voxels.extend((0..TILE_EDGE).filter(|x| mask >> x & 1 == 1).map(|x| voxels[x]));
    }

    fn into_patch(self) -> Patch {
        let (colours, entries) = encoded(self.voxels);
        let masks = self.masks.into();
        Patch(Box::new(Body { rows: self.rows, masks, colours, entries }))
    }
}

/// The colours of these voxels, and for each voxel which it is.
fn encoded(voxels: Vec<Rgba>) -> (Box<[Rgba]>, Box<[u8]>) {
    let mut palette = Palette::new();
    let entries: Option<Box<[u8]>> = voxels.iter().map(|&rgba| palette.entry(rgba)).collect();
    match (entries, voxels.first()) {
        (None, _) => (voxels.into(), Box::default()),
        (Some(entries), Some(&first)) if entries.iter().all(|entry| *entry == entries[0]) => {
            (Box::new([first]), Box::default())
        }
        (Some(entries), _) => (palette.colours().into(), entries),
    }
}

/// The voxels of a row that are not alike.
fn differing(a: &Row, b: &Row) -> u16 {
    (0..TILE_EDGE).fold(0, |mask, x| mask | u16::from(a[x] != b[x]) << x)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A tile of so many voxels in so many colours, from the place `start` on.
    fn tile(start: usize, count: usize, colours: usize) -> Tile {
        let mut tile = Tile::EMPTY;
        for at in 0..count {
            let colour = at % colours;
            tile.set(
                (start + at) % TILE_VOXELS,
                Rgba::new(colour as u8, (colour >> 8) as u8, 1, 255),
            );
        }
        tile
    }

    fn same(a: &Tile, b: &Tile) -> bool {
        a.to_dense() == b.to_dense() && a.count() == b.count()
    }

    #[test]
    fn a_slice_takes_little() {
        let mut tile = tile(0, 1024, 5);
        let before = tile.clone();
        tile.fill(&[0..16, 0..16, 7..8], Rgba::WHITE);
        let patch = Patch::between(&before, TileRef::Stored(&tile)).expect("few have changed");
        assert!(patch.heap_bytes() < 256, "{} bytes for 256 voxels", patch.heap_bytes());
        assert!(Patch::between(&Tile::EMPTY, TileRef::Stored(&tile)).is_none(), "a colour is less");
        assert!(Patch::between(&before, TileRef::Uniform(Rgba::WHITE)).is_none(), "too many");
    }

    proptest! {
        #[test]
        fn swapping_goes_back_and_forth(
            old in (0..4096_usize, 0..4096_usize, 1..600_usize),
            new in (0..4096_usize, 0..1500_usize, 1..600_usize),
        ) {
            let old = tile(old.0, old.1, old.2);
            let mut new_tile = old.clone();
            for (index, rgba) in tile(new.0, new.1, new.2).voxels() {
                new_tile.set(index, if index % 3 == 0 { Rgba::EMPTY } else { rgba });
            }
            if let Some(mut patch) = Patch::between(&old, TileRef::Stored(&new_tile)) {
                let mut tile = new_tile.clone();
                for _ in 0..2 {
                    patch.swap(&mut tile);
                    prop_assert!(same(&tile, &old));
                    patch.swap(&mut tile);
                    prop_assert!(same(&tile, &new_tile));
                }
            }
        }
    }
}
