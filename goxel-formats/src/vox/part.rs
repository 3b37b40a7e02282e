//! [`Part`]: the voxels of a model that is to be written, and where they go in it.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::OnceLock;

use goxel_core::{Layer, TILE_EDGE, TILE_UNITS, TILE_VOXELS, TilePos, TileRef, Work};
use goxel_proto::types::{Aabb, Rgba};

use super::MODEL_EDGE;
use super::alias::Aliases;
use super::axes::Axes;
use super::chunk::{HEADER_BYTES, header};
use super::place::Transform;
use super::quantise::Colours;
use crate::{Result, scan};

/// Tiles along the edge of a model.
const MODEL_TILES_SHIFT: u32 = 4;
/// Tiles that a task makes bytes of at once: 64 KiB at the most, so that little is held.
const TILES_AT_ONCE: usize = 4;
/// Tasks that are handed out together for each that the executor asks for.
const ROUNDS: usize = 4;

/// Tiles that become a model: those of a layer, or some of them.
#[derive(Clone, Debug)]
pub(super) struct Part<'a> {
    pub(super) tiles: Vec<(TilePos, TileRef<'a>)>,
    /// Around the voxels, where the layer has them.
    pub(super) bounds: Aabb,
    pub(super) count: u64,
}

/// A model: a part, seen along its own axes.
#[derive(Clone, Debug)]
pub(super) struct Model<'a> {
    pub(super) part: Part<'a>,
    pub(super) axes: Axes,
    pub(super) size: [u32; 3],
    /// Voxels that have another index than the first of their colour, and where their model's origin is.
    pub(super) aliases: Option<(Aliases, [u8; 3])>,
}

/// All voxels of a layer in one part.
pub(super) fn whole(layer: &Layer) -> Part<'_> {
    match layer.volume.bounds() {
        Some(bounds) => {
            Part { tiles: layer.volume.sorted_tiles(), bounds, count: layer.volume.count() }
        }
        None => empty(),
    }
}

/// A part of no voxels, which keeps a layer as an object.
fn empty() -> Part<'static> {
    Part { tiles: Vec::new(), bounds: Aabb { min: [0; 3], max: [1; 3] }, count: 0 }
}

/// A layer in parts that models have room for, at least one.
pub(super) fn parts(layer: &Layer) -> Vec<Part<'_>> {
    let whole = whole(layer);
    // An axis that fits is not cut.
    let long = whole.bounds.size().map(|edge| edge > MODEL_EDGE as u64);
    if long == [false; 3] {
        return vec![whole];
    }
    let mut parts: BTreeMap<[i32; 3], Part<'_>> = BTreeMap::new();
    for (at, tile) in whole.tiles {
        let Some(bounds) = scan::tile_bounds(at, tile) else { continue };
        let cell =
            [2, 1, 0].map(|axis| if long[axis] { at.0[axis] >> MODEL_TILES_SHIFT } else { 0 });
        let part =
            parts.entry(cell).or_insert_with(|| Part { tiles: Vec::new(), bounds, count: 0 });
        part.tiles.push((at, tile));
        part.bounds = part.bounds.union(&bounds);
        part.count += tile.count() as u64;
    }
    parts.into_values().collect()
}

impl<'a> Part<'a> {
    /// Where the middle of the model is put: a model stands around `floor(size / 2)`.
    pub(super) fn shift(&self) -> [i64; 3] {
        [0, 1, 2].map(|axis| {
            let size = self.bounds.max[axis] - self.bounds.min[axis];
            self.bounds.min[axis] + size / 2
        })
    }

