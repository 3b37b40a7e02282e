//! Volumes made from numbers: lines, tori, planes and height maps, to be laid over a layer with
//! [`crate::Command::Combine`] in whichever mode.
//!
//! All arithmetic is on integers, so every machine makes the same voxels.

mod implicit;

use std::ops::Range;

use goxel_proto::types::{Aabb, Pos, Rgba};

use implicit::{Coverage, fill_implicit, squares};

use crate::{Error, Result, TILE_EDGE, Volume, Work, check, limits};

/// What a voxel of a line costs: three in sixteen begin another tile.
const LINE_UNITS: u64 = 128;

/// The voxels from one to another, both inside: one for each step along the longest axis.
///
/// # Errors
/// [`Error::LineTooLong`] where there are more than [`limits::LINE_VOXELS_MAX`], what `work` says.
pub fn line(from: Pos, to: Pos, rgba: Rgba, work: &Work<'_>) -> Result<Volume> {
    let places = line_places(from, to)?;
    work.expect(places.len() as u64 * LINE_UNITS)?;
    let mut line = Volume::new();
    let mut accessor = line.accessor();
    for at in places {
        work.spend(LINE_UNITS)?;
        accessor.set(at, rgba);
    }
    drop(accessor);
    Ok(line)
}

/// Where these voxels are, from one end to the other.
///
/// # Errors
/// [`Error::LineTooLong`], as of [`line`].
pub(crate) fn line_places(from: Pos, to: Pos) -> Result<impl ExactSizeIterator<Item = Pos>> {
    let (from, to) = (from.to_array().map(i64::from), to.to_array().map(i64::from));
    let away = [0, 1, 2].map(|axis| to[axis] - from[axis]);
    let steps = away.iter().map(|away| away.abs()).max().unwrap_or(0);
    let length = steps.unsigned_abs() + 1;
    if length > limits::LINE_VOXELS_MAX {
        return Err(Error::LineTooLong(length));
    }
    Ok((0..length as usize).map(move |step| {
        // The nearest place; halves go up.
        let at = [0, 1, 2].map(|axis| {
            let twice = 2 * away[axis] * step as i64 + steps;
            from[axis] + twice.div_euclid((2 * steps).max(1))
        });
        Pos::from(at.map(|axis| axis as i32))
    }))
}

/// A ring about an axis (0 is x) that is `size` voxels wide and made of a tube of `tube` voxels, or
/// of `size` where that is less. Its middle is that of the voxel `center`; of even numbers, the
/// lower side of it.
///
/// # Errors
/// [`Error::ShapeTooLarge`] where its box holds more than [`limits::SHAPE_VOXELS_MAX`],
/// [`Error::TooManyTiles`] where it is too thin for its length, [`Error::OutOfRange`], what `work`
/// says.
pub fn torus(
    center: Pos,
    axis: usize,
    size: u32,
    tube: u32,
    rgba: Rgba,
    work: &Work<'_>,
) -> Result<Volume> {
    let tube = tube.min(size);
    let mut edges = [size; 3];
    edges[axis % 3] = tube;
    let aabb = Aabb::around(center, edges);
    check::check_shape(&aabb)?;
    if aabb.intersection(&Aabb::EVERYTHING) != aabb {
        return Err(Error::OutOfRange);
    }
    let ring = Ring {
        axis: axis % 3,
        twice_middle: [0, 1, 2].map(|axis| aabb.min[axis] + aabb.max[axis] - 1),
        radius: i64::from(size - tube),
        tube: i64::from(tube),
    };
    fill_implicit(&aabb, rgba, work, |cell| ring.classify(cell))
}

/// A torus, with all lengths doubled, so that a middle between two voxels is a whole number.
struct Ring {
    axis: usize,
    twice_middle: [i64; 3],
    /// From its middle to that of the tube.
    radius: i64,
    /// Of the tube.
    tube: i64,
}

impl Ring {
    fn classify(&self, cell: &Aabb) -> Coverage {
        let away = [0, 1, 2].map(|axis| {
            let twice = |place: i64| 2 * place - self.twice_middle[axis];
            squares(twice(cell.min[axis]), twice(cell.max[axis] - 1))
        });
        let [u, v, w] = [1, 2, 3].map(|step| away[(self.axis + step) % 3]);
        let (near, far) = (u.0 + v.0, u.1 + v.1);
        // What is inside at one height lies between two distances, so both ends speak for all.
        if self.contains(near, w.1) && self.contains(far, w.1) {
            return Coverage::All;
        }
        let best = self.radius.pow(2).clamp(near, far);
        if self.contains(best, w.0) { Coverage::Partial } else { Coverage::None }
    }

