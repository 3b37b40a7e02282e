//! FloodFill fill: the voxels that are connected with one, from tile to tile.
//!
//! A tile is filled by rows of sixteen bits. The neighbours of what a row newly holds are seeds of
//! the rows around it; seeds in other tiles wait there until it is their turn. So a solid block costs
//! a few operations for sixteen voxels, and memory goes by the tiles that are reached.

use goxel_proto::types::{Aabb, Connectivity, LayerRef, Pos, Rgba};
use hashbrown::HashMap;
use hashbrown::hash_map::Entry as Slot;

use super::Effect;
use crate::mask::{Mask, ROWS};
use crate::neighbourhood::{for_each_neighbour_row, slot_of, tile_at};
use crate::volume::{TILE_EDGE, TILE_VOXELS, TilePos, TileRef, Volume, voxel_index};
use crate::{Error, Project, Result, Work, limits};

/// Which voxels a flood fill reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FloodFill {
    /// Where it begins.
    pub start: Pos,
    /// How far each channel may be from the colour at the start.
    pub tolerance: u8,
    /// Which voxels are connected.
    pub connectivity: Connectivity,
    /// It stays inside of this box. Without one, a flood of empty space must be enclosed.
    pub bounds: Option<Aabb>,
}

impl Project {
    /// Colours what a flood fill reaches.
    pub(super) fn flood(
        &mut self,
        layer: LayerRef,
        flood: &FloodFill,
        rgba: Rgba,
        work: &Work<'_>,
    ) -> Result<Effect> {
        let reached = flood.reach(&self.layer(layer)?.volume, work)?;
        let places: Vec<TilePos> = reached.keys().copied().collect();
        let mask =
            |at: TilePos, _: TileRef<'_>| reached.get(&at).map_or(Mask::EMPTY, Reached::filled);
        self.paint_masks(layer, &places, rgba, work, mask)
    }
}

impl FloodFill {
    /// The voxels that the flood reaches, by tile.
    fn reach(&self, volume: &Volume, work: &Work<'_>) -> Result<Fills> {
        let target = volume.get(self.start);
        // Empty space outside of everything has no end: a flood that gets there is refused.
        let inside = match self.bounds {
            None if target.is_empty() => volume.bounds_within(work)?.unwrap_or_default(),
            _ => Aabb::EVERYTHING,
        };
        let bounds = self.bounds.unwrap_or_else(|| grown(&inside));
        if !bounds.contains(self.start) {
            return Err(match self.bounds {
                Some(_) => Error::OutOfBounds(self.start.to_array()),
                None => Error::OpenSpace(self.start.to_array()),
            });
        }
        let (tiles, whole) = (HashMap::default(), TileFill::around_whole(self.connectivity));
        let mut fill = Fill { flood: self, volume, target, bounds, tiles, whole };
        let mut queue = vec![fill.begin()];
        while let Some(at) = queue.pop() {
            let fresh = fill.tile(at, &mut queue);
            if !fresh.is_subset_of(&Mask::within(at, &inside)) {
                return Err(Error::OpenSpace(self.start.to_array()));
            }
            work.spend(VISIT_UNITS)?;
            if fill.tiles.len() > limits::FLOOD_TILES_MAX {
                return Err(Error::FloodTooLarge);
            }
        }
        Ok(fill.tiles)
    }
}

/// A box one voxel larger to all sides.
fn grown(aabb: &Aabb) -> Aabb {
    let grown = Aabb { min: aabb.min.map(|low| low - 1), max: aabb.max.map(|high| high + 1) };
    grown.intersection(&Aabb::EVERYTHING)
}

/// A tile that the fill has come to.
struct TileFill {
    /// What may still be filled.
    fillable: Mask,
    /// What was filled.
    filled: Mask,
    /// Fillable neighbours of what was filled in other tiles.
    seeds: Mask,
    /// Whether it waits in the queue.
    queued: bool,
}

/// What became of a tile. Most tiles of a large flood are filled at once, and then take none of the
/// 1.6 KB of the others.
enum Reached {
    /// It is filled to its sides.
    Whole,
    /// It is filled in parts.
    Part(Box<TileFill>),
}

impl Reached {
    fn filled(&self) -> Mask {
        match self {
            Self::Whole => Mask::FULL,
            Self::Part(tile) => tile.filled.clone(),
        }
    }
}

/// The tiles that a fill has come to.
type Fills = HashMap<TilePos, Reached, foldhash::fast::RandomState>;

/// What filling a tile from its seeds costs, in [`Work`]'s units.
const VISIT_UNITS: u64 = TILE_VOXELS as u64 / 2;

/// The neighbours of what was filled that lie in the tiles around, by [`slot_of`].
type SeedsAround = [Option<Box<Mask>>; 27];

impl TileFill {
    /// The neighbours of a tile that is filled to its sides.
    fn around_whole(connectivity: Connectivity) -> SeedsAround {
        let whole = Mask::FULL;
        let mut tile =
            Self { fillable: whole.clone(), filled: Mask::EMPTY, seeds: whole, queued: true };
        tile.grow(connectivity).1
    }

