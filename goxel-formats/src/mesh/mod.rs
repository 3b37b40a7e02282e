//! Greedy meshing: the surface of a volume as few rectangles, each of one colour.
//!
//! [`for_each_quad`] hands out [`Quad`]s: of all faces between a shown voxel and an empty one,
//! those that lie in a plane, face the same way and have one colour are merged. First along rows
//! into runs, then runs of the same ends into rectangles. The result depends on the voxels only,
//! not on the tiles that they are stored in, and always comes in the same order. Memory is that of
//! one layer of tiles, however large the mesh is: writers that must know the count before the
//! faces walk twice.

mod plane;
mod slab;

use goxel_core::{Volume, Work};
use goxel_proto::types::Rgba;

/// The two axes of a plane, by its normal's axis: rows go along the first.
const PLANE_AXES: [[usize; 2]; 3] = [[1, 2], [0, 2], [0, 1]];

/// A rectangle of voxel faces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Quad {
    /// The axis that it is perpendicular to.
    pub(crate) axis: usize,
    /// Whether it faces towards larger coordinates.
    pub(crate) positive: bool,
    /// Where it is on that axis. The low faces of the voxel at 0 are at 0, the high ones at 1.
    pub(crate) plane: i64,
    /// Its lowest corner on the other two axes, in their order.
    pub(crate) min: [i64; 2],
    /// Its highest corner.
    pub(crate) max: [i64; 2],
    /// The colour of all voxels behind it.
    pub(crate) rgba: Rgba,
}

impl Quad {
    /// The corners, counter-clockwise as seen from the front.
    #[must_use]
    pub(crate) fn corners(&self) -> [[i64; 3]; 4] {
        let [u, v] = PLANE_AXES[self.axis];
        let corner = |at_u: i64, at_v: i64| {
            let mut corner = [self.plane; 3];
            corner[u] = at_u;
            corner[v] = at_v;
            corner
        };
        let [low, high] = [self.min, self.max];
        let mut corners = [
            corner(low[0], low[1]),
            corner(high[0], low[1]),
            corner(high[0], high[1]),
            corner(low[0], high[1]),
        ];
        // The axes of a plane across y, x and z, form a left-handed pair with it; the others are
        // right-handed.
        if self.positive == (self.axis == 1) {
            corners.swap(1, 3);
        }
        corners
    }

    /// Which way it faces, as an index: -x, +x, -y, +y, -z, +z.
    #[must_use]
    pub(crate) fn direction(&self) -> usize {
        2 * self.axis + usize::from(self.positive)
    }

    /// Its normal, as a unit vector.
    #[must_use]
    pub(crate) fn normal(&self) -> [i32; 3] {
        let mut normal = [0; 3];
        normal[self.axis] = if self.positive { 1 } else { -1 };
        normal
    }
}

/// What it costs to hand out a rectangle, in units of work: five lines of text are made of it.
const QUAD_UNITS: u64 = 1024;

/// Calls `sink` for every rectangle of the surface, until it fails or the work has to end.
///
/// # Errors
/// Those of `sink` and of the work.
pub(crate) fn for_each_quad<E: From<goxel_core::Error>>(
    volume: &Volume,
    work: &Work<'_>,
    mut sink: impl FnMut(&Quad) -> Result<(), E>,
) -> Result<(), E> {
    let mut sink = |quad: &Quad| {
        work.spend(QUAD_UNITS)?;
        sink(quad)
    };
    for axis in 0..3 {
        slab::for_each(volume, axis, work, &mut sink)?;
    }
    Ok(())
}

/// How many rectangles the surface has.
///
/// # Errors
/// Where the work has to end.
pub(crate) fn count(volume: &Volume, work: &Work<'_>) -> goxel_core::Result<u64> {
    let mut count = 0;
    let counted: goxel_core::Result<()> = for_each_quad(volume, work, |_| {
        count += 1;
        Ok(())
    });
    counted.map(|()| count)
}

#[cfg(test)]
mod tests;
