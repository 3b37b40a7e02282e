//! Recolouring: voxels whose colour is near one get another.

use goxel_proto::types::Rgba;

use crate::analysis::Near;
use crate::mask::Mask;
use crate::rebuild::change_tiles;
use crate::scan::{all_tiles, read_units};
use crate::volume::{TilePos, Volume};
use crate::{Result, Work};

pub(super) fn recoloured(
    volume: &Volume,
    near: &Near,
    rgba: Rgba,
    work: &Work<'_>,
) -> Result<Volume> {
    let mut changed = volume.clone();
    let places: Vec<TilePos> = all_tiles(volume, work)?.into_iter().map(|(at, _)| at).collect();
    change_tiles(&mut changed, &places, work, |_, tile| {
        work.spend(read_units(tile))?;
        let mask = Mask::of(tile, |known| near.matches(known));
        Ok((mask != Mask::EMPTY).then(|| mask.painted(tile, rgba)))
    })?;
    Ok(changed)
}
