//! [`Frame`]: from voxels to the numbers of a file: where the origin is, how long a voxel is, and which
//! axis points up.

use goxel_proto::types::{Aabb, Origin, Up};

/// How a mesh lies in a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    /// The point in voxels that becomes the file's origin.
    origin: [f64; 3],
    /// How long a voxel is in the file.
    pub(crate) scale: f64,
    pub(crate) up: Up,
}

impl Frame {
    /// A frame for voxels within these bounds.
    pub(crate) fn new(origin: Origin, bounds: Option<Aabb>, scale: f64, up: Up) -> Self {
        let origin = bounds.map_or([0.0; 3], |bounds| {
            let low = bounds.min.map(|c| c as f64);
            let middle = [0, 1, 2].map(|axis| (bounds.min[axis] + bounds.max[axis]) as f64 / 2.0);
            match origin {
                Origin::World => [0.0; 3],
                Origin::Corner => low,
                Origin::Center => middle,
                Origin::Ground => [middle[0], middle[1], low[2]],
            }
        });
        Self { origin, scale, up }
    }

    /// The same for a mesh of voxels that are so many times as long.
    pub(crate) fn coarser(self, times: f64) -> Self {
        let origin = self.origin.map(|c| c / times);
        Self { origin, scale: self.scale * times, ..self }
    }

    /// A point of the file.
    #[inline]
    pub(crate) fn point(&self, at: [f64; 3]) -> [f64; 3] {
        let at = [0, 1, 2].map(|axis| (at[axis] - self.origin[axis]) * self.scale);
        self.turned(at)
    }

    /// A direction of the file.
    #[inline]
    pub(crate) fn turned(&self, [x, y, z]: [f64; 3]) -> [f64; 3] {
        match self.up {
            // No minus before a 0: some readers show it.
            Up::Y => [x, z, 0.0 - y],
            Up::Z => [x, y, z],
        }
    }

    /// The direction of which [`Frame::turned`] makes this one.
    pub(crate) fn untwisted(&self, [x, y, z]: [f64; 3]) -> [f64; 3] {
        match self.up {
            Up::Y => [x, 0.0 - z, y],
            Up::Z => [x, y, z],
        }
    }

    /// A normal of length 1; of length 0 where the mesh has none.
    #[inline]
    pub(crate) fn normal(&self, normal: [i8; 3]) -> [f32; 3] {
        let normal = normal.map(f64::from);
        let length = normal.iter().map(|c| c * c).sum::<f64>().sqrt();
        if length == 0.0 {
            return [0.0; 3];
        }
        self.turned(normal.map(|c| c / length)).map(|c| c as f32)
    }
}
