//! [`crossings`]: where lines through the middles of voxels meet triangles.
//!
//! A line that goes through the edge that two triangles share meets one of them, never both and never
//! none: whether a point is left of an edge is worked out from the edge's lower end, whichever triangle
//! asks, and a point on it belongs to the triangle that lies on one side.

use goxel_core::Work;
use goxel_proto::types::Rgba;

use super::mesh::{Mesh, Triangle};
use crate::budget::Budget;
use crate::{Error, Result};

/// What rounding makes of a number, as a part of it, and some more.
const NEAR: f64 = 1e-9;

/// A line that meets a triangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Crossing {
    /// The voxel of the line along the other two axes, in their order.
    pub(super) line: [i32; 2],
    /// Where on the line.
    pub(super) at: f64,
    /// Whether the surface faces the end of the line.
    pub(super) ahead: bool,
    pub(super) colour: Rgba,
}

/// The two axes that lines along an axis are told apart by, in turn.
pub(super) fn others(axis: usize) -> [usize; 2] {
    [(axis + 1) % 3, (axis + 2) % 3]
}

/// All crossings of lines along an axis, by line and then along it.
pub(super) fn crossings(
    mesh: &Mesh,
    axis: usize,
    work: &Work<'_>,
    budget: &mut Budget<'_>,
) -> Result<Vec<Crossing>> {
    let mut crossings = Vec::new();
    for triangle in &mesh.triangles {
        let before = crossings.len();
        cross(mesh, triangle, axis, work, &mut crossings)?;
        budget.spend_bytes(((crossings.len() - before) * size_of::<Crossing>()) as u64)?;
    }
    // Of two at one place, what begins comes before what ends.
    crossings.sort_by(|a, b| {
        a.line.cmp(&b.line).then(a.at.total_cmp(&b.at)).then(a.ahead.cmp(&b.ahead))
    });
    Ok(crossings)
}

fn cross(
    mesh: &Mesh,
    triangle: &Triangle,
    axis: usize,
    work: &Work<'_>,
    crossings: &mut Vec<Crossing>,
) -> Result<()> {
    let [u, v] = others(axis);
    let flat = triangle.corners.map(|corner| [corner.at[u], corner.at[v]]);
    let area = left_of(flat[0], flat[1], flat[2]);
    if area == 0.0 {
        return Ok(());
    }
    let ahead = area > 0.0;
    // Counted so that the area is positive.
    let order = if ahead { [0, 1, 2] } else { [0, 2, 1] };
    let corners = order.map(|corner| flat[corner]);
    let ranges = [0, 1].map(|side| {
        let all = corners.map(|corner| corner[side]);
        let low = (all[0].min(all[1]).min(all[2]) - 0.5).ceil();
        let high = (all[0].max(all[1]).max(all[2]) - 0.5).floor();
        (low, high)
    });
    if ranges.iter().any(|(low, high)| *low < f64::from(i32::MIN) || *high > f64::from(i32::MAX)) {
        return Err(Error::TooLarge("a mesh that leaves the range of positions".to_owned()));
    }
    let [us, vs] = ranges.map(|(low, high)| low as i32..=high as i32);
    for a in us {
        work.spend(1 + vs.clone().count() as u64)?;
        for b in vs.clone() {
            let point = [f64::from(a) + 0.5, f64::from(b) + 0.5];
            let Some(parts) = inside(corners, point) else { continue };
            let total: f64 = parts.iter().sum();
            let mut weights = [0.0; 3];
            order.iter().zip(parts).for_each(|(&at, part)| weights[at] = part / total);
            let at = triangle.corners.iter().zip(weights).map(|(c, w)| c.at[axis] * w).sum();
            let at = snapped(at);
            let colour = mesh.colour(triangle, weights);
            crossings.push(Crossing { line: [a, b], at, ahead, colour });
        }
    }
    Ok(())
}

/// A place that is between two voxels but for what was rounded is between them.
fn snapped(at: f64) -> f64 {
    let whole = at.round();
    if (at - whole).abs() <= NEAR * whole.abs().max(1.0) { whole } else { at }
}

/// The weights of the corners at a point, if it is inside.
fn inside([a, b, c]: [[f64; 2]; 3], point: [f64; 2]) -> Option<[f64; 3]> {
    let weight = |from: [f64; 2], to: [f64; 2]| {
        let left = left_of(from, to, point);
        // On the edge: those are in whose inside is to the right or above.
        let owns = to[1] < from[1] || to[1] == from[1] && to[0] > from[0];
        (left > 0.0 || left == 0.0 && owns).then_some(left)
    };
    Some([weight(b, c)?, weight(c, a)?, weight(a, b)?])
}

/// Twice the area of a triangle, negative where it runs clockwise. An edge gives the same number from
/// either side, but for its sign.
fn left_of(from: [f64; 2], to: [f64; 2], point: [f64; 2]) -> f64 {
    let area = |a: [f64; 2], b: [f64; 2]| {
        (b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0])
    };
    if from < to { area(from, to) } else { -area(to, from) }
}
