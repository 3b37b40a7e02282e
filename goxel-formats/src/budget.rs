//! [`Builder`]: fills a volume from a file, within the [`Budget`] of that file.
//!
//! A few bytes of a file can name a lot of voxels: a block that is used again, an instance of a
//! model, a clone of a layer. So readers put voxels into volumes through here only.

use std::collections::HashSet;

use goxel_core::{
    Executor, PagePos, TILE_EDGE, TILE_VOXELS, Tile, TilePos, Volume, Work, index_in_tile,
};
use goxel_proto::types::{Pos, Rgba};

use crate::limits::{MEMORY_BYTES_MAX, MEMORY_BYTES_MIN, MEMORY_PER_FILE_BYTE, PLACED_VOXELS_MAX};
use crate::{Error, Result};

/// What a page of tile handles takes: 512 handles of two words.
const PAGE_BYTES: u64 = 512 * size_of::<Tile>() as u64;

/// What is left to spend while one file is read.
#[derive(Debug)]
pub(crate) struct Budget<'w> {
    bytes: u64,
    voxels: u64,
    work: &'w Work<'w>,
}

impl<'w> Budget<'w> {
    /// What a file of so many bytes may spend, as part of `work`.
    pub(crate) fn for_file(length: usize, work: &'w Work<'w>) -> Self {
        let bytes = MEMORY_BYTES_MIN.saturating_add(MEMORY_PER_FILE_BYTE * length as u64);
        Self { bytes: bytes.min(MEMORY_BYTES_MAX), voxels: PLACED_VOXELS_MAX, work }
    }

    /// Who carries out what can be done by several at once.
    pub(crate) fn executor(&self) -> &'w dyn Executor {
        self.work.executor()
    }

    /// Pays for memory. A tile's is filled in as long a time as it takes to visit all of it.
    pub(crate) fn spend_bytes(&mut self, bytes: u64) -> Result<()> {
        self.bytes = self.bytes.checked_sub(bytes).ok_or_else(|| {
            Error::TooLarge("the voxels take more memory than a file of its size may".to_owned())
        })?;
        Ok(self.work.spend(bytes)?)
    }

    /// Pays for work.
    pub(crate) fn spend_voxels(&mut self, voxels: u64) -> Result<()> {
        self.voxels = self.voxels.checked_sub(voxels).ok_or_else(|| {
            Error::TooLarge(format!("more than {PLACED_VOXELS_MAX} voxels are placed"))
        })?;
        Ok(self.work.spend(voxels)?)
    }
}

/// A volume that is being read.
#[derive(Debug)]
pub(crate) struct Builder<'a, 'w> {
    volume: Volume,
    pages: HashSet<PagePos>,
    budget: &'a mut Budget<'w>,
}

impl<'a, 'w> Builder<'a, 'w> {
    pub(crate) fn new(budget: &'a mut Budget<'w>) -> Self {
        Self { volume: Volume::new(), pages: HashSet::new(), budget }
    }

    /// The volume.
    pub(crate) fn finish(self) -> Volume {
        self.volume
    }

    /// Puts a new tile in its place.
    pub(crate) fn place(&mut self, at: TilePos, tile: Tile) -> Result<()> {
        let bytes = tile.heap_bytes();
        let old = self.place_shared(at, tile)?;
        self.budget.spend_bytes(bytes.saturating_sub(old.heap_bytes()) as u64)
    }

    /// Puts a tile in its place whose memory is paid for already. Returns the one before.
    fn place_shared(&mut self, at: TilePos, tile: Tile) -> Result<Tile> {
        self.budget.spend_voxels(TILE_VOXELS as u64)?;
        if !tile.is_empty() && self.pages.insert(at.split().0) {
            self.budget.spend_bytes(PAGE_BYTES)?;
        }
        Ok(self.volume.replace_tile(at, tile))
    }

    /// Writes the 16 cubed voxels of `tile` with their lowest corner at `min`, empty ones too.
    /// Where that is the corner of a tile, the storage stays shared.
    /// Returns whether the whole tile is in the range of positions; if not, nothing is written.
    pub(crate) fn blit(&mut self, min: Pos, tile: &Tile) -> Result<bool> {
        let last = TILE_EDGE as i32 - 1;
        let Some(max) = min.checked_add(Pos::new(last, last, last)) else {
            return Ok(false);
        };
        let (first, last) = (TilePos::of(min), TilePos::of(max));
        if first == last {
            self.place_shared(first, tile.clone())?;
            return Ok(true);
        }
        for z in first.0[2]..=last.0[2] {
            for y in first.0[1]..=last.0[1] {
                for x in first.0[0]..=last.0[0] {
                    self.blit_part(TilePos([x, y, z]), min, tile)?;
                }
            }
        }
        Ok(true)
    }

    /// Writes the part of a tile at `min` that falls into the tile at `at`, a row at a time.
    fn blit_part(&mut self, at: TilePos, min: Pos, tile: &Tile) -> Result<()> {
        let edge = TILE_EDGE as i64;
        let shift = [0, 1, 2]
            .map(|axis| i64::from(min.to_array()[axis]) - i64::from(at.min().to_array()[axis]));
        let below = self.volume.tile(at);
        if tile.is_empty() && below.uniform() == Some(Rgba::EMPTY) {
            return Ok(());
        }
        let mut voxels = below.to_tile().to_dense();
        // Where the two meet, in coordinates of the target.
        let [xs, ys, zs] = shift.map(|shift| shift.max(0)..(shift + edge).min(edge));
        for z in zs {
            for y in ys.clone() {
                for x in xs.clone() {
                    let source = [x - shift[0], y - shift[1], z - shift[2]].map(|c| c as usize);
                    let from = index_in_tile(source[0], source[1], source[2]);
                    voxels[index_in_tile(x as usize, y as usize, z as usize)] = tile.get(from);
                }
            }
        }
        self.place(at, Tile::from_dense(&voxels))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blits_fall_where_they_should() {
        let mut source = Tile::EMPTY;
        for index in (0..TILE_VOXELS).step_by(7) {
            source.set(index, Rgba::opaque(index as u8, (index >> 8) as u8, 1));
        }
        for min in [Pos::new(0, 0, 0), Pos::new(-15, 3, 16), Pos::new(1, -1, -32)] {
            let work = Work::unbounded();
            let mut budget = Budget::for_file(0, &work);
            let mut builder = Builder::new(&mut budget);
            assert!(builder.blit(min, &source).unwrap());
            let volume = builder.finish();
            assert_eq!(volume.count(), source.count() as u64);
            for (index, rgba) in source.voxels() {
                let pos = min.checked_add(TilePos([0; 3]).voxel(index)).unwrap();
                assert_eq!(volume.get(pos), rgba);
            }
        }
    }

    #[test]
    fn the_end_of_the_range_and_of_the_budget_are_met_without_harm() {
        let (bytes, voxels) = (PAGE_BYTES + 100, 2 * TILE_VOXELS as u64);
        let mut budget = Budget { bytes, voxels, work: &Work::unbounded() };
        let mut builder = Builder::new(&mut budget);
        let white = Tile::Uniform(Rgba::WHITE);
        assert!(!builder.blit(Pos::new(i32::MAX - 14, 0, 0), &white).unwrap());
        assert!(builder.blit(Pos::new(i32::MAX - 15, 0, 0), &white).unwrap());
        assert!(matches!(builder.blit(Pos::ZERO, &white), Err(Error::TooLarge(_))));
    }
}