    /// Fills what is connected with the seeds. Returns what is new, and the seeds of other tiles.
    fn grow(&mut self, connectivity: Connectivity) -> (Mask, SeedsAround) {
        self.queued = false;
        let mut seeds = std::mem::replace(&mut self.seeds, Mask::EMPTY);
        let mut fresh = Mask::EMPTY;
        let mut around = SeedsAround::default();
        let mut rows: Vec<usize> = (0..ROWS).filter(|&row| seeds.0[row] != 0).collect();
        while let Some(row) = rows.pop() {
            let bits = grown_runs(std::mem::take(&mut seeds.0[row]), self.fillable.0[row]);
            self.fillable.0[row] &= !bits;
            fresh.0[row] |= bits;
            for_each_neighbour_row(connectivity, row, bits, |near| {
                if near.tile != [0; 3] {
                    let mask = &mut around[slot_of(near.tile)];
                    let mask = mask.get_or_insert_with(|| Box::new(Mask::EMPTY));
                    mask.0[near.row] |= near.bits;
                    return;
                }
                let new = near.bits & self.fillable.0[near.row];
                if new != 0 && seeds.0[near.row] == 0 {
                    rows.push(near.row);
                }
                seeds.0[near.row] |= new;
            });
        }
        self.filled.0.iter_mut().zip(&fresh.0).for_each(|(row, fresh)| *row |= fresh);
        (fresh, around)
    }
}

/// A flood fill under way.
struct Fill<'a> {
    flood: &'a FloodFill,
    volume: &'a Volume,
    target: Rgba,
    bounds: Aabb,
    tiles: Fills,
    /// What [`TileFill::around_whole`] says: most tiles of a large flood are filled at once.
    whole: SeedsAround,
}

impl Fill<'_> {
    /// Whether the fill goes through a voxel of this colour.
    fn is_meant(&self, rgba: Rgba) -> bool {
        if self.target.is_empty() || rgba.is_empty() {
            return self.target.is_empty() && rgba.is_empty();
        }
        let near = |(a, b): (&u8, &u8)| a.abs_diff(*b) <= self.flood.tolerance;
        self.target.0.iter().zip(&rgba.0).all(near)
    }

    /// The tile at `at`, made where the fill was not there yet; `None` where it is whole.
    fn part(&mut self, at: TilePos) -> Option<&mut TileFill> {
        let mut fillable = Mask::EMPTY;
        if !self.tiles.contains_key(&at) {
            fillable = Mask::of(self.volume.tile(at), |rgba| self.is_meant(rgba));
            fillable.intersect(&Mask::within(at, &self.bounds));
        }
        let reached = match self.tiles.entry(at) {
            Slot::Occupied(known) => known.into_mut(),
            Slot::Vacant(free) => {
                let [filled, seeds] = [Mask::EMPTY, Mask::EMPTY];
                let tile = TileFill { fillable, filled, seeds, queued: false };
                free.insert(Reached::Part(Box::new(tile)))
            }
        };
        match reached {
            Reached::Whole => None,
            Reached::Part(tile) => Some(tile),
        }
    }

    /// Sows the first seed. Returns its tile.
    fn begin(&mut self) -> TilePos {
        let at = TilePos::of(self.flood.start);
        let index = voxel_index(self.flood.start);
        if let Some(tile) = self.part(at) {
            tile.seeds.0[index / TILE_EDGE] = 1 << (index % TILE_EDGE);
            tile.queued = true;
        }
        at
    }

    /// Fills a tile from its seeds, and sows those of its neighbours. Returns what is new.
    fn tile(&mut self, at: TilePos, queue: &mut Vec<TilePos>) -> Mask {
        let connectivity = self.flood.connectivity;
        let Some(tile) = self.part(at) else { return Mask::EMPTY };
        if tile.fillable == Mask::FULL {
            self.tiles.insert(at, Reached::Whole);
            let whole = std::mem::take(&mut self.whole);
            self.sow_around(at, &whole, queue);
            self.whole = whole;
            return Mask::FULL;
        }
        let (fresh, around) = tile.grow(connectivity);
        self.sow_around(at, &around, queue);
        fresh
    }

    /// Sows the seeds that were found around a tile.
    fn sow_around(&mut self, at: TilePos, around: &SeedsAround, queue: &mut Vec<TilePos>) {
        for (slot, seeds) in around.iter().enumerate() {
            if let Some(seeds) = seeds {
                self.sow(tile_at(at, slot as i32), seeds, queue);
            }
        }
    }

    /// Adds seeds to the tile at `at`, as far as they can be filled, and queues it.
    fn sow(&mut self, at: TilePos, new: &Mask, queue: &mut Vec<TilePos>) {
        // Past the end of all positions there is nothing.
        if at.aabb().intersection(&self.bounds).is_empty() {
            return;
        }
        let Some(tile) = self.part(at) else { return };
        let mut any = 0;
        for ((seeds, fillable), new) in tile.seeds.0.iter_mut().zip(&tile.fillable.0).zip(&new.0) {
            *seeds |= fillable & new;
            any |= fillable & new;
        }
        if any != 0 && !std::mem::replace(&mut tile.queued, true) {
            queue.push(at);
        }
    }
}

/// The runs of `fillable` that `seeds` lie in.
fn grown_runs(seeds: u16, fillable: u16) -> u16 {
    let mut bits = seeds & fillable;
    loop {
        let wider = (bits | bits << 1 | bits >> 1) & fillable;
        if wider == bits {
            return bits;
        }
        bits = wider;
    }
}