    /// A model that is no larger than it must be, along the axes of the project.
    pub(super) fn into_model(self) -> Model<'a> {
        let (origin, size) = (self.bounds.min, self.bounds.size().map(|edge| edge as u32));
        let axes = Axes { column: [0, 1, 2], negative: [false; 3], origin };
        Model { part: self, axes, size, aliases: None }
    }

    /// The model that stands here by a transform: as large as it was, or larger around the same middle
    /// where the voxels need it. `None` where models have no such room.
    pub(super) fn into_model_by(self, transform: &Transform, size: [u32; 3]) -> Option<Model<'a>> {
        let axes = transform.axes(size);
        if self.count == 0 {
            return Some(Model { part: self, axes, size, aliases: None });
        }
        let ends = axes.box_in_model(&self.bounds);
        let mut grown = size;
        for (edge, [low, high]) in grown.iter_mut().zip(ends) {
            let old = i64::from(*edge);
            if low < 0 || high >= old {
                let needed = 2 * (old / 2 - low).max(high + 1 - old / 2);
                *edge = u32::try_from(needed.max(old)).ok()?;
            }
        }
        let fits = grown.iter().all(|&edge| i64::from(edge) <= MODEL_EDGE) || grown == size;
        let axes = transform.axes(grown);
        let reached = axes.box_in_model(&self.bounds);
        let in_bytes = reached.iter().flatten().all(|c| (0..MODEL_EDGE).contains(c));
        (fits && in_bytes).then_some(Model { part: self, axes, size: grown, aliases: None })
    }
}

