//! [`Lines`]: lines on the model, around the faces of voxels or around shapes.

use goxel_proto::types::Edges;

use crate::fragment::Plane;
use crate::point::Point;
use crate::samples::BLOCK_EDGE;

/// How dark a line around a voxel is: 0 would be none.
const GRID: f32 = 0.32;
/// How dark a line is where a shape ends, and where it bends.
const OUTLINE: f32 = 0.8;
const BEND: f32 = 0.4;
/// Half the width of a line around a voxel, in pixels.
const HALF_WIDTH: f64 = 0.6;
/// Where voxels are smaller than the first, in pixels, there are no lines; from the second on they are
/// as dark as can be.
const FADES: (f64, f64) = (3.0, 9.0);

/// Lines on the model.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lines {
    pub(crate) edges: Edges,
    /// Pixels that a voxel's edge takes along each axis, where rays are parallel; else at distance 1.
    pub(crate) pixels: [f64; 3],
    pub(crate) parallel: bool,
}

impl Lines {
    fn scale(&self, distance: f64) -> f64 {
        if self.parallel { 1.0 } else { 1.0 / distance.max(1e-6) }
    }

    /// What a voxel's colour is multiplied with at a point, so far along the ray.
    pub(crate) fn grid(&self, point: &Point, distance: f64) -> f32 {
        if self.edges != Edges::Grid {
            return 1.0;
        }
        let scale = self.scale(distance);
        let dark = (1..3).map(|step| {
            let axis = (point.axis + step) % 3;
            let pixels = self.pixels[axis] * scale;
            let inside = point.place[axis] - point.front[axis] as f64;
            let apart = inside.min(1.0 - inside).max(0.0) * pixels;
            ((HALF_WIDTH + 0.5 - apart).clamp(0.0, 1.0) * fade(pixels)) as f32
        });
        1.0 - GRID * dark.fold(0.0, f32::max)
    }

    /// What a pixel is multiplied with, from the planes that it and those beside it see.
    pub(crate) fn outline(&self, planes: &[Option<Plane>], x: usize, y: usize) -> f32 {
        let at = y * BLOCK_EDGE + x;
        let Some(own) = planes[at] else { return 1.0 };
        let beside = [
            (x > 0).then(|| at - 1),
            (x + 1 < BLOCK_EDGE).then_some(at + 1),
            at.checked_sub(BLOCK_EDGE),
            Some(at + BLOCK_EDGE).filter(|&below| below < planes.len()),
        ];
        let bends = fade(self.pixels.into_iter().fold(0.0, f64::max)) as f32;
        let dark = beside.into_iter().flatten().map(|other| match planes[other] {
            None => OUTLINE,
            Some(plane) if plane == own => 0.0,
            Some(_) => BEND * if self.parallel { bends } else { 1.0 },
        });
        1.0 - dark.fold(0.0, f32::max)
    }
}

/// How dark lines are where voxels have so many pixels.
fn fade(pixels: f64) -> f64 {
    ((pixels - FADES.0) / (FADES.1 - FADES.0)).clamp(0.0, 1.0)
}
