//! [`Cell`]: a tile of a slab, with bits for which of its faces show.
//!
//! A row of sixteen voxels is a `u16`, so the faces of a row that show are its bits without those of
//! the row before it or behind it. Colours are looked up for these only.

use goxel_core::{TILE_EDGE, TilePos, TileRef, Volume};
use goxel_proto::types::Rgba;

use super::quad::PLANE_AXES;

/// The difference between the indices of neighbouring voxels in a tile, along each axis.
pub(super) const STRIDES: [usize; 3] = [1, TILE_EDGE, TILE_EDGE * TILE_EDGE];

/// A slice of a tile: a row for each step along `v`, a bit for each along `u`.
type Slice = [u16; TILE_EDGE];

/// Which voxels to look for.
#[derive(Clone, Copy)]
enum Which<'a> {
    /// Those that are there.
    There,
    /// Those that one does not see through.
    Opaque(&'a Solids<'a>),
}

/// A tile, and which of its faces show, slice by slice: those that look back, and those that look on.
pub(super) struct Cell<'a> {
    pub(super) at: TilePos,
    pub(super) tile: TileRef<'a>,
    faces: Box<[[Slice; TILE_EDGE]; 2]>,
    /// A bit for each slice that has any.
    any: [u16; 2],
}

/// What cells are made of.
#[derive(Clone, Copy)]
pub(super) struct Solids<'a> {
    /// The voxels whose faces are wanted.
    pub(super) volume: &'a Volume,
    /// Those that hide faces; the others are among them.
    pub(super) hiding: &'a Volume,
    /// Whether faces show behind voxels that one sees through, and the colours without alpha of which
    /// that is so.
    pub(super) see_through: Option<&'a foldhash::HashSet<Rgba>>,
}

impl Solids<'_> {
    /// Whether one does not see through a voxel.
    fn is_opaque(&self, rgba: Rgba) -> bool {
        rgba.alpha() == u8::MAX && self.see_through.is_none_or(|clear| !clear.contains(&rgba))
    }

    /// Whether a tile may have voxels that one sees through.
    fn may_be_clear(&self, tile: TileRef<'_>) -> bool {
        match tile.uniform() {
            Some(rgba) => !rgba.is_empty() && !self.is_opaque(rgba),
            None => {
                self.see_through.is_some_and(|clear| !clear.is_empty())
                    || tile.count_alphas(&(1..=254)) > 0
            }
        }
    }
}

impl<'a> Cell<'a> {
    /// The cell of a tile; `None` where no face of it shows, as inside of large solids.
    pub(super) fn new(
        solids: &Solids<'_>,
        at: TilePos,
        tile: TileRef<'a>,
        axis: usize,
    ) -> Option<Self> {
        let beside = |step: i32| {
            let mut at = at;
            at.0[axis] = at.0[axis].wrapping_add(step);
            solids.hiding.tile(at)
        };
        let apart = !std::ptr::eq(solids.volume, solids.hiding);
        let [before, here, behind] = [beside(-1), if apart { beside(0) } else { tile }, beside(1)];
        let hides = |tile: &TileRef<'_>| {
            tile.uniform().is_some_and(|rgba| {
                !rgba.is_empty() && (solids.see_through.is_none() || solids.is_opaque(rgba))
            })
        };
        if [before, here, behind].iter().all(hides) {
            return None;
        }
        let mut faces = Box::new([[[0; TILE_EDGE]; TILE_EDGE]; 2]);
        let tiles = [before, here, behind];
        add_faces(&mut faces, tile, tiles, apart, axis, Which::There);
        if solids.see_through.is_some() && tiles.iter().any(|tile| solids.may_be_clear(*tile)) {
            add_faces(&mut faces, tile, tiles, apart, axis, Which::Opaque(solids));
        }
        let any = [0, 1].map(|side| {
            let slices = faces[side].iter().enumerate();
            slices
                .fold(0, |any, (at, rows)| any | u16::from(rows.iter().any(|row| *row != 0)) << at)
        });
        (any != [0; 2]).then_some(Self { at, tile, faces, any })
    }

    /// Whether any face of a slice shows on the given side.
    #[inline]
    pub(super) fn has(&self, slice: usize, positive: bool) -> bool {
        self.any[usize::from(positive)] >> slice & 1 == 1
    }

    /// The bits of a row that have a face on the given side.
    #[inline]
    pub(super) fn faces(&self, slice: usize, row: usize, positive: bool) -> u16 {
        self.faces[usize::from(positive)][slice][row]
    }
}

