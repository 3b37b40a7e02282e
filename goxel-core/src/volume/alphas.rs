//! Voxels by their alpha: how many there are in a range, and a volume without the thinnest.
//!
//! Most models have few colours, so most tiles answer by a look at their palette.

use std::ops::RangeInclusive;

use goxel_proto::types::Rgba;

use super::{TILE_VOXELS, Tile, TileRef, Volume};
use crate::rebuild::change_tiles;
use crate::{Result, TILE_UNITS, Work};

impl TileRef<'_> {
    /// How many voxels have an alpha in this range, which begins above 0.
    #[must_use]
    pub fn count_alphas(self, alphas: &RangeInclusive<u8>) -> usize {
        let wanted = |rgba: Rgba| alphas.contains(&rgba.alpha());
        if let Some(rgba) = self.uniform() {
            return if wanted(rgba) { TILE_VOXELS } else { 0 };
        }
        if let Some(voxels) = self.sparse() {
            return voxels.iter().filter(|(_, rgba)| wanted(*rgba)).count();
        }
        let Some((indices, colours)) = self.indexed() else {
            return self.to_tile().to_dense().iter().filter(|rgba| wanted(**rgba)).count();
        };
        // What a palette does not have stays out; it is 256 entries at the most.
        let mut table = [false; 256];
        table.iter_mut().zip(colours).for_each(|(entry, &rgba)| *entry = wanted(rgba));
        if !table.contains(&true) {
            return 0;
        }
        indices.iter().filter(|&&index| table[usize::from(index)]).count()
    }

    /// What looking at each voxel's alpha costs, in units of work.
    fn alpha_units(self) -> u64 {
        if self.uniform().is_some() { TILE_UNITS } else { TILE_VOXELS as u64 }
    }
}

impl Volume {
    /// How many voxels have an alpha in this range, which begins above 0.
    ///
    /// # Errors
    /// What `work` says.
    pub fn count_alphas(&self, alphas: &RangeInclusive<u8>, work: &Work<'_>) -> Result<u64> {
        let mut count = 0;
        for (_, tile) in self.tiles() {
            work.spend(tile.alpha_units())?;
            count += tile.count_alphas(alphas) as u64;
        }
        Ok(count)
    }

    /// Removes the voxels with an alpha below this, and returns how many they were. Tiles that have
    /// none stay shared.
    ///
    /// # Errors
    /// What `work` says.
    pub fn remove_alphas_below(&mut self, alpha_min: u8, work: &Work<'_>) -> Result<u64> {
        if alpha_min <= 1 {
            return Ok(0);
        }
        let thin = 1..=alpha_min - 1;
        let (mut places, mut count) = (Vec::new(), 0);
        for (at, tile) in self.tiles() {
            work.spend(tile.alpha_units())?;
            let found = tile.count_alphas(&thin);
            if found > 0 {
                places.push(at);
                count += found as u64;
            }
        }
        change_tiles(self, &places, work, |_, tile| {
            let mut voxels = tile.to_tile().to_dense();
            let thin = voxels.iter_mut().filter(|rgba| thin.contains(&rgba.alpha()));
            thin.for_each(|rgba| *rgba = Rgba::EMPTY);
            Ok(Some(Tile::from_dense(&voxels)))
        })?;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use goxel_proto::types::Pos;

    use super::*;

    /// A tile of each kind: uniform, sparse, indexed, dense.
    fn volume() -> Volume {
        let mut volume = Volume::new();
        for index in 0..TILE_VOXELS as i32 {
            let [x, y, z] = [index % 16, index / 16 % 16, index / 256];
            let alpha = (index % 251) as u8 + 1;
            volume.set(Pos::new(x, y, z), Rgba::new(7, 7, 7, 90));
            if index % 100 == 0 {
                volume.set(Pos::new(x + 16, y, z), Rgba::new(1, 2, 3, alpha));
            }
            volume.set(Pos::new(x + 32, y, z), Rgba::new(1, 2, 3, alpha % 5 * 50));
            volume.set(Pos::new(x - 16, y, z), Rgba::new(index as u8, z as u8, 3, alpha));
        }
        volume
    }

    #[test]
    fn counts_and_removal_agree_with_a_look_at_every_voxel() {
        let work = Work::unbounded();
        for alphas in [1..=89, 90..=90, 91..=255, 1..=255] {
            let plain =
                volume().voxels().filter(|(_, rgba)| alphas.contains(&rgba.alpha())).count();
            assert_eq!(volume().count_alphas(&alphas, &work).unwrap(), plain as u64, "{alphas:?}");
        }
        for alpha_min in [0, 1, 2, 90, 91, 127, 255] {
            let mut kept = volume();
            let removed = kept.remove_alphas_below(alpha_min, &work).unwrap();
            let plain: Volume =
                volume().voxels().filter(|(_, rgba)| rgba.alpha() >= alpha_min).collect();
            assert_eq!(kept, plain, "{alpha_min}");
            assert_eq!(removed, volume().count() - plain.count(), "{alpha_min}");
        }
    }
}
