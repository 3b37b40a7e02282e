//! [`boxes`]: where two projects differ, in few boxes.

use std::collections::BTreeSet;

use goxel_proto::types::Aabb;

use super::find;
use crate::{Project, Result, TILE_EDGE, TILE_UNITS, Volume, Work};

/// Edges of cells double so many times at the most: then one cell has half of an axis.
const EDGE_BITS_MAX: u32 = 28;

/// Boxes that hold all voxels in which two projects differ, `count_max` at the most and 1 at least where there is
/// any. They are as fine as that allows: tiles that differ, or larger cells, put together along x.
///
/// # Errors
/// What `work` says.
pub fn boxes(
    before: &Project,
    after: &Project,
    count_max: usize,
    work: &Work<'_>,
) -> Result<Vec<Aabb>> {
    let none = Volume::new();
    let mut places = BTreeSet::new();
    for layer in after.layers() {
        let old = find(before.layers(), layer.id).map_or(&none, |old| &old.volume);
        take(old, &layer.volume, &mut places, work)?;
    }
    let is_gone = |id| find(after.layers(), id).is_none();
    for layer in before.layers().iter().filter(|layer| is_gone(layer.id)) {
        take(&layer.volume, &none, &mut places, work)?;
    }
    let cells = places.into_iter().collect();
    Ok(coarsened(cells, count_max.max(1)))
}

/// Takes in the tiles that hold other voxels, as they come: z, y, x.
fn take(
    before: &Volume,
    after: &Volume,
    places: &mut BTreeSet<[i32; 3]>,
    work: &Work<'_>,
) -> Result<()> {
    for at in before.changed_tiles(after) {
        work.spend(TILE_UNITS)?;
        let [x, y, z] = at.0;
        if !super::tiles(at, before.tile(at), after.tile(at), work)?.is_empty() {
            places.insert([z, y, x]);
        }
    }
    Ok(())
}

/// The boxes of cells, whose edges are doubled until the boxes are few enough.
fn coarsened(mut cells: Vec<[i32; 3]>, count_max: usize) -> Vec<Aabb> {
    let mut bits = 0;
    loop {
        let runs = runs(&cells);
        if runs.len() <= count_max || bits == EDGE_BITS_MAX {
            let boxes: Vec<Aabb> = runs.into_iter().map(|(at, x)| aabb(at, x, bits)).collect();
            // Two cells meet at the origin however large they are.
            let whole = boxes.iter().copied().reduce(|a, b| a.union(&b));
            return if boxes.len() <= count_max { boxes } else { whole.into_iter().collect() };
        }
        bits += 1;
        for cell in &mut cells {
            *cell = cell.map(|axis| axis >> 1);
        }
        cells.sort_unstable();
        cells.dedup();
    }
}

/// Cells that follow each other along x: the first, and the x of the last.
fn runs(cells: &[[i32; 3]]) -> Vec<([i32; 3], i32)> {
    let mut runs: Vec<([i32; 3], i32)> = Vec::new();
    for &[z, y, x] in cells {
        match runs.last_mut() {
            Some(([last_z, last_y, _], last)) if (*last_z, *last_y) == (z, y) && *last + 1 == x => {
                *last = x;
            }
            _ => runs.push(([z, y, x], x)),
        }
    }
    runs
}

fn aabb([z, y, x]: [i32; 3], last: i32, bits: u32) -> Aabb {
    let edge = (TILE_EDGE as i64) << bits;
    let (low, high) = ([x, y, z].map(i64::from), [last, y, z].map(i64::from));
    // Cells may reach further than positions do.
    let (first, end) = (i64::from(i32::MIN), i64::from(i32::MAX) + 1);
    Aabb {
        min: low.map(|axis| (axis * edge).max(first)),
        max: high.map(|axis| ((axis + 1) * edge).min(end)),
    }
}

#[cfg(test)]
mod tests {
    use goxel_proto::types::{LayerRef, Pos, Rgba, Voxel};

    use super::*;
    use crate::Command;

    fn set(project: &mut Project, places: &[[i32; 3]]) {
        let voxel = |&at: &[i32; 3]| Voxel { pos: Pos::from(at), rgba: Rgba::WHITE };
        let voxels: Vec<Voxel> = places.iter().map(voxel).collect();
        let (layer, voxels) = (LayerRef::Active, &voxels[..]);
        project.apply(Command::SetVoxels { layer, boxes: &[], voxels }).expect("room");
    }

    fn of(before: &[[i32; 3]], after: &[[i32; 3]], count_max: usize) -> Vec<Aabb> {
        let [mut old, mut new] = [Project::new("p", [8; 3]), Project::new("p", [8; 3])];
        set(&mut old, before);
        set(&mut new, after);
        boxes(&old, &new, count_max, &Work::unbounded()).expect("no bound")
    }

    fn boxed(min: [i64; 3], max: [i64; 3]) -> Aabb {
        Aabb { min, max }
    }

    #[test]
    fn what_is_the_same_is_in_no_box() {
        assert_eq!(of(&[[1, 2, 3]], &[[1, 2, 3]], 8), []);
        let (here, there) = ([1, 2, 3], [40, 2, 3]);
        assert_eq!(of(&[here], &[here, there], 8), [boxed([32, 0, 0], [48, 16, 16])]);
        assert_eq!(of(&[here, there], &[here], 8), [boxed([32, 0, 0], [48, 16, 16])]);
    }

    #[test]
    fn cells_are_put_together_and_made_larger() {
        let places = [[0, 0, 0], [16, 0, 0], [0, 16, 0], [0, 0, 100]];
        let fine = [
            boxed([0, 0, 0], [32, 16, 16]),
            boxed([0, 16, 0], [16, 32, 16]),
            boxed([0, 0, 96], [16, 16, 112]),
        ];
        assert_eq!(of(&[], &places, 3), fine);
        let coarse = [boxed([0, 0, 0], [32, 32, 32]), boxed([0, 0, 96], [32, 32, 128])];
        assert_eq!(of(&[], &places, 2), coarse);
        assert_eq!(of(&[], &places, 1), [boxed([0, 0, 0], [128, 128, 128])]);
    }

    #[test]
    fn the_ends_of_the_world_are_one_box() {
        let (low, high) = (i32::MIN, i32::MAX);
        let places = [[low; 3], [high; 3]];
        let (first, end) = (i64::from(low), i64::from(high) + 1);
        assert_eq!(of(&[], &places, 1), [boxed([first; 3], [end; 3])]);
        assert_eq!(of(&[], &places, 2).len(), 2);
    }
}
