//! [`Rasteriser`]: finds the faces that a block of pixels sees by drawing them, front to back.
//!
//! It goes down the tree, nearer parts first, and leaves out what lies beside the block or behind what
//! already covers it. So its cost goes with the faces in sight: a face of a hundred pixels costs as
//! much as one ray, and so do a thousand tiles behind it.
//!
//! The order needs no sorting. Seen from one corner of a grid, a cell can only hide cells that are as
//! far or farther on every axis, so any order that goes outwards on each axis is front to back. Where
//! the camera stands beside the model, not before a corner, each octant around the camera has an
//! order of its own; no octant hides a part of another.

use goxel_core::{Result, Work};
use goxel_proto::types::Rgba;

use crate::camera::{Projector, Rays};
use crate::leaf::{Inside, Leaf};
use crate::march::first_in_tile;
use crate::parts::{At, PART_BITS};
use crate::samples::{Extent, Face, Samples};
use crate::tree::{Cell, VoxelTree, index};

/// The side of a part of a node, or of a word of a mask.
const PARTS_EDGE: usize = 4;
/// Bits of a word of a mask whose voxel is not the first, or not the last, on each axis.
const NOT_FIRST: [u64; 3] = [0xeeee_eeee_eeee_eeee, 0xfff0_fff0_fff0_fff0, 0xffff_ffff_ffff_0000];
/// How far the neighbour on each axis is, in bits of a word and in words of a mask.
const STRIDE: [u32; 3] = [1, 4, 16];

/// What things cost, in nanoseconds or so: a ray, a ray through
/// one tile, a face, a part of a node that is looked at. Where drawing
/// costs more than rays for the samples that it can cover, rays are sent.
const RAY_COST: usize = 100;
const TILE_RAY_COST: usize = 60;
const FACE_COST: usize = 60;
const PART_COST: usize = 40;
/// How far a corner may be from the block, in pixels: single precision tells a hundredth of a pixel there.
const PIXELS_MAX: f64 = 1e5;
/// With so many voxels, 4 x 4 x 4 are looked at together first: they may be hidden.
const MANY: u32 = 4;
/// What drawing a tile costs, in units of [`Work`].
const LEAF_UNITS: u64 = 2048;
/// Faces that a tile with many voxels has about towards the camera.
const WALL_FACES: usize = 400;

/// Which of a grid's cells are nearer: those of the lower numbers, or of the higher.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Octant {
    /// The part of space that is seen so, in positions of the tree.
    low: At,
    high: At,
    /// For each axis, whether the camera is beyond the high end.
    from_high: [bool; 3],
}

impl Octant {
    /// Those around a camera: one for parallel rays, at most eight for a point.
    pub(crate) fn around(projector: &Projector, tree: &VoxelTree<'_>) -> Vec<Self> {
        let whole = Self { low: tree.low(), high: tree.high(), from_high: [false; 3] };
        let mut octants = vec![whole];
        for axis in 0..3 {
            octants = octants.iter().flat_map(|octant| octant.split(projector, axis)).collect();
        }
        octants
    }

    fn split(&self, projector: &Projector, axis: usize) -> Vec<Self> {
        let with = |low: i64, high: i64, from_high: bool| {
            let mut octant = *self;
            octant.low[axis] = low;
            octant.high[axis] = high;
            octant.from_high[axis] = from_high;
            octant
        };
        let (low, high) = (self.low[axis], self.high[axis]);
        match projector.eye {
            None => vec![with(low, high, projector.forward[axis] < 0.0)],
            Some(eye) => {
                let middle = (eye[axis].floor() as i64).clamp(low, high);
                let both = [with(low, middle, true), with(middle, high, false)];
                both.into_iter().filter(|part| part.low[axis] < part.high[axis]).collect()
            }
        }
    }

    fn overlaps(&self, at: At, shift: u32) -> bool {
        (0..3).all(|axis| at[axis] < self.high[axis] && at[axis] + (1 << shift) > self.low[axis])
    }

    /// What turns the order of parts or bits around: a bit for each bit of their number.
    fn flip(&self) -> usize {
        (0..3).map(|axis| if self.from_high[axis] { 3 << (2 * axis) } else { 0 }).sum()
    }
}

