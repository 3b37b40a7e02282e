//! [`Neighbourhood`]: a tile and the 26 around it, for what depends on a voxel's neighbours; and
//! [`for_each_neighbour_row`]: where the neighbours of a row of voxels lie.
//!
//! Questions about neighbours are asked a row of sixteen at a time: bit x is the voxel at x. A row
//! with the voxel before and the one behind it is eighteen bits, the row itself in bits 1 to 16.

use goxel_proto::types::{Aabb, Connectivity, Rgba};

use crate::mask::{Mask, ROWS};
use crate::volume::{TILE_EDGE, TILE_VOXELS, TilePos, TileRef, Volume, index_in_tile, runs};

const EDGE: i32 = TILE_EDGE as i32;

/// Rows along y or z of a tile, with one more at both ends.
const WIDE: usize = TILE_EDGE + 2;

/// A tile with the 26 around it.
pub(crate) struct Neighbourhood<'a> {
    tiles: [TileRef<'a>; 27],
    /// Which voxels are there, of the tile and one further to all sides. Bit 0 of a row is the voxel
    /// before it.
    rows: Box<[[u32; WIDE]; WIDE]>,
}

/// The tile at one of 27 slots around `at`: see [`slot_of`].
pub(crate) fn tile_at(at: TilePos, slot: i32) -> TilePos {
    let step = [slot % 3 - 1, slot / 3 % 3 - 1, slot / 9 - 1];
    TilePos([0, 1, 2].map(|axis| at.0[axis] + step[axis]))
}

/// The slot, below 27, of a tile that is so many steps away, each from -1 to 1.
pub(crate) fn slot_of([x, y, z]: [i32; 3]) -> usize {
    ((x + 1) + 3 * (y + 1) + 9 * (z + 1)) as usize
}

/// The tile itself and those around it that a voxel of it may be next to, as far as there are positions.
pub(crate) fn tiles_reached(at: TilePos, tile: TileRef<'_>) -> impl Iterator<Item = TilePos> {
    let sides = sides_touched(tile);
    let reaches = move |slot: &i32| {
        let steps = [slot % 3, slot / 3 % 3, slot / 9];
        steps.iter().zip(sides).all(|(&step, [low, high])| match step {
            0 => low,
            1 => true,
            _ => high,
        })
    };
    let exists = |at: &TilePos| at.aabb().intersection(&Aabb::EVERYTHING) == at.aabb();
    (0..27).filter(reaches).map(move |slot| tile_at(at, slot)).filter(exists)
}

/// Whether a tile has voxels at the low side and at the high one, for each axis.
fn sides_touched(tile: TileRef<'_>) -> [[bool; 2]; 3] {
    let Mask(rows) = Mask::occupied(tile);
    let (layers, _) = rows.as_chunks::<TILE_EDGE>();
    let any = |rows: &[u16]| rows.iter().fold(0, |any, row| any | row);
    let layers = layers.iter().map(|layer| (any(layer), layer[0], layer[TILE_EDGE - 1]));
    let (all, low, high) =
        layers.fold((0, 0, 0), |(all, low, high), (a, l, h)| (all | a, low | l, high | h));
    [
        [all & 1 != 0, all >> (TILE_EDGE - 1) != 0],
        [low != 0, high != 0],
        [any(&rows[..TILE_EDGE]) != 0, any(&rows[ROWS - TILE_EDGE..]) != 0],
    ]
}

