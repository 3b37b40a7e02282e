//! Holes of a model: gaps of one voxel, and cavities that nothing outside reaches.

use serde_json::{Value, json};

use super::grid::{Grid, hex};

/// Gaps and cavities that are listed.
const LISTED_MAX: usize = 20;
/// The six neighbours of a cell.
const NEIGHBOURS: [[i64; 3]; 6] =
    [[-1, 0, 0], [1, 0, 0], [0, -1, 0], [0, 1, 0], [0, 0, -1], [0, 0, 1]];

fn step(place: [i64; 3], by: [i64; 3]) -> [i64; 3] {
    [0, 1, 2].map(|axis| place[axis] + by[axis])
}

/// Empty cells with a voxel on both sides along two axes or three: what is missing in a wall, or inside. Each
/// with the colour that most of its neighbours have.
pub(super) fn gaps(grid: &Grid) -> Value {
    let is_gap = |place: [i64; 3]| {
        let both = NEIGHBOURS
            .chunks(2)
            .filter(|pair| pair.iter().all(|by| grid.at(step(place, *by)) != 0));
        both.count() >= 2
    };
    let (mut count, mut listed) = (0, Vec::new());
    for (place, _) in grid.all().filter(|(place, colour)| *colour == 0 && is_gap(*place)) {
        count += 1;
        if listed.len() < LISTED_MAX {
            let colour = hex(usual(grid, place));
            listed.push(json!({"at": grid.position(place), "color": colour}));
        }
    }
    json!({"count": count, "listed": listed})
}

/// The colour that most neighbours have.
fn usual(grid: &Grid, place: [i64; 3]) -> u32 {
    let around = NEIGHBOURS.map(|by| grid.at(step(place, by)));
    let count = |colour: u32| around.iter().filter(|other| **other == colour).count();
    around
        .into_iter()
        .filter(|colour| *colour != 0)
        .max_by_key(|colour| count(*colour))
        .unwrap_or(0)
}

/// Parts of empty space that nothing outside reaches, the largest first.
pub(super) fn cavities(grid: &Grid) -> Value {
    let mut seen = vec![false; grid.len()];
    let [width, depth, height] = grid.size.map(|edge| edge as i64);
    // The largest so far: of a sponge there are millions.
    let (mut count, mut parts): (usize, Vec<Part>) = (0, Vec::new());
    for (index, (place, colour)) in grid.all().enumerate() {
        if colour != 0 || seen[index] {
            continue;
        }
        let mut part = Part { cells: 0, min: place, max: place, is_open: false };
        let mut next = vec![place];
        seen[index] = true;
        while let Some(place) = next.pop() {
            part.take(place);
            for by in NEIGHBOURS {
                let near = step(place, by);
                let [x, y, z] = near;
                if !(0..width).contains(&x) || !(0..depth).contains(&y) || !(0..height).contains(&z)
                {
                    part.is_open = true;
                    continue;
                }
                let index = ((z * depth + y) * width + x) as usize;
                if !seen[index] && grid.at(near) == 0 {
                    seen[index] = true;
                    next.push(near);
                }
            }
        }
        if !part.is_open {
            count += 1;
            let behind = parts.partition_point(|other| other.cells >= part.cells);
            parts.insert(behind, part);
            parts.truncate(LISTED_MAX);
        }
    }
    let entry = |part: &Part| json!({"cells": part.cells, "min": grid.position(part.min), "max": grid.position(part.max)});
    let listed: Vec<Value> = parts.iter().map(entry).collect();
    json!({"count": count, "listed": listed})
}

/// A part of empty space.
struct Part {
    cells: u64,
    min: [i64; 3],
    max: [i64; 3],
    /// Whether it goes on outside of the grid.
    is_open: bool,
}

impl Part {
    fn take(&mut self, place: [i64; 3]) {
        self.cells += 1;
        self.min = [0, 1, 2].map(|axis| self.min[axis].min(place[axis]));
        self.max = [0, 1, 2].map(|axis| self.max[axis].max(place[axis]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RED: u32 = 0xff00_00ff;

    fn solid(holes: &[[i32; 3]]) -> Grid {
        let all = (0..125).map(|at| [at % 5, at / 5 % 5, at / 25]);
        let voxels: Vec<_> = all.filter(|pos| !holes.contains(pos)).map(|pos| (pos, RED)).collect();
        Grid::of([0, 0, 0, 4, 4, 4], &voxels)
    }

    #[test]
    fn a_voxel_that_is_missing_is_a_gap() {
        let told = gaps(&solid(&[[0, 2, 2]]));
        assert_eq!(told, json!({"count": 1, "listed": [{"at": [0, 2, 2], "color": "#ff0000"}]}));
        // One at a corner or an edge is shape.
        assert_eq!(gaps(&solid(&[[0, 0, 0], [4, 4, 2]]))["count"], 0);
    }

    #[test]
    fn what_nothing_outside_reaches_is_a_cavity() {
        let told = cavities(&solid(&[[2, 2, 2], [2, 2, 3], [1, 1, 1], [0, 2, 0]]));
        let expected = json!([
            {"cells": 2, "min": [2, 2, 2], "max": [2, 2, 3]}, {"cells": 1, "min": [1, 1, 1], "max": [1, 1, 1]},
        ]);
        assert_eq!(told, json!({"count": 2, "listed": expected}));
        assert_eq!(cavities(&solid(&[[2, 2, 2], [2, 2, 3], [2, 2, 4]]))["count"], 0);
    }

    #[test]
    fn long_lists_are_counted_and_cut() {
        let holes: Vec<_> =
            (0..27).map(|at| [at % 3, at / 3 % 3, at / 9].map(|x| 2 * x + 1)).collect();
        let all = (0..343).map(|at| [at % 7, at / 7 % 7, at / 49]);
        let voxels: Vec<_> = all.filter(|pos| !holes.contains(pos)).map(|pos| (pos, RED)).collect();
        let grid = Grid::of([0, 0, 0, 6, 6, 6], &voxels);
        for told in [gaps(&grid), cavities(&grid)] {
            assert_eq!(told["count"], 27);
            assert_eq!(told["listed"].as_array().unwrap().len(), LISTED_MAX);
        }
    }
}
