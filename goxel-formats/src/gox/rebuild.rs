//! Layers that a file describes instead of storing: clones of another layer, and shapes.

use std::collections::BTreeSet;

use goxel_core::{TILE_EDGE, TILE_VOXELS, Tile, TilePos, TileRef, Volume, voxel_index};
use goxel_proto::types::{Pos, Rgba};

use super::matrix::Affine;
use crate::budget::{Budget, Builder};
use crate::{Error, Result};

/// Tiles that one layer may be rebuilt over: 640 cubed voxels, which take seconds.
const TILES_MAX: usize = 64_000;

/// Tiles that are looked at for that: those of the source may fall on each other.
const VISITS_MAX: usize = 1 << 20;

/// A shape that fills the box from -1 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Sphere,
    Cube,
    /// It stands on the third axis.
    Cylinder,
}

impl Shape {
    pub(super) fn from_name(name: &[u8]) -> Option<Self> {
        match name {
            b"sphere" => Some(Self::Sphere),
            b"cube" => Some(Self::Cube),
            b"cylinder" => Some(Self::Cylinder),
            _ => None,
        }
    }

    fn contains(self, [x, y, z]: [f64; 3]) -> bool {
        match self {
            Self::Sphere => x * x + y * y + z * z <= 1.0,
            Self::Cube => x.abs().max(y.abs()).max(z.abs()) <= 1.0,
            Self::Cylinder => x * x + y * y <= 1.0 && z.abs() <= 1.0,
        }
    }
}

/// The voxels whose middle lies in a placed shape.
pub(super) fn shape(
    shape: Shape,
    placed: &Affine,
    rgba: Rgba,
    budget: &mut Budget<'_>,
) -> Result<Volume> {
    let mut builder = Builder::new(budget);
    let Some(inverse) = placed.inverse() else {
        return Ok(builder.finish());
    };
    let (middle, half) = (placed.shift(), placed.half_extent());
    let low = [0, 1, 2].map(|axis| middle[axis] - half[axis]);
    let high = [0, 1, 2].map(|axis| middle[axis] + half[axis]);
    for at in tiles_between(low, high)? {
        let voxels = std::array::from_fn::<_, TILE_VOXELS, _>(|index| {
            let middle = at.voxel(index).to_array().map(|c| f64::from(c) + 0.5);
            if shape.contains(inverse.apply(middle)) { rgba } else { Rgba::EMPTY }
        });
        builder.place(at, Tile::from_dense(&voxels))?;
    }
    Ok(builder.finish())
}

/// The voxels of another layer, moved. Positions, not middles, are moved back and rounded, as
/// Goxel does.
pub(super) fn clone(source: &Volume, placed: &Affine, budget: &mut Budget<'_>) -> Result<Volume> {
    let mut builder = Builder::new(budget);
    if let Some(shift) = placed.whole_shift() {
        for (at, tile) in source.sorted_tiles() {
            if let Some(min) = at.min().checked_add(Pos::from(shift)) {
                // What leaves the range of positions is lost, as it would be for any move.
                builder.blit(min, &tile.to_tile())?;
            }
        }
        return Ok(builder.finish());
    }
    let Some(inverse) = placed.inverse() else {
        return Ok(builder.finish());
    };
    let mut sampler = Sampler::new(source);
    for at in moved_tiles(source, placed)? {
        let voxels = std::array::from_fn::<_, TILE_VOXELS, _>(|index| {
            let from = inverse.apply(at.voxel(index).to_array().map(f64::from));
            // Out of range saturates, which is far from every voxel of an honest file.
            sampler.get(Pos::from(from.map(|c| c.round() as i32)))
        });
        builder.place(at, Tile::from_dense(&voxels))?;
    }
    Ok(builder.finish())
}

/// The tiles that the voxels of `source` may fall into.
fn moved_tiles(source: &Volume, placed: &Affine) -> Result<BTreeSet<TilePos>> {
    let mut tiles = BTreeSet::new();
    let mut visits = 0;
    let edge = TILE_EDGE as f64;
    for (at, _) in source.tiles() {
        let min = at.min().to_array().map(f64::from);
        let corners = (0..8).map(|corner| {
            placed.apply([0, 1, 2].map(|axis| min[axis] + f64::from(corner >> axis & 1) * edge))
        });
        let (mut low, mut high) = ([f64::MAX; 3], [f64::MIN; 3]);
        for corner in corners {
            low = [0, 1, 2].map(|axis| low[axis].min(corner[axis]));
            high = [0, 1, 2].map(|axis| high[axis].max(corner[axis]));
        }
        // A voxel more on every side for the rounding, scaled as the space is.
        let slack = placed.half_extent();
        let low = [0, 1, 2].map(|axis| low[axis] - slack[axis]);
        let high = [0, 1, 2].map(|axis| high[axis] + slack[axis]);
        tiles.extend(tiles_between(low, high)?.inspect(|_| visits += 1));
        if tiles.len() > TILES_MAX || visits > VISITS_MAX {
            return Err(too_large());
        }
    }
    Ok(tiles)
}

fn too_large() -> Error {
    Error::TooLarge(format!("a layer to rebuild covers more than {TILES_MAX} tiles"))
}

/// The tiles of a box of points, where they are not too many.
fn tiles_between(low: [f64; 3], high: [f64; 3]) -> Result<impl Iterator<Item = TilePos>> {
    let tile = |c: f64| (c / TILE_EDGE as f64).floor();
    let limit = f64::from(i32::MAX >> 4);
    let sound = (0..3).all(|axis| tile(low[axis]) >= -limit && tile(high[axis]) <= limit);
    let counts = [0, 1, 2].map(|axis| tile(high[axis]) - tile(low[axis]) + 1.0);
    if !sound || counts.iter().product::<f64>() > TILES_MAX as f64 {
        return Err(too_large());
    }
    let [xs, ys, zs] = [0, 1, 2].map(|axis| tile(low[axis]) as i32..=tile(high[axis]) as i32);
    Ok(zs.flat_map(move |z| {
        let xs = xs.clone();
        ys.clone().flat_map(move |y| xs.clone().map(move |x| TilePos([x, y, z])))
    }))
}

/// Reads voxels that lie close together: it keeps the tile of the last one.
struct Sampler<'a> {
    volume: &'a Volume,
    at: TilePos,
    tile: TileRef<'a>,
}

impl<'a> Sampler<'a> {
    fn new(volume: &'a Volume) -> Self {
        let at = TilePos([0; 3]);
        Self { volume, at, tile: volume.tile(at) }
    }

    fn get(&mut self, pos: Pos) -> Rgba {
        let at = TilePos::of(pos);
        if at != self.at {
            self.at = at;
            self.tile = self.volume.tile(at);
        }
        self.tile.get(voxel_index(pos))
    }
}
