//! Voxels as bytes: blocks of tiles, and where these are.
//!
//! Tiles are numbered in the order in which they are written, and each content is written once. Where
//! they are is said by page, in runs along the order of the tiles in it.
//!
//! ```text
//! places    records of layers
//! layer     id, the id of a layer to begin with (0: as it is), pages: 1 and a page each, 0 at the end
//! page      its place less that of the page before it, runs up to the end of the page
//! run       kind + 8 * count, and what the kind needs
//! ```

mod read;
mod runs;
mod write;

pub(super) use read::{Budget, PageChange, TILE_BYTES, VoxelReader, take_tiles};
pub(super) use runs::{Run, take_page_pos, take_patch, take_record, take_runs};
#[cfg(test)]
pub(super) use write::Sizes;
pub(super) use write::VoxelWriter;

/// Tiles in a page.
const PAGE_TILES: usize = goxel_core::PageRef::TILES;
/// Voxels that a patch has at the most. More take as much as a tile that is deflated.
const PATCH_VOXELS_MAX: usize = 32;
/// What a page begins with, where one follows.
const PAGE_FOLLOWS: u8 = 1;
/// What stands where no page follows.
const NO_MORE_PAGES: u8 = 0;

/// What a run does to its tiles.
mod kind {
    /// They are as they were. A run of none of them is the rest of the page.
    pub(super) const KEPT: u64 = 0;
    /// Tiles that come for the first time, in the order of their numbers.
    pub(super) const FRESH: u64 = 1;
    /// One that came before, again and again: how many numbers before the next fresh one.
    pub(super) const AGAIN: u64 = 2;
    /// Of one colour, which follows; alpha 0 empties them.
    pub(super) const UNIFORM: u64 = 3;
    /// Some voxels of the one tile, as many as the count says: gaps and colours.
    pub(super) const PATCH: u64 = 4;
    pub(super) const BITS: u32 = 3;
}
