//! Volumes made from numbers: lines, tori, planes and height maps, to be laid over a layer with
//! [`crate::Command::Stamp`] in whichever mode.
//!
//! All arithmetic is on integers, so every machine makes the same voxels.

use goxel_proto::types::{Aabb, Pos, Rgba};

use crate::{Error, Result, Volume, limits};

/// The voxels from one to another, both inside: one for each step along the longest axis.
///
/// # Errors
/// [`Error::ReshapeTooLarge`] where there are more than [`limits::RESHAPE_VOXELS_MAX`].
pub fn line(from: Pos, to: Pos, rgba: Rgba) -> Result<Volume> {
    let (from, to) = (from.to_array().map(i64::from), to.to_array().map(i64::from));
    let away = [0, 1, 2].map(|axis| to[axis] - from[axis]);
    let steps = away.iter().map(|away| away.abs()).max().unwrap_or(0);
    check_size(steps.unsigned_abs().into())?;
    let mut line = Volume::new();
    let mut accessor = line.accessor();
    for step in 0..=steps {
        // The nearest place; halves go up.
        let at = [0, 1, 2].map(|axis| {
            let twice = 2 * away[axis] * step + steps;
            from[axis] + twice.div_euclid((2 * steps).max(1))
        });
        accessor.set(Pos::from(at.map(|axis| axis as i32)), rgba);
    }
    drop(accessor);
    Ok(line)
}

/// A ring about an axis (0 is x): voxels whose middles are at most `tube` from a circle of radius
/// `ring` around the middle of the voxel `center`.
///
/// # Errors
/// [`Error::ShapeTooLarge`] where its box holds more than [`limits::SHAPE_VOXELS_MAX`],
/// [`Error::OutOfRange`].
pub fn torus(center: Pos, axis: usize, ring: u32, tube: u32, rgba: Rgba) -> Result<Volume> {
    let [u, v, w] = [(axis + 1) % 3, (axis + 2) % 3, axis % 3];
    let (ring, tube) = (i64::from(ring), i64::from(tube));
    let mut reach = [ring + tube; 3];
    reach[w] = tube;
    let aabb = around(center, reach)?;
    let mut volume = Volume::new();
    let mut accessor = volume.accessor();
    let middle = center.to_array().map(i64::from);
    for_each_place(&aabb, |at| {
        let away = [0, 1, 2].map(|axis| at[axis] - middle[axis]);
        let (flat, up) = (away[u].pow(2) + away[v].pow(2), away[w].pow(2));
        // (sqrt(flat) - ring)^2 + up <= tube^2, without the root: the left side is
        // rest - 2 ring sqrt(flat), with what follows for the rest.
        let rest = flat + ring.pow(2) + up - tube.pow(2);
        if rest <= 0 || i128::from(rest).pow(2) <= 4 * i128::from(ring).pow(2) * i128::from(flat) {
            accessor.set(Pos::from(at.map(|axis| axis as i32)), rgba);
        }
    });
    drop(accessor);
    Ok(volume)
}

/// The part of a plane that lies in a box: through the middle of the voxel `point`, across
/// `normal`, and one voxel thick along the axis that `normal` goes along most.
///
/// # Errors
/// [`Error::ShapeTooLarge`] where the box holds more than [`limits::SHAPE_VOXELS_MAX`].
pub fn plane(aabb: &Aabb, point: Pos, normal: [i16; 3], rgba: Rgba) -> Result<Volume> {
    let aabb = aabb.intersection(&Aabb::EVERYTHING);
    check_shape(&aabb)?;
    let normal = normal.map(i64::from);
    let most = normal.iter().map(|part| part.abs()).max().unwrap_or(0);
    let middle = point.to_array().map(i64::from);
    let mut volume = Volume::new();
    let mut accessor = volume.accessor();
    for_each_place(&aabb, |at| {
        let parts = [0, 1, 2].map(|axis| normal[axis] * (at[axis] - middle[axis]));
        let off = 2 * parts.iter().sum::<i64>();
        if -most <= off && off < most {
            accessor.set(Pos::from(at.map(|axis| axis as i32)), rgba);
        }
    });
    drop(accessor);
    Ok(volume)
}