    /// Whether a place is inside, from the squares of its distances from the axis and along it:
    /// `(sqrt(flat) - radius)^2 + up <= tube^2`, without the root.
    fn contains(&self, flat: i64, up: i64) -> bool {
        let rest = flat + self.radius.pow(2) + up - self.tube.pow(2);
        let reach = 4 * i128::from(self.radius).pow(2) * i128::from(flat);
        rest <= 0 || i128::from(rest).pow(2) <= reach
    }
}

/// The part of a plane that lies in a box: through the middle of the voxel `point`, across
/// `normal`, and one voxel thick along the axis that `normal` goes along most.
///
/// # Errors
/// [`Error::ShapeTooLarge`] where the box holds more than [`limits::SHAPE_VOXELS_MAX`],
/// [`Error::TooManyTiles`] where it is too thin for its length, what `work` says.
pub fn plane(
    aabb: &Aabb,
    point: Pos,
    normal: [i16; 3],
    rgba: Rgba,
    work: &Work<'_>,
) -> Result<Volume> {
    let aabb = aabb.intersection(&Aabb::EVERYTHING);
    check::check_shape(&aabb)?;
    let normal = normal.map(i64::from);
    let most = normal.iter().map(|part| part.abs()).max().unwrap_or(0);
    let middle = point.to_array().map(i64::from);
    fill_implicit(&aabb, rgba, work, |cell| {
        // Twice how far the nearest and the farthest corner are off.
        let (mut low, mut high) = (0, 0);
        for axis in 0..3 {
            let part = |place: i64| 2 * normal[axis] * (place - middle[axis]);
            let (a, b) = (part(cell.min[axis]), part(cell.max[axis] - 1));
            (low, high) = (low + a.min(b), high + a.max(b));
        }
        match (high < -most || low >= most, low >= -most && high < most) {
            (true, _) => Coverage::None,
            (_, true) => Coverage::All,
            _ => Coverage::Partial,
        }
    })
}

/// A landscape of columns on a ground of rows that are `width` long, the first of them at `low` and each as many
/// voxels high as `heights` says; what is left of a last row is left out.
///
/// # Errors
/// [`Error::HeightMapTooLarge`] where there are more voxels than [`limits::HEIGHT_MAP_VOXELS_MAX`],
/// [`Error::TooManyTiles`] where they stand in more tiles than [`limits::PARTIAL_TILES_MAX`],
/// [`Error::OutOfRange`], what `work` says.
pub fn height_map(
    low: Pos,
    width: usize,
    heights: &[u32],
    rgba: Rgba,
    work: &Work<'_>,
) -> Result<Volume> {
    let width = width.max(1);
    check_size(heights.iter().map(|&height| u128::from(height)).sum())?;
    let ground = Ground { low: low.to_array().map(i64::from), width, heights };
    let rows = heights.len() / width;
    let most = heights.iter().take(rows * width).max().copied().unwrap_or(0);
    let all = ground.column(0..width, 0..rows, most);
    if most > 0 && all.intersection(&Aabb::EVERYTHING) != all {
        return Err(Error::OutOfRange);
    }
    check::check_tiles(ground.tiles(rows))?;
    let mut volume = Volume::new();
    for ys in cells(ground.low[1], rows) {
        for xs in cells(ground.low[0], width) {
            ground.fill(&mut volume, &xs, &ys, rgba, work)?;
        }
    }
    Ok(volume)
}

/// The tiles that columns stand in: which columns are in each, counted from the first, which is
/// at `low`.
fn cells(low: i64, count: usize) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let edge = TILE_EDGE as i64;
        let left = edge - (low + start as i64).rem_euclid(edge);
        let cell = start..count.min(start + left as usize);
        start = cell.end;
        (!cell.is_empty()).then_some(cell)
    })
}

/// Columns by their heights.
struct Ground<'a> {
    low: [i64; 3],
    width: usize,
    heights: &'a [u32],
}

