//! [`ReplacedTiles`]: what an edit of one layer replaced, tile by tile.
//!
//! They know what they take: whoever pushes them on the history, drops them or goes a step back need not
//! go through them.

use crate::volume::Patch;
use crate::{Result, TILE_UNITS, Tile, TilePos, Volume, Work};

/// What it costs to compare a tile with the one before it, in units of [`Work`].
const COMPARE_UNITS: u64 = 1024;

/// Tiles as they were.
#[derive(Debug)]
pub(crate) struct ReplacedTiles {
    bytes: usize,
    parts: Box<[(TilePos, Part)]>,
    /// What swapping them takes.
    units: u64,
}

#[derive(Debug)]
enum Part {
    Whole(Tile),
    /// The voxels that differ.
    Patch(Patch),
}

/// What it takes to put a tile in the place of another.
const WHOLE_UNITS: u64 = 4 * TILE_UNITS;
/// What it takes to put some voxels of a row in the places of others: it is read, written, and looked at.
const ROW_UNITS: u64 = 4 * TILE_UNITS;

impl ReplacedTiles {
    /// The tiles of `before` where `after` has others; of those that differ in few voxels, these.
    pub(crate) fn between(before: &Volume, after: &Volume, work: &Work<'_>) -> Result<Self> {
        let mut tiles = Vec::new();
        for at in before.changed_tiles(after) {
            work.spend(TILE_UNITS)?;
            tiles.push((at, before.tile(at).to_tile()));
        }
        Self::new(tiles, after, work)
    }

    /// These tiles, which `after` has others in the places of.
    pub(crate) fn new(
        tiles: Vec<(TilePos, Tile)>,
        after: &Volume,
        work: &Work<'_>,
    ) -> Result<Self> {
        let mut parts = Vec::with_capacity(tiles.len());
        for (at, tile) in tiles {
            if tile.uniform().is_none() {
                work.spend(COMPARE_UNITS)?;
            }
            let patch = Patch::between(&tile, after.tile(at));
            parts.push((at, patch.map_or(Part::Whole(tile), Part::Patch)));
        }
        let part = |(_, part): &(TilePos, Part)| match part {
            Part::Whole(_) => WHOLE_UNITS,
            Part::Patch(patch) => WHOLE_UNITS + patch.rows() as u64 * ROW_UNITS,
        };
        let units = parts.iter().map(part).sum();
        Ok(Self { bytes: bytes(&parts), units, parts: parts.into() })
    }

    /// Where they are.
    pub(crate) fn places(&self) -> impl Iterator<Item = TilePos> {
        self.parts.iter().map(|(at, _)| *at)
    }

    /// What they take on the heap.
    pub(crate) fn bytes(&self) -> usize {
        self.bytes
    }

    /// What swapping them takes, in units of [`crate::Work`].
    pub(crate) fn units(&self) -> u64 {
        self.units
    }

    /// Puts them into a volume, and holds what was there.
    pub(crate) fn swap(&mut self, volume: &mut Volume) {
        for (at, part) in &mut self.parts {
            match part {
                Part::Whole(tile) => *tile = volume.replace_tile(*at, std::mem::take(tile)),
                Part::Patch(patch) => volume.patch_tile(*at, patch),
            }
        }
        self.bytes = bytes(&self.parts);
    }
}

fn bytes(parts: &[(TilePos, Part)]) -> usize {
    let part = |part: &Part| match part {
        Part::Whole(tile) => tile.heap_bytes(),
        Part::Patch(patch) => patch.heap_bytes(),
    };
    size_of::<ReplacedTiles>()
        + size_of_val(parts)
        + parts.iter().map(|(_, of_tile)| part(of_tile)).sum::<usize>()
}
