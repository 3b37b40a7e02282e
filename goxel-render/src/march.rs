//! [`first_voxel`]: the first voxel that a ray meets, without its colour.
//!
//! Most rays only ask whether anything is in their way. On every level of the tree the question is the
//! same: which of 4 x 4 x 4 parts is the next that holds something? All 64 answers are in one word, so a
//! ray goes from part to part with additions and one shift each, from the largest parts down to voxels.

use glam::DVec3;
use goxel_core::TILE_EDGE;

use crate::camera::Ray;
use crate::leaf::Leaf;
use crate::parts::{At, PART_BITS, TILE_BITS};
use crate::traversal::{RayAxis, entry};
use crate::tree::{Cell, VoxelTree};

/// A position among 4 x 4 x 4 parts, three bits an axis: these are set where it is past the end.
const PAST: u32 = 0o444;

/// What a ray meets first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Meeting {
    pub(crate) at: At,
    /// The axis that the voxel's side is square to.
    pub(crate) axis: usize,
    /// Whether light surely does not go through it.
    pub(crate) is_opaque: bool,
}

/// A direction, prepared for rays that share it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Heading {
    axes: [RayAxis; 3],
}

impl Heading {
    pub(crate) fn new(direction: DVec3) -> Self {
        Self { axes: direction.to_array().map(|axis| RayAxis::new(0.0, axis)) }
    }
}

/// The first voxel of the tree on the way from `origin`, which is in the voxel `at`, or on a side of it.
/// The tree contains `at`.
pub(crate) fn first_voxel(
    tree: &VoxelTree<'_>,
    heading: &Heading,
    origin: DVec3,
    at: At,
) -> Option<Meeting> {
    let origin = origin.to_array();
    let axes = [0, 1, 2].map(|axis| heading.axes[axis].from(origin[axis]));
    March { tree, walk: Walk { axes, at, distance: 0.0, axis: 0 } }.go()
}

/// The first voxel of the tree on the way of a ray from outside.
pub(crate) fn first_from_outside(tree: &VoxelTree<'_>, ray: Ray) -> Option<Meeting> {
    let (origin, direction) = (ray.origin.to_array(), ray.direction.to_array());
    let axes = [0, 1, 2].map(|axis| RayAxis::new(origin[axis], direction[axis]));
    let (at, distance, axis) = entry(&axes, tree.low(), tree.high())?;
    March { tree, walk: Walk { axes, at, distance, axis } }.go()
}

/// The first voxel on the way of a ray from outside through one tile, whose lowest corner is `low`.
#[inline]
pub(crate) fn first_in_tile(leaf: &Leaf<'_>, low: At, ray: Ray) -> Option<Meeting> {
    let (origin, direction) = (ray.origin.to_array(), ray.direction.to_array());
    let axes = [0, 1, 2].map(|axis| RayAxis::new(origin[axis], direction[axis]));
    let high = low.map(|axis| axis + TILE_EDGE as i64);
    let (at, distance, axis) = entry(&axes, low, high)?;
    let mut walk = Walk { axes, at, distance, axis };
    let is_opaque = walk.tile(leaf)?;
    Some(Meeting { at: walk.at, axis: walk.axis, is_opaque })
}

/// A ray on its way.
struct March<'t, 'a> {
    tree: &'t VoxelTree<'a>,
    walk: Walk,
}

/// Where a ray is, among the parts of a node or a tile.
struct Walk {
    axes: [RayAxis; 3],
    at: At,
    distance: f64,
    axis: usize,
}

impl March<'_, '_> {
    #[inline(never)]
    fn go(mut self) -> Option<Meeting> {
        while self.tree.contains(self.walk.at) {
            if let Some(is_opaque) = self.descend() {
                return Some(Meeting { at: self.walk.at, axis: self.walk.axis, is_opaque });
            }
        }
        None
    }

    /// Goes from the root down to a voxel, if one is met in the nodes that hold where the ray is; else it
    /// leaves the smallest of them. Returns whether light surely does not go through the voxel.
    #[inline]
    fn descend(&mut self) -> Option<bool> {
        let (mut cell, mut shift) = self.tree.root();
        loop {
            match cell {
                Cell::Uniform(rgba) => return Some(rgba.alpha() == u8::MAX),
                Cell::Leaf(index) => return self.walk.tile(self.tree.leaf(index)),
                Cell::Node { mask, first } => {
                    shift -= PART_BITS;
                    let part = self.walk.among(mask, shift)?;
                    let nth = (mask & ((1 << part) - 1)).count_ones() as usize;
                    cell = self.tree.parts(mask, first)[nth];
                }
            }
        }
    }
}

impl Walk {
    /// Goes through the tile that it is in, to a voxel or out of it.
    #[inline]
    fn tile(&mut self, leaf: &Leaf<'_>) -> Option<bool> {
        let inside = leaf.inside();
        let tile = self.at;
        while (0..3).all(|axis| (self.at[axis] ^ tile[axis]) >> TILE_BITS == 0) {
            let part = self.among(inside.words, PART_BITS)?;
            if self.among(inside.set_word(part), 0).is_some() {
                return Some(inside.is_opaque);
            }
        }
        None
    }

