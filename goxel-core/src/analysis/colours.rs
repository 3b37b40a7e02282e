//! The histogram of colours: how many voxels have each.
//!
//! Tiles of few colours are counted by palette entry. The voxels of others are partitioned by a hash
//! of their colours first, so that the hash table of each partition fits the processor's caches.

use std::sync::{Mutex, PoisonError};

use goxel_proto::types::{Aabb, Rgba};
use hashbrown::HashMap;

use crate::executor::{map_chunks, map_indices};
use crate::mask::Mask;
use crate::scan::{read_units, tiles_within};
use crate::volume::{TILE_EDGE, TILE_VOXELS, TilePos, TileRef};
use crate::{Layer, Result, Work};

/// A colour and how many voxels have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// The colour.
    pub rgba: Rgba,
    /// How many voxels.
    pub voxels: u64,
}

/// The order of a list of colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// By red, then green, blue and alpha.
    ByColour,
    /// The colour of the most voxels first; those of equally many by colour.
    ByCount,
}

impl Order {
    /// Sorts a histogram in this order.
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
///
/// # Errors
/// What `work` says.
pub fn colours(layers: &[Layer], aabb: &Aabb, work: &Work<'_>) -> Result<Vec<Count>> {
    let mut tiles = Vec::new();
    for layer in layers {
        tiles.extend(tiles_within(&layer.volume, aabb, work)?);
    }
    // A tile that is stored as neither has more colours than a palette holds, mostly.
    let (few, many): (Vec<_>, Vec<_>) = tiles
        .into_iter()
        .partition(|(_, tile)| tile.uniform().is_some() || tile.indexed().is_some());
    let totals = map_chunks(work.executor(), &few, |tiles| {
        let mut totals = Totals::default();
        for &(at, tile) in tiles {
            work.spend(read_units(tile))?;
            count_tile(at, tile, aabb, &mut totals);
        }
        Ok(totals)
    });
    let totals = totals.into_iter().collect::<Result<Vec<_>>>()?;
    let totals = totals.into_iter().reduce(added).unwrap_or_default();
    if many.is_empty() {
        return Ok(to_counts(totals));
    }
    many_colours(&many, aabb, totals, work)
}

/// Partitions of the colours. A hash table of millions of colours does not fit the processor's caches;
/// one of a 64th of them does.
const PARTITIONS: usize = 64;
/// Tiles whose voxels are partitioned at once: they are copied, four bytes each, 64 MB in all.
const BATCH_TILES: usize = 4096;

/// The partition of a colour: the highest bits of a multiplicative hash, which spread evenly whatever
/// the colours are.
fn partition_of(rgba: Rgba) -> usize {
    let product = u32::from_le_bytes(rgba.0).wrapping_mul(0x9e37_79b1);
    (product >> (u32::BITS - PARTITIONS.trailing_zeros())) as usize
}

/// The histogram of tiles of very many colours, added to what is `known` of others.
fn many_colours(
    tiles: &[(TilePos, TileRef<'_>)],
    aabb: &Aabb,
    known: Totals,
    work: &Work<'_>,
) -> Result<Vec<Count>> {
    let mut partitions: Vec<Mutex<Totals>> = (0..PARTITIONS).map(|_| Mutex::default()).collect();
    for (rgba, voxels) in known {
        *unlocked(&mut partitions[partition_of(rgba)]).entry(rgba).or_default() += voxels;
    }
    for batch in tiles.chunks(BATCH_TILES) {
        let scattered = map_chunks(work.executor(), batch, |tiles| {
            let mut partitions: Vec<Vec<Rgba>> = vec![Vec::new(); PARTITIONS];
            for &(at, tile) in tiles {
                work.spend(SCATTER_UNITS)?;
                scatter(at, tile, aabb, &mut partitions);
            }
            Ok(partitions)
        });
        let scattered = scattered.into_iter().collect::<Result<Vec<_>>>()?;
        let counted = map_indices(work.executor(), PARTITIONS, |index| {
            work.spend(batch.len() as u64 * COUNT_UNITS / PARTITIONS as u64)?;
            // One task counts one partition, so no thread waits for the lock.
            let mut totals = partitions[index].lock().unwrap_or_else(PoisonError::into_inner);
            let voxels = scattered.iter().flat_map(|partitions| &partitions[index]);
            voxels.for_each(|&rgba| *totals.entry(rgba).or_default() += 1);
            Ok(())
        });
        counted.into_iter().collect::<Result<()>>()?;
    }
    let counts = partitions.iter_mut();
    Ok(counts.flat_map(|partition| to_counts(std::mem::take(unlocked(partition)))).collect())
}

/// What it takes to partition the voxels of a tile, and to count them afterwards.
const SCATTER_UNITS: u64 = 2 * TILE_VOXELS as u64;
const COUNT_UNITS: u64 = 4 * TILE_VOXELS as u64;

fn unlocked(partition: &mut Mutex<Totals>) -> &mut Totals {
    partition.get_mut().unwrap_or_else(PoisonError::into_inner)
}

/// Appends the colours of a tile's voxels to their partitions.
fn scatter(at: TilePos, tile: TileRef<'_>, aabb: &Aabb, partitions: &mut [Vec<Rgba>]) {
    let mask = Mask::within(at, aabb);
    for (row, bits) in mask.0.iter().enumerate() {
        let voxels = tile.row(row % TILE_EDGE, row / TILE_EDGE);
        for (x, rgba) in voxels.into_iter().enumerate() {
            if bits >> x & 1 == 1 && !rgba.is_empty() {
                partitions[partition_of(rgba)].push(rgba);
            }
        }
    }
}

/// The sum of two histograms.
fn added(a: Totals, b: Totals) -> Totals {
    let (mut large, small) = if a.len() < b.len() { (b, a) } else { (a, b) };
    small.into_iter().for_each(|(rgba, voxels)| *large.entry(rgba).or_default() += voxels);
    large
}

fn to_counts(totals: Totals) -> Vec<Count> {
    totals.into_iter().map(|(rgba, voxels)| Count { rgba, voxels }).collect()
}

/// Counts a tile that is stored as one colour or as palette entries.
fn count_tile(at: TilePos, tile: TileRef<'_>, aabb: &Aabb, totals: &mut Totals) {
    let mask = Mask::within(at, aabb);
    if let Some(rgba) = tile.uniform() {
        add(totals, rgba, mask.count());
    } else if let Some((entries, colours)) = tile.indexed() {
        count_entries(entries, colours, &mask, totals);
    }
}

/// Counts palette entries first, so that each colour is looked up in the hash table once.
fn count_entries(entries: &[u8; TILE_VOXELS], colours: &[Rgba], mask: &Mask, totals: &mut Totals) {
    // Neighbours are mostly alike. With four counters for each entry an increment need not wait for
    // the one before it.
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
    to_counts(totals)
}
