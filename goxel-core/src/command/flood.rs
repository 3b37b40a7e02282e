//! Flood fill: the voxels that hang together with one, from tile to tile.
//!
//! A tile is worked on as rows of sixteen bits. What a row newly holds is offered to the rows
//! around it; what leaves the tile is put down as seeds of its neighbours, which are worked on in
//! turn. So a solid block costs a few operations for sixteen voxels, and memory goes by the tiles
//! that are reached.

use goxel_proto::types::{Aabb, Connectivity, LayerRef, Pos, Rgba};
use hashbrown::HashMap;
use hashbrown::hash_map::Entry as Slot;

use super::Effect;
use crate::mask::{Mask, ROWS};
use crate::surroundings::for_each_offer;
use crate::volume::{TILE_EDGE, TilePos, Volume, voxel_index};
use crate::{Error, Project, Result, limits};

/// What a flood goes through, and how far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flood {
    /// Where it begins.
    pub start: Pos,
    /// How far each channel may be from the colour at the start.
    pub tolerance: u8,
    /// Which voxels count as neighbours.
    pub connectivity: Connectivity,
    /// It stays inside of this box. Without one, a flood of empty space must be enclosed.
    pub bounds: Option<Aabb>,
}

impl Project {
    /// Colours what a flood reaches.
    pub(super) fn flood(&mut self, layer: LayerRef, flood: &Flood, rgba: Rgba) -> Result<Effect> {
        let parts = flood.reach(&self.layer(layer)?.volume)?;
        self.paint_parts(layer, &parts, rgba)
    }
}

impl Flood {
    /// The voxels that the flood reaches, by tile.
    fn reach(&self, volume: &Volume) -> Result<Vec<(TilePos, Mask)>> {
        let target = volume.get(self.start);
        // Empty space outside of everything has no end: a flood that gets there is refused.
        let inside = match self.bounds {
            None if target.is_empty() => volume.bounds().unwrap_or_default(),
            _ => Aabb::EVERYTHING,
        };
        let bounds = self.bounds.unwrap_or_else(|| grown(&inside));
        if !bounds.contains(self.start) {
            return Err(match self.bounds {
                Some(_) => Error::OutOfBounds(self.start.to_array()),
                None => Error::OpenSpace(self.start.to_array()),
            });
        }
        let mut run = Run { flood: self, volume, target, bounds, cells: HashMap::default() };
        let mut queue = vec![run.begin()];
        let mut count = 0;
        while let Some(at) = queue.pop() {
            let fresh = run.spread(at, &mut queue);
            if !fresh.is_inside(&Mask::within(at, &inside)) {
                return Err(Error::OpenSpace(self.start.to_array()));
            }
            count += fresh.count();
            if count > limits::FLOOD_VOXELS_MAX {
                return Err(Error::FloodTooLarge);
            }
        }
        let reached = run.cells.into_iter().map(|(at, cell)| (at, cell.filled));
        Ok(reached.filter(|(_, mask)| *mask != Mask::EMPTY).collect())
    }
}

/// A box one voxel larger to all sides.
fn grown(aabb: &Aabb) -> Aabb {
    let grown = Aabb { min: aabb.min.map(|low| low - 1), max: aabb.max.map(|high| high + 1) };
    grown.intersection(&Aabb::EVERYTHING)
}

/// A tile that the flood came to.
struct Cell {
    /// What may still be filled.
    open: Mask,
    /// What was filled.
    filled: Mask,
    /// What the neighbours offer.
    seeds: Mask,
    queued: bool,
}

/// What a tile offers to those around it, by [`slot`].
type Offers = [Option<Box<Mask>>; 27];

