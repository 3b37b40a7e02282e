//! [`Point`]: a point on a face, where light falls.

use glam::DVec3;

use crate::camera::Ray;
use crate::parts::At;
use crate::samples::Face;
use crate::tree::VoxelTree;

/// A point on a face.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Point {
    pub(crate) place: DVec3,
    /// The axis that the face is square to, and whether it faces up that axis.
    pub(crate) axis: usize,
    pub(crate) upwards: bool,
    /// The voxel before the face.
    pub(crate) front: At,
}

impl Point {
    /// The point of a side of the voxel `at` that is nearest to `place`.
    #[inline]
    pub(crate) fn on(place: DVec3, at: At, axis: usize, upwards: bool) -> Self {
        let mut front = at;
        front[axis] += if upwards { 1 } else { -1 };
        let mut place = place.to_array();
        for other in 0..3 {
            let low = at[other] as f64;
            let plane = if upwards { low + 1.0 } else { low };
            place[other] = if other == axis { plane } else { place[other].max(low).min(low + 1.0) };
        }
        Self { place: DVec3::from(place), axis, upwards, front }
    }

    /// The middle of the face of a voxel.
    pub(crate) fn in_the_middle(face: &Face) -> Self {
        let middle = DVec3::from(face.at.map(|axis| axis as f64 + 0.5));
        Self::on(middle, face.at, usize::from(face.axis), face.upwards)
    }

    /// The point of a face that is nearest to where a ray meets its plane.
    #[inline]
    pub(crate) fn of(face: &Face, ray: Ray) -> Self {
        let (at, distance) = face.meets(ray);
        let place = ray.origin + ray.direction * distance;
        Self::on(place, at, usize::from(face.axis), face.upwards)
    }
}

impl Point {
    /// Whether a ray from here leaves the model's box at once: most faces at its border are lit so.
    pub(crate) fn is_at_edge(&self, tree: &VoxelTree<'_>, direction: DVec3) -> bool {
        let front = self.front[self.axis];
        match self.upwards {
            true => front >= tree.high()[self.axis] && direction[self.axis] >= 0.0,
            false => front < tree.low()[self.axis] && direction[self.axis] <= 0.0,
        }
    }
}