impl Ground<'_> {
    /// The box of equally high columns.
    fn column(&self, xs: Range<usize>, ys: Range<usize>, height: u32) -> Aabb {
        let [x, y, z] = self.low;
        Aabb {
            min: [x + xs.start as i64, y + ys.start as i64, z],
            max: [x + xs.end as i64, y + ys.end as i64, z + i64::from(height)],
        }
    }

    /// How many tiles the columns reach into, at the most.
    fn tiles(&self, rows: usize) -> u128 {
        let of_cell = |xs: Range<usize>, ys: &Range<usize>| {
            let row = |y: usize| &self.heights[y * self.width..][xs.clone()];
            let highest = ys.clone().flat_map(row).max().copied().unwrap_or(0);
            u128::from(highest).div_ceil(TILE_EDGE as u128) + 1
        };
        let of_row = |ys: Range<usize>| -> u128 {
            cells(self.low[0], self.width).map(|xs| of_cell(xs, &ys)).sum()
        };
        cells(self.low[1], rows).map(of_row).sum()
    }

    /// Fills columns that stand in the same tiles: first what all of them have, at the price of a
    /// few columns, then what each has more.
    fn fill(
        &self,
        volume: &mut Volume,
        xs: &Range<usize>,
        ys: &Range<usize>,
        rgba: Rgba,
        work: &Work<'_>,
    ) -> Result<()> {
        let row = |y: usize| &self.heights[y * self.width..][xs.clone()];
        let shared = ys.clone().flat_map(row).min().copied().unwrap_or(0);
        volume.fill_within(&self.column(xs.clone(), ys.clone(), shared), rgba, work)?;
        for y in ys.clone() {
            let mut x = xs.start;
            for run in row(y).chunk_by(|a, b| a == b) {
                let mut column = self.column(x..x + run.len(), y..y + 1, run[0]);
                column.min[2] += i64::from(shared);
                volume.fill_within(&column, rgba, work)?;
                x += run.len();
            }
        }
        Ok(())
    }
}

