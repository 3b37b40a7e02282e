//! [`Traversal`]: a ray on its way through the tree, from one change of colour to the next.
//!
//! This is a DDA (digital differential analyser) whose steps are as large as the cube of one colour
//! that the ray is in. The voxel that the ray is in is known as whole numbers, and each step moves it
//! over the side of a cube onto the voxel beyond. So it always gets on, never jumps over a voxel, and
//! ends where the bounds end, whatever rounding does to the fractions.

use goxel_proto::types::Rgba;

use crate::camera::Ray;
use crate::tree::{At, Cursor, VoxelTree};

/// Where a ray meets a voxel that differs from the one before it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Hit {
    pub(crate) at: At,
    pub(crate) rgba: Rgba,
    /// How far along the ray, in lengths of its direction.
    pub(crate) distance: f64,
    /// The axis that the voxel's side is square to.
    pub(crate) axis: usize,
}

/// A ray on its way.
pub(crate) struct Traversal<'t, 'a> {
    tree: &'t VoxelTree<'a>,
    cursor: Cursor<'t, 'a>,
    axes: [RayAxis; 3],
    at: At,
    distance: f64,
    axis: usize,
    /// The colour of the voxel just left.
    inside: Rgba,
}

/// One axis of a ray.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RayAxis {
    origin: f64,
    direction: f64,
    /// The plane at `x` is reached after `(x - start) * inverse`. Where the ray does not move along
    /// this axis that is infinitely far, whatever `x` is.
    start: f64,
    /// 1 / direction.
    inverse: f64,
    /// How far the planes of neighbours are apart: infinitely, where the ray does not move along this
    /// axis.
    pub(crate) pace: f64,
    /// 1 where the ray moves upwards, else 0.
    pub(crate) ahead: i64,
}

impl RayAxis {
    pub(crate) fn new(origin: f64, direction: f64) -> Self {
        let (start, inverse, pace) = match direction {
            0.0 => (f64::NEG_INFINITY, 1.0, f64::INFINITY),
            _ => (origin, direction.recip(), direction.recip().abs()),
        };
        Self { origin, direction, start, inverse, pace, ahead: i64::from(direction > 0.0) }
    }

    /// The same direction from another place.
    #[inline]
    pub(crate) fn from(mut self, origin: f64) -> Self {
        self.origin = origin;
        self.start = if self.pace == f64::INFINITY { f64::NEG_INFINITY } else { origin };
        self
    }

    /// How far along the ray the plane at `at` is.
    #[inline]
    pub(crate) fn distance(&self, at: i64) -> f64 {
        (at as f64 - self.start) * self.inverse
    }

    /// The voxel at `distance`, as far as rounding tells.
    #[inline]
    pub(crate) fn voxel(&self, distance: f64) -> i64 {
        floor(self.origin + self.direction * distance)
    }

    /// Where the ray is at `distance`: no further back than `at`, and not past the cube of edge
    /// `1 << shift` from `low` on.
    #[inline]
    fn slide(&self, distance: f64, at: i64, low: i64, shift: u32) -> i64 {
        let voxel = self.voxel(distance);
        let last = low + (1 << shift) - 1;
        let (from, to) = if self.ahead == 1 { (at, last) } else { (low, at) };
        voxel.max(from).min(to)
    }
}

impl<'t, 'a> Traversal<'t, 'a> {
    /// A ray from outside the tree, put where it enters the bounds; `None` where it misses them.
    pub(crate) fn enter(tree: &'t VoxelTree<'a>, ray: Ray) -> Option<Self> {
        let mut traversal = Self::new(Cursor::new(tree), ray, [0; 3], Rgba::EMPTY);
        (traversal.at, traversal.distance, traversal.axis) =
            entry(&traversal.axes, tree.low(), tree.high())?;
        Some(traversal)
    }

    /// A ray that starts in the voxel `at`, which the tree contains and whose colour is `inside`.
    pub(crate) fn new(cursor: Cursor<'t, 'a>, ray: Ray, at: At, inside: Rgba) -> Self {
        let (origin, direction) = (ray.origin.to_array(), ray.direction.to_array());
        Self {
            tree: cursor.tree(),
            cursor,
            axes: [0, 1, 2].map(|axis| RayAxis::new(origin[axis], direction[axis])),
            at,
            distance: 0.0,
            axis: 0,
            inside,
        }
    }

    /// A cursor where the ray is now.
    pub(crate) fn cursor(&self) -> Cursor<'t, 'a> {
        self.cursor
    }

