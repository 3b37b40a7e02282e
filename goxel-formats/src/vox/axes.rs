//! [`Axes`]: how a model lies in the project.

use goxel_proto::types::Aabb;

/// The way from where voxels are to where they are in their model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Axes {
    /// For each axis of the project, the one of the model.
    pub(super) column: [usize; 3],
    /// For each axis of the project, whether the model's runs against it.
    pub(super) negative: [bool; 3],
    /// Where the voxel at 0 of the model is.
    pub(super) origin: [i64; 3],
}

impl Axes {
    /// Where a coordinate along an axis of the project comes to be in the model.
    pub(super) fn to_model(self, axis: usize, coordinate: i64) -> i64 {
        let from = self.origin[axis];
        if self.negative[axis] { from - coordinate } else { coordinate - from }
    }

    /// The box in the model, both ends of it within.
    pub(super) fn box_in_model(&self, bounds: &Aabb) -> [[i64; 2]; 3] {
        let mut ends = [[0; 2]; 3];
        for axis in 0..3 {
            let low = self.to_model(axis, bounds.min[axis]);
            let high = self.to_model(axis, bounds.max[axis] - 1);
            ends[self.column[axis]] = [low.min(high), low.max(high)];
        }
        ends
    }
}