    /// Goes through 4 x 4 x 4 parts of edge `1 << shift` from where the ray is among them. Returns which
    /// of those in `mask` it meets first, and leaves them where it meets none.
    #[inline]
    fn among(&mut self, mask: u64, shift: u32) -> Option<usize> {
        let axes = &self.axes;
        // Positions count in the ray's direction on each axis, so that they only ever go up.
        let flips = [0, 1, 2].map(|axis| if axes[axis].ahead == 1 { 0 } else { 3 });
        let flip = flips[0] | flips[1] << 2 | flips[2] << 4;
        let first = [0, 1, 2].map(|axis| (self.at[axis] >> shift) as u32 & 3 ^ flips[axis]);
        let mut place = first[0] | first[1] << 3 | first[2] << 6;
        let mut part = compact(place) ^ flip;
        if mask >> part & 1 == 1 {
            return Some(part as usize);
        }
        let low = self.at.map(|axis| axis >> shift << shift);
        let [mut to_x, mut to_y, mut to_z] =
            [0, 1, 2].map(|axis| axes[axis].distance(low[axis] + (axes[axis].ahead << shift)));
        let edge = (1u64 << shift) as f64;
        let [x, y, z] = [0, 1, 2].map(|axis| axes[axis].pace * edge);
        let mut distance = self.distance;
        let over = loop {
            let is_x = (to_x <= to_y) & (to_x <= to_z);
            let is_y = !is_x & (to_y <= to_z);
            let is_z = !(is_x | is_y);
            let next = if is_x {
                to_x
            } else if is_y {
                to_y
            } else {
                to_z
            };
            distance = if next > distance { next } else { distance };
            let step = u32::from(is_x) | u32::from(is_y) << 3 | u32::from(is_z) << 6;
            place += step;
            to_x += if is_x { x } else { 0.0 };
            to_y += if is_y { y } else { 0.0 };
            to_z += if is_z { z } else { 0.0 };
            part = compact(place) ^ flip;
            if place & PAST != 0 || mask >> part & 1 == 1 {
                break step.trailing_zeros() as usize / 3;
            }
        };
        let moved =
            [0, 1, 2].map(|axis| i64::from(place >> (3 * axis) & 7) - i64::from(first[axis]));
        self.at = std::array::from_fn(|axis| {
            let along = &axes[axis];
            let forward = if along.ahead == 1 { moved[axis] } else { -moved[axis] };
            let low = low[axis] + (forward << shift);
            let end = low + (1 << shift) - 1;
            if axis == over {
                return if along.ahead == 1 { low } else { end };
            }
            // Within the part that it is in now, and no farther back than it was.
            let from = if moved[axis] == 0 {
                self.at[axis]
            } else if along.ahead == 1 {
                low
            } else {
                end
            };
            let (least, most) = if along.ahead == 1 { (from, end) } else { (low, from) };
            along.voxel(distance).max(least).min(most)
        });
        self.distance = distance;
        self.axis = over;
        (place & PAST == 0).then_some(part as usize)
    }
}

/// The number of a part, from its place.
#[inline]
fn compact(place: u32) -> u32 {
    place & 3 | place >> 1 & 12 | place >> 2 & 48
}

#[cfg(test)]
mod tests {
    use glam::DVec3;
    use goxel_core::{Volume, Work};
    use goxel_proto::types::{Aabb, Pos, Rgba};

    use super::*;
    use crate::traversal::Traversal;

    /// Numbers that look random and are the same each time.
    struct Numbers(u64);

    impl Numbers {
        fn unit(&mut self) -> f64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (self.0 >> 11) as f64 / (1u64 << 53) as f64
        }

        fn point(&mut self, edge: f64) -> DVec3 {
            DVec3::from([0; 3].map(|_| (self.unit() - 0.5) * edge))
        }
    }

    fn heap(numbers: &mut Numbers, voxels: usize, edge: f64) -> Volume {
        let mut volume = Volume::new();
        for _ in 0..voxels {
            let pos = numbers.point(edge).to_array().map(|axis| axis.floor() as i32);
            let alpha = if numbers.unit() < 0.9 { 255 } else { 120 };
            volume.set(Pos::from(pos), Rgba::new(9, 9, 9, alpha));
        }
        let [low, high] = [edge as i32 / 2, edge as i32 / 2 + 40].map(|axis| Pos::from([axis; 3]));
        volume.fill(&Aabb::spanning(low, high), Rgba::WHITE);
        volume
    }

    #[test]
    fn it_meets_what_a_traversal_meets_first() {
        let mut numbers = Numbers(5);
        let mut met = 0;
        for (voxels, edge) in [(3, 9.0), (300, 40.0), (3000, 70.0), (400, 600.0), (90, 9000.0)] {
            let volume = heap(&mut numbers, voxels, edge);
            let bounds = volume.bounds().unwrap();
            let tree = VoxelTree::new(&volume, &bounds, &Work::unbounded()).unwrap();
            let high = DVec3::from(tree.high().map(|axis| axis as f64));
            for nth in 0..2000 {
                let target = (numbers.point(1.0) + 0.5) * high;
                let mut direction = numbers.point(1.0).normalize();
                if nth % 9 == 0 {
                    direction[nth % 3] = 0.0;
                }
                let ray = Ray { origin: target - direction * (2.0 * high.length()), direction };
                let first = first_from_outside(&tree, ray);
                let plain = Traversal::enter(&tree, ray).and_then(|mut ray| ray.next_hit());
                assert_eq!(
                    first.map(|met| (met.at, met.axis)),
                    plain.map(|hit| (hit.at, hit.axis)),
                    "{ray:?}"
                );
                met += usize::from(first.is_some());
            }
        }
        assert!(met > 1000, "{met}");
    }
}