/// Adds the faces of `tile` towards what is not `which` in the tiles around it.
fn add_faces(
    faces: &mut [[Slice; TILE_EDGE]; 2],
    tile: TileRef<'_>,
    [before, here, behind]: [TileRef<'_>; 3],
    apart: bool,
    axis: usize,
    which: Which<'_>,
) {
    let mut hiding = [[0; TILE_EDGE]; TILE_EDGE + 2];
    hiding[0] = slices(before, axis, which)[TILE_EDGE - 1];
    hiding[1..=TILE_EDGE].copy_from_slice(&slices(here, axis, which));
    hiding[TILE_EDGE + 1] = slices(behind, axis, which)[0];
    let own = if apart { Some(slices(tile, axis, which)) } else { None };
    for slice in 0..TILE_EDGE {
        let own = own.as_ref().map_or(&hiding[slice + 1], |own| &own[slice]);
        for row in 0..TILE_EDGE {
            faces[0][slice][row] |= own[row] & !hiding[slice][row];
            faces[1][slice][row] |= own[row] & !hiding[slice + 2][row];
        }
    }
}

/// The bits of a tile, cut across `axis`.
fn slices(tile: TileRef<'_>, axis: usize, which: Which<'_>) -> [Slice; TILE_EDGE] {
    if let Some(rgba) = tile.uniform() {
        let all = match which {
            Which::There => !rgba.is_empty(),
            Which::Opaque(solids) => solids.is_opaque(rgba),
        };
        return [[if all { u16::MAX } else { 0 }; TILE_EDGE]; TILE_EDGE];
    }
    let rows = match which {
        Which::There => tile.row_masks(),
        Which::Opaque(solids) => opaque_masks(solids, tile),
    };
    // Rows lie along x, which is the first axis of the planes across y and z.
    let [_, v] = PLANE_AXES[axis];
    match axis {
        0 => across_x(&rows),
        _ => std::array::from_fn(|slice| {
            std::array::from_fn(|row| rows[(slice * STRIDES[axis] + row * STRIDES[v]) / TILE_EDGE])
        }),
    }
}

/// Rows along x, by z, then y, as slices across x: rows along y, by z.
fn across_x(rows: &[u16; TILE_EDGE * TILE_EDGE]) -> [Slice; TILE_EDGE] {
    let mut slices = [[0; TILE_EDGE]; TILE_EDGE];
    for (z, plane) in rows.as_chunks::<TILE_EDGE>().0.iter().enumerate() {
        let turned = transposed(*plane);
        (0..TILE_EDGE).for_each(|x| slices[x][z] = turned[x]);
    }
    slices
}

/// A square of bits with its rows as columns: halves are exchanged, then quarters, down to bits.
fn transposed(mut rows: Slice) -> Slice {
    for (step, low) in [(8, 0x00ff), (4, 0x0f0f), (2, 0x3333), (1, 0x5555_u16)] {
        for at in (0..TILE_EDGE).filter(|at| at & step == 0) {
            let swapped = (rows[at] >> step ^ rows[at + step]) & low;
            rows[at + step] ^= swapped;
            rows[at] ^= swapped << step;
        }
    }
    rows
}

fn opaque_masks(solids: &Solids<'_>, tile: TileRef<'_>) -> [u16; TILE_EDGE * TILE_EDGE] {
    std::array::from_fn(|at| {
        let row = tile.row(at % TILE_EDGE, at / TILE_EDGE);
        let bits = row.iter().enumerate();
        bits.fold(0, |mask, (x, rgba)| mask | u16::from(solids.is_opaque(*rgba)) << x)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_of_bits_is_turned() {
        let rows: Slice = std::array::from_fn(|at| (at as u16).wrapping_mul(0x9e37) ^ 0x1234);
        let turned = transposed(rows);
        for (at, row) in rows.iter().enumerate() {
            for (bit, column) in turned.iter().enumerate() {
                assert_eq!(column >> at & 1, row >> bit & 1, "{at} {bit}");
            }
        }
    }
}