/// Draws the tree into a block.
pub(crate) struct Rasteriser<'s, 't, 'a> {
    pub(crate) tree: &'t VoxelTree<'a>,
    /// To pixels of the block.
    pub(crate) projector: Projector,
    /// From the block's upper left corner.
    pub(crate) rays: Rays,
    pub(crate) samples: &'s mut Samples,
    pub(crate) work: &'s Work<'s>,
}

impl Rasteriser<'_, '_, '_> {
    /// Draws what is in an octant. Where rays are cheaper, it leaves samples to them.
    ///
    /// # Errors
    /// Where the work has to end.
    pub(crate) fn draw(&mut self, octant: &Octant) -> Result<()> {
        let (root, shift) = self.tree.root();
        self.visit(root, [0; 3], shift, octant)
    }

    fn visit(&mut self, cell: Cell, at: At, shift: u32, octant: &Octant) -> Result<()> {
        if self.samples.is_full() || !octant.overlaps(at, shift) {
            return Ok(());
        }
        let (low, high) = self.projector.around(at, shift);
        let Some(extent) = self.samples.extent(low, high) else { return Ok(()) };
        match cell {
            Cell::Uniform(rgba) => self.cube(rgba, at, shift, &extent, octant),
            Cell::Leaf(index) => {
                self.work.spend(LEAF_UNITS)?;
                self.leaf(self.tree.leaf(index), at, &extent, octant);
            }
            Cell::Node { mask, first } => {
                if PART_COST * mask.count_ones() as usize
                    > RAY_COST * self.samples.count_open(&extent)
                {
                    self.samples.leave(&extent);
                    return Ok(());
                }
                let flip = octant.flip();
                let parts = self.tree.parts(mask, first);
                let shift = shift - PART_BITS;
                let mut left = flipped(mask, octant.from_high);
                while left != 0 {
                    let part = left.trailing_zeros() as usize ^ flip;
                    left &= left - 1;
                    let nth = (mask & ((1 << part) - 1)).count_ones() as usize;
                    let inside = [part & 3, part >> 2 & 3, part >> 4];
                    let corner =
                        std::array::from_fn(|axis| at[axis] + ((inside[axis] as i64) << shift));
                    self.visit(parts[nth], corner, shift, octant)?;
                }
            }
        }
        Ok(())
    }

    #[inline]
    fn flat(&self, corner: [f64; 3]) -> [f32; 2] {
        self.projector.flat(corner).map(|axis| axis as f32)
    }

    /// The near sides of a cube of one colour. One that reaches too far beyond the picture is left to rays.
    fn cube(&mut self, rgba: Rgba, at: At, shift: u32, extent: &Extent, octant: &Octant) {
        let (low, spread) = self.projector.cube(at, shift);
        let (least, most) = self.projector.around(at, shift);
        if least.into_iter().chain(most).any(|edge| edge.abs() > PIXELS_MAX) {
            return self.samples.leave(extent);
        }
        for axis in 0..3 {
            let face = || Face {
                at,
                shift: shift as u8,
                axis: axis as u8,
                upwards: octant.from_high[axis],
                rgba,
            };
            let corners = side(&low, &spread, axis, octant.from_high[axis]);
            self.samples.cover(&corners.map(|corner| self.flat(corner)), face);
        }
    }

    /// The near sides of the voxels of a tile that are not hidden by one beside them.
    fn leaf(&mut self, leaf: &Leaf<'_>, at: At, extent: &Extent, octant: &Octant) {
        // A tile has some faces for each of its voxels where these are few, else about as a wall has.
        let faces = leaf.count().min(WALL_FACES);
        if FACE_COST * faces > TILE_RAY_COST * self.samples.count_open(extent) {
            let rays = self.rays;
            return self.samples.ask(extent, |x, y| {
                let ray = rays.at(x, y);
                let met = first_in_tile(leaf, at, ray)?;
                Some(Face {
                    at: met.at,
                    shift: 0,
                    axis: met.axis as u8,
                    upwards: ray.direction[met.axis] < 0.0,
                    rgba: leaf.tile.get(index(met.at)),
                })
            });
        }
        let (low, step) = self.projector.cube(at, 0);
        let flip = octant.flip();
        let inside = leaf.inside();
        let mut parts = flipped(inside.words, octant.from_high);
        while parts != 0 {
            let part = parts.trailing_zeros() as usize ^ flip;
            parts &= parts - 1;
            let exposed = exposed(inside, part, octant.from_high);
            let any = exposed[0] | exposed[1] | exposed[2];
            let first = [part & 3, part >> 2 & 3, part >> 4].map(|x| x * PARTS_EDGE);
            if any.count_ones() >= MANY {
                let corner = std::array::from_fn(|axis| at[axis] + first[axis] as i64);
                let (low, high) = self.projector.around(corner, PART_BITS);
                if self.samples.extent(low, high).is_none() {
                    continue;
                }
            }
            let mut left = flipped(any, octant.from_high);
            while left != 0 {
                let bit = left.trailing_zeros() as usize ^ flip;
                left &= left - 1;
                let local =
                    [first[0] + (bit & 3), first[1] + (bit >> 2 & 3), first[2] + (bit >> 4)];
                let voxel = std::array::from_fn(|axis| at[axis] + local[axis] as i64);
                if !octant.overlaps(voxel, 0) {
                    continue;
                }
                let corner = self.projector.along(&low, &step, local);
                for axis in (0..3).filter(|&axis| exposed[axis] >> bit & 1 == 1) {
                    let upwards = octant.from_high[axis];
                    let corners = side(&corner, &step, axis, upwards);
                    let corners = corners.map(|corner| self.flat(corner));
                    self.samples.cover(&corners, || Face {
                        at: voxel,
                        shift: 0,
                        axis: axis as u8,
                        upwards,
                        rgba: leaf.tile.get(index(voxel)),
                    });
                }
            }
        }
    }
}

