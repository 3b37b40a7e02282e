//! Tiles made from tiles, by as many threads as there are, and put into a volume.
//!
//! What becomes of one tile does not depend on what becomes of another, so all are made before any
//! is put into its place. Together they are bounded by the bytes that they take.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use crate::executor::try_map_items;
use crate::volume::{Tile, TilePos, TileRef, Volume};
use crate::work::HANDLE_UNITS;
use crate::{Error, Result, TILE_UNITS, Work, limits};

/// Changes tiles of a volume. `make` says what becomes of each, or nothing where it stays, and what that
/// costs. Where it is refused, some tiles may be changed.
pub(crate) fn change_tiles(
    volume: &mut Volume,
    places: &[TilePos],
    work: &Work<'_>,
    make: impl Fn(TilePos, TileRef<'_>) -> Result<Option<Tile>> + Sync,
) -> Result<()> {
    let before = &*volume;
    let made = made(places, work, |&at| make(at, before.tile(at)))?;
    put(volume, places.iter().copied().zip(made), work)
}

/// A volume of these tiles. `make` makes each, and says what that costs.
pub(crate) fn build(
    places: &[TilePos],
    work: &Work<'_>,
    make: impl Fn(TilePos) -> Result<Tile> + Sync,
) -> Result<Volume> {
    let mut volume = Volume::new();
    let made = made(places, work, |&at| make(at).map(Some))?;
    put(&mut volume, places.iter().copied().zip(made), work)?;
    Ok(volume)
}

/// Puts tiles into their places.
fn put(
    volume: &mut Volume,
    tiles: impl Iterator<Item = (TilePos, Option<Tile>)>,
    work: &Work<'_>,
) -> Result<()> {
    for (at, tile) in tiles {
        if let Some(tile) = tile {
            work.spend(HANDLE_UNITS)?;
            volume.replace_tile(at, tile);
        }
    }
    Ok(())
}

fn made<T: Sync>(
    items: &[T],
    work: &Work<'_>,
    make: impl Fn(&T) -> Result<Option<Tile>> + Sync,
) -> Result<Vec<Option<Tile>>> {
    work.expect(items.len() as u64 * TILE_UNITS)?;
    let (bytes, last) = (AtomicU64::new(0), AtomicUsize::new(0));
    try_map_items(work.executor(), items, |item| {
        let tile = make(item)?;
        // Uniform tiles take none, and neither do those that share what the one before them has.
        let address = tile.as_ref().and_then(Tile::address);
        let is_own = address.is_some_and(|at| last.swap(at, Ordering::Relaxed) != at);
        let own = if is_own { tile.as_ref().map_or(0, Tile::heap_bytes) as u64 } else { 0 };
        if own > 0 && bytes.fetch_add(own, Ordering::Relaxed) > limits::MADE_BYTES_MAX {
            return Err(Error::TooMuchMade);
        }
        Ok(tile)
    })
}
