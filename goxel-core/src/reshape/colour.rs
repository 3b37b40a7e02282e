//! Recolouring: voxels whose colour is near one get another.

use goxel_proto::types::Rgba;

use crate::analysis::Near;
use crate::mask::Mask;
use crate::volume::Volume;

pub(super) fn recoloured(volume: &Volume, near: &Near, rgba: Rgba) -> Volume {
    let mut changed = volume.clone();
    for (at, tile) in volume.tiles() {
        let mask = Mask::of(tile, |known| near.matches(known));
        if mask != Mask::EMPTY {
            mask.paint(&mut changed, at, rgba);
        }
    }
    changed
}