impl Model<'_> {
    /// Takes voxels of colours that stand twice, as they were when the model had another size. It stands
    /// around the same middle.
    pub(super) fn set_aliases(&mut self, aliases: &Aliases, size: [u32; 3]) {
        let origin = [0, 1, 2].map(|axis| (self.size[axis] / 2 - size[axis] / 2) as u8);
        self.aliases = Some((Aliases::clone(aliases), origin));
    }

    /// The index of a voxel whose colour has this one first.
    fn alias(&self, [at_x, at_y, at_z]: [u8; 3], colour: u8, colours: &Colours) -> u8 {
        let Some((aliases, [x, y, z])) = &self.aliases else { return colour };
        let was = [at_x.wrapping_sub(*x), at_y.wrapping_sub(*y), at_z.wrapping_sub(*z), 0];
        let of = |index: u8| colours.palette.get(usize::from(index).wrapping_sub(1));
        let alias = aliases.get(&u32::from_le_bytes(was)).copied();
        alias.filter(|alias| of(*alias) == of(colour)).unwrap_or(colour)
    }

    /// Bytes of both chunks of the model.
    pub(super) fn chunks_length(&self) -> u64 {
        2 * HEADER_BYTES + 12 + 4 + 4 * self.part.count
    }

    /// Writes both chunks of the model. Returns by how much colours differ from what they were.
    pub(super) fn write(
        &self,
        colours: &Colours,
        work: &Work<'_>,
        out: &mut impl Write,
    ) -> Result<()> {
        out.write_all(&header(b"SIZE", 12, 0)?)?;
        for edge in self.size {
            out.write_all(&edge.to_le_bytes())?;
        }
        // A model has 2^24 voxels at the most, so its count and length are in range.
        out.write_all(&header(b"XYZI", 4 + 4 * self.part.count, 0)?)?;
        out.write_all(&(self.part.count as u32).to_le_bytes())?;
        let executor = work.executor();
        let tasks = executor.tasks().max(1) * ROUNDS;
        for round in self.part.tiles.chunks(TILES_AT_ONCE * tasks) {
            let chunks: Vec<_> = round.chunks(TILES_AT_ONCE).collect();
            let made: Vec<OnceLock<Vec<[u8; 4]>>> =
                chunks.iter().map(|_| OnceLock::new()).collect();
            executor.run(chunks.len(), &|at| {
                made[at].get_or_init(|| self.bytes(chunks[at], colours));
            });
            for bytes in made.into_iter().filter_map(OnceLock::into_inner) {
                work.spend(TILE_UNITS + bytes.len() as u64)?;
                out.write_all(bytes.as_flattened())?;
            }
        }
        Ok(())
    }

    /// Voxels as they stand in a file.
    fn bytes(&self, tiles: &[(TilePos, TileRef<'_>)], colours: &Colours) -> Vec<[u8; 4]> {
        let count: usize = tiles.iter().map(|(_, tile)| tile.count()).sum();
        let mut voxels = Voxels { made: vec![[0; 4]; count + 1], end: 0 };
        tiles.iter().for_each(|&(at, tile)| self.tile(at, tile, colours, &mut voxels));
        voxels.made.truncate(voxels.end);
        voxels.made
    }

    /// All voxels, in an order that does not depend on how the model stands.
    pub(super) fn sorted(&self, colours: &Colours) -> Vec<u32> {
        let voxels = self.bytes(&self.part.tiles, colours);
        let mut voxels: Vec<u32> = voxels.into_iter().map(u32::from_le_bytes).collect();
        voxels.sort_unstable();
        voxels
    }

    /// Puts the voxels of a tile: x, y, z and the colour, the lowest byte first.
    fn tile(&self, at: TilePos, tile: TileRef<'_>, colours: &Colours, voxels: &mut Voxels) {
        let start = voxels.end;
        let steps = self.steps(at);
        if let Some(rgba) = tile.uniform() {
            let colour = colours.index(rgba);
            (0..TILE_VOXELS).for_each(|index| voxels.put(place(&steps, index), colour));
        } else if let Some(sparse) = tile.sparse() {
            for (index, rgba) in sparse {
                voxels.put(place(&steps, (*index).into()), colours.index(*rgba));
            }
        } else if let Some((entries, palette)) = tile.indexed() {
            let mut table = [0; 256];
            for (colour, rgba) in table.iter_mut().zip(palette) {
                *colour = colours.index(*rgba);
            }
            for (index, &entry) in entries.iter().enumerate() {
                voxels.put(place(&steps, index), table[usize::from(entry)]);
            }
        } else {
            for index in 0..TILE_VOXELS {
                voxels.put(place(&steps, index), colours.index(tile.get(index)));
            }
        }
        if self.aliases.is_some() {
            for [x, y, z, colour] in &mut voxels.made[start..voxels.end] {
                *colour = self.alias([*x, *y, *z], *colour, colours);
            }
        }
    }

    /// What each step along an axis of a tile adds to the place in the model.
    fn steps(&self, at: TilePos) -> [[u32; TILE_EDGE]; 3] {
        let min = at.min().to_array();
        [0, 1, 2].map(|axis| {
            std::array::from_fn(|step| {
                let place = self.axes.to_model(axis, i64::from(min[axis]) + step as i64);
                u32::from(place as u8) << (8 * self.axes.column[axis])
            })
        })
    }
}

/// Where the voxel of this index in its tile is in the model.
#[inline]
fn place(steps: &[[u32; TILE_EDGE]; 3], index: usize) -> u32 {
    steps[0][index & 15] | steps[1][index >> 4 & 15] | steps[2][index >> 8 & 15]
}

/// Voxels that are made one after the other.
struct Voxels {
    /// There is room for one more than there are: what is empty is put there, and put over.
    made: Vec<[u8; 4]>,
    end: usize,
}

impl Voxels {
    #[inline]
    fn put(&mut self, place: u32, colour: u8) {
        let voxel = (place | u32::from(colour) << 24).to_le_bytes();
        if let Some(there) = self.made.get_mut(self.end) {
            *there = voxel;
        }
        self.end += usize::from(colour > 0);
    }
}

/// Calls `f` with each colour of a tile, some of them several times.
pub(super) fn for_each_colour(tile: TileRef<'_>, mut f: impl FnMut(Rgba)) {
    match tile.indexed() {
        // A colour may be that of no voxel, so it is looked for.
        Some((entries, palette)) => {
            let mut used = [false; 256];
            entries.iter().for_each(|&entry| used[usize::from(entry)] = true);
            let colours = palette.iter().zip(used).filter(|(rgba, used)| *used && !rgba.is_empty());
            colours.map(|(rgba, _)| *rgba).for_each(f);
        }
        None => for_each_run(tile, |rgba, _| f(rgba)),
    }
}

/// Calls `f` with a colour and how many voxels have it, until all voxels of a tile are told.
pub(super) fn for_each_run(tile: TileRef<'_>, mut f: impl FnMut(Rgba, u64)) {
    if let Some(rgba) = tile.uniform() {
        return f(rgba, TILE_VOXELS as u64);
    }
    let voxels = (0..TILE_VOXELS).map(|index| tile.get(index));
    voxels.filter(|rgba| !rgba.is_empty()).for_each(|rgba| f(rgba, 1));
}
