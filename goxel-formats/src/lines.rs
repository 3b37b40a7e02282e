//! [`Lines`]: walks through the box of a volume a line at a time, along any axis: for formats that
//! store empty space too, each with axes of its own.

use goxel_core::{TILE_EDGE, TilePos, Volume, Work, voxel_index};
use goxel_proto::types::{Aabb, Pos, Rgba};

use crate::limits::BOX_VOXELS_MAX;
use crate::{Error, Result};

/// How far apart in a tile two neighbours along an axis are.
const STRIDES: [usize; 3] = [1, TILE_EDGE, TILE_EDGE * TILE_EDGE];

/// A volume and the box around its voxels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lines<'a> {
    volume: &'a Volume,
    pub(crate) bounds: Aabb,
}

impl<'a> Lines<'a> {
    /// Refuses a box of more than `longest` along any axis or of too many positions in all. Where
    /// there is no voxel the box is that of the one at the origin.
    pub(crate) fn new(
        volume: &'a Volume,
        longest: [u64; 3],
        format: &str,
        work: &Work<'_>,
    ) -> Result<Self> {
        let bounds = volume.bounds_within(work)?.unwrap_or(Aabb::of(Pos::ZERO));
        let ([x, y, z], [w, d, h]) = (bounds.size(), longest);
        if x > w || y > d || z > h {
            return Err(Error::TooLarge(format!(
                "the voxels span {x} x {y} x {z}: a .{format} file can hold {w} x {d} x {h}"
            )));
        }
        if bounds.volume() > BOX_VOXELS_MAX {
            return Err(Error::TooLarge(format!(
                "the voxels span {x} x {y} x {z}, more than {BOX_VOXELS_MAX} positions, all of \
                 which a .{format} file stores"
            )));
        }
        Ok(Self { volume, bounds })
    }

    /// The lengths of the edges.
    pub(crate) fn size(&self) -> [u32; 3] {
        self.bounds.size().map(|edge| edge as u32)
    }

    /// Fills `line` with the voxels along `axis` that begin at `start`.
    pub(crate) fn read(&self, start: [i64; 3], axis: usize, line: &mut [Rgba]) {
        let mut pos = start;
        let mut rest = line;
        while !rest.is_empty() {
            let here = Pos::from(pos.map(|c| c as i32));
            let at = TilePos::of(here);
            let length = (at.aabb().max[axis] - pos[axis]).min(rest.len() as i64) as usize;
            let (part, after) = rest.split_at_mut(length);
            let tile = self.volume.tile(at);
            if let Some(rgba) = tile.uniform() {
                part.fill(rgba);
            } else {
                let first = voxel_index(here);
                for (step, voxel) in part.iter_mut().enumerate() {
                    *voxel = tile.get(first + step * STRIDES[axis]);
                }
            }
            pos[axis] += length as i64;
            rest = after;
        }
    }

    /// Calls `visit` with every line along the axis `fast`, for each place along `middle` and, for
    /// all of these, each along `slow`. An axis whose flag in `down` is set is walked from its end.
    pub(crate) fn for_each(
        &self,
        [fast, middle, slow]: [usize; 3],
        down: [bool; 3],
        work: &Work<'_>,
        mut visit: impl FnMut([i64; 3], &[Rgba]) -> Result<()>,
    ) -> Result<()> {
        let Aabb { min, max } = self.bounds;
        let mut line = vec![Rgba::EMPTY; (max[fast] - min[fast]) as usize];
        let place = |axis: usize, step: i64| {
            if down[axis] { max[axis] - 1 - step } else { min[axis] + step }
        };
        for s in 0..max[slow] - min[slow] {
            for m in 0..max[middle] - min[middle] {
                let mut start = min;
                start[slow] = place(slow, s);
                start[middle] = place(middle, m);
                self.read(start, fast, &mut line);
                if down[fast] {
                    line.reverse();
                }
                work.spend(line.len() as u64)?;
                visit(start, &line)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_along_any_axis_are_the_voxels_there() {
        let volume: Volume = (0..900)
            .map(|i| {
                let pos = Pos::new(i * 37 % 60 - 30, i * 11 % 40, i * 7 % 33 - 20);
                (pos, Rgba::new(i as u8, 2, 3, (i % 255) as u8 + 1))
            })
            .collect();
        let work = Work::unbounded();
        let lines = Lines::new(&volume, [60, 40, 33], "test", &work).unwrap();
        for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0]] {
            for down in [[false; 3], [true, false, true], [true; 3]] {
                let mut found = Vec::new();
                let visit = |start: [i64; 3], line: &[Rgba]| {
                    let fast = order[0];
                    assert_eq!(line.len(), lines.size()[fast] as usize);
                    for (step, rgba) in line.iter().enumerate() {
                        let last = line.len() - 1;
                        let mut pos = start;
                        pos[fast] += if down[fast] { last - step } else { step } as i64;
                        found.push((Pos::from(pos.map(|c| c as i32)), *rgba));
                    }
                    Ok(())
                };
                lines.for_each(order, down, &work, visit).unwrap();
                assert_eq!(found.into_iter().collect::<Volume>(), volume, "{order:?} {down:?}");
            }
        }
    }

    #[test]
    fn boxes_are_bounded() {
        let two = |at| [(Pos::ZERO, Rgba::WHITE), (at, Rgba::WHITE)].into_iter().collect();
        let check = |at, longest| {
            let volume: Volume = two(at);
            Lines::new(&volume, longest, "test", &Work::unbounded()).map(|lines| lines.size())
        };
        assert_eq!(check(Pos::new(9, 0, 4), [10, 1, 5]).unwrap(), [10, 1, 5]);
        let error = check(Pos::new(10, 0, 4), [10, 1, 5]).unwrap_err().to_string();
        assert!(error.contains("11 x 1 x 5: a .test file can hold 10 x 1 x 5"), "{error}");
        let error = check(Pos::new(4000, 4000, 4000), [u64::MAX; 3]).unwrap_err().to_string();
        assert!(error.contains("more than 8589934592 positions"), "{error}");
        let empty = Volume::new();
        let lines = Lines::new(&empty, [1; 3], "test", &Work::unbounded()).unwrap();
        assert_eq!(lines.size(), [1; 3]);
    }
}
