//! [`Corners`]: ambient occlusion, from the voxels around the corners of a face.
//!
//! A corner is the darker the more of its three neighbours before the face are opaque; between the
//! corners of a face light goes over evenly. Pixels mostly come to the face that the one before has
//! seen, so the last face's corners are kept.

use crate::point::Point;
use crate::tree::{At, Cursor};

/// The ambient occlusion factor of a corner with three, two, one and no opaque voxels around it.
const OCCLUSION: [f32; 4] = [0.36, 0.58, 0.79, 1.0];

/// The corners of the face that was looked at last.
pub(crate) struct Corners<'t, 'a> {
    pub(crate) cursor: Cursor<'t, 'a>,
    front: At,
    axis: usize,
    /// By the low and high end of the next axis, then of the one after.
    factors: [[f32; 2]; 2],
}

impl<'t, 'a> Corners<'t, 'a> {
    pub(crate) fn new(cursor: Cursor<'t, 'a>) -> Self {
        // No face lies before this voxel.
        Self { cursor, front: [i64::MIN; 3], axis: 0, factors: [[1.0; 2]; 2] }
    }

    /// The ambient occlusion factor at a point: that of the face's four corners, interpolated.
    #[inline]
    pub(crate) fn ambient_occlusion(&mut self, point: &Point) -> f32 {
        if self.front != point.front || self.axis != point.axis {
            self.front = point.front;
            self.axis = point.axis;
            self.factors = self.around(point.front, point.axis);
        }
        let [[a, b], [c, d]] = self.factors;
        if a == 1.0 && b == 1.0 && c == 1.0 && d == 1.0 {
            return 1.0;
        }
        let along =
            |axis: usize| (point.place[axis] - point.front[axis] as f64).clamp(0.0, 1.0) as f32;
        let mix = |a: f32, b: f32, part: f32| a + (b - a) * part;
        let (u, v) = (along((self.axis + 1) % 3), along((self.axis + 2) % 3));
        mix(mix(a, b, v), mix(c, d, v), u)
    }

    /// The factors of the corners of a face before which `front` lies.
    fn around(&mut self, front: At, axis: usize) -> [[f32; 2]; 2] {
        let tree = self.cursor.tree();
        let (u, v) = ((axis + 1) % 3, (axis + 2) % 3);
        if !(tree.low()[axis]..tree.high()[axis]).contains(&front[axis]) {
            return [[1.0; 2]; 2];
        }
        let mut around = 0u32;
        for (bit, (du, dv)) in
            [(-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (-1, 1), (1, -1), (1, 1)]
                .into_iter()
                .enumerate()
        {
            let mut at = front;
            at[u] += du;
            at[v] += dv;
            let opaque = tree.contains(at) && self.cursor.is_opaque(at);
            around |= u32::from(opaque) << bit;
        }
        if around == 0 {
            return [[1.0; 2]; 2];
        }
        std::array::from_fn(|iu| {
            std::array::from_fn(|iv| {
                let walls = (around >> iu & 1) + (around >> (2 + iv) & 1);
                // The voxel behind two that meet is hidden by them.
                let all = if walls == 2 { 3 } else { walls + (around >> (4 + 2 * iu + iv) & 1) };
                OCCLUSION[3 - all as usize]
            })
        })
    }
}
