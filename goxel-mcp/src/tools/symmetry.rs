//! How far the two halves of a model are mirror images, and where they are not.

use serde_json::{Value, json};

use super::grid::{Grid, hex};

/// Cells of a grid of which several planes are tried: each is as much work as looking at all of them.
const SEARCHED_CELLS_MAX: usize = 1 << 20;
/// Half voxels away from the middle where a plane is tried: what is missing at one end moves the middle.
const SEARCHED_HALVES: i64 = 6;
/// Differences that are listed.
const LISTED_MAX: usize = 20;
/// The least part of voxels with an image, in percent, of what was meant to be symmetric: below, a list of
/// differences is of no use.
const MEANT_PERCENT: f64 = 60.0;

/// A plane across an axis, by the sum of the coordinates of a voxel and of its image.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Plane {
    axis: usize,
    sum: i64,
}

impl Plane {
    fn image(self, mut place: [i64; 3]) -> [i64; 3] {
        place[self.axis] = self.sum - place[self.axis];
        place
    }

    /// Voxels whose image has their colour.
    fn matching(self, grid: &Grid) -> u64 {
        grid.voxels().filter(|(place, colour)| grid.at(self.image(*place)) == *colour).count()
            as u64
    }
}

/// The plane across an axis with the most voxels that have an image, the nearest to the middle of those.
fn best(grid: &Grid, axis: usize) -> (Plane, u64) {
    let middle = grid.size[axis] as i64 - 1;
    let mut best = (Plane { axis, sum: middle }, 0);
    best.1 = best.0.matching(grid);
    let reach = if grid.len() <= SEARCHED_CELLS_MAX { SEARCHED_HALVES } else { 0 };
    for away in (1..=reach).flat_map(|away| [away, -away]) {
        let plane = Plane { axis, sum: middle + away };
        let matching = plane.matching(grid);
        if matching > best.1 {
            best = (plane, matching);
        }
    }
    best
}

/// Across each axis: where the plane is, how much matches, and what does not.
pub(super) fn told(grid: &Grid) -> Value {
    let voxels = grid.voxels().count() as u64;
    let mut all = json!({});
    for (axis, name) in ["x", "y", "z"].into_iter().enumerate() {
        let (plane, matching) = best(grid, axis);
        let percent = if voxels == 0 { 100.0 } else { matching as f64 * 100.0 / voxels as f64 };
        // The mirror's coordinate, as transform takes it.
        let at = plane.sum as f64 / 2.0 + f64::from(grid.min[axis]);
        all[name] = json!({"at": at, "percent": (percent * 10.0).floor() / 10.0});
        if (MEANT_PERCENT..100.0).contains(&percent) {
            let (count, listed) = differences(grid, plane);
            all[name]["differences"] = count.into();
            all[name]["listed"] = listed.into();
        }
    }
    all
}

/// Pairs of cells that differ: where something is on one side and nothing on the other, and where the colours
/// differ. How many there are, and the first of them.
fn differences(grid: &Grid, plane: Plane) -> (usize, Vec<Value>) {
    let (mut count, mut listed) = (0, Vec::new());
    for (place, colour) in grid.voxels() {
        let image = plane.image(place);
        let other = grid.at(image);
        let twice = other != 0 && image < place;
        if other == colour || twice {
            continue;
        }
        count += 1;
        if listed.len() >= LISTED_MAX {
            continue;
        }
        let (at, of) = (grid.position(place), grid.position(image));
        listed.push(match other {
            0 => json!({"missing": of, "image_of": at, "color": hex(colour)}),
            _ => json!({"at": at, "color": hex(colour), "image": of, "image_color": hex(other)}),
        });
    }
    (count, listed)
}

#[cfg(test)]
mod tests {
    use super::*;

    const RED: u32 = 0xff00_00ff;
    const BLUE: u32 = 0xffff_0000;

    #[test]
    fn what_has_no_image_is_listed() {
        // A row of seven with a hole at 5, and a blue one at 6, whose image is red.
        let voxels: Vec<_> = [0, 1, 2, 3, 4].map(|x| ([x, 0, 0], RED)).to_vec();
        let grid = Grid::of([0, 0, 0, 6, 0, 0], &[&voxels[..], &[([6, 0, 0], BLUE)]].concat());
        let told = told(&grid);
        let x = &told["x"];
        // 0..4 are images of each other: better than the middle of all.
        assert_eq!((x["at"].as_f64(), x["percent"].as_f64()), (Some(2.0), Some(83.3)));
        assert_eq!(
            x["listed"],
            json!([{"missing": [-2, 0, 0], "image_of": [6, 0, 0], "color": "#0000ff"}])
        );
        assert_eq!(told["y"], json!({"at": 0.0, "percent": 100.0}));
        let (count, found) = differences(&grid, Plane { axis: 0, sum: 6 });
        assert_eq!(count, 2);
        assert_eq!(
            found,
            [
                json!({"at": [0, 0, 0], "color": "#ff0000", "image": [6, 0, 0], "image_color": "#0000ff"}),
                json!({"missing": [5, 0, 0], "image_of": [1, 0, 0], "color": "#ff0000"}),
            ]
        );
    }

    #[test]
    fn a_long_list_is_counted_and_cut() {
        let odd: Vec<_> = (0..100).map(|y| ([0, y, 0], RED)).collect();
        let grid = Grid::of([0, 0, 0, 1, 99, 0], &odd);
        let (count, listed) = differences(&grid, Plane { axis: 0, sum: 1 });
        assert_eq!((count, listed.len()), (100, LISTED_MAX));
    }
}
