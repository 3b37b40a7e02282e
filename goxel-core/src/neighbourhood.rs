//! [`Neighbourhood`]: a tile and the 26 around it, for what depends on a voxel's neighbours; and
//! [`for_each_neighbour_row`]: where the neighbours of a row of voxels lie.
//!
//! Questions about neighbours are asked a row of sixteen at a time: bit x is the voxel at x. A row
//! with the voxel before and the one behind it is eighteen bits, the row itself in bits 1 to 16.

use goxel_proto::types::{Aabb, Connectivity, Rgba};

use crate::volume::{TILE_EDGE, TILE_VOXELS, TilePos, TileRef, Volume, index_in_tile};

const EDGE: i32 = TILE_EDGE as i32;

/// A tile with the 26 around it.
pub(crate) struct Neighbourhood<'a> {
    tiles: [TileRef<'a>; 27],
}

/// The tiles around one, and itself, as far as there are positions; x fastest, then y, then z.
pub(crate) fn tiles_around(at: TilePos) -> impl Iterator<Item = TilePos> {
    let exists = |at: &TilePos| at.aabb().intersection(&Aabb::EVERYTHING) == at.aabb();
    (0..27).map(move |slot| tile_at(at, slot)).filter(exists)
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

impl<'a> Neighbourhood<'a> {
    pub(crate) fn new(volume: &'a Volume, at: TilePos) -> Self {
        Self { tiles: std::array::from_fn(|slot| volume.tile(tile_at(at, slot as i32))) }
    }

    /// Whether there is a voxel everywhere.
    pub(crate) fn is_solid(&self) -> bool {
        self.tiles.iter().all(|tile| tile.count() == TILE_VOXELS)
    }

    /// The tile that a position falls in, and its place there; -1 and 16 are in neighbours.
    fn locate(&self, [x, y, z]: [i32; 3]) -> (TileRef<'a>, [usize; 3]) {
        let slot = |axis: i32| (axis.div_euclid(EDGE) + 1) as usize;
        let inside = |axis: i32| axis.rem_euclid(EDGE) as usize;
        (self.tiles[slot(x) + 3 * slot(y) + 9 * slot(z)], [inside(x), inside(y), inside(z)])
    }

    /// Which voxels of a row of the tile in the middle are there.
    pub(crate) fn row(&self, row: usize) -> u16 {
        self.tiles[13].row_mask(row % TILE_EDGE, row / TILE_EDGE)
    }

    /// The row at y and z with one voxel more at both ends.
    fn wide_row(&self, y: i32, z: i32) -> u32 {
        let bits = |x: i32| {
            let (tile, [_, y, z]) = self.locate([x, y, z]);
            u32::from(tile.row_mask(y, z))
        };
        bits(-1) >> 15 | bits(0) << 1 | (bits(EDGE) & 1) << 17
    }

    /// Calls `take` once for each step to a neighbour, with a bit for each voxel of the row: whether
    /// its neighbour at that step is there.
    fn sides(&self, row: usize, connectivity: Connectivity, mut take: impl FnMut(u16)) {
        let (y, z) = ((row % TILE_EDGE) as i32, (row / TILE_EDGE) as i32);
        for (dz, dy) in row_offsets() {
            let away = dy.abs() + dz.abs();
            if away > connectivity.axes() {
                continue;
            }
            let wide = self.wide_row(y + dy, z + dz);
            if away > 0 {
                take((wide >> 1) as u16);
            }
            if away < connectivity.axes() {
                take(wide as u16);
                take((wide >> 2) as u16);
            }
        }
    }

    /// Which places of a row have a voxel next to them.
    pub(crate) fn any_neighbour(&self, row: usize, connectivity: Connectivity) -> u16 {
        let mut any = 0;
        self.sides(row, connectivity, |side| any |= side);
        any
    }

    /// Which places of a row have voxels all around them.
    pub(crate) fn all_neighbours(&self, row: usize, connectivity: Connectivity) -> u16 {
        let mut all = u16::MAX;
        self.sides(row, connectivity, |side| all &= side);
        all
    }

    /// How many faces of a row's voxels border on an empty place.
    pub(crate) fn exposed_faces_of_row(&self, row: usize) -> u32 {
        let mut open = 0;
        let own = self.row(row);
        self.sides(row, Connectivity::Faces, |side| open += (own & !side).count_ones());
        open
    }

    /// The colour of the first voxel next to a place, by z, then y, then x.
    pub(crate) fn first_neighbour(&self, row: usize, x: usize, connectivity: Connectivity) -> Rgba {
        let (x, y, z) = (x as i32, (row % TILE_EDGE) as i32, (row / TILE_EDGE) as i32);
        let sides = row_offsets().flat_map(|(dz, dy)| (-1..=1).map(move |dx| [dx, dy, dz]));
        let near = sides.filter(|step| {
            let away: i32 = step.iter().map(|axis| axis.abs()).sum();
            away > 0 && away <= connectivity.axes()
        });
        let mut colours = near.map(|[dx, dy, dz]| {
            let (tile, [x, y, z]) = self.locate([x + dx, y + dy, z + dz]);
            tile.get(index_in_tile(x, y, z))
        });
        colours.find(|rgba| !rgba.is_empty()).unwrap_or_default()
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