    /// The next voxel that is not empty and not like the one before. Voxels of one translucent
    /// colour are one body: only its surface counts.
    ///
    /// Never inlined, which a profile-guided build would do: the loop needs all registers.
    #[inline(never)]
    pub(crate) fn next_hit(&mut self) -> Option<Hit> {
        loop {
            let cube = self.cursor.cube(self.at);
            if cube.rgba != self.inside {
                self.inside = cube.rgba;
                if !cube.rgba.is_empty() {
                    return Some(self.hit(cube.rgba));
                }
            }
            if !self.step(cube.shift) {
                return None;
            }
        }
    }

    /// The next voxel that is not like the one before, an empty one too, as a ray meets it that leaves
    /// a body. Where the bounds end behind one, that is the empty voxel outside.
    #[inline(never)]
    pub(crate) fn next_change(&mut self) -> Option<Hit> {
        while self.tree.contains(self.at) {
            let cube = self.cursor.cube(self.at);
            if cube.rgba != self.inside {
                self.inside = cube.rgba;
                return Some(self.hit(cube.rgba));
            }
            self.step(cube.shift);
        }
        let inside = std::mem::replace(&mut self.inside, Rgba::EMPTY);
        (!inside.is_empty()).then(|| self.hit(Rgba::EMPTY))
    }

    fn hit(&self, rgba: Rgba) -> Hit {
        Hit { at: self.at, rgba, distance: self.distance, axis: self.axis }
    }

    /// Steps out of the cube of edge `1 << shift` that the ray is in; false where the bounds end.
    #[inline]
    fn step(&mut self, shift: u32) -> bool {
        (self.at, self.distance, self.axis) = leave(&self.axes, self.at, self.distance, shift);
        self.tree.contains(self.at)
    }
}

/// Where a ray gets that leaves the cube of edge `1 << shift` around `at`: the voxel beyond, how far
/// along the ray, and over which axis.
#[inline]
fn leave(axes: &[RayAxis; 3], at: At, distance: f64, shift: u32) -> (At, f64, usize) {
    let low = at.map(|axis| axis >> shift << shift);
    let side: At = std::array::from_fn(|axis| low[axis] + (axes[axis].ahead << shift));
    let exits: [f64; 3] = std::array::from_fn(|axis| axes[axis].distance(side[axis]));
    let (axis, exit) = nearest(exits);
    let distance = if exit > distance { exit } else { distance };
    // All three are written together: a store to one of them, chosen by index, would stall the load of
    // all three that follows.
    let at = std::array::from_fn(|other| {
        let onto = side[other] + axes[other].ahead - 1;
        let along = axes[other].slide(distance, at[other], low[other], shift);
        if other == axis { onto } else { along }
    });
    (at, distance, axis)
}

/// Where a ray from outside enters a box of voxels, from `low` to before `high`: the voxel, how far along the ray, and over which axis.
pub(crate) fn entry(axes: &[RayAxis; 3], low: At, high: At) -> Option<(At, f64, usize)> {
    let (mut near, mut far, mut over) = (0f64, f64::INFINITY, 0);
    for (index, axis) in axes.iter().enumerate() {
        let sides = [low[index], high[index]];
        if axis.direction == 0.0 {
            if !(sides[0] as f64..sides[1] as f64).contains(&axis.origin) {
                return None;
            }
            continue;
        }
        let [a, b] = sides.map(|side| axis.distance(side));
        if a.min(b) > near {
            near = a.min(b);
            over = index;
        }
        far = far.min(a.max(b));
    }
    let at = [0, 1, 2].map(|axis| {
        let voxel = axes[axis].origin + axes[axis].direction * near;
        (voxel as i64).clamp(low[axis], high[axis] - 1)
    });
    (near < far).then_some((at, near, over))
}

/// The axis of the least value, of equal ones the first, and the value. Not `f64::min`, which
/// spends time on what is no number.
#[inline]
fn nearest([x, y, z]: [f64; 3]) -> (usize, f64) {
    let first = if y < x { (1, y) } else { (0, x) };
    if z < first.1 { (2, z) } else { first }
}