fn check_size(voxels: u128) -> Result<()> {
    if voxels > limits::HEIGHT_MAP_VOXELS_MAX {
        return Err(Error::HeightMapTooLarge(voxels));
    }
    Ok(())
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
            let line =
                line(from.into(), to.into(), Rgba::WHITE, &Work::unbounded()).expect("short");
            assert_eq!(places(&line), expected, "{from:?} {to:?}");
        };
        check([1, 2, 3], [1, 2, 3], &[[1, 2, 3]]);
        check([0, 0, 0], [4, 2, 0], &[[0, 0, 0], [1, 1, 0], [2, 1, 0], [3, 2, 0], [4, 2, 0]]);
        check([0, 0, 0], [-2, -1, 2], &[[-2, -1, 2], [-1, 0, 1], [0, 0, 0]]);
        let all = line(
            Pos::from([i32::MIN; 3]),
            Pos::from([i32::MAX; 3]),
            Rgba::WHITE,
            &Work::unbounded(),
        );
        assert_eq!(all, Err(Error::LineTooLong(1 << 32)));
        let long = |length: u64| {
            line(Pos::ZERO, Pos::new(length as i32 - 1, 0, 0), Rgba::WHITE, &Work::unbounded())
        };
        let most = limits::LINE_VOXELS_MAX;
        assert_eq!(long(most).map(|line| line.count()), Ok(most));
        assert_eq!(long(most + 1), Err(Error::LineTooLong(most + 1)));
    }

    #[test]
    fn tori_are_those_of_real_numbers() {
        let center = Pos::new(-3, 20, 15);
        for (axis, size, tube) in
            [(0, 19, 5), (1, 20, 4), (2, 15, 15), (2, 40, 7), (1, 9, 1), (2, 1, 9), (0, 33, 8)]
        {
            let torus =
                torus(center, axis, size, tube, Rgba::WHITE, &Work::unbounded()).expect("small");
            let mut edges = [size; 3];
            edges[axis] = tube.min(size);
            let aabb = Aabb::around(center, edges);
            assert_eq!(torus.bounds(), Some(aabb), "{axis} {size} {tube}: it touches its box");
            let half = |axis: usize| (aabb.min[axis] + aabb.max[axis] - 1) as f64 / 2.0;
            let thick = f64::from(edges[axis]) / 2.0;
            let mut count = 0;
            for (pos, _) in filled(&aabb).voxels() {
                let away = |axis: usize| f64::from(pos.to_array()[axis]) - half(axis);
                let [u, v] = [(axis + 1) % 3, (axis + 2) % 3].map(away);
                let off = (u.hypot(v) - (f64::from(size) / 2.0 - thick)).hypot(away(axis));
                let there = !torus.get(pos).is_empty();
                // On the very border the formula in fractions may round either way.
                assert!(there == (off <= thick) || (off - thick).abs() < 1e-9, "{pos:?}");
                count += u64::from(there);
            }
            assert_eq!(torus.count(), count, "{axis} {size} {tube}: nothing is outside");
        }
        assert_eq!(torus(END, 2, 7, 1, Rgba::WHITE, &Work::unbounded()), Err(Error::OutOfRange));
        assert!(matches!(
            torus(END, 2, 9999, 19, Rgba::WHITE, &Work::unbounded()),
            Err(Error::ShapeTooLarge(_))
        ));
    }

    fn filled(aabb: &Aabb) -> Volume {
        let mut volume = Volume::new();
        volume.fill(aabb, Rgba::WHITE);
        volume
    }

    #[test]
    fn planes_are_those_of_their_formula() {
        let aabb = Aabb::spanning(Pos::from([-20; 3]), Pos::new(20, 17, 40));
        let point = Pos::new(1, 2, 3);
        for normal in [[0, 0, 1], [3, -1, 2], [1, 1, 1], [-5, 0, 4]] {
            let plane =
                plane(&aabb, point, normal, Rgba::WHITE, &Work::unbounded()).expect("small");
            let most = normal.map(i64::from).map(i64::abs).into_iter().max().expect("three");
            let near = |pos: &Pos| {
                let away = [0, 1, 2].map(|axis| pos.to_array()[axis] - point.to_array()[axis]);
                let parts = [0, 1, 2].map(|axis| i64::from(normal[axis]) * i64::from(away[axis]));
                let off = 2 * parts.iter().sum::<i64>();
                -most <= off && off < most
            };
            let expected = filled(&aabb).voxels().filter(|(pos, _)| near(pos)).collect();
            assert_eq!(plane, expected, "{normal:?}");
        }
    }

    #[test]
    fn planes_are_one_voxel_thick_where_they_are_steepest() {
        let aabb = Aabb::spanning(Pos::from([-20; 3]), Pos::from([20; 3]));
        for normal in [[0, 0, 1], [3, -1, 2], [1, 1, 1], [-5, 0, 4]] {
            let plane = plane(&aabb, Pos::new(1, 2, 3), normal, Rgba::WHITE, &Work::unbounded())
                .expect("small");
            assert_eq!(plane.get(Pos::new(1, 2, 3)), Rgba::WHITE);
            let steepest = (0..3).max_by_key(|&axis: &usize| normal[axis].abs()).expect("three");
            let mut columns = places(&plane);
            columns.iter_mut().for_each(|at| at[steepest] = 0);
            columns.sort_unstable();
            let all = columns.len();
            columns.dedup();
            assert_eq!(columns.len(), all, "{normal:?}");
        }
        assert!(
            plane(&aabb, Pos::ZERO, [0; 3], Rgba::WHITE, &Work::unbounded())
                .expect("small")
                .is_empty()
        );
        let all = plane(&Aabb::EVERYTHING, Pos::ZERO, [0; 3], Rgba::WHITE, &Work::unbounded());
        assert_eq!(all, Err(Error::ShapeTooLarge(1 << 96)));
    }

    #[test]
    fn large_height_maps_are_their_columns() {
        let low = Pos::new(-21, 13, -7);
        let height = |at: usize| (at * 7919 % 61) as u32;
        let heights: Vec<u32> = (0..50 * 37).map(height).collect();
        let map = height_map(low, 50, &heights, Rgba::WHITE, &Work::unbounded()).expect("small");
        let voxels = heights.iter().enumerate().flat_map(|(at, &height)| {
            let (x, y) = (low.x + (at % 50) as i32, low.y + (at / 50) as i32);
            (0..height as i32).map(move |z| (Pos::new(x, y, low.z + z), Rgba::WHITE))
        });
        assert_eq!(map, voxels.collect());
    }

    #[test]
    fn height_maps_stand_on_their_ground() {
        let low = Pos::new(-1, 15, 2);
        let map = height_map(low, 3, &[1, 0, 2, 3, 3, 1, 9], Rgba::WHITE, &Work::unbounded())
            .expect("small");
        let columns = [[-1, 15, 2], [1, 15, 2], [1, 15, 3], [-1, 16, 2], [-1, 16, 3], [-1, 16, 4]];
        let more = [[0, 16, 2], [0, 16, 3], [0, 16, 4], [1, 16, 2]];
        let mut expected = [&columns[..], &more].concat();
        expected.sort_unstable();
        assert_eq!(places(&map), expected);
        let high = height_map(low, 1, &[u32::MAX; 2], Rgba::WHITE, &Work::unbounded());
        assert_eq!(high, Err(Error::HeightMapTooLarge(2 * u128::from(u32::MAX))));
        let most = limits::PARTIAL_TILES_MAX as u32;
        let tower = |tiles: u32| {
            height_map(Pos::ZERO, 1, &[(tiles - 1) * 16], Rgba::WHITE, &Work::unbounded())
        };
        assert_eq!(tower(100).map(|tower| tower.count()), Ok(99 * 16));
        assert_eq!(tower(most + 1), Err(Error::TooManyTiles(limits::PARTIAL_TILES_MAX + 1)));
        assert_eq!(
            height_map(END, 2, &[1, 1], Rgba::WHITE, &Work::unbounded()),
            Err(Error::OutOfRange)
        );
    }
}