impl Cell {
    /// Fills what hangs together with the seeds. Returns what is new, and what leaves the tile.
    fn spread(&mut self, reach: Connectivity) -> (Mask, Offers) {
        self.queued = false;
        let mut seeds = std::mem::replace(&mut self.seeds, Mask::EMPTY);
        let mut fresh = Mask::EMPTY;
        let mut offers = Offers::default();
        let mut rows: Vec<usize> = (0..ROWS).filter(|&row| seeds.0[row] != 0).collect();
        while let Some(row) = rows.pop() {
            let bits = run_of(std::mem::take(&mut seeds.0[row]), self.open.0[row]);
            self.open.0[row] &= !bits;
            fresh.0[row] |= bits;
            for_each_offer(reach, row, bits, |offer| {
                if offer.tile != [0; 3] {
                    let offered = &mut offers[slot(offer.tile)];
                    let mask = offered.get_or_insert_with(|| Box::new(Mask::EMPTY));
                    mask.0[offer.row] |= offer.bits;
                    return;
                }
                let wanted = offer.bits & self.open.0[offer.row];
                if wanted != 0 && seeds.0[offer.row] == 0 {
                    rows.push(offer.row);
                }
                seeds.0[offer.row] |= wanted;
            });
        }
        self.filled.0.iter_mut().zip(&fresh.0).for_each(|(row, fresh)| *row |= fresh);
        (fresh, offers)
    }
}

struct Run<'a> {
    flood: &'a Flood,
    volume: &'a Volume,
    target: Rgba,
    bounds: Aabb,
    cells: HashMap<TilePos, Cell, foldhash::fast::RandomState>,
}

impl Run<'_> {
    fn is_meant(&self, rgba: Rgba) -> bool {
        if self.target.is_empty() || rgba.is_empty() {
            return self.target.is_empty() && rgba.is_empty();
        }
        let near = |(a, b): (&u8, &u8)| a.abs_diff(*b) <= self.flood.tolerance;
        self.target.0.iter().zip(&rgba.0).all(near)
    }

    fn cell(&mut self, at: TilePos) -> &mut Cell {
        let mut open = Mask::EMPTY;
        if !self.cells.contains_key(&at) {
            open = Mask::of(self.volume.tile(at), |rgba| self.is_meant(rgba));
            open.intersect(&Mask::within(at, &self.bounds));
        }
        match self.cells.entry(at) {
            Slot::Occupied(known) => known.into_mut(),
            Slot::Vacant(free) => {
                free.insert(Cell { open, filled: Mask::EMPTY, seeds: Mask::EMPTY, queued: false })
            }
        }
    }

    /// Puts down the first seed.
    fn begin(&mut self) -> TilePos {
        let at = TilePos::of(self.flood.start);
        let index = voxel_index(self.flood.start);
        let cell = self.cell(at);
        cell.seeds.0[index / TILE_EDGE] = 1 << (index % TILE_EDGE);
        cell.queued = true;
        at
    }

    /// Fills a tile from its seeds, and puts down those of its neighbours. Returns what is new.
    fn spread(&mut self, at: TilePos, queue: &mut Vec<TilePos>) -> Mask {
        let reach = self.flood.connectivity;
        let (fresh, offers) = self.cell(at).spread(reach);
        for (slot, offered) in offers.into_iter().enumerate() {
            if let Some(offered) = offered {
                self.put_down(neighbour(at, slot), &offered, queue);
            }
        }
        fresh
    }

    /// Puts down what a neighbour of the tile at `at` offers.
    fn put_down(&mut self, at: TilePos, offered: &Mask, queue: &mut Vec<TilePos>) {
        // Past the end of all positions there is nothing.
        if at.aabb().intersection(&self.bounds).is_empty() {
            return;
        }
        let cell = self.cell(at);
        let mut wanted = 0;
        for ((seeds, open), offered) in cell.seeds.0.iter_mut().zip(&cell.open.0).zip(&offered.0) {
            *seeds |= open & offered;
            wanted |= open & offered;
        }
        if wanted != 0 && !std::mem::replace(&mut cell.queued, true) {
            queue.push(at);
        }
    }
}

/// A number for each of the tiles around one, from its distance.
fn slot([x, y, z]: [i32; 3]) -> usize {
    ((x + 1) + 3 * (y + 1) + 9 * (z + 1)) as usize
}

/// The tile that [`slot`] gave this number to.
fn neighbour(at: TilePos, slot: usize) -> TilePos {
    let slot = slot as i32;
    let distance = [slot % 3 - 1, slot / 3 % 3 - 1, slot / 9 - 1];
    TilePos([0, 1, 2].map(|axis| at.0[axis] + distance[axis]))
}

/// The runs of `open` that `seeds` touch.
fn run_of(seeds: u16, open: u16) -> u16 {
    let mut bits = seeds & open;
    loop {
        let wider = (bits | bits << 1 | bits >> 1) & open;
        if wider == bits {
            return bits;
        }
        bits = wider;
    }
}
