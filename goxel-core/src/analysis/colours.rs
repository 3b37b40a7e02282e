//! How many voxels there are of each colour.

use std::sync::{Mutex, PoisonError};

use goxel_proto::types::{Aabb, Rgba};
use hashbrown::HashMap;

use crate::mask::Mask;
use crate::scan::tiles_within;
use crate::spread::{each, parts};
use crate::volume::{TILE_EDGE, TILE_VOXELS, TilePos, TileRef};
use crate::{Layer, Spread};

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
pub fn colours(layers: &[Layer], aabb: &Aabb, spread: &dyn Spread) -> Vec<Count> {
    let tiles = layers.iter().flat_map(|layer| tiles_within(&layer.volume, aabb));
    // What is stored as neither has more colours than entries, mostly.
    let (few, many): (Vec<_>, Vec<_>) =
        tiles.partition(|(_, tile)| tile.uniform().is_some() || tile.indexed().is_some());
    let totals = parts(spread, &few, |tiles| {
        let mut totals = Totals::default();
        tiles.iter().for_each(|&(at, tile)| count_tile(at, tile, aabb, &mut totals));
        totals
    });
    let totals = totals.into_iter().reduce(joined).unwrap_or_default();
    if many.is_empty() {
        return gathered(totals);
    }
    many_colours(&many, aabb, totals, spread)
}

/// Millions of colours do not fit the processor's caches. So they are parted into so many shares,
/// which do, and each share is counted alone.
const SHARES: usize = 64;
/// Tiles whose voxels are parted at once: they are written down, four bytes each, 64 MB in all.
const BATCH_TILES: usize = 4096;

/// Which share a colour is in, evenly whatever the colours: bits of a product, as in hashing.
fn share_of(rgba: Rgba) -> usize {
    let product = u32::from_le_bytes(rgba.0).wrapping_mul(0x9e37_79b1);
    (product >> (u32::BITS - SHARES.trailing_zeros())) as usize
}

/// The colours of tiles that have very many, and those that are known already.
fn many_colours(
    tiles: &[(TilePos, TileRef<'_>)],
    aabb: &Aabb,
    known: Totals,
    spread: &dyn Spread,
) -> Vec<Count> {
    let mut shares: Vec<Mutex<Totals>> = (0..SHARES).map(|_| Mutex::default()).collect();
    for (rgba, voxels) in known {
        *own(&mut shares[share_of(rgba)]).entry(rgba).or_default() += voxels;
    }
    for batch in tiles.chunks(BATCH_TILES) {
        let parted = parts(spread, batch, |tiles| {
            let mut shares: Vec<Vec<Rgba>> = vec![Vec::new(); SHARES];
            tiles.iter().for_each(|&(at, tile)| part(at, tile, aabb, &mut shares));
            shares
        });
        each(spread, SHARES, |share| {
            // Each share is counted by one at a time, so nobody waits.
            let mut totals = shares[share].lock().unwrap_or_else(PoisonError::into_inner);
            let voxels = parted.iter().flat_map(|shares| &shares[share]);
            voxels.for_each(|&rgba| *totals.entry(rgba).or_default() += 1);
        });
    }
    shares.iter_mut().flat_map(|share| gathered(std::mem::take(own(share)))).collect()
}

fn own(share: &mut Mutex<Totals>) -> &mut Totals {
    share.get_mut().unwrap_or_else(PoisonError::into_inner)
}

/// Writes the voxels of a tile down by their shares.
fn part(at: TilePos, tile: TileRef<'_>, aabb: &Aabb, shares: &mut [Vec<Rgba>]) {
    let mask = Mask::within(at, aabb);
    for (row, bits) in mask.0.iter().enumerate() {
        let voxels = tile.row(row % TILE_EDGE, row / TILE_EDGE);
        for (x, rgba) in voxels.into_iter().enumerate() {
            if bits >> x & 1 == 1 && !rgba.is_empty() {
                shares[share_of(rgba)].push(rgba);
            }
        }
    }
}

/// The sums of two.
fn joined(a: Totals, b: Totals) -> Totals {
    let (mut large, small) = if a.len() < b.len() { (b, a) } else { (a, b) };
    small.into_iter().for_each(|(rgba, voxels)| *large.entry(rgba).or_default() += voxels);
    large
}

fn gathered(totals: Totals) -> Vec<Count> {
    totals.into_iter().map(|(rgba, voxels)| Count { rgba, voxels }).collect()
}

/// Counts a tile of one colour or of entries.
fn count_tile(at: TilePos, tile: TileRef<'_>, aabb: &Aabb, totals: &mut Totals) {
    let mask = Mask::within(at, aabb);
    if let Some(rgba) = tile.uniform() {
        add(totals, rgba, mask.count());
    } else if let Some((entries, colours)) = tile.indexed() {
        count_entries(entries, colours, &mask, totals);
    }
}

/// Entries are counted, and each colour looked up once.
fn count_entries(entries: &[u8; TILE_VOXELS], colours: &[Rgba], mask: &Mask, totals: &mut Totals) {
    // One after the other goes to another counter, so that none waits for the one before.
    let mut counts = [[0_u64; 1 << u8::BITS]; 4];
    let whole = *mask == Mask::FULL;
    for (index, &entry) in entries.iter().enumerate() {
        counts[index % 4][usize::from(entry)] += u64::from(whole || mask.has(index));
    }
    for (entry, &rgba) in colours.iter().enumerate() {
        add(totals, rgba, counts.iter().map(|counts| counts[entry]).sum());
    }
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