/// Columns on a ground of rows that are `width` long, the first of them at `low` and each as many
/// voxels high as `heights` says; what is left of a last row is left out.
///
/// # Errors
/// [`Error::ReshapeTooLarge`] where there are more voxels than [`limits::RESHAPE_VOXELS_MAX`],
/// [`Error::OutOfRange`].
pub fn height_map(low: Pos, width: usize, heights: &[u32], rgba: Rgba) -> Result<Volume> {
    let width = width.max(1);
    check_size(heights.iter().map(|&height| u128::from(height)).sum())?;
    let low = low.to_array().map(i64::from);
    let mut volume = Volume::new();
    for (row, heights) in heights.chunks_exact(width).enumerate() {
        let mut x = 0;
        for run in heights.chunk_by(|a, b| a == b) {
            let min = [low[0] + x as i64, low[1] + row as i64, low[2]];
            x += run.len();
            let max = [low[0] + x as i64, min[1] + 1, min[2] + i64::from(run[0])];
            let column = Aabb { min, max };
            if column.intersection(&Aabb::EVERYTHING) != column {
                return Err(Error::OutOfRange);
            }
            volume.fill(&column, rgba);
        }
    }
    Ok(volume)
}

fn check_size(voxels: u128) -> Result<()> {
    if voxels > u128::from(limits::RESHAPE_VOXELS_MAX) {
        return Err(Error::ReshapeTooLarge(voxels));
    }
    Ok(())
}

fn check_shape(aabb: &Aabb) -> Result<()> {
    if aabb.volume() > limits::SHAPE_VOXELS_MAX {
        return Err(Error::ShapeTooLarge(aabb.volume()));
    }
    Ok(())
}

/// The box that reaches so far from a voxel to all sides.
fn around(center: Pos, reach: [i64; 3]) -> Result<Aabb> {
    let center = center.to_array().map(i64::from);
    let aabb = Aabb {
        min: [0, 1, 2].map(|axis| center[axis] - reach[axis]),
        max: [0, 1, 2].map(|axis| center[axis] + reach[axis] + 1),
    };
    check_shape(&aabb)?;
    if aabb.intersection(&Aabb::EVERYTHING) != aabb {
        return Err(Error::OutOfRange);
    }
    Ok(aabb)
}