impl<'a> Neighbourhood<'a> {
    /// Nothing where there is a voxel everywhere.
    pub(crate) fn new(volume: &'a Volume, at: TilePos) -> Option<Self> {
        let tiles: [TileRef<'a>; 27] =
            std::array::from_fn(|slot| volume.tile(tile_at(at, slot as i32)));
        if tiles.iter().all(|tile| tile.count() == TILE_VOXELS) {
            return None;
        }
        let mut near = Self { tiles, rows: Box::new([[0; WIDE]; WIDE]) };
        near.read_rows();
        Some(near)
    }

    fn read_rows(&mut self) {
        for (slot, tile) in self.tiles.iter().enumerate().filter(|(_, tile)| tile.count() > 0) {
            // The places of a neighbour's rows among ours, and of its voxels in them.
            let span = |step: usize| match step {
                0 => (TILE_EDGE - 1, 0, 1),
                1 => (0, 1, TILE_EDGE),
                _ => (0, WIDE - 1, 1),
            };
            let ((from_y, y, ys), (from_z, z, zs)) = (span(slot / 3 % 3), span(slot / 9));
            let all = (ys * zs == ROWS).then(|| tile.row_masks());
            for at_z in 0..zs {
                for at_y in 0..ys {
                    let bits = u32::from(match &all {
                        Some(rows) => rows[at_y + TILE_EDGE * at_z],
                        None => tile.row_mask(from_y + at_y, from_z + at_z),
                    });
                    self.rows[z + at_z][y + at_y] |= match slot % 3 {
                        0 => bits >> (TILE_EDGE - 1),
                        1 => bits << 1,
                        _ => (bits & 1) << (TILE_EDGE + 1),
                    };
                }
            }
        }
    }

    /// Which voxels of a row of the tile in the middle are there.
    pub(crate) fn row(&self, row: usize) -> u16 {
        (self.rows[1 + row / TILE_EDGE][1 + row % TILE_EDGE] >> 1) as u16
    }

    /// Which places of the tile have a voxel next to them.
    pub(crate) fn next_to_any(&self, connectivity: Connectivity) -> Mask {
        self.folded(connectivity, 0, |a, b| a | b)
    }

    /// Which places of the tile have voxels all around them.
    pub(crate) fn next_to_all(&self, connectivity: Connectivity) -> Mask {
        self.folded(connectivity, u32::MAX, |a, b| a & b)
    }

    /// What `fold` makes of all neighbours of each place.
    #[inline(always)]
    fn folded(
        &self,
        connectivity: Connectivity,
        none: u32,
        fold: impl Fn(u32, u32) -> u32,
    ) -> Mask {
        let mut folded = Mask([none as u16; ROWS]);
        for (dz, dy) in row_offsets() {
            let away = dy.abs() + dz.abs();
            if away > connectivity.axes() {
                continue;
            }
            // Which of the voxel before a place, at it and behind it are its neighbours.
            let (straight, sides) = (away > 0, away < connectivity.axes());
            for z in 0..TILE_EDGE {
                let rows = &self.rows[z.wrapping_add_signed(1 + dz as isize)];
                let rows = &rows[1_usize.wrapping_add_signed(dy as isize)..][..TILE_EDGE];
                let into = &mut folded.0[z * TILE_EDGE..][..TILE_EDGE];
                for (into, &wide) in into.iter_mut().zip(rows) {
                    let middle = if straight { wide >> 1 } else { none };
                    let beside = if sides { fold(wide, wide >> 2) } else { none };
                    *into = fold(u32::from(*into), fold(middle, beside)) as u16;
                }
            }
        }
        folded
    }

    /// How many faces of the tile's voxels border on an empty place.
    pub(crate) fn exposed_faces(&self) -> u64 {
        let mut open = 0;
        for z in 1..=TILE_EDGE {
            for y in 1..=TILE_EDGE {
                let own = self.rows[z][y] & 0x1_fffe;
                let rows = &self.rows;
                let sides = [
                    rows[z][y] << 1,
                    rows[z][y] >> 1,
                    rows[z][y - 1],
                    rows[z][y + 1],
                    rows[z - 1][y],
                    rows[z + 1][y],
                ];
                open += sides.iter().map(|side| u64::from((own & !side).count_ones())).sum::<u64>();
            }
        }
        open
    }

    /// Calls `take` with each of these places of a row that has a neighbour, and the colour of the first
    /// one, by z, then y, then x.
    pub(crate) fn for_each_first(
        &self,
        row: usize,
        bits: u16,
        connectivity: Connectivity,
        mut take: impl FnMut(usize, Rgba),
    ) {
        let (y, z) = ((row % TILE_EDGE) as i32, (row / TILE_EDGE) as i32);
        let mut left = u32::from(bits);
        for (dz, dy) in row_offsets() {
            let away = dy.abs() + dz.abs();
            let (y, z) = (y + dy, z + dz);
            let wide = self.rows[(z + 1) as usize][(y + 1) as usize];
            if away > connectivity.axes() || wide == 0 {
                continue;
            }
            for dx in -1..=1_i32 {
                let steps = away + dx.abs();
                if steps == 0 || steps > connectivity.axes() {
                    continue;
                }
                let found = left & wide >> (1 + dx);
                left &= !found;
                for x in runs(found as u16).flatten() {
                    take(x, self.get([x as i32 + dx, y, z]));
                }
            }
            if left == 0 {
                return;
            }
        }
    }

    /// The voxel at a place of the tile; -1 and 16 are in its neighbours.
    fn get(&self, [x, y, z]: [i32; 3]) -> Rgba {
        let slot = |axis: i32| (axis.div_euclid(EDGE) + 1) as usize;
        let inside = |axis: i32| axis.rem_euclid(EDGE) as usize;
        let tile = self.tiles[slot(x) + 3 * slot(y) + 9 * slot(z)];
        tile.get(index_in_tile(inside(x), inside(y), inside(z)))
    }
}

/// The steps from a row along x to itself and the eight around it, as z and y.
fn row_offsets() -> impl Iterator<Item = (i32, i32)> {
    (-1..=1).flat_map(|dz| (-1..=1).map(move |dy| (dz, dy)))
}

/// The voxels of a row that are neighbours of given ones.
pub(crate) struct NeighbourRow {
    /// The tile that the row is in, as steps from the tile of the given voxels.
    pub(crate) tile: [i32; 3],
    /// Which row of that tile.
    pub(crate) row: usize,
    /// Which voxels of it.
    pub(crate) bits: u16,
}

/// Calls `take` with the neighbours of the voxels `bits` of a row, row by row; the given voxels may
/// be among them.
pub(crate) fn for_each_neighbour_row(
    connectivity: Connectivity,
    row: usize,
    bits: u16,
    mut take: impl FnMut(NeighbourRow),
) {
    let (y, z) = ((row % TILE_EDGE) as i32, (row / TILE_EDGE) as i32);
    // Bit 0 is the voxel before the row, bit 17 the one behind.
    let straight = u32::from(bits) << 1;
    let wide = straight | straight << 1 | straight >> 1;
    for (dz, dy) in row_offsets() {
        let away = dy.abs() + dz.abs();
        if away > connectivity.axes() {
            continue;
        }
        let near = if away < connectivity.axes() { wide } else { straight };
        let (y, z) = (y + dy, z + dz);
        let (tile_y, tile_z) = (y.div_euclid(EDGE), z.div_euclid(EDGE));
        let row = (y.rem_euclid(EDGE) + EDGE * z.rem_euclid(EDGE)) as usize;
        for (tile_x, bits) in
            [(0, (near >> 1) as u16), (-1, ((near & 1) << 15) as u16), (1, (near >> 17) as u16)]
        {
            if bits != 0 {
                take(NeighbourRow { tile: [tile_x, tile_y, tile_z], row, bits });
            }
        }
    }
}