/// The largest whole number that is not above `x`, which lies between -2^51 and 2^51.
///
/// The sum is in the range where a step of the last bit is 1, so the processor rounds, and the
/// low bits are the number. A cast takes thrice as long, for ranges that do not occur here.
#[inline]
fn floor(x: f64) -> i64 {
    const UNITS: f64 = 1.5 * (1u64 << 52) as f64;
    let sum = x + UNITS;
    let rounded = sum.to_bits() as i64 - UNITS.to_bits() as i64;
    rounded - i64::from(sum - UNITS > x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use glam::DVec3;
    use goxel_core::Volume;
    use goxel_proto::types::Pos;

    /// Numbers that look random and are the same each time.
    struct Numbers(u64);

    impl Numbers {
        fn unit(&mut self) -> f64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (self.0 >> 11) as f64 / (1u64 << 53) as f64
        }

        fn point(&mut self, low: f64, high: f64) -> DVec3 {
            DVec3::from([0; 3].map(|_| low + self.unit() * (high - low)))
        }
    }

    fn heap(numbers: &mut Numbers, voxels: usize, edge: f64) -> Volume {
        let mut one = || {
            let pos = numbers.point(-edge / 2.0, edge / 2.0).to_array();
            let alpha = if numbers.unit() < 0.5 { 255 } else { 128 };
            let grey = (numbers.unit() * 3.0) as u8;
            (Pos::from(pos.map(|axis| axis.floor() as i32)), Rgba::new(grey, 0, 0, alpha))
        };
        (0..voxels).map(|_| one()).collect()
    }

    /// Every hit of a ray, found by going from one voxel to the next.
    fn naive(volume: &Volume, low: At, high: At, ray: Ray) -> Vec<(At, Rgba, usize)> {
        let (origin, direction) = (ray.origin.to_array(), ray.direction.to_array());
        let mut at = origin.map(|axis| axis.floor() as i64);
        let mut inside = Rgba::EMPTY;
        let mut hits = Vec::new();
        for _ in 0..2000 {
            let exits = [0, 1, 2].map(|axis| {
                let side = at[axis] + i64::from(direction[axis] > 0.0);
                match direction[axis] {
                    0.0 => f64::INFINITY,
                    pace => (side as f64 - origin[axis]) * pace.recip(),
                }
            });
            let axis = nearest(exits).0;
            at[axis] += direction[axis].signum() as i64;
            if (0..3).any(|axis| at[axis] < low[axis] || at[axis] >= high[axis]) {
                inside = Rgba::EMPTY;
                continue;
            }
            let rgba = volume.get(Pos::from(at.map(|axis| axis as i32)));
            if rgba != inside && !rgba.is_empty() {
                hits.push((at, rgba, axis));
            }
            inside = rgba;
        }
        hits
    }

    /// Compares all hits of a ray whose origin is given in positions of the volume.
    fn check(volume: &Volume, tree: &VoxelTree<'_>, ray: Ray) -> usize {
        let bounds = volume.bounds().unwrap();
        let base = [0, 1, 2].map(|axis| bounds.min[axis] - tree.low()[axis]);
        let origin = ray.origin - DVec3::from(base.map(|axis| axis as f64));
        let mut traversal = Traversal::enter(tree, Ray { origin, ..ray });
        let hits = std::iter::from_fn(|| traversal.as_mut()?.next_hit());
        let hits: Vec<_> = hits
            .map(|hit| ([0, 1, 2].map(|axis| hit.at[axis] + base[axis]), hit.rgba, hit.axis))
            .collect();
        assert_eq!(hits, naive(volume, bounds.min, bounds.max, ray), "{ray:?}");
        hits.len()
    }

    #[test]
    fn hits_are_those_of_going_voxel_by_voxel() {
        let mut numbers = Numbers(1);
        let mut hits = 0;
        for (voxels, edge) in [(1, 3.0), (60, 6.0), (300, 40.0), (3000, 40.0), (500, 150.0)] {
            let volume = heap(&mut numbers, voxels, edge);
            let tree =
                VoxelTree::new(&volume, &volume.bounds().unwrap(), &goxel_core::Work::unbounded())
                    .unwrap();
            for _ in 0..300 {
                let origin = numbers.point(-1.0, 1.0).normalize() * (edge * 1.5 + 3.0);
                let target = numbers.point(-edge / 2.0, edge / 2.0);
                hits += check(&volume, &tree, Ray { origin, direction: target - origin });
            }
        }
        assert!(hits > 1000, "{hits}");
    }

    #[test]
    fn rays_along_the_axes_hit_too() {
        let mut numbers = Numbers(2);
        let volume = heap(&mut numbers, 4000, 40.0);
        let tree =
            VoxelTree::new(&volume, &volume.bounds().unwrap(), &goxel_core::Work::unbounded())
                .unwrap();
        for direction in DVec3::AXES.into_iter().flat_map(|axis| [axis, -axis]) {
            for _ in 0..50 {
                let across = numbers.point(-20.0, 20.0) * (DVec3::ONE - direction.abs());
                check(&volume, &tree, Ray { origin: across - direction * 50.5, direction });
                // On the sides between voxels too.
                let origin = across.floor() - direction * 50.5;
                check(&volume, &tree, Ray { origin, direction });
            }
        }
    }

    #[test]
    fn whole_numbers_below() {
        for (x, expected) in
            [(0.5, 0), (7.99, 7), (3.0, 3), (0.0, 0), (-0.01, -1), (4e9 + 0.25, 4_000_000_000)]
        {
            assert_eq!(floor(x), expected, "{x}");
        }
    }
}