fn for_each_place(aabb: &Aabb, mut f: impl FnMut([i64; 3])) {
    for z in aabb.min[2]..aabb.max[2] {
        for y in aabb.min[1]..aabb.max[1] {
            for x in aabb.min[0]..aabb.max[0] {
                f([x, y, z]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const END: Pos = Pos::new(i32::MAX, i32::MIN, 0);

    fn places(volume: &Volume) -> Vec<[i32; 3]> {
        let mut places: Vec<_> = volume.voxels().map(|(pos, _)| pos.to_array()).collect();
        places.sort_unstable();
        places
    }

    #[test]
    fn lines_hold_both_ends_and_a_voxel_a_step() {
        let check = |from: [i32; 3], to: [i32; 3], expected: &[[i32; 3]]| {
            let line = line(from.into(), to.into(), Rgba::WHITE).expect("short");
            assert_eq!(places(&line), expected, "{from:?} {to:?}");
        };
        check([1, 2, 3], [1, 2, 3], &[[1, 2, 3]]);
        check([0, 0, 0], [4, 2, 0], &[[0, 0, 0], [1, 1, 0], [2, 1, 0], [3, 2, 0], [4, 2, 0]]);
        check([0, 0, 0], [-2, -1, 2], &[[-2, -1, 2], [-1, 0, 1], [0, 0, 0]]);
        let all = line(Pos::from([i32::MIN; 3]), Pos::from([i32::MAX; 3]), Rgba::WHITE);
        assert_eq!(all, Err(Error::ReshapeTooLarge((1 << 32) - 1)));
    }

    #[test]
    fn tori_are_those_of_real_numbers() {
        for (axis, ring, tube) in [(0, 7u32, 2u32), (1, 5, 5), (2, 3, 6), (2, 0, 4), (1, 9, 0)] {
            let center = Pos::new(-3, 20, 15);
            let torus = torus(center, axis, ring, tube, Rgba::WHITE).expect("small");
            let reach = (ring + tube + 2) as i32;
            let mut expected = Vec::new();
            for index in 0..(2 * reach + 1).pow(3) {
                let edge = 2 * reach + 1;
                let away = [index % edge, index / edge % edge, index / edge / edge];
                let away = away.map(|axis| axis - reach);
                let [u, v] = [(axis + 1) % 3, (axis + 2) % 3].map(|axis| f64::from(away[axis]));
                let off = (u.hypot(v) - f64::from(ring)).hypot(f64::from(away[axis]));
                if off <= f64::from(tube) + 1e-9 {
                    expected.push([0, 1, 2].map(|axis| center.to_array()[axis] + away[axis]));
                }
            }
            expected.sort_unstable();
            assert_eq!(places(&torus), expected, "{axis} {ring} {tube}");
        }
        assert_eq!(torus(END, 2, 3, 1, Rgba::WHITE), Err(Error::OutOfRange));
        assert!(matches!(torus(END, 2, 9999, 9, Rgba::WHITE), Err(Error::ShapeTooLarge(_))));
    }

    #[test]
    fn planes_are_one_voxel_thick_where_they_are_steepest() {
        let aabb = Aabb::spanning(Pos::from([-20; 3]), Pos::from([20; 3]));
        for normal in [[0, 0, 1], [3, -1, 2], [1, 1, 1], [-5, 0, 4]] {
            let plane = plane(&aabb, Pos::new(1, 2, 3), normal, Rgba::WHITE).expect("small");
            assert_eq!(plane.get(Pos::new(1, 2, 3)), Rgba::WHITE);
            let steepest = (0..3).max_by_key(|&axis: &usize| normal[axis].abs()).expect("three");
            let mut columns = places(&plane);
            columns.iter_mut().for_each(|at| at[steepest] = 0);
            columns.sort_unstable();
            let all = columns.len();
            columns.dedup();
            assert_eq!(columns.len(), all, "{normal:?}");
        }
        assert!(plane(&aabb, Pos::ZERO, [0; 3], Rgba::WHITE).expect("small").is_empty());
        let all = plane(&Aabb::EVERYTHING, Pos::ZERO, [0; 3], Rgba::WHITE);
        assert_eq!(all, Err(Error::ShapeTooLarge(1 << 96)));
    }

    #[test]
    fn height_maps_stand_on_their_ground() {
        let low = Pos::new(-1, 15, 2);
        let map = height_map(low, 3, &[1, 0, 2, 3, 3, 1, 9], Rgba::WHITE).expect("small");
        let columns = [[-1, 15, 2], [1, 15, 2], [1, 15, 3], [-1, 16, 2], [-1, 16, 3], [-1, 16, 4]];
        let more = [[0, 16, 2], [0, 16, 3], [0, 16, 4], [1, 16, 2]];
        let mut expected = [&columns[..], &more].concat();
        expected.sort_unstable();
        assert_eq!(places(&map), expected);
        let high = height_map(low, 1, &[u32::MAX], Rgba::WHITE);
        assert_eq!(high, Err(Error::ReshapeTooLarge(u128::from(u32::MAX))));
        assert_eq!(height_map(END, 2, &[1, 1], Rgba::WHITE), Err(Error::OutOfRange));
    }
}
