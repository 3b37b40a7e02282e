//! How many voxels there are of each colour.

use goxel_proto::types::{Aabb, Rgba};
use hashbrown::HashMap;

use crate::Layer;
use crate::mask::Mask;
use crate::scan::tiles_within;
use crate::volume::{TILE_EDGE, TILE_VOXELS, TilePos, TileRef};

/// A colour and how many voxels have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// The colour.
    pub rgba: Rgba,
    /// How many voxels.
    pub voxels: u64,
}

/// In which order colours are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// By red, then green, blue and alpha.
    ByColour,
    /// The most voxels first; of equal ones, by colour.
    ByCount,
}

impl Order {
    /// Sorts colours.
    pub fn sort(self, counts: &mut [Count]) {
        match self {
            Self::ByColour => counts.sort_unstable_by_key(|count| count.rgba),
            Self::ByCount => {
                counts.sort_unstable_by_key(|count| (std::cmp::Reverse(count.voxels), count.rgba));
            }
        }
    }
}

type Totals = HashMap<Rgba, u64, foldhash::fast::RandomState>;

/// The colours of the voxels of `layers` in `aabb`, in no particular order. A place that several
/// layers fill counts for each.
#[must_use]
pub fn colours(layers: &[Layer], aabb: &Aabb) -> Vec<Count> {
    let mut totals = Totals::default();
    for layer in layers {
        for (at, tile) in tiles_within(&layer.volume, aabb) {
            count_tile(at, tile, aabb, &mut totals);
        }
    }
    gathered(totals)
}

fn gathered(totals: Totals) -> Vec<Count> {
    totals.into_iter().map(|(rgba, voxels)| Count { rgba, voxels }).collect()
}

fn count_tile(at: TilePos, tile: TileRef<'_>, aabb: &Aabb, totals: &mut Totals) {
    let mask = Mask::within(at, aabb);
    if let Some(rgba) = tile.uniform() {
        *totals.entry(rgba).or_default() += mask.count();
        return;
    }
    // Neighbours are mostly alike: one look-up for each run of them.
    let (mut last, mut length) = (Rgba::EMPTY, 0);
    for index in 0..TILE_VOXELS {
        if mask.0[index / TILE_EDGE] >> (index % TILE_EDGE) & 1 == 0 {
            continue;
        }
        let rgba = tile.get(index);
        if rgba != last {
            add(totals, last, std::mem::take(&mut length));
            last = rgba;
        }
        length += 1;
    }
    add(totals, last, length);
}

fn add(totals: &mut Totals, rgba: Rgba, length: u64) {
    if !rgba.is_empty() && length > 0 {
        *totals.entry(rgba).or_default() += length;
    }
}

/// Puts colours together whose red, green and blue fall into the same steps of `bin`, under the
/// colour in the middle of the step. Alpha stays as it is.
#[must_use]
pub fn binned(counts: Vec<Count>, bin: u8) -> Vec<Count> {
    if bin < 2 {
        return counts;
    }
    // A step that reaches past the end keeps to it.
    let middle = |channel: u8| (channel / bin * bin).saturating_add(bin / 2);
    let mut totals = Totals::default();
    for Count { rgba: Rgba([r, g, b, a]), voxels } in counts {
        *totals.entry(Rgba([middle(r), middle(g), middle(b), a])).or_default() += voxels;
    }
    gathered(totals)
}
