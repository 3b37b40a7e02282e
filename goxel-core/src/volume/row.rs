//! Voxels one by one, as all forms of a tile give and take them: [`Row`] and [`Dense`].

use goxel_proto::types::Rgba;

use super::pos::{TILE_EDGE, TILE_VOXELS};

/// The sixteen voxels of a tile along x at one y and z.
pub(super) type Row = [Rgba; TILE_EDGE];

/// A byte for each voxel of a row, the first one lowest.
pub(super) type RowBytes = [u64; 2];

/// The voxels of a tile, one by one, in index order.
pub type Dense = [Rgba; TILE_VOXELS];
