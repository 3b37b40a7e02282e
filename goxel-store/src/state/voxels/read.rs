//! [`VoxelReader`]: reads blocks of tiles, and puts these where they are.

use goxel_core::{Layer, PagePos, TILE_VOXELS, Tile, TilePos, Volume};
use goxel_proto::types::Rgba;

use super::{NO_MORE_PAGES, PAGE_FOLLOWS, PAGE_TILES, PATCH_VOXELS_MAX, kind};
use crate::state::StateError;
use crate::state::blocks::take_block;
use crate::state::bytes::Taker;
use crate::state::tile::{take_gap, take_tile};

/// What a page takes at the most before there is a tile in it: nodes on the way to it, where others
/// share none of them.
const PAGE_BYTES: u64 = 8 << 10;
/// What a block of tiles takes, in which one is, and the blocks of a page.
const BLOCK_BYTES: u64 = 272;
const PAGE_BLOCKS: u64 = 32;
/// What a tile takes at the most.
const TILE_BYTES: u64 = 4 * TILE_VOXELS as u64 + 1024;
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

    fn spend(&mut self, bytes: u64, from: &Taker<'_>) -> Result<()> {
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
struct PageChange {
    at: PagePos,
    tiles: Vec<(usize, Tile)>,
    /// The colour of all of it, where that is what it becomes.
    uniform: Option<Rgba>,
}

impl VoxelReader {
    pub(in crate::state) fn new(budget: Budget) -> Self {
        Self { tiles: Vec::new(), fresh: 0, budget }
    }

    /// Reads a block of tiles.
    pub(in crate::state) fn take_tiles(&mut self, from: &mut Taker<'_>, name: &str) -> Result<()> {
        let start = from.offset();
        let raw = take_block(from)?;
        let mut tiles = Taker::new(name, 0, &raw);
        while !tiles.is_empty() {
            let tile = take_tile(&mut tiles).map_err(|error| at_block(error, start))?;
            self.budget.spend((tile.heap_bytes() + size_of::<Tile>()) as u64, from)?;
            self.tiles.push(tile);
        }
        Ok(())
    }

    /// Reads where tiles are, and puts them there. A layer may begin with the voxels of one `before`.
    pub(in crate::state) fn take_places(
        &mut self,
        from: &mut Taker<'_>,
        layers: &mut [Layer],
        before: &[Layer],
    ) -> Result<()> {
        while !from.is_empty() {
            let (id, base) = (take_id(from)?, take_id(from)?);
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
        loop {
            match from.u8()? {
                NO_MORE_PAGES => return Ok(()),
                PAGE_FOLLOWS => {}
                _ => return Err(from.damaged("neither a page nor the end of them")),
            }
            for axis in &mut last {
                let moved = from.signed()?.checked_add((*axis).into());
                let moved = moved.and_then(|moved| i32::try_from(moved).ok());
                *axis =
                    moved.ok_or_else(|| from.damaged("a page out of the range of positions"))?;
            }
            let at = PagePos(last);
            if !at.is_in_range() {
                return Err(from.damaged("a page out of the range of positions"));
            }
            let page = self.take_page(at, from, volume)?;
            let blocks = BLOCK_BYTES * PAGE_BLOCKS.min(page.tiles.len() as u64);
            self.budget.spend(PAGE_BYTES + blocks, from)?;
            page.put(volume);
        }
    }

    fn take_page(
        &mut self,
        at: PagePos,
        from: &mut Taker<'_>,
        volume: &Volume,
    ) -> Result<PageChange> {
        let mut page = PageChange { at, tiles: Vec::new(), uniform: None };
        let mut index = 0;
        while index < PAGE_TILES {
            let run = from.varint()?;
            let (kind, count) = (run & ((1 << kind::BITS) - 1), run >> kind::BITS);
            if (kind, count) == (kind::KEPT, 0) {
                break;
            }
            if kind == kind::PATCH {
                self.budget.spend(TILE_BYTES, from)?;
                let tile = volume.tile(TilePos::in_page(at, index)).to_tile();
                page.tiles.push((index, patched(tile, count, from)?));
                index += 1;
                continue;
            }
            let count = usize::try_from(count).ok().filter(|&n| n > 0 && n <= PAGE_TILES - index);
            let count = count.ok_or_else(|| from.damaged("a run past the end of its page"))?;
            let places = index..index + count;
            index += count;
            match kind {
                kind::KEPT => {}
                kind::FRESH => {
                    let end = self.fresh + count;
                    let tiles = self.tiles.get(self.fresh..end);
                    let tiles = tiles.ok_or_else(|| from.damaged("a tile that is not there"))?;
                    page.tiles.extend(places.zip(tiles.iter().cloned()));
                    self.fresh = end;
                }
                kind::AGAIN => {
                    let tile = self.again(from)?;
                    page.tiles.extend(places.map(|place| (place, tile.clone())));
                }
                kind::UNIFORM => {
                    let rgba = Rgba(from.u32()?.to_le_bytes());
                    if rgba != rgba.normalised() {
                        return Err(from.damaged("a colour of alpha 0 that is not the empty one"));
                    }
                    if count == PAGE_TILES {
                        page.uniform = Some(rgba);
                    } else {
                        page.tiles.extend(places.map(|place| (place, Tile::Uniform(rgba))));
                    }
                }
                _ => return Err(from.damaged("a run of a kind that nobody knows")),
            }
        }
        Ok(page)
    }

    /// A tile that came before.
    fn again(&self, from: &mut Taker<'_>) -> Result<Tile> {
        let back = from.varint()?;
        let number = usize::try_from(back).ok().and_then(|back| self.fresh.checked_sub(back));
        let tile = number.filter(|&number| number < self.fresh);
        let tile = tile.and_then(|number| self.tiles.get(number));
        tile.cloned().ok_or_else(|| from.damaged("a tile that did not come before"))
    }
}

/// The error of a tile at the block that it is in: places in what was inflated are none in the file.
fn at_block(error: StateError, offset: u64) -> StateError {
    match error {
        StateError::Damaged { section, what, .. } => StateError::Damaged { section, offset, what },
        other => other,
    }
}

fn take_id(from: &mut Taker<'_>) -> Result<u32> {
    u32::try_from(from.varint()?).map_err(|_| from.damaged("an id of more than 32 bits"))
}

/// The tile with other voxels.
fn patched(mut tile: Tile, count: u64, from: &mut Taker<'_>) -> Result<Tile> {
    if count == 0 || count > PATCH_VOXELS_MAX as u64 {
        return Err(from.damaged("a patch of no voxels, or of more than there may be"));
    }
    let mut next = 0;
    for _ in 0..count {
        let index = take_gap(from, next)?;
        tile.set(index.into(), Rgba(from.u32()?.to_le_bytes()));
        next = index + 1;
    }
    Ok(tile)
}

impl PageChange {
    fn put(self, volume: &mut Volume) {
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