/// The corners of a side of a cube, clockwise in the picture where the side faces the camera. `step`
/// is how far they are apart on each axis, in the picture's own space.
#[inline]
fn side(low: &[f64; 3], step: &[[f64; 3]; 3], axis: usize, upwards: bool) -> [[f64; 3]; 4] {
    let add = |a: [f64; 3], b: [f64; 3]| [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
    let (u, v) = (step[(axis + 1) % 3], step[(axis + 2) % 3]);
    let start = if upwards { add(*low, step[axis]) } else { *low };
    let (first, last) = (add(start, u), add(start, v));
    let across = add(first, v);
    if upwards { [start, last, across, first] } else { [start, first, across, last] }
}

/// A word whose bits stand in the order that goes away from the camera.
#[inline]
fn flipped(mut word: u64, from_high: [bool; 3]) -> u64 {
    /// The bits of the lower half on each axis, and of the lower one of each pair.
    const HALVES: [(u64, u64); 3] = [
        (0x3333_3333_3333_3333, 0x5555_5555_5555_5555),
        (0x00ff_00ff_00ff_00ff, 0x0f0f_0f0f_0f0f_0f0f),
        (0x0000_0000_ffff_ffff, 0x0000_ffff_0000_ffff),
    ];
    for axis in (0..3).filter(|&axis| from_high[axis]) {
        let (half, pair) = HALVES[axis];
        let far = 2 * STRIDE[axis];
        word = (word & half) << far | (word >> far & half);
        let near = STRIDE[axis];
        word = (word & pair) << near | (word >> near & pair);
    }
    word
}

/// For each axis the voxels of a word with nothing before them towards the camera, as far as the tile
/// goes.
#[inline]
fn exposed(inside: &Inside, part: usize, from_high: [bool; 3]) -> [u64; 3] {
    let word = inside.set_word(part);
    std::array::from_fn(|axis| {
        let place = part >> (2 * axis) & 3;
        let stride = STRIDE[axis];
        let words = stride as usize;
        let not_first = NOT_FIRST[axis];
        let last_place = 3 * stride;
        let before = if from_high[axis] {
            let next = if place == 3 { 0 } else { inside.word(part + words) };
            (word & not_first) >> stride | (next & !not_first) << last_place
        } else {
            let next = if place == 0 { 0 } else { inside.word(part - words) };
            (word & not_first >> stride) << stride | (next >> last_place & !not_first)
        };
        word & !before
    })
}
