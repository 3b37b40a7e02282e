//! [`Piece`]: corners and the faces between them, as formats write them.

use goxel_proto::types::Rgba;

use super::quad::{Quad, Side};

/// What keeps two corners at one place apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Share {
    /// Nothing: faces have colours and normals of their own.
    Place,
    /// Their colours.
    Colour,
    /// Their colours, and where their faces look.
    ColourAndSide,
    /// Each face has corners of its own.
    Never,
}

/// A corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Vertex {
    /// In voxels, with z up. Whole numbers and sums of halves of halves are exact.
    pub(crate) at: [f64; 3],
    /// Where the surface looks, of any length; all 0 where the mesh has no normals.
    pub(crate) normal: [i8; 3],
    /// The colour; empty where faces have colours instead.
    pub(crate) rgba: Rgba,
}

/// A rectangle, or a triangle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Face {
    corners: [u32; 4],
    pub(crate) rgba: Rgba,
    pub(crate) side: Side,
}

/// In place of a triangle's fourth corner.
const NO_CORNER: u32 = u32::MAX;

impl Face {
    pub(crate) fn quad(corners: [u32; 4], rgba: Rgba, side: Side) -> Self {
        Self { corners, rgba, side }
    }

    pub(crate) fn triangle([a, b, c]: [u32; 3], rgba: Rgba, side: Side) -> Self {
        Self { corners: [a, b, c, NO_CORNER], rgba, side }
    }

    /// The corners, counter-clockwise as seen from the front, as places in [`Piece::vertices`].
    #[inline]
    pub(crate) fn corners(&self) -> &[u32] {
        let count = if self.corners[3] == NO_CORNER { 3 } else { 4 };
        &self.corners[..count]
    }

    /// It as triangles.
    #[inline]
    pub(crate) fn triangles(&self) -> impl Iterator<Item = [u32; 3]> + use<> {
        let [a, b, c, d] = self.corners;
        let second = (d != NO_CORNER).then_some([a, c, d]);
        std::iter::once([a, b, c]).chain(second)
    }
}

/// A part of a mesh, or all of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Piece {
    pub(crate) vertices: Vec<Vertex>,
    pub(crate) faces: Vec<Face>,
}

impl Piece {
    /// The piece of these rectangles as they are.
    pub(super) fn of(quads: &[Quad], share: Share) -> Self {
        let mut shared = Shared::with_capacity(if share == Share::Never { 0 } else { quads.len() });
        let mut faces = Vec::with_capacity(quads.len());
        for quad in quads {
            let corners = quad.corners().map(|corner| {
                let vertex = share.vertex(corner.map(|c| c as f64), quad.rgba, quad.side);
                match share {
                    Share::Never => shared.push(vertex),
                    _ => shared.at(vertex),
                }
            });
            faces.push(Face::quad(corners, quad.rgba, quad.side));
        }
        Self { vertices: shared.vertices, faces }
    }

    /// How many triangles the faces are.
    pub(crate) fn triangles(&self) -> u64 {
        self.faces.iter().map(|face| face.corners().len() as u64 - 2).sum()
    }
}

impl Share {
    /// The corner of a face as far as it is told from others.
    #[inline]
    pub(super) fn vertex(self, at: [f64; 3], rgba: Rgba, side: Side) -> Vertex {
        match self {
            Self::Place => Vertex { at, normal: [0; 3], rgba: Rgba::EMPTY },
            Self::Colour => Vertex { at, normal: [0; 3], rgba },
            Self::ColourAndSide | Self::Never => Vertex { at, normal: side.normal(), rgba },
        }
    }
}

/// Corners, each only once: an open table of their places.
#[derive(Debug, Default)]
pub(super) struct Shared {
    pub(super) vertices: Vec<Vertex>,
    /// A power of two of places, at most half of them taken.
    slots: Vec<u32>,
}

/// In place of the number of a corner.
const FREE: u32 = u32::MAX;
/// Places of the smallest table.
const SLOTS_MIN: usize = 64;

impl Shared {
    /// A table for the corners of so many rectangles: on most surfaces they share half of them.
    pub(super) fn with_capacity(quads: usize) -> Self {
        let slots = if quads == 0 { 0 } else { (4 * quads).next_power_of_two().max(SLOTS_MIN) };
        Self { vertices: Vec::with_capacity(2 * quads), slots: vec![FREE; slots] }
    }

    /// The number of a corner, which is taken in where it is new.
    #[inline]
    pub(super) fn at(&mut self, vertex: Vertex) -> u32 {
        if 2 * (self.vertices.len() + 1) > self.slots.len() {
            self.grow();
        }
        let mask = self.slots.len() - 1;
        let mut slot = hash(&vertex) & mask;
        loop {
            let number = self.slots[slot];
            if number == FREE {
                self.slots[slot] = self.vertices.len() as u32;
                return self.push(vertex);
            }
            if self.vertices[number as usize] == vertex {
                return number;
            }
            slot = (slot + 1) & mask;
        }
    }

    /// Takes in a corner whether it is new or not; nobody finds it later.
    pub(super) fn push(&mut self, vertex: Vertex) -> u32 {
        self.vertices.push(vertex);
        self.vertices.len() as u32 - 1
    }

    fn grow(&mut self) {
        let slots = (2 * self.slots.len()).max(SLOTS_MIN);
        self.slots = vec![FREE; slots];
        for (number, vertex) in self.vertices.iter().enumerate() {
            let mut slot = hash(vertex) & (slots - 1);
            while self.slots[slot] != FREE {
                slot = (slot + 1) & (slots - 1);
            }
            self.slots[slot] = number as u32;
        }
    }
}

#[inline]
fn hash(vertex: &Vertex) -> usize {
    // Odd numbers without a pattern: neighbours on all axes fall far from each other.
    const MIX: [u64; 3] = [0x9e37_79b9_7f4a_7c15, 0xc2b2_ae3d_27d4_eb4f, 0x1656_67b1_9e37_79f9];
    let [x, y, z] = vertex.at.map(f64::to_bits);
    let normal = vertex.normal.map(i8::cast_unsigned);
    let rest = u64::from(u32::from_le_bytes(vertex.rgba.0))
        | u64::from(normal[0]) << 32
        | u64::from(normal[1]) << 40
        | u64::from(normal[2]) << 48;
    let folded = |a: u64, b: u64| {
        let wide = u128::from(a) * u128::from(b);
        (wide as u64) ^ (wide >> 64) as u64
    };
    let mixed = folded(x ^ MIX[0], y.rotate_left(23) ^ MIX[1]) ^ folded(z ^ MIX[2], rest ^ MIX[0]);
    folded(mixed, MIX[1]) as usize
}
