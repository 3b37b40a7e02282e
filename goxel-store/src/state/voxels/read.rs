//! [`VoxelReader`]: reads blocks of tiles, and puts these where they are.

use std::ops::Range;

use goxel_core::{Layer, PagePos, TILE_VOXELS, Tile, TilePos, Volume};
use goxel_proto::types::Rgba;

use super::PAGE_TILES;
use super::runs::{Run, take_page_pos, take_patch, take_record, take_runs};
use crate::state::StateError;
use crate::state::blocks::take_block;
use crate::state::bytes::Taker;
use crate::state::tile::take_tile;

/// What a page takes at the most before there is a tile in it: nodes on the way to it, where others
/// share none of them.
const PAGE_BYTES: u64 = 8 << 10;
/// What a block of tiles takes, in which one is, and the blocks of a page.
const BLOCK_BYTES: u64 = 272;
const PAGE_BLOCKS: u64 = 32;
/// What a tile takes at the most.
pub(in crate::state) const TILE_BYTES: u64 = 4 * TILE_VOXELS as u64 + 1024;
/// Tiles that are put one by one; where there are more, the page is put as a whole.
const ONE_BY_ONE_MAX: usize = 16;

type Result<T> = std::result::Result<T, StateError>;

/// How much memory may be taken.
pub(in crate::state) struct Budget {
    left: u64,
    max: u64,
}

impl Budget {
    pub(in crate::state) fn new(max: u64) -> Self {
        Self { left: max, max }
    }

    pub(in crate::state) fn spend(&mut self, bytes: u64, from: &Taker<'_>) -> Result<()> {
        let left = self.left.checked_sub(bytes);
        self.left = left.ok_or_else(|| from.too_large(self.max))?;
        Ok(())
    }
}

/// Reads voxels into layers.
pub(in crate::state) struct VoxelReader {
    tiles: Vec<Tile>,
    /// The number of the tile that comes next for the first time.
    fresh: usize,
    budget: Budget,
}

/// What is put into a page.
pub(in crate::state) struct PageChange {
    at: PagePos,
    pub(in crate::state) tiles: Vec<(usize, Tile)>,
    /// The colour of all of it, where that is what it becomes.
    uniform: Option<Rgba>,
}

impl VoxelReader {
    pub(in crate::state) fn new(budget: Budget) -> Self {
        Self { tiles: Vec::new(), fresh: 0, budget }
    }

    /// Reads a block of tiles.
    pub(in crate::state) fn take_tiles(&mut self, from: &mut Taker<'_>, name: &str) -> Result<()> {
        take_tiles(from, name, &mut self.budget, &mut self.tiles)
    }

    /// Reads where tiles are, and puts them there. A layer may begin with the voxels of one `before`.
    pub(in crate::state) fn take_places(
        &mut self,
        from: &mut Taker<'_>,
        layers: &mut [Layer],
        before: &[Layer],
    ) -> Result<()> {
        while !from.is_empty() {
            let (id, base) = take_record(from)?;
            let find = |layers: &[Layer], id: u32| {
                let found = layers.iter().position(|layer| layer.id.0 == id);
                found.ok_or(StateError::UnknownLayer { layer: id })
            };
            let index = find(layers, id)?;
            if base != 0 {
                layers[index].volume = before[find(before, base)?].volume.clone();
            }
            self.take_pages(from, &mut layers[index].volume)?;
        }
        Ok(())
    }

    fn take_pages(&mut self, from: &mut Taker<'_>, volume: &mut Volume) -> Result<()> {
        let mut last = [0_i32; 3];
        while let Some(at) = take_page_pos(from, &mut last)? {
            let page = self.take_page(at, from, volume)?;
            self.budget.spend(page.node_bytes(), from)?;
            page.put(volume);
        }
        Ok(())
    }

