//! Moving a volume by whole tiles, of which nothing is copied but handles.

use super::Volume;
use super::pos::{PAGE_EDGE, PagePos, TilePos};
use crate::{Result, TILE_UNITS, Work};

/// What it takes to hand on a tile into a volume that does not have it: its head and palette come from
/// memory.
const MOVED_UNITS: u64 = 512;

impl Volume {
    /// The same voxels so many tiles further; nothing of them is copied. No voxel may leave the range
    /// of positions.
    pub(crate) fn shifted(&self, by: [i32; 3], work: &Work<'_>) -> Result<Self> {
        let mut shifted = Self::new();
        let by_pages = by.map(|axis| axis / PAGE_EDGE as i32);
        if by_pages.map(|axis| axis * PAGE_EDGE as i32) == by {
            for (PagePos(at), page) in self.root.pages() {
                work.spend(TILE_UNITS)?;
                let at = PagePos([0, 1, 2].map(|axis| at[axis] + by_pages[axis]));
                *shifted.root.page_mut(at) = page.clone();
            }
            shifted.count = self.count;
            shifted.bytes = self.bytes;
            return Ok(shifted);
        }
        for (TilePos(at), tile) in self.tiles() {
            work.spend(MOVED_UNITS)?;
            let at = TilePos([0, 1, 2].map(|axis| at[axis] + by[axis]));
            shifted.replace_tile(at, tile.to_tile());
        }
        Ok(shifted)
    }
}
