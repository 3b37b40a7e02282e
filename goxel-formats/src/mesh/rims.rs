//! [`Rims`]: the corners around each rectangle of a mesh that is looked at as a whole, and the faces between
//! them.
//!
//! A corner of a closed mesh belongs to a fan of a lattice point ([`super::lattice`]) and is shared by
//! all faces of that fan, whatever their colours. Where its colour can only stand at corners, a face
//! with neighbours of other colours has a rectangle of its own within it, a hair smaller.

use goxel_core::{Volume, Work};
use goxel_proto::types::Rgba;

use super::fill::Rim;
use super::lattice::{Around, HAIR, Lattice, contact, corner, octant};
use super::piece::{Piece, Share, Shared, Vertex};
use super::quad::{PLANE_AXES, Quad};
use crate::Result;

/// How far the rectangle of a colour is within its face: more than corners are moved.
const INSET: f64 = 2.0 * HAIR;
/// In place of a fan, for corners in the middle of an edge along which two voxels touch: this and the
/// octant of the voxel.
const MIDDLE: i8 = 16;
/// What a step along an edge costs, in units of work: eight voxels are looked up.
const STEP_UNITS: u64 = 64;

/// What is wanted of a mesh.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    pub(super) share: Share,
    pub(super) junction_free: bool,
    pub(super) closed: bool,
    pub(super) smooth: bool,
    pub(super) cavities: bool,
    /// Whether corners of a smooth mesh are told apart by their colours, too, instead of having the
    /// mean one.
    pub(super) by_colour: bool,
}

impl Wanted {
    /// Whether all rectangles have to be there at once.
    pub(super) fn whole(self) -> bool {
        self.junction_free || self.closed || !self.cavities
    }
}

/// The corners around each rectangle.
pub(super) struct Rims<'a> {
    wanted: Wanted,
    lattice: Lattice,
    around: Around<'a>,
    /// Every corner of a rectangle.
    corners: foldhash::HashSet<[i64; 3]>,
    shared: Shared,
    /// What stands in [`Rim`], one rectangle behind the other.
    numbers: Vec<u32>,
    along: Vec<f64>,
    starts: Vec<[usize; 4]>,
}

impl<'a> Rims<'a> {
    pub(super) fn new(quads: &[Quad], volume: &'a Volume, wanted: Wanted) -> Self {
        Self {
            wanted,
            lattice: Lattice::new(),
            around: Around::new(volume),
            corners: quads.iter().flat_map(Quad::corners).collect(),
            shared: Shared::with_capacity(quads.len()),
            numbers: Vec::with_capacity(4 * quads.len()),
            along: Vec::with_capacity(4 * quads.len()),
            starts: Vec::with_capacity(quads.len()),
        }
    }

    /// Adds the corners around a rectangle.
    pub(super) fn add(&mut self, quad: &Quad, work: &Work<'_>) -> Result<()> {
        let corners = quad.corners();
        let mut starts = [self.numbers.len(); 4];
        for (edge, start) in starts.iter_mut().enumerate() {
            *start = self.numbers.len();
            self.edge(quad, corners[edge], corners[(edge + 1) % 4], work)?;
        }
        self.starts.push(starts);
        Ok(())
    }

    /// Adds the corners along an edge, without the last one.
    fn edge(&mut self, quad: &Quad, from: [i64; 3], to: [i64; 3], work: &Work<'_>) -> Result<()> {
        let Some(axis) = (0..3).find(|&axis| from[axis] != to[axis]) else { return Ok(()) };
        let step = (to[axis] - from[axis]).signum();
        let mut at = from;
        while at != to {
            work.spend(STEP_UNITS)?;
            let along = (at[axis] - from[axis]).abs() as f64;
            self.point(quad, at, along, at == from);
            if self.wanted.closed {
                self.middle(quad, at, axis, step, along);
            }
            at[axis] += step;
        }
        Ok(())
    }

    /// Adds the corner at a lattice point, where there is one.
    fn point(&mut self, quad: &Quad, at: [i64; 3], along: f64, is_corner: bool) {
        let place = at.map(|c| c as f64);
        if !self.wanted.closed {
            if is_corner || self.corners.contains(&at) {
                self.push(self.wanted.share.vertex(place, quad.rgba, quad.side), along);
            }
            return;
        }
        let fans = self.lattice.fans(self.around.corner(at));
        if is_corner || fans.count > 1 || self.corners.contains(&at) {
            let fan = fans.of(octant(at, inside(quad, at), quad.side), quad.side.axis());
            self.push(self.keyed(place, fan as i8, quad.rgba), along);
        }
    }