    fn take_page(
        &mut self,
        at: PagePos,
        from: &mut Taker<'_>,
        volume: &Volume,
    ) -> Result<PageChange> {
        let mut page = PageChange::new(at);
        take_runs(from, |run, places, from| {
            match run {
                Run::Kept => {}
                Run::Fresh => {
                    let end = self.fresh + places.len();
                    let tiles = self.tiles.get(self.fresh..end);
                    let tiles = tiles.ok_or_else(|| from.damaged("a tile that is not there"))?;
                    page.tiles.extend(places.zip(tiles.iter().cloned()));
                    self.fresh = end;
                }
                Run::Again(back) => {
                    let tile = self.again(back, from)?;
                    page.tiles.extend(places.map(|place| (place, tile.clone())));
                }
                Run::Uniform(rgba) => page.fill(places, rgba),
                Run::Patch(count) => {
                    self.budget.spend(TILE_BYTES, from)?;
                    let index = places.start;
                    let mut tile = volume.tile(TilePos::in_page(at, index)).to_tile();
                    take_patch(count, from, |at, rgba| _ = tile.set(at, rgba))?;
                    page.tiles.push((index, tile));
                }
            }
            Ok(())
        })?;
        Ok(page)
    }

    /// A tile that came before.
    fn again(&self, back: u64, from: &Taker<'_>) -> Result<Tile> {
        let number = usize::try_from(back).ok().and_then(|back| self.fresh.checked_sub(back));
        let tile = number.filter(|&number| number < self.fresh);
        let tile = tile.and_then(|number| self.tiles.get(number));
        tile.cloned().ok_or_else(|| from.damaged("a tile that did not come before"))
    }
}

/// Reads a block of tiles.
pub(in crate::state) fn take_tiles(
    from: &mut Taker<'_>,
    name: &str,
    budget: &mut Budget,
    into: &mut Vec<Tile>,
) -> Result<()> {
    let start = from.offset();
    let raw = take_block(from)?;
    let mut tiles = Taker::new(name, 0, &raw);
    while !tiles.is_empty() {
        let tile = take_tile(&mut tiles).map_err(|error| at_block(error, start))?;
        budget.spend((tile.heap_bytes() + size_of::<Tile>()) as u64, from)?;
        into.push(tile);
    }
    Ok(())
}

/// The error of a tile at the block that it is in: places in what was inflated are none in the file.
fn at_block(error: StateError, offset: u64) -> StateError {
    match error {
        StateError::Damaged { section, what, .. } => StateError::Damaged { section, offset, what },
        other => other,
    }
}

impl PageChange {
    pub(in crate::state) fn new(at: PagePos) -> Self {
        Self { at, tiles: Vec::new(), uniform: None }
    }

    /// These tiles are of one colour.
    pub(in crate::state) fn fill(&mut self, places: Range<usize>, rgba: Rgba) {
        if places.len() == PAGE_TILES {
            self.uniform = Some(rgba);
        } else {
            self.tiles.extend(places.map(|place| (place, Tile::Uniform(rgba))));
        }
    }

    /// What the page takes beside its tiles.
    pub(in crate::state) fn node_bytes(&self) -> u64 {
        PAGE_BYTES + BLOCK_BYTES * PAGE_BLOCKS.min(self.tiles.len() as u64)
    }

    pub(in crate::state) fn put(self, volume: &mut Volume) {
        let at = self.at;
        if let Some(rgba) = self.uniform {
            volume.replace_uniform_page(at, rgba);
        } else if self.tiles.len() <= ONE_BY_ONE_MAX {
            for (index, tile) in self.tiles {
                volume.replace_tile(TilePos::in_page(at, index), tile);
            }
        } else {
            let there = |index| volume.tile(TilePos::in_page(at, index)).to_tile();
            let mut tiles: Box<[Tile; PAGE_TILES]> = Box::new(std::array::from_fn(there));
            self.tiles.into_iter().for_each(|(index, tile)| tiles[index] = tile);
            volume.replace_page(at, tiles);
        }
    }
}
