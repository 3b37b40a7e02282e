//! [`Surroundings`]: a tile and the 26 around it, for what depends on a voxel's neighbours.
//!
//! Questions about neighbours are asked a row of sixteen at a time: bit x is the voxel at x. A row
//! with the voxel before and the one behind it is eighteen bits, the row itself in bits 1 to 16.

use goxel_proto::types::{Aabb, Connectivity, Rgba};

use crate::volume::{TILE_EDGE, TILE_VOXELS, TilePos, TileRef, Volume, index_in_tile};

const EDGE: i32 = TILE_EDGE as i32;

/// A tile with what is around it.
pub(crate) struct Surroundings<'a> {
    tiles: [TileRef<'a>; 27],
}

/// The tiles around one, and itself, as far as there are positions; x fastest, then y, then z.
pub(crate) fn around(at: TilePos) -> impl Iterator<Item = TilePos> {
    let exists = |at: &TilePos| at.aabb().intersection(&Aabb::EVERYTHING) == at.aabb();
    (0..27).map(move |slot| step(at, slot)).filter(exists)
}

fn step(at: TilePos, slot: i32) -> TilePos {
    let step = [slot % 3 - 1, slot / 3 % 3 - 1, slot / 9 - 1];
    TilePos([0, 1, 2].map(|axis| at.0[axis] + step[axis]))
}

impl<'a> Surroundings<'a> {
    pub(crate) fn new(volume: &'a Volume, at: TilePos) -> Self {
        Self { tiles: std::array::from_fn(|slot| volume.tile(step(at, slot as i32))) }
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

    /// Calls `take` with the neighbours of a row's voxels, one side after the other: whether the
    /// one on that side is there. Of the three voxels of a side along x, `reach` says which count.
    fn sides(&self, row: usize, reach: Connectivity, mut take: impl FnMut(u16)) {
        let (y, z) = ((row % TILE_EDGE) as i32, (row / TILE_EDGE) as i32);
        for (dz, dy) in steps() {
            let away = dy.abs() + dz.abs();
            if away > reach.axes() {
                continue;
            }
            let wide = self.wide_row(y + dy, z + dz);
            if away > 0 {
                take((wide >> 1) as u16);
            }
            if away < reach.axes() {
                take(wide as u16);
                take((wide >> 2) as u16);
            }
        }
    }

    /// Which places of a row have a voxel next to them.
    pub(crate) fn any_neighbour(&self, row: usize, reach: Connectivity) -> u16 {
        let mut any = 0;
        self.sides(row, reach, |side| any |= side);
        any
    }

    /// Which places of a row have voxels all around them.
    pub(crate) fn all_neighbours(&self, row: usize, reach: Connectivity) -> u16 {
        let mut all = u16::MAX;
        self.sides(row, reach, |side| all &= side);
        all
    }

    /// How many faces of a row's voxels have nothing before them.
    pub(crate) fn open_faces(&self, row: usize) -> u32 {
        let mut open = 0;
        let own = self.row(row);
        self.sides(row, Connectivity::Faces, |side| open += (own & !side).count_ones());
        open
    }

    /// The colour of the first voxel next to a place, by z, then y, then x.
    pub(crate) fn first_neighbour(&self, row: usize, x: usize, reach: Connectivity) -> Rgba {
        let (x, y, z) = (x as i32, (row % TILE_EDGE) as i32, (row / TILE_EDGE) as i32);
        let sides = steps().flat_map(|(dz, dy)| (-1..=1).map(move |dx| [dx, dy, dz]));
        let near = sides.filter(|step| {
            let away: i32 = step.iter().map(|axis| axis.abs()).sum();
            away > 0 && away <= reach.axes()
        });
        let mut colours = near.map(|[dx, dy, dz]| {
            let (tile, [x, y, z]) = self.locate([x + dx, y + dy, z + dz]);
            tile.get(index_in_tile(x, y, z))
        });
        colours.find(|rgba| !rgba.is_empty()).unwrap_or_default()
    }
}

/// The nine ways across x, by z, then y.
fn steps() -> impl Iterator<Item = (i32, i32)> {
    (-1..=1).flat_map(|dz| (-1..=1).map(move |dy| (dz, dy)))
}

/// Voxels of a row that may be filled because their neighbours were.
pub(crate) struct Offer {
    /// Whose row, as tiles from the one that offers.
    pub(crate) tile: [i32; 3],
    pub(crate) row: usize,
    pub(crate) bits: u16,
}

/// Calls `take` with what `bits` of a row offer to the rows around it and to the sides.
pub(crate) fn for_each_offer(
    reach: Connectivity,
    row: usize,
    bits: u16,
    mut take: impl FnMut(Offer),
) {
    let (y, z) = ((row % TILE_EDGE) as i32, (row / TILE_EDGE) as i32);
    // Bit 0 is the voxel before the row, bit 17 the one behind.
    let straight = u32::from(bits) << 1;
    let wide = straight | straight << 1 | straight >> 1;
    for (dz, dy) in steps() {
        let away = dy.abs() + dz.abs();
        if away > reach.axes() {
            continue;
        }
        let offered = if away < reach.axes() { wide } else { straight };
        let (y, z) = (y + dy, z + dz);
        let (tile_y, tile_z) = (y.div_euclid(EDGE), z.div_euclid(EDGE));
        let row = (y.rem_euclid(EDGE) + EDGE * z.rem_euclid(EDGE)) as usize;
        for (tile_x, bits) in [
            (0, (offered >> 1) as u16),
            (-1, ((offered & 1) << 15) as u16),
            (1, (offered >> 17) as u16),
        ] {
            if bits != 0 {
                take(Offer { tile: [tile_x, tile_y, tile_z], row, bits });
            }
        }
    }
}
