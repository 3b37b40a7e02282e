//! The formats of Ken Silverman's engines: columns of surface voxels with z pointing down.
//!
//! Both are right-handed: voxel space (x, y, z) is (x, -y, -z) here. A pivot stands for the origin of
//! the model, so a voxel `v` is at `v - pivot`.

pub(crate) mod kv6;
pub(crate) mod kvx;

use goxel_core::{Reader, Volume};
use goxel_proto::types::{Pos, Rgba};

use crate::lines::Lines;

/// Longest edges: lengths of columns are bytes, and programs have tables for 256 columns.
const EDGES: [u64; 3] = [256, 256, 255];

/// The neighbours of a voxel by the bits of its visibility: left and right, back and front, above and
/// below, in voxel space.
const NEIGHBOURS: [[i32; 3]; 6] =
    [[-1, 0, 0], [1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]];

/// Which faces of a voxel show.
fn visibility(reader: &mut Reader<'_>, pos: Pos) -> u8 {
    let mut bits = 0;
    for (bit, step) in NEIGHBOURS.iter().enumerate() {
        // At the end of the range there is no neighbour.
        let empty = pos
            .checked_add(Pos::from(*step))
            .is_none_or(|neighbour| reader.get(neighbour).is_empty());
        bits |= u8::from(empty) << bit;
    }
    bits
}

/// The columns of a volume in the order of these formats: x from its lowest, then y from its highest,
/// with the voxels from the top down; and which faces of each show.
fn for_each_column(
    volume: &Volume,
    lines: &Lines<'_>,
    work: &goxel_core::Work<'_>,
    mut visit: impl FnMut(usize, &[(u8, Rgba, u8)]) -> crate::Result<()>,
) -> crate::Result<()> {
    let mut reader = volume.reader();
    let mut column = Vec::new();
    lines.for_each([2, 1, 0], [false, true, true], work, |start, line| {
        column.clear();
        let top = lines.bounds.max[2] - 1;
        for (z, &rgba) in (0..).zip(line).filter(|(_, rgba)| !rgba.is_empty()) {
            let pos = Pos::from([start[0], start[1], top - i64::from(z)].map(|c| c as i32));
            column.push((z, rgba, visibility(&mut reader, pos)));
        }
        visit((start[0] - lines.bounds.min[0]) as usize, &column)
    })
}

/// Where the lowest corner of a file's box is in voxel space, by its pivot in whole voxels.
fn min_corner(pivot: [i64; 3], size: [u32; 3]) -> [i64; 3] {
    [
        pivot[0].saturating_neg(),
        pivot[1].saturating_sub(i64::from(size[1])),
        pivot[2].saturating_sub(i64::from(size[2])),
    ]
}

/// The pivot of a box whose lowest corner is where [`min_corner`] says.
fn pivot(lines: &Lines<'_>) -> [i64; 3] {
    [-lines.bounds.min[0], lines.bounds.max[1], lines.bounds.max[2]]
}
