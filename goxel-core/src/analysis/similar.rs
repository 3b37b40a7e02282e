//! [`merge_similar`]: a histogram whose similar colours are merged, by their distance.

use goxel_proto::types::Rgba;
use hashbrown::HashMap;

use super::{Count, Order};

/// The colours that were kept, by the cell of a grid that their red, green and blue lie in.
type Grid = HashMap<[i16; 3], Vec<usize>, foldhash::fast::RandomState>;

/// Counts voxels of a rarer colour with a more frequent one that is at most `threshold` away: the
/// distance of points whose coordinates are the four channels. Each colour goes to the nearest of
/// those that were kept so far; one that is near none of them is kept.
#[must_use]
pub fn merge_similar(mut counts: Vec<Count>, threshold: u8) -> Vec<Count> {
    Order::ByCount.sort(&mut counts);
    let reach = u32::from(threshold).pow(2);
    let edge = i16::from(threshold.max(1));
    let mut grid = Grid::default();
    let mut kept: Vec<Count> = Vec::new();
    for count in counts {
        let cell = [0, 1, 2].map(|axis| i16::from(count.rgba.0[axis]) / edge);
        let near = neighbours(cell).filter_map(|cell| grid.get(&cell)).flatten();
        let nearest = near.map(|&at| (distance(kept[at].rgba, count.rgba), at)).min();
        match nearest {
            Some((distance, at)) if distance <= reach => kept[at].voxels += count.voxels,
            _ => {
                grid.entry(cell).or_default().push(kept.len());
                kept.push(count);
            }
        }
    }
    kept
}

/// A cell and the 26 around it.
fn neighbours(cell: [i16; 3]) -> impl Iterator<Item = [i16; 3]> {
    (0..27).map(move |at| [cell[0] + at % 3 - 1, cell[1] + at / 3 % 3 - 1, cell[2] + at / 9 - 1])
}

/// The square of the distance.
fn distance(a: Rgba, b: Rgba) -> u32 {
    a.0.iter().zip(&b.0).map(|(a, b)| u32::from(a.abs_diff(*b)).pow(2)).sum()
}