    /// Adds a corner in the middle of a step where two voxels touch along it and would have both
    /// its ends in common.
    fn middle(&mut self, quad: &Quad, at: [i64; 3], axis: usize, step: i64, along: f64) {
        let mut ends = [at; 2];
        ends[1][axis] += step;
        let bits = ends.map(|end| self.around.corner(end));
        let behind = usize::from(step > 0);
        let Some(voxels) = contact(bits[0], axis, behind) else { return };
        // The octants of the same voxels as seen from the other end.
        let across = |octant: usize| octant ^ 1 << axis;
        let touching = (0..3).filter(|&other| other != axis);
        let apart = touching.into_iter().any(|other| {
            let fan = |end: usize, octant: usize| self.lattice.fans(bits[end]).of(octant, other);
            fan(0, voxels[0]) != fan(0, voxels[1])
                || fan(1, across(voxels[0])) != fan(1, across(voxels[1]))
        });
        if apart {
            return;
        }
        let mut place = at.map(|c| c as f64);
        place[axis] += step as f64 / 2.0;
        // Which of the two is behind this face, told by a direction across the step.
        let own = octant(at, inside(quad, at), quad.side);
        let other = (axis + 1) % 3;
        let towards = (own >> other & 1) as i8;
        self.push(self.keyed(place, MIDDLE + towards, quad.rgba), along + 0.5);
    }

    /// A corner of a closed or a smooth mesh, told from others at its place by its fan.
    fn keyed(&self, at: [f64; 3], fan: i8, rgba: Rgba) -> Vertex {
        let apart = self.wanted.smooth && self.wanted.by_colour;
        Vertex { at, normal: [fan, 0, 0], rgba: if apart { rgba } else { Rgba::EMPTY } }
    }

    fn push(&mut self, vertex: Vertex, along: f64) {
        let number = self.shared.at(vertex);
        self.numbers.push(number);
        self.along.push(along);
    }

    /// The corners around rectangle number `at`.
    pub(super) fn numbers(&self, at: usize) -> &[u32] {
        let end = self.starts.get(at + 1).map_or(self.numbers.len(), |starts| starts[0]);
        &self.numbers[self.starts[at][0]..end]
    }

    /// How many corners there are.
    pub(super) fn count(&self) -> usize {
        self.shared.vertices.len()
    }

    /// The mesh.
    pub(super) fn filled(mut self, quads: &[Quad], work: &Work<'_>) -> Result<Piece> {
        let mut faces = Vec::with_capacity(quads.len());
        let colours = self.colours(quads);
        for (at, quad) in quads.iter().enumerate() {
            work.spend(STEP_UNITS)?;
            let start = self.starts[at][0];
            let numbers = self.numbers(at).to_vec();
            let rim = Rim {
                along: &self.along[start..start + numbers.len()],
                starts: self.starts[at].map(|edge| edge - start),
                numbers: &numbers,
                rgba: quad.rgba,
                side: quad.side,
            };
            let mixed = |number: &u32| colours[*number as usize].mixed;
            if !colours.is_empty() && numbers.iter().any(mixed) {
                let inner = inner(quad)
                    .map(|at| self.shared.push(Vertex { at, normal: [0; 3], rgba: quad.rgba }));
                rim.fill_around(inner, &mut faces);
            } else {
                rim.fill(length(quad), &mut faces);
            }
        }
        let mut vertices = self.shared.vertices;
        if self.wanted.closed {
            let places = Places {
                smooth: self.wanted.smooth,
                colour: self.wanted.share != Share::Place,
                lattice: &self.lattice,
            };
            for (at, vertex) in vertices.iter_mut().enumerate() {
                work.spend(STEP_UNITS)?;
                match colours.get(at) {
                    // A corner of an inner rectangle stays where it is.
                    None if !colours.is_empty() => {}
                    _ => places.place(vertex, &mut self.around),
                }
                if let Some(colour) = colours.get(at) {
                    vertex.rgba = colour.first;
                }
            }
        }
        Ok(Piece { vertices, faces })
    }

