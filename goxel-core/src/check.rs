//! Whether something keeps to the [`crate::limits`] that several commands have in common.

use goxel_proto::types::Aabb;

use crate::scan::boundary_tiles;
use crate::{Error, Result, limits};

/// Refuses a name that is too long, or a path.
pub(crate) fn check_name(name: &str) -> Result<()> {
    if name.len() > limits::NAME_BYTES_MAX {
        return Err(Error::NameTooLong(name.len()));
    }
    Ok(())
}

/// Refuses to build a shape in a box that is too large, or too thin for its length.
pub(crate) fn check_shape(aabb: &Aabb) -> Result<()> {
    if aabb.volume() > limits::SHAPE_VOXELS_MAX {
        return Err(Error::ShapeTooLarge(aabb.volume()));
    }
    check_tiles(boundary_tiles(aabb))
}

/// Refuses to fill parts of so many tiles.
pub(crate) fn check_tiles(tiles: u128) -> Result<()> {
    if tiles > limits::PARTIAL_TILES_MAX {
        return Err(Error::TooManyTiles(tiles));
    }
    Ok(())
}

/// Refuses to make so many tiles of a volume.
pub(crate) fn check_reshaped(tiles: u128) -> Result<()> {
    if tiles > limits::RESHAPE_TILES_MAX {
        return Err(Error::ReshapeTooLarge(tiles));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::PARTIAL_TILES_MAX;

    #[test]
    fn tiles_are_allowed_up_to_the_limit() {
        assert_eq!(check_tiles(PARTIAL_TILES_MAX), Ok(()));
        assert_eq!(
            check_tiles(PARTIAL_TILES_MAX + 1),
            Err(Error::TooManyTiles(PARTIAL_TILES_MAX + 1))
        );
    }
}