    /// The colours of the faces at each corner, if corners are to carry those of a closed mesh that
    /// is not smooth.
    fn colours(&self, quads: &[Quad]) -> Vec<Colours> {
        let wanted = self.wanted;
        if !wanted.closed || wanted.smooth || matches!(wanted.share, Share::Place | Share::Never) {
            return Vec::new();
        }
        let none = Colours { first: Rgba::EMPTY, mixed: false };
        let mut colours = vec![none; self.count()];
        for (at, quad) in quads.iter().enumerate() {
            for number in self.numbers(at) {
                let known = &mut colours[*number as usize];
                if known.first.is_empty() {
                    known.first = quad.rgba;
                }
                known.mixed |= known.first != quad.rgba;
            }
        }
        colours
    }
}

/// The colours of the faces at a corner.
#[derive(Clone, Copy, Debug)]
struct Colours {
    first: Rgba,
    /// Whether there are others.
    mixed: bool,
}

/// A point within a rectangle, close to a point on its edge.
fn inside(quad: &Quad, at: [i64; 3]) -> [f64; 3] {
    let mut inside = at.map(|c| c as f64);
    for axis in PLANE_AXES[quad.side.axis()] {
        let low = i64::from(quad.min[axis]);
        inside[axis] += if at[axis] > low { -0.5 } else { 0.5 };
    }
    inside
}

/// The corners of a rectangle that is a hair smaller.
fn inner(quad: &Quad) -> [[f64; 3]; 4] {
    let [u, v] = PLANE_AXES[quad.side.axis()];
    quad.corners().map(|corner| {
        let mut at = corner.map(|c| c as f64);
        for axis in [u, v] {
            let low = corner[axis] == i64::from(quad.min[axis]);
            at[axis] += if low { INSET } else { -INSET };
        }
        at
    })
}

/// How long the first edge of a rectangle is.
fn length(quad: &Quad) -> f64 {
    let [a, b, ..] = quad.corners();
    (0..3).map(|axis| (a[axis] - b[axis]).abs()).sum::<i64>() as f64
}

/// Where corners go that were told apart by fans.
struct Places<'a> {
    smooth: bool,
    colour: bool,
    lattice: &'a Lattice,
}

impl Places<'_> {
    fn place(&self, vertex: &mut Vertex, around: &mut Around<'_>) {
        let fan = vertex.normal[0];
        if fan >= MIDDLE {
            self.place_middle(vertex, around);
            return;
        }
        let voxels = around.voxels(vertex.at.map(|c| c as i64));
        let fans = self.lattice.fans(corner(&voxels));
        let fan = usize::from(fan.cast_unsigned());
        let away = if self.smooth { fans.smooth[fan] } else { fans.apart[fan] };
        vertex.at = [0, 1, 2].map(|axis| vertex.at[axis] + away[axis]);
        vertex.normal = if self.smooth { fans.normal[fan] } else { [0; 3] };
        if self.colour && vertex.rgba.is_empty() {
            vertex.rgba = mean(&voxels);
        }
    }

    /// A corner in the middle of an edge along which two voxels touch.
    fn place_middle(&self, vertex: &mut Vertex, around: &mut Around<'_>) {
        let towards = usize::from((vertex.normal[0] - MIDDLE).cast_unsigned());
        let low = vertex.at.map(|c| c.floor() as i64);
        let axis = (0..3).find(|&axis| vertex.at[axis].fract() != 0.0).unwrap_or(0);
        let voxels = around.voxels(low);
        vertex.normal = [0; 3];
        let Some(touching) = contact(corner(&voxels), axis, 1) else { return };
        let other = (axis + 1) % 3;
        let Some(own) = touching.into_iter().find(|octant| octant >> other & 1 == towards) else {
            return;
        };
        // One of the two stays where it is.
        vertex.at[other] += towards as f64 * HAIR;
        if self.smooth {
            for across in [other, (axis + 2) % 3] {
                vertex.normal[across] = if own >> across & 1 == 1 { -1 } else { 1 };
            }
        }
        if self.colour && vertex.rgba.is_empty() {
            vertex.rgba = voxels[own];
        }
    }
}

/// The mean colour of voxels that are there.
fn mean(voxels: &[Rgba; 8]) -> Rgba {
    let mut sums = [0_u32; 4];
    let mut count = 0;
    for rgba in voxels.iter().filter(|rgba| !rgba.is_empty()) {
        sums.iter_mut().zip(rgba.0).for_each(|(sum, level)| *sum += u32::from(level));
        count += 1;
    }
    if count == 0 { Rgba::WHITE } else { Rgba(sums.map(|sum| ((sum + count / 2) / count) as u8)) }
}
